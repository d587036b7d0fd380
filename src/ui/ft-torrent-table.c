/* ft-torrent-table.c: torrents as a table whose columns are chosen, moved, resized and sorted by.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-torrent-table.h"

#include "ft-torrent-cell.h"

struct _FtTorrentTable
{
  AdwBin parent_instance;

  GSettings *settings;     /* (nullable) */
  gboolean loading;        /* columns are being put as the settings say */
  gboolean sorting;        /* the arrow of the header is being set, or asked about */
  const FtColumn *primary; /* of the header, while it is asked */

  GtkColumnView *column_view;
};

enum
{
  SIGNAL_ACTIVATE,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtTorrentTable, ft_torrent_table, ADW_TYPE_BIN)

static guint signals[N_SIGNALS];

static const FtColumn *
get_facts (GtkColumnViewColumn *column)
{
  return g_object_get_data (G_OBJECT (column), "facts");
}

/* Returns: (transfer none) (nullable) */
static GtkColumnViewColumn *
find_column (FtTorrentTable *self, const FtColumn *facts)
{
  GListModel *columns = gtk_column_view_get_columns (self->column_view);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (get_facts (column) == facts)
        return column;
    }
  return NULL;
}

/* Cells. */

static void
setup_cb (GtkListItemFactory *factory, GtkListItem *item, gpointer facts)
{
  gtk_list_item_set_child (item, ft_torrent_cell_new (facts));
}

static void
bind_cb (GtkListItemFactory *factory, GtkListItem *item, gpointer facts)
{
  ft_torrent_cell_set_torrent (FT_TORRENT_CELL (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
unbind_cb (GtkListItemFactory *factory, GtkListItem *item, gpointer facts)
{
  ft_torrent_cell_set_torrent (FT_TORRENT_CELL (gtk_list_item_get_child (item)), NULL);
}

static GtkListItemFactory *
make_factory (const FtColumn *facts)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), (gpointer) facts);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), (gpointer) facts);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), (gpointer) facts);
  return factory;
}

/* Order. A header does not say what it sorts by (before GTK 4.10). But it asks the sorter of each column in
 * turn until one tells two items apart: the first that is asked is the one, and the sign is the direction. */

typedef struct
{
  FtTorrentTable *table;
  const FtColumn *facts;
} Asked;

static int
note_primary (gconstpointer a, gconstpointer b, gpointer user_data)
{
  Asked *asked = user_data;

  if (asked->table->primary == NULL)
    asked->table->primary = asked->facts;
  return -1;
}

static void
header_sorted_cb (FtTorrentTable *self)
{
  g_autoptr (GObject) first = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GObject) second = g_object_new (G_TYPE_OBJECT, NULL);
  GtkOrdering order;

  if (self->sorting)
    return;
  self->primary = NULL;
  order = gtk_sorter_compare (gtk_column_view_get_sorter (self->column_view), first, second);
  if (self->primary == NULL)
    return;
  self->sorting = TRUE;
  g_settings_set_string (self->settings, "sort-column", self->primary->id);
  g_settings_set_boolean (self->settings, "sort-descending", order == GTK_ORDERING_LARGER);
  self->sorting = FALSE;
}

static void
show_order (FtTorrentTable *self)
{
  g_autofree char *id = g_settings_get_string (self->settings, "sort-column");
  gboolean descending = g_settings_get_boolean (self->settings, "sort-descending");
  const FtColumn *facts = ft_column_lookup (id);
  GtkColumnViewColumn *column = facts != NULL ? find_column (self, facts) : NULL;

  if (self->sorting)
    return;
  self->sorting = TRUE;
  gtk_column_view_sort_by_column (self->column_view, column,
                                  descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
  self->sorting = FALSE;
}

/* What is shown, and where. */

static int
get_width (GtkColumnViewColumn *column)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (column), "width"));
}

static void
set_width (GtkColumnViewColumn *column, int width)
{
  g_object_set_data (G_OBJECT (column), "width", GINT_TO_POINTER (width));
  /* GTK 4.8 keeps room for a hidden column of fixed width, and what is left is not shared out then. */
  gtk_column_view_column_set_fixed_width (column, gtk_column_view_column_get_visible (column) ? width : -1);
}

static void
visible_changed_cb (GtkColumnViewColumn *column)
{
  set_width (column, get_width (column));
}

static void
width_changed_cb (GtkColumnViewColumn *column)
{
  if (gtk_column_view_column_get_visible (column))
    set_width (column, gtk_column_view_column_get_fixed_width (column));
}

static void
save_columns (FtTorrentTable *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->column_view);
  GVariantBuilder builder;

  if (self->loading || self->settings == NULL)
    return;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sib)"));
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      g_variant_builder_add (&builder, "(sib)", get_facts (column)->id,
                             get_width (column),
                             gtk_column_view_column_get_visible (column));
    }
  g_settings_set_value (self->settings, "columns", g_variant_builder_end (&builder));
}

