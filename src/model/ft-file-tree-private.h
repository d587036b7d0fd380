/* ft-file-tree-private.h: what the files of the file tree share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-file-tree.h"

G_BEGIN_DECLS

#define FT_NO_NODE G_MAXUINT32
#define FT_ROOT_NODE 0

/* Files are counted by what is chosen of them. */
typedef enum
{
  FT_LEVEL_SKIP,
  FT_LEVEL_LOW,
  FT_LEVEL_NORMAL,
  FT_LEVEL_HIGH,
  FT_N_LEVELS
} FtLevel;

/* What of a row changed. */
typedef enum
{
  FT_FILE_DONE = 1 << 0,
  FT_FILE_PRIORITY = 1 << 1,
  FT_FILE_NAME = 1 << 2,
  FT_FILE_PIECES = 1 << 3,
} FtFileChanged;

/* A file, or a folder with the sums of all that is below it. Its parent has a smaller number. */
typedef struct
{
  const char *name;      /* the end of a path, or in names */
  const char *folded;    /* for searching */
  FtFileItem *item;      /* (nullable), not owned: the row object while somebody holds it */
  guint64 length;
  guint64 done;
  guint64 wanted_length;
  guint32 parent;        /* FT_NO_NODE: the root */
  guint32 first_child;   /* in order */
  guint32 n_children;
  guint32 file;          /* FT_NO_NODE: a folder */
  guint32 n_of[FT_N_LEVELS];
  guint8 touched;        /* FtFileChanged that are to be notified */
} FtFileNode;

/* The nodes of one build; rows and lists keep them alive. Belongs to one thread at a time. */
typedef struct
{
  grefcount refs;
  GArray *files;       /* of BtFileStatus, with references of its own to the paths */
  GArray *nodes;       /* of FtFileNode */
  guint32 *order;      /* nodes, those of one folder together */
  guint32 *of_file;    /* the node of each file */
  GStringChunk *names; /* of folders, and folded */
  GHashTable *held;    /* set of FtFileItem that exist */
  GPtrArray *touched;  /* of FtFileItem: to be notified */
  GArray *renamed;     /* of guint32: nodes that may stand elsewhere now */
  GPtrArray *lists;    /* of FtFileList, not owned: those that show a folder */
  GBytes *pieces;      /* (nullable) */
  guint32 piece_length;
} FtFileNodes;

static inline FtFileNode *
ft_file_nodes_get (FtFileNodes *nodes, guint32 id)
{
  return &g_array_index (nodes->nodes, FtFileNode, id);
}

static inline FtLevel
ft_priority_to_level (guint8 priority)
{
  if (priority == FT_PRIORITY_SKIP)
    return FT_LEVEL_SKIP;
  if (priority == FT_PRIORITY_NORMAL)
    return FT_LEVEL_NORMAL;
  return priority < FT_PRIORITY_NORMAL ? FT_LEVEL_LOW : FT_LEVEL_HIGH;
}

/* ft-file-nodes.c; in any thread */
int ft_file_nodes_compare (const FtFileNode *a, const FtFileNode *b); /* as a folder lists them */
FtFileNodes *ft_file_nodes_build (const BtFileList *files);
FtFileNodes *ft_file_nodes_ref (FtFileNodes *nodes);
void ft_file_nodes_unref (FtFileNodes *nodes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtFileNodes, ft_file_nodes_unref)

/* ft-file-nodes-change.c: changes of one file, and of its folders by the difference */
void ft_file_nodes_change_done (FtFileNodes *nodes, guint32 file, guint64 done);
void ft_file_nodes_change_priority (FtFileNodes *nodes, guint32 file, guint8 priority);
void ft_file_nodes_change_path (FtFileNodes *nodes, guint32 file, GRefString *path);
/* Where @id belongs among those of its folder; all lists that show it follow. */
guint ft_file_nodes_put_in_place (FtFileNodes *nodes, guint32 id);
/* A row is told when it is next notified; none that nobody holds. */
void ft_file_nodes_touch (FtFileNodes *nodes, FtFileNode *node, FtFileChanged changed);
void ft_file_nodes_notify (FtFileNodes *nodes);

/* ft-file-item.c: (transfer full): the one row object of a node */
FtFileItem *ft_file_item_hold (FtFileNodes *nodes, guint32 id);
FtFileNodes *ft_file_item_get_nodes (FtFileItem *item);
guint32 ft_file_item_get_node (FtFileItem *item);
void ft_file_item_notify (FtFileItem *item, FtFileChanged changed);
/* Whether the pieces of its file differ from those in @old. */
gboolean ft_file_item_pieces_differ (FtFileItem *item, GBytes *old);

/* ft-file-list.c */
#define FT_TYPE_FILE_LIST (ft_file_list_get_type ())
G_DECLARE_FINAL_TYPE (FtFileList, ft_file_list, FT, FILE_LIST, GObject)

/* Shows @n_ids rows, in steps, so that none takes long. */
FtFileList *ft_file_list_new (void);
/* @ids: what @owner keeps alive, until the next call; @nodes: (nullable): none */
void ft_file_list_show (FtFileList *list, FtFileNodes *nodes, const guint32 *ids, guint n_ids, gpointer owner,
                        GDestroyNotify free_owner);

/* Shows what is in a folder, and follows its order. */
void ft_file_list_show_folder (FtFileList *list, FtFileNodes *nodes, guint32 folder);
guint32 ft_file_list_get_folder (FtFileList *list);
/* The order changed: what was at @position is no longer there; what was not is now. */
void ft_file_list_take_out (FtFileList *list, guint position);
void ft_file_list_put_in (FtFileList *list, guint position);

G_END_DECLS
