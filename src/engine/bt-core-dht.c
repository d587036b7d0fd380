/* bt-core-dht.c: our nodes of the DHT, one a family: started and stopped, fed, remembered, told of.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-dht-private.h"

#define LOOK_US (1 * G_USEC_PER_SEC)
#define SAVE_US (10 * 60 * G_USEC_PER_SEC)
#define MAX_ID_AGE_S (30 * 24 * 3600) /* so that nobody can follow us by it for ever */

static const char *const memory_keys[] = { "dht4", "dht6" };

/* The node speaks. */

static void
send_cb (gpointer owner, const BtEndpoint *to, const void *bytes, gsize length)
{
  BtDhtSide *side = owner;

  bt_core_send_udp (side->core, to, bytes, length);
}

static void
random_cb (gpointer owner, void *out, gsize length)
{
  BtDhtSide *side = owner;

  side->core->world->ops->random (side->core->world, out, length);
}

static void
told_address_cb (gpointer owner, const BtEndpoint *voter, const BtEndpoint *address, gint64 now)
{
  BtDhtSide *side = owner;

  bt_address_vote_cast (side->core->votes, voter, BT_VOTE_DHT, address, now);
}

static void
id_changed_cb (gpointer owner)
{
  BtDhtSide *side = owner;

  side->memory.made_at = bt_core_unix_now (side->core);
  side->core->dht->saved_at = 0; /* soon */
}

static const BtDhtOps side_ops = {
  .send = send_cb,
  .random = random_cb,
  .told_address = told_address_cb,
  .id_changed = id_changed_cb,
};

void
bt_dht_side_schedule (BtDhtSide *side)
{
  bt_timer_start (&side->timer, bt_dht_deadline (side->dht));
}

static void
tick (gpointer owner, gint64 now)
{
  BtDhtSide *side = owner;

  bt_dht_tick (side->dht, now);
  bt_dht_side_schedule (side);
}

/* Memory. */

/* FALSE when it found nobody: then those that it knew before are remembered. */
static gboolean
remember (BtDhtSide *side, gint64 now)
{
  g_autoptr(GArray) nodes = bt_dht_save (side->dht, BT_DHT_MEMORY_MAX_NODES, now);

  if (nodes->len == 0)
    return FALSE;
  bt_dht_memory_clear (&side->memory);
  side->memory.id = *bt_dht_id (side->dht);
  side->memory.nodes = g_steal_pointer (&nodes);
  return TRUE;
}

static void
save (BtDhtSide *side, gint64 now)
{
  g_autofree char *text = NULL;

  if (!remember (side, now) || side->core->db == NULL)
    return;
  text = bt_dht_memory_format (&side->memory, side->ipv6);
  bt_state_db_set (side->core->db, memory_keys[side->ipv6], text);
}

void
bt_core_load_dht (BtCore *core, GHashTable *session)
{
  for (guint i = 0; i < G_N_ELEMENTS (core->dht->sides); i++)
    {
      BtDhtSide *side = &core->dht->sides[i];
      const char *text = g_hash_table_lookup (session, memory_keys[i]);

      if (text != NULL && !bt_dht_memory_parse (text, side->ipv6, &side->memory))
        g_debug ("What was saved of the DHT cannot be read");
    }
}

/* Starting and stopping. */

static void
learn_address (BtDhtSide *side, gint64 now)
{
  BtEndpoint address;
  gboolean known = bt_address_vote_get (side->core->votes, side->ipv6, &address);

  bt_dht_set_address (side->dht, known ? &address : NULL, now);
}

static gboolean
has_young_id (const BtDhtSide *side)
{
  gint64 age = bt_core_unix_now (side->core) - side->memory.made_at;

  return side->memory.nodes != NULL && age >= 0 && age < MAX_ID_AGE_S;
}

static void
open_side (BtDhtSide *side)
{
  BtCore *core = side->core;
  gint64 now = bt_core_now (core);
  BtDhtConfig config = { .is_ipv6 = side->ipv6 };
  GArray *nodes = side->memory.nodes;

  if (has_young_id (side))
    config.id = &side->memory.id;
  else
    side->memory.made_at = bt_core_unix_now (core);
  side->dht = bt_dht_new (&side_ops, side, &config, &core->random, now);
  /* The next that is made from it shall be another one. */
  (void) bt_random_u64 (&core->random);
  learn_address (side, now);
  if (nodes != NULL)
    bt_dht_add_saved (side->dht, (const BtKrpcNode *) (const void *) nodes->data, nodes->len, now);
  bt_dht_side_schedule (side);
  g_debug ("The DHT starts in IPv%d", side->ipv6 ? 6 : 4);
}

