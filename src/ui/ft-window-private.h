/* ft-window-private.h: what the files of the window share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-add-dialog.h"
#include "ft-adder.h"
#include "ft-column.h"
#include "ft-details.h"
#include "ft-fetch-bar.h"
#include "ft-gradual-selection.h"
#include "ft-query.h"
#include "ft-selection-summary.h"
#include "ft-sidebar.h"
#include "ft-tags.h"
#include "ft-torrent-table.h"
#include "ft-window.h"

G_BEGIN_DECLS

struct _FtWindow
{
  AdwApplicationWindow parent_instance;

  FtSession *session;
  GSettings *settings;
  GtkFileChooserNative *file_chooser; /* (nullable): while it is open */
  GtkFileChooserNative *move_chooser; /* (nullable): likewise */
  GtkFileChooserNative *save_chooser; /* (nullable): likewise */
  FtTags *tags;                       /* (nullable): see ft_window_get_tags() */
  FtAdder *adder;
  FtAddDialog *add_dialog;            /* (nullable): while it is open */
  char *offered_link;                 /* (nullable): of the clipboard, the last one */
  BtTorrentId reveal_id;              /* scrolled to when it appears; 0: none */
  BtTorrentId awaited_id;             /* likewise, when the view has its row; 0: none */
  BtTorrentId scrolled_id;            /* scrolled to again when its row has been laid out */
  guint scroll_id;                    /* 0: nothing is */
  guint scroll_frames;                /* until then */
  BtTorrentId focus_id;               /* gets the focus back when the view has its row */
  GtkWidget *context_menu;
  GtkWidget *focus_before_menu; /* (nullable) (unowned) */
  GtkBitset *selected_before; /* (nullable): the press that may begin a drag */
  AdwToast *undo_toast;               /* (unowned) (nullable): of the last removal, while it can be undone */
  GSimpleAction *sequential;

  FtQuery *query;
  GtkCustomFilter *filter;
  GtkCustomSorter *sorter;
  const FtColumn *sort_column;
  gboolean sort_descending;
  guint sort_id;              /* sorts again soon; 0: need not */

  AdwLeaflet *sidebar_leaflet; /* of the sidebar and the other leaflet */
  GtkWidget *sidebar_pane;
  AdwHeaderBar *sidebar_header;
  FtSidebar *sidebar;
  GtkWidget *sidebar_back_button;
  GtkWidget *sidebar_toggle;

  AdwLeaflet *details_leaflet; /* of the list and the details */
  GtkWidget *list_pane;
  AdwHeaderBar *list_header;
  AdwWindowTitle *list_title;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  GtkWidget *details_pane;
  AdwHeaderBar *details_header;
  GtkWidget *details_back_button;
  GtkWidget *details_toggle;
  GtkWidget *search_toggle;
  GSimpleAction *show_details; /* (unowned): the window's */
  gboolean narrow;             /* no room for the details beside the list */
  guint panes_id;              /* updates the panes soon; 0: need not */
  GtkStack *details_stack;
  FtDetails *details;
  FtFetchBar *fetch_bar;
  FtSelectionSummary *selection_summary;

  AdwToastOverlay *toast_overlay;
  GtkStack *stack;
  AdwBin *list_page;
  GtkStack *view_stack;
  GtkListView *list_view;
  FtTorrentTable *table;
  GtkMultiSelection *selection;
  FtGradualSelection *rows; /* the selection as the views see it */
  GtkActionBar *action_bar;
  GtkLabel *selection_label;
  AdwStatusPage *group_page;
  GMenuModel *torrent_menu;
  GMenu *tags_menu;
  GMenu *save_menu;
  gboolean save_unknown; /* what its item says */
  GMenu *sort_menu;
  GMenu *columns_menu;
};

/* ft-window-toasts.c: the texts are not markup */
AdwToast *ft_window_make_toast (const char *text); /* (transfer full) */
/* A toast is one line: @details are a click away. */
void ft_window_show_failure (FtWindow *window, const char *title, const char *details);
/* With a button. @target: floating */
void ft_window_show_offer (FtWindow *window, const char *text, const char *label, const char *action_name,
                           GVariant *target);
void ft_window_install_toasts (GtkWidgetClass *widget_class);

/* Returns: (transfer full) (element-type FtTorrent) */
GPtrArray *ft_window_dup_selected (FtWindow *window);
/* Returns: %GTK_INVALID_LIST_POSITION if it is not in the list */
guint ft_window_find (FtWindow *window, BtTorrentId id);
/* Scrolls to a torrent, now or when it appears. */
void ft_window_reveal (FtWindow *window, BtTorrentId id);

/* Chooses what stands in the place of the list. */
void ft_window_update_page (FtWindow *window);

