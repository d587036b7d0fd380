/* test-regressions.c: datagrams, links and replies that once broke another client, each a test of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-error.h"
#include "bt-extended.h"
#include "bt-http-tracker.h"
#include "bt-krpc.h"
#include "bt-limits.h"
#include "bt-magnet.h"
#include "ft-test-torrent.h"

#define ID "abcdefghij0123456789"
#define HEX "0123456789abcdef0123456789abcdef01234567"

/* Decodes @text in memory of its very size, so that a byte too far is seen. */
static gboolean
decode (const char *text, BtKrpcMessage *message)
{
  static guint8 *copy; /* what was decoded borrows from it */
  BtEndpoint from;

  g_assert_true (bt_endpoint_parse (&from, "20.1.2.3:6881"));
  g_free (copy);
  copy = g_memdup2 (text, strlen (text));
  return bt_krpc_decode (copy, strlen (text), &from, message);
}

static char *
string_of (guint length)
{
  g_autofree char *letters = g_strnfill (length, 'a');

  return g_strdup_printf ("%u:%s", length, letters);
}

/* The salt was copied to a place of 64 bytes. */
static void
test_dht_salt (void)
{
  static const guint lengths[] = { 65, 1200 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *salt = string_of (lengths[i]);
      g_autofree char *text = g_strconcat ("d1:ad2:id20:" ID "4:salt", salt,
                                           "5:token1:x1:vi1ee1:q3:put1:t2:aa1:y1:qe", NULL);
      BtKrpcMessage message;

      g_assert_true (decode (text, &message));
      g_assert_cmpint (message.problem, ==, BT_KRPC_ERROR_SALT);
    }
}

/* So was a token: that of an answer is not kept, that of a question is none of ours. */
static void
test_dht_token (void)
{
  g_autofree char *token = string_of (2000);
  g_autofree char *answer = g_strconcat ("d1:rd2:id20:" ID "5:token", token, "e1:t2:aa1:y1:re", NULL);
  g_autofree char *question
    = g_strconcat ("d1:ad2:id20:" ID "9:info_hash20:" ID "4:porti1e5:token", token,
                   "e1:q13:announce_peer1:t2:aa1:y1:qe", NULL);
  BtKrpcMessage message;

  g_assert_true (decode (answer, &message));
  g_assert_null (message.token.data);
  g_assert_true (decode (question, &message));
  g_assert_cmpint (message.problem, ==, BT_KRPC_ERROR_PROTOCOL);
}

static void
test_dht_error_without_code (void)
{
  static const char *const texts[] = { "d1:ele1:t2:aa1:y1:ee", "d1:el4:texte1:t2:aa1:y1:ee", "d1:elee1:t2:aa1:y1:ee",
                                       "d1:ei201e1:t2:aa1:y1:ee", "d1:ede1:t2:aa1:y1:ee" };
  BtKrpcMessage message;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_false (decode (texts[i], &message));
  /* Without a text there is still a code. */
  g_assert_true (decode ("d1:eli203ee1:t2:aa1:y1:ee", &message));
  g_assert_cmpint (message.code, ==, 203);
  g_assert_null (message.text.data);
}

static char *
nest (const char *before, guint depth, const char *after)
{
  g_autofree char *opening = g_strnfill (depth, 'l');
  g_autofree char *closing = g_strnfill (depth, 'e');

  return g_strconcat (before, opening, closing, after, NULL);
}

static void
test_nested_datagram (void)
{
  g_autofree char *fits = nest ("d1:ad2:id20:" ID "1:x", 29, "e1:q4:ping1:t2:aa1:y1:qe");
  g_autofree char *deep = nest ("d1:ad2:id20:" ID "1:x", 200, "e1:q4:ping1:t2:aa1:y1:qe");
  BtKrpcMessage message;

  g_assert_true (decode (fits, &message));
  g_assert_false (decode (deep, &message));
}

