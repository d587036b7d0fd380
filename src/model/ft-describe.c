/* ft-describe.c: states, reasons and errors as sentences for a person.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-describe.h"

#include "ft-describe-private.h"

#include <glib/gi18n-lib.h>

static double
done_fraction (const BtTorrentStatus *status)
{
  if (status->is_magnet)
    return 0;
  if (status->wanted == 0 || status->done >= status->wanted)
    return 1;
  return (double) status->done / (double) status->wanted;
}

static int
percent_done (const BtTorrentStatus *status)
{
  double fraction = done_fraction (status);

  return fraction >= 1 ? 100 : MIN ((int) (fraction * 100), 99);
}

char *
ft_describe_append_until (const char *sentence, gint64 until, gint64 now)
{
  g_autofree char *wait = NULL;

  if (until <= now)
    return g_strdup (sentence);
  wait = ft_format_duration (until - now);
  /* Translators: %1$s is a sentence, %2$s a duration such as "4 minutes". */
  return g_strdup_printf (_("%1$s; next try in %2$s"), sentence, wait);
}

char *
ft_describe_append_text (const char *sentence, const char *text)
{
  if (text == NULL || *text == '\0')
    return g_strdup (sentence);
  /* Translators: %1$s is a sentence, %2$s what a tracker or the system said about it. */
  return g_strdup_printf (_("%1$s (%2$s)"), sentence, text);
}

static char *
describe_no_peers (const BtTorrentStatus *status, gint64 now)
{
  /* The text may be long, and is the first to be cut. */
  g_autofree char *said
    = ft_describe_append_until (_("Waiting: no peer was found"), status->reason_until, now);

  return ft_describe_append_text (said, status->reason_text);
}

static char *
describe_no_connection (const BtTorrentStatus *status, gint64 now)
{
  guint n = status->reason_count;
  g_autofree char *said
    = n == 1 ? g_strdup (_("Waiting: the only known peer does not answer"))
             : g_strdup_printf (ngettext ("Waiting: the %u known peer does not answer",
                                          "Waiting: none of the %u known peers answers", n),
                                n);

  return ft_describe_append_until (said, status->reason_until, now);
}

static char *
describe_lack_of_pieces (guint n)
{
  if (n == 1)
    return g_strdup (_("Waiting: the connected peer does not have the missing pieces"));
  return g_strdup_printf (
    ngettext ("Waiting: the %u connected peer does not have the missing pieces",
              "Waiting: none of the %u connected peers has the missing pieces", n),
    n);
}

static char *
describe_choked (guint n)
{
  if (n == 1)
    return g_strdup (_("Waiting for a turn: one peer has the missing pieces"));
  return g_strdup_printf (ngettext ("Waiting for a turn: %u peer has the missing pieces",
                                    "Waiting for a turn: %u peers have the missing pieces", n),
                          n);
}

static char *
describe_download_flow (const BtTorrentStatus *status)
{
  if (status->n_sending == 0)
    return g_strdup_printf (ngettext ("Downloading: %u peer connected",
                                      "Downloading: %u peers connected", status->n_peers),
                            status->n_peers);
  return g_strdup_printf (ngettext ("Downloading from %u of %u peer",
                                    "Downloading from %u of %u peers", status->n_peers),
                          status->n_sending, status->n_peers);
}

/* (nullable): NULL unless the reason holds for downloads and seeds alike. */
static char *
describe_hold (const BtTorrentStatus *status)
{
  guint n = status->reason_count;

  switch (status->reason)
    {
    case BT_REASON_QUEUED:
      return g_strdup_printf (ngettext ("Waiting: %u other torrent is active, and the queue allows no more",
                                        "Waiting: %u other torrents are active, and the queue allows no more", n),
                              n);
    case BT_REASON_SUSPENDED:
      return g_strdup (n == BT_SUSPEND_METERED ? _("Waiting: this network may cost money")
                                               : _("Waiting: the week’s plan allows nothing at this hour"));
    case BT_REASON_CHECK_QUEUED:
      return g_strdup (_("Waiting: another torrent is being checked"));
    case BT_REASON_DISK_SLOW:
      return g_strdup (_("Waiting: the disk does not answer"));
    default:
      return NULL;
    }
}

