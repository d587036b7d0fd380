/* test-pex.c: what one peer tells another of its connections.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-error.h"
#include "bt-limits.h"
#include "bt-pex.h"
#include "bt-random.h"
#include "ft-test.h"

/* One added peer 203.0.113.7:6881, reachable. */
static const char vector[] = "d5:added6:\xcb\0q\x07\x1a\xe1"
                             "7:added.f1:\x10"
                             "7:dropped0:e";

static BtPexMessage *
decode (const char *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;
  BtPexMessage *message = bt_pex_decode (bytes, length, &error);

  g_assert_no_error (error);
  return message;
}

static void
add (BtPexMessage *message, const char *text, BtPexFlags flags)
{
  BtPexPeer peer = { .flags = flags };

  g_assert_true (bt_endpoint_parse (&peer.endpoint, text));
  g_array_append_val (message->added, peer);
}

static void
drop (BtPexMessage *message, const char *text)
{
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse (&endpoint, text));
  g_array_append_val (message->dropped, endpoint);
}

static void
assert_added (const BtPexMessage *message, guint index, const char *text, BtPexFlags flags)
{
  const BtPexPeer *peer = &g_array_index (message->added, BtPexPeer, index);
  char got[BT_ENDPOINT_TEXT_SIZE];

  bt_endpoint_format (&peer->endpoint, got);
  g_assert_cmpstr (got, ==, text);
  g_assert_cmpuint (peer->flags, ==, flags);
}

static void
assert_dropped (const BtPexMessage *message, guint index, const char *text)
{
  char got[BT_ENDPOINT_TEXT_SIZE];

  bt_endpoint_format (&g_array_index (message->dropped, BtEndpoint, index), got);
  g_assert_cmpstr (got, ==, text);
}

static void
test_vector (void)
{
  g_autoptr (BtPexMessage) message = decode (vector, sizeof vector - 1);
  g_autoptr (GBytes) bytes = bt_pex_encode (message);

  g_assert_cmpuint (message->added->len, ==, 1);
  g_assert_cmpuint (message->dropped->len, ==, 0);
  assert_added (message, 0, "203.0.113.7:6881", BT_PEX_REACHABLE);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), vector, sizeof vector - 1);
}

static void
test_both_families (void)
{
  g_autoptr (BtPexMessage) message = bt_pex_message_new ();
  g_autoptr (BtPexMessage) back = NULL;
  g_autoptr (GBytes) bytes = NULL;

  add (message, "[2a02::7]:51413", BT_PEX_UPLOAD_ONLY | BT_PEX_REACHABLE);
  add (message, "5.6.7.8:1", BT_PEX_PREFERS_ENCRYPTION);
  add (message, "[2a02::8]:2", 0);
  drop (message, "5.6.7.9:6881");
  drop (message, "[2a02::9]:6881");
  bytes = bt_pex_encode (message);
  back = decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpuint (back->added->len, ==, 3);
  assert_added (back, 0, "5.6.7.8:1", BT_PEX_PREFERS_ENCRYPTION);
  assert_added (back, 1, "[2a02::7]:51413", BT_PEX_UPLOAD_ONLY | BT_PEX_REACHABLE);
  assert_added (back, 2, "[2a02::8]:2", 0);
  g_assert_cmpuint (back->dropped->len, ==, 2);
  assert_dropped (back, 0, "5.6.7.9:6881");
  assert_dropped (back, 1, "[2a02::9]:6881");
}

static void
test_tolerant (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
    guint n_added, n_dropped;
  } cases[] = {
#define CASE(text, added, dropped) { text, sizeof text - 1, added, dropped }
    CASE ("de", 0, 0),
    CASE ("d5:added0:e", 0, 0),
    CASE ("d5:added5:\x05\x06\x07\x08\x1a"
          "e", 0, 0),
    CASE ("d5:added8:\x05\x06\x07\x08\x1a\xe1\x05\x06"
          "e", 1, 0),
    CASE ("d5:addedi7e7:droppedlee", 0, 0),
    CASE ("d6:added617:abcdefghijklmnopqe", 0, 0),
    /* Nothing is in both; twice is once; keys out of order; bytes after the end. */
    CASE ("d7:dropped6:\x05\x06\x07\x08\x1a\xe1"
          "5:added12:\x05\x06\x07\x08\x1a\xe1\x05\x06\x07\x08\x1a\xe1"
          "e...", 1, 0),
    CASE ("d7:dropped12:\x05\x06\x07\x08\x1a\xe1\x05\x06\x07\x08\x1a\xe1"
          "e", 0, 1),
#undef CASE
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BtPexMessage) message = decode (cases[i].bytes, cases[i].length);

      g_assert_cmpuint (message->added->len, ==, cases[i].n_added);
      g_assert_cmpuint (message->dropped->len, ==, cases[i].n_dropped);
    }
}

