/* ft-tags-row.c: a row that shows tags and lets a person choose among those that were made.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tags-row.h"

#include <glib/gi18n-lib.h>

struct _FtTagsRow
{
  AdwActionRow parent_instance;

  FtTags *model; /* (nullable) */
  GStrv tags;

  GtkListBox *list_box;
};

enum
{
  PROP_0,
  PROP_TAGS,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtTagsRow, ft_tags_row, ADW_TYPE_ACTION_ROW)

static GParamSpec *properties[N_PROPS];

static void
update_text (FtTagsRow *self)
{
  g_autofree char *text = g_strjoinv (", ", self->tags);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), *text != '\0' ? text : _("None"));
}

/* Those that are chosen, in the person's order. */
static GStrv
collect (FtTagsRow *self, const char *changed, gboolean chosen)
{
  GPtrArray *tags = g_ptr_array_new ();
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (FtTag) tag = g_list_model_get_item (G_LIST_MODEL (self->model), i);
      const char *name = ft_tag_get_name (tag);

      if (g_str_equal (name, changed) ? chosen
                                      : g_strv_contains ((const char *const *) self->tags, name))
        g_ptr_array_add (tags, g_strdup (name));
    }
  g_ptr_array_add (tags, NULL);
  return (GStrv) g_ptr_array_free (tags, FALSE);
}

static void
toggled_cb (GtkCheckButton *button, gpointer user_data)
{
  FtTagsRow *self = user_data;
  FtTag *tag = g_object_get_data (G_OBJECT (button), "tag");
  g_auto (GStrv) tags = collect (self, ft_tag_get_name (tag), gtk_check_button_get_active (button));

  ft_tags_row_set_tags (self, (const char *const *) tags);
}

static GtkWidget *
make_choice (gpointer item, gpointer user_data)
{
  FtTagsRow *self = user_data;
  const char *name = ft_tag_get_name (item);
  GtkWidget *button = gtk_check_button_new_with_label (name);

  gtk_check_button_set_active (GTK_CHECK_BUTTON (button),
                               g_strv_contains ((const char *const *) self->tags, name));
  g_object_set_data_full (G_OBJECT (button), "tag", g_object_ref (item), g_object_unref);
  g_signal_connect_object (button, "toggled", G_CALLBACK (toggled_cb), self, 0);
  return button;
}

/* The tags may be changed from elsewhere, a rule of a tag among them. */
static void
update_choices (FtTagsRow *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list_box, i)) != NULL; i++)
    {
      GtkWidget *button = gtk_list_box_row_get_child (row);
      FtTag *tag = g_object_get_data (G_OBJECT (button), "tag");

      g_signal_handlers_block_by_func (button, toggled_cb, self);
      gtk_check_button_set_active (
        GTK_CHECK_BUTTON (button),
        g_strv_contains ((const char *const *) self->tags, ft_tag_get_name (tag)));
      g_signal_handlers_unblock_by_func (button, toggled_cb, self);
    }
}

static void
update_visible (FtTagsRow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self),
                          g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0);
}

static void
row_activated_cb (GtkListBox *list_box, GtkListBoxRow *row)
{
  GtkCheckButton *button = GTK_CHECK_BUTTON (gtk_list_box_row_get_child (row));

  gtk_check_button_set_active (button, !gtk_check_button_get_active (button));
}

static void
ft_tags_row_dispose (GObject *object)
{
  FtTagsRow *self = FT_TAGS_ROW (object);

  g_clear_object (&self->model);

  G_OBJECT_CLASS (ft_tags_row_parent_class)->dispose (object);
}

static void
ft_tags_row_finalize (GObject *object)
{
  g_strfreev (FT_TAGS_ROW (object)->tags);

  G_OBJECT_CLASS (ft_tags_row_parent_class)->finalize (object);
}

static void
ft_tags_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtTagsRow *self = FT_TAGS_ROW (object);

  switch (prop_id)
    {
    case PROP_TAGS:
      g_value_set_boxed (value, self->tags);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_tags_row_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_TAGS:
      ft_tags_row_set_tags (FT_TAGS_ROW (object), g_value_get_boxed (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_tags_row_class_init (FtTagsRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ft_tags_row_dispose;
  object_class->finalize = ft_tags_row_finalize;
  object_class->get_property = ft_tags_row_get_property;
  object_class->set_property = ft_tags_row_set_property;

  properties[PROP_TAGS]
    = g_param_spec_boxed ("tags", NULL, NULL, G_TYPE_STRV,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-tags-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FtTagsRow, list_box);
}

static void
ft_tags_row_init (FtTagsRow *self)
{
  self->tags = g_new0 (char *, 1);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->list_box, "row-activated", G_CALLBACK (row_activated_cb), NULL);
  update_text (self);
}

void
ft_tags_row_set_model (FtTagsRow *self, FtTags *tags)
{
  g_return_if_fail (FT_IS_TAGS_ROW (self));
  g_return_if_fail (FT_IS_TAGS (tags));
  g_return_if_fail (self->model == NULL);

  self->model = g_object_ref (tags);
  gtk_list_box_bind_model (self->list_box, G_LIST_MODEL (tags), make_choice, self, NULL);
  g_signal_connect_object (tags, "items-changed", G_CALLBACK (update_visible), self,
                           G_CONNECT_SWAPPED);
  update_visible (self);
}

const char *const *
ft_tags_row_get_tags (FtTagsRow *self)
{
  g_return_val_if_fail (FT_IS_TAGS_ROW (self), NULL);

  return (const char *const *) self->tags;
}

void
ft_tags_row_set_tags (FtTagsRow *self, const char *const *tags)
{
  static const char *const none[] = { NULL };

  g_return_if_fail (FT_IS_TAGS_ROW (self));

  if (tags == NULL)
    tags = none;
  if (g_strv_equal (tags, (const char *const *) self->tags))
    return;
  g_strfreev (self->tags);
  self->tags = g_strdupv ((GStrv) tags);
  update_text (self);
  update_choices (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TAGS]);
}
