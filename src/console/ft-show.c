/* ft-show.c: what a .torrent file or a link holds, as text or JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-show.h"

#include "ft-describe.h"
#include "ft-json.h"
#include "ft-load.h"
#include "ft-text.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#define SIZE_WIDTH 10

G_GNUC_PRINTF (2, 3)
static void
add_line (GString *out, const char *format, ...)
{
  g_autofree char *line = NULL;
  g_autofree char *clean = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  clean = ft_text_clean (line);
  g_string_append (out, clean);
  g_string_append_c (out, '\n');
}

/* (nullable): NULL when the torrent does not say, or says nonsense. */
static char *
format_date (gint64 date)
{
  g_autoptr (GDateTime) time = date > 0 ? g_date_time_new_from_unix_utc (date) : NULL;

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S UTC") : NULL;
}

static void
add_identity (GString *out, const BtTorrentFile *file)
{
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&file->info_hash, hex);
  add_line (out, _("Name: %s"), file->name);
  add_line (out, _("Info-hash: %s"), hex);
}

static void
add_general (GString *out, const BtTorrentFile *file)
{
  g_autofree char *size = ft_format_size (file->total_size);
  g_autofree char *bytes = g_strdup_printf ("%" G_GUINT64_FORMAT, file->total_size);
  g_autofree char *piece = g_format_size_full (file->piece_length, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *date = format_date (file->creation_date);

  add_line (out, _("Total size: %s (%s bytes)"), size, bytes);
  add_line (out, _("Piece length: %s (%u bytes)"), piece, file->piece_length);
  add_line (out, _("Pieces: %u"), file->n_pieces);
  add_line (out, _("Private: %s"), file->is_private ? _("yes") : _("no"));
  add_line (out, _("Version: %s"), file->is_hybrid ? _("1 and 2") : "1");
  if (date != NULL)
    add_line (out, _("Created on: %s"), date);
  if (file->created_by != NULL)
    add_line (out, _("Created by: %s"), file->created_by);
  if (file->comment != NULL)
    add_line (out, _("Comment: %s"), file->comment);
  if (file->source != NULL)
    add_line (out, _("Source: %s"), file->source);
}

static void
add_tiers (GString *out, GPtrArray *tiers)
{
  add_line (out, "%s", tiers->len > 0 ? _("Trackers:") : _("Trackers: none"));
  for (guint i = 0; i < tiers->len; i++)
    {
      const char *const *urls = g_ptr_array_index (tiers, i);

      add_line (out, _("  Tier %u:"), i + 1);
      for (guint j = 0; urls[j] != NULL; j++)
        add_line (out, "    %s", urls[j]);
    }
}

static void
add_web_seeds (GString *out, const char *const *urls)
{
  if (urls == NULL || urls[0] == NULL)
    return;
  add_line (out, "%s", _("Web seeds:"));
  for (guint i = 0; urls[i] != NULL; i++)
    add_line (out, "    %s", urls[i]);
}

/* (nullable) */
static const char *
get_target (const BtTorrentFile *file, guint index)
{
  if (file->symlinks == NULL || index >= file->symlinks->len)
    return NULL;
  return g_ptr_array_index (file->symlinks, index);
}

static void
add_file (GString *out, const BtFileStatus *file, const char *target)
{
  g_autofree char *size = ft_format_size (file->length);
  g_autofree char *cell = ft_text_fit_right (size, SIZE_WIDTH);
  GString *attributes = g_string_new (NULL);

  if ((file->flags & BT_FILE_EXECUTABLE) != 0)
    g_string_append (attributes, _("  [executable]"));
  if ((file->flags & BT_FILE_HIDDEN) != 0)
    g_string_append (attributes, _("  [hidden]"));
  if (target != NULL)
    g_string_append_printf (attributes, _("  [link to %s]"), target);
  else if ((file->flags & BT_FILE_SYMLINK) != 0)
    g_string_append (attributes, _("  [link]"));
  add_line (out, "%s  %s%s", cell, file->path, attributes->str);
  g_string_free (attributes, TRUE);
}

char *
ft_show_text (const BtTorrentFile *file)
{
  GString *out = g_string_new (NULL);

  add_identity (out, file);
  if (!file->is_magnet)
    add_general (out, file);
  add_tiers (out, file->tiers);
  add_web_seeds (out, (const char *const *) file->web_seeds);
  if (file->is_magnet)
    add_line (out, "%s", _("A magnet link: size and files are not known"));
  else
    add_line (out, _("Files: %u"), file->files->len);
  for (guint i = 0; i < file->files->len; i++)
    add_file (out, &g_array_index (file->files, BtFileStatus, i), get_target (file, i));
  return g_string_free (out, FALSE);
}

static void
add_json_general (FtJson *json, const BtTorrentFile *file)
{
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&file->info_hash, hex);
  ft_json_string (json, "name", file->name);
  ft_json_string (json, "info_hash", hex);
  ft_json_boolean (json, "magnet", file->is_magnet);
  ft_json_uint (json, "size", file->total_size);
  ft_json_uint (json, "piece_length", file->piece_length);
  ft_json_uint (json, "pieces", file->n_pieces);
  ft_json_boolean (json, "private", file->is_private);
  ft_json_boolean (json, "hybrid", file->is_hybrid);
  ft_json_boolean (json, "multi_file", file->multi_file);
  ft_json_string (json, "comment", file->comment);
  ft_json_string (json, "created_by", file->created_by);
  ft_json_string (json, "source", file->source);
  if (file->creation_date > 0)
    ft_json_int (json, "creation_date", file->creation_date);
  else
    ft_json_null (json, "creation_date");
}

