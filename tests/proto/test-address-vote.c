/* test-address-vote.c: which address the Internet sees us at.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-address-vote.h"
#include "bt-random.h"
#include "ft-test.h"

#define HOUR_US (3600 * (gint64) G_USEC_PER_SEC)

typedef struct
{
  BtAddressVote *votes;
  guint n_changes;
  gboolean last_ipv6;
  char last[BT_ENDPOINT_TEXT_SIZE]; /* "" for none */
} Fixture;

static void
changed_cb (gboolean ipv6, const BtEndpoint *address, gpointer data)
{
  Fixture *fixture = data;

  fixture->n_changes++;
  fixture->last_ipv6 = ipv6;
  fixture->last[0] = '\0';
  if (address != NULL)
    bt_endpoint_format_ip (address, fixture->last);
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->votes = bt_address_vote_new (changed_cb, fixture);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  bt_address_vote_free (fixture->votes);
}

static void
cast_at (Fixture *fixture, const char *voter, BtVoteKind kind, const char *address, gint64 now)
{
  BtEndpoint from, to;

  g_assert_true (bt_endpoint_parse_ip (&from, voter, 6881));
  g_assert_true (bt_endpoint_parse_ip (&to, address, 51413));
  bt_address_vote_cast (fixture->votes, &from, kind, &to, now);
}

static void
cast (Fixture *fixture, const char *voter, BtVoteKind kind, const char *address)
{
  cast_at (fixture, voter, kind, address, 1);
}

static void
assert_known (Fixture *fixture, gboolean ipv6, const char *expected)
{
  BtEndpoint address;
  char text[BT_ENDPOINT_TEXT_SIZE] = "";

  if (bt_address_vote_get (fixture->votes, ipv6, &address))
    {
      bt_endpoint_format_ip (&address, text);
      g_assert_cmpuint (address.port, ==, 0);
      g_assert_true (bt_address_vote_is_ours (fixture->votes, &address));
    }
  g_assert_cmpstr (text, ==, expected);
}

static void
test_several (Fixture *fixture, gconstpointer data)
{
  assert_known (fixture, FALSE, "");
  cast (fixture, "8.8.1.1", BT_VOTE_PEER, "5.6.7.8");
  cast (fixture, "8.8.2.1", BT_VOTE_DHT, "5.6.7.8");
  assert_known (fixture, FALSE, "");
  cast (fixture, "8.8.3.1", BT_VOTE_PEER, "5.6.7.8");
  assert_known (fixture, FALSE, "5.6.7.8");
  assert_known (fixture, TRUE, "");
  g_assert_cmpuint (fixture->n_changes, ==, 1);
  g_assert_cmpstr (fixture->last, ==, "5.6.7.8");
  g_assert_false (fixture->last_ipv6);
  cast (fixture, "8.8.4.1", BT_VOTE_PEER, "5.6.7.8");
  g_assert_cmpuint (fixture->n_changes, ==, 1);
}

static void
test_one_network_one_vote (Fixture *fixture, gconstpointer data)
{
  cast (fixture, "8.8.1.1", BT_VOTE_PEER, "5.6.7.8");
  cast (fixture, "8.8.1.1", BT_VOTE_PEER, "5.6.7.8");
  cast (fixture, "8.8.1.2", BT_VOTE_DHT, "5.6.7.8");
  cast (fixture, "8.8.1.3", BT_VOTE_DHT, "5.6.7.8");
  assert_known (fixture, FALSE, "");
  cast (fixture, "2a00:1:2:3::1", BT_VOTE_PEER, "2a02::1");
  cast (fixture, "2a00:1:2:4::1", BT_VOTE_PEER, "2a02::1");
  cast (fixture, "2a00:1:2:5::1", BT_VOTE_PEER, "2a02::1");
  assert_known (fixture, TRUE, "");
}

static void
test_kinds (Fixture *fixture, gconstpointer data)
{
  cast (fixture, "8.8.1.1", BT_VOTE_TRACKER, "5.6.7.8");
  assert_known (fixture, FALSE, "");
  cast (fixture, "8.8.2.1", BT_VOTE_PEER, "5.6.7.8");
  assert_known (fixture, FALSE, "5.6.7.8");
  /* A router needs nobody else, and it outweighs what one tracker and one peer say. */
  cast (fixture, "192.168.1.1", BT_VOTE_MAPPER, "5.6.7.9");
  assert_known (fixture, FALSE, "5.6.7.9");
  /* But a router that is wrong does not win against everybody. */
  cast (fixture, "8.8.3.1", BT_VOTE_DHT, "5.6.7.8");
  cast (fixture, "8.8.4.1", BT_VOTE_DHT, "5.6.7.8");
  assert_known (fixture, FALSE, "5.6.7.9");
  cast (fixture, "8.8.5.1", BT_VOTE_DHT, "5.6.7.8");
  assert_known (fixture, FALSE, "5.6.7.8");
  g_assert_cmpuint (fixture->n_changes, ==, 3);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  BtEndpoint address;

  g_assert_true (bt_endpoint_parse_ip (&address, "5.6.7.8", 0));
  bt_address_vote_cast_by_name (fixture->votes, "tracker.example", BT_VOTE_TRACKER, &address, 1);
  bt_address_vote_cast_by_name (fixture->votes, "tracker.example", BT_VOTE_TRACKER, &address, 2);
  assert_known (fixture, FALSE, "");
  bt_address_vote_cast_by_name (fixture->votes, "other.example", BT_VOTE_TRACKER, &address, 3);
  assert_known (fixture, FALSE, "5.6.7.8");
}

