/* test-blame.c: who is blamed for bad pieces, and who is not.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-blame.h"

#include "ft-test.h"

#define MAX_BLOCKS 16

/* The verdicts of one call, by peer number. */
typedef struct
{
  guint n;
  BtVerdict of[256];
} Verdicts;

/* Peer 0 is nobody known. */
static BtEndpoint
peer (guint n)
{
  const guint8 ip[4] = { 20, 0, 0, (guint8) n };
  BtEndpoint endpoint = { { 0 }, 0, 0 };

  if (n > 0)
    bt_endpoint_set_ipv4 (&endpoint, ip, 6881);
  return endpoint;
}

static void
verdict_cb (const BtEndpoint *endpoint, BtVerdict verdict, gpointer data)
{
  Verdicts *verdicts = data;
  guint n = endpoint->ip[15];

  g_assert_cmpint (verdict, !=, BT_VERDICT_NOTHING);
  g_assert_cmpint (verdicts->of[n], ==, BT_VERDICT_NOTHING); /* each once */
  verdicts->of[n] = verdict;
  verdicts->n++;
}

/* Who sent each block: one digit a block. */
static guint
read_senders (const char *text, BtEndpoint *out)
{
  guint n = (guint) strlen (text);

  g_assert_cmpuint (n, <=, MAX_BLOCKS);
  for (guint i = 0; i < n; i++)
    out[i] = peer ((guint) (text[i] - '0'));
  return n;
}

/* The contents of each block: one letter a block. */
static void
read_hashes (const char *text, BtSha1 *out)
{
  for (guint i = 0; text[i] != '\0'; i++)
    out[i] = bt_sha1 (&text[i], 1);
}

static Verdicts
fail (BtBlame *blame, const char *who)
{
  BtEndpoint senders[MAX_BLOCKS];
  guint n = read_senders (who, senders);
  Verdicts verdicts = { 0 };

  bt_blame_failed (blame, 1, senders, n, verdict_cb, &verdicts);
  return verdicts;
}

static void
pass (BtBlame *blame, const char *who)
{
  BtEndpoint senders[MAX_BLOCKS];
  guint n = read_senders (who, senders);

  bt_blame_passed (blame, 1, senders, n);
}

static Verdicts
tell_hashes (BtBlame *blame, guint32 piece, const char *who, const char *what)
{
  BtEndpoint senders[MAX_BLOCKS];
  BtSha1 hashes[MAX_BLOCKS];
  guint n = read_senders (who, senders);
  Verdicts verdicts = { 0 };

  read_hashes (what, hashes);
  bt_blame_hashes (blame, piece, senders, hashes, n, verdict_cb, &verdicts);
  return verdicts;
}

static Verdicts
tell_truth (BtBlame *blame, guint32 piece, const char *what)
{
  BtSha1 hashes[MAX_BLOCKS];
  Verdicts verdicts = { 0 };

  read_hashes (what, hashes);
  bt_blame_truth (blame, piece, hashes, (guint) strlen (what), verdict_cb, &verdicts);
  return verdicts;
}

static int
trust (BtBlame *blame, guint n)
{
  BtEndpoint endpoint = peer (n);

  return bt_blame_trust (blame, &endpoint);
}

static gboolean
on_parole (BtBlame *blame, guint n)
{
  BtEndpoint endpoint = peer (n);

  return bt_blame_on_parole (blame, &endpoint);
}

static void
test_sole_sender (void)
{
  static const char *const pieces[] = { "1", "1111", "1111111111111111" };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr (BtBlame) blame = bt_blame_new ();
      Verdicts verdicts;

      for (guint k = 0; k < 20; k++)
        pass (blame, "1111");
      verdicts = fail (blame, pieces[i]);
      g_assert_cmpuint (verdicts.n, ==, 1);
      g_assert_cmpint (verdicts.of[1], ==, BT_VERDICT_BAN);
      g_assert_cmpint (trust (blame, 1), ==, -7);
    }
}

/* What was in the files before may be what is wrong: nobody is alone with it. */
static void
test_unknown_senders (void)
{
  g_autoptr (BtBlame) blame = bt_blame_new ();
  Verdicts verdicts = fail (blame, "1101");

  g_assert_cmpuint (verdicts.n, ==, 1);
  g_assert_cmpint (verdicts.of[1], ==, BT_VERDICT_PAROLE);
  g_assert_cmpint (trust (blame, 1), ==, -2);
  verdicts = fail (blame, "0000");
  g_assert_cmpuint (verdicts.n, ==, 0);
}

