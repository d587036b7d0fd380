/* main.c: where the desktop program begins.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-application.h"
#include "ft-descriptors.h"

#include <glib/gi18n.h>
#include <locale.h>

int
main (int argc, char *argv[])
{
  g_autoptr (FtApplication) application = NULL;
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  ft_descriptors_allow_many ();
  application = ft_application_new ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  return status != 0 ? status : ft_application_get_status (application);
}
