/* test-resume.c: what is saved of a torrent comes back, and nothing else does.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-state-db.h"

#include "bt-bencode.h"
#include "bt-endpoint.h"
#include "bt-error.h"

#include "ft-test.h"

static GBytes *
bytes (const char *hex)
{
  return ft_test_hex (hex);
}

static void
add_partial (BtResume *resume, guint32 piece, const char *hex)
{
  BtPartial *partial = g_new0 (BtPartial, 1);

  partial->piece = piece;
  partial->blocks = bytes (hex);
  g_ptr_array_add (resume->partials, partial);
}

static void
add_peer (BtResume *resume, const char *text)
{
  BtEndpoint peer = { 0 };

  g_assert_true (bt_endpoint_parse (&peer, text));
  g_array_append_val (resume->peers, peer);
}

static void
add_renamed (BtResume *resume, guint32 file, const char *path)
{
  BtRenamed *renamed = g_new0 (BtRenamed, 1);

  renamed->file = file;
  renamed->path = g_strdup (path);
  g_ptr_array_add (resume->renamed, renamed);
}

static BtTorrentOptions *
make_options (void)
{
  BtTorrentOptions *options = bt_torrent_options_new ();

  options->name = g_strdup ("Übung");
  g_strfreev (options->tags);
  options->tags = g_strsplit ("films,old ones", ",", -1);
  options->limit_down_bytes_per_s = 1000;
  options->limit_up_bytes_per_s = 2000;
  options->max_peers = 30;
  options->sequential = TRUE;
  options->ignores_queue = TRUE;
  options->own_goals = TRUE;
  options->goals = (BtGoals){ 1.25, 3600, 60, BT_GOAL_REMOVE };
  return options;
}

static BtResume *
make_full (void)
{
  const BtFileStamp stamps[] = { { 1000, 1700000000123456789, BT_INODE_MADE | 77 }, { -1, 0 }, { 0, -5, 3 } };
  const char *const tier[] = { "https://a.example/announce", "udp://b.example:80", NULL };
  BtResume *resume = bt_resume_new ();

  resume->save_path = g_strdup ("/home/somebody/Ünïcode folder");
  resume->data_path = g_strdup ("/var/tmp/not done yet");
  resume->move_to = g_strdup ("/mnt/there");
  resume->move_from = g_strdup ("/mnt/from");
  resume->renamed = g_ptr_array_new_with_free_func ((GDestroyNotify) bt_renamed_free);
  add_renamed (resume, 2, "top/new name");
  resume->rename_from = g_strdup ("top/a");
  resume->rename_to = g_strdup ("top/b");
  resume->intent = BT_INTENT_STOP;
  resume->added_at = 1700000000;
  resume->completed_at = 1700000001;
  resume->downloaded = G_GUINT64_CONSTANT (1) << 50;
  resume->uploaded = 3;
  resume->wasted = 4;
  resume->active_s = 5;
  resume->seeding_s = 6;
  resume->have = bytes ("f0 80");
  resume->partials = g_ptr_array_new_with_free_func ((GDestroyNotify) bt_partial_free);
  add_partial (resume, 7, "c0");
  add_partial (resume, 3, "00 01");
  resume->stamps = g_array_new (FALSE, FALSE, sizeof (BtFileStamp));
  g_array_append_vals (resume->stamps, stamps, G_N_ELEMENTS (stamps));
  resume->priorities = bytes ("00 04 07");
  resume->created = bytes ("01 00 01");
  resume->extra_tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_ptr_array_add (resume->extra_tiers, g_strdupv ((char **) tier));
  resume->peers = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));
  add_peer (resume, "93.184.216.34:6881");
  add_peer (resume, "[2a00:1450:4001::7]:51413");
  resume->banned = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (resume->banned, g_strdup ("198.51.100.1"));
  g_ptr_array_add (resume->banned, g_strdup ("2001:db8::66"));
  resume->options = make_options ();
  resume->queue_key = G_GUINT64_CONSTANT (1) << 40;
  resume->goal_state = BT_GOAL_STATE_STOPPED;
  resume->goal_uploaded = 7;
  resume->goal_seeding_s = 8;
  resume->idle_s = 9;
  return resume;
}

static void
assert_bytes_equal (GBytes *a, GBytes *b)
{
  g_assert_true ((a == NULL) == (b == NULL));
  if (a != NULL)
    g_assert_true (g_bytes_equal (a, b));
}

static void
test_round_trip (void)
{
  g_autoptr (BtResume) before = make_full ();
  g_autoptr (GBytes) encoded = bt_resume_encode (before);
  g_autoptr (GError) error = NULL;
  g_autoptr (BtResume) after = bt_resume_decode (encoded, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (after->save_path, ==, before->save_path);
  g_assert_cmpstr (after->data_path, ==, before->data_path);
  g_assert_cmpstr (after->move_to, ==, before->move_to);
  g_assert_cmpstr (after->move_from, ==, before->move_from);
  g_assert_cmpuint (after->renamed->len, ==, 1);
  g_assert_cmpuint (((BtRenamed *) after->renamed->pdata[0])->file, ==, 2);
  g_assert_cmpstr (((BtRenamed *) after->renamed->pdata[0])->path, ==, "top/new name");
  g_assert_cmpstr (after->rename_from, ==, "top/a");
  g_assert_cmpstr (after->rename_to, ==, "top/b");
  g_assert_cmpint (after->intent, ==, BT_INTENT_STOP);
  g_assert_cmpint (after->added_at, ==, before->added_at);
  g_assert_cmpint (after->completed_at, ==, before->completed_at);
  g_assert_cmpuint (after->downloaded, ==, before->downloaded);
  g_assert_cmpuint (after->uploaded, ==, 3);
  g_assert_cmpuint (after->wasted, ==, 4);
  g_assert_cmpint (after->active_s, ==, 5);
  g_assert_cmpint (after->seeding_s, ==, 6);
  assert_bytes_equal (after->have, before->have);
  assert_bytes_equal (after->priorities, before->priorities);
  assert_bytes_equal (after->created, before->created);
  g_assert_cmpuint (after->partials->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const BtPartial *a = after->partials->pdata[i], *b = before->partials->pdata[i];

      g_assert_cmpuint (a->piece, ==, b->piece);
      assert_bytes_equal (a->blocks, b->blocks);
    }
  g_assert_cmpmem (after->stamps->data, after->stamps->len * sizeof (BtFileStamp),
                   before->stamps->data, before->stamps->len * sizeof (BtFileStamp));
  g_assert_cmpuint (after->extra_tiers->len, ==, 1);
  g_assert_true (g_strv_equal (after->extra_tiers->pdata[0], before->extra_tiers->pdata[0]));
  g_assert_cmpuint (after->peers->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_true (bt_endpoint_equal (&g_array_index (after->peers, BtEndpoint, i),
                                      &g_array_index (before->peers, BtEndpoint, i)));
  g_assert_cmpuint (after->banned->len, ==, 2);
  g_assert_cmpstr (after->banned->pdata[1], ==, "2001:db8::66");
  g_assert_true (bt_torrent_options_equal (after->options, before->options));
  g_assert_cmpuint (after->queue_key, ==, before->queue_key);
  g_assert_cmpint (after->goal_state, ==, BT_GOAL_STATE_STOPPED);
  g_assert_cmpuint (after->goal_uploaded, ==, 7);
  g_assert_cmpint (after->goal_seeding_s, ==, 8);
  g_assert_cmpint (after->idle_s, ==, 9);
}

static void
test_least (void)
{
  g_autoptr (BtResume) before = bt_resume_new ();
  g_autoptr (BtResume) after = NULL;
  g_autoptr (GBytes) encoded = NULL;

  before->save_path = g_strdup ("/d");
  encoded = bt_resume_encode (before);
  after = bt_resume_decode (encoded, NULL);
  g_assert_nonnull (after);
  g_assert_null (after->have);
  g_assert_null (after->partials);
  g_assert_null (after->stamps);
  g_assert_null (after->priorities);
  g_assert_null (after->created);
  g_assert_null (after->extra_tiers);
  g_assert_null (after->peers);
  g_assert_null (after->banned);
  g_assert_null (after->options);
  g_assert_cmpuint (after->queue_key, ==, 0);
  g_assert_cmpint (after->goal_state, ==, BT_GOAL_STATE_OPEN);
}

/* A path that leads out of the folder was not written by us. */
static void
test_unsafe_names (void)
{
  static const char *const bad[] = { "../x", "top/../../x", "/etc/passwd", "top//x", "" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (BtResume) before = make_full ();
      g_autoptr (GBytes) encoded = NULL;

      add_renamed (before, 1, bad[i]);
      encoded = bt_resume_encode (before);
      g_assert_null (bt_resume_decode (encoded, NULL));
    }
}

