/* ft-window-subject.c: the torrents that a dialog was opened for, whatever is selected by the time it is answered.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

FtSubject *
ft_subject_new (FtWindow *window, GPtrArray *torrents)
{
  FtSubject *self = g_new (FtSubject, 1);

  self->window = g_object_ref (window);
  self->torrents = g_ptr_array_ref (torrents);
  return self;
}

void
ft_subject_free (gpointer data, GClosure *closure)
{
  FtSubject *self = data;

  g_object_unref (self->window);
  g_ptr_array_unref (self->torrents);
  g_free (self);
}
