/* bench-window.c: how long the window is deaf while it shows many torrents.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-application.h"
#include "bench-seed.h"
#include "bench-turns.h"
#include "ft-file-check.h"
#include "ft-file-view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Runs the real application in this process, on a state directory that bench-make-state filled, and does what a
 * person would do. The longest time between two looks at the events is the longest stall: it is measured around
 * the main context's poll, in each phase. Prints a JSON object. Judges nothing. */

#define TICK_MS 20

typedef struct Bench Bench;

typedef struct
{
  const char *name;
  /* Called each tick with the number of the call in this phase. Returns: whether the phase goes on. */
  gboolean (*step) (Bench *bench, guint n);
} Phase;

struct Bench
{
  FtApplication *application;
  GSettings *settings;
  guint n_torrents;
  const char *const *only; /* (nullable): the phases that are wanted after the start */
  guint phase;
  guint n;             /* calls in this phase */
  gint64 started;      /* µs */
  gint64 phase_began;
  gint64 returned;     /* from the last poll */
  gint64 longest;      /* in this phase */
  gint64 returned_cpu; /* the same in processor time of the thread, which other programs do not lengthen */
  gint64 longest_cpu;
  GFile *added;        /* (nullable): a torrent for the dialog */
  BenchSeed *seed;     /* (nullable): knows the details of a link */
  GString *json;
};

static Bench bench; /* the poll function has no data */

static gint64
get_cpu_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static int
timed_poll (GPollFD *fds, guint n_fds, int timeout)
{
  gint64 now = g_get_monotonic_time ();
  int result;

  if (bench.returned != 0)
    {
      bench.longest = MAX (bench.longest, now - bench.returned);
      bench.longest_cpu = MAX (bench.longest_cpu, get_cpu_time () - bench.returned_cpu);
    }
  result = g_poll (fds, n_fds, timeout);
  bench.returned = g_get_monotonic_time ();
  bench.returned_cpu = get_cpu_time ();
  return result;
}

/* The first widget of a type that is on the screen. */
static GtkWidget *
find_widget (GtkWidget *root, GType type)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
get_window (Bench *self)
{
  return GTK_WIDGET (gtk_application_get_active_window (GTK_APPLICATION (self->application)));
}

/* The view of the torrents: the first list or table that has more than half of them. */
static GtkWidget *
find_view (GtkWidget *root, guint n_items)
{
  GtkSelectionModel *model = NULL;

  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (GTK_IS_LIST_VIEW (root))
    model = gtk_list_view_get_model (GTK_LIST_VIEW (root));
  else if (GTK_IS_COLUMN_VIEW (root))
    model = gtk_column_view_get_model (GTK_COLUMN_VIEW (root));
  if (model != NULL && g_list_model_get_n_items (G_LIST_MODEL (model)) >= n_items)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_view (child, n_items);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkSelectionModel *
get_selection (GtkWidget *view)
{
  return GTK_IS_LIST_VIEW (view) ? gtk_list_view_get_model (GTK_LIST_VIEW (view))
                                 : gtk_column_view_get_model (GTK_COLUMN_VIEW (view));
}

static gboolean
step_start (Bench *self, guint n)
{
  GtkWidget *window = get_window (self);

  return window == NULL || find_view (window, self->n_torrents) == NULL;
}

static gboolean
step_idle (Bench *self, guint n)
{
  return n < 8000 / TICK_MS;
}

/* Slowly, then in leaps. */
static gboolean
scroll (GtkWidget *view, guint n)
{
  GtkAdjustment *adjustment;
  double page;

  /* It has not all its rows yet. */
  if (view == NULL)
    return n < 150;
  adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
  page = gtk_adjustment_get_page_size (adjustment);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + (n < 100 ? page / 4 : page * 20));
  if (n == 150)
    gtk_adjustment_set_value (adjustment, 0);
  return n < 150;
}

static gboolean
step_scroll (Bench *self, guint n)
{
  return scroll (find_view (get_window (self), self->n_torrents), n);
}

