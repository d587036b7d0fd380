/* test-send-file.c: blocks that are sent from files, by a link and over TCP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-link-fixture.h"

#include "bt-error.h"
#include "bt-gio-world.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECONDS 30
#define BLOCK 16384u

/* Files that are lent. */

static int
make_file (const void *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("ft-send-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (write (fd, bytes, length), ==, (gssize) length);
  return fd;
}

static guint n_lent;

static void
give_back (BtFileSlices *slices)
{
  for (guint i = 0; i < slices->n; i++)
    close (slices->slices[i].fd);
  g_free (slices);
  n_lent--;
}

/* @length bytes in @n files, of which each has something else before and behind them. */
static BtFileSlices *
lend (const guint8 *bytes, guint32 length, guint n)
{
  BtFileSlices *slices = g_new0 (BtFileSlices, 1);

  slices->refs = 1;
  slices->give_back = give_back;
  for (guint i = 0; i < n; i++)
    {
      guint32 part = i == n - 1 ? length : MIN (length, 1 + i * 1000);
      g_autofree guint8 *inside = g_malloc0 (part + 200);

      memcpy (inside + 100, bytes, part);
      slices->slices[slices->n++] = (BtFileSlice){ make_file (inside, part + 200), 100, part };
      bytes += part;
      length -= part;
    }
  n_lent++;
  return slices;
}

/* What a link sends. */

static LinkFixture
set_up_lending (guint64 seed)
{
  LinkFixture fixture = set_up (seed);

  g_assert_true (bt_link_sends_files (fixture.owner->link));
  return fixture;
}

static void
tear_down_lending (LinkFixture *fixture)
{
  tear_down (fixture);
  g_assert_cmpuint (n_lent, ==, 0);
}

/* @n_blocks of @length bytes each, in one run. */
static void
send_lent (LinkFixture *fixture, guint32 piece, guint n_blocks, guint32 length, guint n_files)
{
  g_autofree guint8 *bytes = g_malloc (n_blocks * length);
  BtFileSlices *slices;

  for (guint i = 0; i < n_blocks; i++)
    ft_fill_block (bytes + i * length, piece, begin_of (piece) + i * length, length);
  slices = lend (bytes, n_blocks * length, n_files);
  for (guint i = 0; i < n_blocks; i++)
    {
      const BtBlock block = { piece, begin_of (piece) + i * length, length };

      bt_link_send_lent_block (fixture->owner->link, &block, slices, i * length);
    }
  bt_file_slices_unref (slices);
}

/* Heads, other messages, blocks of files and of memory, by writes of every size: all in order and whole. */
static void
test_short_writes (void)
{
  static const gsize sizes[] = { 0, 1, 12, 13, 14, 999, 1000, 16397, 20000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      LinkFixture fixture = set_up_lending (i);
      g_autoptr (GByteArray) got = g_byte_array_new ();
      g_autofree char *text = NULL;

      ft_fake_stream_line (fixture.owner->near)->max_write = sizes[i];
      ft_fake_stream_line (fixture.owner->near)->capacity = 30000;
      send_have (fixture.owner, 1);
      send_block (&fixture, 2, 500);
      send_lent (&fixture, 3, 2, BLOCK, 1);
      send_lent (&fixture, 4, 3, 1500, 4);
      send_block (&fixture, 5, 500);
      send_lent (&fixture, 6, 1, 10, 2);
      while (bt_link_queued_bytes (fixture.owner->link) > 0)
        {
          g_assert_true (ft_fake_net_turn (fixture.owner->net));
          pull (&fixture, got);
        }
      ft_fake_net_settle (fixture.owner->net);
      pull (&fixture, got);
      text = describe (got);
      g_assert_cmpstr (text, ==, "h1 b2 b3 b3 b4 b4 b4 b5 b6 ");
      g_assert_cmpuint (bt_link_get_counts (fixture.owner->link)->payload_out, ==, 2 * BLOCK + 4500 + 1010);
      g_assert_cmpuint (bt_link_get_counts (fixture.owner->link)->bytes_out, ==, got->len);
      g_assert_cmpuint (ft_fake_stream_stats (fixture.owner->near)->n_from_files, >=, 10);
      tear_down_lending (&fixture);
    }
}

static void
test_unsend (void)
{
  LinkFixture fixture = set_up_lending (1);
  FtLinkOwner *owner = fixture.owner;
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autofree char *text = NULL;

  ft_fake_stream_line (owner->near)->max_write = 100;
  send_lent (&fixture, 1, 3, BLOCK, 1);
  ft_fake_net_turn (owner->net);
  send_have (fixture.owner, 9); /* waits for the block that is begun */
  g_assert_false (bt_link_unsend_block (owner->link, &(BtBlock){ 1, begin_of (1), BLOCK }));
  g_assert_true (bt_link_unsend_block (owner->link, &(BtBlock){ 1, begin_of (1) + BLOCK, BLOCK }));
  g_assert_true (bt_link_unsend_block (owner->link, &(BtBlock){ 1, begin_of (1) + 2 * BLOCK, BLOCK }));
  g_assert_cmpuint (n_lent, ==, 1);
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (n_lent, ==, 0);
  pull (&fixture, got);
  text = describe (got);
  g_assert_cmpstr (text, ==, "b1 h9 ");

  send_lent (&fixture, 2, 3, BLOCK, 1); /* given back when the link ends */
  tear_down_lending (&fixture);
}

static void
test_limit (void)
{
  LinkFixture fixture = set_up_lending (1);
  BtLimiter limiter;

  ft_fake_stream_line (fixture.owner->near)->capacity = 4 * 1024 * 1024;
  bt_limiter_init (&limiter, NULL, 100000, ft_fake_net_now (fixture.owner->net));
  bt_link_set_limiters (fixture.owner->link, NULL, &limiter);
  send_lent (&fixture, 1, 64, BLOCK, 1);
  ft_fake_net_run_for (fixture.owner->net, 5 * G_USEC_PER_SEC);
  g_assert_cmpuint (bt_link_get_counts (fixture.owner->link)->bytes_out, <, 700000);
  g_assert_cmpuint (bt_link_get_counts (fixture.owner->link)->bytes_out, >, 400000);
  bt_link_set_limiters (fixture.owner->link, NULL, NULL);
  tear_down_lending (&fixture);
}

/* The file became shorter: the owner hears of it, and the link ends, in the middle of a block or before it. */
static void
test_too_short (void)
{
  for (gsize left = 0; left <= BLOCK + 1000; left += 1000)
    {
      LinkFixture fixture = set_up_lending (left);
      BtFileSlices *slices;
      g_autofree guint8 *bytes = g_malloc0 (2 * BLOCK);

      slices = lend (bytes, 2 * BLOCK, 1);
      for (guint32 i = 0; i < 2; i++)
        bt_link_send_lent_block (fixture.owner->link, &(BtBlock){ 1, i * BLOCK, BLOCK }, slices, i * BLOCK);
      g_assert_cmpint (ftruncate (slices->slices[0].fd, (off_t) (100 + left)), ==, 0);
      bt_file_slices_unref (slices);
      ft_fake_net_settle (fixture.owner->net);
      g_assert_cmpuint (fixture.owner->n_closed, ==, 1);
      g_assert_cmpint (fixture.owner->reason, ==, BT_CLOSE_DISK);
      g_assert_nonnull (strstr (fixture.owner->log->str, "file failed: changed\n"));
      tear_down_lending (&fixture);
    }
}

/* TCP. */

typedef struct
{
  GMainContext *context;
  BtWorld *world;
  BtStream *stream;
  int far;
  BtStreamEvents seen;
} Pipe;

static void
note_cb (BtStream *stream, BtStreamEvents events, gpointer owner)
{
  Pipe *pipe = owner;

  pipe->seen |= events;
  stream->ops->watch (stream, 0);
}

/* A stream to the far end. */
static BtStream *
connect_stream (Pipe *self)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_autoptr (GError) error = NULL;
  BtEndpoint remote;
  BtStream *stream;

  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (listen (listener, 1), ==, 0);
  g_assert_cmpint (getsockname (listener, (struct sockaddr *) &address, &length), ==, 0);
  bt_endpoint_set_ipv4 (&remote, (const guint8[4]){ 127, 0, 0, 1 }, ntohs (address.sin_port));

  self->seen = 0;
  stream = self->world->ops->connect (self->world, &remote, note_cb, self, &error);
  g_assert_no_error (error);
  self->far = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
  g_assert_cmpint (self->far, >=, 0);
  close (listener);
  stream->ops->watch (stream, BT_STREAM_WRITABLE);
  ft_test_iterate (self->context, self->seen & BT_STREAM_WRITABLE, SECONDS);
  return stream;
}

