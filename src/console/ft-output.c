/* ft-output.c: what is told to the user: a live table, plain lines, or JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-output.h"

#include "ft-lines.h"
#include "ft-objects.h"
#include "ft-screen.h"
#include "ft-table.h"
#include "ft-text.h"
#include "ft-write.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Between two lines about the progress of one torrent. */
#define PROGRESS_INTERVAL_US (5 * G_USEC_PER_SEC)

struct _FtOutput
{
  FtRoster *roster;
  gboolean json;
  gboolean utf8;     /* what standard output shows */
  gboolean broken;
  FtScreen *screen;  /* (nullable) */
  GHashTable *said;  /* id -> monotonic µs of the last line, gint64* */
};

static gint64
unix_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* Pipes and files get UTF-8 whatever the locale: names must come out as they are. */
static gboolean
shows_utf8 (int fd)
{
  return !isatty (fd) || g_get_charset (NULL);
}

static gboolean
read_size (guint *columns, guint *rows)
{
  struct winsize size;

  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
    return FALSE;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return *columns >= FT_SCREEN_MIN_COLUMNS && *rows >= FT_SCREEN_MIN_ROWS;
}

static gboolean
is_in_foreground (void)
{
  return tcgetpgrp (STDOUT_FILENO) == getpgrp ();
}

/* (nullable) */
static FtScreen *
open_screen (gboolean utf8)
{
  const char *term = g_getenv ("TERM");
  guint columns, rows;

  if (!isatty (STDOUT_FILENO) || term == NULL || *term == '\0' || strcmp (term, "dumb") == 0)
    return NULL;
  if (!is_in_foreground () || !read_size (&columns, &rows))
    return NULL;
  return ft_screen_new (STDOUT_FILENO, columns, rows, utf8, isatty (STDIN_FILENO));
}

FtOutput *
ft_output_new (FtRoster *roster, gboolean json, gboolean live)
{
  FtOutput *self = g_new0 (FtOutput, 1);

  self->roster = roster;
  self->json = json;
  self->utf8 = shows_utf8 (STDOUT_FILENO);
  self->said = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  if (live && !json)
    self->screen = open_screen (self->utf8);
  return self;
}

void
ft_output_free (FtOutput *self)
{
  g_clear_pointer (&self->screen, ft_screen_free);
  g_hash_table_unref (self->said);
  g_free (self);
}

gboolean
ft_output_is_json (FtOutput *self)
{
  return self->json;
}

gboolean
ft_output_is_live (FtOutput *self)
{
  return self->screen != NULL;
}

gboolean
ft_output_is_broken (FtOutput *self)
{
  return self->broken;
}

static gboolean
write_line (int fd, gboolean utf8, const char *line)
{
  g_autofree char *ascii = utf8 ? NULL : ft_text_to_ascii (line);
  g_autofree char *ended = g_strconcat (ascii != NULL ? ascii : line, "\n", NULL);

  return ft_write (fd, ended);
}

void
ft_output_line (FtOutput *self, const char *line)
{
  if (self->screen != NULL)
    ft_screen_log (self->screen, line);
  else if (!self->broken && !write_line (STDOUT_FILENO, self->utf8, line))
    self->broken = TRUE;
}

void
ft_output_lines (FtOutput *self, GPtrArray *lines)
{
  for (guint i = 0; i < lines->len; i++)
    ft_output_line (self, g_ptr_array_index (lines, i));
  g_ptr_array_unref (lines);
}

static void
take_line (FtOutput *self, char *line)
{
  if (line != NULL)
    ft_output_line (self, line);
  g_free (line);
}

void
ft_output_say (FtOutput *self, const char *event, const char *text)
{
  if (self->json)
    take_line (self, ft_objects_message (event, NULL, NULL, text, unix_now ()));
  else
    take_line (self, ft_text_clean (text));
}