static gboolean
step_sort (Bench *self, guint n)
{
  static const char *const columns[] = { "name", "size", "progress", "added", "state", "name" };

  if (n % 25 != 0)
    return TRUE;
  if (n / 25 >= G_N_ELEMENTS (columns))
    return FALSE;
  g_settings_set_string (self->settings, "sort-column", columns[n / 25]);
  g_settings_set_boolean (self->settings, "sort-descending", n % 50 == 0);
  return TRUE;
}

static gboolean
step_search (Bench *self, guint n)
{
  static const char *const texts[] = { "d", "de", "deb", "debian", "debian 7", "" };
  GtkWidget *entry;

  if (n == 0)
    gtk_widget_activate_action (get_window (self), "win.search", NULL);
  if (n % 25 != 24)
    return TRUE;
  entry = find_widget (get_window (self), GTK_TYPE_SEARCH_ENTRY);
  if (entry == NULL || n / 25 >= G_N_ELEMENTS (texts))
    return FALSE;
  gtk_editable_set_text (GTK_EDITABLE (entry), texts[n / 25]);
  return TRUE;
}

/* The same from within the list: a row in its middle has the focus. */
static gboolean
step_focus_search (Bench *self, guint n)
{
  GtkWidget *view = find_view (get_window (self), 1);

  if (n == 0 && view != NULL)
    gtk_widget_activate_action (view, "list.scroll-to-item", "u", self->n_torrents / 2);
  if (n % 25 == 23 && view != NULL)
    gtk_widget_grab_focus (gtk_widget_get_last_child (view));
  return step_search (self, n);
}

static gboolean
step_select (Bench *self, guint n)
{
  GtkWidget *view = find_view (get_window (self), self->n_torrents);

  if (view == NULL)
    return n < 100;
  if (n == 0)
    gtk_selection_model_select_all (get_selection (view));
  else if (n > 50)
    gtk_selection_model_select_item (get_selection (view), n * 7, TRUE);
  return n < 100;
}

static gboolean
step_table (Bench *self, guint n)
{
  if (n == 0)
    g_settings_set_string (self->settings, "view", "table");
  return n < 25 || (n < 150 && step_scroll (self, n - 25));
}

static gboolean
step_rows (Bench *self, guint n)
{
  if (n == 0)
    g_settings_set_string (self->settings, "view", "list");
  return n < 50;
}

/* The last torrent is the one with very many files, if there is one. */
static gboolean
step_files (Bench *self, guint n)
{
  GtkWidget *view = find_view (get_window (self), self->n_torrents);

  if (n == 0)
    {
      g_settings_set_string (self->settings, "sort-column", "added");
      g_settings_set_boolean (self->settings, "sort-descending", TRUE);
    }
  if (n == 50 && view != NULL)
    gtk_selection_model_select_item (get_selection (view), 0, TRUE);
  /* Only now: in a narrow window they hide the list. */
  if (n == 51)
    gtk_widget_activate_action (get_window (self), "win.details", NULL);
  return n < 400;
}

static GtkWidget *
find_files (Bench *self)
{
  return find_widget (get_window (self), FT_TYPE_FILE_VIEW);
}

static GtkWidget *
find_file_table (Bench *self)
{
  GtkWidget *files = find_files (self);

  return files != NULL ? find_widget (files, GTK_TYPE_COLUMN_VIEW) : NULL;
}

/* All folders, until no row has come for a second. */
static gboolean
step_expand (Bench *self, guint n)
{
  static guint last_count, quiet;
  GtkWidget *table = find_file_table (self);
  guint count = table != NULL ? g_list_model_get_n_items (G_LIST_MODEL (get_selection (table))) : 0;

  if (n == 0 && table != NULL)
    gtk_widget_activate_action (table, "files.expand-all", NULL);
  quiet = count == last_count ? quiet + 1 : 0;
  last_count = count;
  return quiet < 1000 / TICK_MS && n < 60000 / TICK_MS;
}

static gboolean
step_scroll_files (Bench *self, guint n)
{
  GtkWidget *table = find_file_table (self);

  return table != NULL && scroll (table, n);
}

static gboolean
step_collapse (Bench *self, guint n)
{
  GtkWidget *table = find_file_table (self);

  if (n == 0 && table != NULL)
    gtk_widget_activate_action (table, "files.collapse-all", NULL);
  return n < 50;
}