static void
test_passed_over (Fixture *fixture, gconstpointer data)
{
  static const char *const not_ours[] = { "10.0.0.1", "127.0.0.1", "0.0.0.0", "224.0.0.1", "100.64.0.1", "203.0.113.7",
                                          "::", "::1", "fe80::1", "ff02::1", "2001:db8::1" };

  for (guint i = 0; i < G_N_ELEMENTS (not_ours); i++)
    cast (fixture, "192.168.1.1", BT_VOTE_MAPPER, not_ours[i]);
  for (guint i = 1; i < 9; i++)
    {
      g_autofree char *neighbour = g_strdup_printf ("192.168.%u.1", i);

      cast (fixture, neighbour, BT_VOTE_PEER, "5.6.7.8");
    }
  assert_known (fixture, FALSE, "");
  assert_known (fixture, TRUE, "");
  g_assert_cmpuint (fixture->n_changes, ==, 0);
}

static void
test_families (Fixture *fixture, gconstpointer data)
{
  cast (fixture, "192.168.1.1", BT_VOTE_MAPPER, "2a02::1");
  assert_known (fixture, FALSE, "");
  assert_known (fixture, TRUE, "2a02::1");
  g_assert_true (fixture->last_ipv6);
}

static void
test_change (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *voter = g_strdup_printf ("8.8.%u.1", i);

      cast (fixture, voter, BT_VOTE_DHT, "5.6.7.8");
    }
  /* The same voters see another address: each moves its vote, and the new one wins with the fourth of six. */
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *voter = g_strdup_printf ("8.8.%u.9", i);

      assert_known (fixture, FALSE, i < 4 ? "5.6.7.8" : "5.6.7.9");
      cast (fixture, voter, BT_VOTE_DHT, "5.6.7.9");
    }
  assert_known (fixture, FALSE, "5.6.7.9");
  g_assert_cmpuint (fixture->n_changes, ==, 2);
}

static void
test_old_votes (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *voter = g_strdup_printf ("8.8.%u.1", i);

      cast_at (fixture, voter, BT_VOTE_DHT, "5.6.7.8", 1);
    }
  /* What was found stays, but after an hour three are enough for another. */
  cast_at (fixture, "9.9.1.1", BT_VOTE_DHT, "5.6.7.9", 2 * HOUR_US);
  cast_at (fixture, "9.9.2.1", BT_VOTE_DHT, "5.6.7.9", 2 * HOUR_US);
  assert_known (fixture, FALSE, "5.6.7.8");
  cast_at (fixture, "9.9.3.1", BT_VOTE_DHT, "5.6.7.9", 2 * HOUR_US);
  assert_known (fixture, FALSE, "5.6.7.9");
}

static void
test_reset (Fixture *fixture, gconstpointer data)
{
  cast (fixture, "192.168.1.1", BT_VOTE_MAPPER, "5.6.7.8");
  bt_address_vote_reset (fixture->votes);
  assert_known (fixture, FALSE, "");
  g_assert_cmpuint (fixture->n_changes, ==, 2);
  g_assert_cmpstr (fixture->last, ==, "");
  cast (fixture, "192.168.1.1", BT_VOTE_MAPPER, "5.6.7.9");
  assert_known (fixture, FALSE, "5.6.7.9");
}

/* However many speak, it stays small: the newest win in the end. */
static void
test_crowd (Fixture *fixture, gconstpointer data)
{
  BtRandom random;

  bt_random_seed (&random, 7);
  for (guint i = 0; i < 20000; i++)
    {
      BtEndpoint voter, address;
      guint8 ip[16];

      bt_random_fill (&random, ip, sizeof ip);
      bt_endpoint_set_ipv4 (&voter, ip, 1);
      if (bt_random_below (&random, 2) == 0)
        bt_endpoint_set_ipv6 (&address, ip, 2);
      else
        bt_endpoint_set_ipv4 (&address, ip + 8, 2);
      bt_address_vote_cast (fixture->votes, &voter, bt_random_below (&random, BT_VOTE_MAPPER), &address, i);
    }
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *voter = g_strdup_printf ("8.8.%u.1", i);

      cast_at (fixture, voter, BT_VOTE_PEER, "5.6.7.8", 30000);
    }
  assert_known (fixture, FALSE, "5.6.7.8");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, setup, func, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/address-vote/several", test_several);
  ADD ("/address-vote/one-network-one-vote", test_one_network_one_vote);
  ADD ("/address-vote/kinds", test_kinds);
  ADD ("/address-vote/names", test_names);
  ADD ("/address-vote/passed-over", test_passed_over);
  ADD ("/address-vote/families", test_families);
  ADD ("/address-vote/change", test_change);
  ADD ("/address-vote/old-votes", test_old_votes);
  ADD ("/address-vote/reset", test_reset);
  ADD ("/address-vote/crowd", test_crowd);
  return g_test_run ();
}
