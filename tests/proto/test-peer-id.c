/* test-peer-id.c: our peer ids, and the names behind those of others.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-peer-id.h"
#include "ft-tsv.h"

static char *
name_of (const void *bytes, gsize length)
{
  guint8 id[BT_PEER_ID_SIZE] = { 0 };
  char *name;

  g_assert_cmpuint (length, <=, sizeof id);
  if (length > 0)
    memcpy (id, bytes, length);
  name = bt_peer_id_client_name (id);
  g_assert_true (g_utf8_validate (name, -1, NULL));
  return name;
}

static void
test_names (void)
{
  static const struct
  {
    const char *id;
    const char *name;
  } names[] = {
    { "-qB5120-abcdefghijkl", "qBittorrent 5.1.2" },
    { "-TR4100-abcdefghijkl", "Transmission 4.1.0" },
    { "-TR2940-abcdefghijkl", "Transmission 2.94" },
    { "-LT2100-abcdefghijkl", "libtorrent (Rasterbar) 2.1.0" },
    { "-lt0D80-abcdefghijkl", "libTorrent (Rakshasa) 0.13.8" },
    { "-DE211s-abcdefghijkl", "Deluge 2.1.1" },
    { "-FR0100-abcdefghijkl", "FriendTorrent 0.1.0" },
    { "-KT5120-abcdefghijkl", "KTorrent 5.1.2" },
    { "-KT33R2-abcdefghijkl", "KTorrent 3.3 RC 2" },
    { "-AZ2504-abcdefghijkl", "Azureus 2.5.0.4" },
    { "-BI4000-abcdefghijkl", "BiglyBT 4.0.0.0" },
    { "-ML2.7.2-klmnopqrstu", "MLDonkey 2.7.2" },
    { "-rQ0100-abcdefghijkl", "rqbit 0.1.0" },
    { "-QQ1234-abcdefghijkl", "QQ 1.2.3.4" },
    { "M4-20-8-abcdefghijkl", "Mainline 4.20.8" },
    { "T03I-----abcdefghijk", "BitTornado 0.3.18" },
    { "OP8502abcdefghijklmn", "Opera 8502" },
    { "XBT054d-abcdefghijkl", "XBT Client 0.5.4" },
    { "Q1-234-abcdefghijklm", "Q1-234-a" },
    { "M-------abcdefghijkl", "M-------" },
    { "<b>&amp;</b>aaaaaaaa", "<b>&amp;" },
    { "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7\xf6\xf5\xf4\xf3\xf2\xf1\xf0\xef\xee\xed\xec",
      "%FF%FE%FD%FC%FB%FA%F9%F8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = name_of (names[i].id, BT_PEER_ID_SIZE);

      g_assert_cmpstr (name, ==, names[i].name);
    }
}

static void
check_table (const char *path)
{
  g_autoptr (GPtrArray) rows = ft_tsv_load (path);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      gsize length;
      const void *bytes = g_bytes_get_data (ft_tsv_bytes (rows, i, 0), &length);
      g_autofree char *name = name_of (bytes, length);
      const char *expected = ft_tsv_text (rows, i, 1);

      /* The two tables spell one client in two ways. */
      if (g_strcmp0 (expected, "Shadow 1.2.3") == 0)
        expected = "Shad0w 1.2.3";
      g_assert_cmpstr (name, ==, expected);
    }
}

static void
test_conformance (void)
{
  check_table ("transmission/vectors/peer_id_clients.tsv");
  check_table ("libtorrent/vectors/peer_id_clients.tsv");
}

/* Every pair of letters with odd versions: something printable comes out, whatever the bytes. */
static void
test_any_bytes (void)
{
  BtRandom random;

  bt_random_seed (&random, 20);
  for (guint i = 0; i < 20000; i++)
    {
      guint8 id[BT_PEER_ID_SIZE];
      g_autofree char *name = NULL;

      bt_random_fill (&random, id, sizeof id);
      if (i % 2 == 0)
        {
          id[0] = '-';
          id[1] = (guint8) ('A' + i / 2 % 26);
          id[2] = (guint8) ('A' + i / 52 % 26);
        }
      name = name_of (id, sizeof id);
      g_assert_cmpuint (strlen (name), >, 0);
      g_assert_cmpuint (strlen (name), <, 64);
      for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
        g_assert_true (g_unichar_isprint (g_utf8_get_char (p)));
    }
}

