/* ft-peer.c: one connected peer, with what goes on between us in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-describe.h"
#include "ft-peer-private.h"

#include <glib/gi18n-lib.h>

struct _FtPeer
{
  GObject parent_instance;

  BtPeerStatus status;
};

enum
{
  PROP_0,
  PROP_ADDRESS,
  PROP_CLIENT,
  PROP_PROGRESS,
  PROP_RATE_DOWN,
  PROP_RATE_UP,
  PROP_DOWNLOADED,
  PROP_UPLOADED,
  PROP_CONNECTED,
  PROP_PROGRESS_TEXT,
  PROP_RATE_DOWN_TEXT,
  PROP_RATE_UP_TEXT,
  PROP_DOWNLOADED_TEXT,
  PROP_UPLOADED_TEXT,
  PROP_CONNECTED_TEXT,
  PROP_FLAGS_TEXT,
  PROP_EXPLAINED_TEXT,
  PROP_ROW_TEXT,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtPeer, ft_peer, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static void
add_phrase (GString *text, const char *phrase)
{
  if (text->len > 0)
    /* Translators: what stands between two phrases of a list. */
    g_string_append (text, C_ ("list of phrases", ", "));
  g_string_append (text, phrase);
}

char *
ft_describe_peer_flags (const BtPeerStatus *status)
{
  GString *text = g_string_new (NULL);

  if (status->rate_down > 0)
    add_phrase (text, _("Sends to us"));
  else if (status->am_interested && !status->peer_choking)
    add_phrase (text, _("Lets us download"));
  else if (status->am_interested)
    add_phrase (text, _("We wait for a slot"));
  if (status->rate_up > 0)
    add_phrase (text, _("We send to it"));
  else if (status->peer_interested && !status->am_choking)
    add_phrase (text, _("May download"));
  else if (status->peer_interested)
    add_phrase (text, _("Waits for a slot"));
  if (status->optimistic)
    add_phrase (text, _("Gets a try"));
  if (status->snubbed)
    add_phrase (text, _("Has stopped sending"));
  if (status->on_parole)
    add_phrase (text, _("Suspected of bad data"));
  if (status->incoming)
    add_phrase (text, _("Connected to us"));
  if (text->len == 0)
    add_phrase (text, status->progress >= 1 ? _("Has everything") : _("Idle"));
  return g_string_free (text, FALSE);
}

/* (nullable) */
static const char *
why_we_do_not_download (const BtPeerStatus *status)
{
  if (status->rate_down > 0)
    return NULL;
  if (!status->am_interested)
    return _("It has nothing that we need");
  return status->peer_choking ? _("It does not let us download now") : NULL;
}

/* (nullable) */
static const char *
why_it_does_not_download (const BtPeerStatus *status)
{
  switch (status->choke_reason)
    {
    case BT_CHOKE_NO_INTEREST:
      return _("It wants nothing from us");
    case BT_CHOKE_NO_SLOT:
      return _("Others come before it");
    case BT_CHOKE_PAUSED:
      return _("Nothing is uploaded now");
    case BT_CHOKE_NONE:
    default:
      return NULL;
    }
}

char *
ft_describe_peer_choking (const BtPeerStatus *status)
{
  const char *down = why_we_do_not_download (status);
  const char *up = why_it_does_not_download (status);

  if (down != NULL && up != NULL)
    /* Translators: two sentences: why a peer sends nothing to us, and why we send nothing to it. */
    return g_strdup_printf (C_ ("peer", "%1$s. %2$s."), down, up);
  if (down == NULL && up == NULL)
    return g_strdup ("");
  return g_strdup_printf (C_ ("peer", "%s."), down != NULL ? down : up);
}

/* Why nothing flows; when it does, what. */
static char *
explain (const BtPeerStatus *status)
{
  char *why = ft_describe_peer_choking (status);

  if (*why != '\0')
    return why;
  g_free (why);
  return ft_describe_peer_flags (status);
}

static char *
format_address (const BtPeerStatus *status)
{
  char text[BT_ENDPOINT_TEXT_SIZE];

  bt_endpoint_format (&status->endpoint, text);
  return g_strdup (text);
}

