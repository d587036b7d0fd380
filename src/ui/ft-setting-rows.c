/* ft-setting-rows.c: controls of a template that are bound to the settings they are named after.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-setting-rows.h"

/* Returns: (transfer full): what follows the word @kind in the schema's range of the key */
static GVariant *
dup_range (GSettings *settings, const char *key, const char *kind)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchemaKey) schema_key = NULL;
  g_autoptr (GVariant) range = NULL;
  g_autoptr (GVariant) values = NULL;
  const char *found;

  g_object_get (settings, "settings-schema", &schema, NULL);
  schema_key = g_settings_schema_get_key (schema, key);
  range = g_settings_schema_key_get_range (schema_key);
  g_variant_get (range, "(&sv)", &found, &values);
  g_assert (g_str_equal (found, kind));
  return g_steal_pointer (&values);
}

static double
get_number (GVariant *variant)
{
  return g_variant_is_of_type (variant, G_VARIANT_TYPE_DOUBLE) ? g_variant_get_double (variant)
                                                               : g_variant_get_uint32 (variant);
}

static void
bind_number (GtkSpinButton *button, GSettings *settings, const char *key)
{
  g_autoptr (GVariant) range = dup_range (settings, key, "range");
  g_autoptr (GVariant) lowest = g_variant_get_child_value (range, 0);
  g_autoptr (GVariant) highest = g_variant_get_child_value (range, 1);

  gtk_spin_button_set_range (button, get_number (lowest), get_number (highest));
  /* The template decides whether it can be used: with the switch beside it. */
  g_settings_bind (settings, key, button, "value", G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_NO_SENSITIVITY);
}

/* @user_data: the words */
static gboolean
word_to_row (GValue *value, GVariant *variant, gpointer user_data)
{
  const char *const *words = user_data;

  for (guint i = 0; words[i] != NULL; i++)
    if (g_str_equal (words[i], g_variant_get_string (variant, NULL)))
      {
        g_value_set_uint (value, i);
        return TRUE;
      }
  return FALSE;
}

static GVariant *
row_to_word (const GValue *value, const GVariantType *type, gpointer user_data)
{
  const char *const *words = user_data;
  guint row = g_value_get_uint (value);

  return row < g_strv_length ((GStrv) words) ? g_variant_new_string (words[row]) : NULL;
}

static void
bind_choice (AdwComboRow *row, GSettings *settings, const char *key)
{
  g_autoptr (GVariant) range = dup_range (settings, key, "enum");
  char **words = g_variant_dup_strv (range, NULL);

  g_settings_bind_with_mapping (settings, key, row, "selected", G_SETTINGS_BIND_DEFAULT, word_to_row, row_to_word,
                                words, (GDestroyNotify) g_strfreev);
}

void
ft_setting_rows_install (GtkWidgetClass *widget_class, const char *const *keys)
{
  for (guint i = 0; keys[i] != NULL; i++)
    gtk_widget_class_bind_template_child_full (widget_class, keys[i], FALSE, 0);
}

void
ft_setting_rows_bind (GtkWidget *widget, GType type, const char *const *keys, GSettings *settings)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (G_IS_SETTINGS (settings));

  for (guint i = 0; keys[i] != NULL; i++)
    {
      GObject *control = gtk_widget_get_template_child (widget, type, keys[i]);

      if (GTK_IS_SWITCH (control))
        g_settings_bind (settings, keys[i], control, "active", G_SETTINGS_BIND_DEFAULT);
      else if (GTK_IS_SPIN_BUTTON (control))
        bind_number (GTK_SPIN_BUTTON (control), settings, keys[i]);
      else
        bind_choice (ADW_COMBO_ROW (control), settings, keys[i]);
    }
}
