/* bt-pipeline.c: how many requests to keep outstanding with one peer, and when it is snubbed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-pipeline.h"

#include "bt-limits.h"

/* Requests for so many seconds of what the peer delivers are on their way to it. */
#define DELAY_S 3
#define LEAST_REQUESTS 2
/* Of a peer that does not tell. */
#define DEFAULT_LIMIT 500
/* Bytes a second: a rate that grew by less since it was last looked at ends slow start. */
#define SLOW_START_GROWTH 5000
/* The share of the last second in the rate. */
#define RATE_SHARE 3
/* Deviations of fewer block times say nothing. */
#define ENOUGH_TIMES 8
#define STALL_LEAST_US (2 * G_USEC_PER_SEC)
#define STALL_MOST_US (20 * G_USEC_PER_SEC)

typedef struct
{
  BtBlock block;
  gint64 sent_at;
} Request;

struct _BtPipeline
{
  Request *ring;        /* oldest at @head */
  guint capacity;       /* a power of two, or 0 */
  guint head, length;

  guint limit;
  guint desired;
  gboolean slow_start;
  gboolean snubbed;

  guint64 bytes;        /* since the last tick */
  guint64 rate;
  gint64 ticked_at;
  guint64 last_load;    /* bytes a second up to @loaded_at; 0: none yet in this slow start */
  gint64 loaded_at;     /* the last tick that found bytes */
  gint64 quiet_since;   /* the last payload, or the first request after there was none */

  /* From request to block, in µs. */
  guint n_times;
  gint64 mean, deviation;
};

BtPipeline *
bt_pipeline_new (gint64 now)
{
  BtPipeline *pipeline = g_new0 (BtPipeline, 1);

  pipeline->limit = DEFAULT_LIMIT;
  pipeline->desired = LEAST_REQUESTS;
  pipeline->slow_start = TRUE;
  pipeline->ticked_at = now;
  pipeline->loaded_at = now;
  pipeline->quiet_since = now;
  return pipeline;
}

void
bt_pipeline_free (BtPipeline *pipeline)
{
  g_free (pipeline->ring);
  g_free (pipeline);
}

static void
set_desired (BtPipeline *pipeline, guint64 desired)
{
  guint most = MAX (pipeline->limit, 1);

  pipeline->desired = (guint) CLAMP (desired, MIN (LEAST_REQUESTS, most), most);
}

void
bt_pipeline_set_limit (BtPipeline *pipeline, guint reqq)
{
  /* Some (Transmission) drop the request that would fill their queue, without a word. */
  pipeline->limit = CLAMP (reqq > 2 ? reqq - 1 : reqq, 1, BT_LIMIT_REQUESTS_TO_PEER);
  set_desired (pipeline, pipeline->desired);
}

guint
bt_pipeline_room (BtPipeline *pipeline)
{
  guint desired = pipeline->snubbed ? 1 : pipeline->desired;

  return desired > pipeline->length ? desired - pipeline->length : 0;
}

guint
bt_pipeline_length (const BtPipeline *pipeline)
{
  return pipeline->length;
}

/* The ring. */

static Request *
get_request (const BtPipeline *pipeline, guint index)
{
  return &pipeline->ring[(pipeline->head + index) & (pipeline->capacity - 1)];
}

static void
grow (BtPipeline *pipeline)
{
  guint capacity = MAX (16, 2 * pipeline->capacity);
  Request *ring = g_new (Request, capacity);

  for (guint i = 0; i < pipeline->length; i++)
    ring[i] = *get_request (pipeline, i);
  g_free (pipeline->ring);
  pipeline->ring = ring;
  pipeline->capacity = capacity;
  pipeline->head = 0;
}

/* Blocks mostly come in the order they were asked for. */
static gboolean
find_request (const BtPipeline *pipeline, const BtBlock *block, guint *index)
{
  for (guint i = 0; i < pipeline->length; i++)
    {
      const BtBlock *other = &get_request (pipeline, i)->block;

      if (other->piece == block->piece && other->begin == block->begin
          && other->length == block->length)
        {
          *index = i;
          return TRUE;
        }
    }
  return FALSE;
}

static void
remove_request (BtPipeline *pipeline, guint index)
{
  for (; index > 0; index--)
    *get_request (pipeline, index) = *get_request (pipeline, index - 1);
  pipeline->head = (pipeline->head + 1) & (pipeline->capacity - 1);
  pipeline->length--;
}

void
bt_pipeline_sent (BtPipeline *pipeline, const BtBlock *block, gint64 now)
{
  if (pipeline->length == pipeline->capacity)
    grow (pipeline);
  if (pipeline->length == 0)
    pipeline->quiet_since = now;
  *get_request (pipeline, pipeline->length++) = (Request){ *block, now };
}

/* Mean and deviation as TCP estimates its round trips. */
static void
add_time (BtPipeline *pipeline, gint64 time_us)
{
  gint64 error = time_us - pipeline->mean;

  if (pipeline->n_times++ == 0)
    {
      pipeline->mean = time_us;
      pipeline->deviation = time_us / 2;
      return;
    }
  pipeline->mean += error / 8;
  pipeline->deviation += (ABS (error) - pipeline->deviation) / 4;
}

