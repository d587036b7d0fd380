/* test-descriptors.c: the limit of descriptors is raised, and never lowered.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-descriptors.h"
#include "ft-test.h"

#include <sys/resource.h>

static rlim_t
allow_many_from (rlim_t start)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = MIN (start, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  ft_descriptors_allow_many ();
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  return limit.rlim_cur;
}

static void
test_allow_many (void)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_cmpuint (allow_many_from (256), ==, MIN (limit.rlim_max, 65536));
  g_assert_cmpuint (allow_many_from (limit.rlim_max), ==, limit.rlim_max);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/descriptors/allow-many", test_allow_many);
  return g_test_run ();
}
