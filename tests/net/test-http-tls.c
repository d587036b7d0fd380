/* test-http-tls.c: HTTPS: certificates are checked, and there is no way back to HTTP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-http-fixture.h"

#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <unistd.h>

static void
append_pem (GString *pem, gnutls_datum_t *datum)
{
  g_string_append_len (pem, (const char *) datum->data, datum->size);
  gnutls_free (datum->data);
}

/* A certificate for "localhost" that signs itself, with its key, in PEM. */
static GString *
make_pem (time_t from, time_t until)
{
  static const guint8 serial[] = { 1, 2, 3 };
  GString *pem = g_string_new (NULL);
  gnutls_datum_t datum;
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t crt;

  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_generate (
                     key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0),
                   ==, 0);
  g_assert_cmpint (gnutls_x509_crt_init (&crt), ==, 0);
  gnutls_x509_crt_set_version (crt, 3);
  gnutls_x509_crt_set_serial (crt, serial, sizeof serial);
  gnutls_x509_crt_set_dn (crt, "CN=localhost", NULL);
  gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, "localhost", 9, GNUTLS_FSAN_SET);
  gnutls_x509_crt_set_activation_time (crt, from);
  gnutls_x509_crt_set_expiration_time (crt, until);
  gnutls_x509_crt_set_basic_constraints (crt, 1, -1);
  gnutls_x509_crt_set_key (crt, key);
  g_assert_cmpint (gnutls_x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0), ==, 0);

  g_assert_cmpint (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &datum), ==, 0);
  append_pem (pem, &datum);
  g_assert_cmpint (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &datum), ==, 0);
  append_pem (pem, &datum);
  gnutls_x509_crt_deinit (crt);
  gnutls_x509_privkey_deinit (key);
  return pem;
}

static GTlsCertificate *
make_certificate (gint64 days_from, gint64 days_until)
{
  time_t now = time (NULL);
  GString *pem = make_pem (now + days_from * 86400, now + days_until * 86400);
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate =
    g_tls_certificate_new_from_pem (pem->str, (gssize) pem->len, &error);

  g_assert_no_error (error);
  g_string_free (pem, TRUE);
  return certificate;
}

/* From now on the system trusts @certificate and no other. Returns: (transfer full): the file that
 * says so, to be removed at the end. */
static char *
trust (GTlsCertificate *certificate)
{
  g_autofree char *pem = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("ft-tls-XXXXXX.pem", &path, &error);

  g_assert_no_error (error);
  close (fd);
  g_object_get (certificate, "certificate-pem", &pem, NULL);
  g_assert_true (g_file_set_contents (path, pem, -1, &error));
  database = g_tls_file_database_new (path, &error);
  g_assert_no_error (error);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
  return g_steal_pointer (&path);
}

/* "/announce/to/URL" redirects to URL, everything else is there. */
static void
serve_cb (SoupServer *server,
          SoupServerMessage *message,
          const char *path,
          GHashTable *query,
          gpointer data)
{
  http_note_request (data, message);
  if (g_str_has_prefix (path, "/announce/to/"))
    {
      soup_message_headers_replace (soup_server_message_get_response_headers (message), "Location",
                                    path + strlen ("/announce/to/"));
      soup_server_message_set_status (message, 302, NULL);
      return;
    }
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "hello", 5);
}

static void
get_https (HttpFixture *fixture, const char *host, const char *path)
{
  g_autofree char *url = g_strdup_printf ("https://%s:%u%s", host, fixture->port, path);

  http_run (fixture, BT_FETCH_TRACKER, 1000, url);
}

static void
test_trusted (HttpFixture *fixture, gconstpointer data)
{
  g_autofree char *trust_file = NULL;
  g_autoptr (GTlsCertificate) certificate = make_certificate (-1, 1);

  trust_file = trust (certificate);
  http_serve (fixture, serve_cb, certificate);
  get_https (fixture, "localhost", "/announce?x");
  http_assert_body (fixture, "hello");

  /* The rules for addresses are the same. */
  get_https (fixture, "localhost", "/admin");
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
  http_settle (fixture);
  g_assert_cmpuint (fixture->requests->len, ==, 1);
  g_unlink (trust_file);
}

static void
assert_untrusted (HttpFixture *fixture)
{
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
  g_assert_nonnull (strstr (fixture->error->message, "certificate"));
  http_settle (fixture);
  g_assert_cmpuint (fixture->requests->len, ==, 0);
}

static void
test_self_signed (HttpFixture *fixture, gconstpointer data)
{
  g_autofree char *trust_file = NULL;
  g_autoptr (GTlsCertificate) trusted = make_certificate (-1, 1);
  g_autoptr (GTlsCertificate) certificate = make_certificate (-1, 1);

  trust_file = trust (trusted);
  http_serve (fixture, serve_cb, certificate);
  get_https (fixture, "localhost", "/announce");
  assert_untrusted (fixture);
  g_unlink (trust_file);
}

