/* fuzz-names.c: names and texts of strangers are safe as names of files, and fit for a screen.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-path.h"
#include "bt-peer-id.h"
#include "bt-text.h"

#include <string.h>

#define MAX_NAME 252
#define MAX_SHOWN 100

static void
check_path (const guint8 *data, gsize size)
{
  g_autofree char *name = bt_path_sanitize (data, size);
  g_autofree char *numbered = bt_path_numbered (name, 7);
  g_autofree char *key = bt_path_collision_key (name);

  g_assert_true (bt_path_is_safe (name));
  g_assert_true (bt_path_is_safe (numbered));
  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_true (g_utf8_validate (key, -1, NULL));
  g_assert_null (strpbrk (name, "/\\"));
  g_assert_cmpuint (strlen (name), >, 0);
  g_assert_cmpuint (strlen (name), <=, MAX_NAME);
  g_assert_false (g_str_equal (name, ".") || g_str_equal (name, ".."));
}

static void
check_text (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      g_assert_false (g_unichar_iscntrl (c));
      g_assert_false (bt_text_is_deceptive (c));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *shown = bt_text_for_display (data, size, MAX_SHOWN);
  guint8 id[BT_PEER_ID_SIZE] = { 0 };
  g_autofree char *client = NULL;

  check_path (data, size);
  check_text (shown);
  g_assert_cmpuint (strlen (shown), <=, MAX_SHOWN);
  if (size > 0)
    memcpy (id, data, MIN (size, sizeof id));
  client = bt_peer_id_client_name (id);
  check_text (client);
  return 0;
}
