/* test-console-screen.c: what a terminal shows of a log, a table and a line to type in.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-screen.h"

#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS 20
#define ROWS 10

/* As much of a terminal as is needed: rows count from 0. */
typedef struct
{
  char cells[ROWS][COLUMNS + 1];
  int row, column;
  int saved_row, saved_column;
  int bottom; /* last row of the scrolling region, which begins at 0 */
  int fds[2];
} Terminal;

static void
clear_row (Terminal *terminal, int row)
{
  memset (terminal->cells[row], ' ', COLUMNS);
  terminal->cells[row][COLUMNS] = '\0';
}

static void
terminal_init (Terminal *terminal)
{
  *terminal = (Terminal){ .bottom = ROWS - 1 };
  for (int row = 0; row < ROWS; row++)
    clear_row (terminal, row);
  g_assert_true (g_unix_open_pipe (terminal->fds, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_set_fd_nonblocking (terminal->fds[0], TRUE, NULL));
}

static void
terminal_clear (Terminal *terminal)
{
  close (terminal->fds[0]);
  close (terminal->fds[1]);
}

static void
feed_line (Terminal *terminal)
{
  terminal->column = 0;
  if (terminal->row == terminal->bottom)
    {
      memmove (terminal->cells[0], terminal->cells[1],
               (gsize) terminal->bottom * sizeof terminal->cells[0]);
      clear_row (terminal, terminal->bottom);
    }
  else if (terminal->row < ROWS - 1)
    terminal->row++;
}

static void
clear_from (Terminal *terminal, int row)
{
  for (; row < ROWS; row++)
    clear_row (terminal, row);
}

static void
do_sequence (Terminal *terminal, char final, int first, int second)
{
  switch (final)
    {
    case 'H':
      terminal->row = CLAMP (first - 1, 0, ROWS - 1);
      terminal->column = MAX (second, 1) - 1;
      break;
    case 'J':
      clear_from (terminal, first == 2 ? 0 : terminal->row);
      break;
    case 'K':
      clear_row (terminal, terminal->row);
      break;
    case 'r':
      terminal->bottom = second > 0 ? second - 1 : ROWS - 1;
      terminal->row = terminal->column = 0;
      break;
    case 'h':
    case 'l':
      break;
    default:
      g_error ("Sequence with %c", final);
    }
}

/* @p: after ESC. Returns: the last character of the sequence. */
static const char *
read_sequence (Terminal *terminal, const char *p)
{
  int numbers[2] = { 0, 0 };
  int n = 0;

  if (*p == '7' || *p == '8')
    {
      int *from = *p == '7' ? &terminal->row : &terminal->saved_row;
      int *to = *p == '7' ? &terminal->saved_row : &terminal->row;

      *to = *from;
      terminal->column = *p == '8' ? terminal->saved_column : terminal->column;
      terminal->saved_column = terminal->column;
      return p;
    }
  g_assert_cmpint (*p, ==, '[');
  for (p++; !g_ascii_isalpha (*p); p++)
    {
      if (*p == ';')
        n++;
      else if (g_ascii_isdigit (*p))
        numbers[n] = numbers[n] * 10 + (*p - '0');
    }
  do_sequence (terminal, *p, numbers[0], numbers[1]);
  return p;
}

static void
type (Terminal *terminal, const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\033')
        p = read_sequence (terminal, p + 1);
      else if (*p == '\n')
        feed_line (terminal);
      else if (terminal->column < COLUMNS)
        terminal->cells[terminal->row][terminal->column++] = *p;
    }
}

/* Takes in what the screen has written. */
static void
update (Terminal *terminal)
{
  char text[8192];
  gssize size = read (terminal->fds[0], text, sizeof text - 1);

  g_assert_cmpint (size, >, 0);
  text[size] = '\0';
  type (terminal, text);
}

static void
assert_row (Terminal *terminal, int row, const char *expected)
{
  g_autofree char *shown = g_strchomp (g_strdup (terminal->cells[row]));

  g_assert_cmpstr (shown, ==, expected);
}

static void
draw (FtScreen *screen, Terminal *terminal, const char *lines)
{
  g_auto (GStrv) split = g_strsplit (lines, "|", -1);
  g_autoptr (GPtrArray) table = g_ptr_array_new ();

  for (guint i = 0; split[i] != NULL; i++)
    g_ptr_array_add (table, split[i]);
  g_assert_true (ft_screen_draw (screen, table));
  update (terminal);
}

