/* ft-fake-stream.c: connections on a network in memory.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fake-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bt-error.h"

#define RESEND_US (500 * 1000)

typedef enum
{
  STREAM_CONNECTING,
  STREAM_OPEN,
  STREAM_FAILED,
} StreamState;

typedef struct _FtFakeStream FtFakeStream;
struct _FtFakeStream
{
  BtStream stream; /* first */
  FtFakeNet *net;
  FtFakeHost *host;
  BtEndpoint local, remote;
  FtFakeStream *peer; /* (nullable): NULL while connecting and once the other end closed */
  StreamState state;
  char *error; /* of STREAM_FAILED */
  FtFakeLine line;
  BtStreamEvents watched;
  GList *ready_link; /* in the queue of the network, NULL if not */
  FtFakeStreamStats stats;

  /* What comes in. */
  BtByteQueue arrived;
  gboolean ended;   /* nothing comes after @arrived */
  GQueue under_way; /* of Parcel, in order */
  gsize bytes_under_way;
  BtTimer arrival; /* of the first of them; of the connect while connecting */

  /* What goes out. */
  gint64 line_free_at; /* when the last byte written will have left */
  gint64 last_at;      /* when it will have come */
};

typedef struct
{
  gint64 at;
  GBytes *bytes; /* (nullable): NULL is the end */
} Parcel;

/* Readiness. */

static gsize
get_room (const FtFakeStream *stream)
{
  gsize used;

  if (stream->peer == NULL)
    return G_MAXSIZE;
  used = bt_byte_queue_length (&stream->peer->arrived) + stream->peer->bytes_under_way;
  return stream->line.capacity - MIN (used, stream->line.capacity);
}

static BtStreamEvents
get_events (const FtFakeStream *stream)
{
  BtStreamEvents events = 0;

  if (stream->state == STREAM_FAILED)
    return BT_STREAM_READABLE | BT_STREAM_WRITABLE;
  if (stream->state == STREAM_CONNECTING)
    return 0;
  if (stream->ended || bt_byte_queue_length (&stream->arrived) > 0)
    events |= BT_STREAM_READABLE;
  if (get_room (stream) > 0)
    events |= BT_STREAM_WRITABLE;
  return events;
}

/* What a stream is told: an error is told to everybody who listens for anything. */
static BtStreamEvents
get_wanted_events (const FtFakeStream *stream)
{
  if (stream->state == STREAM_FAILED && stream->watched != 0)
    return get_events (stream);
  return get_events (stream) & stream->watched;
}

static void
update_ready (FtFakeStream *stream)
{
  if (stream->ready_link != NULL || get_wanted_events (stream) == 0)
    return;
  g_queue_push_tail (&stream->net->ready, stream);
  stream->ready_link = g_queue_peek_tail_link (&stream->net->ready);
}

gboolean
ft_fake_net_tell_streams (FtFakeNet *net)
{
  gboolean any = FALSE;

  for (guint left = g_queue_get_length (&net->ready); left > 0 && !g_queue_is_empty (&net->ready);
       left--)
    {
      FtFakeStream *stream = g_queue_pop_head (&net->ready);
      BtStreamEvents events;

      stream->ready_link = NULL;
      events = get_wanted_events (stream);
      if (events == 0)
        continue;
      any = TRUE;
      stream->stats.n_events++;
      net->current = stream;
      stream->stream.func (&stream->stream, events, stream->stream.owner);
      if (net->current != NULL)
        update_ready (stream);
    }
  net->current = NULL;
  return any;
}

/* The way. */

static void
free_parcel (Parcel *parcel)
{
  g_clear_pointer (&parcel->bytes, g_bytes_unref);
  g_free (parcel);
}

static void
fail_stream (FtFakeStream *stream, const char *message)
{
  if (stream->state == STREAM_FAILED)
    return;
  stream->state = STREAM_FAILED;
  stream->error = g_strdup (message);
  bt_timer_stop (&stream->arrival);
  update_ready (stream);
}

/* What is sent now is lost on the way, and will be sent again. */
static gboolean
is_cut (const FtFakeStream *stream)
{
  return stream->host->dark || (stream->peer != NULL && stream->peer->host->dark);
}

static void
arrival_cb (gpointer owner, gint64 now)
{
  FtFakeStream *stream = owner;
  Parcel *parcel;

  if (is_cut (stream))
    {
      bt_timer_start (&stream->arrival, now + RESEND_US);
      return;
    }
  while ((parcel = g_queue_peek_head (&stream->under_way)) != NULL && parcel->at <= now)
    {
      g_queue_pop_head (&stream->under_way);
      if (parcel->bytes == NULL)
        stream->ended = TRUE;
      else
        {
          gsize length = g_bytes_get_size (parcel->bytes);

          bt_byte_queue_push (&stream->arrived, g_bytes_get_data (parcel->bytes, NULL), length);
          stream->bytes_under_way -= length;
        }
      free_parcel (parcel);
    }
  if (parcel != NULL)
    bt_timer_start (&stream->arrival, parcel->at);
  update_ready (stream);
}

