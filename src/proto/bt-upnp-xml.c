/* bt-upnp-xml.c: what UPnP devices write: descriptions of themselves, and answers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-upnp-xml.h"

#include <string.h>

#define ROUTER "urn:schemas-upnp-org:service:WANCommonInterfaceConfig:"
#define WAY_IP "urn:schemas-upnp-org:service:WANIPConnection:"
#define WAY_PPP "urn:schemas-upnp-org:service:WANPPPConnection:"

/* GMarkup knows the five entities alone, and follows nothing out of a document. */

typedef void (*ElementFunc) (const char *name, const char *text, gpointer data);

typedef struct
{
  ElementFunc ended;
  gpointer data;
  GString *text; /* since the last tag */
} Document;

/* Without the prefix of its namespace. */
static const char *
get_local_name (const char *name)
{
  const char *colon = strrchr (name, ':');

  return colon != NULL ? colon + 1 : name;
}

static void
start_element_cb (GMarkupParseContext *context,
                  const char *name,
                  const char **attribute_names,
                  const char **attribute_values,
                  gpointer user_data,
                  GError **error)
{
  Document *document = user_data;

  g_string_truncate (document->text, 0);
}

static void
end_element_cb (GMarkupParseContext *context, const char *name, gpointer user_data, GError **error)
{
  Document *document = user_data;

  document->ended (get_local_name (name), g_strstrip (document->text->str), document->data);
  g_string_truncate (document->text, 0);
}

static void
text_cb (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data, GError **error)
{
  Document *document = user_data;

  g_string_append_len (document->text, text, (gssize) length);
}

/* Names like "D&L" are in real descriptions. What cannot be searched stays as it is, for the parser to refuse. */
static char *
escape_ampersands (const char *text)
{
  g_autoptr (GRegex) stray = g_regex_new ("&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)", 0, 0, NULL);
  char *escaped = g_regex_replace_literal (stray, text, -1, 0, "&amp;", 0, NULL);

  return escaped != NULL ? escaped : g_strdup (text);
}

/* Calls @ended for each element that ends, with the text before its end. */
static void
read_document (const char *xml, gsize length, ElementFunc ended, gpointer data)
{
  static const GMarkupParser parser = { start_element_cb, end_element_cb, text_cb, NULL, NULL };
  static const char byte_order_mark[] = "\xef\xbb\xbf";
  Document document = { ended, data, g_string_new (NULL) };
  g_autoptr (GMarkupParseContext) context =
    g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &document, NULL);
  g_autofree char *valid = length > 0 ? g_utf8_make_valid (xml, (gssize) length) : g_strdup ("");
  const char *start = g_str_has_prefix (valid, byte_order_mark) ? valid + strlen (byte_order_mark) : valid;
  g_autofree char *escaped = escape_ampersands (start);

  g_markup_parse_context_parse (context, escaped, -1, NULL);
  g_string_free (document.text, TRUE);
}

/* Descriptions. */

typedef struct
{
  BtUpnpDescription *description;
  char *base;          /* (nullable) */
  char *type, *control; /* (nullable): of the service that it is in */
} Reading;

static void
end_service (Reading *reading)
{
  BtUpnpDescription *description = reading->description;
  const char *type = reading->type != NULL ? reading->type : "";
  gboolean is_way = g_str_has_prefix (type, WAY_IP) || g_str_has_prefix (type, WAY_PPP);

  description->is_router = description->is_router || g_str_has_prefix (type, ROUTER);
  if (is_way && reading->control != NULL && description->n_ways < BT_UPNP_WAYS)
    description->ways[description->n_ways++] =
      (BtUpnpService){ g_steal_pointer (&reading->type), g_steal_pointer (&reading->control) };
  g_clear_pointer (&reading->type, g_free);
  g_clear_pointer (&reading->control, g_free);
}

static void
replace (char **text, const char *by)
{
  g_free (*text);
  *text = g_strdup (by);
}

static void
read_element (const char *name, const char *text, gpointer data)
{
  Reading *reading = data;

  if (strcmp (name, "serviceType") == 0)
    replace (&reading->type, text);
  else if (strcmp (name, "controlURL") == 0)
    replace (&reading->control, text);
  else if (strcmp (name, "URLBase") == 0)
    replace (&reading->base, text);
  else if (strcmp (name, "service") == 0)
    end_service (reading);
}

/* Some give a base that is no URL. What is put together may be none either. Returns: (nullable) */
static char *
resolve (const char *base, const char *url, const char *control)
{
  g_autofree char *resolved = base != NULL ? g_uri_resolve_relative (base, control, G_URI_FLAGS_NONE, NULL) : NULL;

  if (resolved == NULL)
    resolved = g_uri_resolve_relative (url, control, G_URI_FLAGS_NONE, NULL);
  return resolved != NULL && g_uri_is_valid (resolved, G_URI_FLAGS_NONE, NULL) ? g_steal_pointer (&resolved) : NULL;
}

static void
drop_way (BtUpnpDescription *description, guint way)
{
  g_free (description->ways[way].type);
  g_free (description->ways[way].control);
  description->ways[way] = description->ways[--description->n_ways];
}

void
bt_upnp_description_read (BtUpnpDescription *description, const char *xml, gsize length, const char *url)
{
  Reading reading = { .description = description };

  *description = (BtUpnpDescription){ 0 };
  read_document (xml, length, read_element, &reading);
  for (guint i = description->n_ways; i-- > 0;)
    {
      g_autofree char *control = g_steal_pointer (&description->ways[i].control);

      description->ways[i].control = resolve (reading.base, url, control);
      if (description->ways[i].control == NULL)
        drop_way (description, i);
    }
  g_free (reading.base);
  g_free (reading.type);
  g_free (reading.control);
}

void
bt_upnp_description_clear (BtUpnpDescription *description)
{
  while (description->n_ways > 0)
    drop_way (description, description->n_ways - 1);
  description->is_router = FALSE;
}

/* Answers. */

typedef struct
{
  const char *name;
  char *value;
} Wanted;

static void
take_value (const char *name, const char *text, gpointer data)
{
  Wanted *wanted = data;

  if (wanted->value == NULL && strcmp (name, wanted->name) == 0)
    wanted->value = g_strdup (text);
}

char *
bt_upnp_read_value (const char *xml, gsize length, const char *name)
{
  Wanted wanted = { name, NULL };

  read_document (xml, length, take_value, &wanted);
  return wanted.value;
}
