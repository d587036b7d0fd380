/* test-text.c: texts of strangers for a screen, ours for a URL, URLs for a log.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-random.h"
#include "bt-text.h"

#include "ft-test-vectors.h"

#define TEXT(s) s, sizeof s - 1

static void
test_display (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
    const char *shown;
  } cases[] = {
    { TEXT (""), "" },
    { TEXT ("Debian 13"), "Debian 13" },
    { TEXT ("<b>&amp;"), "<b>&amp;" },
    { TEXT ("a\nb\r\nc\rd\n\ne\tf\vg"), "a b c d  e f g" },
    { TEXT ("a\r\n\r\nb"), "a  b" },
    { TEXT ("a\xc2\x85"
            "b\xe2\x80\xa8"
            "c\xe2\x80\xa9"
            "d"),
      "a b c d" },
    { TEXT ("a\0b\x01\x1b[31m\x7f\xc2\x9b"
            "c"),
      "ab[31mc" },
    { TEXT ("photo\xe2\x80\xaegpj.exe"), "photogpj.exe" },
    { TEXT ("a\xe2\x81\xa6"
            "b\xe2\x81\xa9"
            "c\xe2\x80\x8f"),
      "abc" },
    { TEXT ("\xef\xbb\xbfpay\xe2\x80\x8bpal\xc2\xad"), "paypal" },
    { TEXT ("g\xc3\xbcltig \xd0\xbf\xd1\x80\xd0\xb8 \xf0\x9f\x98\x80"),
      "g\xc3\xbcltig \xd0\xbf\xd1\x80\xd0\xb8 \xf0\x9f\x98\x80" },
    { TEXT ("e\xcc\x81 \xe2\x9d\xa4\xef\xb8\x8f"), "e\xcc\x81 \xe2\x9d\xa4\xef\xb8\x8f" },
    { TEXT ("latin-1: \xfc\xe4"), "latin-1: \xef\xbf\xbd\xef\xbf\xbd" },
    { TEXT ("overlong \xc0\xaf"), "overlong \xef\xbf\xbd\xef\xbf\xbd" },
    { TEXT ("surrogate \xed\xa0\x80"), "surrogate \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
    { TEXT ("cut \xe2\x82"), "cut \xef\xbf\xbd" },
    { TEXT ("lone \xe2z"), "lone \xef\xbf\xbdz" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *copy = g_memdup2 (cases[i].bytes, cases[i].length);
      g_autofree char *shown = bt_text_for_display (copy, cases[i].length, 1000);

      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

static void
test_display_cut (void)
{
  static const char text[] = "ab\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80";
  static const guint lengths[] = { 0, 1, 2, 2, 4, 4, 4, 7, 7, 7, 7, 11, 11 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *shown = bt_text_for_display (text, sizeof text - 1, i);

      g_assert_cmpuint (strlen (shown), ==, lengths[i]);
      g_assert_true (g_str_has_prefix (text, shown));
    }
}

/* Any bytes at all become text that is clean. */
static void
test_display_random (void)
{
  BtRandom random;

  bt_random_seed (&random, 2);
  for (guint i = 0; i < 5000; i++)
    {
      gsize length = bt_random_below (&random, 60);
      g_autofree guint8 *bytes = g_malloc (length);
      g_autofree char *shown = NULL;

      bt_random_fill (&random, bytes, length);
      for (gsize j = 0; j + 2 < length && i % 2 == 0; j += 3)
        {
          bytes[j] = 0xe2;
          bytes[j + 1] = 0x80 | (bytes[j + 1] & 1);
        }
      shown = bt_text_for_display (bytes, length, 50);
      g_assert_cmpuint (strlen (shown), <=, 50);
      g_assert_true (g_utf8_validate (shown, -1, NULL));
      for (const char *p = shown; *p != '\0'; p = g_utf8_next_char (p))
        {
          g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
          g_assert_false (bt_text_is_deceptive (g_utf8_get_char (p)));
        }
    }
}

/* Without what cannot be seen. Returns: (transfer full) */
static char *
leave_out_deceptive (const char *line)
{
  GString *rest = g_string_new (NULL);

  for (const char *p = line; *p != '\0'; p = g_utf8_next_char (p))
    if (!bt_text_is_deceptive (g_utf8_get_char (p)))
      g_string_append_unichar (rest, g_utf8_get_char (p));
  return g_string_free (rest, FALSE);
}

/* Texts of all kinds of letters stay as they are. */
static void
test_display_files (void)
{
  static const char *const files[] = { "libtorrent/utf8/utf8_test.txt", "libtorrent/utf8/utf8_latin1_test.txt" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GBytes) file = ft_test_read_file (files[i]);
      g_autofree char *text = NULL;
      g_auto (GStrv) lines = NULL;

      if (file == NULL)
        return;
      text = g_strndup (g_bytes_get_data (file, NULL), g_bytes_get_size (file));
      g_assert_true (g_utf8_validate (text, -1, NULL));
      lines = g_strsplit (text, "\n", -1);
      for (guint n = 0; lines[n] != NULL; n++)
        {
          g_autofree char *expected = leave_out_deceptive (g_strdelimit (g_strstrip (lines[n]), "\t\r", ' '));
          g_autofree char *shown = bt_text_for_display (lines[n], strlen (lines[n]), G_MAXINT);

          g_assert_cmpstr (shown, ==, expected);
        }
    }
}