static void
close_side (BtDhtSide *side)
{
  save (side, bt_core_now (side->core));
  bt_timer_stop (&side->timer);
  g_clear_pointer (&side->dht, bt_dht_free);
  side->facts = (BtDhtFacts){ .state = BT_DHT_FACTS_OFF };
}

static void
link_sides (BtCoreDht *dht)
{
  for (guint i = 0; i < G_N_ELEMENTS (dht->sides); i++)
    if (dht->sides[i].dht != NULL)
      bt_dht_set_sibling (dht->sides[i].dht, dht->sides[1 - i].dht);
}

static void
unlink_sides (BtCoreDht *dht)
{
  for (guint i = 0; i < G_N_ELEMENTS (dht->sides); i++)
    if (dht->sides[i].dht != NULL)
      bt_dht_set_sibling (dht->sides[i].dht, NULL);
}

static void
tell_torrents (BtCore *core, void (*tell) (BtTorrent *torrent))
{
  for (guint i = 0; i < core->torrents->len; i++)
    tell (g_ptr_array_index (core->torrents, i));
}

void
bt_core_update_dht (BtCore *core)
{
  BtCoreDht *dht = core->dht;
  gboolean opened = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (dht->sides); i++)
    if (dht->sides[i].dht == NULL && core->udp[i] != NULL && core->config->dht)
      {
        open_side (&dht->sides[i]);
        opened = TRUE;
      }
  if (!opened)
    return;
  link_sides (dht);
  bt_core_dht_start_entry (dht);
  bt_timer_start (&dht->look, bt_core_now (core) + LOOK_US);
  tell_torrents (core, bt_torrent_start_dht);
}

void
bt_core_close_dht (BtCore *core)
{
  BtCoreDht *dht = core->dht;

  if (!bt_core_has_dht (core))
    return;
  tell_torrents (core, bt_torrent_stop_dht);
  bt_core_dht_stop_turns (dht);
  bt_core_dht_stop_entry (dht);
  bt_timer_stop (&dht->look);
  unlink_sides (dht);
  for (guint i = 0; i < G_N_ELEMENTS (dht->sides); i++)
    if (dht->sides[i].dht != NULL)
      close_side (&dht->sides[i]);
  core->changed = TRUE;
}

void
bt_core_apply_dht (BtCore *core)
{
  if (!core->config->dht)
    {
      bt_core_close_dht (core);
      bt_core_close_udp (core);
    }
  else if (core->no_network == NULL)
    {
      (void) bt_core_open_udp (core);
      bt_core_update_dht (core);
      if (bt_core_has_dht (core))
        bt_core_dht_start_entry (core->dht);
    }
}

void
bt_core_renew_dht (BtCore *core)
{
  gint64 now = bt_core_now (core);

  for (guint i = 0; i < G_N_ELEMENTS (core->dht->sides); i++)
    {
      BtDhtSide *side = &core->dht->sides[i];

      if (side->dht == NULL)
        continue;
      learn_address (side, now);
      bt_dht_restart (side->dht, now);
      bt_dht_side_schedule (side);
    }
  if (!bt_core_has_dht (core))
    return;
  bt_core_dht_start_entry (core->dht);
  tell_torrents (core, bt_torrent_start_dht);
}

void
bt_core_dht_learn_address (BtCore *core)
{
  gint64 now = bt_core_now (core);

  for (guint i = 0; core->dht != NULL && i < G_N_ELEMENTS (core->dht->sides); i++)
    if (core->dht->sides[i].dht != NULL)
      {
        learn_address (&core->dht->sides[i], now);
        bt_dht_side_schedule (&core->dht->sides[i]);
      }
}

gboolean
bt_core_has_dht (BtCore *core)
{
  return core->dht->sides[0].dht != NULL || core->dht->sides[1].dht != NULL;
}

BtDht *
bt_core_get_dht (BtCore *core, gboolean ipv6)
{
  return core->dht->sides[ipv6 ? 1 : 0].dht;
}

void
bt_core_touch_dht (BtCore *core, gboolean ipv6)
{
  bt_dht_side_schedule (&core->dht->sides[ipv6 ? 1 : 0]);
}

void
bt_core_dht_input (BtCore *core, const BtEndpoint *from, const void *bytes, gsize length)
{
  BtDhtSide *side = &core->dht->sides[bt_endpoint_is_ipv4 (from) ? 0 : 1];

  if (side->dht == NULL)
    return;
  bt_dht_input (side->dht, from, bytes, length, bt_core_now (core));
  bt_dht_side_schedule (side);
}

