/* ft-application-private.h: what the files of the application share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-application.h"
#include "ft-background.h"
#include "ft-demo.h"
#include "ft-keep-awake.h"
#include "ft-notifier.h"
#include "ft-preferences.h"
#include "ft-reconnect.h"
#include "ft-watcher.h"
#include "ft-window.h"

G_BEGIN_DECLS

typedef struct _FtWanted FtWanted;

struct _FtApplication
{
  AdwApplication parent_instance;

  GSettings *settings;
  FtSession *session;
  FtAdder *adder;
  FtWatcher *watcher; /* (nullable): not with --demo */
  FtWindow *window;  /* (nullable) */
  FtDemo *demo;      /* (nullable): with --demo, once it was shown */
  gboolean is_demo;
  gboolean quitting; /* the windows are hidden, the session is being stopped */
  gboolean reopen;   /* somebody asked for the window meanwhile */
  gboolean starts_hidden; /* --background: the first activation shows no window */
  gboolean holds;    /* the session keeps the program */
  int status;        /* of the process */
  FtNotifier *notifier;
  FtKeepAwake *keep_awake;
  FtReconnect *reconnect;   /* (nullable): none in the demonstration */
  FtBackground *background; /* (nullable): likewise */
  FtWanted *wanted;  /* (nullable): waits for the session */
};

/* Also while it quits: then the window comes back when the session has stopped. */
void ft_application_show_window (FtApplication *application);

void ft_application_start_session (FtApplication *application);
void ft_application_quit (FtApplication *application);
/* In the window, if there is one. */
void ft_application_say_error (FtApplication *application, const GError *error);

/* ft-application-about.c */
void ft_application_show_about (FtApplication *application);

/* ft-application-actions.c: after the session was made */
void ft_application_install_actions (FtApplication *application);

/* ft-application-background.c */

/* After the session was made. */
void ft_application_init_background (FtApplication *application);
void ft_application_end_background (FtApplication *application);
void ft_application_start_hidden (FtApplication *application);
/* All but the main window are gone then. */
void ft_application_hide_windows (FtApplication *application);
/* Goes on without it, or quits, as it is set. */
void ft_application_close_window (FtApplication *application);

/* ft-application-demo.c */

/* Settings that are forgotten at the end. Returns: (transfer full) */
GSettings *ft_application_make_demo_settings (void);
/* Makes the swarm, then starts the session and adds the sample. */
void ft_application_start_demo (FtApplication *application);
/* After the session has stopped; quits when everything is cleared away. */
void ft_application_stop_demo (FtApplication *application);

/* ft-application-open.c: after the session was made */
void ft_application_init_adding (FtApplication *application);
void ft_application_end_adding (FtApplication *application);
/* Files and links from the command line or from other programs; the window comes up. */
void ft_application_open_files (FtApplication *application, GFile **files, guint n_files);

G_END_DECLS