/* What is out of range is put in range when it is written, so that it can be read. */
static void
test_clamped (void)
{
  g_autoptr (BtResume) before = make_full ();
  g_autoptr (BtResume) after = NULL;
  g_autoptr (GBytes) encoded = NULL;
  BtEndpoint link_local = { .scope = 3, .port = 5 };
  const guint8 fe80[16] = { 0xfe, 0x80, [15] = 1 };

  before->added_at = -1;
  before->active_s = G_MAXINT64;
  before->downloaded = G_MAXUINT64;
  g_bytes_unref (before->priorities);
  before->priorities = bytes ("ff 04 07");
  memcpy (link_local.ip, fe80, sizeof fe80);
  g_array_append_val (before->peers, link_local);
  for (guint16 i = 0; i < 300; i++)
    {
      BtEndpoint peer;

      bt_endpoint_set_ipv4 (&peer, (const guint8[4]){ 93, 184, 216, 1 }, i + 1);
      g_array_append_val (before->peers, peer);
    }
  g_ptr_array_add (before->banned, g_strdup ("no address"));
  encoded = bt_resume_encode (before);
  after = bt_resume_decode (encoded, NULL);
  g_assert_nonnull (after);
  g_assert_cmpint (after->added_at, ==, 0);
  g_assert_cmpint (after->active_s, >, 0);
  g_assert_cmpuint (after->downloaded, ==, G_MAXINT64);
  g_assert_cmpuint (((const guint8 *) g_bytes_get_data (after->priorities, NULL))[0], ==, 7);
  g_assert_cmpuint (after->peers->len, ==, 200);
  g_assert_cmpuint (after->banned->len, ==, 2);
}

