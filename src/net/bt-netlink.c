/* bt-netlink.c: questions to the kernel about addresses and routes, by rtnetlink (RFC 3549).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the kernel puts into one datagram at most. */
#define ANSWER_SIZE (32 * 1024)
/* It answers before send() returns; this is for a kernel that is not well. */
#define PATIENCE_S 1
/* Changes heard of in one turn: a routing daemon can make more than anybody cares for. */
#define DRAIN_PER_TURN 1000

typedef struct
{
  BtNetlinkFunc func;
  gpointer data;
  gboolean done;
  gboolean failed;
} Conversation;

void
bt_netlink_question_init (BtNetlinkQuestion *question,
                          guint16 type,
                          guint16 flags,
                          gconstpointer body,
                          gsize length)
{
  memset (question, 0, sizeof *question);
  question->head.nlmsg_len = (guint32) NLMSG_LENGTH (length);
  question->head.nlmsg_type = type;
  question->head.nlmsg_flags = NLM_F_REQUEST | flags;
  memcpy (NLMSG_DATA (&question->head), body, length);
}

void
bt_netlink_question_add (BtNetlinkQuestion *question, guint16 attribute, gconstpointer data, gsize length)
{
  struct rtattr head = { .rta_len = (guint16) RTA_LENGTH (length), .rta_type = attribute };
  gsize at = NLMSG_ALIGN (question->head.nlmsg_len);

  g_assert (at + RTA_SPACE (length) <= sizeof *question);
  memcpy ((guint8 *) question + at, &head, sizeof head);
  memcpy ((guint8 *) question + at + RTA_LENGTH (0), data, length);
  question->head.nlmsg_len = (guint32) (at + RTA_LENGTH (length));
}

gconstpointer
bt_netlink_find (const struct nlmsghdr *answer, gsize skip, guint16 attribute, gsize length)
{
  const guint8 *at = (const guint8 *) answer + NLMSG_LENGTH (NLMSG_ALIGN (skip));
  const guint8 *end = (const guint8 *) answer + answer->nlmsg_len;

  while (end - at >= (ptrdiff_t) sizeof (struct rtattr))
    {
      struct rtattr head;

      memcpy (&head, at, sizeof head);
      if (head.rta_len < sizeof head || head.rta_len > end - at)
        return NULL;
      if ((head.rta_type & NLA_TYPE_MASK) == attribute)
        return head.rta_len >= RTA_LENGTH (length) ? at + RTA_LENGTH (0) : NULL;
      /* The last one may lack its padding. */
      if (end - at <= (ptrdiff_t) RTA_ALIGN (head.rta_len))
        return NULL;
      at += RTA_ALIGN (head.rta_len);
    }
  return NULL;
}

static void
hear_answer (Conversation *talk, const struct nlmsghdr *answer)
{
  /* The list changed while it was read, so it may lack something. */
  if (answer->nlmsg_flags & NLM_F_DUMP_INTR)
    talk->failed = TRUE;
  switch (answer->nlmsg_type)
    {
    case NLMSG_ERROR:
      talk->failed = talk->done = TRUE;
      break;
    case NLMSG_DONE:
      talk->done = TRUE;
      break;
    default:
      talk->func (answer, talk->data);
      if ((answer->nlmsg_flags & NLM_F_MULTI) == 0)
        talk->done = TRUE;
      break;
    }
}

/* FALSE: nothing more will come. */
static gboolean
hear_datagram (int fd, Conversation *talk)
{
  g_autofree guint8 *bytes = g_malloc (ANSWER_SIZE);
  struct sockaddr_nl from = { 0 };
  socklen_t from_length = sizeof from;
  struct nlmsghdr *answer = (struct nlmsghdr *) bytes;
  ssize_t n;

  do
    n = recvfrom (fd, bytes, ANSWER_SIZE, 0, (struct sockaddr *) &from, &from_length);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    return FALSE;
  if (from.nl_pid != 0)
    return TRUE; /* not the kernel */
  for (guint left = (guint) n; NLMSG_OK (answer, left) && !talk->done; answer = NLMSG_NEXT (answer, left))
    hear_answer (talk, answer);
  return TRUE;
}

static int
open_socket (guint32 groups, int flags)
{
  struct sockaddr_nl local = { .nl_family = AF_NETLINK, .nl_groups = groups };
  struct timeval patience = { .tv_sec = PATIENCE_S };
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, NETLINK_ROUTE);

  if (fd < 0)
    return -1;
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (bind (fd, (struct sockaddr *) &local, sizeof local) == 0)
    return fd;
  close (fd);
  return -1;
}

gboolean
bt_netlink_ask (BtNetlinkQuestion *question, BtNetlinkFunc func, gpointer data)
{
  struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
  Conversation talk = { .func = func, .data = data };
  int fd = open_socket (0, 0);
  gboolean ok;

  if (fd < 0)
    return FALSE;
  ok = sendto (fd, question, question->head.nlmsg_len, 0, (struct sockaddr *) &kernel, sizeof kernel) >= 0;
  while (ok && !talk.done)
    ok = hear_datagram (fd, &talk);
  close (fd);
  return ok && !talk.failed;
}

int
bt_netlink_listen (guint32 groups)
{
  return open_socket (groups, SOCK_NONBLOCK);
}

gboolean
bt_netlink_drain (int fd)
{
  guint8 bytes[64]; /* that something changed is enough: the rest of a datagram falls away */
  gboolean any = FALSE;

  for (int i = 0; i < DRAIN_PER_TURN; i++)
    {
      ssize_t n = recv (fd, bytes, sizeof bytes, MSG_DONTWAIT);

      if (n < 0 && errno == EINTR)
        continue;
      /* Too much happened for the kernel to tell each: something did. */
      if (n <= 0 && !(n < 0 && errno == ENOBUFS))
        break;
      any = TRUE;
    }
  return any;
}
