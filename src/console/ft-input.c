/* ft-input.c: lines of standard input as they are typed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE 4096
#define MAX_LINE (64u * 1024)
#define BACKGROUND_POLL_US G_USEC_PER_SEC
#define WATCHED ((GIOCondition) (G_IO_IN | G_IO_HUP | G_IO_ERR | G_IO_NVAL))

/* A source of its own, because it sometimes watches the descriptor and sometimes the clock. */
typedef struct
{
  GSource source;
  FtInput *input;
} InputSource;

struct _FtInput
{
  int fd;
  FtInputFunc func;
  gpointer user_data;
  GByteArray *pending; /* a line that has begun */
  gboolean skipping;   /* the rest of a line that is too long */
  gboolean waiting;    /* for the foreground */
  GSource *source;
  gpointer tag;
};

static void
emit_line (FtInput *self)
{
  g_autofree char *line = g_utf8_make_valid ((const char *) self->pending->data,
                                             (gssize) self->pending->len);

  g_byte_array_set_size (self->pending, 0);
  if (!self->skipping)
    self->func (line, self->user_data);
  self->skipping = FALSE;
}

static void
take_bytes (FtInput *self, const char *bytes, gsize size)
{
  while (size > 0)
    {
      const char *end = memchr (bytes, '\n', size);
      gsize length = end != NULL ? (gsize) (end - bytes) : size;

      if (self->pending->len + length > MAX_LINE)
        {
          self->skipping = TRUE;
          g_byte_array_set_size (self->pending, 0);
        }
      else
        g_byte_array_append (self->pending, (const guint8 *) bytes, (guint) length);
      if (end == NULL)
        return;
      emit_line (self);
      bytes += length + 1;
      size -= length + 1;
    }
}

/* A last line may lack its line break. */
static void
end_input (FtInput *self)
{
  if (self->pending->len > 0)
    emit_line (self);
  self->func (NULL, self->user_data);
}

static gboolean
is_in_background (int fd)
{
  return isatty (fd) && tcgetpgrp (fd) != getpgrp ();
}

static void
set_waiting (FtInput *self, gboolean waiting)
{
  if (waiting)
    g_source_set_ready_time (self->source, g_get_monotonic_time () + BACKGROUND_POLL_US);
  if (self->waiting == waiting)
    return;
  self->waiting = waiting;
  g_source_modify_unix_fd (self->source, self->tag, waiting ? 0 : WATCHED);
  if (!waiting)
    g_source_set_ready_time (self->source, -1);
}

static gboolean
dispatch_input (GSource *source, GSourceFunc callback, gpointer user_data)
{
  FtInput *self = ((InputSource *) source)->input;
  gboolean was_waiting = self->waiting;
  char bytes[READ_SIZE];
  gssize size;

  /* What is typed now is for the shell; reading it would stop this process. */
  set_waiting (self, is_in_background (self->fd));
  if (self->waiting || was_waiting)
    return G_SOURCE_CONTINUE;
  size = read (self->fd, bytes, sizeof bytes);
  if (size < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  if (size <= 0)
    {
      end_input (self);
      return G_SOURCE_REMOVE;
    }
  take_bytes (self, bytes, (gsize) size);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs input_source_funcs = { .dispatch = dispatch_input };

FtInput *
ft_input_new (int fd, FtInputFunc func, gpointer user_data)
{
  FtInput *self = g_new0 (FtInput, 1);

  self->fd = fd;
  self->func = func;
  self->user_data = user_data;
  self->pending = g_byte_array_new ();
  self->source = g_source_new (&input_source_funcs, sizeof (InputSource));
  ((InputSource *) self->source)->input = self;
  self->tag = g_source_add_unix_fd (self->source, fd, WATCHED);
  g_source_attach (self->source, NULL);
  return self;
}

void
ft_input_free (FtInput *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_byte_array_unref (self->pending);
  g_free (self);
}