/* Standard error may be a file while the table is on the terminal: both are told. */
static void
write_error (FtOutput *self, const char *text)
{
  g_autofree char *clean = ft_text_clean (text);
  g_autofree char *line = g_strdup_printf ("friendtorrent-console: %s", clean);

  if (self->screen != NULL)
    ft_screen_log (self->screen, clean);
  if (self->screen == NULL || !isatty (STDERR_FILENO))
    write_line (STDERR_FILENO, shows_utf8 (STDERR_FILENO), line);
}

void
ft_output_failure (FtOutput *self, const char *event, const char *file, const char *text)
{
  g_autofree char *message
    = file != NULL ? g_strdup_printf ("%s: %s", file, text) : g_strdup (text);

  write_error (self, message);
  if (self->json)
    take_line (self, ft_objects_message (event, file != NULL ? "file" : NULL, file, text,
                                         unix_now ()));
}

static gboolean
differs_in_state (const BtTorrentStatus *a, const BtTorrentStatus *b)
{
  return a->state != b->state || a->intent != b->intent || a->reason != b->reason;
}

/* How far it is: what a line about progress would say anew. */
static gboolean
differs_in_progress (const BtTorrentStatus *a, const BtTorrentStatus *b)
{
  if (b->state == BT_STATE_CHECKING)
    return a->check_progress != b->check_progress;
  return a->done != b->done || a->wanted != b->wanted;
}

/* Lines about progress are spaced out, those about a state are not. Starting anew with each line
 * keeps the two from saying the same twice. */
static void
say_changed (FtOutput *self, const BtTorrentStatus *old, const BtTorrentStatus *status)
{
  gpointer key = GUINT_TO_POINTER (status->id);
  gint64 now = g_get_monotonic_time ();
  gint64 *said = g_hash_table_lookup (self->said, key);

  gboolean recently = said != NULL && now - *said < PROGRESS_INTERVAL_US;

  if (old != NULL && !differs_in_state (old, status)
      && (recently || !differs_in_progress (old, status)))
    return;
  if (said != NULL)
    *said = now;
  else
    g_hash_table_insert (self->said, key, g_memdup2 (&now, sizeof now));
  take_line (self, ft_lines_torrent (status, unix_now ()));
}

void
ft_output_changed (FtOutput *self, const BtTorrentStatus *old, const BtTorrentStatus *status)
{
  if (self->json)
    {
      if (old == NULL)
        take_line (self, ft_objects_torrent ("added", status, unix_now ()));
      else if (differs_in_state (old, status))
        take_line (self, ft_objects_torrent ("state", status, unix_now ()));
    }
  else if (self->screen == NULL)
    say_changed (self, old, status);
}

void
ft_output_removed (FtOutput *self, const BtTorrentStatus *status)
{
  g_hash_table_remove (self->said, GUINT_TO_POINTER (status->id));
  if (self->json)
    take_line (self, ft_objects_torrent ("removed", status, unix_now ()));
  else
    {
      g_autofree char *line = g_strdup_printf (_("%s: Removed"), status->name);
      take_line (self, ft_text_clean (line));
    }
}

void
ft_output_event (FtOutput *self, const BtEvent *event, const BtTorrentStatus *status)
{
  take_line (self,
             self->json ? ft_objects_event (event, status) : ft_lines_event (event, status));
}

void
ft_output_draw (FtOutput *self)
{
  g_autoptr (GPtrArray) table = NULL;

  /* In the background the terminal is the shell's. */
  if (self->screen == NULL || self->broken || !is_in_foreground ())
    return;
  table = ft_table_render (self->roster, ft_screen_get_columns (self->screen),
                           ft_screen_get_room (self->screen), unix_now ());
  if (!ft_screen_draw (self->screen, table))
    self->broken = TRUE;
}

void
ft_output_entered (FtOutput *self)
{
  if (self->screen != NULL)
    ft_screen_entered (self->screen);
}

void
ft_output_resized (FtOutput *self)
{
  guint columns, rows;

  /* While it is too small, what there is stays. */
  if (self->screen == NULL || !read_size (&columns, &rows))
    return;
  ft_screen_resize (self->screen, columns, rows);
  ft_output_draw (self);
}

void
ft_output_suspend (FtOutput *self)
{
  if (self->screen != NULL)
    ft_screen_suspend (self->screen);
}
