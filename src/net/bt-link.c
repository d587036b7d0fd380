/* bt-link.c: the life of a connection to a peer, from connect to close.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-link-private.h"

#include "bt-limits.h"

#define CONNECT_TIMEOUT_US (15 * G_USEC_PER_SEC)
#define HANDSHAKE_TIMEOUT_US (10 * G_USEC_PER_SEC)

/* A limit may be changed while a link waits for its tokens, so it looks again now and then. */
#define MAX_TOKEN_WAIT_US (G_USEC_PER_SEC / 2)

/* Waiting for a block's worth of tokens keeps a slow limit from costing a wake-up for every byte;
 * each bucket holds that much. */
#define TOKEN_QUANTUM BT_LIMIT_BLOCK

/* Links that share a limiter wait for the same moment. Who waits longer comes first, so that each
 * has its turn; the newest comes last by so much. */
#define TURN_SPREAD_US (20 * 1000)

static gint64
get_place_in_turn (gint64 waited)
{
  return (gint64) TURN_SPREAD_US * TURN_SPREAD_US / (TURN_SPREAD_US + waited);
}

gsize
bt_link_grant (BtLimiter *limiter, gint64 now, gsize want, BtLinkPump *pump)
{
  gsize quantum = MIN (want, TOKEN_QUANTUM);
  gsize allowed = limiter != NULL ? bt_limiter_allows (limiter, now, want) : want;
  gint64 when;

  if (allowed >= quantum)
    {
      pump->thirsty_since = 0;
      return allowed;
    }
  if (pump->thirsty_since == 0)
    pump->thirsty_since = now;
  when = bt_limiter_when (limiter, now, quantum) + get_place_in_turn (now - pump->thirsty_since);
  bt_timer_start (&pump->timer, MIN (when, now + (gint64) MAX_TOKEN_WAIT_US));
  return 0;
}

/* While tokens are awaited or reading is off, nobody listens: the events are level-triggered. */
static void
update_watch (BtLink *link)
{
  BtStreamEvents events = 0;

  if (link->state == BT_LINK_CONNECTING)
    events = BT_STREAM_WRITABLE;
  else if (link->state >= BT_LINK_HANDSHAKE)
    {
      if (link->input.reading && !bt_timer_is_running (&link->input.pump.timer))
        events |= BT_STREAM_READABLE;
      if (link->output.blocked)
        events |= BT_STREAM_WRITABLE;
    }
  if (events == link->watched)
    return;
  link->watched = events;
  link->stream->ops->watch (link->stream, events);
}

static void
finish (BtLink *link)
{
  bt_timer_stop (&link->deadline);
  bt_link_clear_input (link);
  bt_link_clear_output (link);
  link->stream->ops->close (link->stream);

  /* Whatever the owner calls now finds a link that is closing. */
  link->depth++;
  link->ops->closed (link, link->reason, link->detail, link->owner);
  g_free (link->detail);
  g_free (link);
}

void
bt_link_enter (BtLink *link)
{
  link->depth++;
}

void
bt_link_leave (BtLink *link)
{
  g_assert (link->depth > 0);
  if (--link->depth > 0)
    return;
  if (!bt_link_is_open (link))
    {
      finish (link);
      return;
    }
  bt_link_schedule_flush (link);
  update_watch (link);
}

static void
set_reason (BtLink *link, BtCloseReason reason, const char *detail)
{
  if (!bt_link_is_open (link))
    return;
  link->reason = reason;
  link->detail = g_strdup (detail);
}

void
bt_link_close (BtLink *link, BtCloseReason reason, const char *detail)
{
  g_return_if_fail (reason != BT_CLOSE_NONE);

  set_reason (link, reason, detail);
  if (link->depth == 0)
    finish (link);
}

void
bt_link_doom (BtLink *link, BtCloseReason reason, const char *detail)
{
  set_reason (link, reason, detail);
  bt_timer_start (&link->output.pump.timer, bt_world_now (link->world));
}

/* Events. */

static void
deadline_cb (gpointer owner, gint64 now)
{
  BtLink *link = owner;

  bt_link_close (link, BT_CLOSE_TIMED_OUT,
                 link->state == BT_LINK_CONNECTING ? "connect" : "handshake");
}

void
bt_link_handshake_done (BtLink *link)
{
  link->state = BT_LINK_MESSAGES;
  bt_timer_stop (&link->deadline);
}

static void
open_link (BtLink *link)
{
  link->state = BT_LINK_HANDSHAKE;
  link->last_received = link->last_sent = bt_world_now (link->world);
  if (link->ops->connected != NULL)
    link->ops->connected (link, link->owner);
}

/* Whether the connect succeeded, says the first read. What it brings is part of the handshake. */
static void
complete_connect (BtLink *link)
{
  BtByteQueue *bytes = &link->input.bytes;
  struct iovec part = { bt_byte_queue_reserve (bytes, BT_HANDSHAKE_SIZE), BT_HANDSHAKE_SIZE };
  g_autoptr (GError) error = NULL;
  gssize got = link->stream->ops->readv (link->stream, &part, 1, &error);

  if (got < 0 && got != BT_STREAM_AGAIN)
    {
      bt_link_close (link, BT_CLOSE_CONNECT_FAILED, error != NULL ? error->message : NULL);
      return;
    }
  if (got == 0)
    {
      bt_link_close (link, BT_CLOSE_REMOTE, NULL);
      return;
    }
  if (got > 0)
    {
      bt_byte_queue_commit (bytes, (gsize) got);
      link->counts.bytes_in += (guint64) got;
    }
  bt_timer_start (&link->deadline, bt_world_now (link->world) + (gint64) HANDSHAKE_TIMEOUT_US);
  open_link (link);
  if (got > 0)
    bt_link_receive (link);
}

