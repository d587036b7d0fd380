/* bt-tracker-places.c: whose turn it is to ask a tracker: so many at once, each host in its turn. No I/O, no clock.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-tracker-places.h"

#include <string.h>

/* Addresses of trackers are of strangers; then all is learnt anew. */
#define MAX_HOSTS 1000
#define MAX_OF_KIND (BT_TRACKER_MAX_CALLS - BT_TRACKER_KEPT_PLACES)

/* Goodbyes and all others wait in lines of their own. */
typedef enum
{
  ORDINARY,
  GOODBYE,
  N_KINDS,
} Kind;

/* Of one host. */
typedef struct
{
  GList turn;     /* in the turns of its kind while somebody waits; data is the host */
  GQueue waiting; /* of calls */
  guint n_running;
} Line;

struct _BtTrackerHost
{
  char *name; /* scheme, host and port */
  Line lines[N_KINDS];
  guint n_users; /* who wait or run */
  guint max;     /* of those that run */
  BtTrackerHostState state;
  gboolean is_narrow;
  gint64 answered_at; /* monotonic µs; G_MININT64: never */
};

struct _BtTrackerPlaces
{
  GHashTable *hosts;     /* name → BtTrackerHost */
  GQueue turns[N_KINDS]; /* of BtTrackerHost that somebody waits for, the next one first */
  GQueue running;        /* of calls */
  guint n_running[N_KINDS];
  guint n_by_state[N_KINDS][BT_TRACKER_N_HOST_STATES]; /* of them */
};

static void
free_host (gpointer data)
{
  BtTrackerHost *host = data;

  g_free (host->name);
  g_free (host);
}

BtTrackerPlaces *
bt_tracker_places_new (void)
{
  BtTrackerPlaces *places = g_new0 (BtTrackerPlaces, 1);

  places->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_host);
  for (Kind kind = 0; kind < N_KINDS; kind++)
    g_queue_init (&places->turns[kind]);
  g_queue_init (&places->running);
  return places;
}

void
bt_tracker_places_free (BtTrackerPlaces *places)
{
  g_assert (places->turns[ORDINARY].length + places->turns[GOODBYE].length + places->running.length == 0);
  g_hash_table_unref (places->hosts);
  g_free (places);
}

static gboolean
is_idle (gpointer key, gpointer value, gpointer data)
{
  return ((BtTrackerHost *) value)->n_users == 0;
}

static char *
name_host (const char *url)
{
  g_autofree char *scheme = NULL, *host = NULL, *name = NULL;
  int port = -1;

  if (!g_uri_split (url, G_URI_FLAGS_ENCODED, &scheme, NULL, &host, &port, NULL, NULL, NULL, NULL))
    return g_strdup (url);
  if (port == 80 && g_ascii_strcasecmp (scheme, "http") == 0)
    port = -1;
  name = g_strdup_printf ("%s:%s:%d", scheme, host != NULL ? host : "", port);
  return g_ascii_strdown (name, -1);
}

static BtTrackerHost *
get_host (BtTrackerPlaces *places, const char *url)
{
  g_autofree char *name = name_host (url);
  BtTrackerHost *host = g_hash_table_lookup (places->hosts, name);

  if (host != NULL)
    return host;
  if (g_hash_table_size (places->hosts) >= MAX_HOSTS)
    g_hash_table_foreach_remove (places->hosts, is_idle, NULL);
  host = g_new0 (BtTrackerHost, 1);
  for (Kind kind = 0; kind < N_KINDS; kind++)
    {
      host->lines[kind].turn.data = host;
      g_queue_init (&host->lines[kind].waiting);
    }
  host->max = g_str_has_prefix (name, "udp:") ? G_MAXUINT : BT_TRACKER_MAX_HTTP_PER_HOST;
  host->answered_at = G_MININT64;
  host->name = g_steal_pointer (&name);
  g_hash_table_insert (places->hosts, host->name, host);
  return host;
}

static Kind
get_kind (const BtTrackerPlace *place)
{
  return place->is_goodbye ? GOODBYE : ORDINARY;
}

static Line *
get_line (const BtTrackerPlace *place)
{
  return &place->host->lines[get_kind (place)];
}

void
bt_tracker_places_wait (BtTrackerPlaces *places,
                        BtTrackerPlace *place,
                        const char *url,
                        gboolean is_goodbye,
                        gpointer call)
{
  BtTrackerHost *host = get_host (places, url);

  place->link.data = call;
  place->host = host;
  place->is_goodbye = is_goodbye;
  place->queue = &get_line (place)->waiting;
  host->n_users++;
  if (place->queue->length == 0)
    g_queue_push_tail_link (&places->turns[get_kind (place)], &get_line (place)->turn);
  g_queue_push_tail_link (place->queue, &place->link);
}

static void
unqueue (BtTrackerPlaces *places, BtTrackerPlace *place)
{
  Line *line = get_line (place);

  g_queue_unlink (place->queue, &place->link);
  if (place->queue == &line->waiting && line->waiting.length == 0)
    g_queue_unlink (&places->turns[get_kind (place)], &line->turn);
}