static gboolean
step_search_files (Bench *self, guint n)
{
  static const char *const texts[] = { "1", "12", "123", "1234", "12345", "nothing at all", "" };
  GtkWidget *files = find_files (self);
  GtkWidget *entry = files != NULL ? find_widget (files, GTK_TYPE_SEARCH_ENTRY) : NULL;

  if (entry == NULL)
    return FALSE;
  if (n % 50 == 0 && n / 50 < G_N_ELEMENTS (texts))
    gtk_editable_set_text (GTK_EDITABLE (entry), texts[n / 50]);
  return n / 50 < G_N_ELEMENTS (texts);
}

/* A torrent that is not in the list, of very many files in folders. */

static GFile *
write_large_torrent (void)
{
  g_autoptr (GBytes) torrent = bench_large_torrent_new ();
  g_autoptr (GFileIOStream) stream = NULL;
  GFile *file = g_file_new_tmp ("friendtorrent-bench-XXXXXX.torrent", &stream, NULL);
  gsize size;
  const char *data = g_bytes_get_data (torrent, &size);

  if (file != NULL)
    g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (stream)), data, size, NULL, NULL, NULL);
  return file;
}

static GtkWidget *
find_dialog (GtkWidget *window)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();

  for (GList *link = toplevels; link != NULL; link = link->next)
    if (gtk_window_get_transient_for (link->data) == GTK_WINDOW (window))
      return link->data;
  return NULL;
}

/* The dialog: to open, untick a folder, choose none and all, search, close. */
static gboolean
step_add (Bench *self, guint n)
{
  GtkWidget *dialog = find_dialog (get_window (self));
  GtkWidget *view = dialog != NULL ? find_widget (dialog, FT_TYPE_FILE_VIEW) : NULL;
  GtkWidget *box = view != NULL ? find_widget (view, FT_TYPE_FILE_CHECK) : NULL;

  if (n == 0)
    g_application_open (G_APPLICATION (self->application), &self->added, 1, "");
  if (n < 200)
    return TRUE;
  if (n == 200 && box == NULL)
    {
      g_printerr ("The files were not shown in time\n");
      return FALSE;
    }
  if (n == 200)
    gtk_widget_activate (box);
  if (n == 230 || n == 260)
    gtk_widget_activate_action (view, "files.choose-all", "b", n == 260);
  if (n == 290 || n == 340)
    gtk_editable_set_text (GTK_EDITABLE (find_widget (view, GTK_TYPE_SEARCH_ENTRY)), n == 290 ? "9" : "");
  if (n == 390)
    gtk_window_close (GTK_WINDOW (dialog));
  return n < 390;
}

/* A link to as many files, of which nothing is known before: somebody has to be found who tells of them. */

static gboolean
step_seed (Bench *self, guint n)
{
  g_autoptr (GBytes) torrent = NULL;

  if (n > 0)
    return !bench_seed_is_ready (self->seed) || n < 3000 / TICK_MS;
  torrent = bench_large_torrent_new ();
  self->seed = bench_seed_new (torrent);
  return TRUE;
}

static void
open_link (Bench *self)
{
  g_autoptr (GFile) file = g_file_new_for_uri (bench_seed_get_link (self->seed));

  g_application_open (G_APPLICATION (self->application), &file, 1, "");
}

/* The dialog from the link to the files, which are looked at for a while. */
static gboolean
step_magnet (Bench *self, guint n)
{
  static guint shown;
  GtkWidget *dialog = find_dialog (get_window (self));

  if (n == 0)
    open_link (self);
  if (shown == 0 && dialog != NULL && find_widget (dialog, FT_TYPE_FILE_CHECK) != NULL)
    shown = n;
  if (shown == 0 && n == 60000 / TICK_MS)
    g_printerr ("The files of the link were not shown in time\n");
  return (shown == 0 || n < shown + 3000 / TICK_MS) && n < 60000 / TICK_MS;
}

/* And it is added: its files are looked for. */
static gboolean
step_magnet_add (Bench *self, guint n)
{
  GtkWidget *dialog = find_dialog (get_window (self));

  if (n == 0 && dialog != NULL)
    gtk_widget_activate_action (dialog, "add-dialog.add", NULL);
  return n < 5000 / TICK_MS;
}