static void
test_layout (void)
{
  Terminal terminal;
  FtScreen *screen;

  terminal_init (&terminal);
  type (&terminal, "$ run\n");
  screen = ft_screen_new (terminal.fds[1], COLUMNS, ROWS, FALSE, TRUE);
  draw (screen, &terminal, "one|two");
  assert_row (&terminal, 0, "$ run");
  assert_row (&terminal, 7, "one");
  assert_row (&terminal, 8, "two");
  assert_row (&terminal, 9, ">");
  g_assert_cmpint (terminal.row, ==, 9);
  g_assert_cmpint (terminal.column, ==, 2);

  /* What is being typed stays, and so does the cursor. */
  type (&terminal, "li");
  ft_screen_log (screen, "first");
  ft_screen_log (screen, "second");
  draw (screen, &terminal, "ONE|TWO");
  assert_row (&terminal, 5, "first");
  assert_row (&terminal, 6, "second");
  assert_row (&terminal, 7, "ONE");
  assert_row (&terminal, 9, "> li");
  g_assert_cmpint (terminal.row, ==, 9);
  g_assert_cmpint (terminal.column, ==, 4);

  ft_screen_entered (screen);
  type (&terminal, "\n");
  draw (screen, &terminal, "ONE|TWO");
  assert_row (&terminal, 9, ">");
  ft_screen_free (screen);
  terminal_clear (&terminal);
}

static void
test_table_grows_and_shrinks (void)
{
  Terminal terminal;
  FtScreen *screen;

  terminal_init (&terminal);
  screen = ft_screen_new (terminal.fds[1], COLUMNS, ROWS, FALSE, TRUE);
  draw (screen, &terminal, "one");
  ft_screen_log (screen, "a");
  ft_screen_log (screen, "b");
  draw (screen, &terminal, "one");
  assert_row (&terminal, 7, "b");
  draw (screen, &terminal, "one|two|three");
  assert_row (&terminal, 4, "a");
  assert_row (&terminal, 5, "b");
  assert_row (&terminal, 6, "one");
  assert_row (&terminal, 8, "three");
  assert_row (&terminal, 9, ">");
  draw (screen, &terminal, "one");
  assert_row (&terminal, 5, "b");
  assert_row (&terminal, 6, "");
  assert_row (&terminal, 7, "");
  assert_row (&terminal, 8, "one");
  /* Never more than half of the rows of a small terminal. */
  draw (screen, &terminal, "1|2|3|4|5|6|7|8|9|10|11|12");
  assert_row (&terminal, 4, "1");
  assert_row (&terminal, 8, "5");
  assert_row (&terminal, 9, ">");
  ft_screen_free (screen);
  terminal_clear (&terminal);
}

static void
test_log_is_full (void)
{
  Terminal terminal;
  FtScreen *screen;

  terminal_init (&terminal);
  screen = ft_screen_new (terminal.fds[1], COLUMNS, ROWS, FALSE, FALSE);
  for (int i = 0; i < 30; i++)
    {
      g_autofree char *line = g_strdup_printf ("line %d", i);
      ft_screen_log (screen, line);
    }
  draw (screen, &terminal, "one");
  assert_row (&terminal, 0, "line 22");
  assert_row (&terminal, 7, "line 29");
  assert_row (&terminal, 8, "one");
  /* Nobody can type: there is no sign that one could. */
  assert_row (&terminal, 9, "");
  ft_screen_free (screen);
  terminal_clear (&terminal);
}

static void
test_resize_and_end (void)
{
  Terminal terminal;
  FtScreen *screen;

  terminal_init (&terminal);
  screen = ft_screen_new (terminal.fds[1], COLUMNS, ROWS + 10, FALSE, TRUE);
  ft_screen_log (screen, "kept");
  draw (screen, &terminal, "one");
  for (int row = 0; row < ROWS; row++)
    type (&terminal, "rubbish\n");
  ft_screen_resize (screen, COLUMNS, ROWS);
  draw (screen, &terminal, "one");
  for (int row = 0; row < 7; row++)
    assert_row (&terminal, row, "");
  assert_row (&terminal, 7, "kept");
  assert_row (&terminal, 8, "one");
  assert_row (&terminal, 9, ">");

  ft_screen_log (screen, "goodbye");
  ft_screen_free (screen);
  update (&terminal);
  assert_row (&terminal, 6, "kept");
  assert_row (&terminal, 7, "goodbye");
  assert_row (&terminal, 8, "");
  assert_row (&terminal, 9, "");
  g_assert_cmpint (terminal.row, ==, 8);
  g_assert_cmpint (terminal.bottom, ==, ROWS - 1);
  terminal_clear (&terminal);
}

static void
test_suspend (void)
{
  Terminal terminal;
  FtScreen *screen;

  terminal_init (&terminal);
  screen = ft_screen_new (terminal.fds[1], COLUMNS, ROWS, FALSE, TRUE);
  draw (screen, &terminal, "one");
  ft_screen_suspend (screen);
  update (&terminal);
  g_assert_cmpint (terminal.bottom, ==, ROWS - 1);
  type (&terminal, "$ fg\n");
  draw (screen, &terminal, "one");
  assert_row (&terminal, 7, "$ fg");
  assert_row (&terminal, 8, "one");
  assert_row (&terminal, 9, ">");
  ft_screen_free (screen);
  terminal_clear (&terminal);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/console/screen/layout", test_layout);
  g_test_add_func ("/console/screen/table-grows-and-shrinks", test_table_grows_and_shrinks);
  g_test_add_func ("/console/screen/log-is-full", test_log_is_full);
  g_test_add_func ("/console/screen/resize-and-end", test_resize_and_end);
  g_test_add_func ("/console/screen/suspend", test_suspend);
  return g_test_run ();
}
