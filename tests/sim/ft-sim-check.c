/* ft-sim-check.c: what must hold in a simulation, whatever happens in it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim-swarm.h"

#include <fcntl.h>
#include <unistd.h>

#include "bt-limits.h"
#include "bt-peer-private.h"
#include "ft-test.h"

/* A liar is believed until a piece of its was found out, and what it began meanwhile; a piece that several of them
 * share takes a few tries until one of them was alone. */
#define PIECES_PER_LIAR 12

/* Files: what is said to be had is there, and is right. */

/* Bytes of the torrent in @path from @offset on in it. */
static gboolean
has_bytes (const char *path, guint64 offset, const guint8 *expected, gsize length)
{
  g_autofree guint8 *found = g_malloc (length);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gssize n;

  if (fd < 0)
    return FALSE;
  n = pread (fd, found, length, (off_t) offset);
  close (fd);
  return n == (gssize) length && memcmp (found, expected, length) == 0;
}

/* What belongs to a file that is skipped is in the file of such parts. */
static gboolean
has_range (const FtSample *sample, BtTorrent *torrent, const char *path, guint64 file_start, guint64 start, guint64 end)
{
  g_autofree char *full = g_build_filename (torrent->data_path, "sample", path, NULL);
  g_autofree char *parts = NULL;
  char hex[BT_SHA1_HEX_SIZE];
  const guint8 *expected = sample->data + start;

  if (has_bytes (full, start - file_start, expected, end - start))
    return TRUE;
  bt_sha1_to_hex (&torrent->metainfo->info_hash, hex);
  parts = g_strdup_printf ("%s/.%s.parts", torrent->data_path, hex);
  return has_bytes (parts, start, expected, end - start);
}

static void
check_piece (FtSimMember *member, BtTorrent *torrent, guint32 piece)
{
  guint64 start = (guint64) piece * member->share->sample->piece_length;
  guint64 end = start + bt_metainfo_piece_size (torrent->metainfo, piece);
  guint64 file_start = 0;

  for (const FtSampleFile *file = member->share->files; file->path != NULL; file++)
    {
      guint64 from = MAX (start, file_start);
      guint64 to = MIN (end, file_start + file->length);

      if (from < to && !has_range (member->share->sample, torrent, file->path, file_start, from, to))
        g_error ("%s says it has piece %u, and %s is not right", member->engine->node->dir, piece, file->path);
      file_start += file->length;
    }
}

static void
check_files (FtSimSwarm *self, FtSimMember *member, BtTorrent *torrent)
{
  if (torrent->phase != BT_PHASE_READY || torrent->relocating || (member->engine == self->faulty && !member->is_seed)
      || (torrent->problem != NULL && !bt_torrent_gives_on (torrent)))
    return;
  for (guint32 piece = 0; piece < torrent->metainfo->n_pieces; piece++)
    if (bt_picker_has (torrent->picker, piece))
      check_piece (member, torrent, piece);
}

/* Numbers. */

static guint64
sum_had (BtTorrent *torrent)
{
  guint64 sum = 0;

  for (guint32 piece = 0; piece < torrent->metainfo->n_pieces; piece++)
    if (bt_picker_has (torrent->picker, piece))
      sum += bt_metainfo_piece_size (torrent->metainfo, piece);
  return sum;
}

static void
check_peers (BtTorrent *torrent)
{
  guint n_connecting = 0;

  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      n_connecting += !peer->ready;
      g_assert_true (peer->torrent == torrent);
      if (peer->closed)
        continue;
      g_assert_cmpuint (bt_link_queued_bytes (peer->link), <=, BT_LIMIT_PEER_OUTPUT + BT_LIMIT_PEER_MESSAGE);
      g_assert_cmpuint (bt_peer_n_waiting (peer), <=, BT_LIMIT_REQUESTS_FROM_PEER);
      g_assert_cmpuint (bt_picker_n_outstanding (torrent->picker, peer->id), <=, BT_LIMIT_REQUESTS_TO_PEER);
    }
  g_assert_cmpuint (torrent->n_connecting, <=, n_connecting);
  g_assert_cmpuint (torrent->peers->len, <=, torrent->core->config->max_peers_per_torrent);
}

