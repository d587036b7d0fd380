/* test-sim.c: swarms of whole engines, each as it follows from a seed: whatever happens, the right bytes come.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim-play.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ft-test.h"

#define KIB 1024u
#define HONEST FT_SIM_HONEST_TRACKERS
#define HOUR_S 3600

/* One of these after the other, each with seeds of its own. */
static const FtSimPlan plans[] = {
  { .name = "honest", .max_torrents = 3, .max_seeds = 2, .max_leechers = 8, .trackers = HONEST, .lines = TRUE, .nats = TRUE,
    .links = TRUE, .max_size = 1024 * KIB, .max_piece = 4, .patience_s = 2 * HOUR_S },
  { .name = "liars", .max_torrents = 3, .max_seeds = 1, .max_leechers = 5, .max_bad = 3, .trackers = HONEST,
    .bad = FT_SIM_BIT (FT_BAD_LIAR) | FT_SIM_BIT (FT_BAD_CHANGER),
    .max_size = 1024 * KIB, .max_piece = 4, .patience_s = 2 * HOUR_S },
  { .name = "stalling", .max_torrents = 3, .max_seeds = 1, .max_leechers = 5, .max_bad = 5, .trackers = HONEST,
    .bad = FT_SIM_BIT (FT_BAD_STALLER) | FT_SIM_BIT (FT_BAD_CLAIMER) | FT_SIM_BIT (FT_BAD_REFUSER)
           | FT_SIM_BIT (FT_BAD_LEAVER),
    .max_size = 1024 * KIB, .max_piece = 4, .patience_s = 2 * HOUR_S },
  { .name = "noise", .max_torrents = 3, .max_seeds = 1, .max_leechers = 4, .max_bad = 5, .trackers = HONEST,
    .bad = FT_SIM_BIT (FT_BAD_FLOODER) | FT_SIM_BIT (FT_BAD_BABBLER) | FT_SIM_BIT (FT_BAD_GARBAGE)
           | FT_SIM_BIT (FT_BAD_STRANGER) | FT_SIM_BIT (FT_BAD_PUSHER),
    .max_size = 512 * KIB, .max_piece = 4, .patience_s = 2 * HOUR_S },
  { .name = "inventions", .max_torrents = 3, .max_seeds = 1, .max_leechers = 4, .max_bad = 5, .trackers = HONEST,
    .bad = FT_SIM_BIT (FT_BAD_INVENTOR) | FT_SIM_BIT (FT_BAD_NAMER), .links = TRUE,
    .max_size = 512 * KIB, .max_piece = 4, .patience_s = 4 * HOUR_S },
  { .name = "trackers", .max_torrents = 3, .max_seeds = 2, .max_leechers = 4, .trackers = FT_SIM_ALL_TRACKERS, .max_troubles = 4,
    .troubles = FT_SIM_BIT (FT_TROUBLE_PAUSE) | FT_SIM_BIT (FT_TROUBLE_NETWORK) | FT_SIM_BIT (FT_TROUBLE_SLEEP),
    .max_size = 512 * KIB, .max_piece = 4, .patience_s = 4 * HOUR_S },
  { .name = "flapping", .max_torrents = 3, .max_seeds = 2, .max_leechers = 4, .trackers = HONEST, .lines = TRUE, .nats = TRUE,
    .max_troubles = 20, .troubles = FT_SIM_BIT (FT_TROUBLE_DARK) | FT_SIM_BIT (FT_TROUBLE_NETWORK),
    .max_size = 1024 * KIB, .max_piece = 4, .patience_s = 4 * HOUR_S },
  { .name = "clock", .max_torrents = 3, .max_seeds = 2, .max_leechers = 4, .trackers = HONEST, .lines = TRUE, .max_troubles = 10,
    .troubles = FT_SIM_BIT (FT_TROUBLE_CLOCK) | FT_SIM_BIT (FT_TROUBLE_SLEEP) | FT_SIM_BIT (FT_TROUBLE_PAUSE),
    .max_size = 1024 * KIB, .max_piece = 4, .patience_s = 4 * HOUR_S },
  { .name = "disk", .max_torrents = 3, .max_seeds = 1, .max_leechers = 4, .trackers = HONEST, .max_troubles = 20,
    .troubles = FT_SIM_BIT (FT_TROUBLE_DISK) | FT_SIM_BIT (FT_TROUBLE_FAULTS) | FT_SIM_BIT (FT_TROUBLE_VERIFY)
                | FT_SIM_BIT (FT_TROUBLE_FILES),
    .max_size = 1024 * KIB, .max_piece = 8, .patience_s = 4 * HOUR_S },
  { .name = "moving", .max_torrents = 3, .max_seeds = 1, .max_leechers = 4, .trackers = HONEST, .max_troubles = 20,
    .troubles = FT_SIM_BIT (FT_TROUBLE_MOVE) | FT_SIM_BIT (FT_TROUBLE_FAULTS) | FT_SIM_BIT (FT_TROUBLE_PAUSE)
                | FT_SIM_BIT (FT_TROUBLE_FILES) | FT_SIM_BIT (FT_TROUBLE_DISK) | FT_SIM_BIT (FT_TROUBLE_VERIFY),
    .max_size = 1024 * KIB, .max_piece = 8, .patience_s = 4 * HOUR_S },
  { .name = "several", .max_torrents = 3, .max_seeds = 2, .max_leechers = 4, .trackers = HONEST, .max_troubles = 20,
    .troubles = FT_SIM_BIT (FT_TROUBLE_QUEUE) | FT_SIM_BIT (FT_TROUBLE_OPTIONS) | FT_SIM_BIT (FT_TROUBLE_LIMITS)
                | FT_SIM_BIT (FT_TROUBLE_RIVAL) | FT_SIM_BIT (FT_TROUBLE_PAUSE) | FT_SIM_BIT (FT_TROUBLE_MOVE)
                | FT_SIM_BIT (FT_TROUBLE_REMOVE) | FT_SIM_BIT (FT_TROUBLE_RESTART) | FT_SIM_BIT (FT_TROUBLE_FILES),
    .links = TRUE, .max_size = 1024 * KIB, .max_piece = 4, .patience_s = 4 * HOUR_S },
  { .name = "chaos", .max_torrents = 3, .max_seeds = 2, .max_leechers = 6, .max_bad = 4, .bad = FT_SIM_ALL_BAD,
    .trackers = FT_SIM_ALL_TRACKERS, .max_troubles = 30, .troubles = FT_SIM_ALL_TROUBLES, .lines = TRUE, .nats = TRUE,
    .links = TRUE, .max_size = 2048 * KIB, .max_piece = 16, .patience_s = 8 * HOUR_S },
};