/* Nobody is banned for the company it was in. */
static void
test_shared (void)
{
  static const int expected[] = { -2, -4, -6, -6, -6 };
  g_autoptr (BtBlame) blame = bt_blame_new ();

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      Verdicts verdicts = fail (blame, "12211221");

      g_assert_cmpuint (verdicts.n, ==, 2);
      for (guint k = 1; k <= 2; k++)
        {
          g_assert_cmpint (verdicts.of[k], ==, BT_VERDICT_PAROLE);
          g_assert_cmpint (trust (blame, k), ==, expected[i]);
          g_assert_true (on_parole (blame, k));
        }
    }
  g_assert_cmpint (trust (blame, 3), ==, 0);
  g_assert_false (on_parole (blame, 3));
  /* Now they are on their own. */
  g_assert_cmpint (fail (blame, "1111").of[1], ==, BT_VERDICT_BAN);
  /* A banned one is not forgiven by company. */
  g_assert_cmpint (fail (blame, "1122").of[1], ==, BT_VERDICT_BAN);
  g_assert_cmpint (trust (blame, 1), ==, -7);
  g_assert_cmpint (trust (blame, 2), ==, -6);
}

/* Good pieces win trust, up to 8, bad ones in company lose it twice as fast. */
static void
test_trust (void)
{
  g_autoptr (BtBlame) blame = bt_blame_new ();

  for (int i = 1; i <= 12; i++)
    {
      pass (blame, "1110");
      g_assert_cmpint (trust (blame, 1), ==, MIN (i, 8));
    }
  for (int i = 1; i <= 9; i++)
    {
      Verdicts verdicts = fail (blame, "1213");

      g_assert_cmpint (trust (blame, 1), ==, MAX (8 - 2 * i, -6));
      g_assert_cmpint (verdicts.of[1], ==, BT_VERDICT_PAROLE);
    }
}

/* Parole ends with a good piece that it sent alone. */
static void
test_parole (void)
{
  g_autoptr (BtBlame) blame = bt_blame_new ();

  fail (blame, "1122");
  pass (blame, "1122");
  g_assert_true (on_parole (blame, 1));
  pass (blame, "1111");
  g_assert_false (on_parole (blame, 1));
  g_assert_true (on_parole (blame, 2));
  g_assert_cmpint (trust (blame, 1), ==, 0);
}

/* The piece passes in the end, and shows which of the blocks were wrong. */
static void
test_truth (void)
{
  g_autoptr (BtBlame) blame = bt_blame_new ();
  Verdicts verdicts;

  g_assert_false (bt_blame_wants_truth (blame, 7));
  verdicts = tell_hashes (blame, 7, "12332104", "abXdYfgh");
  g_assert_cmpuint (verdicts.n, ==, 0);
  g_assert_true (bt_blame_wants_truth (blame, 7));
  g_assert_false (bt_blame_wants_truth (blame, 8));
  verdicts = tell_truth (blame, 8, "abcdefgh");
  g_assert_cmpuint (verdicts.n, ==, 0);
  verdicts = tell_truth (blame, 7, "abcdefgh");
  g_assert_cmpuint (verdicts.n, ==, 2);
  g_assert_cmpint (verdicts.of[3], ==, BT_VERDICT_BAN);
  g_assert_cmpint (verdicts.of[2], ==, BT_VERDICT_BAN);
  g_assert_cmpint (trust (blame, 3), ==, -7);
  g_assert_false (bt_blame_wants_truth (blame, 7));
  verdicts = tell_truth (blame, 7, "xxxxxxxx");
  g_assert_cmpuint (verdicts.n, ==, 0);
}

/* Over several failures of one piece nobody escapes: what each sent is kept. */
static void
test_truth_of_many_failures (void)
{
  g_autoptr (BtBlame) blame = bt_blame_new ();
  Verdicts verdicts;

  tell_hashes (blame, 7, "1122", "aXcd");
  tell_hashes (blame, 7, "3344", "abcZ");
  tell_hashes (blame, 7, "5511", "abcd"); /* it was the first then; fails for another reason */
  verdicts = tell_truth (blame, 7, "abcd");
  g_assert_cmpuint (verdicts.n, ==, 2);
  g_assert_cmpint (verdicts.of[1], ==, BT_VERDICT_BAN);
  g_assert_cmpint (verdicts.of[4], ==, BT_VERDICT_BAN);
}

/* Two contents of one block from one sender: it lied once at least. */
static void
test_two_versions (void)
{
  g_autoptr (BtBlame) blame = bt_blame_new ();
  Verdicts verdicts = tell_hashes (blame, 7, "1212", "abcd");

  g_assert_cmpuint (verdicts.n, ==, 0);
  verdicts = tell_hashes (blame, 7, "1221", "abcX"); /* 1 sends block 0 again, the same */
  g_assert_cmpuint (verdicts.n, ==, 0);
  verdicts = tell_hashes (blame, 7, "1111", "aYcZ");
  g_assert_cmpuint (verdicts.n, ==, 1);
  g_assert_cmpint (verdicts.of[1], ==, BT_VERDICT_BAN);
  /* Of another piece the same place is another block. */
  verdicts = tell_hashes (blame, 8, "2222", "zzzz");
  g_assert_cmpuint (verdicts.n, ==, 0);
}

