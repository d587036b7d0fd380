/* ft-application.h: the program: its window, its session, its settings, its beginning and end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_APPLICATION (ft_application_get_type ())
G_DECLARE_FINAL_TYPE (FtApplication, ft_application, FT, APPLICATION, AdwApplication)

FtApplication *ft_application_new (void);

/* After g_application_run(): 0, unless what was asked for on the command line failed. */
int ft_application_get_status (FtApplication *application);

G_END_DECLS
