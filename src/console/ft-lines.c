/* ft-lines.c: what the engine says as plain lines of text.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-lines.h"

#include "ft-command.h"
#include "ft-describe.h"
#include "ft-text.h"

#include <glib/gi18n-lib.h>

#define HASH_DIGITS 8
#define PERCENT_WIDTH 6
#define SIZE_WIDTH 10

/* Frees @line, so that a line can be built and cleaned at once. */
static char *
clean_line (char *line)
{
  char *clean = ft_text_clean (line);

  g_free (line);
  return clean;
}

G_GNUC_PRINTF (2, 3)
static void
add_line (GPtrArray *lines, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (lines, clean_line (g_strdup_vprintf (format, args)));
  va_end (args);
}

static GPtrArray *
lines_new (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

static void
append_speeds (GString *line, guint64 down, guint64 up)
{
  g_autofree char *down_text = ft_format_speed (down);
  g_autofree char *up_text = ft_format_speed (up);

  if (down > 0)
    g_string_append_printf (line, ", ↓ %s", down_text);
  if (up > 0)
    g_string_append_printf (line, ", ↑ %s", up_text);
}

char *
ft_lines_torrent (const BtTorrentStatus *status, gint64 now)
{
  g_autofree char *state = ft_describe_state (status, now);
  g_autofree char *progress = ft_describe_progress (status);
  GString *line = g_string_new (NULL);

  g_string_append_printf (line, "%s: %s", status->name, state);
  if (status->state != BT_STATE_CHECKING && status->state != BT_STATE_LOADING && !status->is_magnet)
    g_string_append_printf (line, ", %s", progress);
  append_speeds (line, status->rate_down, status->rate_up);
  return clean_line (g_string_free (line, FALSE));
}

GPtrArray *
ft_lines_list (FtRoster *roster, gint64 now)
{
  GPtrArray *lines = lines_new ();

  for (guint i = 0; i < ft_roster_get_n (roster); i++)
    {
      const BtTorrentStatus *status = ft_roster_get (roster, i);
      g_autofree char *text = ft_lines_torrent (status, now);
      char hex[BT_SHA1_HEX_SIZE];

      bt_sha1_to_hex (&status->info_hash, hex);
      add_line (lines, "%.*s  %s", HASH_DIGITS, hex, text);
    }
  if (lines->len == 0)
    add_line (lines, "%s", _("There are no torrents; “add FILE” adds one"));
  return lines;
}

static void
add_port (GPtrArray *lines, const FtTotals *totals)
{
  if (totals->listen_port == 0)
    add_line (lines, "%s", _("Port: not listening"));
  else if (totals->incoming_seen)
    add_line (lines, _("Port: %u, open"), totals->listen_port);
  else
    add_line (lines, _("Port: %u, nobody has come in yet"), totals->listen_port);
}

static void
add_mapping (GPtrArray *lines, const FtTotals *totals)
{
  g_autofree char *text = ft_describe_mappings (totals->mappings);

  if (totals->listen_port != 0)
    add_line (lines, _("Router: %s"), text);
}

/* Where others see us. */
static void
add_address (GPtrArray *lines, const BtEndpoint *address)
{
  char text[BT_ENDPOINT_TEXT_SIZE];

  if (bt_endpoint_is_unspecified (address))
    return;
  bt_endpoint_format_ip (address, text);
  add_line (lines, _("Address on the Internet: %s"), text);
}

static void
add_node (GPtrArray *lines, const char *family, const BtDhtFacts *facts)
{
  const BtDhtFacts alone[2] = { *facts, { .state = BT_DHT_FACTS_OFF } };
  g_autofree char *text = ft_describe_dht (alone);
  char id[BT_SHA1_HEX_SIZE];

  add_line (lines, "%s: %s", family, text);
  if (facts->state == BT_DHT_FACTS_OFF)
    return;
  bt_sha1_to_hex (&facts->id, id);
  add_line (lines, _("  Our id: %s"), id);
  add_line (lines, _("  Known nodes: %u"), facts->n_nodes);
  add_line (lines, _("  Searches: %u"), facts->n_searches);
  add_line (lines, _("  Torrents kept for others: %u"), facts->n_stored_torrents);
  add_line (lines, _("  Peers kept for others: %u"), facts->n_stored_peers);
}

GPtrArray *
ft_lines_dht (FtRoster *roster)
{
  const FtTotals *totals = ft_roster_get_totals (roster);
  GPtrArray *lines = lines_new ();

  add_node (lines, "IPv4", &totals->dht[0]);
  add_node (lines, "IPv6", &totals->dht[1]);
  return lines;
}

GPtrArray *
ft_lines_status (FtRoster *roster)
{
  const FtTotals *totals = ft_roster_get_totals (roster);
  GPtrArray *lines = lines_new ();
  g_autofree char *down = ft_format_speed (totals->rate_down);
  g_autofree char *up = ft_format_speed (totals->rate_up);
  g_autofree char *downloaded = ft_format_size (totals->total_downloaded);
  g_autofree char *uploaded = ft_format_size (totals->total_uploaded);

  add_line (lines, _("Torrents: %u"), ft_roster_get_n (roster));
  add_line (lines, _("Mode: %s"), ft_mode_to_text (totals->mode));
  add_line (lines, _("Speed: ↓ %s, ↑ %s"), down, up);
  add_line (lines, _("This time: %s downloaded, %s uploaded"), downloaded, uploaded);
  add_line (lines, _("Peers: %u"), totals->n_peers);
  add_port (lines, totals);
  add_mapping (lines, totals);
  add_address (lines, &totals->external_ipv4);
  add_address (lines, &totals->external_ipv6);
  if (totals->free_bytes >= 0)
    {
      g_autofree char *space = ft_format_size ((guint64) totals->free_bytes);
      add_line (lines, _("Free space: %s"), space);
    }
  return lines;
}

static void
add_files (GPtrArray *lines, const BtFileList *files)
{
  for (guint i = 0; i < bt_file_list_length (files); i++)
    {
      const BtFileStatus *file = bt_file_list_get (files, i);
      double fraction
        = file->done >= file->length ? 1 : (double) file->done / (double) file->length;
      g_autofree char *percent = ft_format_percent (fraction);
      g_autofree char *size = ft_format_size (file->length);
      g_autofree char *percent_cell = ft_text_fit_right (percent, PERCENT_WIDTH);
      g_autofree char *size_cell = ft_text_fit_right (size, SIZE_WIDTH);

      add_line (lines, "%s  %s  %s%s", percent_cell, size_cell, file->path,
                file->priority == 0 ? _("  (skipped)") : "");
    }
  if (bt_file_list_length (files) == 0)
    add_line (lines, "%s", _("The details of this torrent are not known yet"));
}

static void
add_peers (GPtrArray *lines, GArray *peers)
{
  for (guint i = 0; i < peers->len; i++)
    {
      const BtPeerStatus *peer = &g_array_index (peers, BtPeerStatus, i);
      g_autofree char *percent = ft_format_percent (peer->progress);
      char address[BT_ENDPOINT_TEXT_SIZE];
      g_autofree char *percent_cell = ft_text_fit_right (percent, PERCENT_WIDTH);
      GString *line = g_string_new (NULL);

      bt_endpoint_format (&peer->endpoint, address);
      g_string_append_printf (line, "%s  %s  %s", percent_cell, address,
                              peer->client != NULL ? peer->client : "");
      append_speeds (line, peer->rate_down, peer->rate_up);
      if (peer->am_interested && peer->peer_choking)
        g_string_append_printf (line, ", %s", _("does not let us download"));
      if (peer->peer_interested && peer->am_choking)
        g_string_append_printf (line, ", %s", _("waits for us"));
      g_ptr_array_add (lines, clean_line (g_string_free (line, FALSE)));
    }
  if (peers->len == 0)
    add_line (lines, "%s", _("No peer is connected"));
}

static const char *
describe_tracker_state (BtTrackerStatusState state)
{
  switch (state)
    {
    case BT_TRACKER_STATUS_ASKING:
      return _("being asked");
    case BT_TRACKER_STATUS_WORKING:
      return _("working");
    case BT_TRACKER_STATUS_FAILING:
      return _("failing");
    default:
      return _("not asked yet");
    }
}

static void
add_counts (GString *line, guint n_seeds, guint n_leechers)
{
  g_string_append_printf (line, ngettext (", %u seed", ", %u seeds", n_seeds), n_seeds);
  g_string_append_printf (line, ngettext (", %u downloading", ", %u downloading", n_leechers),
                          n_leechers);
}

static void
add_tracker (GPtrArray *lines, const BtTrackerStatus *tracker, gint64 now)
{
  GString *line = g_string_new (NULL);

  g_string_append_printf (line, _("Tier %u: %s: %s"), tracker->tier + 1, tracker->url,
                          describe_tracker_state (tracker->state));
  if (tracker->message != NULL)
    g_string_append_printf (line, " (%s)", tracker->message);
  if (tracker->n_seeds >= 0 && tracker->n_leechers >= 0)
    add_counts (line, (guint) MIN (tracker->n_seeds, G_MAXUINT),
                (guint) MIN (tracker->n_leechers, G_MAXUINT));
  if (tracker->next_at > now)
    {
      g_autofree char *wait = ft_format_duration (tracker->next_at - now);
      g_string_append_printf (line, _(", next in %s"), wait);
    }
  g_ptr_array_add (lines, clean_line (g_string_free (line, FALSE)));
}

GPtrArray *
ft_lines_detail (const BtDetail *detail, gint64 now)
{
  GPtrArray *lines = lines_new ();

  if (detail->files != NULL)
    add_files (lines, detail->files);
  if (detail->peers != NULL)
    add_peers (lines, detail->peers);
  if (detail->trackers == NULL)
    return lines;
  for (guint i = 0; i < detail->trackers->len; i++)
    add_tracker (lines, &g_array_index (detail->trackers, BtTrackerStatus, i), now);
  if (detail->trackers->len == 0)
    add_line (lines, "%s", _("The torrent names no tracker"));
  return lines;
}

char *
ft_lines_event (const BtEvent *event, const BtTorrentStatus *status)
{
  const char *text = event->kind == BT_EVENT_FINISHED ? _("Finished") : event->text;

  if (text == NULL)
    return NULL;
  if (status == NULL)
    return clean_line (g_strdup (text));
  /* The reason is part of the state, and there in the user's language. */
  if (event->kind == BT_EVENT_RECOVERED
      || (event->kind == BT_EVENT_PROBLEM && status->state == BT_STATE_ERROR))
    return NULL;
  return clean_line (g_strdup_printf ("%s: %s", status->name, text));
}
