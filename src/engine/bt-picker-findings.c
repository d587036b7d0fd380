/* bt-picker-findings.c: what searches found that a peer has for us, and where they found nothing.
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
free_findings (gpointer data)
{
  BtPickerFindings *findings = data;

  g_array_unref (findings->leads);
  g_free (findings);
}

void
bt_picker_init_findings (BtPicker *picker)
{
  picker->findings = g_hash_table_new_full (NULL, NULL, NULL, free_findings);
}

static BtPickerFindings *
find_findings (const BtPicker *picker, BtPeerId peer)
{
  return g_hash_table_lookup (picker->findings, GUINT_TO_POINTER (peer));
}

static BtPickerFindings *
start_anew (BtPicker *picker, BtPeerId peer, const BtBitfield *has)
{
  BtPickerFindings *findings = g_new0 (BtPickerFindings, 1);

  findings->has = has;
  findings->n_has = has->n_set;
  findings->floor = BT_PICKER_N_PRIORITIES;
  findings->n_freed = picker->n_freed;
  findings->leads = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_hash_table_insert (picker->findings, GUINT_TO_POINTER (peer), findings);
  return findings;
}

static void
add_lead (BtPickerFindings *findings, guint32 piece)
{
  for (guint i = 0; i < findings->leads->len; i++)
    if (g_array_index (findings->leads, guint32, i) == piece)
      return;
  g_array_append_val (findings->leads, piece);
}

static gboolean
is_lead (const BtPicker *picker, const BtPickerFindings *findings, guint32 piece)
{
  return bt_picker_is_untouched (picker, piece) && picker->pieces[piece].priority >= findings->floor
         && bt_bitfield_get (findings->has, piece);
}

/* @piece is untouched, and was not, or was not had by the peer. */
static void
take_told (const BtPicker *picker, BtPickerFindings *findings, guint32 piece)
{
  guint8 priority = picker->pieces[piece].priority;

  findings->passed[priority] = MIN (findings->passed[priority], piece);
  if (priority >= findings->floor)
    add_lead (findings, piece);
}

/* FALSE: too much happened since. */
static gboolean
catch_up (const BtPicker *picker, BtPickerFindings *findings)
{
  if (picker->n_freed - findings->n_freed > BT_PICKER_N_FREED)
    return FALSE;
  for (; findings->n_freed < picker->n_freed; findings->n_freed++)
    {
      guint32 piece = picker->freed[findings->n_freed % BT_PICKER_N_FREED];

      if (bt_picker_is_untouched (picker, piece) && bt_bitfield_get (findings->has, piece))
        take_told (picker, findings, piece);
    }
  return findings->leads->len <= MAX_LEADS;
}

BtPickerFindings *
bt_picker_get_findings (BtPicker *picker, BtPeerId peer, const BtBitfield *has)
{
  BtPickerFindings *findings = find_findings (picker, peer);

  if (findings == NULL || findings->has != has || findings->n_has != has->n_set || !catch_up (picker, findings))
    return start_anew (picker, peer, has);
  for (guint i = findings->leads->len; i > 0; i--)
    if (!is_lead (picker, findings, g_array_index (findings->leads, guint32, i - 1)))
      g_array_remove_index_fast (findings->leads, i - 1);
  return findings;
}

void
bt_picker_add_leads (BtPickerFindings *findings, guint floor, const guint32 *pieces, guint n)
{
  findings->floor = (guint8) floor;
  g_array_append_vals (findings->leads, pieces, n);
}

gboolean
bt_picker_knows_leads (const BtPicker *picker, BtPeerId peer)
{
  const BtPickerFindings *findings = find_findings (picker, peer);

  return findings != NULL && findings->floor == BT_PRIORITY_LOW;
}

void
bt_picker_forget_findings (BtPicker *picker, BtPeerId peer)
{
  g_hash_table_remove (picker->findings, GUINT_TO_POINTER (peer));
}

void
bt_picker_findings_told (BtPicker *picker, BtPeerId peer, guint32 piece)
{
  BtPickerFindings *findings = find_findings (picker, peer);

  if (findings == NULL)
    return;
  findings->n_has++;
  if (bt_picker_is_untouched (picker, piece))
    take_told (picker, findings, piece);
  if (findings->leads->len > MAX_LEADS)
    bt_picker_forget_findings (picker, peer);
}