static void
add_json_strings (FtJson *json, const char *key, const char *const *strings)
{
  ft_json_begin_array (json, key);
  for (guint i = 0; strings != NULL && strings[i] != NULL; i++)
    ft_json_string (json, NULL, strings[i]);
  ft_json_end_array (json);
}

static void
add_json_file (FtJson *json, const BtFileStatus *file, const char *target)
{
  ft_json_begin_object (json, NULL);
  ft_json_string (json, "path", file->path);
  ft_json_uint (json, "size", file->length);
  ft_json_boolean (json, "executable", (file->flags & BT_FILE_EXECUTABLE) != 0);
  ft_json_boolean (json, "hidden", (file->flags & BT_FILE_HIDDEN) != 0);
  ft_json_boolean (json, "symlink", (file->flags & BT_FILE_SYMLINK) != 0);
  ft_json_string (json, "target", target);
  ft_json_end_object (json);
}

char *
ft_show_json (const BtTorrentFile *file)
{
  g_autoptr (FtJson) json = ft_json_new ();

  ft_json_begin_object (json, NULL);
  add_json_general (json, file);
  ft_json_begin_array (json, "trackers");
  for (guint i = 0; i < file->tiers->len; i++)
    add_json_strings (json, NULL, g_ptr_array_index (file->tiers, i));
  ft_json_end_array (json);
  add_json_strings (json, "web_seeds", (const char *const *) file->web_seeds);
  ft_json_begin_array (json, "files");
  for (guint i = 0; i < file->files->len; i++)
    add_json_file (json, &g_array_index (file->files, BtFileStatus, i), get_target (file, i));
  ft_json_end_array (json);
  ft_json_end_object (json);
  return ft_json_finish (json);
}

static BtTorrentFile *
describe (const char *argument, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (ft_load_is_magnet (argument))
    return bt_magnet_describe (argument, error);
  bytes = ft_load_torrent (argument, FALSE, error);
  return bytes != NULL ? bt_torrent_file_describe (bytes, error) : NULL;
}

static gboolean
show_file (const char *argument, gboolean as_json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BtTorrentFile) file = describe (argument, &error);
  g_autofree char *text = NULL;

  if (file == NULL)
    {
      g_autofree char *message = g_strdup_printf ("%s: %s", argument, error->message);
      g_autofree char *clean = ft_text_clean (message);

      fprintf (stderr, "friendtorrent-console: %s\n", clean);
      return FALSE;
    }
  text = as_json ? ft_show_json (file) : ft_show_text (file);
  fputs (text, stdout);
  if (as_json)
    fputc ('\n', stdout);
  return TRUE;
}

static gboolean
read_arguments (const char *const *arguments, gboolean *as_json, char ***files, GError **error)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, as_json, N_("Write one JSON object a file"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, files, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_("FILE.torrent…"));
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_auto (GStrv) copy = NULL;

  g_ptr_array_add (all, g_strdup ("friendtorrent-console show"));
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (all, g_strdup (arguments[i]));
  g_ptr_array_add (all, NULL);
  copy = (GStrv) g_ptr_array_steal (all, NULL);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  return g_option_context_parse_strv (context, &copy, error);
}

int
ft_show_run (const char *const *arguments)
{
  gboolean as_json = FALSE;
  g_auto (GStrv) files = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!read_arguments (arguments, &as_json, &files, &error))
    {
      fprintf (stderr, "friendtorrent-console: %s\n", error->message);
      return 2;
    }
  if (files == NULL)
    {
      fprintf (stderr, "friendtorrent-console: %s\n", _("“show” needs a file"));
      return 2;
    }
  for (guint i = 0; files[i] != NULL; i++)
    {
      if (i > 0 && !as_json)
        fputc ('\n', stdout);
      if (!show_file (files[i], as_json))
        status = 1;
    }
  /* A full disk behind a redirection is a failure too. */
  return fflush (stdout) == 0 ? status : 1;
}
