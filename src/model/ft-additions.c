/* ft-additions.c: what several that are about to be added are together.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-additions.h"

static guint
count (GListModel *additions)
{
  return additions != NULL ? g_list_model_get_n_items (additions) : 0;
}

static FtAddition *
get (GListModel *additions, guint position)
{
  g_autoptr (FtAddition) addition = g_list_model_get_item (additions, position);

  return addition; /* the list holds it */
}

guint
ft_additions_count_in_state (GListModel *additions, FtAdditionState state)
{
  guint n = 0;

  for (guint i = 0; i < count (additions); i++)
    n += ft_addition_get_state (get (additions, i)) == state;
  return n;
}

guint64
ft_additions_sum_required (GListModel *additions)
{
  guint64 required = 0;

  for (guint i = 0; i < count (additions); i++)
    {
      FtAddition *addition = get (additions, i);

      if (ft_addition_get_state (addition) == FT_ADDITION_READY && ft_addition_get_folder (addition) == NULL)
        required += ft_addition_get_wanted_size (addition);
    }
  return required;
}

gboolean
ft_additions_know_files (GListModel *additions)
{
  for (guint i = 0; i < count (additions); i++)
    if (ft_addition_has_files (get (additions, i)))
      return TRUE;
  return FALSE;
}

gboolean
ft_additions_have_file (GListModel *additions)
{
  for (guint i = 0; i < count (additions); i++)
    if (ft_addition_get_file (get (additions, i)) != NULL)
      return TRUE;
  return FALSE;
}

GPtrArray *
ft_additions_dup_prepared (GListModel *additions)
{
  GPtrArray *prepared = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < count (additions); i++)
    if (ft_addition_is_prepared (get (additions, i)))
      g_ptr_array_add (prepared, g_object_ref (get (additions, i)));
  return prepared;
}

FtAddition *
ft_additions_find_twin (GListModel *additions, FtAddition *addition)
{
  for (guint i = 0; i < count (additions); i++)
    {
      FtAddition *other = get (additions, i);

      if (other == addition)
        return NULL;
      if (ft_addition_is_same (other, addition))
        return other;
    }
  return NULL;
}