#define OPTIONS(down, peers, tags)                                                                 \
  "d4:down" down "8:no-queuei0e5:peers" peers "10:sequentiali0e4:tags" tags "2:upi0ee"

/* Each replaces one value of a good dictionary, or adds one. */
static const struct
{
  const char *key;
  const char *value; /* bencoded; (nullable): the key goes */
} bad_values[] = {
  { "version", NULL },
  { "version", "i0e" },
  { "version", "i2e" },
  { "version", "1:1" },
  { "path", NULL },
  { "path", "i1e" },
  { "path", "0:" },
  { "path", "3:a/b" },
  { "intent", NULL },
  { "intent", "i4e" },
  { "intent", "i-1e" },
  { "added", "i-1e" },
  { "added", "i253402300800e" },
  { "completed", "le" },
  { "downloaded", "i-1e" },
  { "uploaded", NULL },
  { "wasted", "0:" },
  { "active", "i-5e" },
  { "seeding", "i-5e" },
  { "have", "0:" },
  { "have", "i1e" },
  { "stamps", "15:123456789012345" },
  { "stamps", "i1e" },
  { "stamps", "16:1234567890123456" }, /* priorities has three */
  { "inodes", "i1e" },
  { "inodes", "23:12345678901234567890123" },
  { "inodes", "16:1234567890123456" },
  { "priorities", "3:\x08\x01\x01" },
  { "priorities", "2:\x01\x01" },
  { "created", "3:\x02\x01\x01" },
  { "created", "4:\x01\x01\x01\x01" },
  { "partials", "i0e" },
  { "partials", "l1:ae" },
  { "partials", "lli1eee" },
  { "partials", "lli-1e1:aee" },
  { "partials", "lli2097152e1:aee" },
  { "partials", "lli1e0:ee" },
  { "partials", "lli1e1:aeli1e1:bee" },
  { "partials", "lli1e1:a1:bee" },
  { "tiers", "i0e" },
  { "tiers", "l3:abce" },
  { "tiers", "lli0eee" },
  { "peers", "17:12345678901234567" },
  { "peers", "18:123456789012345678e" },
  { "goal", "i1e" },
  { "goal", "d4:idlei0e7:seedingi0e8:uploadedi0ee" },
  { "goal", "d4:idlei0e7:seedingi0e5:statei3e8:uploadedi0ee" },
  { "goal", "d4:idlei-1e7:seedingi0e5:statei1e8:uploadedi0ee" },
  { "options", "i1e" },
  { "options", "de" },
  { "options", OPTIONS ("i-1e", "i0e", "le") },
  { "options", OPTIONS ("i0e", "i65536e", "le") },
  { "options", OPTIONS ("i0e", "i0e", "i0e") },
  { "options", OPTIONS ("i0e", "i0e", "li0ee") },
  { "options", OPTIONS ("i0e", "i0e", "l65:"
                        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaae") },
  { "options", "d4:downi0e5:goalsde8:no-queuei0e5:peersi0e10:sequentiali0e4:tagsle2:upi0ee" },
  { "options", "d4:downi0e4:namei0e8:no-queuei0e5:peersi0e10:sequentiali0e4:tagsle2:upi0ee" },
  { "options", "d4:downi0e8:no-queuei2e5:peersi0e10:sequentiali0e4:tagsle2:upi0ee" },
  { "queue", "i-1e" },
  { "queue", "0:" },
  { "banned", "d1:ai0ee" },
  { "banned", "li0ee" },
  { "banned", "l3:abce" },
  { "banned", "l7:1.2.3.\0e" },
};

static gboolean
decodes_with (const char *key, const void *value, gsize length)
{
  g_autoptr (BtResume) full = make_full ();
  g_autoptr (GBytes) good = bt_resume_encode (full);
  g_autoptr (BtBencode) doc = NULL;
  g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();
  g_autoptr (GBytes) changed = NULL;
  g_autoptr (BtResume) resume = NULL;
  g_autoptr (GError) error = NULL;
  BtNodeIter iter;
  BtNode node;
  const char *name;
  gsize name_length;
  gboolean found = FALSE;

  doc = bt_bencode_decode (g_bytes_get_data (good, NULL), g_bytes_get_size (good),
                           &bt_bencode_limits_torrent, BT_BENCODE_STRICT, NULL, NULL);
  bt_bencode_writer_begin_dict (writer);
  bt_node_iter_init (&iter, bt_bencode_root (doc));
  while (bt_node_iter_next_entry (&iter, &name, &name_length, &node))
    {
      gboolean here = name_length == strlen (key) && memcmp (name, key, name_length) == 0;

      found = found || here;
      if (here && value == NULL)
        continue;
      bt_bencode_writer_key_bytes (writer, name, name_length);
      if (here)
        bt_bencode_writer_raw (writer, value, length);
      else
        bt_bencode_writer_node (writer, node);
    }
  if (!found)
    {
      bt_bencode_writer_key (writer, key);
      bt_bencode_writer_raw (writer, value, length);
    }
  bt_bencode_writer_end (writer);
  changed = bt_bencode_writer_finish (writer);
  resume = bt_resume_decode (changed, &error);
  g_assert_true ((resume == NULL) == (error != NULL));
  return resume != NULL;
}

static void
test_bad_values (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_values); i++)
    {
      const char *value = bad_values[i].value;

      g_test_message ("%s = %s", bad_values[i].key, value != NULL ? value : "(none)");
      g_assert_false (decodes_with (bad_values[i].key, value, value != NULL ? strlen (value) : 0));
    }
  g_assert_false (decodes_with ("path", "3:/a\0", 5));
  g_assert_true (decodes_with ("path", "2:/a", 4));
  g_assert_true (decodes_with ("options", OPTIONS ("i0e", "i0e", "le"), strlen (OPTIONS ("i0e", "i0e", "le"))));
  g_assert_true (decodes_with ("options", NULL, 0));
  g_assert_true (decodes_with ("queue", NULL, 0));
  g_assert_true (decodes_with ("goal", NULL, 0));
  g_assert_true (decodes_with ("inodes", NULL, 0));
  g_assert_true (decodes_with ("zzz-of-a-newer-version", "i1e", 3));
}

