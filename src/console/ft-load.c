/* ft-load.c: the bytes of a .torrent file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-load.h"

#include "bt-error.h"
#include "bt-limits.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

char *
ft_load_resolve_path (const char *argument)
{
  /* A shell expands it neither after "--path=" nor in commands on standard input. */
  if (g_str_has_prefix (argument, "~/"))
    return g_build_filename (g_get_home_dir (), argument + 2, NULL);
  return g_canonicalize_filename (argument, NULL);
}

gboolean
ft_load_is_magnet (const char *argument)
{
  return g_ascii_strncasecmp (argument, "magnet:", strlen ("magnet:")) == 0;
}

static GFile *
resolve_file (const char *argument)
{
  g_autofree char *scheme = g_uri_parse_scheme (argument);
  g_autofree char *path = NULL;

  if (g_strcmp0 (scheme, "file") == 0)
    return g_file_new_for_uri (argument);
  path = ft_load_resolve_path (argument);
  return g_file_new_for_path (path);
}

static void
set_size_error (gboolean usual, GError **error)
{
  if (usual)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 _("larger than %u MB, as hardly any torrent is: --large-torrents allows it"),
                 BT_LIMIT_USUAL_TORRENT_BYTES / 1000000);
  else
    g_set_error (error, BT_ERROR, BT_ERROR_LIMIT, _("larger than %u MiB: not a torrent"),
                 BT_LIMIT_TORRENT_BYTES / (1024 * 1024));
}

static GBytes *
read_bounded (GInputStream *stream, gboolean usual, GError **error)
{
  const gsize max = usual ? BT_LIMIT_USUAL_TORRENT_BYTES : BT_LIMIT_TORRENT_BYTES;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize got = 0;

  do
    {
      gsize old = bytes->len;

      /* One more than allowed, to tell that there is more. */
      g_byte_array_set_size (bytes, (guint) MIN (old * 2 + 64 * 1024, max + 1));
      if (!g_input_stream_read_all (stream, bytes->data + old, bytes->len - old, &got, NULL, error))
        return NULL;
      got += old;
    }
  while (got == bytes->len && got <= max);
  if (got > max)
    {
      set_size_error (usual, error);
      return NULL;
    }
  g_byte_array_set_size (bytes, (guint) got);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/* GIO's message holds the path, which whoever asked says anyway. */
static void
set_short_error (GError **error, const GError *cause)
{
  const char *text = cause->message;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    text = _("there is no such file");
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY))
    text = _("this is a folder");
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    text = _("reading it is not permitted");
  g_set_error_literal (error, cause->domain, cause->code, text);
}

GBytes *
ft_load_torrent (const char *argument, gboolean usual, GError **error)
{
  g_autoptr (GFile) file = resolve_file (argument);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GError) cause = NULL;
  GBytes *bytes;

  stream = g_file_read (file, NULL, &cause);
  bytes = stream != NULL ? read_bounded (G_INPUT_STREAM (stream), usual, &cause) : NULL;
  if (bytes == NULL)
    set_short_error (error, cause);
  return bytes;
}
