/* test-queue.c: who may run when only so many shall, and that nobody is stopped without need.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-queue.h"
#include "bt-random.h"

#include "ft-test.h"

#define SECOND G_GINT64_CONSTANT (1000000)

/* One letter a torrent, in order: capitals are seeds. d: waits; r: runs; s: runs, stalled; f: forced;
 * -: does not want to. */
static guint
read_items (const char *text, BtQueueItem *items)
{
  guint n = 0;

  for (; text[n] != '\0'; n++)
    {
      char c = g_ascii_tolower (text[n]);

      items[n] = (BtQueueItem){
        .kind = g_ascii_isupper (text[n]) ? BT_QUEUE_SEEDS : BT_QUEUE_DOWNLOADS,
        .wants = c != '-',
        .forced = c == 'f',
        .runs = c == 'r' || c == 's',
        .stalled = c == 's',
      };
    }
  return n;
}

/* @runs: '+' for each that is to run. */
static void
check (guint max_downloads, guint max_seeds, gboolean in_order, const char *text, const char *runs)
{
  BtQueueRules rules = { { max_downloads, max_seeds }, in_order };
  BtQueueItem items[32];
  guint n_active[BT_QUEUE_N_KINDS];
  guint n = read_items (text, items);
  char got[33] = "";

  bt_queue_decide (&rules, items, n, n_active);
  for (guint i = 0; i < n; i++)
    got[i] = items[i].run ? '+' : '.';
  g_assert_cmpstr (got, ==, runs);
}

static void
test_no_limit (void)
{
  check (0, 0, FALSE, "ddDD-rs", "++++.++");
  check (0, 1, FALSE, "ddDD", "+++.");
  check (1, 0, FALSE, "ddDD", "+.++");
}

static void
test_first_come (void)
{
  check (2, 1, FALSE, "d-dDdD", "+.++..");
  check (2, 1, FALSE, "", "");
}

/* Each counts its own kind. */
static void
test_running_stays (void)
{
  check (1, 1, FALSE, "drDR", ".+.+");
  check (1, 1, TRUE, "drDR", "+.+.");
  check (2, 0, TRUE, "ddrr", "++..");
}

static void
test_stalled_is_not_counted (void)
{
  check (1, 0, FALSE, "sdd", "++.");
  check (1, 0, FALSE, "srd", "++.");
  check (1, 0, TRUE, "dsr", "++.");
}

/* The stalled one moves again: all go on, and nobody new begins before there is room. */
static void
test_stalled_comes_back (void)
{
  check (1, 0, FALSE, "rrd", "++.");
  check (1, 0, FALSE, "-rd", ".+.");
  check (1, 0, FALSE, "--d", "..+");
}

static void
test_forced (void)
{
  check (1, 1, FALSE, "fffd", "++++");
  check (1, 1, FALSE, "fdd", "++.");
  check (1, 1, FALSE, "FRD", "++.");
  check (1, 1, TRUE, "dFrD", "++.+");
}

static void
test_counts (void)
{
  BtQueueRules rules = { { 2, 3 }, FALSE };
  BtQueueItem items[32];
  guint n_active[BT_QUEUE_N_KINDS];
  guint n = read_items ("fsdrddSDF", items);

  bt_queue_decide (&rules, items, n, n_active);
  g_assert_cmpuint (n_active[BT_QUEUE_DOWNLOADS], ==, 2);
  g_assert_cmpuint (n_active[BT_QUEUE_SEEDS], ==, 1);
}

static void
test_stall_times (void)
{
  gint64 start = 1000 * SECOND;

  /* One that has just begun is given longer. */
  g_assert_false (bt_queue_is_stalled (start, 0, start + 179 * SECOND));
  g_assert_true (bt_queue_is_stalled (start, 0, start + 180 * SECOND));
  g_assert_false (bt_queue_is_stalled (start, start + 150 * SECOND, start + 209 * SECOND));
  g_assert_true (bt_queue_is_stalled (start, start + 150 * SECOND, start + 210 * SECOND));
  /* What moved before it began anew is of no account. */
  g_assert_false (bt_queue_is_stalled (start, 5 * SECOND, start + 10 * SECOND));
}

/* Whatever stalls and wakes: without the person's doing, who runs runs on, and a second look changes
 * nothing. */
static void
test_never_flaps (void)
{
  BtRandom random;
  BtQueueItem items[20];
  guint n_active[BT_QUEUE_N_KINDS];

  bt_random_seed (&random, 7);
  for (guint i = 0; i < 20; i++)
    items[i] = (BtQueueItem){ .kind = i % 3 == 0, .wants = TRUE };
  for (guint round = 0; round < 1000; round++)
    {
      BtQueueRules rules = { { 3, 2 }, FALSE };
      gboolean ran[20];

      for (guint i = 0; i < 20; i++)
        {
          ran[i] = items[i].run;
          items[i].runs = items[i].run;
          items[i].stalled = items[i].run && bt_random_below (&random, 2) == 0;
        }
      bt_queue_decide (&rules, items, 20, n_active);
      for (guint i = 0; i < 20; i++)
        g_assert_true (items[i].run || !ran[i]);
    }
}

/* All at once, and quickly: ten thousand are decided in no time. */
static void
test_many (void)
{
  guint n = 10000, n_active[BT_QUEUE_N_KINDS], n_running = 0;
  g_autofree BtQueueItem *items = g_new0 (BtQueueItem, n);
  BtQueueRules rules = { { 5, 5 }, TRUE };

  for (guint i = 0; i < n; i++)
    items[i].wants = i >= n / 2;
  bt_queue_decide (&rules, items, n, n_active);
  for (guint i = 0; i < n; i++)
    n_running += items[i].run;
  g_assert_cmpuint (n_running, ==, 5);
  g_assert_true (items[n / 2].run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/queue/no-limit", test_no_limit);
  g_test_add_func ("/engine/queue/first-come", test_first_come);
  g_test_add_func ("/engine/queue/running-stays", test_running_stays);
  g_test_add_func ("/engine/queue/stalled-is-not-counted", test_stalled_is_not_counted);
  g_test_add_func ("/engine/queue/stalled-comes-back", test_stalled_comes_back);
  g_test_add_func ("/engine/queue/forced", test_forced);
  g_test_add_func ("/engine/queue/counts", test_counts);
  g_test_add_func ("/engine/queue/stall-times", test_stall_times);
  g_test_add_func ("/engine/queue/never-flaps", test_never_flaps);
  g_test_add_func ("/engine/queue/many", test_many);
  return g_test_run ();
}