/* Trackers that are no longer good are left out without costing the rest. */
static void
test_bad_tracker (void)
{
  g_autoptr (BtResume) before = make_full ();
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (BtResume) after = NULL;
  const char *const tier[] = { "file:///etc/passwd", "http://good.example/a", NULL };
  const char *const worse[] = { "gopher://old.example/", NULL };

  g_ptr_array_add (before->extra_tiers, g_strdupv ((char **) tier));
  g_ptr_array_add (before->extra_tiers, g_strdupv ((char **) worse));
  encoded = bt_resume_encode (before);
  after = bt_resume_decode (encoded, NULL);
  g_assert_cmpuint (after->extra_tiers->len, ==, 2);
  g_assert_cmpstr (((char **) after->extra_tiers->pdata[1])[0], ==, "http://good.example/a");
  g_assert_null (((char **) after->extra_tiers->pdata[1])[1]);
}

/* Whatever is accepted means the same when it is written again. */
static void
assert_rejected_or_stable (const guint8 *data, gsize length)
{
  g_autoptr (GBytes) input = g_bytes_new (data, length);
  g_autoptr (BtResume) resume = bt_resume_decode (input, NULL);
  g_autoptr (GBytes) once = NULL;
  g_autoptr (GBytes) twice = NULL;
  g_autoptr (BtResume) again = NULL;

  if (resume == NULL)
    return;
  once = bt_resume_encode (resume);
  again = bt_resume_decode (once, NULL);
  g_assert_nonnull (again);
  twice = bt_resume_encode (again);
  g_assert_true (g_bytes_equal (once, twice));
}

static void
test_truncations_and_flips (void)
{
  g_autoptr (BtResume) full = make_full ();
  g_autoptr (GBytes) good = bt_resume_encode (full);
  gsize length = g_bytes_get_size (good);
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL), length);

  for (gsize n = 0; n < length; n++)
    {
      g_autoptr (GBytes) cut = g_bytes_new (data, n);
      g_autoptr (BtResume) resume = bt_resume_decode (cut, NULL);

      g_assert_null (resume);
    }
  for (gsize i = 0; i < length; i++)
    for (guint bit = 0; bit < 8; bit++)
      {
        data[i] ^= 1u << bit;
        assert_rejected_or_stable (data, length);
        data[i] ^= 1u << bit;
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/disk/resume/round-trip", test_round_trip);
  g_test_add_func ("/disk/resume/least", test_least);
  g_test_add_func ("/disk/resume/unsafe-names", test_unsafe_names);
  g_test_add_func ("/disk/resume/clamped", test_clamped);
  g_test_add_func ("/disk/resume/bad-values", test_bad_values);
  g_test_add_func ("/disk/resume/bad-tracker", test_bad_tracker);
  g_test_add_func ("/disk/resume/truncations-and-flips", test_truncations_and_flips);
  return g_test_run ();
}