static void
test_deceptive (void)
{
  static const gunichar yes[] = { 0xad,   0x61c,  0x200b, 0x200c, 0x200d, 0x200e,  0x200f, 0x202a,
                                  0x202e, 0x2060, 0x2066, 0x2069, 0xfeff, 0xe0001, 0xe007f };
  static const gunichar no[] = { 'a',    ' ',    0xa0,   0x301,  0x200a,  0x2010,
                                 0x2029, 0x202f, 0x205f, 0x2070, 0x1f600, 0xfffd };

  for (guint i = 0; i < G_N_ELEMENTS (yes); i++)
    g_assert_true (bt_text_is_deceptive (yes[i]));
  for (guint i = 0; i < G_N_ELEMENTS (no); i++)
    g_assert_false (bt_text_is_deceptive (no[i]));
}

static void
test_percent_encode (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
    const char *encoded;
  } cases[] = {
    { TEXT (""), "" },
    { TEXT ("AZaz09-._~"), "AZaz09-._~" },
    { TEXT (" !\"#$%&'()*+,/:;<=>?@[\\]^`{|}"),
      "%20%21%22%23%24%25%26%27%28%29%2A%2B%2C%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D" },
    { TEXT ("\0\x12\x7f\x80\xff"), "%00%12%7F%80%FF" },
    { TEXT ("\x12\x34\x56\x78\x9a\xbc\xde\xf1\x23\x45\x67\x89\xab\xcd\xef\x12\x34\x56\x78\x9a"),
      "%124Vx%9A%BC%DE%F1%23Eg%89%AB%CD%EF%124Vx%9A" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *encoded = bt_text_percent_encode (cases[i].bytes, cases[i].length);

      g_assert_cmpstr (encoded, ==, cases[i].encoded);
    }
}

/* What the table decodes, GLib decodes again from our encoding. */
static void
test_percent_table (void)
{
  g_autoptr (GPtrArray) rows = ft_test_read_table ("transmission/vectors/percent_decode.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const GString *decoded = ft_test_cell (g_ptr_array_index (rows, i), 1);
      g_autofree char *encoded = bt_text_percent_encode (decoded->str, decoded->len);
      g_autoptr (GBytes) back = g_uri_unescape_bytes (encoded, -1, NULL, NULL);

      g_assert_nonnull (back);
      g_assert_cmpmem (g_bytes_get_data (back, NULL), g_bytes_get_size (back), decoded->str,
                       decoded->len);
    }
}

static void
test_redact (void)
{
  static const struct
  {
    const char *url;
    const char *redacted;
  } cases[] = {
    { "", "" },
    { "http://tracker.example/announce", "http://tracker.example/announce" },
    { "udp://tracker.example:1337", "udp://tracker.example:1337" },
    { "udp://[::1]:1337/announce", "udp://[::1]:1337/announce" },
    { "https://t.example/announce.php?passkey=0123&x=y", "https://t.example/announce.php" },
    { "https://t.example?passkey=0123", "https://t.example" },
    { "https://t.example/#secret", "https://t.example/" },
    { "https://me:word@t.example:80/a", "https://t.example:80/a" },
    { "https://me@t.example", "https://t.example" },
    { "https://me:w@rd@t.example/a@b", "https://t.example/a@b" },
    { "https://t.example/0123456789abcdef0123456789abcdef/announce",
      "https://t.example/***/announce" },
    { "https://t.example/announce/aGVsbG8gd29ybGQ1", "https://t.example/announce/***" },
    { "https://t.example/x/abcdefghijklmnopqrstuvwxyzabcdef", "https://t.example/x/***" },
    { "https://t.example/some-torrent-files/a", "https://t.example/some-torrent-files/a" },
    { "https://t.example//a/", "https://t.example//a/" },
    { "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567", "magnet:" },
    { "http://t.example/a\r\nFAKE\x1b[0m", "http://t.example/a FAKE[0m" },
    { "://", "://" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *redacted = bt_text_redact_url (cases[i].url);

      g_assert_cmpstr (redacted, ==, cases[i].redacted);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/text/display", test_display);
  g_test_add_func ("/base/text/display-cut", test_display_cut);
  g_test_add_func ("/base/text/display-random", test_display_random);
  g_test_add_func ("/base/text/display-files", test_display_files);
  g_test_add_func ("/base/text/deceptive", test_deceptive);
  g_test_add_func ("/base/text/percent-encode", test_percent_encode);
  g_test_add_func ("/base/text/percent-table", test_percent_table);
  g_test_add_func ("/base/text/redact", test_redact);
  return g_test_run ();
}
