/* test-console-log.c: which debug messages are wanted.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-log.h"

static void
test_wants (void)
{
  static const struct
  {
    const char *domains;
    gboolean net, console, soup;
  } cases[] = {
    { "", TRUE, TRUE, FALSE },
    { "bt-net", TRUE, FALSE, FALSE },
    { "ft-console,bt-net", TRUE, TRUE, FALSE },
    { "libsoup bt-disk", FALSE, FALSE, TRUE },
    { "all", TRUE, TRUE, TRUE },
    { ",", TRUE, TRUE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FtLog) log = ft_log_new (cases[i].domains);

      g_assert_cmpint (ft_log_wants (log, "bt-net"), ==, cases[i].net);
      g_assert_cmpint (ft_log_wants (log, "ft-console"), ==, cases[i].console);
      g_assert_cmpint (ft_log_wants (log, "libsoup"), ==, cases[i].soup);
    }
}

static void
write_message (const char *domain, const char *message)
{
  const GLogField fields[] = { { "GLIB_DOMAIN", domain, -1 }, { "MESSAGE", message, -1 } };
  g_autoptr (FtLog) log = ft_log_new ("bt-net");

  ft_log_write (G_LOG_LEVEL_DEBUG, fields, G_N_ELEMENTS (fields), log);
}

static void
test_write (void)
{
  if (g_test_subprocess ())
    {
      write_message ("bt-net", "hello \033[2J");
      write_message ("bt-disk", "unseen");
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("??:??:??.??? bt-net: hello ?[2J\n");
  g_test_trap_assert_stderr_unmatched ("*unseen*");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/console/log/wants", test_wants);
  g_test_add_func ("/console/log/write", test_write);
  return g_test_run ();
}
