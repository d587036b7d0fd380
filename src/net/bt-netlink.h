/* bt-netlink.h: questions to the kernel about addresses and routes, by rtnetlink.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

G_BEGIN_DECLS

#define BT_NETLINK_TEXT 256 /* the longest question */

/* One question, which is filled in place. */
typedef struct
{
  struct nlmsghdr head;
  guint8 rest[BT_NETLINK_TEXT];
} BtNetlinkQuestion;

/* @flags: of struct nlmsghdr, such as NLM_F_DUMP. @body: what a question of this type begins with. */
void bt_netlink_question_init (BtNetlinkQuestion *question,
                               guint16 type,
                               guint16 flags,
                               gconstpointer body,
                               gsize length);
void bt_netlink_question_add (BtNetlinkQuestion *question, guint16 attribute, gconstpointer data, gsize length);

/* An attribute that follows the first @skip bytes of the body of @answer, at least @length bytes long;
 * NULL if there is none. */
gconstpointer bt_netlink_find (const struct nlmsghdr *answer, gsize skip, guint16 attribute, gsize length);

typedef void (*BtNetlinkFunc) (const struct nlmsghdr *answer, gpointer data);
/* Asks and calls @func with each answer; waits for the kernel, which answers at once. FALSE: it said no,
 * or what it said is not whole. */
gboolean bt_netlink_ask (BtNetlinkQuestion *question, BtNetlinkFunc func, gpointer data);

/* A socket that hears of changes, non-blocking; -1: there is none. */
int bt_netlink_listen (guint32 groups);
/* Takes what it has to say. FALSE if it was nothing. */
gboolean bt_netlink_drain (int fd);

G_END_DECLS
