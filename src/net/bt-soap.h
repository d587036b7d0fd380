/* bt-soap.h: what is asked of a UPnP device over HTTP, and waited for: its description, and actions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-world.h"

G_BEGIN_DECLS

#define BT_SOAP_VALUE_SIZE 128

/* Codes of UPnP are from 400 on. */
#define BT_SOAP_DONE 0
#define BT_SOAP_NO_ANSWER (-1) /* none, or one that is not understood */

typedef struct
{
  BtWorld *world;
  GMainContext *context; /* that of @world, which is iterated meanwhile */
  const char *url;       /* of the description, or where actions are sent */
  guint timeout_s;       /* 0: there is no time left, and nothing is asked */
  const char *service;   /* its type, without any character that XML or HTTP would mistake for its own */
} BtSoap;

/* Returns: (transfer full) (nullable): the description */
GBytes *bt_soap_get (const BtSoap *soap);

/* @arguments: names and values by turns, then NULL; values likewise are plain
 * @wanted: (nullable): which value of the answer is put in @value, which is "" if there is none
 * Returns: BT_SOAP_DONE, BT_SOAP_NO_ANSWER or a code of UPnP */
int bt_soap_call (const BtSoap *soap,
                  const char *action,
                  const char *const *arguments,
                  const char *wanted,
                  char value[BT_SOAP_VALUE_SIZE]);

/* The same of an answer that has come. */
int bt_soap_read (guint status, GBytes *body, const char *wanted, char value[BT_SOAP_VALUE_SIZE]);

G_END_DECLS
