/* test-strangers.c: many who connect and never become peers: those who do get in all the same.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-handshake.h"
#include "bt-limits.h"
#include "ft-swarm.h"
#include "ft-test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_STRANGERS 200u
#define LAST 10u       /* of them: not refused, as if the first had a right to stay */
#define HEAD_SIZE 48 /* of a handshake: which torrent it is */

static const FtSampleFile files[] = { { "a.bin", 300000 }, { NULL, 0 } };

/* A seed that strangers come to. */
typedef struct
{
  FtSample *sample;
  FtNode *seed;
  BtTorrentId id;
  int fds[MAX_STRANGERS];
  guint n;
} Fixture;

static void
setup (Fixture *self, gconstpointer data)
{
  self->sample = ft_sample_new (files, 16384, 5);
  self->seed = ft_node_new (NULL, BT_MODE_ALL);
  self->id = ft_node_add (self->seed, self->sample->torrent, self->sample->dir, TRUE);
  ft_wait_until (ft_node_in_state (self->seed, self->id, BT_STATE_SEEDING));
}

static void
teardown (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < self->n; i++)
    close (self->fds[i]);
  ft_node_free (self->seed);
  ft_sample_free (self->sample);
}

/* From 127.0.@network.@host, so that an address may be one's own or that of many. */
static void
come (Fixture *self, guint network, guint host, const guint8 *bytes, gsize length)
{
  struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (0x7f000000 | network << 8 | host) };
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                            .sin_port = htons (self->seed->port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpuint (self->n, <, MAX_STRANGERS);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &from, sizeof from), ==, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &to, sizeof to), ==, 0);
  g_assert_cmpint (send (fd, bytes, length, MSG_NOSIGNAL), ==, (gssize) length);
  self->fds[self->n++] = fd;
}

/* Whether the seed has hung up; what it said before that is read over. */
static gboolean
is_closed (int fd)
{
  char bytes[512];
  gssize n;

  while ((n = recv (fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
    ;
  return n == 0 || errno == ECONNRESET;
}

static guint
count_closed (Fixture *self, guint from, guint to)
{
  guint n = 0;

  for (guint i = from; i < to; i++)
    n += is_closed (self->fds[i]);
  return n;
}

/* An honest leecher that comes in while they are there, and completes. */
static void
expect_way_in (Fixture *self)
{
  g_autoptr(FtNode) leecher = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId id = ft_node_add (leecher, self->sample->torrent, NULL, FALSE);

  ft_node_connect (leecher, id, self->seed->port);
  ft_wait_until (ft_node_is_complete (leecher, id));
  ft_sample_assert_equal (self->sample, leecher->dir);
}

/* They say nothing, or begin and do not go on. The first to come are the first to go. */
static void
test_silent (Fixture *self, gconstpointer data)
{
  static const guint8 begin[] = "\x13" "BitTorrent";
  const guint n = BT_LIMIT_HALF_OPEN_INCOMING + 40;

  for (guint i = 0; i < n; i++)
    come (self, 1, 1 + i, begin, i % 2 * (sizeof begin - 1));
  ft_wait_until (count_closed (self, 0, 40) == 40);
  g_assert_cmpuint (count_closed (self, n - LAST, n), <, LAST);
  expect_way_in (self);
}

static void
test_one_address (Fixture *self, gconstpointer data)
{
  const guint n_others = 10, n = 3 * BT_LIMIT_HALF_OPEN_PER_NEIGHBOUR;

  for (guint i = 0; i < n_others; i++)
    come (self, 1, 1 + i, NULL, 0);
  for (guint i = 0; i < n; i++)
    come (self, 2, 1, NULL, 0);
  ft_wait_until (count_closed (self, n_others, n_others + n) >= n - BT_LIMIT_HALF_OPEN_PER_NEIGHBOUR);
  g_assert_cmpuint (count_closed (self, 0, n_others), ==, 0); /* they have not to go for it */
  expect_way_in (self);
}

/* They name the torrent and stop, and there are more of them than it has places. */
static void
test_half_shaken (Fixture *self, gconstpointer data)
{
  const guint n = self->seed->config->max_peers_per_torrent + 20;
  BtHandshake handshake = { .capabilities = BT_CAP_FAST };
  guint8 bytes[BT_HANDSHAKE_SIZE];

  handshake.info_hash = ft_node_status (self->seed, self->id)->info_hash;
  bt_handshake_encode (&handshake, bytes);
  for (guint i = 0; i < n; i++)
    come (self, 1, 1 + i, bytes, HEAD_SIZE + i % 5);
  ft_wait_until (count_closed (self, 0, n) >= n - BT_LIMIT_HALF_SHAKEN);
  g_assert_cmpuint (count_closed (self, n - LAST, n), <, LAST);
  expect_way_in (self);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, setup, test, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/engine/strangers/silent", test_silent);
  ADD ("/engine/strangers/one-address", test_one_address);
  ADD ("/engine/strangers/half-shaken", test_half_shaken);
  return g_test_run ();
}
