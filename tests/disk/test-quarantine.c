/* test-quarantine.c: what was under way when the program ended is counted, and held at the second time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include "bt-quarantine.h"

typedef struct
{
  char *folder;
  char *path;
  BtQuarantine *quarantine;
} Fixture;

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->folder = g_dir_make_tmp ("ft-quarantine-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "under-way", NULL);
  self->quarantine = bt_quarantine_new (self->folder);
  return self;
}

static void
end (Fixture *self)
{
  g_clear_pointer (&self->quarantine, bt_quarantine_free);
}

static void
fixture_free (Fixture *self)
{
  end (self);
  ft_disk_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->path);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
begin_again (Fixture *self)
{
  end (self);
  self->quarantine = bt_quarantine_new (self->folder);
}

static void
leave (Fixture *self, const char *bytes, gsize length)
{
  g_assert_true (g_file_set_contents_full (self->path, bytes, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* As if nobody had had the time for an orderly end. */
static void
crash (Fixture *self)
{
  g_autofree char *left = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (self->path, &left, &length, NULL));
  end (self);
  leave (self, left, length);
  self->quarantine = bt_quarantine_new (self->folder);
}

static BtSha1
hash_of (guint number)
{
  return bt_sha1 (&number, sizeof number);
}

static void
begin (Fixture *self, guint number)
{
  BtSha1 hash = hash_of (number);

  bt_quarantine_begin (self->quarantine, &hash);
}

static void
finish (Fixture *self, guint number)
{
  BtSha1 hash = hash_of (number);

  bt_quarantine_end (self->quarantine, &hash);
}

static void
read_one (Fixture *self, guint number)
{
  BtSha1 hash = hash_of (number);

  bt_quarantine_read (self->quarantine, &hash);
}

static gboolean
suspects (Fixture *self, guint number)
{
  BtSha1 hash = hash_of (number);

  return bt_quarantine_suspects (self->quarantine, &hash);
}

static gboolean
holds (Fixture *self, guint number, BtRisk risk)
{
  BtSha1 hash = hash_of (number);

  return bt_quarantine_holds (self->quarantine, &hash, risk);
}

static void
test_twice (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  begin (self, 1);
  begin (self, 2);
  finish (self, 1);
  crash (self);
  g_assert_false (suspects (self, 1));
  g_assert_true (suspects (self, 2));
  g_assert_false (holds (self, 2, BT_RISK_STARTING));
  begin (self, 2);
  crash (self);
  g_assert_true (holds (self, 2, BT_RISK_STARTING));
  g_assert_false (holds (self, 2, BT_RISK_READING));
  g_assert_false (suspects (self, 1));
}

/* What went well in between is as if nothing had been. */
static void
test_in_a_row (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  for (guint i = 0; i < 5; i++)
    {
      begin (self, 1);
      crash (self);
      g_assert_true (suspects (self, 1));
      g_assert_false (holds (self, 1, BT_RISK_STARTING));
      begin (self, 1);
      finish (self, 1);
      g_assert_false (suspects (self, 1));
    }
}

/* The program ended before it was its turn again: that says nothing of it. */
static void
test_not_its_turn (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  begin (self, 1);
  for (guint i = 0; i < 5; i++)
    crash (self);
  g_assert_true (suspects (self, 1));
  g_assert_false (holds (self, 1, BT_RISK_STARTING));
}

