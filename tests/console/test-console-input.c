/* test-console-input.c: standard input in pieces.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-input.h"
#include "ft-test.h"

#include <glib-unix.h>
#include <unistd.h>

typedef struct
{
  GString *lines; /* joined by '|' */
  gboolean ended;
} Heard;

static void
hear_cb (const char *line, gpointer user_data)
{
  Heard *heard = user_data;

  g_assert_false (heard->ended);
  if (line == NULL)
    heard->ended = TRUE;
  else
    g_string_append_printf (heard->lines, "%s|", line);
}

static void
write_text (int fd, const char *text, gsize length)
{
  g_assert_cmpint (write (fd, text, length), ==, (gssize) length);
}

static void
test_pieces (void)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  Heard heard = { lines, FALSE };
  g_autoptr (FtInput) input = NULL;
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  input = ft_input_new (fds[0], hear_cb, &heard);
  write_text (fds[1], "one\ntw", 6);
  ft_test_iterate (NULL, strcmp (lines->str, "one|") == 0, 10);
  write_text (fds[1], "o\n\n\xff\nlast", 9);
  ft_test_iterate (NULL, strcmp (lines->str, "one|two||\uFFFD|") == 0, 10);
  g_assert_false (heard.ended);
  close (fds[1]);
  ft_test_iterate (NULL, heard.ended, 10);
  g_assert_cmpstr (lines->str, ==, "one|two||\uFFFD|last|");
  close (fds[0]);
}

/* A line without end takes no memory without end, and does not become a command. */
static void
test_endless_line (void)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  Heard heard = { lines, FALSE };
  g_autoptr (FtInput) input = NULL;
  g_autofree char *chunk = g_strnfill (4096, 'x');
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  input = ft_input_new (fds[0], hear_cb, &heard);
  for (int i = 0; i < 40; i++)
    {
      write_text (fds[1], chunk, 4096);
      g_main_context_iteration (NULL, FALSE);
    }
  write_text (fds[1], "\nnext\n", 6);
  close (fds[1]);
  ft_test_iterate (NULL, heard.ended, 10);
  g_assert_cmpstr (lines->str, ==, "next|");
  close (fds[0]);
}

/* Standard input may be closed. */
static void
test_no_descriptor (void)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  Heard heard = { lines, FALSE };
  g_autoptr (FtInput) input = NULL;
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  close (fds[1]);
  close (fds[0]);
  input = ft_input_new (fds[0], hear_cb, &heard);
  ft_test_iterate (NULL, heard.ended, 10);
  g_assert_cmpstr (lines->str, ==, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/console/input/pieces", test_pieces);
  g_test_add_func ("/console/input/endless-line", test_endless_line);
  g_test_add_func ("/console/input/no-descriptor", test_no_descriptor);
  return g_test_run ();
}