/* Flags are fewer or more than peers, or none at all. */
static void
test_flags (void)
{
  static const char fewer[] = "d5:added12:\x05\x06\x07\x08\x1a\xe1\x05\x06\x07\x09\x1a\xe1"
                              "7:added.f1:\x03"
                              "e";
  static const char more[] = "d5:added6:\x05\x06\x07\x08\x1a\xe1"
                             "7:added.f3:\x02\x03\x04"
                             "e";
  g_autoptr (BtPexMessage) a = decode (fewer, sizeof fewer - 1);
  g_autoptr (BtPexMessage) b = decode (more, sizeof more - 1);

  assert_added (a, 0, "5.6.7.8:6881", BT_PEX_PREFERS_ENCRYPTION | BT_PEX_UPLOAD_ONLY);
  assert_added (a, 1, "5.6.7.9:6881", 0);
  assert_added (b, 0, "5.6.7.8:6881", BT_PEX_UPLOAD_ONLY);
}

static void
test_malformed (void)
{
  static const char *const bad[] = { "", "i7e", "le", "5:added", "d5:added", "d5:added6:abc", "d" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (bt_pex_decode (bad[i], strlen (bad[i]), &error));
      g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
    }
}

static void
test_cap (void)
{
  g_autoptr (BtPexMessage) message = bt_pex_message_new ();
  g_autoptr (BtPexMessage) back = NULL;
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < 5000; i++)
    {
      const guint8 ip[4] = { 5, 6, (guint8) (i >> 8), (guint8) i };
      BtPexPeer peer = { 0 };

      bt_endpoint_set_ipv4 (&peer.endpoint, ip, 6881);
      g_array_append_val (message->added, peer);
      peer.endpoint.port++;
      g_array_append_val (message->dropped, peer.endpoint);
    }
  bytes = bt_pex_encode (message);
  back = decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpuint (back->added->len, ==, BT_LIMIT_PEX_ENTRIES);
  g_assert_cmpuint (back->dropped->len, ==, BT_LIMIT_PEX_ENTRIES);
}

static void
test_mutations (void)
{
  g_autoptr (BtPexMessage) message = bt_pex_message_new ();
  g_autoptr (GBytes) valid = NULL;
  guint n_read = 0;
  BtRandom random;

  add (message, "5.6.7.8:6881", BT_PEX_REACHABLE);
  add (message, "[2a02::7]:51413", BT_PEX_UPLOAD_ONLY);
  drop (message, "5.6.7.9:6881");
  drop (message, "[2a02::9]:6881");
  valid = bt_pex_encode (message);
  bt_random_seed (&random, 11);
  for (guint i = 0; i < 20000; i++)
    {
      gsize length = g_bytes_get_size (valid);
      g_autofree char *copy = g_memdup2 (g_bytes_get_data (valid, NULL), length);
      g_autoptr (BtPexMessage) back = NULL;
      g_autoptr (GError) error = NULL;

      if (bt_random_below (&random, 4) == 0)
        length = bt_random_below (&random, (guint32) length + 1);
      for (guint n = 1 + bt_random_below (&random, 3); n > 0 && length > 0; n--)
        copy[bt_random_below (&random, (guint32) length)] = (char) bt_random_u32 (&random);
      back = bt_pex_decode (copy, length, &error);
      g_assert_true ((back == NULL) == (error != NULL));
      n_read += back != NULL;
    }
  g_assert_cmpuint (n_read, >, 0);
  g_assert_cmpuint (n_read, <, 20000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/pex/vector", test_vector);
  g_test_add_func ("/proto/pex/both-families", test_both_families);
  g_test_add_func ("/proto/pex/tolerant", test_tolerant);
  g_test_add_func ("/proto/pex/flags", test_flags);
  g_test_add_func ("/proto/pex/malformed", test_malformed);
  g_test_add_func ("/proto/pex/cap", test_cap);
  g_test_add_func ("/proto/pex/mutations", test_mutations);
  return g_test_run ();
}