static void
test_generate (void)
{
  BtRandom random;
  guint8 first[BT_PEER_ID_SIZE], second[BT_PEER_ID_SIZE];
  g_autofree char *name = NULL;
  g_autofree char *agent = NULL;

  bt_random_seed (&random, 1);
  bt_peer_id_generate (first, &random);
  bt_peer_id_generate (second, &random);
  g_assert_cmpmem (first, 3, "-FR", 3);
  g_assert_cmpint (first[7], ==, '-');
  g_assert_cmpmem (first, 8, second, 8);
  g_assert_cmpint (memcmp (first, second, sizeof first), !=, 0);
  for (guint i = 3; i < BT_PEER_ID_SIZE; i++)
    if (i != 7)
      g_assert_true (g_ascii_isalnum (first[i]));

  /* Peer id and user agent say the same. */
  name = name_of (first, sizeof first);
  agent = g_strdelimit (g_strdup (bt_user_agent ()), "/", ' ');
  g_assert_cmpstr (name, ==, agent);
}

static void
assert_form (const guint8 id[BT_PEER_ID_SIZE])
{
  g_assert_cmpmem (id, 3, "-FR", 3);
  g_assert_cmpint (id[7], ==, '-');
  for (guint i = 3; i < BT_PEER_ID_SIZE; i++)
    if (i != 7)
      g_assert_true (g_ascii_isalnum (id[i]));
}

static void
make_id (const BtPeerIdSecret *secret, const char *address, guint8 out[BT_PEER_ID_SIZE])
{
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse (&endpoint, address));
  bt_peer_id_for (secret, &endpoint, out);
}

/* Another one for each address and each torrent, in which nobody else sees that they belong together; we do. */
static void
test_for_address (void)
{
  BtRandom random;
  BtPeerIdSecret secret, other;
  guint8 first[BT_PEER_ID_SIZE], second[BT_PEER_ID_SIZE];

  bt_random_seed (&random, 1);
  bt_peer_id_secret_init (&secret, &random);
  bt_peer_id_secret_init (&other, &random);
  make_id (&secret, "20.0.0.1:6881", first);
  make_id (&secret, "20.0.0.1:51413", second);
  assert_form (first);
  g_assert_cmpmem (first, BT_PEER_ID_SIZE, second, BT_PEER_ID_SIZE);
  make_id (&secret, "[2001:db8::1]:6881", second);
  assert_form (second);
  g_assert_true (bt_peer_id_is_ours (&secret, first) && bt_peer_id_is_ours (&secret, second));
  g_assert_false (bt_peer_id_is_ours (&other, first));
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpmem (first, 8, second, 8);
      g_assert_cmpint (memcmp (first + 8, second + 8, 6), !=, 0);
      g_assert_cmpint (memcmp (first + 14, second + 14, 6), !=, 0);
      make_id (&other, "20.0.0.1:6881", second);
    }
  for (guint i = 0; i < BT_PEER_ID_SIZE; i++)
    {
      first[i] ^= 1;
      g_assert_false (bt_peer_id_is_ours (&secret, first));
      first[i] ^= 1;
    }
  bt_peer_id_generate (first, &random);
  g_assert_false (bt_peer_id_is_ours (&secret, first));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/peer-id/names", test_names);
  g_test_add_func ("/proto/peer-id/conformance", test_conformance);
  g_test_add_func ("/proto/peer-id/any-bytes", test_any_bytes);
  g_test_add_func ("/proto/peer-id/generate", test_generate);
  g_test_add_func ("/proto/peer-id/for-address", test_for_address);
  return g_test_run ();
}