/* From @stream to its other end; NULL for the end. */
static void
send_parcel (FtFakeStream *stream, GBytes *bytes)
{
  FtFakeStream *peer = stream->peer;
  gint64 now = stream->net->now;
  gsize length = bytes != NULL ? g_bytes_get_size (bytes) : 0;
  Parcel *parcel = g_new0 (Parcel, 1);

  stream->line_free_at = MAX (stream->line_free_at, now);
  if (stream->line.bytes_per_s > 0)
    stream->line_free_at += (gint64) (length * G_USEC_PER_SEC / stream->line.bytes_per_s);
  parcel->at = stream->line_free_at + stream->line.latency_us;
  ft_fake_pass_stream (stream->host, peer->host, length, &parcel->at);
  parcel->at = stream->last_at = MAX (parcel->at, stream->last_at);
  parcel->bytes = bytes;
  g_queue_push_tail (&peer->under_way, parcel);
  peer->bytes_under_way += length;
  if (parcel->at <= now)
    arrival_cb (peer, now);
  else if (!bt_timer_is_running (&peer->arrival))
    bt_timer_start (&peer->arrival, parcel->at);
}

/* The operations. */

/* What one call moves of @length bytes. */
static gsize
draw_length (FtFakeStream *stream, gsize length, gsize max)
{
  if (max == 0)
    return length;
  if (stream->line.random)
    max = 1 + bt_random_below (&stream->net->random, (guint32) max);
  return MIN (length, max);
}

/* FALSE with the result of the call when no byte can flow. */
static gboolean
check_open (FtFakeStream *stream, gssize *result, GError **error)
{
  *result = BT_STREAM_AGAIN;
  if (stream->state == STREAM_OPEN)
    return TRUE;
  if (stream->state == STREAM_FAILED)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_NETWORK, stream->error);
      *result = BT_STREAM_ERROR;
    }
  else
    stream->stats.n_again++;
  return FALSE;
}

static gssize
readv_cb (BtStream *base, const struct iovec *parts, int n_parts, GError **error)
{
  FtFakeStream *stream = (FtFakeStream *) base;
  gsize left = draw_length (stream, bt_byte_queue_length (&stream->arrived), stream->line.max_read);
  gsize total = 0;
  gssize result;

  if (!check_open (stream, &result, error))
    return result;
  for (int i = 0; i < n_parts && left > 0; i++)
    {
      gsize length = MIN (left, parts[i].iov_len);

      memcpy (parts[i].iov_base, bt_byte_queue_peek (&stream->arrived), length);
      bt_byte_queue_pop (&stream->arrived, length);
      left -= length;
      total += length;
    }
  if (total == 0)
    {
      stream->stats.n_again += !stream->ended;
      return stream->ended ? 0 : BT_STREAM_AGAIN;
    }
  stream->stats.n_reads++;
  if (stream->peer != NULL)
    update_ready (stream->peer);
  return (gssize) total;
}

static gssize
writev_cb (BtStream *base, const struct iovec *parts, int n_parts, GError **error)
{
  FtFakeStream *stream = (FtFakeStream *) base;
  GByteArray *bytes;
  gsize left;
  gssize result;

  if (!check_open (stream, &result, error))
    return result;
  if (stream->peer == NULL)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_NETWORK, "Broken pipe");
      return BT_STREAM_ERROR;
    }
  left = draw_length (stream, get_room (stream), stream->line.max_write);
  if (left == 0)
    {
      stream->stats.n_again++;
      return BT_STREAM_AGAIN;
    }
  bytes = g_byte_array_sized_new ((guint) left);
  for (int i = 0; i < n_parts && left > 0; i++)
    {
      gsize length = MIN (left, parts[i].iov_len);

      g_byte_array_append (bytes, parts[i].iov_base, (guint) length);
      left -= length;
    }
  result = bytes->len;
  stream->stats.n_writes++;
  ft_fake_net_note (stream->net, bytes->data, bytes->len);
  ft_fake_net_note (stream->net, &stream->net->now, sizeof stream->net->now);
  stream->stats.max_parts = MAX (stream->stats.max_parts, n_parts);
  send_parcel (stream, g_byte_array_free_to_bytes (bytes));
  return result;
}

