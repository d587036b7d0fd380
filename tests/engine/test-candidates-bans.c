/* test-candidates-bans.c: whom to shut out, and whom not to call at all.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-candidates-fixture.h"

static void
test_ban (void)
{
  g_auto (Fixture) f = { 0 };
  BtEndpoint bad = parse ("20.0.1.7:1234"), again = parse ("20.0.1.7:4321");
  BtEndpoint next = parse ("20.0.1.8:1234");
  g_autoptr (GPtrArray) list = NULL;

  fixture_init (&f, 1);
  add (&f, 1, BT_SOURCE_TRACKER); /* 20.0.1.7:6881 */
  add (&f, 2, BT_SOURCE_TRACKER);
  g_assert_cmpuint (bt_candidates_n_idle (f.all), ==, 2);
  bt_candidates_ban (f.all, &bad);
  g_assert_cmpuint (bt_candidates_n_idle (f.all), ==, 1);
  g_assert_true (find (&f, 1)->banned);
  g_assert_true (best (&f) == find (&f, 2));
  g_assert_true (bt_candidates_is_banned (f.all, &again));
  g_assert_false (bt_candidates_is_banned (f.all, &next));
  g_assert_null (bt_candidates_add (f.all, &again, BT_SOURCE_INCOMING, f.now));
  g_assert_null (add (&f, 1, BT_SOURCE_TRACKER));
  bt_candidates_forgive (f.all, f.now);
  g_assert_true (best (&f) == find (&f, 2));

  bt_candidates_ban (f.all, &again);
  list = bt_candidates_banned_ips (f.all);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (list, 0), ==, "20.0.1.7");
}

/* Lifted again, and a network with its last liar but two. */
static void
test_unban (void)
{
  g_auto (Fixture) f = { 0 };
  BtEndpoint all_ports = parse ("127.0.0.1:1"), near = parse ("127.0.0.1:7777"), own = parse ("20.0.2.7:6881");
  g_autoptr (GPtrArray) list = NULL;

  fixture_init (&f, 1);
  add (&f, 1, BT_SOURCE_TRACKER); /* 20.0.1.7:6881 */
  add (&f, 2, BT_SOURCE_TRACKER);
  bt_candidates_add_self (f.all, &own);
  g_assert_false (bt_candidates_unban (f.all, &near));
  for (guint i = 7; i < 10; i++)
    {
      g_autofree char *ip = g_strdup_printf ("20.0.1.%u", i);

      bt_candidates_ban_ip (f.all, ip);
    }
  bt_candidates_ban (f.all, &own);
  g_assert_cmpuint (bt_candidates_n_idle (f.all), ==, 0);
  g_assert_true (bt_candidates_unban (f.all, &own));
  g_assert_true (find (&f, 1)->banned);
  g_assert_true (find (&f, 2)->banned); /* it is us */
  g_assert_true (bt_candidates_unban (f.all, &find (&f, 1)->endpoint));
  g_assert_false (find (&f, 1)->banned);

  all_ports.port = 0;
  bt_candidates_ban (f.all, &all_ports);
  g_assert_true (bt_candidates_is_banned (f.all, &near));
  g_assert_true (bt_candidates_unban (f.all, &near));
  g_assert_false (bt_candidates_is_banned (f.all, &near));
  list = bt_candidates_banned_ips (f.all);
  g_assert_cmpuint (list->len, ==, 2);
}

