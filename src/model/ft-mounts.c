/* ft-mounts.c: says when something was mounted: a drive may be there again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-mounts.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <unistd.h>

/* Containers and snapshots are mounted by the dozen. */
#define GATHER_MS 1000

/* As proc(5) has it, the file is one of urgent data once after each change. GUnixMountMonitor leaves it open for programs
 * that are started. */
struct _FtMounts
{
  int fd; /* -1: there is none */
  guint watch_id;
  guint gather_id;
  void (*changed) (gpointer owner);
  gpointer owner;
};

static gboolean
gathered_cb (gpointer user_data)
{
  FtMounts *self = user_data;

  self->gather_id = 0;
  self->changed (self->owner);
  return G_SOURCE_REMOVE;
}

static gboolean
mounts_changed_cb (int fd, GIOCondition condition, gpointer user_data)
{
  FtMounts *self = user_data;

  if (self->gather_id == 0)
    self->gather_id = g_timeout_add (GATHER_MS, gathered_cb, self);
  return G_SOURCE_CONTINUE;
}

FtMounts *
ft_mounts_new (void (*changed) (gpointer owner), gpointer owner)
{
  FtMounts *self = g_new0 (FtMounts, 1);

  self->changed = changed;
  self->owner = owner;
  self->fd = open ("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
  if (self->fd >= 0)
    self->watch_id = g_unix_fd_add (self->fd, G_IO_PRI, mounts_changed_cb, self);
  return self;
}

void
ft_mounts_free (FtMounts *self)
{
  g_clear_handle_id (&self->gather_id, g_source_remove);
  g_clear_handle_id (&self->watch_id, g_source_remove);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}
