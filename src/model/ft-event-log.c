/* ft-event-log.c: what happened to each torrent, in words, as far as it is remembered.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-event-log.h"

#include <glib/gi18n-lib.h>

struct _FtLogEntry
{
  GObject parent_instance;

  char *text;
  gint64 at;
};

enum
{
  PROP_0,
  PROP_TEXT,
  PROP_TIME_TEXT,
  PROP_ROW_TEXT,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtLogEntry, ft_log_entry, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

struct _FtEventLog
{
  GHashTable *lists; /* BtTorrentId → GListStore; only of those that something happened to */
};

/* (nullable): where the engine's words say it all */
static const char *
get_sentence (BtEventKind kind)
{
  switch (kind)
    {
    case BT_EVENT_FINISHED:
      return _("All that is wanted has come");
    case BT_EVENT_CHECKED:
      return _("The check has ended");
    case BT_EVENT_PROBLEM:
      return _("Stopped by a problem");
    case BT_EVENT_RECOVERED:
      return _("Goes on by itself: the problem is over");
    case BT_EVENT_PIECE_FAILED:
      return _("A piece was not what it should be");
    case BT_EVENT_GOAL:
      return _("Has seeded enough");
    case BT_EVENT_MOVED:
      return _("Its files are in another folder now");
    case BT_EVENT_TRACKER:
      return _("A tracker failed or warns");
    case BT_EVENT_LOG:
    default:
      return NULL;
    }
}

char *
ft_describe_event (const BtEvent *event)
{
  const char *sentence = get_sentence (event->kind);

  if (sentence == NULL)
    return g_strdup (event->text != NULL ? event->text : "");
  if (event->text == NULL || *event->text == '\0' || event->kind == BT_EVENT_FINISHED)
    return g_strdup (sentence);
  /* Translators: what happened, and its details. */
  return g_strdup_printf (C_ ("log", "%1$s: %2$s"), sentence, event->text);
}

static char *
format_time (gint64 at)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (at);

  return time != NULL ? g_date_time_format (time, "%x, %X") : g_strdup ("");
}

static void
ft_log_entry_finalize (GObject *object)
{
  g_free (FT_LOG_ENTRY (object)->text);

  G_OBJECT_CLASS (ft_log_entry_parent_class)->finalize (object);
}

static void
ft_log_entry_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtLogEntry *self = FT_LOG_ENTRY (object);
  g_autofree char *time = format_time (self->at);

  switch (prop_id)
    {
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_TIME_TEXT:
      g_value_set_string (value, time);
      break;
    case PROP_ROW_TEXT:
      /* Translators: a time and what happened then. */
      g_value_take_string (value, g_strdup_printf (C_ ("log", "%1$s, %2$s"), time, self->text));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_log_entry_class_init (FtLogEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ft_log_entry_finalize;
  object_class->get_property = ft_log_entry_get_property;

  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[PROP_TIME_TEXT] = g_param_spec_string ("time-text", NULL, NULL, NULL, flags);
  properties[PROP_ROW_TEXT] = g_param_spec_string ("row-text", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ft_log_entry_init (FtLogEntry *self)
{
}

FtEventLog *
ft_event_log_new (void)
{
  FtEventLog *self = g_new0 (FtEventLog, 1);

  self->lists = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  return self;
}

void
ft_event_log_free (FtEventLog *self)
{
  g_hash_table_unref (self->lists);
  g_free (self);
}

static GListStore *
get_list (FtEventLog *self, BtTorrentId id)
{
  GListStore *list = g_hash_table_lookup (self->lists, GUINT_TO_POINTER (id));

  if (list == NULL)
    {
      list = g_list_store_new (FT_TYPE_LOG_ENTRY);
      g_hash_table_insert (self->lists, GUINT_TO_POINTER (id), list);
    }
  return list;
}

void
ft_event_log_add (FtEventLog *self, const BtEvent *event)
{
  GListStore *list = get_list (self, event->id);
  g_autoptr (FtLogEntry) entry = g_object_new (FT_TYPE_LOG_ENTRY, NULL);
  guint n_items;

  entry->text = ft_describe_event (event);
  entry->at = event->at;
  g_list_store_insert (list, 0, entry);
  n_items = g_list_model_get_n_items (G_LIST_MODEL (list));
  if (n_items > FT_EVENT_LOG_MAX)
    g_list_store_remove (list, n_items - 1);
}

void
ft_event_log_forget (FtEventLog *self, BtTorrentId id)
{
  g_hash_table_remove (self->lists, GUINT_TO_POINTER (id));
}

GListModel *
ft_event_log_get (FtEventLog *self, BtTorrentId id)
{
  return G_LIST_MODEL (get_list (self, id));
}