static char *
describe_downloading (const BtTorrentStatus *status, gint64 now)
{
  switch (status->reason)
    {
    case BT_REASON_STARTING:
      return g_strdup (_("Starting"));
    case BT_REASON_ANNOUNCING:
      return g_strdup (_("Asking the trackers for peers"));
    case BT_REASON_SEARCHING:
      return g_strdup (_("Searching the distributed hash table for peers"));
    case BT_REASON_NO_PEERS:
      return describe_no_peers (status, now);
    case BT_REASON_NO_TRACKER:
      return g_strdup (_("Waiting: the torrent names no tracker that can be asked for peers"));
    case BT_REASON_CONNECTING:
      return g_strdup_printf (ngettext ("Connecting to %u peer", "Connecting to %u peers",
                                        status->reason_count),
                              status->reason_count);
    case BT_REASON_NO_CONNECTION:
      return describe_no_connection (status, now);
    case BT_REASON_PEERS_LACK_PIECES:
      return describe_lack_of_pieces (status->reason_count);
    case BT_REASON_CHOKED:
      return describe_choked (status->reason_count);
    case BT_REASON_MODE:
      return g_strdup (_("Waiting: the mode allows seeding only"));
    case BT_REASON_FILES_CHANGED:
      return g_strdup (_("Another program changed the files; verify the data to download the changed parts again"));
    case BT_REASON_NETWORK:
      return ft_describe_append_text (_("Waiting: the network cannot be used"), status->reason_text);
    default:
      return describe_download_flow (status);
    }
}

static char *
describe_seeding (const BtTorrentStatus *status)
{
  guint n = status->n_peers;

  if (status->reason == BT_REASON_NETWORK)
    return ft_describe_append_text (_("Seeding: the network cannot be used"), status->reason_text);
  if (status->n_receiving > 0)
    return g_strdup_printf (ngettext ("Seeding to %u of %u peer", "Seeding to %u of %u peers", n),
                            status->n_receiving, n);
  if (n == 0)
    return g_strdup (_("Seeding: no peer is connected"));
  if (n == 1)
    return g_strdup (_("Seeding: the connected peer wants nothing now"));
  return g_strdup_printf (ngettext ("Seeding: the %u connected peer wants nothing now",
                                    "Seeding: none of the %u connected peers wants anything now",
                                    n),
                          n);
}

static char *
describe_checking (const BtTorrentStatus *status)
{
  g_autofree char *percent = NULL;

  percent = ft_format_percent (status->check_progress);
  /* Translators: %s is a share such as "45 %". */
  return g_strdup_printf (_("Checking the data: %s"), percent);
}

static char *
describe_moving (const BtTorrentStatus *status)
{
  g_autofree char *percent = ft_format_percent (status->move_progress);

  /* Translators: %s is a share such as "45 %". */
  return g_strdup_printf (_("Moving the files: %s"), percent);
}

static char *
describe_stopped (const BtTorrentStatus *status)
{
  if (status->reason == BT_REASON_COMPLETE)
    return g_strdup (_("Complete: the mode allows downloading only"));
  if (status->reason == BT_REASON_MODE)
    return g_strdup (_("Stopped: the mode allows seeding only"));
  return g_strdup (_("Stopped"));
}

static const char *
describe_held (const BtTorrentStatus *status)
{
  if (status->intent == BT_INTENT_RUN)
    return _("Stopped: it is tried again when FriendTorrent is started the next time");
  return _("Stopped: FriendTorrent ended twice while it was starting this torrent; resume it to try again");
}

/* (nullable): NULL when it does nothing */
static const char *
describe_giving_on (const BtTorrentStatus *status)
{
  if (status->reason == BT_REASON_DISK_FULL && status->reason_count > 0)
    return _("Only seeding: the disk is full");
  if (status->reason == BT_REASON_DISK_READ_ONLY && status->reason_count > 0)
    return _("Only seeding: the folder cannot be written to");
  return NULL;
}