static void
stream_cb (BtStream *stream, BtStreamEvents events, gpointer owner)
{
  BtLink *link = owner;

  bt_link_enter (link);
  if (bt_link_is_open (link) && link->state == BT_LINK_CONNECTING)
    complete_connect (link);
  else
    {
      if ((events & BT_STREAM_WRITABLE) != 0)
        link->output.blocked = FALSE;
      if ((events & link->watched & BT_STREAM_READABLE) != 0)
        bt_link_receive (link);
    }
  if (bt_link_is_open (link))
    bt_link_flush (link);
  bt_link_leave (link);
}

static void
output_timer_cb (gpointer owner, gint64 now)
{
  BtLink *link = owner;

  bt_link_enter (link);
  if (bt_link_is_open (link) && link->state == BT_LINK_ACCEPTED)
    open_link (link);
  if (bt_link_is_open (link))
    bt_link_flush (link);
  bt_link_leave (link);
}

/* Public. */

static BtLink *
make_link (BtWorld *world, BtTimers *timers, const BtLinkOps *ops, gpointer owner)
{
  BtLink *link = g_new0 (BtLink, 1);

  g_assert (ops->closed != NULL);
  link->world = world;
  link->ops = ops;
  link->owner = owner;
  link->last_received = link->last_sent = bt_world_now (world);
  bt_timer_init (&link->deadline, timers, deadline_cb, link);
  bt_link_init_input (link, timers);
  bt_link_init_output (link, timers, output_timer_cb);
  return link;
}

BtLink *
bt_link_new_outgoing (BtWorld *world,
                      BtTimers *timers,
                      const BtEndpoint *remote,
                      const BtLinkOps *ops,
                      gpointer owner,
                      GError **error)
{
  BtLink *link = make_link (world, timers, ops, owner);

  link->outgoing = TRUE;
  link->remote = *remote;
  link->stream = world->ops->connect (world, remote, stream_cb, link, error);
  if (link->stream == NULL)
    {
      bt_link_clear_input (link);
      bt_link_clear_output (link);
      g_free (link);
      return NULL;
    }
  bt_timer_start (&link->deadline, bt_world_now (world) + (gint64) CONNECT_TIMEOUT_US);
  update_watch (link);
  return link;
}

BtLink *
bt_link_new_incoming (BtWorld *world,
                      BtTimers *timers,
                      BtStream *stream,
                      const BtLinkOps *ops,
                      gpointer owner)
{
  BtLink *link = make_link (world, timers, ops, owner);
  gint64 now = bt_world_now (world);

  link->stream = stream;
  link->state = BT_LINK_ACCEPTED;
  stream->func = stream_cb;
  stream->owner = link;
  stream->ops->get_remote (stream, &link->remote);
  bt_timer_start (&link->deadline, now + (gint64) HANDSHAKE_TIMEOUT_US);
  /* The owner is told in the next turn: it does not know the link yet. */
  bt_timer_start (&link->output.pump.timer, now);
  return link;
}

void
bt_link_push (BtLink *link)
{
  if (!bt_link_is_open (link) || link->state < BT_LINK_HANDSHAKE)
    return;
  bt_link_enter (link);
  bt_link_flush (link);
  bt_link_leave (link);
}

void
bt_link_set_owner (BtLink *link, const BtLinkOps *ops, gpointer owner)
{
  g_assert (ops->closed != NULL);
  link->ops = ops;
  link->owner = owner;
}

gpointer
bt_link_get_owner (BtLink *link)
{
  return link->owner;
}

void
bt_link_set_limiters (BtLink *link, BtLimiter *down, BtLimiter *up)
{
  gint64 now = bt_world_now (link->world);

  link->down = down;
  link->up = up;
  if (!bt_link_is_open (link))
    return;
  /* What waited for tokens of the old ones asks the new ones. */
  if (bt_timer_is_running (&link->input.pump.timer))
    bt_timer_start (&link->input.pump.timer, now);
  if (bt_timer_is_running (&link->output.pump.timer))
    bt_timer_start (&link->output.pump.timer, now);
}

gboolean
bt_link_is_outgoing (BtLink *link)
{
  return link->outgoing;
}

const BtEndpoint *
bt_link_get_remote (BtLink *link)
{
  return &link->remote;
}

void
bt_link_get_local (BtLink *link, BtEndpoint *out)
{
  link->stream->ops->get_local (link->stream, out);
}

gboolean
bt_link_is_stuck (BtLink *link, gint64 silence_us)
{
  return link->stream->ops->is_stuck (link->stream, silence_us);
}

const BtLinkCounts *
bt_link_get_counts (BtLink *link)
{
  return &link->counts;
}

gint64
bt_link_last_received (BtLink *link)
{
  return link->last_received;
}

gint64
bt_link_last_sent (BtLink *link)
{
  return link->last_sent;
}
