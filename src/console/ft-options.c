/* ft-options.c: the command line of friendtorrent-console.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-options.h"

#include "bt-endpoint.h"
#include "ft-command.h"
#include "ft-load.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_LIMIT_KIB (G_MAXUINT64 / 1024)

/* Options as GOption finds them, before they are checked. */
typedef struct
{
  char *path, *state, *bind, *mode, *port, *encryption;
  char *limit_down, *limit_up, *max_peers;
  char *dht_routers;
  char *debug;
  gboolean no_dht, no_pex, no_lsd, no_utp, no_port_mapping;
  gboolean exit_when_done, large_torrents, json, demo, help, version;
  char **files;
} Raw;

static void
clear_raw (Raw *raw)
{
  g_free (raw->path);
  g_free (raw->state);
  g_free (raw->bind);
  g_free (raw->mode);
  g_free (raw->port);
  g_free (raw->encryption);
  g_free (raw->limit_down);
  g_free (raw->limit_up);
  g_free (raw->max_peers);
  g_free (raw->dht_routers);
  g_free (raw->debug);
  g_strfreev (raw->files);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Raw, clear_raw)

/* What the engine is told. */
static void
add_engine_entries (GOptionContext *context, Raw *raw)
{
  const GOptionEntry entries[] = {
    { "path", 'p', 0, G_OPTION_ARG_FILENAME, &raw->path, N_("Folder for downloads"), N_("DIR") },
    { "mode", 'm', 0, G_OPTION_ARG_STRING, &raw->mode, N_("What to do at all"),
      "all|downloading|seeding" },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &raw->state,
      N_("Folder for what is kept between runs"), N_("DIR") },
    { "port", 0, 0, G_OPTION_ARG_STRING, &raw->port, N_("Port to listen on; 0: any"), "N" },
    { "bind", 0, 0, G_OPTION_ARG_STRING, &raw->bind, N_("Use this local address only"),
      N_("ADDRESS") },
    { "encryption", 0, 0, G_OPTION_ARG_STRING, &raw->encryption,
      N_("Obfuscation of connections with peers"), "off|allow|prefer|require" },
    { "limit-down", 0, 0, G_OPTION_ARG_STRING, &raw->limit_down,
      N_("Download limit; 0: none"), N_("KiB/s") },
    { "limit-up", 0, 0, G_OPTION_ARG_STRING, &raw->limit_up, N_("Upload limit; 0: none"),
      N_("KiB/s") },
    { "max-peers", 0, 0, G_OPTION_ARG_STRING, &raw->max_peers, N_("Connections at most"), "N" },
    { "no-dht", 0, 0, G_OPTION_ARG_NONE, &raw->no_dht, N_("No distributed hash table"), NULL },
    { "dht-routers", 0, 0, G_OPTION_ARG_STRING, &raw->dht_routers,
      N_("Where the distributed hash table is entered; empty: nowhere"), N_("HOST:PORT,…") },
    { "no-pex", 0, 0, G_OPTION_ARG_NONE, &raw->no_pex, N_("No peer exchange"), NULL },
    { "no-lsd", 0, 0, G_OPTION_ARG_NONE, &raw->no_lsd, N_("No search in the local network"), NULL },
    { "no-utp", 0, 0, G_OPTION_ARG_NONE, &raw->no_utp, N_("No uTP"), NULL },
    { "no-port-mapping", 0, 0, G_OPTION_ARG_NONE, &raw->no_port_mapping,
      N_("Do not ask the router to open the port"), NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

/* What concerns this program. */
static void
add_program_entries (GOptionContext *context, Raw *raw)
{
  const GOptionEntry entries[] = {
    { "exit-when-done", 0, 0, G_OPTION_ARG_NONE, &raw->exit_when_done,
      N_("Leave once everything is complete"), NULL },
    { "large-torrents", 0, 0, G_OPTION_ARG_NONE, &raw->large_torrents,
      N_("Take .torrent files of more than 10 MB"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &raw->json, N_("Write one JSON object a line"), NULL },
    { "demo", 0, 0, G_OPTION_ARG_NONE, &raw->demo,
      N_("Download a sample from a seed inside this program, and leave"), NULL },
    { "debug", 0, 0, G_OPTION_ARG_STRING, &raw->debug,
      N_("Write debug messages to standard error (=DOMAINS: these only)"), NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &raw->help, N_("Show this help"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &raw->version, N_("Show the version"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->files, NULL, NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static GOptionContext *
create_context (Raw *raw)
{
  GOptionContext *context = g_option_context_new (_("[FILE.torrent|MAGNET…]"));

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (
    context, _("Downloads and seeds torrents in a terminal.\n"
               "“friendtorrent-console show [--json] FILE.torrent” prints what a torrent holds."));
  g_option_context_set_description (
    context, _("Commands on standard input while it runs; “help” lists them."));
  add_engine_entries (context, raw);
  add_program_entries (context, raw);
  return context;
}

char *
ft_options_help (void)
{
  g_auto (Raw) raw = { 0 };
  g_autoptr (GOptionContext) context = create_context (&raw);

  return g_option_context_get_help (context, TRUE, NULL);
}

static gboolean
fail_value (const char *option, const char *value, const char *expected, GError **error)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--%s=%s: expected %s"), option,
               value, expected);
  return FALSE;
}

static gboolean
read_number (const char *option, const char *text, guint64 max, guint64 *out, GError **error)
{
  if (text == NULL || g_ascii_string_to_unsigned (text, 10, 0, max, out, NULL))
    return TRUE;
  g_autofree char *max_text = g_strdup_printf ("%" G_GUINT64_FORMAT, max);
  g_autofree char *expected = g_strdup_printf (_("a number from 0 to %s"), max_text);
  return fail_value (option, text, expected, error);
}

static gboolean
read_encryption (const char *text, BtEncryption *out, GError **error)
{
  static const char *const texts[] = {
    [BT_ENCRYPTION_OFF] = "off",
    [BT_ENCRYPTION_ALLOW] = "allow",
    [BT_ENCRYPTION_PREFER] = "prefer",
    [BT_ENCRYPTION_REQUIRE] = "require",
  };

  if (text == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (strcmp (text, texts[i]) == 0)
      {
        *out = (BtEncryption) i;
        return TRUE;
      }
  return fail_value ("encryption", text, "off, allow, prefer, require", error);
}

static gboolean
read_numbers (const Raw *raw, BtConfig *config, GError **error)
{
  guint64 port = config->listen_port;
  guint64 max_peers = config->max_peers;
  guint64 down = 0, up = 0;

  if (!read_number ("port", raw->port, G_MAXUINT16, &port, error)
      || !read_number ("limit-down", raw->limit_down, MAX_LIMIT_KIB, &down, error)
      || !read_number ("limit-up", raw->limit_up, MAX_LIMIT_KIB, &up, error)
      || !read_number ("max-peers", raw->max_peers, 100000, &max_peers, error))
    return FALSE;
  config->listen_port = (guint16) port;
  config->limit_down_bytes_per_s = down * 1024;
  config->limit_up_bytes_per_s = up * 1024;
  config->max_peers = (guint) max_peers;
  return TRUE;
}

static gboolean
read_bind (const char *text, BtConfig *config, GError **error)
{
  g_autoptr (GInetAddress) address = NULL;

  if (text == NULL)
    return TRUE;
  address = g_inet_address_new_from_string (text);
  if (address == NULL)
    return fail_value ("bind", text, _("an IP address"), error);
  config->bind_address = g_strdup (text);
  return TRUE;
}

/* "a:1,b:2"; nothing at all is an empty list. */
static gboolean
read_routers (const char *text, BtConfig *config, GError **error)
{
  g_auto (GStrv) routers = NULL;

  if (text == NULL)
    return TRUE;
  routers = *text != '\0' ? g_strsplit (text, ",", -1) : g_new0 (char *, 1);
  for (guint i = 0; routers[i] != NULL; i++)
    {
      g_autofree char *host = NULL;
      guint16 port;

      if (!bt_endpoint_split (routers[i], &host, &port))
        return fail_value ("dht-routers", routers[i], _("a host and a port"), error);
    }
  g_strfreev (config->dht_routers);
  config->dht_routers = g_steal_pointer (&routers);
  return TRUE;
}

static void
read_folders (const Raw *raw, BtConfig *config)
{
  if (raw->path != NULL)
    {
      g_free (config->download_dir);
      config->download_dir = ft_load_resolve_path (raw->path);
    }
  config->state_dir
    = raw->state != NULL
        ? ft_load_resolve_path (raw->state)
        : g_build_filename (g_get_user_state_dir (), "friendtorrent-console", NULL);
}

static gboolean
read_config (const Raw *raw, BtConfig *config, GError **error)
{
  if (raw->mode != NULL && !ft_mode_from_text (raw->mode, &config->mode))
    return fail_value ("mode", raw->mode, "all, downloading, seeding", error);
  if (!read_encryption (raw->encryption, &config->encryption, error)
      || !read_numbers (raw, config, error) || !read_bind (raw->bind, config, error)
      || !read_routers (raw->dht_routers, config, error))
    return FALSE;
  read_folders (raw, config);
  config->dht = !raw->no_dht;
  config->pex = !raw->no_pex;
  config->lsd = !raw->no_lsd;
  config->utp = !raw->no_utp;
  config->port_mapping = !raw->no_port_mapping;
  return TRUE;
}

/* GOption would take the argument after a bare --debug for its value. */
static GStrv
copy_arguments (const char *const *arguments)
{
  GStrv copy = g_strdupv ((GStrv) arguments);

  for (guint i = 1; copy[i] != NULL && strcmp (copy[i], "--") != 0; i++)
    if (strcmp (copy[i], "--debug") == 0)
      {
        g_free (copy[i]);
        copy[i] = g_strdup ("--debug=");
      }
  return copy;
}

FtOptions *
ft_options_parse (const char *const *arguments, GError **error)
{
  g_autoptr (FtOptions) options = g_new0 (FtOptions, 1);
  g_auto (Raw) raw = { 0 };
  g_auto (GStrv) copy = copy_arguments (arguments);
  g_autoptr (GOptionContext) context = create_context (&raw);

  options->config = bt_config_new ();
  if (!g_option_context_parse_strv (context, &copy, error)
      || !read_config (&raw, options->config, error))
    return NULL;
  options->path_given = raw.path != NULL;
  options->exit_when_done = raw.exit_when_done;
  options->large_torrents = raw.large_torrents;
  options->json = raw.json;
  options->demo = raw.demo;
  options->help = raw.help;
  options->version = raw.version;
  options->debug = g_steal_pointer (&raw.debug);
  options->files = raw.files != NULL ? g_steal_pointer (&raw.files) : g_new0 (char *, 1);
  return g_steal_pointer (&options);
}

void
ft_options_free (FtOptions *options)
{
  g_clear_pointer (&options->config, bt_config_free);
  g_free (options->debug);
  g_strfreev (options->files);
  g_free (options);
}