static char *
format_flow (guint64 rate)
{
  return rate > 0 ? ft_format_speed (rate) : g_strdup ("");
}

static char *
format_amount (guint64 bytes)
{
  return bytes > 0 ? ft_format_size (bytes) : g_strdup ("");
}

static char *
describe_row (const BtPeerStatus *status)
{
  g_autofree char *address = format_address (status);
  g_autofree char *flags = explain (status);
  g_autofree char *speeds = ft_describe_speeds (status->rate_down, status->rate_up);
  const char *client = status->client != NULL ? status->client : "";
  int percent = (int) (CLAMP (status->progress, 0, 1) * 100);

  if (*speeds == '\0')
    /* Translators: read aloud: address, client, share, what goes on. */
    return g_strdup_printf (_("%1$s, %2$s, %3$d percent, %4$s"), address, client, percent, flags);
  /* Translators: read aloud: address, client, share, what goes on, speeds. */
  return g_strdup_printf (_("%1$s, %2$s, %3$d percent, %4$s, %5$s"), address, client, percent, flags, speeds);
}

static void
clear_status (FtPeer *self)
{
  g_clear_pointer (&self->status.client, g_ref_string_release);
}

static void
ft_peer_finalize (GObject *object)
{
  clear_status (FT_PEER (object));

  G_OBJECT_CLASS (ft_peer_parent_class)->finalize (object);
}

static char *
make_text (const BtPeerStatus *status, guint prop_id)
{
  switch (prop_id)
    {
    case PROP_ADDRESS:
      return format_address (status);
    case PROP_PROGRESS_TEXT:
      return ft_format_percent (status->progress);
    case PROP_RATE_DOWN_TEXT:
      return format_flow (status->rate_down);
    case PROP_RATE_UP_TEXT:
      return format_flow (status->rate_up);
    case PROP_DOWNLOADED_TEXT:
      return format_amount (status->downloaded);
    case PROP_UPLOADED_TEXT:
      return format_amount (status->uploaded);
    case PROP_CONNECTED_TEXT:
      return ft_format_duration (status->connected_s);
    case PROP_FLAGS_TEXT:
      return ft_describe_peer_flags (status);
    case PROP_EXPLAINED_TEXT:
      return explain (status);
    case PROP_ROW_TEXT:
      return describe_row (status);
    default:
      g_return_val_if_reached (NULL);
    }
}

static void
ft_peer_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  const BtPeerStatus *status = &FT_PEER (object)->status;

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_string (value, status->client);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, CLAMP (status->progress, 0, 1));
      break;
    case PROP_RATE_DOWN:
      g_value_set_uint64 (value, status->rate_down);
      break;
    case PROP_RATE_UP:
      g_value_set_uint64 (value, status->rate_up);
      break;
    case PROP_DOWNLOADED:
      g_value_set_uint64 (value, status->downloaded);
      break;
    case PROP_UPLOADED:
      g_value_set_uint64 (value, status->uploaded);
      break;
    case PROP_CONNECTED:
      g_value_set_int64 (value, status->connected_s);
      break;
    default:
      g_value_take_string (value, make_text (status, prop_id));
    }
}

