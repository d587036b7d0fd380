/* test-http-bodies.c: bodies in chunks and compressed bodies that broke other clients.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-http-tracker.h"
#include "ft-http-fixture.h"
#include "ft-test-vectors.h"

#define MAX_BYTES 1000000 /* as the shared data says */

static void
get_body (HttpFixture *fixture, const char *header, const void *body, gsize length)
{
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 200 OK\r\n%s\r\n\r\n", header);
  g_autofree char *url = NULL;

  g_byte_array_append (answer, (const guint8 *) head, (guint) strlen (head));
  g_byte_array_append (answer, body, (guint) length);
  if (fixture->raw == NULL)
    http_serve_raw (fixture, "", 0);
  g_clear_pointer (&fixture->raw_answer, g_bytes_unref);
  fixture->raw_answer = g_bytes_new (answer->data, answer->len);
  url = g_strdup_printf ("http://127.0.0.1:%u/announce", fixture->raw_port);
  http_run (fixture, BT_FETCH_TRACKER, MAX_BYTES, url);
}

static void
get_chunks (HttpFixture *fixture, const char *body, gsize length)
{
  get_body (fixture, "Transfer-Encoding: chunked", body, length);
}

static void
assert_no_body (HttpFixture *fixture)
{
  g_assert_null (fixture->body);
  g_assert_nonnull (fixture->error);
  g_assert_true (fixture->error->domain == BT_ERROR);
}

/* To libsoup before 3.6 a chunk of negative size is the end. What came before it, of @good, is all that may be there. */
static void
assert_no_more_than (HttpFixture *fixture, const char *good)
{
  const void *bytes;
  gsize length;

  if (fixture->body == NULL)
    {
      assert_no_body (fixture);
      return;
    }
  bytes = g_bytes_get_data (fixture->body, &length);
  g_assert_cmpuint (length, <=, strlen (good));
  g_assert_cmpmem (bytes, length, good, length);
}

typedef struct
{
  const char *body;
  const char *good; /* (nullable): NULL: it is refused */
} BadChunks;

/* Sizes that are negative, that overflow, that are no number, and that promise more than comes. */
static void
test_chunks (HttpFixture *fixture, gconstpointer data)
{
  static const BadChunks bad[] = {
    { "-10\r\n0123456789abcdef\r\n0\r\n\r\n", "" },
    { "4\r\ntest\r\n-1\r\nx\r\n0\r\n\r\n", "test" },
    { "7FFFFFFFFFFFFFBF\r\nx", NULL },
    { "FFFFFFFFFFFFFFFF\r\nx", "" },
    { "10000000000000000\r\n0123456789abcdef\r\n0\r\n\r\n", "" },
    { "4\r\ntest\r\n20\r\n0123456789abcdef\r\n0\r\n\r\n", NULL },
    { "zzzz\r\n0123456789abcdef\r\n0\r\n\r\n", "" },
    { "\r\n\r\n", "" },
    { "4\r\nte", NULL },
  };

  get_chunks (fixture, "4\r\ntest\r\n3\r\ning\r\n0\r\n\r\n", strlen ("4\r\ntest\r\n3\r\ning\r\n0\r\n\r\n"));
  http_assert_body (fixture, "testing");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      get_chunks (fixture, bad[i].body, strlen (bad[i].body));
      g_test_message ("%s: %s", bad[i].body, fixture->error != NULL ? fixture->error->message : "read");
      if (bad[i].good == NULL)
        assert_no_body (fixture);
      else
        assert_no_more_than (fixture, bad[i].good);
    }
}

static void
test_chunks_table (HttpFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) rows = ft_test_read_table ("libtorrent/vectors/http_chunked.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const GString *body = ft_test_cell (rows->pdata[i], 0);
      const char *expected = ft_test_cell (rows->pdata[i], 1)->str;

      get_chunks (fixture, body->str, body->len);
      if (g_str_has_prefix (expected, "ok "))
        http_assert_body (fixture, expected + strlen ("ok "));
      else
        assert_no_more_than (fixture, "test1234");
    }
}

/* What libsoup cannot begin to decode it hands over as it came, for servers that call it by a wrong name. It is no
 * longer then, and whoever reads it refuses it. */
static void
assert_damaged (HttpFixture *fixture, GBytes *file)
{
  g_autoptr (GError) error = NULL;

  if (fixture->body == NULL)
    {
      assert_no_body (fixture);
      return;
    }
  g_assert_cmpuint (g_bytes_get_size (fixture->body), <=, g_bytes_get_size (file));
  g_assert_null (bt_http_tracker_parse_announce (g_bytes_get_data (fixture->body, NULL),
                                                 g_bytes_get_size (fixture->body), &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
}

/* libtorrent's compressed files: two are damaged, one is zeros and no larger than may be. */
static void
test_gzip_files (HttpFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *file;
    gboolean good;
  } files[] = { { "libtorrent/gzip/corrupt.gz", FALSE },
                { "libtorrent/gzip/invalid1.gz", FALSE },
                { "libtorrent/gzip/zeroes.gz", TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GBytes) file = ft_test_read_file (files[i].file);

      if (file == NULL)
        return;
      get_body (fixture, "Content-Encoding: gzip", g_bytes_get_data (file, NULL), g_bytes_get_size (file));
      g_test_message ("%s: %s", files[i].file, fixture->error != NULL ? fixture->error->message : "read");
      if (!files[i].good)
        {
          assert_damaged (fixture, file);
          continue;
        }
      g_assert_no_error (fixture->error);
      g_assert_cmpuint (g_bytes_get_size (fixture->body), >, 0);
      for (gsize at = 0; at < g_bytes_get_size (fixture->body); at++)
        g_assert_cmpuint (((const guint8 *) g_bytes_get_data (fixture->body, NULL))[at], ==, 0);
    }
}

int
main (int argc, char *argv[])
{
#define ADD(path, func) \
  g_test_add ("/net/http-bodies/" path, HttpFixture, NULL, http_set_up, func, http_tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("chunks", test_chunks);
  ADD ("chunks-table", test_chunks_table);
  ADD ("gzip-files", test_gzip_files);
  return g_test_run ();
}
