/* ft-application-about.c: who made it, where it lives, what is new.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-application-private.h"

#include <glib/gi18n-lib.h>

#define WEBSITE "https://friendtorrent.org"
#define ISSUES WEBSITE "/issues"

/* The sentences of the metainfo, so that they are translated once; a test compares them. */
static char *
make_release_notes (void)
{
  return g_strconcat ("<p>", _("The first version:"), "</p><ul><li>",
                      _("Torrents are downloaded and shared, with a reason in words for whatever does not move"),
                      "</li><li>",
                      _("A list and a table, with tags, filters and details down to the single piece"),
                      "</li><li>",
                      _("Notifications, running in the background, and limits by the hour of the week"),
                      "</li></ul>", NULL);
}

void
ft_application_show_about (FtApplication *self)
{
  static const char *const developers[] = { "The FriendTorrent contributors " WEBSITE, NULL };
  g_autofree char *release_notes = make_release_notes ();

  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (self)),
                         "application-name", _("FriendTorrent"),
                         "application-icon", APP_ID,
                         "version", PACKAGE_VERSION,
                         "developer-name", _("The FriendTorrent contributors"),
                         "developers", developers,
                         "comments", _("Says in plain words what each download is doing."),
                         "website", WEBSITE,
                         "issue-url", ISSUES,
                         "copyright", "© 2026 The FriendTorrent contributors",
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "release-notes", release_notes,
                         "release-notes-version", PACKAGE_VERSION,
                         /* Translators: your names, one a line. */
                         "translator-credits", _("translator-credits"),
                         NULL);
}