static void
add_column (FtTorrentTable *self, const FtColumn *facts)
{
  g_autoptr (GtkColumnViewColumn) column
    = gtk_column_view_column_new (ft_column_get_title (facts), make_factory (facts));
  g_autoptr (GtkSorter) sorter = NULL;
  Asked *asked = g_new (Asked, 1);

  *asked = (Asked){ self, facts };
  sorter = GTK_SORTER (gtk_custom_sorter_new (note_primary, asked, g_free));
  gtk_column_view_column_set_sorter (column, sorter);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_expand (column, facts->expands);
  gtk_column_view_column_set_visible (column, facts->shown);
  set_width (column, facts->expands ? -1 : facts->width);
  g_signal_connect (column, "notify::visible", G_CALLBACK (visible_changed_cb), NULL);
  g_signal_connect (column, "notify::fixed-width", G_CALLBACK (width_changed_cb), NULL);
  g_object_set_data (G_OBJECT (column), "facts", (gpointer) facts);
  g_signal_connect_object (column, "notify::fixed-width", G_CALLBACK (save_columns), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (column, "notify::visible", G_CALLBACK (save_columns), self, G_CONNECT_SWAPPED);
  gtk_column_view_append_column (self->column_view, column);
}

static void
load_columns (FtTorrentTable *self)
{
  g_autoptr (GVariant) saved = g_settings_get_value (self->settings, "columns");
  GVariantIter iter;
  const char *id;
  gboolean shown;
  int width;
  guint position = 0;

  g_variant_iter_init (&iter, saved);
  while (g_variant_iter_next (&iter, "(&sib)", &id, &width, &shown))
    {
      const FtColumn *facts = ft_column_lookup (id);
      g_autoptr (GtkColumnViewColumn) column = facts != NULL ? find_column (self, facts) : NULL;

      if (column == NULL)
        continue;
      g_object_ref (column);
      gtk_column_view_insert_column (self->column_view, position++, column);
      gtk_column_view_column_set_visible (column, shown);
      set_width (column, MAX (width, -1));
    }
}

static void
activate_cb (FtTorrentTable *self)
{
  g_signal_emit (self, signals[SIGNAL_ACTIVATE], 0);
}

static void
ft_torrent_table_dispose (GObject *object)
{
  g_clear_object (&FT_TORRENT_TABLE (object)->settings);

  G_OBJECT_CLASS (ft_torrent_table_parent_class)->dispose (object);
}

static void
ft_torrent_table_class_init (FtTorrentTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_torrent_table_dispose;

  signals[SIGNAL_ACTIVATE] = g_signal_new ("activate", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-torrent-table.ui");
  gtk_widget_class_bind_template_child (widget_class, FtTorrentTable, column_view);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
}

static void
ft_torrent_table_init (FtTorrentTable *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ft_torrent_table_set_up (FtTorrentTable *self, GSettings *settings)
{
  guint n_columns;
  const FtColumn *columns = ft_column_get_all (&n_columns);

  g_return_if_fail (FT_IS_TORRENT_TABLE (self));
  g_return_if_fail (self->settings == NULL);

  self->settings = g_object_ref (settings);
  self->loading = TRUE;
  for (guint i = 0; i < n_columns; i++)
    add_column (self, &columns[i]);
  load_columns (self);
  self->loading = FALSE;
  show_order (self);
  g_signal_connect_object (gtk_column_view_get_sorter (self->column_view), "changed",
                           G_CALLBACK (header_sorted_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_column_view_get_columns (self->column_view), "items-changed",
                           G_CALLBACK (save_columns), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::sort-column", G_CALLBACK (show_order), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::sort-descending", G_CALLBACK (show_order), self,
                           G_CONNECT_SWAPPED);
}

void
ft_torrent_table_set_model (FtTorrentTable *self, GtkSelectionModel *selection)
{
  g_return_if_fail (FT_IS_TORRENT_TABLE (self));
  g_return_if_fail (selection == NULL || GTK_IS_SELECTION_MODEL (selection));

  gtk_column_view_set_model (self->column_view, selection);
}

void
ft_torrent_table_fill_menu (FtTorrentTable *self, GMenu *menu, GSimpleActionGroup *group)
{
  guint n_columns;
  const FtColumn *columns = ft_column_get_all (&n_columns);

  g_return_if_fail (FT_IS_TORRENT_TABLE (self));

  for (guint i = 0; i < n_columns; i++)
    {
      g_autofree char *detailed = g_strdup_printf ("columns.%s", columns[i].id);
      GtkColumnViewColumn *column = find_column (self, &columns[i]);
      g_autoptr (GPropertyAction) action = g_property_action_new (columns[i].id, column, "visible");

      gtk_column_view_column_set_header_menu (column, G_MENU_MODEL (menu));
      /* Without names nobody knows what the rest is about. */
      if (i == 0)
        continue;
      g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
      g_menu_append (menu, ft_column_get_title (&columns[i]), detailed);
    }
}

GtkWidget *
ft_torrent_table_get_view (FtTorrentTable *self)
{
  g_return_val_if_fail (FT_IS_TORRENT_TABLE (self), NULL);

  return GTK_WIDGET (self->column_view);
}

GtkWidget *
ft_torrent_table_get_list (FtTorrentTable *self)
{
  GtkWidget *child;

  g_return_val_if_fail (FT_IS_TORRENT_TABLE (self), NULL);

  child = gtk_widget_get_first_child (GTK_WIDGET (self->column_view));
  while (child != NULL && !GTK_IS_LIST_VIEW (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}
