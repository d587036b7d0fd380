/* test-bad-floods.c: peers that say what nobody asked for, without end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>

#include "ft-bad-peers-fixture.h"

/* As many as may cross on the way, and one more. */

static void
push_blocks (FtBadLink *link)
{
  const BtBlock block = { 1, 0, BLOCK };

  ft_bad_link_say_bits (link, TRUE);
  for (guint i = 0; i <= BT_LIMIT_UNREQUESTED_BLOCKS; i++)
    ft_bad_link_serve (link, &block);
}

static void
reject_blocks (FtBadLink *link)
{
  const BtBlock block = { 1, 0, BLOCK };

  ft_bad_link_say_bits (link, TRUE);
  for (guint i = 0; i <= BT_LIMIT_REJECTS_FROM_PEER; i++)
    ft_bad_link_say_block (link, BT_MESSAGE_REJECT, &block);
}

/* It chokes all the time, so it is asked for nothing. */
static void
run (const FtManners *manners)
{
  g_autoptr(Fixture) f = fixture_new (small_files, 2 * BLOCK, manners);

  f->id = ft_node_add (f->node, f->sample->torrent, NULL, FALSE);
  ft_node_connect_to (f->node, f->id, &f->bad->local);
  ft_wait_until (f->bad->n_closed > 0);
  g_assert_cmpuint (f->bad->n_blocks, ==, 0);
  g_assert_cmpuint (ft_node_status (f->node, f->id)->done, ==, 0);
}

static void
test_blocks (void)
{
  static const FtManners manners = { .greet = push_blocks };

  run (&manners);
}

static void
test_rejects (void)
{
  static const FtManners manners = { .capabilities = BT_CAP_FAST, .greet = reject_blocks };

  run (&manners);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/bad-floods/blocks", test_blocks);
  g_test_add_func ("/engine/bad-floods/rejects", test_rejects);
  return g_test_run ();
}