static void
test_nested_handshake (void)
{
  g_autofree char *deep = nest ("d1:md11:ut_metadatai1ee1:x", 200, "e");
  g_auto (BtExtendedHandshake) handshake;
  g_autoptr (GError) error = NULL;

  bt_extended_handshake_init (&handshake);
  g_assert_false (bt_extended_handshake_decode (deep, strlen (deep), &handshake, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_LIMIT);
  g_assert_cmpuint (handshake.ids[BT_EXTENDED_METADATA], ==, 0);
}

static void
test_cut_number_in_datagram (void)
{
  static const char *const texts[] = { "d1:ad2:id20:" ID "1:xi12", "d1:ad2:id20:" ID "1:xi", "d1:ad2:id20:" ID "1:xi-",
                                       "d1:ad2:id20:" ID "1:x9" };
  BtKrpcMessage message;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_false (decode (texts[i], &message));
}

static void
test_metadata_size (void)
{
  static const struct
  {
    const char *size;
    gint64 taken;
  } sizes[] = { { "0", 0 }, { "-1", 0 }, { "1099511627776", 0 }, { "18446744073709551616", 0 }, { "31235", 31235 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *text = g_strdup_printf ("d1:md11:ut_metadatai1ee13:metadata_sizei%see", sizes[i].size);
      g_auto (BtExtendedHandshake) handshake;

      bt_extended_handshake_init (&handshake);
      /* A number beyond 64 bits is no bencode. */
      g_assert_cmpint (bt_extended_handshake_decode (text, strlen (text), &handshake, NULL), ==, i != 3);
      g_assert_cmpint (handshake.metadata_size, ==, sizes[i].taken);
    }
}

/* A name with markup is that text; letters that turn the others round are taken out. */
static void
test_client_name (void)
{
  static const char text[] = "d1:v16:<b>&\xe2\x80\xaeoof\x01\n</b>e";
  g_auto (BtExtendedHandshake) handshake;

  bt_extended_handshake_init (&handshake);
  g_assert_true (bt_extended_handshake_decode (text, sizeof text - 1, &handshake, NULL));
  g_assert_true (g_str_has_prefix (handshake.client, "<b>&oof"));
  g_assert_true (g_str_has_suffix (handshake.client, "</b>"));
  for (const char *p = handshake.client; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
}

static BtMagnet *
parse_magnet (const char *rest, GError **error)
{
  g_autofree char *link = g_strconcat ("magnet:?xt=urn:btih:", rest, NULL);

  return bt_magnet_parse (link, error);
}

/* The last digit was read past the end. */
static void
test_magnet_odd_hex (void)
{
  static const char *const hashes[] = { "0123456789abcdef0123456789abcdef0123456", "0", "", HEX "0", HEX "01" };

  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse_magnet (hashes[i], &error));
      g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
    }
}

static GString *
link_with_trackers (guint n)
{
  GString *rest = g_string_new (HEX);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (rest, "&tr=udp://%u", i);
  return rest;
}

/* They overran a stack. A link may be long, but it is not kept whole. */
static void
test_magnet_trackers (void)
{
  g_autoptr (GString) many = link_with_trackers (4000);
  g_autoptr (GString) too_many = link_with_trackers (10000);
  g_autoptr (GError) error = NULL;
  g_autoptr (BtMagnet) magnet = parse_magnet (many->str, NULL);

  g_assert_nonnull (magnet);
  g_assert_cmpuint (magnet->tiers->len, ==, BT_LIMIT_TRACKERS);
  g_assert_null (parse_magnet (too_many->str, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_LIMIT);
}

/* Ports were cut to 16 bits, so that 65557 was 21. */
static void
test_ports (void)
{
  static const char reply[] = "d5:peersld2:ip7:8.8.4.44:porti65557eed2:ip7:8.8.4.44:porti0eed2:ip7:8.8.4.44:porti-1ee"
                              "d2:ip7:8.8.4.44:porti65536eed2:ip7:8.8.4.44:porti4294967317eeee";
  static const char values[] = "d1:rd2:id20:" ID "6:valuesl6:\x08\x08\x04\x04\x01\x01" "6:\x08\x08\x04\x04\xff\xff"
                               "ee1:t2:aa1:y1:re";
  g_autoptr (BtAnnounceReply) announce = bt_http_tracker_parse_announce (reply, sizeof reply - 1, NULL);
  g_autoptr (BtMagnet) magnet
    = parse_magnet (HEX "&x.pe=8.8.4.4:0&x.pe=8.8.4.4:-1&x.pe=8.8.4.4:65536&x.pe=8.8.4.4:4294967317", NULL);
  g_autoptr (BtMetainfo) metainfo
    = parse (WITH_ROOT ("'nodes' [['8.8.4.4' 0] ['8.8.4.4' -1] ['8.8.4.4' 65536] ['8.8.4.4' 4294967317]]"));
  BtKrpcMessage message;

  g_assert_cmpuint (announce->peers->len, ==, 0);
  g_assert_cmpuint (g_strv_length (magnet->peers), ==, 0);
  g_assert_cmpuint (g_strv_length (metainfo->nodes), ==, 0);
  g_assert_true (decode (values, &message));
  g_assert_cmpuint (message.n_values, ==, 2);
}

/* A list of anything but dictionaries ended the program. */
static void
test_peers_no_dictionaries (void)
{
  static const char reply[] = "d5:peersli7e4:spamlelei8edei9ed2:ip7:8.8.4.44:porti53eeee";
  g_autoptr (BtAnnounceReply) announce = bt_http_tracker_parse_announce (reply, sizeof reply - 1, NULL);

  g_assert_nonnull (announce);
  g_assert_cmpuint (announce->peers->len, ==, 1);
}

/* What a tracker says is cut, and is text. */
static void
test_tracker_message (void)
{
  static const char *const keys[] = { "14:failure reason", "15:warning message" };
  g_autofree char *words = g_strnfill (1000000, '\x1b');

  memcpy (words, "\r\nred\x07<b>", strlen ("\r\nred\x07<b>"));
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *reply = g_strdup_printf ("d%s1000000:%se", keys[i], words);
      g_autoptr (BtAnnounceReply) announce = bt_http_tracker_parse_announce (reply, strlen (reply), NULL);
      const char *said = i == 0 ? announce->failure : announce->warning;

      g_assert_nonnull (strstr (said, "red"));
      g_assert_nonnull (strstr (said, "<b>"));
      g_assert_cmpuint (strlen (said), <=, BT_LIMIT_TEXT_TRACKER + 3);
      for (const char *p = said; *p != '\0'; p = g_utf8_next_char (p))
        g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
    }
}

int
main (int argc, char *argv[])
{
#define ADD(name, func) g_test_add_func ("/proto/regressions/" name, func)
  g_test_init (&argc, &argv, NULL);
  ADD ("dht-salt", test_dht_salt);
  ADD ("dht-token", test_dht_token);
  ADD ("dht-error-without-code", test_dht_error_without_code);
  ADD ("nested-datagram", test_nested_datagram);
  ADD ("nested-handshake", test_nested_handshake);
  ADD ("cut-number-in-datagram", test_cut_number_in_datagram);
  ADD ("metadata-size", test_metadata_size);
  ADD ("client-name", test_client_name);
  ADD ("magnet-odd-hex", test_magnet_odd_hex);
  ADD ("magnet-trackers", test_magnet_trackers);
  ADD ("ports", test_ports);
  ADD ("peers-no-dictionaries", test_peers_no_dictionaries);
  ADD ("tracker-message", test_tracker_message);
  return g_test_run ();
}