/* Nothing is asked for while the disk takes nothing. */
static void
check_requests (BtTorrent *torrent)
{
  for (guint i = 0; bt_torrent_gives_on (torrent) && i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      g_assert_cmpuint (bt_pipeline_length (peer->pipeline), ==, 0);
      g_assert_false (peer->am_interested);
      g_assert_false (peer->receiving);
    }
}

static void
check_numbers (BtTorrent *torrent, gboolean thoroughly)
{
  g_assert_cmpuint (torrent->done, <=, torrent->wanted);
  g_assert_cmpuint (torrent->corrupt, <=, torrent->wasted);
  g_assert_cmpuint (bt_candidates_count (torrent->candidates), <=,
                    torrent->active ? BT_LIMIT_CANDIDATES : BT_LIMIT_CANDIDATES_AT_REST);
  if (!thoroughly || torrent->metainfo->magnet != NULL || bt_torrent_is_folded (torrent))
    return;
  bt_picker_assert_consistent (torrent->picker);
  g_assert_cmpuint (torrent->done, <=, sum_had (torrent));
}

static gboolean
is_honest (FtSimSwarm *self, const char *ip)
{
  for (guint i = 0; i < self->engines->len; i++)
    {
      FtSimEngine *engine = g_ptr_array_index (self->engines, i);
      BtEndpoint endpoint = ft_fake_host_get_outer (engine->node->world);
      char text[BT_ENDPOINT_TEXT_SIZE];

      bt_endpoint_format_ip (&endpoint, text);
      if (g_str_equal (text, ip))
        return TRUE;
    }
  return FALSE;
}

static void
check_bans (FtSimSwarm *self, FtSimMember *member, BtTorrent *torrent)
{
  g_autoptr(GPtrArray) banned = bt_candidates_banned_ips (torrent->candidates);

  for (guint i = 0; i < banned->len; i++)
    if (is_honest (self, g_ptr_array_index (banned, i)))
      g_error ("%s banned %s, who is honest", member->engine->node->dir, (char *) g_ptr_array_index (banned, i));
}

/* Limits: how fast, and how many at once. */

static void
check_speed (FtSimMember *member, BtTorrent *torrent)
{
  const BtTorrentOptions *options = torrent->options;
  const guint64 limits[] = { options->limit_down_bytes_per_s, options->limit_up_bytes_per_s };
  const guint64 flowed[] = { torrent->downloaded, torrent->uploaded };

  ft_sim_meter_check (&member->meter, limits, flowed, bt_core_now (torrent->core));
}

static void
check_speed_of_all (FtSimEngine *engine, BtCore *core)
{
  const guint64 limits[] = { core->config->limit_down_bytes_per_s, core->config->limit_up_bytes_per_s };
  const guint64 flowed[] = { core->total_down, core->total_up };

  ft_sim_meter_check (&engine->meter, limits, flowed, bt_core_now (core));
}

/* A place is given while one is free, and whoever has just got his keeps it: he cannot be stalled yet. */
static gboolean
takes_place (BtTorrent *torrent, BtQueueKind kind)
{
  return torrent->place_given && torrent->place_kind == kind && !torrent->asked.forced
         && bt_core_now (torrent->core) - torrent->place_since < BT_QUEUE_START_US;
}

static void
check_queue (BtCore *core)
{
  const guint max[] = { core->config->max_active_downloads, core->config->max_active_seeds };
  guint n_taken[BT_QUEUE_N_KINDS] = { 0 };

  if (bt_timer_is_running (&core->queue_timer))
    return;
  for (guint i = 0; i < core->torrents->len; i++)
    {
      BtTorrent *torrent = g_ptr_array_index (core->torrents, i);

      g_assert_false (torrent->waits && torrent->active);
      for (guint kind = 0; kind < BT_QUEUE_N_KINDS; kind++)
        n_taken[kind] += takes_place (torrent, (BtQueueKind) kind);
    }
  for (guint kind = 0; kind < BT_QUEUE_N_KINDS; kind++)
    if (max[kind] > 0)
      g_assert_cmpuint (n_taken[kind], <=, max[kind]);
}

