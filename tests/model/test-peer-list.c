/* test-peer-list.c: the list of peers changes in place, and says what goes on.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-peer-list.h"

static GArray *
new_peers (const guint16 *ports, guint n)
{
  GArray *peers = g_array_new (FALSE, TRUE, sizeof (BtPeerStatus));

  for (guint i = 0; i < n; i++)
    {
      BtPeerStatus status = { .client = NULL };

      g_assert_true (bt_endpoint_parse_ip (&status.endpoint, "127.0.0.1", ports[i]));
      g_array_append_val (peers, status);
    }
  return peers;
}

static FtPeer *
nth (FtPeerList *list, guint i)
{
  g_autoptr (FtPeer) peer = g_list_model_get_item (G_LIST_MODEL (list), i);

  g_assert_nonnull (peer);
  return peer; /* the list holds it */
}

static void
count_cb (guint *count)
{
  (*count)++;
}

/* Who stays keeps the object; who goes and who comes is told as that. */
static void
test_in_place (void)
{
  const guint16 first[] = { 1, 2, 3 };
  const guint16 second[] = { 3, 1, 4 };
  g_autoptr (FtPeerList) list = ft_peer_list_new ();
  g_autoptr (GArray) peers = new_peers (first, 3);
  g_autoptr (GArray) others = new_peers (second, 3);
  g_autoptr (FtPeer) third = NULL;
  guint n_changes = 0;

  g_assert_true (ft_peer_list_apply (list, peers));
  third = g_object_ref (nth (list, 2));
  g_signal_connect_swapped (list, "items-changed", G_CALLBACK (count_cb), &n_changes);
  g_assert_false (ft_peer_list_apply (list, peers));
  g_assert_cmpuint (n_changes, ==, 0);
  g_assert_true (ft_peer_list_apply (list, others));
  g_assert_cmpuint (n_changes, ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 3);
  g_assert_true (nth (list, 1) == third);
  g_assert_cmpuint (ft_peer_get_status (nth (list, 2))->endpoint.port, ==, 4);
  ft_peer_list_apply (list, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
}

static void
test_notifies (void)
{
  const guint16 ports[] = { 1 };
  g_autoptr (FtPeerList) list = ft_peer_list_new ();
  g_autoptr (GArray) peers = new_peers (ports, 1);
  guint n_rates = 0, n_progress = 0;
  g_autofree char *text = NULL;

  ft_peer_list_apply (list, peers);
  g_signal_connect_swapped (nth (list, 0), "notify::rate-down-text", G_CALLBACK (count_cb), &n_rates);
  g_signal_connect_swapped (nth (list, 0), "notify::progress", G_CALLBACK (count_cb), &n_progress);
  g_array_index (peers, BtPeerStatus, 0).rate_down = 5000;
  g_assert_true (ft_peer_list_apply (list, peers));
  g_assert_cmpuint (n_rates, ==, 1);
  g_assert_cmpuint (n_progress, ==, 0);
  g_object_get (nth (list, 0), "rate-up-text", &text, NULL);
  g_assert_cmpstr (text, ==, "");
}

static void
assert_words (const BtPeerStatus *status, const char *flags, const char *why)
{
  g_autofree char *flags_text = ft_describe_peer_flags (status);
  g_autofree char *why_text = ft_describe_peer_choking (status);

  g_assert_cmpstr (flags_text, ==, flags);
  g_assert_cmpstr (why_text, ==, why);
}

static void
test_words (void)
{
  BtPeerStatus status = { .peer_choking = TRUE, .am_choking = TRUE, .choke_reason = BT_CHOKE_NO_INTEREST };

  assert_words (&status, "Idle", "It has nothing that we need. It wants nothing from us.");
  status.am_interested = TRUE;
  status.peer_interested = TRUE;
  status.choke_reason = BT_CHOKE_NO_SLOT;
  assert_words (&status, "We wait for a slot, Waits for a slot",
                "It does not let us download now. Others come before it.");
  status.peer_choking = FALSE;
  status.rate_down = 1;
  status.am_choking = FALSE;
  status.choke_reason = BT_CHOKE_NONE;
  status.rate_up = 1;
  assert_words (&status, "Sends to us, We send to it", "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/peer-list/in-place", test_in_place);
  g_test_add_func ("/model/peer-list/notifies", test_notifies);
  g_test_add_func ("/model/peer-list/words", test_words);
  return g_test_run ();
}
