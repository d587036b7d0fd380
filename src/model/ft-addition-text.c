/* ft-addition-text.c: what is about to be added, in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-addition.h"

#include "bt-text.h"
#include "ft-addition-private.h"
#include "ft-describe.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static char *
describe_files (FtAddition *self)
{
  guint n_files = bt_file_list_length (self->files);
  g_autofree char *wanted = ft_format_size (self->wanted_size);
  g_autofree char *total = ft_format_size (self->total_size);

  if (self->n_wanted == n_files)
    /* Translators: a size and a number of files. */
    return g_strdup_printf (ngettext ("%s, %u file", "%s, %u files", n_files), total, n_files);
  /* Translators: two sizes and two numbers of files: of those that are chosen and of all. */
  return g_strdup_printf (ngettext ("%s of %s, %u of %u file", "%s of %s, %u of %u files", n_files),
                          wanted, total, self->n_wanted, n_files);
}

static char *
describe_link (FtAddition *self)
{
  char *text = NULL;

  if (self->asking)
    return g_strdup (_("Reading…"));
  if (self->listed != NULL)
    g_object_get (self->listed, "state-text", &text, NULL);
  else
    text = g_strdup (self->preparing ? _("Looking for people who have the details")
                                     : _("Magnet link: size and files are not known yet"));
  return text;
}

static char *
describe_duplicate (FtAddition *self)
{
  guint n = ft_addition_count_new_trackers (self);

  if (n == 0)
    return g_strdup (_("In the list already"));
  return g_strdup_printf (ngettext ("In the list already; it names %u tracker that is new",
                                    "In the list already; it names %u trackers that are new", n), n);
}

char *
ft_addition_dup_subtitle (FtAddition *self)
{
  switch (self->state)
    {
    case FT_ADDITION_READY:
      return self->files != NULL ? describe_files (self) : describe_link (self);
    case FT_ADDITION_DUPLICATE:
      return describe_duplicate (self);
    case FT_ADDITION_FAILED:
      return ft_describe_error (self->error);
    case FT_ADDITION_WAITING:
    case FT_ADDITION_LOADING:
    default:
      return g_strdup (self->file == NULL && !ft_addition_is_magnet (self) ? _("Fetching the .torrent file…")
                                                                           : _("Reading…"));
    }
}

/* Its last part; the rest may hold a key that is nobody's business. */
static char *
dup_name_of_url (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_PARSE_RELAXED, NULL);
  g_autofree char *name = uri != NULL ? g_path_get_basename (g_uri_get_path (uri)) : NULL;

  if (name == NULL || strlen (name) < 2)
    {
      g_free (name);
      name = g_strdup (uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : "?");
    }
  return bt_text_for_display (name, strlen (name), FT_ADDITION_MAX_TITLE_BYTES);
}

static char *
dup_source (FtAddition *self)
{
  g_autofree char *name = NULL;

  if (self->file == NULL)
    return ft_addition_is_magnet (self)
             ? bt_text_for_display (self->link, strlen (self->link), FT_ADDITION_MAX_TITLE_BYTES)
             : dup_name_of_url (self->link);
  name = g_file_get_basename (self->file);
  return name != NULL ? g_filename_display_name (name) : g_file_get_uri (self->file);
}

char *
ft_addition_dup_title (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), NULL);

  if (self->name != NULL)
    return g_strdup (self->name);
  return self->own_name != NULL ? g_strdup (self->own_name) : dup_source (self);
}
