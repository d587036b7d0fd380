/* bt-metainfo-private.h: what the parts of the metainfo parser share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-bencode.h"
#include "bt-metainfo.h"

G_BEGIN_DECLS

/* bt-metainfo-files.c: fills files, name-dependent paths, sizes. @metainfo has name and
 * piece_length already. */
gboolean bt_metainfo_read_files (BtMetainfo *metainfo, BtNode info, GError **error);

/* bt-metainfo-names.c: renames files whose paths would meet on a disk that folds case. A path that
 * is another's directory yields, else the later one. FALSE with BT_ERROR_LIMIT. */
gboolean bt_metainfo_separate_names (BtMetainfo *metainfo, GError **error);

/* bt-metainfo-hybrid.c: whether the BEP 52 half says the same as the v1 half. */
gboolean bt_metainfo_check_hybrid (const BtMetainfo *metainfo,
                                   BtNode root,
                                   BtNode info,
                                   GError **error);

/* bt-metainfo-urls.c: what cannot be used is dropped, never an error. */
void bt_metainfo_read_trackers (BtMetainfo *metainfo, BtNode root);
void bt_metainfo_read_web_seeds (BtMetainfo *metainfo, BtNode root);
void bt_metainfo_read_nodes (BtMetainfo *metainfo, BtNode root);

/* Returns: (transfer full) (nullable): a URL that people wrote as it is asked for; NULL if no web seed is there */
char *bt_web_seed_clean (const char *text);

/* bt-tracker-url.c */

typedef struct
{
  char *scheme; /* lower case */
  char *auth;   /* (nullable): "user:password" as it stands */
  char *host;   /* without brackets */
  int port;     /* 1 … 65535, -1: not said */
  char *path;   /* with query and fragment, always starts with '/' */
} BtUrl;

/* Blanks before the URL are passed over. The host is checked, the path is not. */
BtUrl *bt_url_parse (const char *url, GError **error);
void bt_url_free (BtUrl *url);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtUrl, bt_url_free)

/* "host:port", "1.2.3.4:port" or "[::1]:port" */
gboolean bt_url_is_host_and_port (const char *text);

/* RFC 6874: an interface of whoever wrote it, and nobody else's business. */
gboolean bt_url_host_has_zone (const char *host);
/* Whether a label is punycode, whose looks may deceive. */
gboolean bt_url_host_is_idna (const char *host);
/* Whether a query, without its '?', names an argument that is ours to send. */
gboolean bt_url_query_is_reserved (const char *query);

G_END_DECLS
