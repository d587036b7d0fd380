/* test-dht-guard.c: tokens, and how much strangers may make our node of the DHT do.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-guard.h"
#include "bt-dht-token.h"

#include <string.h>

#define SECOND G_USEC_PER_SEC
#define START ((gint64) 1000 * G_USEC_PER_SEC)

static BtEndpoint
parse_ip (const char *ip)
{
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse_ip (&endpoint, ip, 6881));
  return endpoint;
}

static BtDhtGuard *
make_guard (void)
{
  BtDhtGuard *guard = g_new (BtDhtGuard, 1);
  BtRandom random;

  bt_random_seed (&random, 1);
  bt_dht_guard_init (guard, &random, START);
  return guard;
}

static guint
count_admitted (BtDhtGuard *guard, gint64 now, const char *ip, guint n_messages)
{
  BtEndpoint from = parse_ip (ip);
  guint n_admitted = 0;

  for (guint i = 0; i < n_messages; i++)
    n_admitted += bt_dht_guard_admits (guard, now, &from) ? 1 : 0;
  return n_admitted;
}

static void
test_flood (void)
{
  g_autofree BtDhtGuard *guard = make_guard ();

  g_assert_cmpuint (count_admitted (guard, START, "8.8.8.8", 100), ==, 50);
  g_assert_cmpuint (count_admitted (guard, START, "8.8.4.4", 50), ==, 50);
  g_assert_cmpuint (count_admitted (guard, START + 299 * SECOND, "8.8.8.8", 1), ==, 0);
  g_assert_cmpuint (count_admitted (guard, START + 300 * SECOND, "8.8.8.8", 60), ==, 50);
}

/* BT_LIMIT_DHT_SOURCES: however many there are, no more is remembered of them. */
static void
test_memory (void)
{
  g_autofree BtDhtGuard *guard = make_guard ();

  g_assert_cmpuint (G_N_ELEMENTS (guard->sources), ==, 512);
  g_assert_cmpuint (sizeof *guard, <=, 17 * 1024);
}

static void
test_steady (void)
{
  g_autofree BtDhtGuard *guard = make_guard ();

  for (guint i = 0; i < 600; i++)
    g_assert_cmpuint (count_admitted (guard, START + i * SECOND, "8.8.8.8", 5), ==, 5);
  g_assert_cmpuint (count_admitted (guard, START, "127.0.0.1", 1000), ==, 1000);
}

/* Whoever has one address of a network of IPv6 has all of them. */
static void
test_ipv6 (void)
{
  g_autofree BtDhtGuard *guard = make_guard ();

  g_assert_cmpuint (count_admitted (guard, START, "2a00:1450::1", 50), ==, 50);
  g_assert_cmpuint (count_admitted (guard, START, "2a00:1450::2", 1), ==, 0);
  g_assert_cmpuint (count_admitted (guard, START, "2a00:1450:0:1::2", 1), ==, 1);
}

/* Many addresses neither take memory nor free the one that is ignored. */
static void
test_many_sources (void)
{
  g_autofree BtDhtGuard *guard = make_guard ();
  BtRandom random;

  bt_random_seed (&random, 2);
  g_assert_cmpuint (count_admitted (guard, START, "8.8.8.8", 51), ==, 50);
  for (guint i = 0; i < 100000; i++)
    {
      guint8 ip[4];
      BtEndpoint from;

      bt_random_fill (&random, ip, sizeof ip);
      bt_endpoint_set_ipv4 (&from, ip, 1);
      bt_dht_guard_admits (guard, START + i, &from);
    }
  g_assert_cmpuint (count_admitted (guard, START + SECOND, "8.8.8.8", 1), ==, 0);
}

static void
test_replies (void)
{
  g_autofree BtDhtGuard *guard = make_guard ();
  gsize sent = 0;

  for (guint ms = 0; ms < 60000; ms++)
    if (bt_dht_guard_may_reply (guard, START + ms * 1000, 500))
      sent += 500;
  g_assert_cmpuint (sent, >=, 60 * BT_LIMIT_DHT_REPLY_BYTES_PER_S);
  g_assert_cmpuint (sent, <=, 60 * BT_LIMIT_DHT_REPLY_BYTES_PER_S + 16384 + 500);
}

static void
test_tokens (void)
{
  BtDhtTokens tokens = { "secret" };
  BtDhtTokens strangers = { "Secret" };
  BtEndpoint here = parse_ip ("8.8.8.8");
  BtEndpoint there = parse_ip ("8.8.4.4");
  BtSha1 target = { "target" };
  BtSha1 other = { "other" };
  guint8 token[BT_DHT_TOKEN_SIZE];
  const gint64 period = 300 * SECOND;
  const gint64 now = 17 * period + 10;

  bt_dht_tokens_make (&tokens, now, &here, &target, token);
  g_assert_true (bt_dht_tokens_check (&tokens, now, &here, &target, token, sizeof token));
  g_assert_true (
    bt_dht_tokens_check (&tokens, 19 * period - 1, &here, &target, token, sizeof token));
  g_assert_false (bt_dht_tokens_check (&tokens, 19 * period, &here, &target, token, sizeof token));
  g_assert_false (bt_dht_tokens_check (&tokens, now, &there, &target, token, sizeof token));
  g_assert_false (bt_dht_tokens_check (&tokens, now, &here, &other, token, sizeof token));
  g_assert_false (bt_dht_tokens_check (&strangers, now, &here, &target, token, sizeof token));
  g_assert_false (bt_dht_tokens_check (&tokens, now, &here, &target, token, sizeof token - 1));
  here.port = 1;
  g_assert_true (bt_dht_tokens_check (&tokens, now, &here, &target, token, sizeof token));
  for (guint bit = 0; bit < 8 * sizeof token; bit++)
    {
      token[bit / 8] ^= (guint8) (1 << bit % 8);
      g_assert_false (bt_dht_tokens_check (&tokens, now, &here, &target, token, sizeof token));
      token[bit / 8] ^= (guint8) (1 << bit % 8);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/dht-guard/flood", test_flood);
  g_test_add_func ("/proto/dht-guard/memory", test_memory);
  g_test_add_func ("/proto/dht-guard/steady", test_steady);
  g_test_add_func ("/proto/dht-guard/ipv6", test_ipv6);
  g_test_add_func ("/proto/dht-guard/many-sources", test_many_sources);
  g_test_add_func ("/proto/dht-guard/replies", test_replies);
  g_test_add_func ("/proto/dht-guard/tokens", test_tokens);
  return g_test_run ();
}
