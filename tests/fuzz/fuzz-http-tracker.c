/* fuzz-http-tracker.c: replies of trackers, to announces as well as to scrapes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-http-tracker.h"
#include "bt-limits.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr(BtAnnounceReply) reply = bt_http_tracker_parse_announce (data, size, NULL);
  BtSha1 hash = { { 'h' } };
  BtScrapeReply scrape;

  if (reply != NULL)
    {
      g_assert_cmpuint (reply->peers->len, <=, BT_LIMIT_TRACKER_PEERS);
      g_assert_true (reply->failure == NULL || g_utf8_validate (reply->failure, -1, NULL));
      g_assert_true (reply->warning == NULL || g_utf8_validate (reply->warning, -1, NULL));
    }
  if (bt_http_tracker_parse_scrape (data, size, &hash, &scrape, NULL))
    g_assert_cmpint (scrape.n_seeds, >=, -1);
  return 0;
}
