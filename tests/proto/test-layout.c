/* test-layout.c: where the bytes of a torrent lie in its files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-layout.h"
#include "ft-notation.h"

/* Files of 10, 0, 25, 5 (padding), 0, 20 and 0 bytes, in pieces of 16. */
static BtMetainfo *
make_metainfo (void)
{
  g_autoptr (GBytes) bytes = ft_notation ("{ 'info' { 'files' ["
                                          "{ 'length' 10 'path' ['a'] } { 'length' 0 'path' ['b'] }"
                                          "{ 'length' 25 'path' ['c'] } { 'attr' 'p' 'length' 5 }"
                                          "{ 'length' 0 'path' ['d'] } { 'length' 20 'path' ['e'] }"
                                          "{ 'length' 0 'path' ['f'] }"
                                          "] 'name' 'temp' 'piece length' 16 'pieces' #80 } }");
  g_autoptr (GError) error = NULL;
  BtMetainfo *metainfo = bt_metainfo_parse (bytes, &error);

  g_assert_no_error (error);
  return metainfo;
}

static char *
describe_range (const BtMetainfo *metainfo, guint64 offset, guint64 length)
{
  g_autoptr (GString) text = g_string_new (NULL);
  BtSpanIter iter;
  BtSpan span;

  bt_span_iter_init (&iter, metainfo, offset, length);
  while (bt_span_iter_next (&iter, &span))
    g_string_append_printf (text, "%s%u%s:%" G_GUINT64_FORMAT "+%" G_GUINT64_FORMAT,
                            text->len > 0 ? " " : "", span.file, span.pad ? "p" : "", span.offset,
                            span.length);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_spans (void)
{
  static const struct
  {
    guint64 offset;
    guint64 length;
    const char *spans;
  } cases[] = {
    { 0, 60, "0:0+10 2:0+25 3p:0+5 5:0+20" },
    { 0, 10, "0:0+10" },
    { 0, 11, "0:0+10 2:0+1" },
    { 9, 1, "0:9+1" },
    { 10, 1, "2:0+1" },
    { 34, 1, "2:24+1" },
    { 34, 3, "2:24+1 3p:0+2" },
    { 37, 4, "3p:2+3 5:0+1" },
    { 59, 1, "5:19+1" },
    { 0, 0, "" },
    { 25, 0, "" },
    { 60, 0, "" },
  };
  g_autoptr (BtMetainfo) metainfo = make_metainfo ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *spans = describe_range (metainfo, cases[i].offset, cases[i].length);

      g_assert_cmpstr (spans, ==, cases[i].spans);
    }
}

/* Every range: the spans follow one another without a gap and add up. */
static void
test_all_ranges (void)
{
  g_autoptr (BtMetainfo) metainfo = make_metainfo ();

  for (guint64 offset = 0; offset <= 60; offset++)
    for (guint64 length = 0; length <= 60 - offset; length++)
      {
        guint64 at = offset;
        BtSpanIter iter;
        BtSpan span;

        bt_span_iter_init (&iter, metainfo, offset, length);
        while (bt_span_iter_next (&iter, &span))
          {
            const BtFile *file = &metainfo->files[span.file];

            g_assert_cmpuint (span.length, >, 0);
            g_assert_cmpuint (file->offset + span.offset, ==, at);
            g_assert_cmpuint (span.offset + span.length, <=, file->length);
            g_assert_true (span.pad == ((file->flags & BT_FILE_PAD) != 0));
            at += span.length;
          }
        g_assert_cmpuint (at, ==, offset + length);
        g_assert_false (bt_span_iter_next (&iter, &span));
      }
}

static void
test_file_pieces (void)
{
  static const struct
  {
    guint32 first;
    guint32 count;
  } expected[] = { { 0, 1 }, { 0, 0 }, { 0, 3 }, { 2, 1 }, { 2, 0 }, { 2, 2 }, { 3, 0 } };
  g_autoptr (BtMetainfo) metainfo = make_metainfo ();

  g_assert_cmpuint (metainfo->n_files, ==, G_N_ELEMENTS (expected));
  for (guint32 i = 0; i < metainfo->n_files; i++)
    {
      guint32 first, count;

      bt_layout_file_pieces (metainfo, i, &first, &count);
      g_assert_cmpuint (first, ==, expected[i].first);
      g_assert_cmpuint (count, ==, expected[i].count);
    }
}

/* Offsets beyond 32 bits. */
static void
test_large_offsets (void)
{
  g_autoptr (GBytes) bytes = ft_notation ("{ 'info' { 'files' [{ 'length' 6000000000 'path' ['a'] }"
                                          "{ 'length' 6000000000 'path' ['b'] }] 'name' 'temp'"
                                          " 'piece length' 536854528 'pieces' #460 } }");
  g_autoptr (GError) error = NULL;
  g_autoptr (BtMetainfo) metainfo = bt_metainfo_parse (bytes, &error);
  g_autofree char *spans = NULL;
  guint32 first, count;

  g_assert_no_error (error);
  spans = describe_range (metainfo, G_GUINT64_CONSTANT (5999999999), 6000000001);
  g_assert_cmpstr (spans, ==, "0:5999999999+1 1:0+6000000000");
  bt_layout_file_pieces (metainfo, 1, &first, &count);
  g_assert_cmpuint (first, ==, 11);
  g_assert_cmpuint (count, ==, 12);
  g_assert_cmpuint (bt_metainfo_piece_offset (metainfo, 22), ==,
                    22 * G_GUINT64_CONSTANT (536854528));
  g_assert_cmpuint (bt_metainfo_piece_size (metainfo, 22), ==, 12000000000 - 22 * 536854528ull);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/layout/spans", test_spans);
  g_test_add_func ("/proto/layout/all-ranges", test_all_ranges);
  g_test_add_func ("/proto/layout/file-pieces", test_file_pieces);
  g_test_add_func ("/proto/layout/large-offsets", test_large_offsets);
  return g_test_run ();
}