static void
begin_slow_start (BtPipeline *pipeline)
{
  pipeline->slow_start = TRUE;
  pipeline->last_load = 0;
  set_desired (pipeline, LEAST_REQUESTS);
}

gboolean
bt_pipeline_received (BtPipeline *pipeline, const BtBlock *block, gint64 now)
{
  guint index;
  gboolean found = find_request (pipeline, block, &index);

  pipeline->quiet_since = now;
  if (pipeline->snubbed)
    {
      pipeline->snubbed = FALSE;
      begin_slow_start (pipeline);
    }
  if (!found)
    return FALSE;
  add_time (pipeline, now - get_request (pipeline, index)->sent_at);
  remove_request (pipeline, index);
  if (pipeline->slow_start)
    set_desired (pipeline, (guint64) pipeline->desired + 1);
  return TRUE;
}

gboolean
bt_pipeline_remove (BtPipeline *pipeline, const BtBlock *block)
{
  guint index;

  if (!find_request (pipeline, block, &index))
    return FALSE;
  remove_request (pipeline, index);
  return TRUE;
}

gboolean
bt_pipeline_contains (const BtPipeline *pipeline, const BtBlock *block)
{
  guint index;

  return find_request (pipeline, block, &index);
}

void
bt_pipeline_remove_piece (BtPipeline *pipeline,
                          guint32 piece,
                          void (*func) (const BtBlock *block, gpointer data),
                          gpointer data)
{
  for (guint i = 0; i < pipeline->length;)
    {
      BtBlock block = get_request (pipeline, i)->block;

      if (block.piece != piece)
        {
          i++;
          continue;
        }
      remove_request (pipeline, i);
      func (&block, data);
    }
}

void
bt_pipeline_clear (BtPipeline *pipeline,
                   void (*func) (const BtBlock *block, gpointer data),
                   gpointer data)
{
  begin_slow_start (pipeline);
  /* One by one: @func may look at the pipeline. */
  while (pipeline->length > 0)
    {
      BtBlock block = get_request (pipeline, 0)->block;

      remove_request (pipeline, 0);
      if (func != NULL)
        func (&block, data);
    }
}

void
bt_pipeline_progress (BtPipeline *pipeline, gsize bytes, gint64 now)
{
  pipeline->bytes += bytes;
  pipeline->quiet_since = now;
}

/* The second. */

/* Blocks may come in bursts, a round trip apart or, from a slow peer, many seconds. So growth is
 * looked at only when something came, over all the time in which it came. */
static void
watch_growth (BtPipeline *pipeline, gint64 now)
{
  gint64 elapsed = MAX (now - pipeline->loaded_at, 1);
  guint64 load = pipeline->bytes * G_USEC_PER_SEC / (guint64) elapsed;

  if (pipeline->bytes == 0)
    return;
  if (pipeline->last_load > 0 && load < pipeline->last_load + SLOW_START_GROWTH)
    {
      pipeline->slow_start = FALSE;
      pipeline->rate = MAX (pipeline->rate, load);
    }
  pipeline->last_load = load;
  pipeline->loaded_at = now;
}

static void
update_rate (BtPipeline *pipeline, gint64 now)
{
  gint64 elapsed = MAX (now - pipeline->ticked_at, 1);
  guint64 second = pipeline->bytes * G_USEC_PER_SEC / (guint64) elapsed;

  if (second > pipeline->rate)
    pipeline->rate += (second - pipeline->rate + RATE_SHARE - 1) / RATE_SHARE;
  else
    pipeline->rate -= (pipeline->rate - second + RATE_SHARE - 1) / RATE_SHARE;
  pipeline->bytes = 0;
  pipeline->ticked_at = now;
}

static gboolean
is_stalled (const BtPipeline *pipeline, gint64 now)
{
  gint64 patience = STALL_MOST_US;

  if (pipeline->n_times >= ENOUGH_TIMES)
    patience = CLAMP (pipeline->mean + 4 * pipeline->deviation, STALL_LEAST_US, STALL_MOST_US);
  return pipeline->length > 0 && now - pipeline->quiet_since >= patience;
}

gboolean
bt_pipeline_tick (BtPipeline *pipeline, gint64 now)
{
  if (pipeline->slow_start)
    watch_growth (pipeline, now);
  update_rate (pipeline, now);
  if (!pipeline->slow_start)
    set_desired (pipeline, (DELAY_S * pipeline->rate + BT_LIMIT_BLOCK - 1) / BT_LIMIT_BLOCK);
  if (pipeline->snubbed || !is_stalled (pipeline, now))
    return FALSE;
  pipeline->snubbed = TRUE;
  return TRUE;
}

gboolean
bt_pipeline_is_snubbed (const BtPipeline *pipeline)
{
  return pipeline->snubbed;
}

gboolean
bt_pipeline_oldest (const BtPipeline *pipeline, gint64 now, BtBlock *block, gint64 *age_us)
{
  if (pipeline->length == 0)
    return FALSE;
  *block = get_request (pipeline, 0)->block;
  *age_us = now - get_request (pipeline, 0)->sent_at;
  return TRUE;
}

guint64
bt_pipeline_rate (const BtPipeline *pipeline)
{
  return pipeline->rate;
}