/* By address, not by port: coming back does not help. Near us, by port. */
static void
test_addresses (void)
{
  g_autoptr (BtBlame) blame = bt_blame_new ();
  BtEndpoint far[2] = { peer (1), peer (1) };
  BtEndpoint near[2];
  Verdicts verdicts = { 0 };

  far[1].port = 999;
  bt_blame_failed (blame, 1, far, 2, verdict_cb, &verdicts);
  g_assert_cmpint (verdicts.of[1], ==, BT_VERDICT_BAN);
  far[1].port = 1000;
  g_assert_cmpint (bt_blame_trust (blame, &far[1]), ==, -7);

  g_assert_true (bt_endpoint_parse (&near[0], "127.0.0.1:1000"));
  g_assert_true (bt_endpoint_parse (&near[1], "127.0.0.1:1001"));
  bt_blame_passed (blame, 1, near, 1);
  g_assert_cmpint (bt_blame_trust (blame, &near[0]), ==, 1);
  g_assert_cmpint (bt_blame_trust (blame, &near[1]), ==, 0);
}

/* 64 pieces are kept, the newest. */
static void
test_piece_cap (void)
{
  g_autoptr (BtBlame) blame = bt_blame_new ();

  for (guint32 i = 0; i < 100; i++)
    tell_hashes (blame, i, "12", "ab");
  for (guint32 i = 0; i < 100; i++)
    g_assert_cmpint (bt_blame_wants_truth (blame, i), ==, i >= 36);
}

/* Large pieces that fail again and again with ever new senders: what is kept has an end. */
static void
test_block_cap (void)
{
  g_autoptr (BtBlame) blame = bt_blame_new ();
  const guint n = 32767;
  g_autofree BtEndpoint *senders = g_new (BtEndpoint, n);
  g_autofree BtSha1 *hashes = g_new0 (BtSha1, n);
  Verdicts verdicts = { 0 };
  guint n_kept = 0;

  for (guint32 round = 0; round < 12; round++)
    {
      for (guint i = 0; i < n; i++)
        senders[i] = peer (1 + round);
      bt_blame_hashes (blame, round / 2, senders, hashes, n, verdict_cb, &verdicts);
    }
  g_assert_cmpuint (verdicts.n, ==, 0);
  for (guint32 i = 0; i < 6; i++)
    n_kept += bt_blame_wants_truth (blame, i);
  g_assert_cmpuint (n_kept, <=, 2);
  g_assert_true (bt_blame_wants_truth (blame, 5));
  /* The last that was kept is judged. */
  memset (hashes, 1, n * sizeof *hashes);
  bt_blame_truth (blame, 5, hashes, n, verdict_cb, &verdicts);
  g_assert_cmpint (verdicts.of[11], ==, BT_VERDICT_BAN);
}

/* 4096 addresses are kept, those heard of last. */
static void
test_address_cap (void)
{
  g_autoptr (BtBlame) blame = bt_blame_new ();

  fail (blame, "12");
  for (guint i = 0; i < 5000; i++)
    {
      const guint8 ip[4] = { 20, 1, (guint8) (i >> 8), (guint8) i };
      BtEndpoint endpoint;

      bt_endpoint_set_ipv4 (&endpoint, ip, 1);
      bt_blame_passed (blame, 1, &endpoint, 1);
      pass (blame, "10");
    }
  g_assert_true (on_parole (blame, 1)); /* heard of all the time */
  g_assert_false (on_parole (blame, 2));
  for (guint i = 0; i < 5000; i++)
    {
      const guint8 ip[4] = { 20, 1, (guint8) (i >> 8), (guint8) i };
      BtEndpoint endpoint;

      bt_endpoint_set_ipv4 (&endpoint, ip, 2);
      g_assert_cmpint (bt_blame_trust (blame, &endpoint), ==, i >= 5000 - 4095 ? 1 : 0);
    }
}

/* The number of blocks of a piece does not change; a caller that errs loses a record, no memory. */
static void
test_other_length (void)
{
  g_autoptr (BtBlame) blame = bt_blame_new ();
  Verdicts verdicts;

  tell_hashes (blame, 7, "12", "aX");
  tell_hashes (blame, 7, "3434", "abcZ");
  verdicts = tell_truth (blame, 7, "ab");
  g_assert_cmpuint (verdicts.n, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/blame/sole-sender", test_sole_sender);
  g_test_add_func ("/engine/blame/unknown-senders", test_unknown_senders);
  g_test_add_func ("/engine/blame/shared", test_shared);
  g_test_add_func ("/engine/blame/trust", test_trust);
  g_test_add_func ("/engine/blame/parole", test_parole);
  g_test_add_func ("/engine/blame/truth", test_truth);
  g_test_add_func ("/engine/blame/truth-of-many-failures", test_truth_of_many_failures);
  g_test_add_func ("/engine/blame/two-versions", test_two_versions);
  g_test_add_func ("/engine/blame/addresses", test_addresses);
  g_test_add_func ("/engine/blame/piece-cap", test_piece_cap);
  g_test_add_func ("/engine/blame/block-cap", test_block_cap);
  g_test_add_func ("/engine/blame/address-cap", test_address_cap);
  g_test_add_func ("/engine/blame/other-length", test_other_length);
  return g_test_run ();
}
