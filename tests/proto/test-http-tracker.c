/* test-http-tracker.c: URLs for and replies from trackers over HTTP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-http-tracker.h"

#include "bt-error.h"
#include "bt-limits.h"
#include "bt-random.h"
#include "ft-test.h"

static BtSha1
make_hash (const char *hex)
{
  BtSha1 hash;

  g_assert_true (bt_sha1_from_hex (hex, &hash));
  return hash;
}

static BtAnnounceRequest
make_request (void)
{
  BtAnnounceRequest request = {
    .info_hash = make_hash ("123456789abcdef123456789abcdef123456789a"),
    .port = 6881,
    .uploaded = 1,
    .downloaded = 22,
    .left = G_MAXUINT64,
    .event = BT_ANNOUNCE_NONE,
    .num_want = -1,
    .key = 0xdeadbeef,
  };

  memcpy (request.peer_id, "-FT0100-\xff\x00~._-abcdef", BT_PEER_ID_SIZE);
  return request;
}

#define HASH "info_hash=%124Vx%9A%BC%DE%F1%23Eg%89%AB%CD%EF%124Vx%9A"
#define BEGIN HASH "&peer_id=-FT0100-%FF%00~._-abcdef&port=6881"
#define COUNTS "&uploaded=1&downloaded=22&left=18446744073709551615"
#define FLAGS "&key=DEADBEEF&compact=1&no_peer_id=1"

static void
test_announce_url (void)
{
  static const struct
  {
    const char *announce;
    BtAnnounceEvent event;
    gint num_want;
    const char *tracker_id;
    const char *expected;
  } rows[] = {
    { "http://t/announce", BT_ANNOUNCE_NONE, -1, NULL,
      "http://t/announce?" BEGIN COUNTS "&numwant=80" FLAGS },
    { "http://t/a?passkey=x%20y", BT_ANNOUNCE_STARTED, 5, NULL,
      "http://t/a?passkey=x%20y&" BEGIN COUNTS "&numwant=5" FLAGS "&event=started" },
    { "http://t/a?", BT_ANNOUNCE_COMPLETED, 0, NULL,
      "http://t/a?" BEGIN COUNTS "&numwant=0" FLAGS "&event=completed" },
    { "http://t/a?b&", BT_ANNOUNCE_STOPPED, 50, "i d&\xc3",
      "http://t/a?b&" BEGIN COUNTS "&numwant=0" FLAGS "&event=stopped&trackerid=i%20d%26%C3" },
    { "https://t#frag?ment", BT_ANNOUNCE_NONE, -1, "",
      "https://t?" BEGIN COUNTS "&numwant=80" FLAGS "&trackerid=" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BtAnnounceRequest request = make_request ();
      g_autofree char *url = NULL;

      request.event = rows[i].event;
      request.num_want = rows[i].num_want;
      request.tracker_id = rows[i].tracker_id;
      url = bt_http_tracker_announce_url (rows[i].announce, &request);
      g_assert_cmpstr (url, ==, rows[i].expected);
    }
}

static void
test_key_has_eight_digits (void)
{
  BtAnnounceRequest request = make_request ();
  g_autofree char *url = NULL;

  request.key = 0xab;
  url = bt_http_tracker_announce_url ("http://t/announce", &request);
  g_assert_nonnull (strstr (url, "&key=000000AB&"));
}

static void
test_scrape_url (void)
{
  static const struct
  {
    const char *announce;
    const char *expected;
  } rows[] = {
    { "http://t/announce", "http://t/scrape?" HASH },
    { "http://t/x/announce", "http://t/x/scrape?" HASH },
    { "http://t/announce.php?x", "http://t/scrape.php?x&" HASH },
    { "http://t/x/announce?x2%0644", "http://t/x/scrape?x2%0644&" HASH },
    { "http://t/a", NULL },
    { "http://t/announce?x=2/4", "http://t/scrape?x=2/4&" HASH },
    { "http://t/x%064announce", NULL },
    { "http://t/announce/passkey", NULL },
    { "http://t/?/announce", NULL },
    { "http://t#/announce", NULL },
    { "http://announce", NULL },
    { "http://t", NULL },
    { "announce", NULL },
    { "", NULL },
  };
  BtSha1 hash = make_hash ("123456789abcdef123456789abcdef123456789a");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *url = bt_http_tracker_scrape_url (rows[i].announce, &hash);

      g_assert_cmpstr (url, ==, rows[i].expected);
    }
}

/* A reply in one line, so that tables can hold what is expected: only what was said appears. */
static char *
describe (const BtAnnounceReply *reply)
{
  GString *text = g_string_new (NULL);
  const struct
  {
    const char *name;
    gint64 value;
  } numbers[] = {
    { "interval", reply->interval_s }, { "min", reply->min_interval_s },
    { "retry", reply->retry_in_s },    { "seeds", reply->n_seeds },
    { "leechers", reply->n_leechers }, { "downloaded", reply->n_downloaded },
  };
  const char *const texts[][2] = {
    { "warning", reply->warning }, { "failure", reply->failure }, { "id", reply->tracker_id },
  };
  char endpoint[BT_ENDPOINT_TEXT_SIZE];

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      if (numbers[i].value != -1)
        g_string_append_printf (text, "%s=%" G_GINT64_FORMAT " ", numbers[i].name,
                                numbers[i].value);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (texts[i][1] != NULL)
        g_string_append_printf (text, "%s=%s ", texts[i][0], texts[i][1]);
    }
  if (!bt_endpoint_is_unspecified (&reply->external_ip))
    {
      bt_endpoint_format_ip (&reply->external_ip, endpoint);
      g_string_append_printf (text, "external=%s ", endpoint);
    }
  for (guint i = 0; i < reply->peers->len; i++)
    {
      bt_endpoint_format (&g_array_index (reply->peers, BtEndpoint, i), endpoint);
      g_string_append_printf (text, "%s ", endpoint);
    }
  if (text->len > 0)
    g_string_truncate (text, text->len - 1);
  return g_string_free (text, FALSE);
}

