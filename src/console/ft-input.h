/* ft-input.h: lines of standard input as they are typed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _FtInput FtInput;

/* @line: valid UTF-8 without its line break; %NULL once, at the end of input */
typedef void (*FtInputFunc) (const char *line, gpointer user_data);

/* Reads @fd, which stays the caller's, in the default main context. A terminal is left alone while
 * the program is in the background. */
FtInput *ft_input_new (int fd, FtInputFunc func, gpointer user_data);
void ft_input_free (FtInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtInput, ft_input_free)

G_END_DECLS