/* Takes over both. */
static Pipe *
pipe_new_in (GMainContext *context, BtWorld *world)
{
  Pipe *self = g_new0 (Pipe, 1);

  self->context = context;
  self->world = world;
  self->stream = connect_stream (self);
  return self;
}

static Pipe *
pipe_new (void)
{
  GMainContext *context = g_main_context_new ();

  return pipe_new_in (context, bt_gio_world_new (context, NULL, "test"));
}

static void
pipe_free (Pipe *self)
{
  self->stream->ops->close (self->stream);
  self->world->ops->free (self->world);
  g_main_context_unref (self->context);
  if (self->far >= 0)
    close (self->far);
  g_free (self);
}

static void
read_far (Pipe *pipe, GByteArray *got)
{
  guint8 bytes[65536];
  gssize n = recv (pipe->far, bytes, sizeof bytes, MSG_DONTWAIT);

  if (n > 0)
    g_byte_array_append (got, bytes, (guint) n);
}

/* What is still to be sent of parts and their slices. */
typedef struct
{
  struct iovec parts[8];
  BtFileSlice slices[8];
  int n, next;
} Sending;

static void
add_part (Sending *sending, const char *bytes, const BtFileSlice *slice)
{
  sending->parts[sending->n] = (struct iovec){ (char *) bytes, strlen (bytes) };
  if (slice != NULL)
    sending->slices[sending->n] = *slice;
  sending->n++;
}

