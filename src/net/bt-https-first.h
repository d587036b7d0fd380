/* bt-https-first.h: which trackers that are named with "http:" are asked by HTTPS; no I/O, no clock.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An announce holds a passkey, which everybody on the way can read. So the first one of a host goes to port 443,
 * certificate and all. A host that is no tracker there is asked as it is named, for a day; who blocks that port
 * gains what he had anyway. */
#define BT_HTTPS_FIRST_DAY_US G_TIME_SPAN_DAY
/* That long if nothing answers over HTTP either, or if it did answer by HTTPS before. */
#define BT_HTTPS_FIRST_PAUSE_US (10 * G_TIME_SPAN_MINUTE)

typedef struct _BtHttpsFirst BtHttpsFirst;

typedef enum
{
  BT_HTTPS_UNDECIDED,
  BT_HTTPS_WORKS,
  BT_HTTPS_FAILS, /* for now */
} BtHttpsState;

BtHttpsFirst *bt_https_first_new (void);
void bt_https_first_free (BtHttpsFirst *first);

/* (nullable): the same by HTTPS; NULL where that is not tried: of other protocols, of a port of its own, of what is
 * an address and no name, since those have no certificate, and of names that only a local network knows. */
char *bt_https_first_url (const char *url);

/* The following are of the host of @url, of which bt_https_first_url() has made something; @now: monotonic µs. */
BtHttpsState bt_https_first_look (BtHttpsFirst *first, const char *url, gint64 now);
void bt_https_first_note_works (BtHttpsFirst *first, const char *url);
void bt_https_first_note_fails (BtHttpsFirst *first, const char *url, gint64 now);
/* It failed, and then HTTP did not. */
void bt_https_first_note_http_works (BtHttpsFirst *first, const char *url, gint64 now);

/* Another network: where HTTPS failed it may not fail there. */
void bt_https_first_forgive (BtHttpsFirst *first);

G_END_DECLS
