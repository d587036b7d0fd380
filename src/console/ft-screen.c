/* ft-screen.c: a terminal with a log above, a table below it, and a line to type in at the bottom.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-screen.h"

#include "ft-text.h"
#include "ft-write.h"

/* That the log keeps where there are enough. */
#define LOG_ROWS 7
/* Of the log, for painting it again after the terminal was resized. */
#define KEPT_LINES 200
/* That wait for the terminal while somebody else has it. */
#define MAX_FRESH_LINES 10000

/* ECMA-48 and DEC sequences that every terminal of today knows. */
#define SAVE_CURSOR "\0337"
#define RESTORE_CURSOR "\0338"
#define HIDE_CURSOR "\033[?25l"
#define SHOW_CURSOR "\033[?25h"
#define WRAP_OFF "\033[?7l"
#define WRAP_ON "\033[?7h"
#define CLEAR_LINE "\033[2K"
#define CLEAR_SCREEN "\033[2J"
#define CLEAR_BELOW "\033[J"
#define WHOLE_REGION "\033[r"
#define PROMPT "> "

struct _FtScreen
{
  int fd;
  guint columns, rows;
  gboolean utf8;
  gboolean with_prompt;
  gboolean painted;  /* the regions are set up on the terminal */
  gboolean lost;     /* it was resized: nobody knows what is where */
  gboolean entered;  /* the prompt is to be shown anew */
  guint table_rows;  /* as they are on the terminal */
  GQueue kept;       /* of char*: the last lines of the log */
  GPtrArray *fresh;  /* of char*: lines of the log that are not shown yet */
};

FtScreen *
ft_screen_new (int fd, guint columns, guint rows, gboolean utf8, gboolean with_prompt)
{
  FtScreen *self = g_new0 (FtScreen, 1);

  self->fd = fd;
  self->columns = columns;
  self->rows = rows;
  self->utf8 = utf8;
  self->with_prompt = with_prompt;
  self->fresh = g_ptr_array_new_with_free_func (g_free);
  g_queue_init (&self->kept);
  return self;
}

guint
ft_screen_get_columns (FtScreen *self)
{
  return self->columns;
}

guint
ft_screen_get_room (FtScreen *self)
{
  /* The last row is typed in, and the log keeps some. */
  return MAX (self->rows / 2, self->rows - LOG_ROWS - 1);
}

static void
move_to (GString *frame, guint row)
{
  g_string_append_printf (frame, "\033[%u;1H", row);
}

/* The row above the table: the last one of the log. */
static guint
log_bottom (FtScreen *self)
{
  return self->rows - 1 - self->table_rows;
}

static void
set_region (FtScreen *self, GString *frame)
{
  g_string_append_printf (frame, "\033[1;%ur", log_bottom (self));
}

static gboolean
write_frame (FtScreen *self, GString *frame)
{
  g_autofree char *ascii = self->utf8 ? NULL : ft_text_to_ascii (frame->str);

  return ft_write (self->fd, ascii != NULL ? ascii : frame->str);
}

static void
keep_line (FtScreen *self, const char *line)
{
  g_queue_push_tail (&self->kept, g_strdup (line));
  if (g_queue_get_length (&self->kept) > KEPT_LINES)
    g_free (g_queue_pop_head (&self->kept));
}

/* The log moves up by one and the line is written below it. */
static void
append_log_line (FtScreen *self, GString *frame, const char *line)
{
  move_to (frame, log_bottom (self));
  g_string_append_c (frame, '\n');
  g_string_append (frame, line);
}

static void
append_prompt (FtScreen *self, GString *frame)
{
  move_to (frame, self->rows);
  g_string_append (frame, CLEAR_LINE);
  if (self->with_prompt)
    g_string_append (frame, PROMPT);
}

/* What is on the terminal moves up, into its history, before anything is painted over. The cursor
 * is at the beginning of an empty row, which can be used. */
static void
append_first_paint (FtScreen *self, GString *frame, guint table_rows)
{
  for (guint i = 0; i < table_rows; i++)
    g_string_append_c (frame, '\n');
  self->table_rows = table_rows;
  set_region (self, frame);
}

