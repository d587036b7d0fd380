/* ft-prompt.h: asks for one text, and does not take what is wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_PROMPT (ft_prompt_get_type ())
G_DECLARE_FINAL_TYPE (FtPrompt, ft_prompt, FT, PROMPT, AdwMessageDialog)

/* Returns: (transfer full) (nullable): %NULL if it is right, else what is wrong, for a person; "" says nothing yet */
typedef char *(*FtPromptCheck) (const char *text, gpointer data);

/**
 * FtPrompt::accepted:
 * @prompt: the prompt
 * @text: what was entered; it has passed the check
 */

/**
 * ft_prompt_new:
 * @parent: (nullable): any widget of the window it belongs to
 * @heading: not markup, as all texts here
 * @accept: of the button, with mnemonic
 * @several_lines: a text of several lines is asked for
 */
FtPrompt *ft_prompt_new (GtkWidget *parent, const char *heading, const char *body, const char *accept,
                         gboolean several_lines);
void ft_prompt_set_text (FtPrompt *prompt, const char *text);
void ft_prompt_set_check (FtPrompt *prompt, FtPromptCheck check, gpointer data, GDestroyNotify free_data);

G_END_DECLS