/* The error only if nothing came before it. */
static gssize
send_files_cb (BtStream *base, const struct iovec *parts, const BtFileSlice *slices, int n_parts, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gssize n = 0;

  for (int i = 0; i < n_parts; i++)
    {
      guint before;

      if (parts[i].iov_len > 0)
        g_byte_array_append (bytes, parts[i].iov_base, (guint) parts[i].iov_len);
      before = bytes->len;
      g_byte_array_set_size (bytes, before + slices[i].length);
      n = pread (slices[i].fd, bytes->data + before, slices[i].length, (off_t) slices[i].offset);
      g_byte_array_set_size (bytes, before + (guint) MAX (n, 0));
      ((FtFakeStream *) base)->stats.n_from_files += n > 0;
      if (n < (gssize) slices[i].length)
        break;
    }
  if (bytes->len > 0)
    return writev_cb (base, &(struct iovec){ bytes->data, bytes->len }, 1, error);
  if (n == 0)
    g_set_error_literal (error, BT_ERROR, BT_ERROR_CHANGED, "The file is too short");
  else
    g_set_error_literal (error, BT_ERROR, BT_ERROR_DISK, g_strerror (errno));
  return BT_STREAM_ERROR;
}

static void
watch_cb (BtStream *base, BtStreamEvents events)
{
  FtFakeStream *stream = (FtFakeStream *) base;

  stream->watched = events;
  update_ready (stream);
}

static void
get_remote_cb (BtStream *base, BtEndpoint *out)
{
  *out = ((FtFakeStream *) base)->remote;
}

static void
get_local_cb (BtStream *base, BtEndpoint *out)
{
  *out = ((FtFakeStream *) base)->local;
}

/* Here everything is acknowledged when it comes, and nothing is lost but what is sent to a host in the dark. */
static gboolean
is_stuck_cb (BtStream *base, gint64 silence_us)
{
  FtFakeStream *stream = (FtFakeStream *) base;

  return is_cut (stream);
}

static void
close_cb (BtStream *base)
{
  FtFakeStream *stream = (FtFakeStream *) base;
  FtFakeNet *net = stream->net;

  if (stream->peer != NULL)
    {
      /* As TCP: what was not read when one end closed is an error at the other. */
      if (bt_byte_queue_length (&stream->arrived) > 0)
        fail_stream (stream->peer, "Connection reset by peer");
      else
        send_parcel (stream, NULL);
      stream->peer->peer = NULL;
    }
  if (stream->ready_link != NULL)
    g_queue_delete_link (&net->ready, stream->ready_link);
  if (net->current == stream)
    net->current = NULL;
  net->n_streams--;
  bt_timer_stop (&stream->arrival);
  g_queue_clear_full (&stream->under_way, (GDestroyNotify) free_parcel);
  bt_byte_queue_clear (&stream->arrived);
  g_free (stream->error);
  g_free (stream);
}

static const BtStreamOps stream_ops = {
  .readv = readv_cb,
  .writev = writev_cb,
  .send_files = send_files_cb,
  .watch = watch_cb,
  .get_remote = get_remote_cb,
  .get_local = get_local_cb,
  .is_stuck = is_stuck_cb,
  .close = close_cb,
};

/* Connecting. */

static FtFakeStream *
make_stream (FtFakeHost *host, const BtEndpoint *local, const BtEndpoint *remote, BtTimerFunc func)
{
  FtFakeStream *stream = g_new0 (FtFakeStream, 1);

  stream->stream.ops = &stream_ops;
  stream->net = host->net;
  stream->host = host;
  stream->local = *local;
  stream->remote = *remote;
  stream->line = host->net->line;
  g_queue_init (&stream->under_way);
  bt_timer_init (&stream->arrival, host->net->timers, func, stream);
  host->net->n_streams++;
  return stream;
}

static void
join (FtFakeStream *a, FtFakeStream *b)
{
  a->peer = b;
  b->peer = a;
  a->state = STREAM_OPEN;
  b->state = STREAM_OPEN;
  bt_timer_init (&a->arrival, a->net->timers, arrival_cb, a);
  bt_timer_init (&b->arrival, b->net->timers, arrival_cb, b);
  update_ready (a);
  update_ready (b);
}

static FtFakeListener *
find_listener (FtFakeHost *host, const BtEndpoint *endpoint)
{
  for (guint i = 0; host != NULL && i < host->listeners->len; i++)
    {
      FtFakeListener *listener = g_ptr_array_index (host->listeners, i);

      if (listener->local.port == endpoint->port
          && bt_endpoint_is_ipv4 (&listener->local) == bt_endpoint_is_ipv4 (endpoint))
        return listener;
    }
  return NULL;
}

