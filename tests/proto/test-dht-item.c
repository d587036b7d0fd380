/* test-dht-item.c: where items of the DHT are kept, and who may change them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-item.h"
#include "bt-limits.h"
#include "ft-tsv.h"

#define KEY "77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548"
#define SIGNATURE                                                                                  \
  "305ac8aeb6c9c151fa120f120ea2cfb923564e11552d06a5d856091e5e853cff"                               \
  "1260d3f39e4999684aa92eb73ffd136e6f4f3ecbfda0ce53a1608ecd7ae21f01"
#define SALTED_SIGNATURE                                                                           \
  "6834284b6b24c3204eb2fea824d82f88883a3d95e8b4a21b8c0ded553d17d17d"                               \
  "df9a8a7104b1258f30bed3787e6cb896fca78c58f8e03b5f18f14951a87d9a08"

/* An item with the bytes that it borrows. */
typedef struct
{
  BtKrpcItem item;
  GBytes *key;
  GBytes *signature;
} Sample;

static BtKrpcSpan
make_span (const char *text)
{
  return (BtKrpcSpan){ (const guint8 *) text, strlen (text) };
}

static void
free_sample (Sample *sample)
{
  g_clear_pointer (&sample->key, g_bytes_unref);
  g_clear_pointer (&sample->signature, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sample, free_sample)

static Sample
make_sample (const char *salt, const char *key, const char *signature)
{
  Sample sample = { .key = ft_test_hex (key), .signature = ft_test_hex (signature) };

  sample.item = (BtKrpcItem){
    .value = make_span ("12:Hello World!"),
    .key = g_bytes_get_data (sample.key, NULL),
    .signature = g_bytes_get_data (sample.signature, NULL),
    .salt = make_span (salt),
    .has_sequence = TRUE,
    .sequence = 1,
  };
  return sample;
}

static void
assert_target (const BtKrpcItem *item, const char *hex)
{
  BtSha1 expected;
  BtSha1 target = bt_dht_item_target (item);

  g_assert_true (bt_sha1_from_hex (hex, &expected));
  g_assert_true (bt_sha1_equal (&target, &expected));
}

static void
assert_signed (const BtKrpcItem *item, const char *expected)
{
  guint8 bytes[BT_DHT_ITEM_MAX_SIGNED];
  gsize length = bt_dht_item_format_signed (item, bytes);

  g_assert_cmpmem (bytes, length, expected, strlen (expected));
}

static void
test_mutable (void)
{
  g_auto (Sample) sample = make_sample ("", KEY, SIGNATURE);

  assert_signed (&sample.item, "3:seqi1e1:v12:Hello World!");
  assert_target (&sample.item, "4a533d47ec9c7d95b1ad75f576cffc641853b750");
  g_assert_true (bt_dht_item_verify (&sample.item));
  sample.item.sequence = 2;
  g_assert_false (bt_dht_item_verify (&sample.item));
  sample.item.sequence = 1;
  sample.item.value = make_span ("12:Hello World?");
  g_assert_false (bt_dht_item_verify (&sample.item));
}

static void
test_salted (void)
{
  g_auto (Sample) sample = make_sample ("foobar", KEY, SALTED_SIGNATURE);

  assert_signed (&sample.item, "4:salt6:foobar3:seqi1e1:v12:Hello World!");
  assert_target (&sample.item, "411eba73b6f087ca51a3795d9c8c938d365e32c1");
  g_assert_true (bt_dht_item_verify (&sample.item));
  sample.item.salt = make_span ("foobaz");
  g_assert_false (bt_dht_item_verify (&sample.item));
}

static void
test_immutable (void)
{
  BtKrpcItem item = { .value = make_span ("12:Hello World!") };

  assert_target (&item, "e5f96f6f38320f0f33959cb4d3d656452117aadb");
  g_assert_true (bt_dht_item_verify (&item));
}

static void
test_bad_keys (void)
{
  static const char *const keys[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e549",
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_auto (Sample) sample = make_sample ("", keys[i], SIGNATURE);

      g_assert_false (bt_dht_item_verify (&sample.item));
    }
}

/* A key of RFC 8032, 7.1. */
static void
test_sign (void)
{
  g_autoptr (GBytes) seed
    = ft_test_hex ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  g_autoptr (GBytes) expected
    = ft_test_hex ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const guint8 *seed_bytes = g_bytes_get_data (seed, NULL);
  guint8 key[BT_KRPC_KEY_SIZE];
  guint8 signature[BT_KRPC_SIGNATURE_SIZE];
  BtKrpcItem item = { .value = make_span ("li1ei2ee"), .salt = make_span ("s"), .sequence = -5 };

  g_assert_true (bt_dht_item_make_key (seed_bytes, key));
  g_assert_cmpmem (key, sizeof key, g_bytes_get_data (expected, NULL), 32);
  g_assert_true (bt_dht_item_sign (&item, seed_bytes, signature));
  item.key = key;
  item.signature = signature;
  g_assert_true (bt_dht_item_verify (&item));
  for (guint bit = 0; bit < sizeof signature * 8; bit += 37)
    {
      signature[bit / 8] ^= (guint8) (1 << bit % 8);
      g_assert_false (bt_dht_item_verify (&item));
      signature[bit / 8] ^= (guint8) (1 << bit % 8);
    }
  item.salt = (BtKrpcSpan){ NULL, 0 };
  g_assert_false (bt_dht_item_verify (&item));
}

static void
test_limits (void)
{
  g_autofree char *long_text = g_strnfill (1200, 'x');
  guint8 out[BT_DHT_ITEM_MAX_SIGNED];
  BtKrpcItem item = {
    .value = { (const guint8 *) long_text, BT_LIMIT_DHT_ITEM_BYTES },
    .salt = { (const guint8 *) long_text, BT_LIMIT_DHT_SALT },
    .sequence = G_MININT64,
  };

  g_assert_cmpuint (bt_dht_item_format_signed (&item, out), >, 1000);
  item.salt.length = BT_LIMIT_DHT_SALT + 1;
  g_assert_cmpuint (bt_dht_item_format_signed (&item, out), ==, 0);
  item.salt.length = 1200;
  g_assert_cmpuint (bt_dht_item_format_signed (&item, out), ==, 0);
  item.salt.length = 0;
  item.value.length = BT_LIMIT_DHT_ITEM_BYTES + 1;
  g_assert_cmpuint (bt_dht_item_format_signed (&item, out), ==, 0);
}

static void
test_conformance (void)
{
  g_autoptr (GPtrArray) rows = ft_tsv_load ("beps/vectors/bep44_items.tsv");
  guint n_verified = 0;

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      g_auto (Sample) sample = { 0 };
      gboolean is_mutable = strlen (ft_tsv_text (rows, i, 5)) == 64;

      if (strlen (ft_tsv_text (rows, i, 7)) != 128 && is_mutable)
        continue;
      if (strlen (ft_tsv_text (rows, i, 8)) != 40)
        continue;
      if (is_mutable)
        sample = make_sample (ft_tsv_text (rows, i, 1), ft_tsv_text (rows, i, 5),
                              ft_tsv_text (rows, i, 7));
      sample.item.value = make_span (ft_tsv_text (rows, i, 3));
      assert_target (&sample.item, ft_tsv_text (rows, i, 8));
      g_assert_true (bt_dht_item_verify (&sample.item));
      if (is_mutable)
        assert_signed (&sample.item, ft_tsv_text (rows, i, 4));
      n_verified++;
    }
  g_assert_true (rows == NULL || n_verified == 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/dht-item/mutable", test_mutable);
  g_test_add_func ("/proto/dht-item/salted", test_salted);
  g_test_add_func ("/proto/dht-item/immutable", test_immutable);
  g_test_add_func ("/proto/dht-item/bad-keys", test_bad_keys);
  g_test_add_func ("/proto/dht-item/sign", test_sign);
  g_test_add_func ("/proto/dht-item/limits", test_limits);
  g_test_add_func ("/proto/dht-item/conformance", test_conformance);
  return g_test_run ();
}
