/* test-krpc.c: the datagrams of the DHT, read and written.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-krpc.h"
#include "bt-limits.h"
#include "bt-random.h"
#include "ft-tsv.h"

#define ID "abcdefghij0123456789"
#define OTHER "mnopqrstuvwxyz123456"

static BtEndpoint
parse (const char *text)
{
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse (&endpoint, text));
  return endpoint;
}

static gboolean
decode_bytes (const void *data, gsize length, BtKrpcMessage *out)
{
  BtEndpoint from = parse ("93.184.216.34:6881");

  return bt_krpc_decode (data, length, &from, out);
}

static gboolean
decode (const char *text, BtKrpcMessage *out)
{
  return decode_bytes (text, strlen (text), out);
}

static void
assert_span (BtKrpcSpan span, const char *text)
{
  g_assert_cmpmem (span.data, span.length, text, strlen (text));
}

static void
assert_id (const BtNodeId *id, const char *text)
{
  g_assert_cmpmem (id->bytes, BT_NODE_ID_SIZE, text, strlen (text));
}

static void
assert_encodes (const BtKrpcMessage *message, const char *expected, gsize length)
{
  guint8 out[BT_KRPC_MAX_ITEM_BYTES];
  gsize n = bt_krpc_encode (message, out);

  g_assert_cmpmem (out, n, expected, length);
}

#define assert_encodes_text(message, text) assert_encodes (message, text, sizeof text - 1)

static BtNodeId
make_id (const char *text)
{
  BtNodeId id;

  g_assert_cmpuint (strlen (text), ==, sizeof id.bytes);
  memcpy (id.bytes, text, sizeof id.bytes);
  return id;
}

static void
test_queries (void)
{
  BtKrpcMessage message;

  g_assert_true (decode ("d1:ad2:id20:" ID "e1:q4:ping1:t2:aa1:y1:qe", &message));
  g_assert_cmpint (message.type, ==, BT_KRPC_QUERY);
  g_assert_cmpint (message.method, ==, BT_KRPC_PING);
  g_assert_cmpint (message.problem, ==, 0);
  assert_span (message.transaction, "aa");
  assert_id (&message.id, ID);
  g_assert_false (message.read_only);

  g_assert_true (decode ("d1:ad2:id20:" ID "6:target20:" OTHER
                         "4:wantl2:n42:n62:xxee1:q9:find_node1:t1:a1:y1:qe",
                         &message));
  g_assert_cmpint (message.method, ==, BT_KRPC_FIND_NODE);
  g_assert_cmpint (message.want, ==, BT_KRPC_WANT_IPV4 | BT_KRPC_WANT_IPV6);
  assert_id (&message.target, OTHER);

  g_assert_true (decode ("d1:ad2:id20:" ID "9:info_hash20:" OTHER
                         "6:noseedi1e6:scrapei1ee1:q9:get_peers2:roi1e1:t2:aa1:v4:UT001:y1:qe",
                         &message));
  g_assert_cmpint (message.method, ==, BT_KRPC_GET_PEERS);
  g_assert_true (message.noseed && message.scrape && message.read_only);
  assert_span (message.version, "UT00");
  assert_id (&message.target, OTHER);
}

static void
test_announce (void)
{
  BtKrpcMessage message;

  g_assert_true (decode ("d1:ad2:id20:" ID "12:implied_porti1e9:info_hash20:" OTHER
                         "4:porti0e4:seedi1e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
                         &message));
  g_assert_cmpint (message.problem, ==, 0);
  g_assert_cmpint (message.port, ==, 0);
  g_assert_true (message.implied_port && message.seed);
  assert_span (message.token, "aoeusnth");

  g_assert_true (decode ("d1:ad2:id20:" ID "9:info_hash20:" OTHER
                         "4:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
                         &message));
  g_assert_cmpint (message.problem, ==, 0);
  g_assert_cmpint (message.port, ==, 6881);
  g_assert_false (message.implied_port || message.seed);
}

/* Each is answered with an error of its own. */
static void
test_problems (void)
{
  static const struct
  {
    const char *text;
    BtKrpcErrorCode problem;
  } rows[] = {
    { "d1:q4:ping1:t2:hi1:y1:qe", BT_KRPC_ERROR_PROTOCOL },
    { "d1:ad2:id20:" ID "e1:t2:hi1:y1:qe", BT_KRPC_ERROR_PROTOCOL },
    { "d1:ad2:id19:" "abcdefghij012345678" "e1:q4:ping1:t2:hi1:y1:qe", BT_KRPC_ERROR_PROTOCOL },
    { "d1:ad2:id20:" ID "e1:q9:find_node1:t2:aa1:y1:qe", BT_KRPC_ERROR_PROTOCOL },
    { "d1:ad2:id20:" ID "e1:q9:get_peers1:t2:aa1:y1:qe", BT_KRPC_ERROR_PROTOCOL },
    { "d1:ad2:id20:" ID "e1:q4:vote1:t2:aa1:y1:qe", BT_KRPC_ERROR_METHOD },
    { "d1:ad2:id20:" ID "9:info_hash20:" OTHER
      "4:porti6881ee1:q13:announce_peer1:t2:aa1:y1:qe", BT_KRPC_ERROR_PROTOCOL },
    { "d1:ad2:id20:" ID "9:info_hash20:" OTHER
      "4:porti0e5:token1:xe1:q13:announce_peer1:t2:aa1:y1:qe", BT_KRPC_ERROR_PROTOCOL },
    { "d1:ad2:id20:" ID "9:info_hash20:" OTHER
      "4:porti65536e5:token1:xe1:q13:announce_peer1:t2:aa1:y1:qe", BT_KRPC_ERROR_PROTOCOL },
    { "d1:ad2:id20:" ID "5:token1:xe1:q3:put1:t2:aa1:y1:qe", BT_KRPC_ERROR_PROTOCOL },
    { "d1:ad2:id20:" ID "1:v3:abce1:q3:put1:t2:aa1:y1:qe", BT_KRPC_ERROR_PROTOCOL },
    { "d1:ad2:id20:" ID "5:token1:x1:vd1:bi1e1:ai1eee1:q3:put1:t2:aa1:y1:qe",
      BT_KRPC_ERROR_PROTOCOL }, /* keys of the value are out of order */
    { "d1:ad2:id20:" ID "1:k3:abc5:token1:x1:vi1ee1:q3:put1:t2:aa1:y1:qe",
      BT_KRPC_ERROR_PROTOCOL },
    { "d1:ad2:id20:" ID "4:salt65:" ID OTHER ID "01234" "5:token1:x1:vi1ee1:q3:put1:t2:aa1:y1:qe",
      BT_KRPC_ERROR_SALT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BtKrpcMessage message;

      g_assert_true (decode (rows[i].text, &message));
      g_assert_cmpint (message.type, ==, BT_KRPC_QUERY);
      g_assert_cmpint (message.problem, ==, rows[i].problem);
    }
}

static void
test_unknown_method (void)
{
  BtKrpcMessage message;

  g_assert_true (decode ("d1:ad2:id20:" ID "9:info_hash20:" OTHER "e1:q4:vote1:t2:aa1:y1:qe",
                         &message));
  g_assert_cmpint (message.problem, ==, 0);
  g_assert_cmpint (message.method, ==, BT_KRPC_UNKNOWN);
  assert_id (&message.target, OTHER);
}

static void
test_reply (void)
{
  static const char text[] = "d2:ip6:\x7c\xa8\xb4\x08\xf5|1:rd2:id20:" ID
                             "5:nodes52:" OTHER "\x08\x08\x08\x08\x1a\xe1" ID
                             "\x08\x08\x04\x04\x1a\xe1"
                             "5:token8:aoeusnth6:valuesl6:axje.u6:idhtnmee1:t2:aa1:y1:re";
  BtEndpoint ip = parse ("124.168.180.8:62844");
  BtEndpoint first = parse ("97.120.106.101:11893");
  BtEndpoint node = parse ("8.8.8.8:6881");
  BtKrpcMessage message;

  g_assert_true (decode_bytes (text, sizeof text - 1, &message));
  g_assert_cmpint (message.type, ==, BT_KRPC_REPLY);
  g_assert_true (message.has_ip && bt_endpoint_equal (&message.ip, &ip));
  assert_id (&message.id, ID);
  assert_span (message.token, "aoeusnth");
  g_assert_cmpuint (message.n_values, ==, 2);
  g_assert_true (bt_endpoint_equal (&message.values[0], &first));
  g_assert_true (message.has_nodes && !message.has_nodes6);
  g_assert_cmpuint (message.n_nodes, ==, 2);
  assert_id (&message.nodes[0].id, OTHER);
  g_assert_true (bt_endpoint_equal (&message.nodes[0].endpoint, &node));
}

static void
test_odd_replies (void)
{
  BtKrpcMessage message;

  /* No multiple of 26 bytes. */
  g_assert_true (decode ("d1:rd2:id20:" ID "5:nodes9:def456...e1:t2:aa1:y1:re", &message));
  g_assert_false (message.has_nodes);
  g_assert_cmpuint (message.n_nodes, ==, 0);
  /* Two peers in one string, as the first nodes sent them. */
  g_assert_true (decode ("d1:rd2:id20:" ID "6:valuesl12:axje.uidhtnmee1:t2:aa1:y1:re", &message));
  g_assert_cmpuint (message.n_values, ==, 2);
  /* Both families in one list. */
  g_assert_true (decode ("d1:rd2:id20:" ID "6:valuesl6:axje.u18:*...............u.3:abce"
                         "e1:t2:aa1:y1:re",
                         &message));
  g_assert_cmpuint (message.n_values, ==, 2);
  g_assert_false (bt_endpoint_is_ipv4 (&message.values[1]));
  /* Too long a token is none. */
  g_assert_true (decode ("d1:rd2:id20:" ID "5:token65:" ID OTHER ID "01234" "e1:t2:aa1:y1:re",
                         &message));
  g_assert_null (message.token.data);
}

/* No node of the Internet tells of our own network, but one inside it may. */
static void
test_local_addresses (void)
{
  static const char text[] = "d1:rd2:id20:" ID "6:valuesl"
                             "6:\x7f\0\0\x01\x1a\xe1" /* 127.0.0.1 */
                             "6:\x0a\0\0\x01\x1a\xe1" /* 10.0.0.1 */
                             "6:\x08\x08\x08\x08\x1a\xe1"
                             "6:\x08\x08\x08\x08\0\0" /* no port */
                             "6:\xe0\0\0\x01\x1a\xe1" /* multicast */
                             "18:\0\0\0\0\0\0\0\0\0\0\xff\xff\x08\x08\x08\x08\x1a\xe1"
                             "18:\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x1a\xe1"
                             "ee1:t2:aa1:y1:re";
  static const struct
  {
    const char *from;
    guint n_values;
  } rows[] = { { "8.8.4.4:1", 1 }, { "192.168.1.2:1", 2 }, { "127.0.0.1:1", 3 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BtEndpoint from = parse (rows[i].from);
      BtKrpcMessage message;

      g_assert_true (bt_krpc_decode (text, sizeof text - 1, &from, &message));
      g_assert_cmpuint (message.n_values, ==, rows[i].n_values);
    }
}

static void
test_caps (void)
{
  g_autoptr (GString) text = g_string_new ("d1:rd2:id20:" ID "5:nodes");
  BtKrpcMessage message;

  g_string_append_printf (text, "%u:", 26 * 100);
  for (guint i = 0; i < 100; i++)
    g_string_append (text, OTHER "\x08\x08\x08\x08\x1a\xe1");
  g_string_append (text, "6:valuesl");
  for (guint i = 0; i < 100; i++)
    g_string_append (text, "6:axje.u");
  g_string_append (text, "ee1:t2:aa1:y1:re");
  g_assert_true (decode (text->str, &message));
  g_assert_cmpuint (message.n_nodes, ==, BT_KRPC_MAX_NODES);
  g_assert_cmpuint (message.n_values, ==, 100);

  g_string_insert (text, 0, "d1:x1000:");
  for (guint i = 0; i < 1000; i++)
    g_string_insert_c (text, 9, 'x');
  g_assert_cmpuint (text->len, >, BT_LIMIT_DHT_DATAGRAM);
  g_assert_false (decode (text->str, &message));
}

static void
test_refused (void)
{
  static const char *const refused[] = {
    "", "d", "de", "le", "i1e", "x", "d1:y1:qe",
    "d1:t2:aae",
    "d1:t2:aa1:y1:xe",
    "d1:t2:aa1:y2:qqe",
    "d1:ti1e1:y1:qe",
    "d1:t33:" ID "abcdefghijklm" "1:y1:qe",
    "d1:t2:aa1:y1:re",
    "d1:rd2:id2:aae1:t2:aa1:y1:re",
    "d1:t2:aa1:y1:ee",
    "d1:ele1:t2:aa1:y1:ee",
    "d1:el5:helloe1:t2:aa1:y1:ee",
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      BtKrpcMessage message;

      g_assert_false (decode (refused[i], &message));
    }
}

static void
test_error (void)
{
  BtKrpcMessage message;

  g_assert_true (decode ("d1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee", &message));
  g_assert_cmpint (message.type, ==, BT_KRPC_ERROR);
  g_assert_cmpint (message.code, ==, 201);
  assert_span (message.text, "A Generic Error Ocurred");
}

static void
test_encode_queries (void)
{
  BtNodeId id = make_id (ID);
  BtKrpcMessage message;

  bt_krpc_init_query (&message, BT_KRPC_PING, &id, "aa", 2);
  message.version = (BtKrpcSpan){ NULL, 0 };
  assert_encodes_text (&message, "d1:ad2:id20:" ID "e1:q4:ping1:t2:aa1:y1:qe");

  message.method = BT_KRPC_FIND_NODE;
  message.target = make_id (OTHER);
  assert_encodes_text (&message, "d1:ad2:id20:" ID "6:target20:" OTHER
                                 "e1:q9:find_node1:t2:aa1:y1:qe");
  message.want = BT_KRPC_WANT_IPV4 | BT_KRPC_WANT_IPV6;
  message.read_only = TRUE;
  assert_encodes_text (&message, "d1:ad2:id20:" ID "6:target20:" OTHER
                                 "4:wantl2:n42:n6ee1:q9:find_node2:roi1e1:t2:aa1:y1:qe");

  bt_krpc_init_query (&message, BT_KRPC_GET_PEERS, &id, "aa", 2);
  message.target = make_id (OTHER);
  message.noseed = message.scrape = TRUE;
  assert_encodes_text (&message, "d1:ad2:id20:" ID "9:info_hash20:" OTHER
                                 "6:noseedi1e6:scrapei1ee1:q9:get_peers1:t2:aa1:v4:FT\0\1"
                                 "1:y1:qe");

  bt_krpc_init_query (&message, BT_KRPC_ANNOUNCE_PEER, &id, "aa", 2);
  message.version = (BtKrpcSpan){ NULL, 0 };
  message.target = make_id (OTHER);
  message.token = (BtKrpcSpan){ (const guint8 *) "aoeusnth", 8 };
  message.port = 6881;
  message.implied_port = message.seed = TRUE;
  assert_encodes_text (&message, "d1:ad2:id20:" ID "12:implied_porti1e9:info_hash20:" OTHER
                                 "4:porti6881e4:seedi1e5:token8:aoeusnthe"
                                 "1:q13:announce_peer1:t2:aa1:y1:qe");
}

static void
test_encode_items (void)
{
  BtNodeId id = make_id (ID);
  BtKrpcMessage message, back;
  guint8 key[BT_KRPC_KEY_SIZE] = "key";
  guint8 signature[BT_KRPC_SIGNATURE_SIZE] = "signature";
  guint8 out[BT_KRPC_MAX_ITEM_BYTES];
  g_autoptr (GString) value = g_string_new ("995:");
  gsize length;

  bt_krpc_init_query (&message, BT_KRPC_GET, &id, "aa", 2);
  message.target = make_id (OTHER);
  message.item.has_sequence = TRUE;
  message.item.sequence = 7;
  assert_encodes_text (&message, "d1:ad2:id20:" ID "3:seqi7e6:target20:" OTHER
                                 "e1:q3:get1:t2:aa1:v4:FT\0\1"
                                 "1:y1:qe");

  g_string_set_size (value, 999);
  memset (value->str + 4, 'x', 995);
  bt_krpc_init_query (&message, BT_KRPC_PUT, &id, "aaaa", 4);
  message.token = (BtKrpcSpan){ (const guint8 *) "01234567890123456789", 20 };
  message.item = (BtKrpcItem){ .value = { (const guint8 *) value->str, value->len },
                               .key = key,
                               .signature = signature,
                               .salt = { (const guint8 *) ID OTHER, 40 },
                               .has_sequence = TRUE,
                               .sequence = G_MAXINT64,
                               .has_cas = TRUE,
                               .cas = G_MININT64 };
  length = bt_krpc_encode (&message, out);
  g_assert_cmpuint (length, >, BT_KRPC_MAX_BYTES);
  g_assert_true (decode_bytes (out, length, &back));
  g_assert_cmpint (back.problem, ==, 0);
  g_assert_cmpmem (back.item.value.data, back.item.value.length, value->str, value->len);
  g_assert_cmpmem (back.item.key, 32, key, 32);
  g_assert_cmpmem (back.item.signature, 64, signature, 64);
  g_assert_cmpmem (back.item.salt.data, back.item.salt.length, ID OTHER, 40);
  g_assert_true (back.item.has_cas && back.item.cas == G_MININT64);
  g_assert_true (back.item.has_sequence && back.item.sequence == G_MAXINT64);
}

static void
test_encode_replies (void)
{
  BtNodeId id = make_id (ID);
  BtEndpoint to = parse ("124.168.180.8:62844");
  BtKrpcMessage query, message;

  g_assert_true (decode ("d1:ad2:id20:" OTHER "e1:q4:ping1:t5:hello1:y1:qe", &query));
  bt_krpc_init_reply (&message, &query, &id, &to);
  assert_encodes_text (&message, "d2:ip6:\x7c\xa8\xb4\x08\xf5|1:rd2:id20:" ID
                                 "e1:t5:hello1:v4:FT\0\1"
                                 "1:y1:re");
  message.has_nodes = TRUE;
  message.has_samples = TRUE;
  message.interval_s = 420;
  message.samples = (BtKrpcSpan){ (const guint8 *) OTHER, 20 };
  message.n_stored = 1;
  message.has_ip = FALSE;
  message.n_values = 1;
  message.values[0] = to;
  assert_encodes_text (&message, "d1:rd2:id20:" ID "8:intervali420e5:nodes0:3:numi1e"
                                 "7:samples20:" OTHER "6:valuesl6:\x7c\xa8\xb4\x08\xf5|e"
                                 "e1:t5:hello1:v4:FT\0\1"
                                 "1:y1:re");

  bt_krpc_init_error (&message, &query, BT_KRPC_ERROR_METHOD, &to);
  assert_encodes_text (&message, "d1:eli204e14:Method unknowne2:ip6:\x7c\xa8\xb4\x08\xf5|"
                                 "1:t5:hello1:v4:FT\0\1"
                                 "1:y1:ee");
}

/* Peers go before nodes, and what is left is as much as fits. */
static void
test_encode_long (void)
{
  BtNodeId id = make_id (ID);
  BtEndpoint to = parse ("[2a00:1450::1]:6881");
  guint8 filter[BT_KRPC_BLOOM_SIZE] = { 0 };
  guint8 out[BT_KRPC_MAX_ITEM_BYTES];
  BtKrpcMessage query, message, back;
  gsize length;

  g_assert_true (decode ("d1:ad2:id20:" OTHER "e1:q4:ping1:t5:hello1:y1:qe", &query));
  bt_krpc_init_reply (&message, &query, &id, &to);
  message.has_nodes6 = TRUE;
  message.n_nodes6 = 8;
  for (guint i = 0; i < 8; i++)
    message.nodes6[i] = (BtKrpcNode){ id, to };
  message.n_values = BT_KRPC_MAX_VALUES;
  for (guint i = 0; i < message.n_values; i++)
    message.values[i] = to;
  length = bt_krpc_encode (&message, out);
  g_assert_cmpuint (length, <=, BT_KRPC_MAX_BYTES);
  g_assert_cmpuint (length, >, BT_KRPC_MAX_BYTES - 2 * 21);
  g_assert_true (decode_bytes (out, length, &back));
  g_assert_cmpuint (back.n_nodes6, ==, 8);

  message.seeds = message.peers = filter;
  length = bt_krpc_encode (&message, out);
  g_assert_true (length > 0 && length <= BT_KRPC_MAX_BYTES);
  g_assert_true (decode_bytes (out, length, &back));
  g_assert_nonnull (back.seeds);
  g_assert_cmpuint (back.n_nodes6, ==, 8);
}

static void
test_conformance (void)
{
  g_autoptr (GPtrArray) rows = ft_tsv_load ("beps/vectors/dht_messages.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      gsize length;
      const char *data = g_bytes_get_data (ft_tsv_bytes (rows, i, 0), &length);
      const char *meaning = ft_tsv_text (rows, i, 1);
      BtKrpcMessage message;
      gboolean read = decode_bytes (data, length, &message);

      g_test_message ("%s", meaning);
      g_assert_cmpint (read, ==, !g_str_has_prefix (meaning, "malformed"));
      if (read)
        g_assert_cmpint (message.problem == BT_KRPC_ERROR_PROTOCOL, ==,
                         strstr (meaning, "error 203") != NULL && strstr (meaning, "token") == NULL);
      if (strstr (meaning, "read-only") != NULL)
        g_assert_true (message.read_only);
    }
}

static void
test_regressions (void)
{
  g_autofree char *dir = ft_test_conformance_dir ();
  g_autofree char *path = dir != NULL ? g_build_filename (dir, "anacrolix-dht", "fuzz", "Fuzz", NULL)
                                      : NULL;
  g_autoptr (GDir) files = path != NULL ? g_dir_open (path, 0, NULL) : NULL;
  const char *name;

  g_assert_true (files != NULL || dir == NULL);
  while (files != NULL && (name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *data = NULL;
      BtKrpcMessage message;
      gsize length;

      g_assert_true (g_file_get_contents (file, &data, &length, NULL));
      decode_bytes (data, length, &message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/krpc/queries", test_queries);
  g_test_add_func ("/proto/krpc/announce", test_announce);
  g_test_add_func ("/proto/krpc/problems", test_problems);
  g_test_add_func ("/proto/krpc/unknown-method", test_unknown_method);
  g_test_add_func ("/proto/krpc/reply", test_reply);
  g_test_add_func ("/proto/krpc/odd-replies", test_odd_replies);
  g_test_add_func ("/proto/krpc/local-addresses", test_local_addresses);
  g_test_add_func ("/proto/krpc/caps", test_caps);
  g_test_add_func ("/proto/krpc/refused", test_refused);
  g_test_add_func ("/proto/krpc/error", test_error);
  g_test_add_func ("/proto/krpc/encode-queries", test_encode_queries);
  g_test_add_func ("/proto/krpc/encode-items", test_encode_items);
  g_test_add_func ("/proto/krpc/encode-replies", test_encode_replies);
  g_test_add_func ("/proto/krpc/encode-long", test_encode_long);
  g_test_add_func ("/proto/krpc/conformance", test_conformance);
  g_test_add_func ("/proto/krpc/regressions", test_regressions);
  return g_test_run ();
}