static gsize
count_left (const Sending *sending)
{
  gsize left = 0;

  for (int i = sending->next; i < sending->n; i++)
    left += sending->parts[i].iov_len + sending->slices[i].length;
  return left;
}

static void
advance (Sending *sending, gsize sent)
{
  while (sent > 0)
    {
      struct iovec *part = &sending->parts[sending->next];
      BtFileSlice *slice = &sending->slices[sending->next];
      gsize in_part = MIN (sent, part->iov_len), in_slice = MIN (sent - in_part, slice->length);

      *part = (struct iovec){ (char *) part->iov_base + in_part, part->iov_len - in_part };
      slice->offset += in_slice;
      slice->length -= (guint32) in_slice;
      sent -= in_part + in_slice;
      if (part->iov_len + slice->length == 0)
        sending->next++;
    }
}

static gssize
send_some (Pipe *pipe, Sending *sending, GError **error)
{
  gssize n = pipe->stream->ops->send_files (pipe->stream, sending->parts + sending->next, sending->slices + sending->next,
                                            sending->n - sending->next, error);

  if (n > 0)
    advance (sending, (gsize) n);
  return n;
}

/* More than the kernel takes at once: parts and slices in turn, some of them without the other, and all of it in order. */
static void
test_tcp (void)
{
  enum { SIZE = 6 * 1024 * 1024, AFTER_TWO = 1 + 1001 };
  Pipe *pipe = pipe_new ();
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autoptr (GByteArray) expected = g_byte_array_new ();
  g_autofree guint8 *bytes = g_malloc (SIZE);
  BtFileSlices *slices;
  Sending sending = { 0 };
  guint n_again = 0, n_short = 0;

  ft_fill_block (bytes, 7, 0, SIZE);
  slices = lend (bytes, SIZE, 3);
  add_part (&sending, "head", &slices->slices[0]);
  add_part (&sending, "", &slices->slices[1]);
  add_part (&sending, "alone", NULL);
  add_part (&sending, "neck", &slices->slices[2]);
  add_part (&sending, "tail", NULL);
  g_byte_array_append (expected, (const guint8 *) "head", 4);
  g_byte_array_append (expected, bytes, AFTER_TWO);
  g_byte_array_append (expected, (const guint8 *) "aloneneck", 9);
  g_byte_array_append (expected, bytes + AFTER_TWO, SIZE - AFTER_TWO);
  g_byte_array_append (expected, (const guint8 *) "tail", 4);

  while (count_left (&sending) > 0)
    {
      g_autoptr (GError) error = NULL;
      gssize n = send_some (pipe, &sending, &error);

      g_assert_no_error (error);
      n_again += n == BT_STREAM_AGAIN;
      n_short += n > 0 && count_left (&sending) > 0;
      read_far (pipe, got);
    }
  while (got->len < expected->len)
    read_far (pipe, got);
  g_assert_cmpuint (n_again, >, 0);
  g_assert_cmpuint (n_short, >, 0);
  g_assert_cmpmem (got->data, got->len, expected->data, expected->len);
  bt_file_slices_unref (slices);
  pipe_free (pipe);
}