static char *
describe_trouble (const BtTorrentStatus *status)
{
  const char *giving_on = describe_giving_on (status);

  if (giving_on != NULL)
    return g_strdup (giving_on);
  switch (status->reason)
    {
    case BT_REASON_DISK_FULL:
      return g_strdup (_("Stopped: the disk is full"));
    case BT_REASON_DISK_MISSING:
      return g_strdup (_("Stopped: the folder or the data in it is gone"));
    case BT_REASON_DISK_READ_ONLY:
      return g_strdup (_("Stopped: the folder cannot be written to"));
    case BT_REASON_DISK_ERROR:
      return ft_describe_append_text (_("Stopped: the disk failed"), status->reason_text);
    case BT_REASON_FILES_CHANGED:
      return g_strdup (_("Stopped: another program changed the files; verify them to go on"));
    case BT_REASON_NETWORK:
      return ft_describe_append_text (_("Stopped: the network cannot be used"), status->reason_text);
    case BT_REASON_BAD_METADATA:
      return ft_describe_append_text (_("Stopped: this link leads to nothing that can be downloaded"),
                                      status->reason_text);
    case BT_REASON_HELD:
      return g_strdup (describe_held (status));
    default:
      return ft_describe_append_text (_("Stopped by a problem"), status->reason_text);
    }
}

char *
ft_describe_state (const BtTorrentStatus *status, gint64 now)
{
  char *text = describe_hold (status);

  if (text == NULL)
    text = ft_describe_link (status, now);
  if (text != NULL)
    return text;
  switch (status->state)
    {
    case BT_STATE_LOADING:
      return g_strdup (_("Loading"));
    case BT_STATE_CHECKING:
      return describe_checking (status);
    case BT_STATE_DOWNLOADING:
      return describe_downloading (status, now);
    case BT_STATE_SEEDING:
      return describe_seeding (status);
    case BT_STATE_PAUSED:
      return g_strdup (status->reason == BT_REASON_GOAL ? _("Paused: it has seeded enough") : _("Paused"));
    case BT_STATE_STOPPED:
      return describe_stopped (status);
    case BT_STATE_MOVING:
      return describe_moving (status);
    case BT_STATE_ERROR:
      return describe_trouble (status);
    default:
      g_return_val_if_reached (g_strdup (""));
    }
}

/* (nullable): NULL when there is nothing to say about time. */
static char *
describe_time_left (const BtTorrentStatus *status)
{
  g_autofree char *time = NULL;

  if (status->state != BT_STATE_DOWNLOADING || status->eta_s < 0)
    return NULL;
  /* The last second is still to come. */
  time = ft_format_duration (MAX (status->eta_s, 1));
  /* Translators: %s is a duration such as "3 minutes". */
  return g_strdup_printf (_("%s left"), time);
}

char *
ft_describe_progress (const BtTorrentStatus *status)
{
  g_autofree char *percent = ft_format_percent (done_fraction (status));
  g_autofree char *done = ft_format_size (status->done);
  g_autofree char *wanted = ft_format_size (status->wanted);
  g_autofree char *left = describe_time_left (status);

  if (status->is_magnet)
    return g_strdup (_("Size not known yet"));
  if (done_fraction (status) >= 1)
    /* Translators: a share and a size: "100 %, 260 MB". */
    return g_strdup_printf (C_ ("complete", "%1$s, %2$s"), percent, wanted);
  if (left == NULL)
    /* Translators: a share and two sizes: "45 %, 120 MB of 260 MB". */
    return g_strdup_printf (_("%1$s, %2$s of %3$s"), percent, done, wanted);
  /* Translators: "45 %, 120 MB of 260 MB, 3 minutes left". */
  return g_strdup_printf (_("%1$s, %2$s of %3$s, %4$s"), percent, done, wanted, left);
}

