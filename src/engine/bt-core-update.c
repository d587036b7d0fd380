/* bt-core-update.c: what faces are told: one batch at a time, the next after the last was read.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

#define FREE_SPACE_INTERVAL_US (10 * G_USEC_PER_SEC)
/* Events, and the first change after a while without any, do not wait for the next regular update; those of a
 * moment go together. */
#define EVENT_DELAY_US (20 * G_TIME_SPAN_MILLISECOND)
/* Between updates that only say where torrents have got to: ten thousand may get there one by one. */
#define HURRY_SPACING_US (100 * G_TIME_SPAN_MILLISECOND)
#define MAX_EVENTS 1000 /* held while a face is slow; the oldest go first */

static void
free_space_cb (gint64 free_bytes, const GError *error, gpointer owner)
{
  BtCore *core = owner;

  if (error != NULL)
    free_bytes = -1;
  if (free_bytes == core->free_bytes)
    return;
  core->free_bytes = free_bytes;
  core->changed = TRUE;
  bt_core_touch (core);
}

static void
ask_free_space (BtCore *core, gint64 now)
{
  if (core->free_asked != 0 && now - core->free_asked < FREE_SPACE_INTERVAL_US)
    return;
  core->free_asked = now;
  core->disk->ops->free_space (core->disk, core->config->download_dir, free_space_cb, core);
}

void
bt_core_leave_update (BtCore *core, GList *link)
{
  if (link->data == NULL)
    return;
  g_queue_unlink (&core->changed_torrents, link);
  link->data = NULL;
}

static GArray *
collect_torrents (BtCore *core)
{
  GArray *torrents = g_array_new (FALSE, TRUE, sizeof (BtTorrentStatus));

  while (!g_queue_is_empty (&core->changed_torrents))
    {
      GList *link = g_queue_peek_head_link (&core->changed_torrents);
      BtTorrentStatus status = { 0 };

      bt_torrent_fill_status (link->data, &status);
      bt_core_leave_update (core, link);
      g_array_append_val (torrents, status);
    }
  return torrents;
}

static GArray *
take_array (GArray **array, gsize element_size)
{
  GArray *taken = *array;

  *array = g_array_new (FALSE, FALSE, element_size);
  return taken;
}

/* Returns: (transfer full) (nullable) */
static GRefString *
make_listen_error (BtCore *core)
{
  const char *why = core->no_network != NULL ? core->no_network : core->listen_error;

  return core->listen_port == 0 && why != NULL ? g_ref_string_new (why) : NULL;
}

static BtUpdate *
make_update (BtCore *core, gint64 now)
{
  BtUpdate *update = g_new0 (BtUpdate, 1);
  BtTorrent *watched = bt_core_find (core, core->watched);

  g_atomic_ref_count_init (&update->refs);
  update->torrents = collect_torrents (core);
  update->removed = take_array (&core->removed, sizeof (BtTorrentId));
  update->events = take_array (&core->events, sizeof (BtEvent));
  if (watched != NULL)
    {
      bt_torrent_unfold (watched);
      update->detail = bt_torrent_make_detail (watched, core->watched_parts);
    }
  update->rate_down = bt_rate_get (&core->rate_down, now);
  update->rate_up = bt_rate_get (&core->rate_up, now);
  update->total_downloaded = core->total_down;
  update->total_uploaded = core->total_up;
  update->n_peers = core->n_peers;
  update->free_bytes = core->free_bytes;
  update->listen_port = core->listen_port;
  update->listen_error = make_listen_error (core);
  update->incoming_seen = core->incoming_seen;
  bt_core_fill_addresses (core, update);
  bt_core_fill_dht (core, update);
  bt_core_fill_mappings (core, update);
  update->mode = core->config->mode;
  update->progress = core->progress;
  return update;
}

static gboolean
is_worth_sending (BtCore *core, const BtUpdate *update)
{
  return core->changed || update->torrents->len > 0 || update->removed->len > 0
         || update->events->len > 0 || update->detail != NULL;
}

