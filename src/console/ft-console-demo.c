/* ft-console-demo.c: --demo: the sample downloaded from a seed inside this program.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-console-private.h"

#include "ft-describe.h"

#include <glib/gi18n-lib.h>

#define TIMEOUT_S 120

typedef struct
{
  FtConsole *console;
  void (*next) (FtConsole *console);
} Step;

static Step *
step_new (FtConsole *console, void (*next) (FtConsole *console))
{
  Step *step = g_new (Step, 1);

  step->console = console;
  step->next = next;
  return step;
}

static void
fail (FtConsole *console, const GError *error)
{
  console->demo_judged = TRUE;
  ft_output_failure (console->output, "demo-failed", NULL, error->message);
  ft_console_stop (console, 1);
}

static gboolean
timed_out_cb (gpointer user_data)
{
  FtConsole *console = user_data;
  g_autoptr (GError) error = g_error_new (BT_ERROR, BT_ERROR_TIMED_OUT, "Not complete after %d s",
                                          TIMEOUT_S);

  console->demo_timeout_id = 0;
  fail (console, error);
  return G_SOURCE_REMOVE;
}

/* Both ends on loopback, and nothing kept. */
static void
prepare_config (FtConsole *console)
{
  BtConfig *config = console->config;

  g_free (config->download_dir);
  g_free (config->bind_address);
  g_clear_pointer (&config->state_dir, g_free);
  config->download_dir = g_strdup (ft_demo_get_download_dir (console->demo));
  config->bind_address = g_strdup (FT_DEMO_ADDRESS);
  config->dht = config->pex = config->lsd = config->utp = config->port_mapping = FALSE;
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Step *step = user_data;
  FtConsole *console = step->console;
  g_autoptr (GError) error = NULL;

  console->starting = FALSE;
  if (!ft_demo_start_finish (FT_DEMO (object), result, &error))
    {
      if (!console->stopping)
        fail (console, error);
      else
        step->next (console);
      return;
    }
  prepare_config (console);
  step->next (console);
}

void
ft_console_demo_start (FtConsole *console, void (*ready) (FtConsole *console))
{
  console->demo = ft_demo_new ();
  console->starting = TRUE;
  console->demo_timeout_id = g_timeout_add_seconds (TIMEOUT_S, timed_out_cb, console);
  ft_output_say (console->output, "demo", _("Making the sample, a tracker and a seed"));
  ft_demo_start_async (console->demo, started_cb, step_new (console, ready));
}

static void
added_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FtConsole *console = user_data;
  g_autoptr (GError) error = NULL;

  console->demo_id = bt_engine_add_finish (BT_ENGINE (object), result, NULL, &error);
  if (console->demo_id == 0 && !console->stopping)
    fail (console, error);
}

void
ft_console_demo_add (FtConsole *console)
{
  BtAddRequest request
    = { .torrent = ft_demo_get_torrent (console->demo), .intent = BT_INTENT_RUN };

  bt_engine_add_async (console->engine, &request, NULL, added_cb, console);
}

static void
verified_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FtConsole *console = user_data;
  g_autoptr (GError) error = NULL;

  if (console->stopping)
    return;
  if (!ft_demo_verify_finish (FT_DEMO (object), result, &error))
    {
      fail (console, error);
      return;
    }
  ft_output_say (console->output, "demo-passed",
                 _("The download is the same as its source, byte for byte"));
  ft_console_stop (console, 0);
}

void
ft_console_demo_after_update (FtConsole *console)
{
  const BtTorrentStatus *status = ft_roster_lookup (console->roster, console->demo_id);

  if (console->demo == NULL || console->demo_judged || status == NULL)
    return;
  if (status->state != BT_STATE_SEEDING && status->reason != BT_REASON_COMPLETE)
    return;
  console->demo_judged = TRUE;
  ft_demo_verify_async (console->demo, verified_cb, console);
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Step *step = user_data;
  g_autoptr (GError) error = NULL;

  if (!ft_demo_stop_finish (FT_DEMO (object), result, &error))
    {
      g_autofree char *text = ft_describe_error (error);
      ft_output_failure (step->console->output, "error", NULL, text);
    }
  step->next (step->console);
}

void
ft_console_demo_stop (FtConsole *console, void (*done) (FtConsole *console))
{
  g_clear_handle_id (&console->demo_timeout_id, g_source_remove);
  if (console->demo == NULL)
    done (console);
  else
    ft_demo_stop_async (console->demo, stopped_cb, step_new (console, done));
}