static void
assert_parses_as (const void *body, gsize length, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BtAnnounceReply) reply = bt_http_tracker_parse_announce (body, length, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (reply);
  text = describe (reply);
  g_assert_cmpstr (text, ==, expected);
}

#define BODY(text) text, sizeof text - 1

static void
test_parse (void)
{
  static const struct
  {
    const char *body;
    gsize length;
    const char *expected;
  } rows[] = {
    /* The example of BEP 7. */
    { BODY ("d8:intervali1800e5:peers6:iiiipp6:peers618:iiiiiiiiiiiiiiiippe"),
      "interval=1800 105.105.105.105:28784 [6969:6969:6969:6969:6969:6969:6969:6969]:28784" },
    { BODY ("d8:completei1e8:intervali1800e12:min intervali1700e5:peers0:e"),
      "interval=1800 min=1700 seeds=1" },
    { BODY ("de"), "" },
    { BODY ("de\r\n"), "" },
    { BODY ("d5:peers0:8:intervali60ee"), "interval=60" },
    { BODY ("d8:intervali-1e10:incompletei-9e12:min intervali-7e5:peers0:e"), "" },
    { BODY ("d8:interval4:18005:peersi7ee"), "" },
    { BODY ("d8:intervali0e15:warning message3:odde"), "interval=0 warning=odd" },
    { BODY ("d10:tracker id3:a&be"), "id=a&b" },
    { BODY ("d10:tracker id3:a\0be"), "" },
    { BODY ("d10:tracker id0:e"), "" },
    { BODY ("d11:external ip4:\x01\x02\x03\x04" "e"), "external=1.2.3.4" },
    { BODY ("d11:external ip16:\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01" "e"),
      "external=2001:db8::1" },
    { BODY ("d11:external ip7:1.2.3.4e"), "" },
    /* Compact peers: port 0, multicast and what is left over at the end are no peers. */
    { BODY ("d5:peers14:\x08\x08\x08\x08\x00\x00\x08\x08\x04\x04\x1a\xe1xxe"), "8.8.4.4:6881" },
    { BODY ("d5:peers6:\xe0\x00\x00\x01\x1a\xe1" "e"), "" },
    { BODY ("d5:peers5:abcdee"), "" },
    { BODY ("d6:peers619:\x20\x01\x48\x60\x48\x60\0\0\0\0\0\0\0\0\x88\x88\x1a\xe1xe"),
      "[2001:4860:4860::8888]:6881" },
    /* Dictionary peers. */
    { BODY ("d5:peersld2:ip7:8.8.4.44:porti53eed2:ip20:2001:4860:4860::88884:porti65535eeee"),
      "8.8.4.4:53 [2001:4860:4860::8888]:65535" },
    { BODY ("d5:peersld2:ip7:8.8.4.44:porti0eed2:ip7:8.8.4.44:porti65536eed2:ip7:8.8.4.4"
            "4:porti-1eed2:ip7:8.8.4.44:porti65537eed2:ip7:8.8.4.44:porti-65535eeee"),
      "" },
    { BODY ("d5:peersld2:ip11:example.com4:porti80eed2:ip7:8.8.4.4ed4:porti80eei7e4:spamleee"),
      "" },
    { BODY ("d5:peersld2:ip9:8.8.4.4\0x4:porti53eed2:ip0:4:porti53eed2:ipi8e4:porti53eeee"), "" },
    { BODY ("d5:peersld2:ip7:8.8.4.44:port2:53eee"), "" },
    { BODY ("d5:peersde6:peers6lee"), "" },
    /* Failures: nothing else counts but BEP 31. */
    { BODY ("d14:failure reason4:gone8:intervali9e5:peers6:iiiippe"), "failure=gone" },
    { BODY ("d14:failure reason4:gone8:retry ini30ee"), "retry=1800 failure=gone" },
    { BODY ("d14:failure reason4:gone8:retry in2:15e"), "retry=900 failure=gone" },
    { BODY ("d14:failure reason4:gone8:retry in5:nevere"),
      "retry=9223372036854775807 failure=gone" },
    { BODY ("d14:failure reason4:gone8:retry in5:neveRe"), "failure=gone" },
    { BODY ("d14:failure reason4:gone8:retry in2:-5e"), "failure=gone" },
    { BODY ("d14:failure reason4:gone8:retry in3: 15e"), "failure=gone" },
    { BODY ("d14:failure reason4:gone8:retry in20:99999999999999999999e"), "failure=gone" },
    { BODY ("d14:failure reason4:gone8:retry ini-5ee"), "failure=gone" },
    { BODY ("d14:failure reason4:gone8:retry ini9223372036854775807ee"),
      "retry=128849018820 failure=gone" },
    { BODY ("d14:failure reason0:e"), "failure=The tracker refused without a reason" },
    { BODY ("d14:failure reasoni404ee"), "failure=The tracker refused without a reason" },
    { BODY ("d14:failure reason8:a\nb\xe2\x80\xae" "cde"), "failure=a bcd" },
    { BODY ("d8:retry ini30ee"), "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_parses_as (rows[i].body, rows[i].length, rows[i].expected);
}

static void
test_parse_malformed (void)
{
  static const struct
  {
    const char *body;
    gsize length;
  } rows[] = {
    { BODY ("") },
    { BODY ("d") },
    { BODY ("i1e") },
    { BODY ("le") },
    { BODY ("4:spam") },
    { BODY ("<html>404</html>") },
    { BODY ("d8:intervali1800e5:peers99999999:xe") },
    { BODY ("d8:intervali1800e") },
    { BODY ("d8:intervali99999999999999999999ee") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (bt_http_tracker_parse_announce (rows[i].body, rows[i].length, &error));
      g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
    }
}

static void
test_caps (void)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (BtAnnounceReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *zeros = g_malloc0 (BT_LIMIT_TRACKER_REPLY + 1);
  g_autofree char *nested = g_strnfill (5000, 'l');

  g_byte_array_append (body, (const guint8 *) "d5:peers12000:", 14);
  for (guint i = 0; i < 2000; i++)
    g_byte_array_append (body, (const guint8[]){ 8, 8, (guint8) (i >> 8), (guint8) i, 1, 1 }, 6);
  g_byte_array_append (body, (const guint8 *) "e", 1);
  reply = bt_http_tracker_parse_announce (body->data, body->len, NULL);
  g_assert_nonnull (reply);
  g_assert_cmpuint (reply->peers->len, ==, BT_LIMIT_TRACKER_PEERS);

  g_assert_null (bt_http_tracker_parse_announce (zeros, BT_LIMIT_TRACKER_REPLY + 1, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_null (bt_http_tracker_parse_announce (nested, 5000, &error));
  g_assert_nonnull (error);
}

static void
test_long_texts_are_cut (void)
{
  g_autofree char *long_text = g_strnfill (100000, 'x');
  g_autofree char *body = g_strdup_printf ("d14:failure reason100000:%se", long_text);
  g_autofree char *id_body = g_strdup_printf ("d10:tracker id100000:%se", long_text);
  g_autoptr (BtAnnounceReply) reply = bt_http_tracker_parse_announce (body, strlen (body), NULL);

  g_assert_nonnull (reply);
  g_assert_cmpuint (strlen (reply->failure), <=, BT_LIMIT_TEXT_TRACKER);
  g_assert_cmpuint (strlen (reply->failure), >, 0);
  assert_parses_as (id_body, strlen (id_body), "");
}

#define A "aaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbb"

static void
test_scrape (void)
{
  static const struct
  {
    const char *body;
    int code; /* -1: it is read */
    gint64 seeds, downloaded, leechers;
  } rows[] = {
    { "d5:filesd20:" A "d8:completei11e10:downloadedi13772e10:incompletei19eeee", -1, 11, 13772,
      19 },
    { "d5:filesd20:" B "d8:completei1ee20:" A "d8:completei2eeee", -1, 2, -1, -1 },
    { "d5:filesd20:" A "d8:completei-2eeee", -1, -1, -1, -1 },
    { "d5:filesd20:" A "i4eee", -1, -1, -1, -1 },
    { "d5:filesd20:" B "d8:completei1eeee", BT_ERROR_NOT_FOUND },
    { "d5:filesd21:" A "ad8:completei1eeee", BT_ERROR_NOT_FOUND },
    { "d5:filesdee", BT_ERROR_NOT_FOUND },
    { "d5:filesi4ee", BT_ERROR_NOT_FOUND },
    { "de", BT_ERROR_NOT_FOUND },
    { "d14:failure reason4:gonee", BT_ERROR_REMOTE },
    { "gone", BT_ERROR_MALFORMED },
    { "le", BT_ERROR_MALFORMED },
  };
  BtSha1 hash;

  memcpy (hash.bytes, A, sizeof hash.bytes);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      BtScrapeReply reply;
      gboolean ok = bt_http_tracker_parse_scrape (rows[i].body, strlen (rows[i].body), &hash,
                                                  &reply, &error);

      g_assert_cmpint (ok, ==, rows[i].code == -1);
      if (!ok)
        {
          g_assert_error (error, BT_ERROR, rows[i].code);
          continue;
        }
      g_assert_cmpint (reply.n_seeds, ==, rows[i].seeds);
      g_assert_cmpint (reply.n_downloaded, ==, rows[i].downloaded);
      g_assert_cmpint (reply.n_leechers, ==, rows[i].leechers);
    }
}

/* A cell of the shared tables: \xNN is a byte, \\ a backslash. */
static GByteArray *
unescape (const char *cell)
{
  GByteArray *bytes = g_byte_array_new ();

  while (*cell != '\0')
    {
      guint8 byte = (guint8) *cell;
      gsize used = 1;

      if (cell[0] == '\\' && cell[1] == 'x')
        {
          byte = (guint8) (g_ascii_xdigit_value (cell[2]) << 4 | g_ascii_xdigit_value (cell[3]));
          used = 4;
        }
      else if (cell[0] == '\\')
        used = 2;
      g_byte_array_append (bytes, &byte, 1);
      cell += used;
    }
  return bytes;
}

static char *
describe_scrapes (const GByteArray *body)
{
  GString *text = g_string_new (NULL);

  for (char letter = 'a'; letter <= 'd'; letter++)
    {
      g_autoptr (GError) error = NULL;
      BtScrapeReply reply;
      BtSha1 hash;

      memset (hash.bytes, letter, sizeof hash.bytes);
      if (bt_http_tracker_parse_scrape (body->data, body->len, &hash, &reply, &error))
        g_string_append_printf (text, "%c:%d/%d/%d ", letter, (int) reply.n_seeds,
                                (int) reply.n_leechers, (int) reply.n_downloaded);
      else
        g_assert_error (error, BT_ERROR, BT_ERROR_NOT_FOUND);
    }
  return g_string_free (text, FALSE);
}

static void
check_shared_row (const char *name, const char *cell)
{
  static const char *const expected[][2] = {
    { "NoPeers", "interval=1803 min=1800 seeds=3 leechers=0 downloaded=2 external=1.2.3.4" },
    { "PexCompact", "interval=1803 min=1800 seeds=3 leechers=0 downloaded=2 127.0.0.1:64551" },
    { "PexList", "interval=1803 min=1800 seeds=3 leechers=0 downloaded=2 8.8.4.4:53" },
    { "FailureReason", "failure=foobar" },
    { "ScrapeMulti", "a:1/2/3 b:4/5/6 c:7/8/9 " },
    { "ScrapeUnexpected", "a:1/2/3 d:7/8/9 " }, /* whoever asks for d alone gets d */
    { "ScrapeMissing", "a:1/2/3 " },
  };
  g_autoptr (GByteArray) body = unescape (cell);

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *scrapes = NULL;

      if (!g_str_equal (name, expected[i][0]))
        continue;
      if (!g_str_has_prefix (name, "Scrape"))
        {
          assert_parses_as (body->data, body->len, expected[i][1]);
          return;
        }
      scrapes = describe_scrapes (body);
      g_assert_cmpstr (scrapes, ==, expected[i][1]);
      return;
    }
  g_error ("row %s of the shared table is not known to this test", name);
}

static void
test_shared_replies (void)
{
  g_autofree char *dir = ft_test_conformance_dir ();
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_rows = 0;

  if (dir == NULL)
    return;
  path = g_build_filename (dir, "transmission", "vectors", "http_announce_replies.tsv", NULL);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) cells = NULL;

      if (*lines[i] == '#' || *lines[i] == '\0' || g_str_has_prefix (lines[i], "test\t"))
        continue;
      cells = g_strsplit (lines[i], "\t", -1);
      check_shared_row (cells[0], cells[1]);
      n_rows++;
    }
  g_assert_cmpuint (n_rows, ==, 7);
}

static void
test_shared_compact_reply (void)
{
  g_autofree char *dir = ft_test_conformance_dir ();
  g_autofree char *path = NULL;
  g_autofree char *body = NULL;
  gsize length;

  if (dir == NULL)
    return;
  path = g_build_filename (dir, "node-bencode", "announce-compacted-peers.bin", NULL);
  g_assert_true (g_file_get_contents (path, &body, &length, NULL));
  assert_parses_as (body, length,
                    "interval=1800 min=1800 seeds=4 leechers=3 46.189.27.100:6687 "
                    "81.213.76.5:18124 52.33.144.64:6687 98.110.233.198:51413 "
                    "203.13.146.19:6687 172.78.104.154:15467 24.15.61.87:18139");
}

static void
mutate (BtRandom *random, GByteArray *body)
{
  static const char bytes[] = "del:i0129-\0\xff";
  guint n_changes = 1 + bt_random_below (random, 4);

  for (guint i = 0; i < n_changes && body->len > 0; i++)
    {
      guint at = bt_random_below (random, body->len);

      switch (bt_random_below (random, 4))
        {
        case 0:
          body->data[at] = (guint8) bt_random_u32 (random);
          break;
        case 1:
          body->data[at] = (guint8) bytes[bt_random_below (random, sizeof bytes - 1)];
          break;
        case 2:
          g_byte_array_remove_index (body, at);
          break;
        default:
          g_byte_array_set_size (body, at);
          break;
        }
    }
}

static void
check_reply (const BtAnnounceReply *reply)
{
  g_assert_cmpuint (reply->peers->len, <=, BT_LIMIT_TRACKER_PEERS);
  for (guint i = 0; i < reply->peers->len; i++)
    g_assert_true (bt_endpoint_is_usable_peer (&g_array_index (reply->peers, BtEndpoint, i)));
  g_assert_cmpint (reply->interval_s, >=, -1);
  g_assert_cmpint (reply->min_interval_s, >=, -1);
  g_assert_cmpint (reply->retry_in_s, >=, -1);
  g_assert_cmpint (reply->n_seeds, >=, -1);
  g_assert_cmpint (reply->n_leechers, >=, -1);
  g_assert_true (reply->failure == NULL || g_utf8_validate (reply->failure, -1, NULL));
  g_assert_true (reply->warning == NULL || g_utf8_validate (reply->warning, -1, NULL));
  g_assert_true (reply->failure == NULL || reply->peers->len == 0);
}

static void
test_mutations (void)
{
  static const struct
  {
    const char *body;
    gsize length;
  } seeds[] = {
    { BODY ("d8:completei3e10:incompletei0e8:intervali1803e5:peers12:\x08\x08\x08\x08\x1a\xe1"
            "\x08\x08\x04\x04\x1a\xe1" "6:peers618:iiiiiiiiiiiiiiiippe") },
    { BODY ("d14:failure reason6:foobar8:retry in2:15e") },
    { BODY ("d11:external ip4:\x01\x02\x03\x04"
            "8:intervali9e5:peersld2:ip7:8.8.4.44:porti53eeee") },
    { BODY ("d8:intervali9e10:tracker id3:abc15:warning message4:\xc3\xa4\xc3\xa4" "e") },
    { BODY ("d5:filesd20:" A "d8:completei11e10:downloadedi13772e10:incompletei19eeee") },
  };
  BtRandom random;
  BtSha1 hash;
  guint n_read = 0;
  guint n_refused = 0;

  memcpy (hash.bytes, A, sizeof hash.bytes);
  bt_random_seed (&random, 20240607);
  for (guint i = 0; i < 20000; i++)
    {
      guint which = bt_random_below (&random, G_N_ELEMENTS (seeds));
      g_autoptr (GByteArray) body = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) scrape_error = NULL;
      g_autoptr (BtAnnounceReply) reply = NULL;
      g_autofree guint8 *exact = NULL; /* no longer than it is, so that reading beyond shows */
      BtScrapeReply scrape = { -1, -1, -1 };

      g_byte_array_append (body, (const guint8 *) seeds[which].body, (guint) seeds[which].length);
      mutate (&random, body);
      exact = g_memdup2 (body->data, body->len);
      reply = bt_http_tracker_parse_announce (exact, body->len, &error);
      g_assert_true ((reply == NULL) == (error != NULL));
      if (reply != NULL)
        check_reply (reply);
      if (reply != NULL)
        n_read++;
      else
        n_refused++;
      if (!bt_http_tracker_parse_scrape (exact, body->len, &hash, &scrape, &scrape_error))
        g_assert_nonnull (scrape_error);
      g_assert_cmpint (scrape.n_seeds, >=, -1);
    }
  g_assert_cmpuint (n_read, >, 1000);
  g_assert_cmpuint (n_refused, >, 1000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/http-tracker/announce-url", test_announce_url);
  g_test_add_func ("/proto/http-tracker/key-has-eight-digits", test_key_has_eight_digits);
  g_test_add_func ("/proto/http-tracker/scrape-url", test_scrape_url);
  g_test_add_func ("/proto/http-tracker/parse", test_parse);
  g_test_add_func ("/proto/http-tracker/parse-malformed", test_parse_malformed);
  g_test_add_func ("/proto/http-tracker/caps", test_caps);
  g_test_add_func ("/proto/http-tracker/long-texts-are-cut", test_long_texts_are_cut);
  g_test_add_func ("/proto/http-tracker/scrape", test_scrape);
  g_test_add_func ("/proto/http-tracker/shared-replies", test_shared_replies);
  g_test_add_func ("/proto/http-tracker/shared-compact-reply", test_shared_compact_reply);
  g_test_add_func ("/proto/http-tracker/mutations", test_mutations);
  return g_test_run ();
}
