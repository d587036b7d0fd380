/* ft-log.c: --debug: messages of our layers on standard error.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-log.h"

#include "ft-text.h"
#include "ft-write.h"

#include <string.h>
#include <unistd.h>

struct _FtLog
{
  GStrv domains; /* empty: all of ours */
};

FtLog *
ft_log_new (const char *domains)
{
  FtLog *self = g_new0 (FtLog, 1);

  self->domains = g_strsplit_set (domains, ", ", -1);
  return self;
}

void
ft_log_free (FtLog *self)
{
  g_strfreev (self->domains);
  g_free (self);
}

static gboolean
is_ours (const char *domain)
{
  return g_str_has_prefix (domain, "bt-") || g_str_has_prefix (domain, "ft-");
}

gboolean
ft_log_wants (FtLog *self, const char *domain)
{
  gboolean any = FALSE;

  for (guint i = 0; self->domains[i] != NULL; i++)
    {
      if (strcmp (self->domains[i], domain) == 0 || strcmp (self->domains[i], "all") == 0)
        return TRUE;
      any |= *self->domains[i] != '\0';
    }
  return !any && is_ours (domain);
}

static const char *
find_field (const GLogField *fields, gsize n_fields, const char *key)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, key) == 0 && fields[i].length < 0)
      return fields[i].value;
  return "";
}

GLogWriterOutput
ft_log_write (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *domain = find_field (fields, n_fields, "GLIB_DOMAIN");
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *time = NULL;
  g_autofree char *message = NULL;
  g_autofree char *line = NULL;

  if ((level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO)) == 0)
    return g_log_writer_default (level, fields, n_fields, user_data);
  if (!ft_log_wants (user_data, domain))
    return G_LOG_WRITER_HANDLED;
  now = g_date_time_new_now_local ();
  time = g_date_time_format (now, "%H:%M:%S");
  message = ft_text_clean (find_field (fields, n_fields, "MESSAGE"));
  line = g_strdup_printf ("%s.%03d %s: %s\n", time, g_date_time_get_microsecond (now) / 1000,
                          domain, message);
  /* One write a line, so that lines of several threads do not mix. */
  ft_write (STDERR_FILENO, line);
  return G_LOG_WRITER_HANDLED;
}
