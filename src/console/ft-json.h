/* ft-json.h: one JSON value (RFC 8259) written as one line.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _FtJson FtJson;

FtJson *ft_json_new (void);
void ft_json_free (FtJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtJson, ft_json_free)

/* Commas are put where they belong. @key is NULL inside an array and at the root. */
void ft_json_begin_object (FtJson *json, const char *key);
void ft_json_end_object (FtJson *json);
void ft_json_begin_array (FtJson *json, const char *key);
void ft_json_end_array (FtJson *json);
/* @value: (nullable): NULL gives null; what is not UTF-8 is replaced */
void ft_json_string (FtJson *json, const char *key, const char *value);
void ft_json_int (FtJson *json, const char *key, gint64 value);
void ft_json_uint (FtJson *json, const char *key, guint64 value);
void ft_json_double (FtJson *json, const char *key, double value); /* 4 digits; or null */
void ft_json_boolean (FtJson *json, const char *key, gboolean value);
void ft_json_null (FtJson *json, const char *key);

/* Returns: (transfer full): what was written, without a line break; starts anew. */
char *ft_json_finish (FtJson *json);

G_END_DECLS
