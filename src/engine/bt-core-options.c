/* bt-core-options.c: what a person sets for torrents, and the tags of all of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

/* Options. */

static void
merge_into (BtTorrent *torrent, const BtTorrentOptions *with, BtOptionMask mask)
{
  g_autoptr(BtTorrentOptions) merged
    = bt_torrent_options_merge (bt_torrent_get_options (torrent), with, mask);

  bt_torrent_set_options (torrent, merged);
}

void
bt_core_set_options (BtCore *core, BtCommand *command)
{
  g_autoptr(BtTorrentOptions) clean = bt_torrent_options_clean (command->options);
  BtTorrent *torrent = bt_core_find (core, command->id);
  GError *error = NULL;

  if (command->id == 0)
    for (guint i = 0; i < core->torrents->len; i++)
      merge_into (g_ptr_array_index (core->torrents, i), clean, command->option_mask);
  else if (torrent != NULL)
    merge_into (torrent, clean, command->option_mask);
  else
    error = g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "No such torrent");
  bt_command_reply (command, error);
}

/* Tags. */

/* The tags with @tag gone, or with @new_tag in its place; one that is there already stays where it is. */
static GStrv
replace_tag (const char *const *tags, const char *tag, const char *new_tag)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  gboolean has_new = new_tag != NULL && g_strv_contains (tags, new_tag);

  for (; *tags != NULL; tags++)
    {
      if (strcmp (*tags, tag) != 0)
        g_strv_builder_add (builder, *tags);
      else if (new_tag != NULL && !has_new)
        g_strv_builder_add (builder, new_tag);
    }
  return g_strv_builder_end (builder);
}

static void
rename_tag_of (BtTorrent *torrent, const char *tag, const char *new_tag)
{
  const char *const *tags = (const char *const *) bt_torrent_get_options (torrent)->tags;
  g_autoptr(BtTorrentOptions) with = NULL;

  if (!g_strv_contains (tags, tag))
    return;
  with = bt_torrent_options_new ();
  g_strfreev (with->tags);
  with->tags = replace_tag (tags, tag, new_tag);
  merge_into (torrent, with, BT_OPTION_TAGS);
}

void
bt_core_rename_tag (BtCore *core, BtCommand *command)
{
  g_autofree char *tag = bt_tag_clean (command->path);
  g_autofree char *new_tag = bt_tag_clean (command->text);

  if (tag == NULL || (command->text != NULL && new_tag == NULL))
    {
      bt_command_reply (command, g_error_new (BT_ERROR, BT_ERROR_MALFORMED, "A tag needs a name"));
      return;
    }
  for (guint i = 0; g_strcmp0 (tag, new_tag) != 0 && i < core->torrents->len; i++)
    rename_tag_of (g_ptr_array_index (core->torrents, i), tag, new_tag);
  bt_command_reply (command, NULL);
}