char *
ft_describe_row (const BtTorrentStatus *status, gint64 now)
{
  g_autofree char *state = NULL;
  g_autofree char *left = describe_time_left (status);
  int percent = percent_done (status);

  if (left != NULL)
    /* Translators: read aloud: "Debian 13, 45 percent, 3 minutes left". */
    return g_strdup_printf (_("%1$s, %2$d percent, %3$s"), status->name, percent, left);
  state = ft_describe_state (status, now);
  if (status->is_magnet)
    /* Translators: read aloud: "Debian 13, Paused". */
    return g_strdup_printf (_("%1$s, %2$s"), status->name, state);
  if (percent == 100)
    /* Translators: read aloud: "Debian 13, complete, Paused". */
    return g_strdup_printf (_("%1$s, complete, %2$s"), status->name, state);
  /* Translators: read aloud: "Debian 13, 45 percent, Waiting: no peer was found". */
  return g_strdup_printf (_("%1$s, %2$d percent, %3$s"), status->name, percent, state);
}

char *
ft_describe_connection (guint16 port, const char *error, gboolean incoming_seen)
{
  if (port == 0 && error != NULL)
    /* Translators: others cannot connect to us; then the reason. */
    return g_strdup_printf (_("Not listening: %s"), error);
  if (port == 0)
    return g_strdup (_("No port is open: others cannot connect to you, but you can connect to them"));
  if (incoming_seen)
    return g_strdup_printf (_("Port %u is open: others can connect to you"), port);
  return g_strdup_printf (_("Nobody has connected to port %u yet"), port);
}

/* Where the engine's own message holds details: what is said before it. */
static const char *
error_headline (int code)
{
  switch (code)
    {
    case BT_ERROR_MALFORMED:
      return _("This is not a valid torrent");
    case BT_ERROR_UNSUPPORTED:
      return _("This kind of torrent is not supported");
    case BT_ERROR_LIMIT:
      return _("This torrent is larger than can be handled");
    case BT_ERROR_NETWORK:
      return _("The network failed");
    case BT_ERROR_REMOTE:
      return _("The other side refused");
    case BT_ERROR_DISK:
      return _("The disk failed");
    case BT_ERROR_DISK_READ_ONLY:
      return _("The folder cannot be written to");
    case BT_ERROR_DISK_MISSING:
      return _("The folder or the data in it is gone");
    case BT_ERROR_STATE:
      return _("The list of torrents cannot be read or saved");
    case BT_ERROR_TAKEN:
      return _("The files cannot be in this folder");
    case BT_ERROR_HELD:
      return _("This torrent was put aside");
    default:
      return NULL;
    }
}

/* Where there is nothing more to say. */
static const char *
error_sentence (int code)
{
  switch (code)
    {
    case BT_ERROR_EXISTS:
      return _("This torrent is in the list already");
    case BT_ERROR_NOT_FOUND:
      return _("There is no such torrent");
    case BT_ERROR_BUSY:
      return _("Another FriendTorrent is using the list of torrents");
    case BT_ERROR_TIMED_OUT:
      return _("No answer came in time");
    case BT_ERROR_CANCELLED:
      return _("Cancelled");
    case BT_ERROR_DISK_FULL:
      return _("The disk is full");
    case BT_ERROR_CHANGED:
      return _("Another program changed the files");
    case BT_ERROR_NO_METADATA:
      return _("The details of this torrent are not known yet");
    default:
      return NULL;
    }
}

char *
ft_describe_error (const GError *error)
{
  const char *headline;
  const char *sentence;

  if (error->domain != BT_ERROR)
    return g_strdup (error->message);
  sentence = error_sentence (error->code);
  if (sentence != NULL)
    return g_strdup (sentence);
  headline = error_headline (error->code);
  if (headline == NULL)
    return g_strdup (error->message);
  /* Translators: what went wrong, and its details. */
  return g_strdup_printf (C_ ("error", "%1$s: %2$s"), headline, error->message);
}