static void
ft_peer_class_init (FtPeerClass *klass)
{
  static const char *const texts[N_PROPS] = {
    [PROP_ADDRESS] = "address",
    [PROP_CLIENT] = "client",
    [PROP_PROGRESS_TEXT] = "progress-text",
    [PROP_RATE_DOWN_TEXT] = "rate-down-text",
    [PROP_RATE_UP_TEXT] = "rate-up-text",
    [PROP_DOWNLOADED_TEXT] = "downloaded-text",
    [PROP_UPLOADED_TEXT] = "uploaded-text",
    [PROP_CONNECTED_TEXT] = "connected-text",
    [PROP_FLAGS_TEXT] = "flags-text",
    [PROP_EXPLAINED_TEXT] = "explained-text",
    [PROP_ROW_TEXT] = "row-text",
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ft_peer_finalize;
  object_class->get_property = ft_peer_get_property;

  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_RATE_DOWN] = g_param_spec_uint64 ("rate-down", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_RATE_UP] = g_param_spec_uint64 ("rate-up", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_DOWNLOADED] = g_param_spec_uint64 ("downloaded", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_UPLOADED] = g_param_spec_uint64 ("uploaded", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_CONNECTED] = g_param_spec_int64 ("connected", NULL, NULL, 0, G_MAXINT64, 0, flags);
  for (guint i = 1; i < N_PROPS; i++)
    if (texts[i] != NULL)
      properties[i] = g_param_spec_string (texts[i], NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ft_peer_init (FtPeer *self)
{
}

FtPeer *
ft_peer_new (const BtPeerStatus *status)
{
  FtPeer *self = g_object_new (FT_TYPE_PEER, NULL);

  self->status = *status;
  if (status->client != NULL)
    g_ref_string_acquire (status->client);
  return self;
}

const BtPeerStatus *
ft_peer_get_status (FtPeer *self)
{
  g_return_val_if_fail (FT_IS_PEER (self), NULL);

  return &self->status;
}

static void
notify (FtPeer *self, guint prop_id)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

static gboolean
flags_differ (const BtPeerStatus *a, const BtPeerStatus *b)
{
  return a->am_choking != b->am_choking || a->am_interested != b->am_interested
         || a->peer_choking != b->peer_choking || a->peer_interested != b->peer_interested
         || a->choke_reason != b->choke_reason || a->snubbed != b->snubbed || a->optimistic != b->optimistic
         || a->on_parole != b->on_parole || (a->rate_down > 0) != (b->rate_down > 0)
         || (a->rate_up > 0) != (b->rate_up > 0);
}

static void
notify_rates (FtPeer *self, const BtPeerStatus *old)
{
  const BtPeerStatus *now = &self->status;

  if (old->rate_down != now->rate_down)
    {
      notify (self, PROP_RATE_DOWN);
      notify (self, PROP_RATE_DOWN_TEXT);
    }
  if (old->rate_up != now->rate_up)
    {
      notify (self, PROP_RATE_UP);
      notify (self, PROP_RATE_UP_TEXT);
    }
  if (old->rate_down != now->rate_down || old->rate_up != now->rate_up)
    notify (self, PROP_ROW_TEXT);
}

static void
notify_amounts (FtPeer *self, const BtPeerStatus *old)
{
  const BtPeerStatus *now = &self->status;

  if (old->downloaded != now->downloaded)
    {
      notify (self, PROP_DOWNLOADED);
      notify (self, PROP_DOWNLOADED_TEXT);
    }
  if (old->uploaded != now->uploaded)
    {
      notify (self, PROP_UPLOADED);
      notify (self, PROP_UPLOADED_TEXT);
    }
  if (old->connected_s != now->connected_s)
    {
      notify (self, PROP_CONNECTED);
      notify (self, PROP_CONNECTED_TEXT);
    }
}

gboolean
ft_peer_update (FtPeer *self, const BtPeerStatus *status)
{
  BtPeerStatus old = self->status;
  GRefString *client = status->client != NULL ? g_ref_string_acquire (status->client) : NULL;
  gboolean renamed = g_strcmp0 (old.client, client) != 0;

  self->status = *status;
  self->status.client = client;
  g_object_freeze_notify (G_OBJECT (self));
  if (renamed)
    notify (self, PROP_CLIENT);
  if (old.progress != status->progress)
    {
      notify (self, PROP_PROGRESS);
      notify (self, PROP_PROGRESS_TEXT);
    }
  if (flags_differ (&old, status))
    {
      notify (self, PROP_FLAGS_TEXT);
      notify (self, PROP_EXPLAINED_TEXT);
      notify (self, PROP_ROW_TEXT);
    }
  notify_rates (self, &old);
  notify_amounts (self, &old);
  g_object_thaw_notify (G_OBJECT (self));
  g_clear_pointer (&old.client, g_ref_string_release);
  return renamed || old.progress != status->progress || old.rate_down != status->rate_down
         || old.rate_up != status->rate_up || old.downloaded != status->downloaded
         || old.uploaded != status->uploaded || old.connected_s != status->connected_s
         || flags_differ (&old, status);
}
