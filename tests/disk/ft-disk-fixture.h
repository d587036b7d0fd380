/* ft-disk-fixture.h: a torrent, a folder and a disk, with calls that wait for their result.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-disk-private.h"
#include "bt-metainfo-builder.h"

#include "ft-test.h"

#define FT_WAIT_S 60

/* Instead of g_test_init() and g_test_run(): with a trash of their own. G_TEST_OPTION_ISOLATE_DIRS
 * would do that too, but leaks. */
void ft_disk_test_init (int *argc, char ***argv);
int ft_disk_test_run (void);

typedef struct
{
  BtMailbox *mailbox;
  BtDisk *disk;
  BtBufferPool *pool;
  char *folder; /* a temporary one, all of which goes in the end */
  char *root;   /* in it */
  BtMetainfo *metainfo;
  guint8 *content;    /* (nullable): the bytes of the torrent */
  BtStorage *storage; /* (nullable) */
} FtDisk;

/* Files of pseudo-random bytes in a folder "t"; names that start with "_____padding_file" are
 * zeros. */
BtMetainfo *ft_disk_make_metainfo (const BtDraftFile *files,
                                   guint n_files,
                                   guint32 piece_length,
                                   guint8 **content);

/* With one torrent, if there are @files. */
FtDisk *ft_disk_new (const BtDraftFile *files, guint n_files, guint32 piece_length);
void ft_disk_free (FtDisk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtDisk, ft_disk_free)

/* Makes the storage, or makes it anew. */
void ft_disk_open (FtDisk *self, const guint8 *priorities);
void ft_disk_close (FtDisk *self);

/* Each waits. Returns: (transfer full) (nullable): the error. */
GError *ft_disk_write (FtDisk *self, guint64 offset, const void *data, guint32 length);
GError *ft_disk_write_content (FtDisk *self, guint64 offset, guint32 length);
GError *ft_disk_read (FtDisk *self, guint64 offset, void *data, guint32 length);
GError *ft_disk_check (FtDisk *self, guint32 piece, gboolean *ok);
GError *ft_disk_stat (FtDisk *self, BtFileStamp *stamps);
GError *ft_disk_sync (FtDisk *self, BtFileStamp *stamps);
GError *ft_disk_make_files (FtDisk *self);
GError *ft_disk_set_priorities (FtDisk *self, const guint8 *priorities, const BtBitfield *have);
GError *ft_disk_remove (FtDisk *self, const gboolean *created);
GError *ft_disk_look_at_move (FtDisk *self, const char *folder);
GError *ft_disk_move (FtDisk *self, const char *folder, gboolean resuming);
GError *ft_disk_stopped_move (FtDisk *self, const char *folder); /* called off at once */
GError *ft_disk_adopt (FtDisk *self, const char *folder);
GError *ft_disk_clean (FtDisk *self, const char *folder);
GError *ft_disk_rename (FtDisk *self, const char *from, const char *to, const char *const *names);

/* Asserts that all went well. */
void ft_disk_write_all (FtDisk *self);
gboolean ft_disk_is_ok (FtDisk *self, guint32 piece);
guint ft_disk_count_ok (FtDisk *self);

/* Files below the folder, by path. */
char *ft_disk_path (FtDisk *self, const char *path);
gint64 ft_disk_size_of (FtDisk *self, const char *path); /* -1: not there */
void ft_disk_put (FtDisk *self, const char *path, const void *data, gsize length);
void ft_disk_assert_file (FtDisk *self, const char *path, const void *data, gsize length);
void ft_disk_remove_tree (const char *path);

#define ft_assert_disk_error(error, code)                                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (GError) ft_error = (error);                                                         \
    g_assert_error (ft_error, BT_ERROR, code);                                                     \
  }                                                                                                \
  G_STMT_END
#define ft_assert_no_disk_error(error)                                                             \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (GError) ft_error = (error);                                                         \
    g_assert_no_error (ft_error);                                                                  \
  }                                                                                                \
  G_STMT_END
