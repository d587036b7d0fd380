/* ft-objects.c: what the engine says as JSON objects, one a line.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-objects.h"

#include "ft-command.h"
#include "ft-describe.h"
#include "ft-json.h"

static const char *
state_word (BtState state)
{
  static const char *const words[] = {
    [BT_STATE_LOADING] = "loading",   [BT_STATE_CHECKING] = "checking",
    [BT_STATE_DOWNLOADING] = "downloading", [BT_STATE_SEEDING] = "seeding",
    [BT_STATE_PAUSED] = "paused",     [BT_STATE_STOPPED] = "stopped",
    [BT_STATE_MOVING] = "moving",     [BT_STATE_ERROR] = "error",
  };

  g_return_val_if_fail (state < G_N_ELEMENTS (words), NULL);
  return words[state];
}

static const char *
intent_word (BtIntent intent)
{
  static const char *const words[] = {
    [BT_INTENT_RUN] = "run",
    [BT_INTENT_PAUSE] = "pause",
    [BT_INTENT_STOP] = "stop",
    [BT_INTENT_DETAILS] = "details",
  };

  g_return_val_if_fail (intent < G_N_ELEMENTS (words), NULL);
  return words[intent];
}

static const char *
reason_word (BtReason reason)
{
  static const char *const words[] = {
    [BT_REASON_NONE] = NULL,
    [BT_REASON_STARTING] = "starting",
    [BT_REASON_CHECK_QUEUED] = "check-queued",
    [BT_REASON_ANNOUNCING] = "announcing",
    [BT_REASON_SEARCHING] = "searching",
    [BT_REASON_NO_PEERS] = "no-peers",
    [BT_REASON_NO_TRACKER] = "no-tracker",
    [BT_REASON_CONNECTING] = "connecting",
    [BT_REASON_NO_CONNECTION] = "no-connection",
    [BT_REASON_PEERS_LACK_PIECES] = "peers-lack-pieces",
    [BT_REASON_CHOKED] = "choked",
    [BT_REASON_MODE] = "mode",
    [BT_REASON_COMPLETE] = "complete",
    [BT_REASON_NO_INTEREST] = "no-interest",
    [BT_REASON_DISK_FULL] = "disk-full",
    [BT_REASON_DISK_MISSING] = "disk-missing",
    [BT_REASON_DISK_READ_ONLY] = "disk-read-only",
    [BT_REASON_DISK_ERROR] = "disk-error",
    [BT_REASON_FILES_CHANGED] = "files-changed",
    [BT_REASON_NETWORK] = "network",
    [BT_REASON_QUEUED] = "queued",
    [BT_REASON_SUSPENDED] = "suspended",
    [BT_REASON_GOAL] = "goal",
    [BT_REASON_NO_METADATA] = "no-metadata",
    [BT_REASON_METADATA] = "metadata",
    [BT_REASON_BAD_METADATA] = "bad-metadata",
    [BT_REASON_DISK_SLOW] = "disk-slow",
    [BT_REASON_HELD] = "held",
  };

  g_return_val_if_fail (reason < G_N_ELEMENTS (words), NULL);
  return words[reason];
}

static const char *
event_word (BtEventKind kind)
{
  static const char *const words[] = {
    [BT_EVENT_FINISHED] = "finished",   [BT_EVENT_CHECKED] = "checked",
    [BT_EVENT_PROBLEM] = "problem",     [BT_EVENT_RECOVERED] = "recovered",
    [BT_EVENT_PIECE_FAILED] = "piece-failed", [BT_EVENT_TRACKER] = "tracker-message",
    [BT_EVENT_GOAL] = "goal",           [BT_EVENT_MOVED] = "moved",
    [BT_EVENT_LOG] = "log",
  };

  g_return_val_if_fail (kind < G_N_ELEMENTS (words), NULL);
  return words[kind];
}

static FtJson *
begin (const char *event, gint64 now)
{
  FtJson *json = ft_json_new ();

  ft_json_begin_object (json, NULL);
  ft_json_string (json, "event", event);
  ft_json_int (json, "time", now);
  return json;
}

static char *
end (FtJson *json)
{
  char *text;

  ft_json_end_object (json);
  text = ft_json_finish (json);
  ft_json_free (json);
  return text;
}

static void
add_identity (FtJson *json, const BtTorrentStatus *status)
{
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&status->info_hash, hex);
  ft_json_string (json, "info_hash", hex);
  ft_json_string (json, "name", status->name);
}

static void
add_count (FtJson *json, const char *key, gint64 count)
{
  if (count < 0)
    ft_json_null (json, key);
  else
    ft_json_int (json, key, count);
}

static void
add_figures (FtJson *json, const BtTorrentStatus *status)
{
  ft_json_uint (json, "size", status->total_size);
  ft_json_uint (json, "wanted", status->wanted);
  ft_json_uint (json, "done", status->done);
  ft_json_boolean (json, "complete",
                   !status->is_magnet && status->done >= status->wanted && status->state != BT_STATE_LOADING
                     && status->state != BT_STATE_CHECKING);
  ft_json_double (json, "check_progress", status->check_progress);
  ft_json_uint (json, "rate_down", status->rate_down);
  ft_json_uint (json, "rate_up", status->rate_up);
  add_count (json, "eta", status->eta_s);
  if (status->is_magnet)
    {
      ft_json_uint (json, "metadata_done", status->metadata_done);
      add_count (json, "metadata_size", status->metadata_size > 0 ? (gint64) status->metadata_size : -1);
    }
  ft_json_uint (json, "downloaded", status->downloaded);
  ft_json_uint (json, "uploaded", status->uploaded);
  ft_json_uint (json, "wasted", status->wasted);
  ft_json_uint (json, "peers", status->n_peers);
  ft_json_uint (json, "seeds", status->n_seeds);
  ft_json_uint (json, "known_peers", status->n_known);
  add_count (json, "swarm_seeds", status->swarm_seeds);
  add_count (json, "swarm_leechers", status->swarm_leechers);
}

char *
ft_objects_torrent (const char *event, const BtTorrentStatus *status, gint64 now)
{
  FtJson *json = begin (event, now);
  g_autofree char *text = ft_describe_state (status, now);

  add_identity (json, status);
  ft_json_boolean (json, "magnet", status->is_magnet);
  ft_json_string (json, "path", status->save_path);
  ft_json_string (json, "state", state_word (status->state));
  ft_json_string (json, "intent", intent_word (status->intent));
  ft_json_string (json, "reason", reason_word (status->reason));
  ft_json_string (json, "detail", status->reason_text);
  ft_json_string (json, "text", text);
  add_figures (json, status);
  return end (json);
}

GPtrArray *
ft_objects_list (FtRoster *roster, gint64 now)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < ft_roster_get_n (roster); i++)
    g_ptr_array_add (lines, ft_objects_torrent ("torrent", ft_roster_get (roster, i), now));
  return lines;
}

static void
add_address (FtJson *json, const char *name, const BtEndpoint *address)
{
  char text[BT_ENDPOINT_TEXT_SIZE];

  if (bt_endpoint_is_unspecified (address))
    {
      ft_json_null (json, name);
      return;
    }
  bt_endpoint_format_ip (address, text);
  ft_json_string (json, name, text);
}

static void
add_mapping (FtJson *json, const char *name, const BtMapping *mapping)
{
  static const char *const words[] = {
    [BT_MAPPING_OFF] = "off",
    [BT_MAPPING_ASKING] = "asking",
    [BT_MAPPING_MAPPED] = "mapped",
    [BT_MAPPING_SECOND_NAT] = "second-nat",
    [BT_MAPPING_REFUSED] = "refused",
    [BT_MAPPING_NO_ANSWER] = "no-answer",
    [BT_MAPPING_UNSUPPORTED] = "unsupported",
    [BT_MAPPING_BOUND] = "bound",
  };
  char address[BT_ENDPOINT_TEXT_SIZE];

  ft_json_begin_object (json, name);
  ft_json_string (json, "state", mapping->state < G_N_ELEMENTS (words) ? words[mapping->state] : NULL);
  if (bt_mapping_is_mapped (mapping))
    {
      bt_endpoint_format_ip (&mapping->address, address);
      ft_json_uint (json, "port", mapping->port);
      ft_json_string (json, "address", bt_endpoint_is_unspecified (&mapping->address) ? NULL : address);
      ft_json_int (json, "until", mapping->until);
    }
  if (mapping->state == BT_MAPPING_REFUSED)
    ft_json_uint (json, "code", mapping->code);
  ft_json_end_object (json);
}

static void
add_mappings (FtJson *json, const FtTotals *totals)
{
  g_autofree char *text = ft_describe_mappings (totals->mappings);

  ft_json_string (json, "router", text);
  ft_json_begin_object (json, "mappings");
  add_mapping (json, "pcp", &totals->mappings[BT_MAPPER_PCP]);
  add_mapping (json, "nat_pmp", &totals->mappings[BT_MAPPER_NAT_PMP]);
  add_mapping (json, "upnp", &totals->mappings[BT_MAPPER_UPNP]);
  add_mapping (json, "pcp6", &totals->mappings[BT_MAPPER_PCP6]);
  ft_json_end_object (json);
}

char *
ft_objects_status (FtRoster *roster, gint64 now)
{
  const FtTotals *totals = ft_roster_get_totals (roster);
  FtJson *json = begin ("status", now);

  ft_json_uint (json, "torrents", ft_roster_get_n (roster));
  ft_json_string (json, "mode", ft_mode_to_text (totals->mode));
  ft_json_uint (json, "rate_down", totals->rate_down);
  ft_json_uint (json, "rate_up", totals->rate_up);
  ft_json_uint (json, "downloaded", totals->total_downloaded);
  ft_json_uint (json, "uploaded", totals->total_uploaded);
  ft_json_uint (json, "peers", totals->n_peers);
  ft_json_uint (json, "port", totals->listen_port);
  ft_json_boolean (json, "port_open", totals->incoming_seen);
  add_mappings (json, totals);
  add_address (json, "external_ipv4", &totals->external_ipv4);
  add_address (json, "external_ipv6", &totals->external_ipv6);
  add_count (json, "free_bytes", totals->free_bytes);
  return end (json);
}

static const char *
dht_word (BtDhtFactsState state)
{
  static const char *const words[] = {
    [BT_DHT_FACTS_OFF] = "off",
    [BT_DHT_FACTS_ALONE] = "alone",
    [BT_DHT_FACTS_STARTING] = "starting",
    [BT_DHT_FACTS_WORKING] = "working",
    [BT_DHT_FACTS_NO_ANSWER] = "no-answer",
  };

  g_return_val_if_fail (state < G_N_ELEMENTS (words), NULL);
  return words[state];
}

static char *
build_node (const char *family, const BtDhtFacts *facts, gint64 now)
{
  const BtDhtFacts alone[2] = { *facts, { .state = BT_DHT_FACTS_OFF } };
  FtJson *json = begin ("dht", now);
  g_autofree char *text = ft_describe_dht (alone);
  char id[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&facts->id, id);
  ft_json_string (json, "family", family);
  ft_json_string (json, "state", dht_word (facts->state));
  ft_json_string (json, "text", text);
  ft_json_string (json, "id", facts->state != BT_DHT_FACTS_OFF ? id : NULL);
  ft_json_uint (json, "good_nodes", facts->n_good);
  ft_json_uint (json, "nodes", facts->n_nodes);
  ft_json_uint (json, "searches", facts->n_searches);
  ft_json_uint (json, "stored_torrents", facts->n_stored_torrents);
  ft_json_uint (json, "stored_peers", facts->n_stored_peers);
  return end (json);
}

GPtrArray *
ft_objects_dht (FtRoster *roster, gint64 now)
{
  const FtTotals *totals = ft_roster_get_totals (roster);
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (lines, build_node ("ipv4", &totals->dht[0], now));
  g_ptr_array_add (lines, build_node ("ipv6", &totals->dht[1], now));
  return lines;
}

static char *
build_file (const BtFileStatus *file, const BtTorrentStatus *status, gint64 now)
{
  FtJson *json = begin ("file", now);

  add_identity (json, status);
  ft_json_string (json, "path", file->path);
  ft_json_uint (json, "size", file->length);
  ft_json_uint (json, "done", file->done);
  ft_json_uint (json, "priority", file->priority);
  return end (json);
}

static char *
build_peer (const BtPeerStatus *peer, const BtTorrentStatus *status, gint64 now)
{
  FtJson *json = begin ("peer", now);
  char address[BT_ENDPOINT_TEXT_SIZE];

  bt_endpoint_format (&peer->endpoint, address);
  add_identity (json, status);
  ft_json_string (json, "address", address);
  ft_json_string (json, "client", peer->client);
  ft_json_boolean (json, "incoming", peer->incoming);
  ft_json_double (json, "progress", peer->progress);
  ft_json_uint (json, "rate_down", peer->rate_down);
  ft_json_uint (json, "rate_up", peer->rate_up);
  ft_json_uint (json, "downloaded", peer->downloaded);
  ft_json_uint (json, "uploaded", peer->uploaded);
  ft_json_boolean (json, "am_choking", peer->am_choking);
  ft_json_boolean (json, "am_interested", peer->am_interested);
  ft_json_boolean (json, "peer_choking", peer->peer_choking);
  ft_json_boolean (json, "peer_interested", peer->peer_interested);
  return end (json);
}

static char *
build_tracker (const BtTrackerStatus *tracker, const BtTorrentStatus *status, gint64 now)
{
  static const char *const words[] = {
    [BT_TRACKER_STATUS_IDLE] = "idle",
    [BT_TRACKER_STATUS_ASKING] = "asking",
    [BT_TRACKER_STATUS_WORKING] = "working",
    [BT_TRACKER_STATUS_FAILING] = "failing",
  };
  FtJson *json = begin ("tracker", now);

  add_identity (json, status);
  ft_json_string (json, "url", tracker->url);
  ft_json_uint (json, "tier", tracker->tier);
  ft_json_string (json, "state",
                  tracker->state < G_N_ELEMENTS (words) ? words[tracker->state] : NULL);
  ft_json_boolean (json, "encrypted", tracker->encrypted);
  ft_json_string (json, "message", tracker->message);
  ft_json_int (json, "next", tracker->next_at);
  ft_json_int (json, "last", tracker->last_at);
  ft_json_uint (json, "fails", tracker->fails);
  add_count (json, "seeds", tracker->n_seeds);
  add_count (json, "leechers", tracker->n_leechers);
  return end (json);
}

GPtrArray *
ft_objects_detail (const BtDetail *detail, const BtTorrentStatus *status, gint64 now)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; detail->files != NULL && i < bt_file_list_length (detail->files); i++)
    g_ptr_array_add (lines, build_file (bt_file_list_get (detail->files, i), status, now));
  for (guint i = 0; detail->peers != NULL && i < detail->peers->len; i++)
    g_ptr_array_add (lines,
                     build_peer (&g_array_index (detail->peers, BtPeerStatus, i), status, now));
  for (guint i = 0; detail->trackers != NULL && i < detail->trackers->len; i++)
    g_ptr_array_add (
      lines, build_tracker (&g_array_index (detail->trackers, BtTrackerStatus, i), status, now));
  return lines;
}

char *
ft_objects_event (const BtEvent *event, const BtTorrentStatus *status)
{
  FtJson *json = begin (event_word (event->kind), event->at);

  if (status != NULL)
    add_identity (json, status);
  ft_json_string (json, "message", event->text);
  return end (json);
}

char *
ft_objects_message (const char *event,
                    const char *name,
                    const char *value,
                    const char *message,
                    gint64 now)
{
  FtJson *json = begin (event, now);

  if (name != NULL)
    ft_json_string (json, name, value);
  if (message != NULL)
    ft_json_string (json, "message", message);
  return end (json);
}
