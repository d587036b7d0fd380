/* bt-sha1-lanes.c: SHA-1 of many streams at once, each in a lane of wide vectors.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-sha1-lanes.h"

#include <nettle/sha1.h>
#include <string.h>

/* One stream is a chain: each step waits for the one before, so even the instructions that processors have
 * for SHA-1 take some 2 cycles for a byte. Sixteen streams side by side do not wait for each other, and the
 * plain steps of FIPS 180-4 on vectors of 16 words are 3.7 times as fast as those instructions with AVX-512,
 * 1.7 times with AVX2. Once begun, sixteen lanes cost the same however many are used. */
#define WORTH_AVX512 5
#define WORTH_AVX2 10
#define WORTH_NEVER (BT_SHA1_LANES + 1)

#define N_WORDS 5  /* of the state */
#define N_STEPS 80 /* of a block */

typedef guint32 Lanes __attribute__ ((vector_size (BT_SHA1_LANES * 4)));

#define ROW_WORDS 8 /* what both kinds of vectors can shuffle */
typedef guint32 Row __attribute__ ((vector_size (ROW_WORDS * 4)));
typedef guint8 RowBytes __attribute__ ((vector_size (ROW_WORDS * 4)));

/* Streams that are in lanes; the first @n lanes are taken. */
typedef struct
{
  guint32 states[N_WORDS][BT_SHA1_LANES];
  BtSha1Stream *streams[BT_SHA1_LANES];
  const guint8 *data[BT_SHA1_LANES];
  guint n;
} Bench;

#if defined __x86_64__

#define ROTATE(words, n) ((words) << (n) | (words) >> (32 - (n)))

#define INLINE static inline __attribute__ ((always_inline))

INLINE void
swap_bytes (Row *row)
{
  RowBytes bytes = (RowBytes) *row;

  *row = (Row) __builtin_shufflevector (bytes, bytes, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12,
                                        19, 18, 17, 16, 23, 22, 21, 20, 27, 26, 25, 24, 31, 30, 29, 28);
}

/* Each changes what is right in @above for what is left in @below, by one, two or four words. */

INLINE void
cross_ones (Row *above, Row *below)
{
  Row left = __builtin_shufflevector (*above, *below, 0, 8, 2, 10, 4, 12, 6, 14);

  *below = __builtin_shufflevector (*above, *below, 1, 9, 3, 11, 5, 13, 7, 15);
  *above = left;
}

INLINE void
cross_twos (Row *above, Row *below)
{
  Row left = __builtin_shufflevector (*above, *below, 0, 1, 8, 9, 4, 5, 12, 13);

  *below = __builtin_shufflevector (*above, *below, 2, 3, 10, 11, 6, 7, 14, 15);
  *above = left;
}

INLINE void
cross_fours (Row *above, Row *below)
{
  Row left = __builtin_shufflevector (*above, *below, 0, 1, 2, 3, 8, 9, 10, 11);

  *below = __builtin_shufflevector (*above, *below, 4, 5, 6, 7, 12, 13, 14, 15);
  *above = left;
}

/* A square of words, rows for columns. */
INLINE void
transpose (Row rows[ROW_WORDS])
{
#pragma GCC unroll 8
  for (guint i = 0; i < ROW_WORDS; i++)
    if ((i & 1) == 0)
      cross_ones (&rows[i], &rows[i + 1]);
#pragma GCC unroll 8
  for (guint i = 0; i < ROW_WORDS; i++)
    if ((i & 2) == 0)
      cross_twos (&rows[i], &rows[i + 2]);
#pragma GCC unroll 4
  for (guint i = 0; i < ROW_WORDS / 2; i++)
    cross_fours (&rows[i], &rows[i + 4]);
}

/* The next block of each lane: word after word, each of all lanes. */
INLINE void
load_words (Lanes words[16], const guint8 *const data[BT_SHA1_LANES], gsize offset)
{
#pragma GCC unroll 2
  for (guint first = 0; first < 16; first += ROW_WORDS)
#pragma GCC unroll 2
    for (guint lane = 0; lane < BT_SHA1_LANES; lane += ROW_WORDS)
      {
        Row rows[ROW_WORDS];

#pragma GCC unroll 8
        for (guint i = 0; i < ROW_WORDS; i++)
          {
            memcpy (&rows[i], data[lane + i] + offset + 4 * first, sizeof rows[i]);
            swap_bytes (&rows[i]);
          }
        transpose (rows);
#pragma GCC unroll 8
        for (guint i = 0; i < ROW_WORDS; i++)
          memcpy ((guint32 *) &words[first + i] + lane, &rows[i], sizeof rows[i]);
      }
}

/* FIPS 180-4, 6.1.2, with a message schedule of 16 words that goes round (6.1.3). */
INLINE void
add_block (Lanes state[N_WORDS], Lanes w[16])
{
  Lanes a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];

