/* ft-test-torrent.h: torrents in the notation of ft-notation.h, and what they are read into.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-error.h"
#include "bt-limits.h"
#include "bt-metainfo.h"
#include "ft-notation.h"

/* One piece of 16 KiB. */
#define TAIL " 'name' 'temp' 'piece length' 16384 'pieces' #20 "
#define SINGLE "{ 'info' { 'length' 425" TAIL "} }"
#define WITH_INFO(more) "{ 'info' { 'length' 425" TAIL more "} }"
#define WITH_ROOT(more) "{ " more " 'info' { 'length' 425" TAIL "} }"
#define WITH_FILES(files) "{ 'info' { 'files' [" files "]" TAIL "} }"
#define FILE_AT(path) "{ 'length' 1 'path' [" path "] }"

/* Version 1 and 2 in one, of a directory with two files, of which the first is padded. */
#define ROOT "'pieces root' #32"
#define ROOT_A "'pieces root' 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'"
#define HYBRID(tree, files, piece_length, pieces, more)                                            \
  "{ 'info' { 'file tree' {" tree "} 'files' [" files "] 'meta version' 2 'name' 'temp'"           \
  " 'piece length' " piece_length " 'pieces' " pieces " } " more "}"
#define TREE_A "'a' { '' { 'length' 10 " ROOT_A " } }"
#define TREE_DB "'d' { 'b' { '' { 'length' 20000 " ROOT " } } }"
#define FILE_A "{ 'length' 10 'path' ['a'] }"
#define FILE_PAD "{ 'attr' 'p' 'length' 16374 'path' ['.pad' '16374'] }"
#define FILE_DB "{ 'length' 20000 'path' ['d' 'b'] }"
#define V1_FILES FILE_A FILE_PAD FILE_DB
#define LAYERS(root, hashes) "'piece layers' { '" root "' " hashes " }"
#define ROOT_TEXT "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* Returns: (transfer full) */
static inline BtMetainfo *
parse_bytes (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  BtMetainfo *metainfo = bt_metainfo_parse (bytes, &error);

  g_assert_no_error (error);
  g_assert_nonnull (metainfo);
  return metainfo;
}

/* Returns: (transfer full) */
static inline BtMetainfo *
parse (const char *notation)
{
  g_autoptr (GBytes) bytes = ft_notation (notation);

  return parse_bytes (bytes);
}

/* @message: how the error begins: the name of the field */
static inline void
assert_refused (GBytes *bytes, BtError code, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BtMetainfo) metainfo = bt_metainfo_parse (bytes, &error);

  g_assert_null (metainfo);
  g_assert_nonnull (error);
  g_assert_cmpint (error->domain, ==, BT_ERROR);
  if (error->code != (int) code || !g_str_has_prefix (error->message, message))
    g_error ("wanted %d \"%s\", got %d \"%s\"", code, message, error->code, error->message);
  g_assert_null (bt_metainfo_parse (bytes, NULL));
}