static void
send_update (gpointer owner, gint64 now)
{
  BtCore *core = owner;
  g_autoptr(BtUpdate) update = NULL;

  if (core->update_in_flight)
    return;
  core->update_hurries = FALSE;
  if (core->running)
    ask_free_space (core, now);
  update = make_update (core, now);
  if (is_worth_sending (core, update))
    {
      core->changed = update->rate_down > 0 || update->rate_up > 0;
      core->update_in_flight = TRUE;
      core->update_sent = now;
      core->update (g_steal_pointer (&update), core->update_data);
    }
}

static void
send_within (BtCore *core, gint64 delay_us)
{
  gint64 deadline;

  if (core->update_in_flight || core->timers == NULL)
    return;
  deadline = bt_core_now (core) + delay_us;
  if (!bt_timer_is_running (&core->update_timer) || core->update_timer.deadline > deadline)
    bt_timer_start (&core->update_timer, deadline);
}

static gint64
get_interval (BtCore *core)
{
  return (gint64) core->config->update_interval_ms * G_TIME_SPAN_MILLISECOND;
}

static gint64
get_event_delay (BtCore *core)
{
  return MIN (EVENT_DELAY_US, get_interval (core));
}

/* So long after the last update, or when the things of this moment have gathered. */
static void
send_spaced (BtCore *core, gint64 spacing_us)
{
  gint64 since;

  if (core->timers == NULL)
    return;
  since = core->update_sent != 0 ? bt_core_now (core) - core->update_sent : spacing_us;
  send_within (core, MAX (spacing_us - since, get_event_delay (core)));
}

void
bt_core_touch (BtCore *core)
{
  if (!bt_timer_is_running (&core->update_timer))
    send_spaced (core, get_interval (core));
}

/* While it runs nobody waits for that. */
void
bt_core_came_on (BtCore *core)
{
  core->progress++;
  if (core->running)
    return;
  core->changed = TRUE;
  bt_core_touch (core);
}

/* A face wants to know now: something is over that it may be waiting for. */
void
bt_core_hurry (BtCore *core)
{
  core->update_hurries = TRUE;
  send_spaced (core, MIN (HURRY_SPACING_US, get_interval (core)));
}

void
bt_core_touch_torrent (BtCore *core, BtTorrent *torrent, GList *link)
{
  if (link->data == NULL)
    {
      link->data = torrent;
      g_queue_push_tail_link (&core->changed_torrents, link);
    }
  bt_core_touch (core);
}

void
bt_core_acknowledge (BtCore *core)
{
  core->update_in_flight = FALSE;
  send_within (core, core->events->len > 0 ? get_event_delay (core) : get_interval (core));
  if (core->update_hurries)
    bt_core_hurry (core);
}

void
bt_core_event (BtCore *core, BtTorrentId id, BtEventKind kind, const char *format, ...)
{
  BtEvent event = { .id = id, .kind = kind, .at = bt_core_unix_now (core) };
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_debug ("%u: %s", id, text);
  if (core->events->len >= MAX_EVENTS)
    {
      g_ref_string_release (g_array_index (core->events, BtEvent, 0).text);
      g_array_remove_index (core->events, 0);
    }
  event.text = g_ref_string_new (text);
  g_array_append_val (core->events, event);
  send_within (core, get_event_delay (core));
}

void
bt_core_count_down (BtCore *core, gsize bytes)
{
  bt_rate_add (&core->rate_down, bt_core_now (core), bytes);
  core->total_down += bytes;
}

void
bt_core_count_up (BtCore *core, gsize bytes)
{
  bt_rate_add (&core->rate_up, bt_core_now (core), bytes);
  core->total_up += bytes;
}

void
bt_core_init_updates (BtCore *core)
{
  g_queue_init (&core->changed_torrents);
  core->removed = g_array_new (FALSE, FALSE, sizeof (BtTorrentId));
  core->events = g_array_new (FALSE, FALSE, sizeof (BtEvent));
  bt_timer_init (&core->update_timer, core->timers, send_update, core);
}

void
bt_core_end_updates (BtCore *core)
{
  if (core->timers == NULL)
    return;
  bt_timer_stop (&core->update_timer);
  for (guint i = 0; i < core->events->len; i++)
    g_ref_string_release (g_array_index (core->events, BtEvent, i).text);
  g_array_unref (core->events);
  g_array_unref (core->removed);
}
