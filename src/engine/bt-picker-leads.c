/* bt-picker-leads.c: what a peer still has for us, once that is little.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-picker-private.h"

/* Somebody who has as much as we have would be searched from end to end at each pick, for nothing. So what a search
 * found, when it came to the end, is remembered; what may be added to it later is told: a piece that the peer gets
 * (bt_picker_peer_has()) and one that is free again for anybody (picker->freed). Anything else that changes what it has
 * shows by the number of its pieces, and it is searched anew. */

/* More than a search remembers: else one more and one less would make it search each time. */
#define MAX_LEADS (2 * BT_PICKER_FEW)

static void
free_leads (gpointer data)
{
  BtPickerLeads *leads = data;

  g_array_unref (leads->pieces);
  g_free (leads);
}

void
bt_picker_init_leads (BtPicker *picker)
{
  picker->leads = g_hash_table_new_full (NULL, NULL, NULL, free_leads);
}

static BtPickerLeads *
find_leads (const BtPicker *picker, BtPeerId peer)
{
  return g_hash_table_lookup (picker->leads, GUINT_TO_POINTER (peer));
}

static BtPickerLeads *
start_anew (BtPicker *picker, BtPeerId peer, const BtBitfield *has)
{
  BtPickerLeads *leads = g_new0 (BtPickerLeads, 1);

  leads->has = has;
  leads->n_has = has->n_set;
  leads->floor = BT_PICKER_N_PRIORITIES;
  leads->n_freed = picker->n_freed;
  leads->pieces = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_hash_table_insert (picker->leads, GUINT_TO_POINTER (peer), leads);
  return leads;
}

static void
add_lead (BtPickerLeads *leads, guint32 piece)
{
  for (guint i = 0; i < leads->pieces->len; i++)
    if (g_array_index (leads->pieces, guint32, i) == piece)
      return;
  g_array_append_val (leads->pieces, piece);
}

static gboolean
is_lead (const BtPicker *picker, const BtPickerLeads *leads, guint32 piece)
{
  return bt_picker_is_untouched (picker, piece) && picker->pieces[piece].priority >= leads->floor
         && bt_bitfield_get (leads->has, piece);
}

/* @piece is untouched, and was not, or was not had by the peer. */
static void
take_told (const BtPicker *picker, BtPickerLeads *leads, guint32 piece)
{
  guint8 priority = picker->pieces[piece].priority;

  leads->passed[priority] = MIN (leads->passed[priority], piece);
  if (priority >= leads->floor)
    add_lead (leads, piece);
}

/* FALSE: too much happened since. */
static gboolean
catch_up (const BtPicker *picker, BtPickerLeads *leads)
{
  if (picker->n_freed - leads->n_freed > BT_PICKER_N_FREED)
    return FALSE;
  for (; leads->n_freed < picker->n_freed; leads->n_freed++)
    {
      guint32 piece = picker->freed[leads->n_freed % BT_PICKER_N_FREED];

      if (bt_picker_is_untouched (picker, piece) && bt_bitfield_get (leads->has, piece))
        take_told (picker, leads, piece);
    }
  return leads->pieces->len <= MAX_LEADS;
}

BtPickerLeads *
bt_picker_get_leads (BtPicker *picker, BtPeerId peer, const BtBitfield *has)
{
  BtPickerLeads *leads = find_leads (picker, peer);

  if (leads == NULL || leads->has != has || leads->n_has != has->n_set || !catch_up (picker, leads))
    return start_anew (picker, peer, has);
  for (guint i = leads->pieces->len; i > 0; i--)
    if (!is_lead (picker, leads, g_array_index (leads->pieces, guint32, i - 1)))
      g_array_remove_index_fast (leads->pieces, i - 1);
  return leads;
}

void
bt_picker_add_leads (BtPickerLeads *leads, guint floor, const guint32 *pieces, guint n)
{
  leads->floor = (guint8) floor;
  g_array_append_vals (leads->pieces, pieces, n);
}

gboolean
bt_picker_knows_leads (const BtPicker *picker, BtPeerId peer)
{
  const BtPickerLeads *leads = find_leads (picker, peer);

  return leads != NULL && leads->floor == BT_PRIORITY_LOW;
}

void
bt_picker_forget_leads (BtPicker *picker, BtPeerId peer)
{
  g_hash_table_remove (picker->leads, GUINT_TO_POINTER (peer));
}

void
bt_picker_lead_told (BtPicker *picker, BtPeerId peer, guint32 piece)
{
  BtPickerLeads *leads = find_leads (picker, peer);

  if (leads == NULL)
    return;
  leads->n_has++;
  if (bt_picker_is_untouched (picker, piece))
    take_told (picker, leads, piece);
  if (leads->pieces->len > MAX_LEADS)
    bt_picker_forget_leads (picker, peer);
}