#pragma GCC unroll 80
  for (guint i = 0; i < N_STEPS; i++)
    {
      Lanes f, next;
      guint32 k;

      if (i >= 16)
        {
          next = w[(i + 13) % 16] ^ w[(i + 8) % 16] ^ w[(i + 2) % 16] ^ w[i % 16];
          w[i % 16] = ROTATE (next, 1);
        }
      if (i < 20)
        f = d ^ (b & (c ^ d)), k = 0x5a827999;
      else if (i < 40)
        f = b ^ c ^ d, k = 0x6ed9eba1;
      else if (i < 60)
        f = (b & c) | (d & (b | c)), k = 0x8f1bbcdc;
      else
        f = b ^ c ^ d, k = 0xca62c1d6;
      next = ROTATE (a, 5) + f + e + k + w[i % 16];
      e = d;
      d = c;
      c = ROTATE (b, 30);
      b = a;
      a = next;
    }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

INLINE void
compress (Bench *bench, gsize n_blocks)
{
  Lanes state[N_WORDS];
  Lanes words[16];

  memcpy (state, bench->states, sizeof state);
  for (gsize i = 0; i < n_blocks; i++)
    {
      load_words (words, bench->data, i * BT_SHA1_BLOCK);
      add_block (state, words);
    }
  memcpy (bench->states, state, sizeof state);
}

/* One text, compiled for each. */

__attribute__ ((target ("avx512f"))) static void
compress_avx512 (Bench *bench, gsize n_blocks)
{
  compress (bench, n_blocks);
}

__attribute__ ((target ("avx2"))) static void
compress_avx2 (Bench *bench, gsize n_blocks)
{
  compress (bench, n_blocks);
}

static void
compress_lanes (Bench *bench, gsize n_blocks)
{
  if (__builtin_cpu_supports ("avx512f"))
    compress_avx512 (bench, n_blocks);
  else
    compress_avx2 (bench, n_blocks);
}

guint
bt_sha1_lanes_worth (void)
{
  if (__builtin_cpu_supports ("avx512f"))
    return WORTH_AVX512;
  return __builtin_cpu_supports ("avx2") ? WORTH_AVX2 : WORTH_NEVER;
}

#else

static void
compress_lanes (Bench *bench, gsize n_blocks)
{
  g_assert_not_reached ();
}

guint
bt_sha1_lanes_worth (void)
{
  return WORTH_NEVER;
}

#endif

static void
take_lane (Bench *bench, BtSha1Stream *stream)
{
  guint lane = bench->n++;

  for (guint i = 0; i < N_WORDS; i++)
    bench->states[i][lane] = stream->state[i];
  bench->streams[lane] = stream;
  bench->data[lane] = stream->data;
}

/* The last one moves to where the hole is. */
static void
leave_lane (Bench *bench, guint lane)
{
  BtSha1Stream *stream = bench->streams[lane];
  guint last = --bench->n;

  stream->data = bench->data[lane];
  for (guint i = 0; i < N_WORDS; i++)
    {
      stream->state[i] = bench->states[i][lane];
      bench->states[i][lane] = bench->states[i][last];
    }
  bench->streams[lane] = bench->streams[last];
  bench->data[lane] = bench->data[last];
}

/* Until the shortest is at its end. */
static void
advance (Bench *bench)
{
  gsize n_blocks = G_MAXSIZE;

  for (guint lane = 0; lane < bench->n; lane++)
    n_blocks = MIN (n_blocks, bench->streams[lane]->n_blocks);
  /* Lanes that nobody took read as well. */
  for (guint lane = bench->n; lane < BT_SHA1_LANES; lane++)
    bench->data[lane] = bench->data[0];
  compress_lanes (bench, n_blocks);
  for (guint lane = bench->n; lane-- > 0;)
    {
      bench->data[lane] += n_blocks * BT_SHA1_BLOCK;
      bench->streams[lane]->n_blocks -= n_blocks;
      if (bench->streams[lane]->n_blocks == 0)
        leave_lane (bench, lane);
    }
}

static void
compress_alone (BtSha1Stream *stream)
{
  for (; stream->n_blocks > 0; stream->n_blocks--)
    {
      nettle_sha1_compress (stream->state, stream->data);
      stream->data += BT_SHA1_BLOCK;
    }
}

void
bt_sha1_lanes_compress (BtSha1Stream *streams, guint n)
{
  guint worth = bt_sha1_lanes_worth ();
  Bench bench = { .n = 0 };
  guint next = 0;

  for (;;)
    {
      for (; next < n && bench.n < BT_SHA1_LANES; next++)
        if (streams[next].n_blocks > 0)
          take_lane (&bench, &streams[next]);
      if (bench.n < worth)
        break;
      advance (&bench);
    }
  while (bench.n > 0)
    {
      BtSha1Stream *stream = bench.streams[0];

      leave_lane (&bench, 0);
      compress_alone (stream);
    }
}