static void
connect_cb (gpointer owner, gint64 now)
{
  FtFakeStream *stream = owner;
  BtEndpoint from = stream->local;
  BtEndpoint to = stream->remote;
  FtFakeHost *host = ft_fake_nat_arrive (stream->net, stream->host->nat, &from, &to, TRUE);
  FtFakeListener *listener = find_listener (host, &to);
  FtFakeStream *other;

  if (host == NULL || host->dark || stream->host->dark)
    return;
  if (listener == NULL)
    {
      fail_stream (stream, "Connection refused");
      return;
    }
  ft_fake_nat_leave (stream->host, &from, &stream->remote);
  other = make_stream (host, &to, &from, arrival_cb);
  join (stream, other);
  listener->func (&other->stream, listener->owner);
}

BtStream *
ft_fake_connect (BtWorld *world,
                 const BtEndpoint *remote,
                 BtStreamFunc func,
                 gpointer owner,
                 GError **error)
{
  FtFakeHost *host = (FtFakeHost *) world;
  BtEndpoint local = host->address;
  gint64 at = host->net->now + 2 * host->net->line.latency_us;
  FtFakeStream *stream;

  if (bt_endpoint_is_ipv4 (&host->address) != bt_endpoint_is_ipv4 (remote))
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_NETWORK, "Network is unreachable");
      return NULL;
    }
  local.port = ft_fake_net_next_port (host->net);
  stream = make_stream (host, &local, remote, connect_cb);
  stream->stream.func = func;
  stream->stream.owner = owner;
  /* A round trip: the other end hears of it half-way, but then nothing can come of it yet. */
  for (guint way = 0; way < 2; way++)
    ft_fake_pass_stream (host, ft_fake_net_find_host (host->net, remote), 0, &at);
  bt_timer_start (&stream->arrival, at);
  return &stream->stream;
}

BtListener *
ft_fake_listen (BtWorld *world,
                BtEndpoint *local,
                BtAcceptFunc func,
                gpointer owner,
                GError **error)
{
  FtFakeHost *host = (FtFakeHost *) world;
  FtFakeListener *listener;

  if (local->port == 0)
    local->port = ft_fake_net_next_port (host->net);
  if (find_listener (host, local) != NULL)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_NETWORK, "Address already in use");
      return NULL;
    }
  listener = g_new0 (FtFakeListener, 1);
  listener->host = host;
  listener->local = *local;
  listener->func = func;
  listener->owner = owner;
  g_ptr_array_add (host->listeners, listener);
  return (BtListener *) listener;
}

void
ft_fake_listener_free (BtWorld *world, BtListener *listener)
{
  FtFakeHost *host = (FtFakeHost *) world;

  g_assert_true (g_ptr_array_remove (host->listeners, listener));
  g_free (listener);
}

/* For tests. */

void
ft_fake_net_pair (FtFakeNet *net, BtWorld *a, BtWorld *b, BtStream **end_a, BtStream **end_b)
{
  BtEndpoint address_a = ((FtFakeHost *) a)->address;
  BtEndpoint address_b = ((FtFakeHost *) b)->address;
  FtFakeStream *stream_a, *stream_b;

  address_a.port = ft_fake_net_next_port (net);
  address_b.port = ft_fake_net_next_port (net);
  stream_a = make_stream ((FtFakeHost *) a, &address_a, &address_b, arrival_cb);
  stream_b = make_stream ((FtFakeHost *) b, &address_b, &address_a, arrival_cb);
  join (stream_a, stream_b);
  *end_a = &stream_a->stream;
  *end_b = &stream_b->stream;
}

void
ft_fake_stream_push (BtStream *base, const void *bytes, gsize length)
{
  FtFakeStream *stream = (FtFakeStream *) base;

  if (stream->peer != NULL && length > 0)
    send_parcel (stream, g_bytes_new (bytes, length));
}

GBytes *
ft_fake_stream_pull (BtStream *base)
{
  FtFakeStream *stream = (FtFakeStream *) base;
  gsize length = bt_byte_queue_length (&stream->arrived);
  GBytes *bytes = g_bytes_new (length > 0 ? bt_byte_queue_peek (&stream->arrived) : NULL, length);

  bt_byte_queue_pop (&stream->arrived, length);
  if (stream->peer != NULL)
    update_ready (stream->peer);
  return bytes;
}

void
ft_fake_stream_break (BtStream *base, const char *message)
{
  FtFakeStream *stream = (FtFakeStream *) base;

  if (stream->peer != NULL)
    fail_stream (stream->peer, message);
  fail_stream (stream, message);
}

FtFakeLine *
ft_fake_stream_line (BtStream *stream)
{
  return &((FtFakeStream *) stream)->line;
}

const FtFakeStreamStats *
ft_fake_stream_stats (BtStream *stream)
{
  return &((FtFakeStream *) stream)->stats;
}
