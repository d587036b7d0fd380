/* test-console-roster.c: torrents found by what was typed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-test-status.h"

static FtRoster *
create_roster (void)
{
  static const char *const names[]
    = { "Debian", "Debian 13", "debian 12", "Ärger", "Alpha", "ALPHA", "beta" };
  FtRoster *roster = ft_roster_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    ft_test_put (roster, 0xa1 + i, names[i]);
  return roster;
}

static void
test_find (void)
{
  static const struct
  {
    const char *typed;
    BtTorrentId id; /* 0: ambiguous or nothing */
    const char *said;
  } cases[] = {
    { "Debian", 0xa1 },          /* whole, though others begin so */
    { "Debian 1", 0xa2 },        /* the same case wins */
    { "debian 1", 0xa3 },
    { "DEBIAN 1", 0, "“Debian 13” (a2a2a2a2)" },
    { "DEBIAN 12", 0xa3 },
    { "Deb", 0, "“Debian” (a1a1a1a1)" },
    { "ärg", 0xa4 },
    { "alpha", 0, "ALPHA" },
    { "Alpha", 0xa5 },
    { "AL", 0xa6 },
    { "b", 0xa7 },
    { "a7a7", 0xa7 },            /* an info-hash */
    { "A7A7A7", 0xa7 },
    { "a7a", 0, "a7a" },         /* too short for one */
    { "gamma", 0, "gamma" },
    { "", 0, "" },
  };
  g_autoptr (FtRoster) roster = create_roster ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (ft_roster_find (roster, cases[i].typed, &error), ==, cases[i].id);
      g_assert_cmpint (error == NULL, ==, cases[i].id != 0);
      if (error != NULL)
        g_assert_nonnull (strstr (error->message, cases[i].said));
    }
}

static void
test_order (void)
{
  g_autoptr (FtRoster) roster = ft_roster_new ();

  ft_test_put (roster, 5, "five");
  ft_test_put (roster, 2, "two");
  ft_test_put (roster, 9, "nine");
  ft_test_put (roster, 2, "two again");
  g_assert_cmpuint (ft_roster_get_n (roster), ==, 3);
  g_assert_cmpstr (ft_roster_get (roster, 0)->name, ==, "two again");
  g_assert_cmpstr (ft_roster_get (roster, 1)->name, ==, "five");
  g_assert_cmpstr (ft_roster_get (roster, 2)->name, ==, "nine");
  ft_roster_remove (roster, 5);
  ft_roster_remove (roster, 5);
  g_assert_null (ft_roster_lookup (roster, 5));
  g_assert_cmpuint (ft_roster_get_n (roster), ==, 2);
  g_assert_cmpstr (ft_roster_lookup (roster, 9)->name, ==, "nine");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/console/roster/find", test_find);
  g_test_add_func ("/console/roster/order", test_order);
  return g_test_run ();
}
