/* ft-test.h: helpers that every test may use.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

/* Bytes written as hexadecimal digits, blanks ignored. Returns: (transfer full). */
static inline GBytes *
ft_test_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (const char *p = hex; *p != '\0';)
    {
      if (g_ascii_isspace (*p))
        {
          p++;
          continue;
        }
      g_assert_true (g_ascii_isxdigit (p[0]) && g_ascii_isxdigit (p[1]));
      guint8 byte = (guint8) (g_ascii_xdigit_value (p[0]) << 4 | g_ascii_xdigit_value (p[1]));
      g_byte_array_append (bytes, &byte, 1);
      p += 2;
    }
  return g_byte_array_free_to_bytes (bytes);
}

/* The folder of shared conformance data. Returns: (transfer full) (nullable): NULL when it is not there */
static inline char *
ft_test_find_conformance_dir (void)
{
  const char *dir = g_getenv ("FT_CONFORMANCE");

  return dir != NULL && g_file_test (dir, G_FILE_TEST_IS_DIR) ? g_strdup (dir) : NULL;
}

/* The same, for a test that has nothing else to judge: without it, it says that it is skipped. */
static inline char *
ft_test_conformance_dir (void)
{
  char *dir = ft_test_find_conformance_dir ();

  if (dir == NULL)
    g_test_skip ("the shared conformance data is not there");
  return dir;
}

/* How many descriptors would end a wait of @context now, its own for waking it included. */
static inline int
ft_test_count_ready (GMainContext *context)
{
  GPollFD fds[16];
  int timeout_ms, priority, n, n_ready;

  g_assert_true (g_main_context_acquire (context));
  g_main_context_prepare (context, &priority);
  n = g_main_context_query (context, G_MAXINT, &timeout_ms, fds, G_N_ELEMENTS (fds));
  g_assert_cmpint (n, <=, G_N_ELEMENTS (fds));
  n_ready = g_poll (fds, (guint) n, 0);
  g_main_context_check (context, G_MAXINT, fds, n);
  g_main_context_release (context);
  return n_ready;
}

/* Iterates @context until @condition or for @seconds, then fails: a bound, not a measure. */
#define ft_test_iterate(context, condition, seconds)                                                \
  G_STMT_START                                                                                      \
  {                                                                                                 \
    gint64 ft_deadline = g_get_monotonic_time () + (gint64) (seconds) * G_USEC_PER_SEC;             \
    while (!(condition))                                                                            \
      {                                                                                             \
        if (!g_main_context_iteration (context, FALSE))                                             \
          g_usleep (1000);                                                                          \
        if (g_get_monotonic_time () > ft_deadline)                                                  \
          g_error ("%s:%d: waited %d s for: %s", __FILE__, __LINE__, (int) (seconds), #condition);  \
      }                                                                                             \
  }                                                                                                 \
  G_STMT_END