/* A host that has said nothing for long has no claim to the last places, nor has one with thousands of goodbyes, which
 * may have gone just now. */
static gboolean
has_place (BtTrackerPlaces *places, BtTrackerHost *host, Kind kind)
{
  gboolean is_first = kind == GOODBYE && host->lines[kind].n_running == 0 && host->state != BT_TRACKER_HOST_SILENT;
  guint n_kept = is_first ? 0 : BT_TRACKER_FIRST_GOODBYES;
  guint max = kind == GOODBYE ? MAX_OF_KIND - n_kept : MAX_OF_KIND;

  return places->running.length < BT_TRACKER_MAX_CALLS - n_kept && places->n_running[kind] < max;
}

static gboolean
may_begin (BtTrackerPlaces *places, BtTrackerHost *host, Kind kind)
{
  const guint *n_by_state = places->n_by_state[kind];
  guint n_silent = n_by_state[BT_TRACKER_HOST_SILENT];
  guint n_running = host->lines[kind].n_running;

  if (!has_place (places, host, kind)
      || host->lines[ORDINARY].n_running + host->lines[GOODBYE].n_running >= host->max)
    return FALSE;
  if (host->state == BT_TRACKER_HOST_ANSWERS)
    return n_running == 0 || kind == GOODBYE || !host->is_narrow;
  if (host->state == BT_TRACKER_HOST_SILENT && n_silent >= BT_TRACKER_MAX_SILENT)
    return FALSE;
  return n_running == 0 && n_silent + n_by_state[BT_TRACKER_HOST_UNKNOWN] < BT_TRACKER_MAX_UNANSWERED;
}

/* Hosts that have been given a place go to the end, so that one with ten thousand torrents holds up no other. */
static BtTrackerPlace *
find_next (BtTrackerPlaces *places, Kind kind)
{
  GQueue *turns = &places->turns[kind];

  if (places->running.length >= BT_TRACKER_MAX_CALLS || places->n_running[kind] >= MAX_OF_KIND)
    return NULL;
  for (GList *link = turns->head; link != NULL; link = link->next)
    {
      BtTrackerHost *host = link->data;

      if (!may_begin (places, host, kind))
        continue;
      g_queue_unlink (turns, link);
      g_queue_push_tail_link (turns, link);
      return (BtTrackerPlace *) host->lines[kind].waiting.head;
    }
  return NULL;
}

static void
count_running (BtTrackerPlaces *places, BtTrackerPlace *place, int change)
{
  Kind kind = get_kind (place);

  get_line (place)->n_running += change;
  places->n_running[kind] += change;
  places->n_by_state[kind][place->state] += change;
}

gpointer
bt_tracker_places_next (BtTrackerPlaces *places, gint64 now)
{
  BtTrackerPlace *place = find_next (places, GOODBYE);

  if (place == NULL)
    place = find_next (places, ORDINARY);
  if (place == NULL)
    return NULL;
  unqueue (places, place);
  place->queue = &places->running;
  place->began = now;
  place->state = place->host->state;
  count_running (places, place, 1);
  g_queue_push_tail_link (&places->running, &place->link);
  return place->link.data;
}

void
bt_tracker_places_leave (BtTrackerPlaces *places, BtTrackerPlace *place)
{
  BtTrackerHost *host = place->host;

  if (host == NULL)
    return;
  unqueue (places, place);
  if (place->queue == &places->running)
    count_running (places, place, -1);
  place->queue = NULL;
  place->host = NULL;
  if (--host->n_users == 0)
    host->is_narrow = FALSE;
}

gboolean
bt_tracker_places_note (BtTrackerPlaces *places, BtTrackerPlace *place, gboolean answered, gint64 now)
{
  BtTrackerHost *host = place->host;

  if (place->queue != &places->running)
    return FALSE;
  if (answered)
    {
      host->answered_at = now;
      host->state = BT_TRACKER_HOST_ANSWERS;
    }
  else if (host->answered_at < place->began)
    host->state = BT_TRACKER_HOST_SILENT;
  return !answered && host->state == BT_TRACKER_HOST_SILENT;
}

void
bt_tracker_places_set_narrow (BtTrackerPlace *place, gboolean narrow)
{
  if (place->host != NULL)
    place->host->is_narrow = narrow;
}

gpointer
bt_tracker_places_peek_behind (BtTrackerPlace *place)
{
  return place->host != NULL ? g_queue_peek_head (&get_line (place)->waiting) : NULL;
}

static gboolean
forgive_host (gpointer key, gpointer value, gpointer data)
{
  BtTrackerHost *host = value;

  host->state = BT_TRACKER_HOST_UNKNOWN;
  host->is_narrow = FALSE;
  return host->n_users == 0;
}

void
bt_tracker_places_forgive (BtTrackerPlaces *places)
{
  g_hash_table_foreach_remove (places->hosts, forgive_host, NULL);
}

GQueue *
bt_tracker_places_running (BtTrackerPlaces *places)
{
  return &places->running;
}
