/* test-category.c: what belongs where.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-category.h"

#define ALL (1 << FT_CATEGORY_ALL)
#define DOWNLOADING (1 << FT_CATEGORY_DOWNLOADING)
#define SEEDING (1 << FT_CATEGORY_SEEDING)
#define WAITING (1 << FT_CATEGORY_WAITING)
#define PAUSED (1 << FT_CATEGORY_PAUSED)
#define CHECKING (1 << FT_CATEGORY_CHECKING)
#define PROBLEMS (1 << FT_CATEGORY_PROBLEMS)

static const struct
{
  BtState state;
  BtReason reason;
  guint bits;
} rows[] = {
  { BT_STATE_LOADING, BT_REASON_NONE, ALL | CHECKING },
  { BT_STATE_LOADING, BT_REASON_DISK_SLOW, ALL | CHECKING | PROBLEMS },
  { BT_STATE_CHECKING, BT_REASON_NONE, ALL | CHECKING },
  { BT_STATE_CHECKING, BT_REASON_CHECK_QUEUED, ALL | CHECKING },
  { BT_STATE_DOWNLOADING, BT_REASON_NONE, ALL | DOWNLOADING },
  { BT_STATE_DOWNLOADING, BT_REASON_STARTING, ALL | DOWNLOADING },
  { BT_STATE_DOWNLOADING, BT_REASON_ANNOUNCING, ALL | DOWNLOADING },
  { BT_STATE_DOWNLOADING, BT_REASON_SEARCHING, ALL | DOWNLOADING },
  { BT_STATE_DOWNLOADING, BT_REASON_CONNECTING, ALL | DOWNLOADING },
  { BT_STATE_DOWNLOADING, BT_REASON_NO_PEERS, ALL | DOWNLOADING | WAITING },
  { BT_STATE_DOWNLOADING, BT_REASON_NO_TRACKER, ALL | DOWNLOADING | WAITING },
  { BT_STATE_DOWNLOADING, BT_REASON_NO_CONNECTION, ALL | DOWNLOADING | WAITING },
  { BT_STATE_DOWNLOADING, BT_REASON_PEERS_LACK_PIECES, ALL | DOWNLOADING | WAITING },
  { BT_STATE_DOWNLOADING, BT_REASON_CHOKED, ALL | DOWNLOADING | WAITING },
  { BT_STATE_DOWNLOADING, BT_REASON_MODE, ALL | DOWNLOADING | WAITING },
  { BT_STATE_DOWNLOADING, BT_REASON_FILES_CHANGED, ALL | DOWNLOADING | PROBLEMS },
  { BT_STATE_DOWNLOADING, BT_REASON_QUEUED, ALL | DOWNLOADING | WAITING },
  { BT_STATE_DOWNLOADING, BT_REASON_NO_METADATA, ALL | DOWNLOADING | WAITING },
  { BT_STATE_DOWNLOADING, BT_REASON_METADATA, ALL | DOWNLOADING },
  { BT_STATE_SEEDING, BT_REASON_NONE, ALL | SEEDING },
  { BT_STATE_SEEDING, BT_REASON_NO_INTEREST, ALL | SEEDING },
  { BT_STATE_SEEDING, BT_REASON_QUEUED, ALL | SEEDING | WAITING },
  { BT_STATE_SEEDING, BT_REASON_SUSPENDED, ALL | SEEDING | WAITING },
  { BT_STATE_SEEDING, BT_REASON_NETWORK, ALL | SEEDING | WAITING },
  { BT_STATE_PAUSED, BT_REASON_NONE, ALL | PAUSED },
  { BT_STATE_PAUSED, BT_REASON_GOAL, ALL | PAUSED },
  { BT_STATE_STOPPED, BT_REASON_COMPLETE, ALL | PAUSED },
  { BT_STATE_MOVING, BT_REASON_NONE, ALL },
  { BT_STATE_ERROR, BT_REASON_DISK_FULL, ALL | PROBLEMS },
};

/* Which picture and colour. */
static void
test_look (void)
{
  static const struct
  {
    BtState state;
    BtReason reason;
    BtState look;
  } looks[] = {
    { BT_STATE_DOWNLOADING, BT_REASON_NO_PEERS, BT_STATE_DOWNLOADING },
    { BT_STATE_DOWNLOADING, BT_REASON_FILES_CHANGED, BT_STATE_ERROR },
    { BT_STATE_LOADING, BT_REASON_DISK_SLOW, BT_STATE_ERROR },
    { BT_STATE_ERROR, BT_REASON_DISK_FULL, BT_STATE_ERROR },
    { BT_STATE_STOPPED, BT_REASON_COMPLETE, BT_STATE_SEEDING },
    { BT_STATE_STOPPED, BT_REASON_NONE, BT_STATE_STOPPED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      const BtTorrentStatus status = { .state = looks[i].state, .reason = looks[i].reason };

      g_assert_cmpint (ft_category_get_look (&status), ==, looks[i].look);
    }
}

static void
test_belongs (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const BtTorrentStatus status = { .state = rows[i].state, .reason = rows[i].reason };

      g_test_message ("state %d, reason %d", rows[i].state, rows[i].reason);
      g_assert_cmphex (ft_category_get_bits (&status), ==, rows[i].bits);
      for (guint category = 0; category < FT_N_CATEGORIES; category++)
        g_assert_cmpint (ft_category_contains ((FtCategory) category, &status), ==,
                         (rows[i].bits & 1u << category) != 0);
    }
}

static void
test_words (void)
{
  for (guint category = 0; category < FT_N_CATEGORIES; category++)
    {
      g_assert_nonnull (ft_category_get_title ((FtCategory) category));
      g_assert_true (g_str_has_suffix (ft_category_get_icon_name ((FtCategory) category), "-symbolic"));
    }
  g_assert_cmpstr (ft_category_get_title (FT_CATEGORY_PROBLEMS), ==, "Problems");
  g_assert_cmpstr (ft_category_get_empty_text (FT_CATEGORY_PROBLEMS), ==, "No Problems");
  g_assert_null (ft_category_get_empty_text (FT_CATEGORY_ALL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/category/belongs", test_belongs);
  g_test_add_func ("/model/category/look", test_look);
  g_test_add_func ("/model/category/words", test_words);
  return g_test_run ();
}