/* Telling. */

gboolean
bt_core_dht_is_working (BtCoreDht *dht)
{
  for (guint i = 0; i < G_N_ELEMENTS (dht->sides); i++)
    {
      BtDhtStatus status;

      if (dht->sides[i].dht == NULL)
        continue;
      bt_dht_get_status (dht->sides[i].dht, bt_core_now (dht->core), &status);
      if (status.state == BT_DHT_WORKING)
        return TRUE;
    }
  return FALSE;
}

static void
fill_facts (BtDhtSide *side, BtDhtFacts *facts)
{
  static const BtDhtFactsState states[] = {
    [BT_DHT_IDLE] = BT_DHT_FACTS_ALONE,
    [BT_DHT_STARTING] = BT_DHT_FACTS_STARTING,
    [BT_DHT_WORKING] = BT_DHT_FACTS_WORKING,
    [BT_DHT_NO_ANSWER] = BT_DHT_FACTS_NO_ANSWER,
  };
  BtDhtStatus status;

  *facts = (BtDhtFacts){ .state = BT_DHT_FACTS_OFF };
  if (side->dht == NULL)
    return;
  bt_dht_get_status (side->dht, bt_core_now (side->core), &status);
  facts->state = states[status.state];
  facts->n_good = status.n_good;
  facts->n_nodes = status.n_nodes;
  facts->n_searches = status.n_searches;
  facts->n_stored_torrents = status.n_stored_torrents;
  facts->n_stored_peers = status.n_stored_peers;
  facts->id = *bt_dht_id (side->dht);
}

void
bt_core_fill_dht (BtCore *core, BtUpdate *update)
{
  for (guint i = 0; core->dht != NULL && i < G_N_ELEMENTS (update->dht); i++)
    fill_facts (&core->dht->sides[i], &update->dht[i]);
}

gboolean
bt_core_dht_knows_somebody (BtCore *core)
{
  for (guint i = 0; i < G_N_ELEMENTS (core->dht->sides); i++)
    if (core->dht->sides[i].facts.state != BT_DHT_FACTS_OFF && core->dht->sides[i].facts.state != BT_DHT_FACTS_ALONE)
      return TRUE;
  return FALSE;
}

static gboolean
is_news (const BtDhtFacts *a, const BtDhtFacts *b)
{
  return a->state != b->state || a->n_good != b->n_good || a->n_nodes != b->n_nodes
         || a->n_stored_torrents != b->n_stored_torrents || !bt_sha1_equal (&a->id, &b->id);
}

static void
look_at_side (BtDhtSide *side)
{
  BtDhtFacts before = side->facts;

  fill_facts (side, &side->facts);
  /* Torrents say why they wait. */
  if (side->facts.state != before.state)
    tell_torrents (side->core, bt_torrent_dht_changed);
  if (!is_news (&side->facts, &before))
    return;
  side->core->changed = TRUE;
  bt_core_touch (side->core);
}

static void
look (gpointer owner, gint64 now)
{
  BtCoreDht *dht = owner;
  gboolean due = dht->saved_at == 0 || now - dht->saved_at >= SAVE_US;

  for (guint i = 0; i < G_N_ELEMENTS (dht->sides); i++)
    {
      look_at_side (&dht->sides[i]);
      if (due && dht->sides[i].facts.state == BT_DHT_FACTS_WORKING)
        {
          save (&dht->sides[i], now);
          dht->saved_at = now;
        }
    }
  bt_timer_start (&dht->look, now + LOOK_US);
}

/* The whole. */

void
bt_core_init_dht (BtCore *core)
{
  BtCoreDht *dht = g_new0 (BtCoreDht, 1);

  core->dht = dht;
  dht->core = core;
  for (guint i = 0; i < G_N_ELEMENTS (dht->sides); i++)
    {
      dht->sides[i].core = core;
      dht->sides[i].ipv6 = i == 1;
      bt_timer_init (&dht->sides[i].timer, core->timers, tick, &dht->sides[i]);
    }
  bt_timer_init (&dht->look, core->timers, look, dht);
  bt_core_dht_init_entry (dht);
  bt_core_dht_init_turns (dht);
}

void
bt_core_end_dht (BtCore *core)
{
  if (core->dht == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (core->dht->sides); i++)
    bt_dht_memory_clear (&core->dht->sides[i].memory);
  g_ptr_array_unref (core->dht->names);
  g_clear_pointer (&core->dht, g_free);
}
