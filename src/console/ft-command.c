/* ft-command.c: a line of standard input as a command.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-command.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef enum
{
  TAKES_NOTHING,
  TAKES_FILE,     /* one, and --path */
  TAKES_NAME,     /* one; words are joined */
  TAKES_NAMES,    /* any number; none means all */
  TAKES_MODE,     /* one word, or nothing to ask */
} Takes;

typedef struct
{
  const char *word;
  FtCommandKind kind;
  Takes takes;
} CommandWord;

static const CommandWord command_words[] = {
  { "add", FT_COMMAND_ADD, TAKES_FILE },
  { "list", FT_COMMAND_LIST, TAKES_NOTHING },
  { "queue", FT_COMMAND_QUEUE, TAKES_NAMES },
  { "start", FT_COMMAND_START, TAKES_NOTHING },
  { "pause", FT_COMMAND_PAUSE, TAKES_NAMES },
  { "stop", FT_COMMAND_STOP, TAKES_NAME },
  { "remove", FT_COMMAND_REMOVE, TAKES_NAME },
  { "verify", FT_COMMAND_VERIFY, TAKES_NAME },
  { "files", FT_COMMAND_FILES, TAKES_NAME },
  { "peers", FT_COMMAND_PEERS, TAKES_NAME },
  { "trackers", FT_COMMAND_TRACKERS, TAKES_NAME },
  { "mode", FT_COMMAND_MODE, TAKES_MODE },
  { "status", FT_COMMAND_STATUS, TAKES_NOTHING },
  { "dht", FT_COMMAND_DHT, TAKES_NOTHING },
  { "help", FT_COMMAND_HELP, TAKES_NOTHING },
  { "exit", FT_COMMAND_EXIT, TAKES_NOTHING },
  { "quit", FT_COMMAND_EXIT, TAKES_NOTHING },
};

static const char *const mode_texts[] = {
  [BT_MODE_ALL] = "all",
  [BT_MODE_DOWNLOADING] = "downloading",
  [BT_MODE_SEEDING] = "seeding",
};

gboolean
ft_mode_from_text (const char *text, BtMode *mode)
{
  for (guint i = 0; i < G_N_ELEMENTS (mode_texts); i++)
    if (g_ascii_strcasecmp (text, mode_texts[i]) == 0)
      {
        *mode = (BtMode) i;
        return TRUE;
      }
  return FALSE;
}

const char *
ft_mode_to_text (BtMode mode)
{
  g_return_val_if_fail (mode < G_N_ELEMENTS (mode_texts), "");

  return mode_texts[mode];
}

/* A whole word wins over the words that it begins. */
static const CommandWord *
find_word (const char *typed, GError **error)
{
  const CommandWord *found = NULL;
  gsize length = strlen (typed);

  for (guint i = 0; i < G_N_ELEMENTS (command_words); i++)
    {
      const CommandWord *word = &command_words[i];

      if (g_ascii_strncasecmp (word->word, typed, length) != 0)
        continue;
      if (word->word[length] == '\0')
        return word;
      if (found != NULL)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       _("“%s” can mean “%s” or “%s”"), typed, found->word, word->word);
          return NULL;
        }
      found = word;
    }
  if (found == NULL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                 _("There is no command “%s”; “help” lists those there are"), typed);
  return found;
}

static void
set_path (FtCommand *command, const char *path)
{
  g_free (command->path);
  command->path = g_strdup (path);
}

/* Whether argv[*i], and perhaps the argument after it, is an option of the command. */
static gboolean
read_option (FtCommand *command, char **argv, guint *i)
{
  const char *arg = argv[*i];

  if (command->kind == FT_COMMAND_REMOVE && strcmp (arg, "--data") == 0)
    command->with_data = TRUE;
  else if (command->kind == FT_COMMAND_ADD && g_str_has_prefix (arg, "--path="))
    set_path (command, arg + strlen ("--path="));
  else if (command->kind == FT_COMMAND_ADD && strcmp (arg, "--path") == 0 && argv[*i + 1] != NULL)
    set_path (command, argv[++*i]);
  else
    return FALSE;
  return TRUE;
}