/* What one peer does not take is not left in the way of another. */
static void
test_tcp_two (void)
{
  enum { SIZE = 16 * 1024 * 1024 };
  Pipe *pipe = pipe_new ();
  BtStream *second = NULL;
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autofree guint8 *bytes = g_malloc0 (SIZE);
  BtFileSlices *slices = lend (bytes, SIZE, 1);
  Sending sending = { 0 }, other = { 0 };
  g_autoptr (GError) error = NULL;
  gssize n;

  add_part (&sending, "zeros", &slices->slices[0]);
  while ((n = send_some (pipe, &sending, &error)) > 0)
    ;
  g_assert_cmpint (n, ==, BT_STREAM_AGAIN);
  g_assert_cmpuint (count_left (&sending), >, 0);

  second = pipe->stream;
  close (pipe->far);
  pipe->stream = connect_stream (pipe);
  add_part (&other, "of the second", NULL);
  other.slices[0] = (BtFileSlice){ slices->slices[0].fd, 100, 10 };
  g_assert_cmpint (send_some (pipe, &other, &error), ==, 23);
  while (got->len < 23)
    read_far (pipe, got);
  g_assert_cmpmem (got->data, 13, "of the second", 13);
  for (guint i = 13; i < 23; i++)
    g_assert_cmpuint (got->data[i], ==, 0);
  second->ops->close (second);
  bt_file_slices_unref (slices);
  pipe_free (pipe);
}

static gssize
send_once (Pipe *pipe, const char *head, const BtFileSlice *slice, GError **error)
{
  Sending sending = { 0 };

  add_part (&sending, head, slice);
  return send_some (pipe, &sending, error);
}

static void
assert_fails (Pipe *pipe, const BtFileSlice *slice, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (send_once (pipe, "", slice, &error), ==, BT_STREAM_ERROR);
  g_assert_error (error, BT_ERROR, code);
}

/* What comes before the fault is sent, and the next call tells of it. */
static void
test_tcp_errors (void)
{
  Pipe *pipe = pipe_new ();
  int fd = make_file ("12345", 5);
  int closed = open ("/dev/null", O_WRONLY | O_CLOEXEC);
  const BtFileSlice behind = { fd, 5, 10 }, short_one = { fd, 0, 10 }, unreadable = { closed, 0, 10 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (send_once (pipe, "head", &behind, &error), ==, 4);
  assert_fails (pipe, &behind, BT_ERROR_CHANGED);
  g_assert_cmpint (send_once (pipe, "head", &short_one, &error), ==, 9);
  g_assert_cmpint (send_once (pipe, "head", &unreadable, &error), ==, 4);
  assert_fails (pipe, &unreadable, BT_ERROR_DISK);
  g_assert_no_error (error);

  /* The peer went: an error of the network, and no signal. */
  close (pipe->far);
  pipe->far = -1;
  for (guint i = 0; i < 1000; i++)
    {
      if (send_once (pipe, "", &short_one, &error) == BT_STREAM_ERROR)
        break;
      g_usleep (1000);
    }
  g_assert_error (error, BT_ERROR, BT_ERROR_NETWORK);
  assert_fails (pipe, &short_one, BT_ERROR_NETWORK);
  close (fd);
  close (closed);
  pipe_free (pipe);
}

/* Out of descriptors there is no pipe, and streams say that they cannot. */
static void
test_tcp_without (void)
{
  struct rlimit before, few;
  Pipe *pipe;
  GMainContext *context = g_main_context_new ();
  BtWorld *world;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  few = before;
  few.rlim_cur = 0;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few), ==, 0);
  world = bt_gio_world_new (context, NULL, "test");
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  pipe = pipe_new_in (context, world);
  g_assert_null (pipe->stream->ops->send_files);
  pipe_free (pipe);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/send-file/short-writes", test_short_writes);
  g_test_add_func ("/net/send-file/unsend", test_unsend);
  g_test_add_func ("/net/send-file/limit", test_limit);
  g_test_add_func ("/net/send-file/too-short", test_too_short);
  g_test_add_func ("/net/send-file/tcp", test_tcp);
  g_test_add_func ("/net/send-file/tcp-two", test_tcp_two);
  g_test_add_func ("/net/send-file/tcp-errors", test_tcp_errors);
  g_test_add_func ("/net/send-file/tcp-without", test_tcp_without);
  return g_test_run ();
}