static void
test_other_name (HttpFixture *fixture, gconstpointer data)
{
  g_autofree char *trust_file = NULL;
  g_autoptr (GTlsCertificate) certificate = make_certificate (-1, 1);

  trust_file = trust (certificate);
  http_serve (fixture, serve_cb, certificate);
  get_https (fixture, "127.0.0.1", "/announce");
  assert_untrusted (fixture);
  g_unlink (trust_file);
}

static void
test_expired (HttpFixture *fixture, gconstpointer data)
{
  g_autofree char *trust_file = NULL;
  g_autoptr (GTlsCertificate) certificate = make_certificate (-3, -2);

  trust_file = trust (certificate);
  http_serve (fixture, serve_cb, certificate);
  get_https (fixture, "localhost", "/announce");
  assert_untrusted (fixture);
  g_unlink (trust_file);
}

static void
test_downgrade (HttpFixture *fixture, gconstpointer data)
{
  static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nraw";
  g_autofree char *trust_file = NULL;
  g_autoptr (GTlsCertificate) certificate = make_certificate (-1, 1);
  g_autofree char *path = NULL;

  trust_file = trust (certificate);
  http_serve (fixture, serve_cb, certificate);
  http_serve_raw (fixture, answer, sizeof answer - 1);
  path = g_strdup_printf ("/announce/to/http://localhost:%u/announce", fixture->raw_port);
  get_https (fixture, "localhost", path);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
  g_assert_cmpuint (fixture->requests->len, ==, 1);
  http_settle (fixture);
  g_assert_cmpuint (fixture->raw_streams->len, ==, 0);
  g_unlink (trust_file);
}

static void
test_upgrade (HttpFixture *fixture, gconstpointer data)
{
  g_autofree char *trust_file = NULL;
  g_autoptr (GTlsCertificate) certificate = make_certificate (-1, 1);
  g_autofree char *answer = NULL;
  g_autofree char *url = NULL;

  trust_file = trust (certificate);
  http_serve (fixture, serve_cb, certificate);
  answer = g_strdup_printf ("HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n"
                            "Location: https://localhost:%u/announce\r\n\r\n",
                            fixture->port);
  http_serve_raw (fixture, answer, strlen (answer));
  url = g_strdup_printf ("http://localhost:%u/announce", fixture->raw_port);
  http_run (fixture, BT_FETCH_TRACKER, 1000, url);
  http_assert_body (fixture, "hello");
  g_unlink (trust_file);
}

/* A kept connection of HTTP/2, on which libsoup does not wait for a turn of the loop to write. */
static void
test_kept_http2 (HttpFixture *fixture, gconstpointer data)
{
  g_autofree char *trust_file = NULL;
  g_autoptr (GTlsCertificate) certificate = make_certificate (-1, 1);

  trust_file = trust (certificate);
  g_setenv ("SOUP_SERVER_HTTP2", "1", TRUE);
  http_serve (fixture, serve_cb, certificate);
  g_unsetenv ("SOUP_SERVER_HTTP2");

  get_https (fixture, "localhost", "/announce?1");
  http_assert_body (fixture, "hello");
  get_https (fixture, "localhost", "/announce?2");
  http_assert_body (fixture, "hello");
  g_assert_cmpint (fixture->version, ==, SOUP_HTTP_2_0);

  get_https (fixture, "localhost", "/admin?delete");
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
  http_settle (fixture);
  for (guint i = 0; i < fixture->requests->len; i++)
    g_assert_false (g_str_has_prefix (fixture->requests->pdata[i], "/admin"));

  /* The session is none the worse for it. */
  get_https (fixture, "localhost", "/announce?3");
  http_assert_body (fixture, "hello");
  g_unlink (trust_file);
}

/* HTTP where TLS is expected. */
static void
test_no_tls (HttpFixture *fixture, gconstpointer data)
{
  static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nraw";
  g_autofree char *url = NULL;

  http_serve_raw (fixture, answer, sizeof answer - 1);
  url = g_strdup_printf ("https://localhost:%u/announce", fixture->raw_port);
  http_run (fixture, BT_FETCH_TRACKER, 1000, url);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
}

int
main (int argc, char **argv)
{
  /* No proxy of the environment has a say here. */
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init (&argc, &argv, NULL);
  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_print ("1..0 # SKIP GIO has no TLS here\n");
      return 0;
    }
#define ADD(name, func)                                                                            \
  g_test_add ("/net/http-tls/" name, HttpFixture, NULL, http_set_up, func, http_tear_down)
  ADD ("trusted", test_trusted);
  ADD ("self-signed", test_self_signed);
  ADD ("other-name", test_other_name);
  ADD ("expired", test_expired);
  ADD ("downgrade", test_downgrade);
  ADD ("upgrade", test_upgrade);
  ADD ("kept-http2", test_kept_http2);
  ADD ("no-tls", test_no_tls);
#undef ADD
  return g_test_run ();
}