static void
append_repaint (FtScreen *self, GString *frame, guint table_rows)
{
  g_string_append (frame, WHOLE_REGION CLEAR_SCREEN);
  self->table_rows = table_rows;
  set_region (self, frame);
  for (GList *l = self->kept.head; l != NULL; l = l->next)
    append_log_line (self, frame, l->data);
}

static void
append_region_change (FtScreen *self, GString *frame, guint table_rows)
{
  guint old_bottom = log_bottom (self);

  /* A growing table pushes the log up; a shrinking one leaves empty rows. */
  move_to (frame, old_bottom);
  for (guint i = self->table_rows; i < table_rows; i++)
    g_string_append_c (frame, '\n');
  self->table_rows = table_rows;
  set_region (self, frame);
  for (guint row = old_bottom + 1; row <= log_bottom (self); row++)
    {
      move_to (frame, row);
      g_string_append (frame, CLEAR_LINE);
    }
}

static void
append_layout (FtScreen *self, GString *frame, guint table_rows)
{
  self->entered |= !self->painted || self->lost;
  if (!self->painted)
    append_first_paint (self, frame, table_rows);
  else if (self->lost)
    append_repaint (self, frame, table_rows);
  else if (table_rows != self->table_rows)
    append_region_change (self, frame, table_rows);
  self->painted = TRUE;
  self->lost = FALSE;
}

static void
append_fresh_lines (FtScreen *self, GString *frame)
{
  for (guint i = 0; i < self->fresh->len; i++)
    {
      const char *line = g_ptr_array_index (self->fresh, i);

      append_log_line (self, frame, line);
      keep_line (self, line);
    }
  g_ptr_array_set_size (self->fresh, 0);
}

static void
append_table (FtScreen *self, GString *frame, GPtrArray *table)
{
  g_string_append (frame, WRAP_OFF);
  for (guint i = 0; i < self->table_rows; i++)
    {
      move_to (frame, log_bottom (self) + 1 + i);
      g_string_append (frame, CLEAR_LINE);
      g_string_append (frame, g_ptr_array_index (table, i));
    }
  g_string_append (frame, WRAP_ON);
}

gboolean
ft_screen_draw (FtScreen *self, GPtrArray *table)
{
  g_autoptr (GString) frame = g_string_new (SAVE_CURSOR HIDE_CURSOR);

  append_layout (self, frame, MIN (table->len, ft_screen_get_room (self)));
  append_fresh_lines (self, frame);
  append_table (self, frame, table);
  if (self->entered)
    append_prompt (self, frame);
  else
    g_string_append (frame, RESTORE_CURSOR);
  self->entered = FALSE;
  g_string_append (frame, SHOW_CURSOR);
  return write_frame (self, frame);
}

void
ft_screen_log (FtScreen *self, const char *line)
{
  if (self->fresh->len >= MAX_FRESH_LINES)
    g_ptr_array_remove_index (self->fresh, 0);
  g_ptr_array_add (self->fresh, g_strdup (line));
}

void
ft_screen_entered (FtScreen *self)
{
  self->entered = TRUE;
}

void
ft_screen_resize (FtScreen *self, guint columns, guint rows)
{
  self->columns = columns;
  self->rows = rows;
  self->lost = TRUE;
}

void
ft_screen_suspend (FtScreen *self)
{
  g_autoptr (GString) frame = g_string_new (NULL);

  if (!self->painted)
    return;
  append_fresh_lines (self, frame);
  g_string_append (frame, WHOLE_REGION);
  move_to (frame, log_bottom (self));
  g_string_append (frame, "\n" CLEAR_BELOW SHOW_CURSOR);
  write_frame (self, frame);
  self->painted = FALSE;
}

void
ft_screen_free (FtScreen *self)
{
  ft_screen_suspend (self);
  g_queue_clear_full (&self->kept, g_free);
  g_ptr_array_unref (self->fresh);
  g_free (self);
}