static const Phase phases[] = {
  { "start", step_start },   { "idle", step_idle },     { "scroll", step_scroll }, { "sort", step_sort },
  { "search", step_search }, { "select", step_select }, { "table", step_table },   { "table-sort", step_sort },
  { "table-search", step_search },
  { "rows", step_rows },
  { "focus-search", step_focus_search },
  { "files", step_files },
  { "files-expand", step_expand },
  { "files-scroll", step_scroll_files },
  { "files-collapse", step_collapse },
  { "files-search", step_search_files },
  { "add", step_add },
  { "seed", step_seed },
  { "magnet", step_magnet },
  { "magnet-add", step_magnet_add },
};

static guint64
read_rss_kib (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, "VmRSS:");
  return line != NULL ? g_ascii_strtoull (line + strlen ("VmRSS:"), NULL, 10) : 0;
}

/* The window's engine was there first. */
static void
append_engine (Bench *self, const char *key, guint number)
{
  BenchTurn turn;

  bench_turns_take ("bt-engine", number, &turn);
  g_string_append_printf (self->json, ", \"%s_ms\": %.1f, \"%s_cpu_ms\": %.1f", key, (double) turn.wall / 1000, key,
                          (double) turn.cpu / 1000);
}

static void
end_phase (Bench *self)
{
  gint64 now = g_get_monotonic_time ();

  g_string_append_printf (self->json,
                          "%s\n  \"%s\": {\"ms\": %.0f, \"longest_stall_ms\": %.1f, \"longest_stall_cpu_ms\": %.1f",
                          self->phase > 0 ? "," : "", phases[self->phase].name, (double) (now - self->phase_began) / 1000,
                          (double) self->longest / 1000, (double) self->longest_cpu / 1000);
  append_engine (self, "engine", 0);
  append_engine (self, "seed", 1);
  g_string_append_printf (self->json, ", \"rss_mib\": %.1f}", (double) read_rss_kib () / 1024);
  self->phase++;
  self->n = 0;
  self->longest = 0;
  self->longest_cpu = 0;
  self->phase_began = now;
}

static gboolean
is_wanted (Bench *self)
{
  return self->phase == 0 || self->only == NULL || g_strv_contains (self->only, phases[self->phase].name);
}

static gboolean
tick_cb (gpointer data)
{
  Bench *self = data;

  if (is_wanted (self) && phases[self->phase].step (self, self->n++))
    return G_SOURCE_CONTINUE;
  end_phase (self);
  if (self->phase < G_N_ELEMENTS (phases))
    return G_SOURCE_CONTINUE;
  g_action_group_activate_action (G_ACTION_GROUP (self->application), "quit", NULL);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char *argv[])
{
  int status;

  if (argc < 3)
    {
      g_printerr ("%s DATA_HOME TORRENTS [PHASE…] (DATA_HOME/friendtorrent was made by bench-make-state)\n", argv[0]);
      return 2;
    }
  g_setenv ("XDG_DATA_HOME", argv[1], TRUE);
  bench.n_torrents = (guint) strtoul (argv[2], NULL, 10);
  bench.only = argc > 3 ? (const char *const *) argv + 3 : NULL;
  if (bench.only == NULL || g_strv_contains (bench.only, "add"))
    bench.added = write_large_torrent ();
  bench.json = g_string_new ("{");
  bench.started = bench.phase_began = g_get_monotonic_time ();
  bench.application = ft_application_new ();
  bench.settings = g_settings_new (APP_ID);
  /* The details look at it once. */
  g_settings_set_string (bench.settings, "details-page", "files");
  g_main_context_set_poll_func (NULL, timed_poll);
  g_timeout_add (TICK_MS, tick_cb, &bench);
  status = g_application_run (G_APPLICATION (bench.application), 1, argv);
  printf ("%s\n}\n", bench.json->str);
  if (bench.seed != NULL)
    bench_seed_free (bench.seed);
  if (bench.added != NULL)
    g_file_delete (bench.added, NULL, NULL);
  g_clear_object (&bench.added);
  g_string_free (bench.json, TRUE);
  g_object_unref (bench.settings);
  g_object_unref (bench.application);
  return status;
}