static void
test_orderly_end (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  begin (self, 1);
  begin (self, 2);
  crash (self);
  begin (self, 2);
  crash (self);
  begin_again (self);
  g_assert_false (suspects (self, 1));
  g_assert_true (holds (self, 2, BT_RISK_STARTING));
  begin_again (self);
  g_assert_true (holds (self, 2, BT_RISK_STARTING));
  finish (self, 2);
  end (self);
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

static void
test_reading (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  read_one (self, 1);
  read_one (self, 2);
  read_one (self, 3);
  crash (self);
  g_assert_false (suspects (self, 2));
  g_assert_true (suspects (self, 3));
  read_one (self, 2);
  bt_quarantine_read (self->quarantine, NULL);
  crash (self);
  g_assert_false (suspects (self, 2));
  read_one (self, 3);
  crash (self);
  g_assert_true (holds (self, 3, BT_RISK_READING));
  g_assert_false (holds (self, 3, BT_RISK_STARTING));
  bt_quarantine_all_read (self->quarantine);
  g_assert_true (holds (self, 3, BT_RISK_READING));
}

static void
test_all_read (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  read_one (self, 1);
  crash (self);
  begin (self, 2);
  crash (self);
  bt_quarantine_all_read (self->quarantine);
  g_assert_false (suspects (self, 1));
  g_assert_true (suspects (self, 2));
}

static void
test_release (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  BtSha1 hash = hash_of (1);

  for (guint i = 0; i < 12; i++)
    {
      begin (self, 1);
      crash (self);
    }
  bt_quarantine_release (self->quarantine, &hash);
  g_assert_false (holds (self, 1, BT_RISK_STARTING));
  begin (self, 1);
  crash (self);
  g_assert_true (holds (self, 1, BT_RISK_STARTING));
}

/* More than there is room for: the rest is not written down. */
static void
test_many (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  guint n = 0;

  for (guint i = 0; i < 1000; i++)
    begin (self, i);
  crash (self);
  for (guint i = 0; i < 1000; i++)
    n += suspects (self, i);
  g_assert_cmpuint (n, ==, 64);
  for (guint i = 0; i < 1000; i++)
    finish (self, i);
  begin (self, 2000);
  crash (self);
  g_assert_true (suspects (self, 2000));
  g_assert_false (suspects (self, 0));
}

/* The file is not synced, and anybody may have written anything to it. */
static void
test_garbage (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());
  g_autofree char *left = NULL;
  gsize length;

  for (guint i = 0; i < 5; i++)
    begin (self, i);
  g_assert_true (g_file_get_contents (self->path, &left, &length, NULL));
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *changed = g_memdup2 (left, length);
      gsize cut = (gsize) g_rand_int_range (rand, 0, (int) length + 1);

      for (guint j = 0; j < 3; j++)
        changed[g_rand_int_range (rand, 0, (int) length)] = (char) g_rand_int_range (rand, 0, 256);
      end (self);
      leave (self, changed, cut);
      self->quarantine = bt_quarantine_new (self->folder);
      begin (self, 7);
      crash (self);
      g_assert_true (suspects (self, 7));
    }
}

/* A folder that is none, or none at all: it works without. */
static void
test_nowhere (void)
{
  const char *const folders[] = { NULL, "/proc/no/such/folder" };
  BtSha1 hash = hash_of (1);

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      BtQuarantine *quarantine = bt_quarantine_new (folders[i]);

      bt_quarantine_read (quarantine, &hash);
      bt_quarantine_all_read (quarantine);
      bt_quarantine_begin (quarantine, &hash);
      g_assert_false (bt_quarantine_suspects (quarantine, &hash));
      bt_quarantine_end (quarantine, &hash);
      bt_quarantine_free (quarantine);
    }
}

/* A person ends the program while the disk hangs: neither what is being read nor what comes after it is counted. What
 * was counted before stays. */
static void
test_left (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  begin (self, 3);
  crash (self);
  read_one (self, 1);
  bt_quarantine_leave (self->quarantine);
  crash (self);
  g_assert_false (suspects (self, 1));
  read_one (self, 1);
  bt_quarantine_leave (self->quarantine);
  read_one (self, 2);
  begin (self, 2);
  crash (self);
  g_assert_false (suspects (self, 1));
  g_assert_false (suspects (self, 2));
  g_assert_true (suspects (self, 3));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk/quarantine/twice", test_twice);
  g_test_add_func ("/disk/quarantine/in-a-row", test_in_a_row);
  g_test_add_func ("/disk/quarantine/not-its-turn", test_not_its_turn);
  g_test_add_func ("/disk/quarantine/orderly-end", test_orderly_end);
  g_test_add_func ("/disk/quarantine/reading", test_reading);
  g_test_add_func ("/disk/quarantine/left", test_left);
  g_test_add_func ("/disk/quarantine/all-read", test_all_read);
  g_test_add_func ("/disk/quarantine/release", test_release);
  g_test_add_func ("/disk/quarantine/many", test_many);
  g_test_add_func ("/disk/quarantine/garbage", test_garbage);
  g_test_add_func ("/disk/quarantine/nowhere", test_nowhere);
  return g_test_run ();
}