static void
check_core (BtCore *core)
{
  guint n_peers = 0;

  for (guint i = 0; i < core->torrents->len; i++)
    n_peers += ((BtTorrent *) g_ptr_array_index (core->torrents, i))->peers->len;
  g_assert_cmpuint (core->n_peers, ==, n_peers);
  g_assert_cmpuint (core->n_peers, <=, core->config->max_peers);
  g_assert_cmpuint (core->arrivals->len, <=, BT_LIMIT_HALF_OPEN_INCOMING);
  g_assert_cmpuint (bt_attempts_count (core->attempts), <=, 2 * BT_LIMIT_ATTEMPTS);
  g_assert_cmpuint (core->disk->ops->backlog (core->disk), <=, 2 * BT_LIMIT_DISK_BACKLOG);
}

static void
check_engine (FtSimEngine *engine)
{
  check_core (engine->node->core);
  check_queue (engine->node->core);
  check_speed_of_all (engine, engine->node->core);
}

void
ft_sim_swarm_check (FtSimSwarm *self, gboolean thoroughly)
{
  for (guint i = 0; i < self->engines->len; i++)
    check_engine (g_ptr_array_index (self->engines, i));
  for (guint i = 0; i < self->members->len; i++)
    {
      FtSimMember *member = g_ptr_array_index (self->members, i);
      BtTorrent *torrent = ft_sim_swarm_torrent (member);

      if (torrent == NULL)
        continue;
      check_peers (torrent);
      check_requests (torrent);
      check_numbers (torrent, thoroughly);
      check_bans (self, member, torrent);
      check_speed (member, torrent);
      if (thoroughly)
        check_files (self, member, torrent);
    }
}

/* The end. */

/* However short an interval the tracker names, it is not asked more often than that. */
static void
check_trackers (FtSimSwarm *self)
{
  guint minutes = (guint) ((ft_fake_net_now (self->sim->net) - self->began) / (60 * FT_SIM_SECOND)) + 1;

  for (guint manner = 0; manner < FT_N_TRACKERS; manner++)
    g_assert_cmpuint (self->trackers->n_announces[manner], <=, self->members->len * (minutes * 2 + 30));
}

static void
check_whole (FtSimMember *member)
{
  BtTorrent *torrent = ft_sim_swarm_torrent (member);

  g_assert_cmpuint (torrent->done, ==, member->share->sample->size);
  ft_sample_assert_equal (member->share->sample, torrent->data_path);
}

/* Nobody got what nobody gave. */
static void
check_exchange (FtSimSwarm *self, FtSimTorrent *share)
{
  guint64 given = 0;
  guint64 got = 0;

  for (guint i = 0; i < self->members->len; i++)
    {
      FtSimMember *member = g_ptr_array_index (self->members, i);

      if (member->share != share)
        continue;
      given += ft_sim_swarm_torrent (member)->uploaded;
      got += ft_sim_swarm_torrent (member)->downloaded;
    }
  for (guint i = 0; i < self->bad->len; i++)
    {
      FtBadPeer *peer = g_ptr_array_index (self->bad, i);

      given += peer->sample == share->sample ? peer->n_served : 0;
    }
  if (!share->forgot && !share->noisy)
    g_assert_cmpuint (got, <=, given);
}

void
ft_sim_swarm_check_end (FtSimSwarm *self)
{
  guint n_liars = 0;

  ft_sim_swarm_check (self, TRUE);
  for (guint i = 0; i < self->members->len; i++)
    check_whole (g_ptr_array_index (self->members, i));
  for (guint i = 0; i < self->shares->len; i++)
    {
      FtSimTorrent *share = g_ptr_array_index (self->shares, i);

      check_exchange (self, share);
      n_liars += share->n_liars;
    }
  for (guint i = 0; i < self->engines->len; i++)
    g_assert_cmpuint (((FtSimEngine *) g_ptr_array_index (self->engines, i))->node->n_failed_pieces, <=,
                      PIECES_PER_LIAR * n_liars);
  check_trackers (self);
}
