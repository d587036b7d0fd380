/* test-metainfo-hybrid.c: torrents of version 1 and 2 in one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-test-torrent.h"

static void
test_hybrid (void)
{
  static const char *const good[] = {
    HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60", ""),
    HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60", LAYERS (ROOT_TEXT, "#64")),
    /* padding at the end */
    HYBRID (TREE_A TREE_DB, V1_FILES "{ 'attr' 'p' 'length' 12768 }", "16384", "#60", ""),
    /* empty files need no root and no boundary */
    HYBRID ("'a' { '' { 'length' 0 } }" TREE_DB, "{ 'length' 0 'path' ['a'] }" FILE_DB, "16384",
            "#40", ""),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (BtMetainfo) metainfo = parse (good[i]);

      g_assert_true (metainfo->is_hybrid);
      g_assert_cmpuint (metainfo->piece_length, ==, 16384);
    }
  {
    g_autoptr (BtMetainfo) single =
      parse ("{ 'info' { 'file tree' { 'temp' { '' { 'length' 9 " ROOT " } } } 'length' 9"
             " 'meta version' 2" TAIL "} }");

    g_assert_true (single->is_hybrid);
    g_assert_cmpuint (single->total_size, ==, 9);
  }
}

static void
test_hybrid_refused (void)
{
  static const struct
  {
    const char *torrent;
    const char *message;
  } cases[] = {
    { HYBRID ("", V1_FILES, "16384", "#60", ""), "info.file tree: it is missing" },
    { HYBRID ("'' { 'length' 10 " ROOT " }", V1_FILES, "16384", "#60", ""),
      "info.file tree: it is" },
    { HYBRID ("'a' 7 " TREE_DB, V1_FILES, "16384", "#60", ""), "info.file tree: an entry is not" },
    { HYBRID ("'a' {} " TREE_DB, V1_FILES, "16384", "#60", ""), "info.file tree: an entry is not" },
    { HYBRID ("'a' { 'length' 10 " ROOT "}" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: an entry is not" },
    { HYBRID ("'a' { '' 7 }" TREE_DB, V1_FILES, "16384", "#60", ""), "info.file tree: a file has" },
    { HYBRID ("'a' { '' { 'length' 10 " ROOT "} 'b' {} }" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: a file has" },
    { HYBRID (TREE_A, V1_FILES, "16384", "#60", ""), "info.file tree: it has fewer" },
    { HYBRID (TREE_A TREE_DB "'e' { '' { 'length' 0 } }", V1_FILES, "16384", "#60", ""),
      "info.file tree: it has more" },
    { HYBRID ("'a' { '' { 'length' 11 " ROOT "} }" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: a length" },
    { HYBRID ("'a' { '' { " ROOT "} }" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: a length" },
    { HYBRID ("'A' { '' { 'length' 10 " ROOT "} }" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: a name" },
    { HYBRID ("'a' { 'a' { '' { 'length' 10 " ROOT "} } }" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: a name" },
    { HYBRID ("'a' { '' { 'length' 10 } }" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: a pieces root is missing" },
    { HYBRID ("'a' { '' { 'length' 10 'pieces root' #31 } }" TREE_DB, V1_FILES, "16384", "#60", ""),
      "info.file tree: a pieces root is missing or not of 32" },
    { HYBRID ("'a' { '' { 'length' 10 'pieces root'"
              " '\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0"
              "\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0' } }" TREE_DB,
              V1_FILES, "16384", "#60", ""),
      "info.file tree: a pieces root is all zeros" },
    { HYBRID ("'a' { '' { 'attr' 'p' 'length' 10 " ROOT "} }" TREE_DB, V1_FILES, "16384", "#60",
              ""),
      "info.file tree: padding" },
    { HYBRID (TREE_A TREE_DB, FILE_A FILE_DB, "16384", "#40", ""),
      "info.files: a file of a hybrid" },
    { HYBRID (TREE_A TREE_DB, FILE_DB FILE_PAD FILE_A, "16384", "#60", ""),
      "info.file tree: a length" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "16383", "#60", ""), "info.piece length: version 2" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "24576", "#40", ""), "info.piece length: version 2" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "8192", "#100", ""), "info.piece length: version 2" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60", "'piece layers' 7"),
      "piece layers: it is not" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60", LAYERS ("short", "#64")),
      "piece layers: an entry is not" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60", LAYERS (ROOT_TEXT, "7")),
      "piece layers: an entry is not" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60", LAYERS (ROOT_TEXT, "#63")),
      "piece layers: an entry has not" },
    { HYBRID (TREE_A TREE_DB, V1_FILES, "16384", "#60",
              LAYERS ("baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "#64")),
      "piece layers: an entry belongs" },
    /* the soft errors of version 1 are hard here */
    { "{ 'info' { 'length' 9 'file tree' { 'temp' { '' { 'length' 9 " ROOT
      " } } } 'meta version' 2" TAIL "} }",
      "info: " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = ft_notation (cases[i].torrent);

      assert_refused (bytes, BT_ERROR_MALFORMED, cases[i].message);
    }
}

/* Made by the reference generator of BEP 52 (bytes i mod 251), with the hashes that it gave. */
static void
test_vectors (void)
{
  static const struct
  {
    const char *torrent;
    gsize info_length;
    const char *hash;
  } vectors[] = {
    { "{ 'announce' 'http://example.com/announce' 'info' { 'file tree' { 'one.bin' { '' {"
      " 'length' 100000 'pieces root'"
      " <505fc9a922f60ae071450b07256a4ba760612bffc38c27584ed03fd96c69841b> } } }"
      " 'length' 100000 'meta version' 2 'name' 'one.bin' 'piece length' 32768 'pieces' <"
      "9dbe5260858a0f960c062aa8f8d3914ff5bde250 90a403ae509472973169822bf527e7a7011de7e9"
      "d545625dee47575ea74059f49c10a703197969cc b9a6852f2d3cef0dbaeafe54011e1d1681c6a540> }"
      " 'piece layers' { <505fc9a922f60ae071450b07256a4ba760612bffc38c27584ed03fd96c69841b> <"
      "d9e13d0b676ad681164ef0b7b5910d1328ea83a047cad57e619d76bbe3a08525"
      "e28097eaaa55956702cf8195d1a551dbabb63e3d679b294cf33d506a6b5ef479"
      "c652249676984ba0be8db1d26efa9e0c67cd14299b02eaab326419a0f91a1aec"
      "ef72b5ef0b29bacc8de6bc437f8a488da617d064457122b7db2c4092374151f9> } }",
      257, "96b6e762c99038b4b1c8f28d921d96a60b534a08" },
    { "{ 'announce' 'http://example.com/announce' 'info' { 'file tree' {"
      " 'a.bin' { '' { 'length' 100000 'pieces root'"
      " <505fc9a922f60ae071450b07256a4ba760612bffc38c27584ed03fd96c69841b> } }"
      " 'b.empty' { '' { 'length' 0 } } 'sub' { 'c.bin' { '' { 'length' 16384 'pieces root'"
      " <4348e3b98e8a327b34ced39c1da9e67cdb4cd5e48e4d7960607a3ae403d35f0c> } } }"
      " 'z.bin' { '' { 'length' 65537 'pieces root'"
      " <27e4ccf8e3d554bfce504235da1292c2c8beb24ba5b3e1cd62f41bd692517fbe> } } }"
      " 'files' [{ 'length' 100000 'path' ['a.bin'] }"
      " { 'attr' 'p' 'length' 31072 'path' ['.pad' '31072'] } { 'length' 0 'path' ['b.empty'] }"
      " { 'length' 16384 'path' ['sub' 'c.bin'] }"
      " { 'attr' 'p' 'length' 16384 'path' ['.pad' '16384'] }"
      " { 'length' 65537 'path' ['z.bin'] }"
      " { 'attr' 'p' 'length' 32767 'path' ['.pad' '32767'] }]"
      " 'meta version' 2 'name' 'vec' 'piece length' 32768 'pieces' <"
      "9dbe5260858a0f960c062aa8f8d3914ff5bde250 90a403ae509472973169822bf527e7a7011de7e9"
      "d545625dee47575ea74059f49c10a703197969cc c5e5b04ba79bb426d444f53f8100b902fa8e9da6"
      "9c1490af43c928b78b7413bd1303c81ffa31659e 9dbe5260858a0f960c062aa8f8d3914ff5bde250"
      "90a403ae509472973169822bf527e7a7011de7e9 6be0de7ccf86605dd96dae508e202326e382019a> } }",
      785, "cfc2c607c5d18a7d4ccfaa661fd999a918e0b295" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (BtMetainfo) metainfo = parse (vectors[i].torrent);
      char hex[BT_SHA1_HEX_SIZE];

      bt_sha1_to_hex (&metainfo->info_hash, hex);
      g_assert_cmpstr (hex, ==, vectors[i].hash);
      g_assert_cmpuint (metainfo->info_length, ==, vectors[i].info_length);
      g_assert_true (metainfo->is_hybrid);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/metainfo-hybrid/hybrid", test_hybrid);
  g_test_add_func ("/proto/metainfo-hybrid/hybrid-refused", test_hybrid_refused);
  g_test_add_func ("/proto/metainfo-hybrid/vectors", test_vectors);
  return g_test_run ();
}