static const FtSimPlan crowd = {
  .name = "crowd", .max_torrents = 1, .max_seeds = 1, .n_leechers = 199, .trackers = HONEST, .lines = TRUE,
  .max_size = 512 * KIB, .max_piece = 2, .patience_s = 4 * HOUR_S,
};

/* What is being played, for whoever wants to see it again. */
static char replay[200];

static void
tell_cb (int number)
{
  if (write (STDERR_FILENO, replay, strlen (replay)) < 0)
    _exit (1);
  signal (number, SIG_DFL);
  raise (number);
}

static guint64
play (const FtSimPlan *plan, guint64 seed)
{
  g_snprintf (replay, sizeof replay, "# To see this again: FT_SEED=%" G_GUINT64_FORMAT " %s -p /sim/%s\n", seed,
              g_get_prgname (), plan->name);
  return ft_sim_play (plan, seed);
}

static gboolean
get_wanted_seed (guint64 *seed)
{
  const char *wanted = g_getenv ("FT_SEED");

  return wanted != NULL && g_ascii_string_to_unsigned (wanted, 10, 0, G_MAXUINT64, seed, NULL);
}

/* Seconds of the machine for each plan; 0: not said. */
static double
get_time (void)
{
  const char *seconds = g_getenv ("FT_SIM_SECONDS");

  if (seconds != NULL)
    return g_ascii_strtod (seconds, NULL) / G_N_ELEMENTS (plans);
  return g_strcmp0 (g_getenv ("FT_TEST_LONG"), "1") == 0 ? 600.0 / G_N_ELEMENTS (plans) : 0;
}

static guint64
get_first_seed (void)
{
  const char *first = g_getenv ("FT_SIM_FIRST");

  return first != NULL ? g_ascii_strtoull (first, NULL, 10) : 1;
}

#define SHORT_SEEDS 20 /* of each plan, where nobody asked for more */

static void
test_plan (gconstpointer data)
{
  const FtSimPlan *plan = data;
  g_autoptr(GTimer) timer = g_timer_new ();
  double seconds = get_time ();
  guint64 seed;
  guint64 n = 0;

  if (get_wanted_seed (&seed))
    {
      play (plan, seed);
      return;
    }
  for (; seconds > 0 ? g_timer_elapsed (timer, NULL) < seconds : n < SHORT_SEEDS; n++)
    play (plan, get_first_seed () + n);
  g_test_message ("%s: %" G_GUINT64_FORMAT " seeds in %.1f s", plan->name, n, g_timer_elapsed (timer, NULL));
}

/* Whatever happened happens again. */
static void
test_again (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (plans); i++)
    for (guint64 seed = 11; seed < 14; seed++)
      {
        guint64 digest = play (&plans[i], seed);

        g_assert_cmphex (play (&plans[i], seed), ==, digest);
        g_assert_cmphex (play (&plans[i], seed + 1), !=, digest);
      }
}

static void
test_crowd (void)
{
  guint64 seed = 1;

  get_wanted_seed (&seed);
  play (&crowd, seed);
}

/* Where syncing is quick. */
static void
use_memory (void)
{
  if (g_getenv ("TMPDIR") == NULL && access ("/dev/shm", W_OK) == 0)
    g_setenv ("TMPDIR", "/dev/shm", TRUE);
}

int
main (int argc, char **argv)
{
  static const int signals[] = { SIGABRT, SIGTRAP, SIGSEGV, SIGBUS, SIGTERM, SIGINT };

  use_memory ();
  g_test_init (&argc, &argv, NULL);
  g_set_prgname (argv[0]);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    signal (signals[i], tell_cb);
  for (guint i = 0; i < G_N_ELEMENTS (plans); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sim/%s", plans[i].name);

      g_test_add_data_func (path, &plans[i], test_plan);
    }
  g_test_add_func ("/sim/again", test_again);
  g_test_add_func ("/sim/crowd", test_crowd);
  return g_test_run ();
}
