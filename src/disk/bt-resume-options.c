/* bt-resume-options.c: what a person set for a torrent, and how far its goals are, as bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-resume-private.h"

#include "bt-limits.h"

/* A ratio is a whole number of these. */
#define RATIO_PARTS 1000000

/* Goals. */

void
bt_resume_write_goal (BtBencodeWriter *writer, const BtResume *resume)
{
  if (resume->goal_state == BT_GOAL_STATE_OPEN && resume->goal_uploaded == 0 && resume->goal_seeding_s == 0
      && resume->idle_s == 0)
    return;
  bt_bencode_writer_key (writer, "goal");
  bt_bencode_writer_begin_dict (writer);
  bt_resume_write_time (writer, "idle", resume->idle_s);
  bt_resume_write_time (writer, "seeding", resume->goal_seeding_s);
  bt_resume_write_count (writer, "state", resume->goal_state);
  bt_resume_write_count (writer, "uploaded", resume->goal_uploaded);
  bt_bencode_writer_end (writer);
}

gboolean
bt_resume_read_goal (BtNode dict, BtResume *resume)
{
  BtNode goal = bt_node_get (dict, "goal");
  gint64 state;

  if (bt_node_type (goal) == BT_BENCODE_NONE)
    return TRUE;
  if (bt_node_type (goal) != BT_BENCODE_DICT
      || !bt_resume_read_number (goal, "state", BT_GOAL_STATE_STOPPED, &state))
    return FALSE;
  resume->goal_state = (BtGoalState) state;
  return bt_resume_read_number (goal, "idle", BT_RESUME_MAX_TIME, &resume->idle_s)
         && bt_resume_read_number (goal, "seeding", BT_RESUME_MAX_TIME, &resume->goal_seeding_s)
         && bt_resume_read_count (goal, "uploaded", &resume->goal_uploaded);
}

/* Options. */

static void
write_goals (BtBencodeWriter *writer, const BtGoals *goals)
{
  bt_bencode_writer_key (writer, "goals");
  bt_bencode_writer_begin_dict (writer);
  bt_resume_write_count (writer, "action", goals->action);
  bt_resume_write_time (writer, "idle", goals->idle_s);
  bt_resume_write_count (writer, "ratio", (guint64) (goals->ratio * RATIO_PARTS + 0.5));
  bt_resume_write_time (writer, "seeding", goals->seeding_s);
  bt_bencode_writer_end (writer);
}

static void
write_tags (BtBencodeWriter *writer, const char *const *tags)
{
  bt_bencode_writer_key (writer, "tags");
  bt_bencode_writer_begin_list (writer);
  for (; *tags != NULL; tags++)
    bt_bencode_writer_string (writer, *tags);
  bt_bencode_writer_end (writer);
}

void
bt_resume_write_options (BtBencodeWriter *writer, const BtTorrentOptions *options)
{
  g_autoptr(BtTorrentOptions) clean = NULL;

  if (options == NULL)
    return;
  clean = bt_torrent_options_clean (options);
  bt_bencode_writer_key (writer, "options");
  bt_bencode_writer_begin_dict (writer);
  bt_resume_write_count (writer, "down", clean->limit_down_bytes_per_s);
  if (clean->own_goals)
    write_goals (writer, &clean->goals);
  if (clean->name != NULL)
    {
      bt_bencode_writer_key (writer, "name");
      bt_bencode_writer_string (writer, clean->name);
    }
  bt_resume_write_count (writer, "no-queue", clean->ignores_queue);
  bt_resume_write_count (writer, "peers", clean->max_peers);
  bt_resume_write_count (writer, "sequential", clean->sequential);
  write_tags (writer, (const char *const *) clean->tags);
  bt_resume_write_count (writer, "up", clean->limit_up_bytes_per_s);
  bt_bencode_writer_end (writer);
}

static gboolean
read_flag (BtNode dict, const char *key, gboolean *out)
{
  gint64 value;

  if (!bt_resume_read_number (dict, key, 1, &value))
    return FALSE;
  *out = value != 0;
  return TRUE;
}

static gboolean
read_goals (BtNode dict, BtTorrentOptions *options)
{
  BtNode goals = bt_node_get (dict, "goals");
  gint64 action, ratio;

  if (bt_node_type (goals) == BT_BENCODE_NONE)
    return TRUE;
  if (bt_node_type (goals) != BT_BENCODE_DICT
      || !bt_resume_read_number (goals, "action", BT_GOAL_NOTHING, &action)
      || !bt_resume_read_number (goals, "ratio", (gint64) (BT_LIMIT_GOAL_RATIO * RATIO_PARTS), &ratio))
    return FALSE;
  options->own_goals = TRUE;
  options->goals.action = (BtGoalAction) action;
  options->goals.ratio = (double) ratio / RATIO_PARTS;
  return bt_resume_read_number (goals, "idle", BT_LIMIT_GOAL_S, &options->goals.idle_s)
         && bt_resume_read_number (goals, "seeding", BT_LIMIT_GOAL_S, &options->goals.seeding_s);
}

/* (nullable): NULL when it is none. What it says is made fit later. */
static char *
read_text (BtNode node, gsize max_bytes)
{
  const char *text;
  gsize length;

  if (!bt_node_string (node, &text, &length) || length > max_bytes || memchr (text, '\0', length) != NULL)
    return NULL;
  return g_strndup (text, length);
}

static gboolean
read_tags (BtNode dict, BtTorrentOptions *options)
{
  BtNode list = bt_node_get_list (dict, "tags");
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  BtNodeIter iter;
  BtNode item;

  if (bt_node_type (list) != BT_BENCODE_LIST || bt_node_length (list) > BT_LIMIT_TAGS)
    return FALSE;
  bt_node_iter_init (&iter, list);
  while (bt_node_iter_next (&iter, &item))
    {
      g_autofree char *tag = read_text (item, BT_LIMIT_TEXT_TAG);

      if (tag == NULL)
        return FALSE;
      g_strv_builder_add (builder, tag);
    }
  g_strfreev (options->tags);
  options->tags = g_strv_builder_end (builder);
  return TRUE;
}

static gboolean
read_name (BtNode dict, BtTorrentOptions *options)
{
  BtNode name = bt_node_get (dict, "name");

  if (bt_node_type (name) == BT_BENCODE_NONE)
    return TRUE;
  options->name = read_text (name, BT_LIMIT_TEXT_NAME);
  return options->name != NULL;
}

static gboolean
read_fields (BtNode dict, BtTorrentOptions *options)
{
  gint64 max_peers;

  if (!bt_resume_read_number (dict, "peers", BT_LIMIT_OPTION_PEERS, &max_peers))
    return FALSE;
  options->max_peers = (guint) max_peers;
  return bt_resume_read_count (dict, "down", &options->limit_down_bytes_per_s)
         && bt_resume_read_count (dict, "up", &options->limit_up_bytes_per_s)
         && read_flag (dict, "no-queue", &options->ignores_queue)
         && read_flag (dict, "sequential", &options->sequential) && read_goals (dict, options)
         && read_name (dict, options) && read_tags (dict, options);
}

gboolean
bt_resume_read_options (BtNode dict, BtTorrentOptions **out)
{
  g_autoptr(BtTorrentOptions) options = NULL;
  BtNode node = bt_node_get (dict, "options");

  if (bt_node_type (node) == BT_BENCODE_NONE)
    return TRUE;
  options = bt_torrent_options_new ();
  if (bt_node_type (node) != BT_BENCODE_DICT || !read_fields (node, options))
    return FALSE;
  *out = bt_torrent_options_clean (options);
  return TRUE;
}
