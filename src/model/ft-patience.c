/* ft-patience.c: how long the end of an engine is waited for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-patience.h"

struct _FtPatience
{
  BtEngine *engine; /* (nullable) */
  gulong update_id;
  guint timeout_id;
  guint ms;
  guint64 progress;
  void (*over) (gpointer owner);
  gpointer owner;
};

static gboolean
over_cb (gpointer user_data)
{
  FtPatience *self = user_data;

  self->timeout_id = 0;
  self->over (self->owner);
  return G_SOURCE_REMOVE;
}

static void
begin (FtPatience *self)
{
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  self->timeout_id = g_timeout_add (self->ms, over_cb, self);
}

/* Updates come for other reasons as well. */
static void
update_cb (FtPatience *self, BtUpdate *update)
{
  if (update->progress == self->progress || self->timeout_id == 0)
    return;
  self->progress = update->progress;
  begin (self);
}

FtPatience *
ft_patience_new (BtEngine *engine, guint ms, void (*over) (gpointer owner), gpointer owner)
{
  FtPatience *self = g_new0 (FtPatience, 1);

  self->ms = ms;
  self->over = over;
  self->owner = owner;
  if (engine != NULL)
    {
      self->engine = g_object_ref (engine);
      self->update_id = g_signal_connect_swapped (engine, "update", G_CALLBACK (update_cb), self);
    }
  begin (self);
  return self;
}

void
ft_patience_free (FtPatience *self)
{
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  if (self->engine != NULL)
    g_signal_handler_disconnect (self->engine, self->update_id);
  g_clear_object (&self->engine);
  g_free (self);
}
