/* test-console-command.c: lines of standard input as commands.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-command.h"

typedef struct
{
  const char *line;
  FtCommandKind kind;
  const char *names; /* joined by '|' */
  gboolean all;
} GoodLine;

static const GoodLine good_lines[] = {
  { "", FT_COMMAND_NONE, "" },
  { "   \t", FT_COMMAND_NONE, "" },
  { "# a comment", FT_COMMAND_NONE, "" },
  { "add a.torrent", FT_COMMAND_ADD, "a.torrent" },
  { "add 'my file.torrent'", FT_COMMAND_ADD, "my file.torrent" },
  { "  LIST ", FT_COMMAND_LIST, "" },
  { "l", FT_COMMAND_LIST, "" },
  { "queue", FT_COMMAND_QUEUE, "", TRUE },
  { "queue all", FT_COMMAND_QUEUE, "all", TRUE },
  { "queue one \"two three\"", FT_COMMAND_QUEUE, "one|two three" },
  { "start", FT_COMMAND_START, "" },
  { "pause", FT_COMMAND_PAUSE, "", TRUE },
  { "pa one", FT_COMMAND_PAUSE, "one" },
  { "stop Debian 13 netinst", FT_COMMAND_STOP, "Debian 13 netinst" },
  { "remove x", FT_COMMAND_REMOVE, "x" },
  { "remove -- --data", FT_COMMAND_REMOVE, "--data" },
  { "verify Alice\\'s", FT_COMMAND_VERIFY, "Alice's" },
  { "files x", FT_COMMAND_FILES, "x" },
  { "peers x", FT_COMMAND_PEERS, "x" },
  { "trackers x", FT_COMMAND_TRACKERS, "x" },
  { "mode", FT_COMMAND_MODE, "" },
  { "mode seeding", FT_COMMAND_MODE, "seeding" },
  { "statu", FT_COMMAND_STATUS, "" },
  { "dht", FT_COMMAND_DHT, "" },
  { "help", FT_COMMAND_HELP, "" },
  { "exit", FT_COMMAND_EXIT, "" },
  { "quit", FT_COMMAND_EXIT, "" },
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good_lines); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FtCommand) command = ft_command_parse (good_lines[i].line, &error);
      g_autofree char *names = NULL;

      g_assert_no_error (error);
      names = g_strjoinv ("|", command->names);
      g_assert_cmpint (command->kind, ==, good_lines[i].kind);
      g_assert_cmpstr (names, ==, good_lines[i].names);
      g_assert_cmpint (command->all, ==, good_lines[i].all);
    }
}

static void
test_bad (void)
{
  static const struct
  {
    const char *line;
    const char *said; /* part of the message */
  } lines[] = {
    { "fly", "fly" },
    { "s", "“start” or “stop”" },
    { "add", "a file" },
    { "add a b", "“b”" },
    { "add a --path", "--path" },
    { "add a --data", "--data" },
    { "stop", "a name" },
    { "remove x --path=y", "--path=y" },
    { "list x", "“x”" },
    { "start x", "“x”" },
    { "mode fast", "fast" },
    { "mode all all", "“all”" },
    { "stop Alice's", "quot" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FtCommand) command = ft_command_parse (lines[i].line, &error);

      g_assert_null (command);
      g_assert_nonnull (error);
      g_assert_true (error->domain == G_OPTION_ERROR);
      g_assert_nonnull (strstr (error->message, lines[i].said));
    }
}

static void
test_options (void)
{
  g_autoptr (FtCommand) add = ft_command_parse ("add --path '/a b' x.torrent", NULL);
  g_autoptr (FtCommand) add_joined = ft_command_parse ("add x.torrent --path=/c", NULL);
  g_autoptr (FtCommand) remove = ft_command_parse ("remove Debian 13 --data", NULL);
  g_autoptr (FtCommand) mode = ft_command_parse ("mode Downloading", NULL);

  g_assert_cmpstr (add->path, ==, "/a b");
  g_assert_cmpstr (add->names[0], ==, "x.torrent");
  g_assert_cmpstr (add_joined->path, ==, "/c");
  g_assert_true (remove->with_data);
  g_assert_cmpstr (remove->names[0], ==, "Debian 13");
  g_assert_true (mode->has_mode);
  g_assert_cmpint (mode->mode, ==, BT_MODE_DOWNLOADING);
}

/* Whoever asks for help is told of every command. */
static void
test_help (void)
{
  static const char *const words[] = { "add", "list", "queue", "start", "pause", "stop", "remove",
    "verify", "files", "peers", "trackers", "mode", "status", "dht", "help", "exit" };
  g_auto (GStrv) lines = g_strsplit (ft_command_help (), "\n", -1);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_true (g_str_has_prefix (lines[i], words[i]));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/console/command/good", test_good);
  g_test_add_func ("/console/command/bad", test_bad);
  g_test_add_func ("/console/command/options", test_options);
  g_test_add_func ("/console/command/help", test_help);
  return g_test_run ();
}