/* Takes options out of the arguments; "--" ends them. */
static gboolean
read_options (FtCommand *command, char **argv, GPtrArray *rest, GError **error)
{
  gboolean ended = FALSE;

  for (guint i = 0; argv[i] != NULL; i++)
    {
      if (ended || !g_str_has_prefix (argv[i], "--"))
        g_ptr_array_add (rest, g_strdup (argv[i]));
      else if (argv[i][2] == '\0')
        ended = TRUE;
      else if (!read_option (command, argv, &i))
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                       _("“%s” does not fit here"), argv[i]);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
fail_missing (const CommandWord *word, GError **error)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               word->takes == TAKES_FILE ? _("“%s” needs a file") : _("“%s” needs a name"),
               word->word);
  return FALSE;
}

static gboolean
fail_surplus (const CommandWord *word, const char *surplus, GError **error)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("“%s” does not take “%s”"), word->word, surplus);
  return FALSE;
}

static gboolean
read_mode (FtCommand *command, const CommandWord *word, GError **error)
{
  guint n = g_strv_length (command->names);

  if (n > 1)
    return fail_surplus (word, command->names[1], error);
  command->has_mode = n == 1;
  if (n == 1 && !ft_mode_from_text (command->names[0], &command->mode))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("“%s” is no mode: all, downloading or seeding"), command->names[0]);
      return FALSE;
    }
  return TRUE;
}

static void
join_names (FtCommand *command)
{
  char *joined = g_strjoinv (" ", command->names);

  g_strfreev (command->names);
  command->names = g_new0 (char *, 2);
  command->names[0] = joined;
}

static gboolean
check_arguments (FtCommand *command, const CommandWord *word, GError **error)
{
  guint n = g_strv_length (command->names);

  switch (word->takes)
    {
    case TAKES_NOTHING:
      return n == 0 || fail_surplus (word, command->names[0], error);
    case TAKES_FILE:
      if (n > 1)
        return fail_surplus (word, command->names[1], error);
      return n == 1 || fail_missing (word, error);
    case TAKES_NAME:
      if (n == 0)
        return fail_missing (word, error);
      join_names (command);
      return TRUE;
    case TAKES_NAMES:
      command->all = n == 0 || (n == 1 && g_ascii_strcasecmp (command->names[0], "all") == 0);
      return TRUE;
    case TAKES_MODE:
      return read_mode (command, word, error);
    default:
      g_assert_not_reached ();
    }
}

FtCommand *
ft_command_parse (const char *line, GError **error)
{
  g_autoptr (FtCommand) command = g_new0 (FtCommand, 1);
  g_autoptr (GPtrArray) rest = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) shell_error = NULL;
  g_auto (GStrv) argv = NULL;
  const CommandWord *word;
  gboolean options_ok;

  if (!g_shell_parse_argv (line, NULL, &argv, &shell_error))
    {
      if (!g_error_matches (shell_error, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING))
        {
          g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                               shell_error->message);
          return NULL;
        }
      command->names = g_new0 (char *, 1);
      return g_steal_pointer (&command);
    }
  word = find_word (argv[0], error);
  if (word == NULL)
    return NULL;
  command->kind = word->kind;
  options_ok = read_options (command, argv + 1, rest, error);
  g_ptr_array_add (rest, NULL);
  command->names = (GStrv) g_ptr_array_steal (rest, NULL);
  if (!options_ok || !check_arguments (command, word, error))
    return NULL;
  return g_steal_pointer (&command);
}

void
ft_command_free (FtCommand *command)
{
  g_strfreev (command->names);
  g_free (command->path);
  g_free (command);
}

const char *
ft_command_help (void)
{
  return _("add FILE [--path DIR]   add a torrent or a magnet link and start it\n"
           "list                    every torrent and what it does\n"
           "queue [NAME…|all]       start these torrents, stopped ones too\n"
           "start                   go on with everything that is paused\n"
           "pause [NAME…]           hold these torrents, or all\n"
           "stop NAME               take a torrent out of the queue until it is queued again\n"
           "remove NAME [--data]    forget a torrent; with --data move its files to the trash\n"
           "verify NAME             check all the data of a torrent anew\n"
           "files NAME              its files\n"
           "peers NAME              the peers it is connected to\n"
           "trackers NAME           its trackers and what they said\n"
           "mode [all|downloading|seeding]\n"
           "status                  speeds, totals, port\n"
           "dht                     our nodes of the distributed hash table\n"
           "help                    this list\n"
           "exit                    save and leave\n"
           "A name may be shortened while it is unambiguous; the start of an info-hash works "
           "too.");
}
