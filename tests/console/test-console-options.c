/* test-console-options.c: the command line.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-options.h"

#include <string.h>

static FtOptions *
parse (const char *line, GError **error)
{
  g_autofree char *whole = g_strconcat ("friendtorrent-console ", line, NULL);
  g_auto (GStrv) arguments = NULL;

  g_assert_true (g_shell_parse_argv (whole, NULL, &arguments, NULL));
  return ft_options_parse ((const char *const *) arguments, error);
}

static void
test_defaults (void)
{
  g_autoptr (FtOptions) options = parse ("", NULL);
  g_autofree char *state
    = g_build_filename (g_get_user_state_dir (), "friendtorrent-console", NULL);

  g_assert_nonnull (options);
  g_assert_cmpstr (options->config->state_dir, ==, state);
  g_assert_true (g_path_is_absolute (options->config->download_dir));
  g_assert_cmpint (options->config->mode, ==, BT_MODE_ALL);
  g_assert_cmpuint (options->config->listen_port, ==, 0);
  g_assert_cmpint (options->config->encryption, ==, BT_ENCRYPTION_ALLOW);
  g_assert_true (options->config->dht && options->config->pex && options->config->lsd
                 && options->config->utp && options->config->port_mapping);
  g_assert_false (options->exit_when_done || options->large_torrents || options->json || options->demo);
  g_assert_null (options->debug);
  g_assert_null (options->files[0]);
}

static void
test_all (void)
{
  g_autoptr (FtOptions) options
    = parse ("--path=sub --mode=seeding --state=/s --port=6881 --bind=127.0.0.1 "
             "--encryption=require --dht-routers=a.example:1,[::1]:2 --no-dht --no-pex --no-lsd --no-utp --no-port-mapping "
             "--exit-when-done --large-torrents --json --limit-down=100 --limit-up 7 --max-peers=9 a b",
             NULL);
  const BtConfig *config = options->config;
  g_autofree char *path = g_canonicalize_filename ("sub", NULL);

  g_assert_cmpstr (config->download_dir, ==, path);
  g_assert_cmpint (config->mode, ==, BT_MODE_SEEDING);
  g_assert_cmpstr (config->state_dir, ==, "/s");
  g_assert_cmpuint (config->listen_port, ==, 6881);
  g_assert_cmpstr (config->bind_address, ==, "127.0.0.1");
  g_assert_cmpint (config->encryption, ==, BT_ENCRYPTION_REQUIRE);
  g_assert_cmpuint (g_strv_length (config->dht_routers), ==, 2);
  g_assert_cmpstr (config->dht_routers[1], ==, "[::1]:2");
  g_assert_false (config->dht || config->pex || config->lsd || config->utp
                  || config->port_mapping);
  g_assert_cmpuint (config->limit_down_bytes_per_s, ==, 102400);
  g_assert_cmpuint (config->limit_up_bytes_per_s, ==, 7168);
  g_assert_cmpuint (config->max_peers, ==, 9);
  g_assert_true (options->exit_when_done && options->large_torrents && options->json && options->path_given);
  g_assert_cmpstr (options->files[0], ==, "a");
  g_assert_cmpstr (options->files[1], ==, "b");
  g_assert_null (options->files[2]);
}

/* No shell expands it after an equals sign. */
static void
test_home (void)
{
  g_autoptr (FtOptions) options = parse ("'--path=~/here' '--state=./~/there'", NULL);
  g_autofree char *here = g_build_filename (g_get_home_dir (), "here", NULL);
  g_autofree char *there = g_canonicalize_filename ("~/there", NULL);

  g_assert_cmpstr (options->config->download_dir, ==, here);
  g_assert_cmpstr (options->config->state_dir, ==, there);
}

/* A bare --debug must not swallow the file after it. */
static void
test_debug (void)
{
  g_autoptr (FtOptions) bare = parse ("--debug a.torrent", NULL);
  g_autoptr (FtOptions) named = parse ("--debug=bt-net,bt-disk a.torrent", NULL);
  g_autoptr (FtOptions) after = parse ("-- --debug", NULL);

  g_assert_cmpstr (bare->debug, ==, "");
  g_assert_cmpstr (bare->files[0], ==, "a.torrent");
  g_assert_cmpstr (named->debug, ==, "bt-net,bt-disk");
  g_assert_null (after->debug);
  g_assert_cmpstr (after->files[0], ==, "--debug");
}

static void
test_bad (void)
{
  static const struct
  {
    const char *line;
    const char *said;
  } lines[] = {
    { "--port=65536", "--port" },
    { "--port=-1", "--port" },
    { "--port=0x50", "--port" },
    { "--port=", "--port" },
    { "--mode=fast", "--mode" },
    { "--encryption=yes", "--encryption" },
    { "--bind=localhost", "--bind" },
    { "--limit-down=1k", "--limit-down" },
    { "--limit-up=18446744073709551615", "--limit-up" },
    { "--max-peers=lots", "--max-peers" },
    { "--dht-routers=host", "--dht-routers" },
    { "--dht-routers=a:1,", "--dht-routers" },
    { "--nonsense", "nonsense" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FtOptions) options = parse (lines[i].line, &error);

      g_assert_null (options);
      g_assert_nonnull (error);
      g_assert_true (error->domain == G_OPTION_ERROR);
      g_assert_nonnull (strstr (error->message, lines[i].said));
    }
}

static void
test_help (void)
{
  static const char *const names[] = { "--path", "--mode", "--debug", "--state", "--port", "--bind",
    "--encryption", "--dht-routers", "--no-dht", "--no-pex", "--no-lsd", "--no-utp", "--no-port-mapping",
    "--exit-when-done", "--large-torrents", "--json", "--help", "--version", "--demo", "show" };
  g_autofree char *help = ft_options_help ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_nonnull (strstr (help, names[i]));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/console/options/defaults", test_defaults);
  g_test_add_func ("/console/options/all", test_all);
  g_test_add_func ("/console/options/home", test_home);
  g_test_add_func ("/console/options/debug", test_debug);
  g_test_add_func ("/console/options/bad", test_bad);
  g_test_add_func ("/console/options/help", test_help);
  return g_test_run ();
}
