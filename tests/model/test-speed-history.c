/* test-speed-history.c: an hour of speeds with gaps, and what is remembered of events.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-event-log.h"
#include "ft-speed-history.h"

static void
test_ring (void)
{
  g_autoptr (FtSpeedHistory) history = ft_speed_history_new ();
  FtSpeedSample samples[FT_SPEED_SAMPLES];
  FtSpeedSummary down, up;
  gint64 now = 50000;

  ft_speed_history_add (history, 7, now, 100, 10);
  ft_speed_history_add (history, 7, now + 2 * FT_SPEED_STEP_S, 300, 0);
  ft_speed_history_get (history, 7, now + 2 * FT_SPEED_STEP_S, samples);
  g_assert_cmpint (samples[FT_SPEED_SAMPLES - 1].down, ==, 300);
  g_assert_cmpint (samples[FT_SPEED_SAMPLES - 2].down, ==, 0);
  g_assert_cmpint (samples[FT_SPEED_SAMPLES - 3].up, ==, 10);
  g_assert_cmpint (samples[FT_SPEED_SAMPLES - 4].up, ==, -1);
  ft_speed_summarize (samples, &down, &up);
  g_assert_cmpint (down.now, ==, 300);
  g_assert_cmpint (down.highest, ==, 300);
  g_assert_cmpint (down.average, ==, 133);
  g_assert_cmpint (up.now, ==, 0);

  /* After an hour nothing is left of it. */
  ft_speed_history_get (history, 7, now + 2 * 3600, samples);
  for (guint i = 0; i < FT_SPEED_SAMPLES; i++)
    g_assert_cmpint (samples[i].down, ==, 0);
}

/* Of what never moved it is known that it did not, from the first sample on. */
static void
test_idle (void)
{
  g_autoptr (FtSpeedHistory) history = ft_speed_history_new ();
  FtSpeedSample samples[FT_SPEED_SAMPLES];

  ft_speed_history_get (history, 1, 100, samples);
  g_assert_cmpint (samples[FT_SPEED_SAMPLES - 1].down, ==, -1);
  ft_speed_history_add (history, 1, 100, 0, 0);
  ft_speed_history_get (history, 1, 105, samples);
  g_assert_cmpint (samples[FT_SPEED_SAMPLES - 1].down, ==, 0);
  g_assert_cmpint (samples[FT_SPEED_SAMPLES - 2].down, ==, 0);
  g_assert_cmpint (samples[FT_SPEED_SAMPLES - 3].down, ==, -1);
  ft_speed_history_get (history, 2, 105, samples);
  g_assert_cmpint (samples[FT_SPEED_SAMPLES - 1].up, ==, 0);
  g_assert_true (ft_speed_history_is_due (history, 105));
  g_assert_false (ft_speed_history_is_due (history, 106));
  g_assert_true (ft_speed_history_is_due (history, 110));
}

/* What the computer slept through is not known; without updates, but awake, it was nothing. */
static void
test_sleep (void)
{
  g_autoptr (FtSpeedHistory) history = ft_speed_history_new ();
  FtSpeedSample samples[FT_SPEED_SAMPLES];

  ft_speed_history_note (history, 10000, 9000); /* slept before the program began: of no account */
  ft_speed_history_add (history, 3, 10000, 50, 0);
  ft_speed_history_note (history, 10100, 9100);
  ft_speed_history_note (history, 10200, 9140);
  ft_speed_history_get (history, 3, 10200, samples);
  g_assert_cmpint (samples[FT_SPEED_SAMPLES - 1].down, ==, 0);
  for (guint i = 2; i < 13; i++)
    g_assert_cmpint (samples[FT_SPEED_SAMPLES - i].down, ==, -1);
  for (guint i = 13; i < 41; i++)
    g_assert_cmpint (samples[FT_SPEED_SAMPLES - i].down, ==, 0);
  g_assert_cmpint (samples[FT_SPEED_SAMPLES - 41].down, ==, 50);
  g_assert_cmpint (samples[FT_SPEED_SAMPLES - 42].down, ==, -1);
}

/* Very many torrents: the newest hour of those that moved last. */
static void
test_bounded (void)
{
  g_autoptr (FtSpeedHistory) history = ft_speed_history_new ();
  FtSpeedSample samples[FT_SPEED_SAMPLES];

  ft_speed_history_add (history, 0, 1000, 7, 7);
  for (guint id = 1; id <= 3000; id++)
    ft_speed_history_add (history, id, 2000 + id, 5, 0);
  ft_speed_history_get (history, 1, 3000, samples);
  for (guint i = 0; i < FT_SPEED_SAMPLES; i++)
    g_assert_cmpint (samples[i].down, <=, 0);
  ft_speed_history_get (history, 3000, 5000, samples);
  g_assert_cmpint (samples[FT_SPEED_SAMPLES - 1].down, ==, 5);
  ft_speed_history_get (history, 0, 1000, samples);
  g_assert_cmpint (samples[FT_SPEED_SAMPLES - 1].down, ==, 7);
  g_assert_true (ft_speed_history_is_due (history, 20000));
  ft_speed_history_get (history, 3000, 5000, samples);
  g_assert_cmpint (samples[FT_SPEED_SAMPLES - 1].down, ==, 0);
}

static void
test_scale (void)
{
  g_assert_cmpint (ft_speed_choose_scale (0), ==, 1000);
  g_assert_cmpint (ft_speed_choose_scale (1001), ==, 2000);
  g_assert_cmpint (ft_speed_choose_scale (2001), ==, 5000);
  g_assert_cmpint (ft_speed_choose_scale (5001), ==, 10000);
  g_assert_cmpint (ft_speed_choose_scale (10000), ==, 10000);
  g_assert_cmpint (ft_speed_choose_scale (34000000), ==, 50000000);
}

static void
test_log (void)
{
  g_autoptr (FtEventLog) log = ft_event_log_new ();
  BtEvent event = { .id = 3, .kind = BT_EVENT_TRACKER, .at = 1000 };
  GListModel *list = ft_event_log_get (log, 3);
  g_autoptr (FtLogEntry) newest = NULL;
  g_autofree char *text = NULL;
  g_autofree char *plain = NULL;

  event.text = g_ref_string_new ("timed out");
  for (guint i = 0; i < FT_EVENT_LOG_MAX + 5; i++)
    ft_event_log_add (log, &event);
  event.kind = BT_EVENT_LOG;
  ft_event_log_add (log, &event);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, FT_EVENT_LOG_MAX);
  newest = g_list_model_get_item (list, 0);
  g_object_get (newest, "text", &text, NULL);
  g_assert_cmpstr (text, ==, "timed out");
  event.kind = BT_EVENT_PIECE_FAILED;
  plain = ft_describe_event (&event);
  g_assert_cmpstr (plain, ==, "A piece was not what it should be: timed out");
  ft_event_log_forget (log, 3);
  g_assert_cmpuint (g_list_model_get_n_items (ft_event_log_get (log, 3)), ==, 0);
  g_ref_string_release (event.text);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/speed-history/ring", test_ring);
  g_test_add_func ("/model/speed-history/idle", test_idle);
  g_test_add_func ("/model/speed-history/sleep", test_sleep);
  g_test_add_func ("/model/speed-history/bounded", test_bounded);
  g_test_add_func ("/model/speed-history/scale", test_scale);
  g_test_add_func ("/model/event-log", test_log);
  return g_test_run ();
}