/* ft-window-actions.c */
void ft_window_install_actions (GtkWidgetClass *widget_class);
void ft_window_init_actions (FtWindow *window);
/* For commands: takes a reference to the window as its data, and says what failed. */
void ft_window_done_cb (GObject *object, GAsyncResult *result, gpointer user_data);
void ft_window_update_actions (FtWindow *window);

/* ft-window-panes.c */
void ft_window_install_panes (GtkWidgetClass *widget_class);
void ft_window_init_panes (FtWindow *window);
void ft_window_update_panes (FtWindow *window);
/* After the window was given its place. */
void ft_window_allocated (FtWindow *window);
void ft_window_end_panes (FtWindow *window);
/* After the selection or what is selected changed. */
void ft_window_update_details (FtWindow *window);
/* Beside the list if there is room, else in its place. */
void ft_window_open_details (FtWindow *window);

/* ft-window-subject.c */
typedef struct
{
  FtWindow *window;    /* (owned) */
  GPtrArray *torrents; /* (element-type FtTorrent), or of FtAddition while they are none */
} FtSubject;
FtSubject *ft_subject_new (FtWindow *window, GPtrArray *torrents);
void ft_subject_free (gpointer data, GClosure *closure); /* for g_signal_connect_data() */

/* ft-window-add.c */
void ft_window_install_add (GtkWidgetClass *widget_class);
void ft_window_end_add (FtWindow *window);
/* @additions: (element-type FtAddition): not loaded yet */
void ft_window_add (FtWindow *window, GPtrArray *additions);
/* What was dropped or pasted. */
void ft_window_add_file_list (FtWindow *window, GdkFileList *list);
/* Returns: whether there was a link in @text */
gboolean ft_window_add_links (FtWindow *window, const char *text);

/* ft-window-links.c */
void ft_window_install_links (GtkWidgetClass *widget_class);
void ft_window_init_links (FtWindow *window);

/* ft-window-drop.c */
void ft_window_init_drop (FtWindow *window);

/* ft-window-views.c */
void ft_window_install_views (GtkWidgetClass *widget_class);
void ft_window_init_views (FtWindow *window);
/* In the view that is seen. */
void ft_window_scroll_to (FtWindow *window, guint position);
/* Before and after a person's choice that replaces most of what is seen. */
void ft_window_begin_other_rows (FtWindow *window);
void ft_window_end_other_rows (FtWindow *window);

/* ft-window-list.c */
void ft_window_install_list (GtkWidgetClass *widget_class);
void ft_window_init_list (FtWindow *window);
void ft_window_end_list (FtWindow *window);
/* After an update: filters and sorts again if that concerns what is seen. */
void ft_window_update_list (FtWindow *window, BtChanged changed);

/* ft-window-tagging.c */
void ft_window_install_tagging (GtkWidgetClass *widget_class);
void ft_window_update_tagging (FtWindow *window);
/* What is dragged stands for all that are selected, if it is one of them. (transfer full) (element-type FtTorrent) */
GPtrArray *ft_window_dup_dragged (FtWindow *window, FtTorrent *torrent);
void ft_window_tag_dropped (FtWindow *window, FtSidebarItem *item, FtTorrent *torrent);

/* ft-window-remove.c */
void ft_window_install_remove (GtkWidgetClass *widget_class);

/* ft-window-copy.c */
void ft_window_install_copy (GtkWidgetClass *widget_class);
void ft_window_update_copy (FtWindow *window, guint n_selected);

/* ft-window-open.c */
void ft_window_install_open (GtkWidgetClass *widget_class);
void ft_window_update_open (FtWindow *window, gboolean possible);

/* ft-window-menu.c */
void ft_window_install_menu (GtkWidgetClass *widget_class);
void ft_window_init_menu (FtWindow *window);
void ft_window_end_menu (FtWindow *window);
/* Returns: (transfer none) (nullable): the torrent whose row is at, around or just below a widget */
FtTorrent *ft_window_find_torrent (FtWindow *window, GtkWidget *widget);

/* ft-window-options.c */
void ft_window_install_options (GtkWidgetClass *widget_class);

/* ft-window-tags.c */
void ft_window_install_tags (GtkWidgetClass *widget_class);
void ft_window_end_tags (FtWindow *window);

/* ft-window-move.c */
void ft_window_install_move (GtkWidgetClass *widget_class);
void ft_window_end_move (FtWindow *window);

/* ft-window-rename.c */
void ft_window_install_rename (GtkWidgetClass *widget_class);

/* ft-window-save.c */
void ft_window_install_save (GtkWidgetClass *widget_class);
/* @torrents: (element-type FtTorrent): that are selected */
void ft_window_update_save (FtWindow *window, GPtrArray *torrents);
void ft_window_end_save (FtWindow *window);

G_END_DECLS