/* The list goes into the resume data and back; nonsense in it is passed over. */
static void
test_ban_list (void)
{
  static const char *const ips[] = { "20.0.0.1", "2a00:db8::5", "20.0.3.1" };
  g_auto (Fixture) f = { 0 };
  g_autoptr (GPtrArray) list = NULL;
  BtEndpoint six = parse ("[2a00:db8::5]:99");

  fixture_init (&f, 1);
  for (guint i = 0; i < G_N_ELEMENTS (ips); i++)
    bt_candidates_ban_ip (f.all, ips[i]);
  bt_candidates_ban_ip (f.all, "");
  bt_candidates_ban_ip (f.all, "example.org");
  bt_candidates_ban_ip (f.all, "1.2.3.4.5");
  g_assert_true (bt_candidates_is_banned (f.all, &six));
  list = bt_candidates_banned_ips (f.all);
  g_assert_cmpuint (list->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (g_ptr_array_index (list, i), ==, ips[i]);
}

/* Three liars of one network, and it is out. */
static void
test_ban_network (void)
{
  static const struct
  {
    const char *liars[3], *neighbour, *stranger;
  } cases[] = {
    { { "20.1.2.3:1", "20.1.2.4:1", "20.1.2.250:1" }, "20.1.2.77:6881", "20.1.3.3:1" },
    { { "[2a00:db8::1]:1", "[2a00:db8::2]:1", "[2a00:db8::ff00:3]:1" }, "[2a00:db8::4]:6881",
      "[2a00:db8:0:1::1]:1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Fixture) f = { 0 };
      BtEndpoint neighbour = parse (cases[i].neighbour), stranger = parse (cases[i].stranger);

      fixture_init (&f, 1);
      bt_candidates_add (f.all, &neighbour, BT_SOURCE_PEX, f.now);
      for (guint k = 0; k < 3; k++)
        {
          BtEndpoint liar = parse (cases[i].liars[k]);

          g_assert_false (bt_candidates_is_banned (f.all, &neighbour));
          bt_candidates_ban (f.all, &liar);
          liar.port++; /* the same once more counts once */
          bt_candidates_ban (f.all, &liar);
        }
      g_assert_true (bt_candidates_is_banned (f.all, &neighbour));
      g_assert_true (bt_candidates_find (f.all, &neighbour)->banned);
      g_assert_false (bt_candidates_is_banned (f.all, &stranger));
    }
}

/* Near us an address is many: only that port, and never the network. */
static void
test_ban_local (void)
{
  static const char *const liars[] = { "127.0.0.1:1001", "127.0.0.1:1002", "127.0.0.2:1",
                                       "127.0.0.3:1", "192.168.1.5:1", "192.168.1.6:1",
                                       "192.168.1.7:1" };
  static const char *const others[] = { "127.0.0.1:1003", "127.0.0.9:1", "192.168.1.5:2",
                                        "192.168.1.1:1" };
  g_auto (Fixture) f = { 0 };
  g_autoptr (GPtrArray) list = NULL;

  fixture_init (&f, 1);
  for (guint i = 0; i < G_N_ELEMENTS (liars); i++)
    {
      BtEndpoint liar = parse (liars[i]);

      bt_candidates_ban (f.all, &liar);
      g_assert_true (bt_candidates_is_banned (f.all, &liar));
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      BtEndpoint other = parse (others[i]);

      g_assert_false (bt_candidates_is_banned (f.all, &other));
    }
  list = bt_candidates_banned_ips (f.all);
  g_assert_cmpuint (list->len, ==, 0);
  /* Unless somebody said so by hand. */
  {
    BtEndpoint other = parse ("192.168.1.5:2");

    bt_candidates_ban_ip (f.all, "192.168.1.5");
    g_assert_true (bt_candidates_is_banned (f.all, &other));
  }
}

/* Strangers cannot make it grow without end; the newest bans count. */
static void
test_ban_cap (void)
{
  g_auto (Fixture) f = { 0 };
  g_autoptr (GPtrArray) list = NULL;
  BtEndpoint first = peer (0), last = peer (4999);

  fixture_init (&f, 1);
  for (guint i = 0; i < 5000; i++)
    {
      BtEndpoint endpoint = peer (i);

      bt_candidates_ban (f.all, &endpoint);
    }
  list = bt_candidates_banned_ips (f.all);
  g_assert_cmpuint (list->len, ==, 4096);
  g_assert_false (bt_candidates_is_banned (f.all, &first));
  g_assert_true (bt_candidates_is_banned (f.all, &last));
  /* Those that went do not count against their network any more. */
  for (guint i = 1; i <= 2; i++)
    {
      BtEndpoint neighbour = peer (0);

      neighbour.ip[15] = (guint8) (100 + i);
      bt_candidates_ban (f.all, &neighbour);
    }
  g_assert_false (bt_candidates_is_banned (f.all, &first));
}

/* Who answers below 1,024 is some service that strangers want us to call; a tracker is told by the peers themselves. */
static void
test_low_ports (void)
{
  static const BtSource sources[] = { BT_SOURCE_PEX, BT_SOURCE_DHT, BT_SOURCE_TRACKER };
  g_auto (Fixture) f = { 0 };

  fixture_init (&f, 1);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      BtEndpoint mail = peer (10 * i + 1), last = peer (10 * i + 2), first = peer (10 * i + 3);

      mail.port = 25;
      last.port = 1023;
      first.port = 1024;
      g_assert_cmpint (bt_candidates_add (f.all, &mail, sources[i], f.now) != NULL, ==, i == 2);
      g_assert_cmpint (bt_candidates_add (f.all, &last, sources[i], f.now) != NULL, ==, i == 2);
      g_assert_nonnull (bt_candidates_add (f.all, &first, sources[i], f.now));
    }
}

static void
test_self (void)
{
  g_auto (Fixture) f = { 0 };
  BtCandidate *candidate;
  BtEndpoint own = peer (1), other_port = peer (1);

  fixture_init (&f, 1);
  candidate = add (&f, 1, BT_SOURCE_TRACKER);
  bt_candidates_trying (f.all, candidate, f.now);
  bt_candidates_add_self (f.all, &own);
  g_assert_true (find (&f, 1) == candidate); /* still connected */
  bt_candidates_ended (f.all, candidate, BT_CLOSE_SELF, 0, f.now);
  f.now += 100000 * SECOND;
  bt_candidates_forgive (f.all, f.now);
  g_assert_null (best (&f));
  g_assert_null (add (&f, 1, BT_SOURCE_PEX));
  /* Another port of our address is somebody else. */
  other_port.port = 7000;
  g_assert_nonnull (bt_candidates_add (f.all, &other_port, BT_SOURCE_PEX, f.now));
  for (guint i = 0; i < 1000; i++)
    {
      BtEndpoint endpoint = peer (100 + i);

      bt_candidates_add_self (f.all, &endpoint);
    }
  g_assert_null (add (&f, 1099, BT_SOURCE_PEX));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/candidates/ban", test_ban);
  g_test_add_func ("/engine/candidates/unban", test_unban);
  g_test_add_func ("/engine/candidates/ban-list", test_ban_list);
  g_test_add_func ("/engine/candidates/ban-network", test_ban_network);
  g_test_add_func ("/engine/candidates/ban-local", test_ban_local);
  g_test_add_func ("/engine/candidates/ban-cap", test_ban_cap);
  g_test_add_func ("/engine/candidates/low-ports", test_low_ports);
  g_test_add_func ("/engine/candidates/self", test_self);
  return g_test_run ();
}
