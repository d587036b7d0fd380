/* bt-peer-id.c: our peer ids, and the names behind those of others (BEP 20).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-peer-id.h"

#include "bt-hash.h"

#define CLIENT_CODE "FR" /* not in the table of BEP 20, nor known from elsewhere */
#define ALPHABET "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* The version stands at 3 … 6 of "-XXvvvv-". */
#define VERSION 3

#define PREFIX 8 /* "-FR0100-" */
#define NAME ((BT_PEER_ID_SIZE - PREFIX) / 2)
/* What is shown of an id that says nothing. */
#define SHOWN_OF_UNKNOWN 8

typedef void (*VersionFunc) (GString *out, const guint8 *id);

const char *
bt_user_agent (void)
{
  return "FriendTorrent/" PACKAGE_VERSION;
}

/* The first PREFIX bytes. */
static void
write_prefix (guint8 out[BT_PEER_ID_SIZE])
{
  g_auto (GStrv) parts = g_strsplit (PACKAGE_VERSION, ".", 4);
  guint n_parts = g_strv_length (parts);
  guint i = 0;

  out[i++] = '-';
  out[i++] = (guint8) CLIENT_CODE[0];
  out[i++] = (guint8) CLIENT_CODE[1];
  for (guint part = 0; part < 4; part++)
    {
      guint64 number = 0;

      if (part < n_parts && !g_ascii_string_to_unsigned (parts[part], 10, 0, 61, &number, NULL))
        number = 0;
      out[i++] = (guint8) ALPHABET[number];
    }
  out[i] = '-';
}

void
bt_peer_id_generate (guint8 out[BT_PEER_ID_SIZE], BtRandom *random)
{
  write_prefix (out);
  for (guint i = PREFIX; i < BT_PEER_ID_SIZE; i++)
    out[i] = (guint8) ALPHABET[bt_random_below (random, sizeof ALPHABET - 1)];
}

/* Behind the prefix stand NAME characters that follow from the secret and the address, and then as many that follow from
 * the secret and those: by them an id of ours is known, whatever address it is for. */

void
bt_peer_id_secret_init (BtPeerIdSecret *secret, BtRandom *random)
{
  for (guint i = 0; i < sizeof secret->bytes; i++)
    secret->bytes[i] = (guint8) bt_random_below (random, 256);
}

/* @purpose: so that one is never taken for the other */
static void
derive (const BtPeerIdSecret *secret, guint8 purpose, const guint8 *from, gsize length, guint8 out[NAME])
{
  guint8 bytes[sizeof secret->bytes + 1 + 16] = { 0 };
  BtSha1 digest;

  g_assert (length <= 16);
  memcpy (bytes, secret->bytes, sizeof secret->bytes);
  bytes[sizeof secret->bytes] = purpose;
  memcpy (bytes + sizeof secret->bytes + 1, from, length);
  digest = bt_sha1 (bytes, sizeof bytes);
  for (guint i = 0; i < NAME; i++)
    out[i] = (guint8) ALPHABET[digest.bytes[i] % (sizeof ALPHABET - 1)];
}

void
bt_peer_id_for (const BtPeerIdSecret *secret, const BtEndpoint *address, guint8 out[BT_PEER_ID_SIZE])
{
  write_prefix (out);
  derive (secret, 0, address->ip, sizeof address->ip, out + PREFIX);
  derive (secret, 1, out + PREFIX, NAME, out + PREFIX + NAME);
}

gboolean
bt_peer_id_is_ours (const BtPeerIdSecret *secret, const guint8 id[BT_PEER_ID_SIZE])
{
  guint8 ours[BT_PEER_ID_SIZE];

  write_prefix (ours);
  memcpy (ours + PREFIX, id + PREFIX, NAME);
  derive (secret, 1, ours + PREFIX, NAME, ours + PREFIX + NAME);
  return memcmp (ours, id, BT_PEER_ID_SIZE) == 0;
}

/* Numbers. */

/* 0-9, A-Z, a-z; -1 for everything else. */
static int
get_digit (guint8 c)
{
  if (g_ascii_isdigit (c))
    return c - '0';
  if (g_ascii_isupper (c))
    return c - 'A' + 10;
  if (g_ascii_islower (c))
    return c - 'a' + 36;
  return -1;
}

static void
append_digit (GString *out, guint8 c)
{
  int digit = get_digit (c);

  if (digit < 0)
    g_string_append_c (out, 'x');
  else
    g_string_append_printf (out, "%d", digit);
}

static void
append_digits (GString *out, const guint8 *digits, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, '.');
      append_digit (out, digits[i]);
    }
}

/* Two decimal digits as one number: "07" is 7. */
static void
append_pair (GString *out, const guint8 *digits)
{
  if (digits[0] != '0')
    append_digit (out, digits[0]);
  append_digit (out, digits[1]);
}

static void
append_mark (GString *out, guint8 mark)
{
  if (mark == 'A')
    g_string_append (out, " (Alpha)");
  else if (mark == 'B')
    g_string_append (out, " (Beta)");
  else if (mark == 'X' || mark == 'Z')
    g_string_append (out, " (Dev)");
}

/* "1-23-4-", numbers of one or two digits. FALSE, and nothing written, if it is not so. */
static gboolean
append_dashed (GString *out, const guint8 *text, gsize length)
{
  gsize before = out->len;
  gsize i = 0;

  for (guint n = 0; n < 3; n++)
    {
      gsize first = i;

      if (n > 0)
        g_string_append_c (out, '.');
      while (i < length && i - first < 2 && g_ascii_isdigit (text[i]))
        g_string_append_c (out, (char) text[i++]);
      if (i == first || i == length || text[i++] != '-')
        {
          g_string_truncate (out, before);
          return FALSE;
        }
    }
  return TRUE;
}

/* Versions in the style of Azureus, each after the habit of its client. */

static void
append_three (GString *out, const guint8 *id)
{
  append_digits (out, id + VERSION, 3);
}

static void
append_four (GString *out, const guint8 *id)
{
  append_digits (out, id + VERSION, 4);
}

static void
append_three_or_four (GString *out, const guint8 *id)
{
  append_digits (out, id + VERSION, id[VERSION + 3] == '0' ? 3 : 4);
}

static void
append_major (GString *out, const guint8 *id)
{
  append_digit (out, id[VERSION]);
  g_string_append (out, ".x");
}

static void
append_bitcomet (GString *out, const guint8 *id)
{
  append_pair (out, id + VERSION);
  g_string_append_c (out, '.');
  append_digit (out, id[VERSION + 2]);
  append_digit (out, id[VERSION + 3]);
}

static void
append_bitlord (GString *out, const guint8 *id)
{
  append_three (out, id);
  g_string_append_c (out, '-');
  for (guint i = VERSION + 3; i < VERSION + 6; i++)
    append_digit (out, id[i]);
}

static void
append_ktorrent (GString *out, const guint8 *id)
{
  append_digits (out, id + VERSION, 2);
  if (id[VERSION + 2] == 'D')
    g_string_append (out, " Dev ");
  else if (id[VERSION + 2] == 'R')
    g_string_append (out, " RC ");
  else
    {
      g_string_append_c (out, '.');
      append_digit (out, id[VERSION + 2]);
      return;
    }
  append_digit (out, id[VERSION + 3]);
}

static void
append_mldonkey (GString *out, const guint8 *id)
{
  for (guint i = VERSION; i < BT_PEER_ID_SIZE && (g_ascii_isdigit (id[i]) || id[i] == '.'); i++)
    g_string_append_c (out, (char) id[i]);
}

static void
append_picotorrent (GString *out, const guint8 *id)
{
  append_digit (out, id[VERSION]);
  g_string_append_c (out, '.');
  append_digit (out, id[VERSION + 1]);
  append_digit (out, id[VERSION + 2]);
  g_string_append_c (out, '.');
  append_digit (out, id[VERSION + 3]);
}

/* 0.6 and 0.72 stood in the last digits, 1.11 in the first three; since 4.0.0 three numbers. */
static void
append_transmission (GString *out, const guint8 *id)
{
  const guint8 *version = id + VERSION;

  if (version[0] == '0' && version[1] == '0')
    {
      g_string_append (out, "0.");
      append_pair (out, version + 2);
      return;
    }
  if (version[0] >= '0' && version[0] < '4')
    {
      append_digit (out, version[0]);
      g_string_append_c (out, '.');
      append_digit (out, version[1]);
      append_digit (out, version[2]);
    }
  else
    append_three (out, id);
  append_mark (out, version[3]);
}

/* Letters go on from 9 in lower case too; a longer last number moves the mark by one. */
static void
append_utorrent (GString *out, const guint8 *id)
{
  guint8 version[3];

  for (guint i = 0; i < G_N_ELEMENTS (version); i++)
    version[i] = (guint8) g_ascii_toupper ((char) id[VERSION + i]);

  if (id[VERSION + 4] == '-')
    {
      append_digits (out, version, 3);
      append_mark (out, id[VERSION + 3]);
      return;
    }
  append_digits (out, version, 2);
  g_string_append_c (out, '.');
  append_pair (out, id + VERSION + 2);
  append_mark (out, id[VERSION + 4]);
}

static void
append_xfplay (GString *out, const guint8 *id)
{
  append_three (out, id);
  if (id[VERSION + 3] != '0')
    append_digit (out, id[VERSION + 3]);
}

/* It was renamed with version 3. */
static void
append_azureus (GString *out, const guint8 *id)
{
  g_string_assign (out, get_digit (id[VERSION]) < 3 ? "Azureus " : "Azureus / Vuze ");
  append_three_or_four (out, id);
}

static const struct
{
  char code[3];
  const char *name;
  VersionFunc append_version; /* (nullable): the id has none */
} azureus_style[] = {
  { "7T", "aTorrent", append_three },
  { "AD", "Advanced Download Manager", append_three },
  { "AG", "Ares", append_four },
  { "AR", "Arctic Torrent", append_four },
  { "AT", "Artemis", append_four },
  { "AV", "Avicora", append_four },
  { "AX", "BitPump", append_four },
  { "AZ", "Azureus / Vuze", append_azureus },
  { "A~", "Ares", append_three },
  { "BB", "BitBuddy", append_four },
  { "BC", "BitComet", append_bitcomet },
  { "BE", "BitTorrent SDK", append_four },
  { "BF", "BitFlu", append_four },
  { "BG", "BTGetit", append_four },
  { "BI", "BiglyBT", append_four },
  { "BL", "BitLord", append_bitlord },
  { "BN", "Baidu Netdisk", NULL },
  { "BO", "Bits on Wheels", NULL },
  { "BP", "BitTorrent Pro", append_four },
  { "BR", "BitRocket", append_four },
  { "BS", "BTSlave", append_four },
  { "BT", "BitTorrent", append_utorrent },
  { "BW", "BitTorrent Web", append_utorrent },
  { "BX", "BittorrentX", append_four },
  { "CD", "Enhanced CTorrent", append_four },
  { "CT", "CTorrent", append_four },
  { "DE", "Deluge", append_three },
  { "DP", "Propagate Data Client", append_four },
  { "EB", "EBit", append_four },
  { "ES", "Electric Sheep", append_three },
  { "FC", "FileCroc", append_four },
  { "FD", "Free Download Manager", append_three },
  { "FG", "FlashGet", append_bitcomet },
  { "FL", "Folx", append_major },
  { "FR", "FriendTorrent", append_three_or_four },
  { "FT", "FoxTorrent/RedSwoosh", append_four },
  { "FW", "FrostWire", append_three },
  { "FX", "Freebox", append_four },
  { "G3", "G3 Torrent", NULL },
  { "GS", "GSTorrent", append_four },
  { "GT", "anacrolix/torrent", append_three_or_four },
  { "HK", "Hekate", append_four },
  { "HL", "Halite", append_three },
  { "HN", "Hydranode", append_four },
  { "KG", "KGet", append_four },
  { "KT", "KTorrent", append_ktorrent },
  { "LC", "LeechCraft", append_four },
  { "LH", "LH-ABC", append_four },
  { "LP", "Lphant", append_bitcomet },
  { "LT", "libtorrent (Rasterbar)", append_three },
  { "LW", "LimeWire", NULL },
  { "Lr", "LibreTorrent", append_three },
  { "MG", "MediaGet", append_three_or_four },
  { "MK", "Meerkat", append_four },
  { "ML", "MLDonkey", append_mldonkey },
  { "MO", "MonoTorrent", append_four },
  { "MP", "MooPolice", append_three },
  { "MR", "Miro", append_four },
  { "MT", "Moonlight", append_four },
  { "NE", "BT Next Evolution", append_four },
  { "NX", "Net Transport", append_four },
  { "OS", "OneSwarm", append_four },
  { "OT", "OmegaTorrent", append_four },
  { "PD", "Pando", append_four },
  { "PI", "PicoTorrent", append_picotorrent },
  { "QD", "QQDownload", append_four },
  { "QT", "QT 4 Torrent example", append_four },
  { "RN", "rain", append_three_or_four },
  { "RS", "Rufus", append_four },
  { "RT", "Retriever", append_four },
  { "RZ", "RezTorrent", append_four },
  { "SB", "~Swiftbit", append_four },
  { "SD", "Thunder", append_four },
  { "SM", "SoMud", append_four },
  { "SP", "BitSpirit", append_three },
  { "SS", "SwarmScope", append_four },
  { "ST", "SymTorrent", append_four },
  { "SZ", "Shareaza", append_four },
  { "S~", "Shareaza", append_four },
  { "TB", "Torch Browser", NULL },
  { "TN", "Torrent .NET", append_four },
  { "TR", "Transmission", append_transmission },
  { "TS", "TorrentStorm", append_four },
  { "TT", "TuoTu", append_three },
  { "UE", "\xc2\xb5Torrent Embedded", append_utorrent },
  { "UL", "uLeecher!", append_four },
  { "UM", "\xc2\xb5Torrent Mac", append_utorrent },
  { "UT", "\xc2\xb5Torrent", append_utorrent },
  { "UW", "\xc2\xb5Torrent Web", append_utorrent },
  { "VG", "Vagaa", append_four },
  { "WS", "HTTP Seed", NULL },
  { "WT", "BitLet", append_four },
  { "WW", "WebTorrent", append_four },
  { "WY", "FireTorrent", append_four },
  { "XC", "Xtorrent", append_four },
  { "XF", "Xfplay", append_xfplay },
  { "XL", "Xunlei", append_four },
  { "XS", "XSwifter", append_four },
  { "XT", "XanTorrent", append_four },
  { "XX", "Xtorrent", append_four },
  { "ZO", "Zona", append_four },
  { "ZT", "Zip Torrent", append_three },
  { "bk", "BitKitten (libtorrent)", append_four },
  { "lt", "libTorrent (Rakshasa)", append_three_or_four },
  { "pb", "pbTorrent", append_three },
  { "qB", "qBittorrent", append_three },
  { "rQ", "rqbit", append_three_or_four },
  { "st", "SharkTorrent", append_four },
};

static gboolean
is_azureus_style (const guint8 *id)
{
  for (guint i = 1; i < VERSION + 4; i++)
    if (!g_ascii_isalnum (id[i]))
      return FALSE;
  return id[0] == '-' && id[VERSION + 4] == '-';
}

static gboolean
name_azureus_style (GString *out, const guint8 *id)
{
  if (id[0] != '-')
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (azureus_style); i++)
    if (memcmp (id + 1, azureus_style[i].code, 2) == 0)
      {
        g_string_append (out, azureus_style[i].name);
        if (azureus_style[i].append_version == NULL)
          return TRUE;
        g_string_append_c (out, ' ');
        azureus_style[i].append_version (out, id);
        return TRUE;
      }

  if (!is_azureus_style (id))
    return FALSE;
  g_string_append_printf (out, "%c%c ", id[1], id[2]);
  append_three_or_four (out, id);
  return TRUE;
}

/* Shadow: a letter, up to five version characters, padding: "S58B-----". */
static gboolean
name_shadow_style (GString *out, const guint8 *id)
{
  static const struct
  {
    guint8 letter;
    const char *name;
  } letters[] = {
    { 'A', "ABC" },    { 'O', "Osprey" },     { 'Q', "BTQueue" },  { 'R', "Tribler" },
    { 'S', "Shad0w" }, { 'T', "BitTornado" }, { 'U', "UPnP NAT" },
  };
  guint n = 0;

  while (n < 5 && get_digit (id[1 + n]) >= 0)
    n++;
  if (n == 0 || id[1 + n] != '-' || id[2 + n] != '-')
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (letters); i++)
    if (id[0] == letters[i].letter)
      {
        g_string_append_printf (out, "%s ", letters[i].name);
        append_digits (out, id + 1, n);
        return TRUE;
      }
  return FALSE;
}

static gboolean
name_mainline_style (GString *out, const guint8 *id)
{
  static const struct
  {
    const char *prefix;
    const char *name;
  } prefixes[] = {
    { "A2-", "aria2 " },
    { "M", "Mainline " },
    { "Q", "Queen Bee " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      gsize length = strlen (prefixes[i].prefix);

      if (memcmp (id, prefixes[i].prefix, length) != 0)
        continue;
      g_string_append (out, prefixes[i].name);
      if (append_dashed (out, id + length, BT_PEER_ID_SIZE - length))
        return TRUE;
      g_string_truncate (out, 0);
    }
  return FALSE;
}

static void
append_bitcomet_old (GString *out, const guint8 *id)
{
  if (memcmp (id + 6, "LORD", 4) == 0)
    g_string_assign (out, "BitLord ");
  g_string_append_printf (out, "%u.%02u", id[4], id[5]);
}

static void
append_opera (GString *out, const guint8 *id)
{
  for (guint i = 2; i < 6; i++)
    append_digit (out, id[i]);
}

static void
append_tixati (GString *out, const guint8 *id)
{
  append_pair (out, id + VERSION);
  g_string_append_c (out, '.');
  append_digit (out, id[VERSION + 2]);
  append_digit (out, id[VERSION + 3]);
}

/* Those with a style of their own. */
static gboolean
name_by_prefix (GString *out, const guint8 *id)
{
  static const struct
  {
    const char *prefix;
    gsize length;
    const char *name;
    VersionFunc append_version; /* (nullable) */
  } prefixes[] = {
    { "\0\0\0\0\0\0\0\0\0\0\0\0", 12, "Generic", NULL },
    { "346-", 4, "TorrentTopia", NULL },
    { "AZ2500BT", 8, "BitTyrant", NULL },
    { "BLZ", 3, "Blizzard Downloader", NULL },
    { "FD6", 3, "Free Download Manager 6", NULL },
    { "OP", 2, "Opera ", append_opera },
    { "Plus", 4, "Plus!", NULL },
    { "TIX", 3, "Tixati ", append_tixati },
    { "XBT", 3, "XBT Client ", append_three },
    { "btpd/", 5, "BT Protocol Daemon", NULL },
    { "exbc", 4, "BitComet ", append_bitcomet_old },
    { "turbobt", 7, "TurboBT", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (memcmp (id, prefixes[i].prefix, prefixes[i].length) == 0)
      {
        g_string_append (out, prefixes[i].name);
        if (prefixes[i].append_version != NULL)
          prefixes[i].append_version (out, id);
        return TRUE;
      }
  return FALSE;
}

static void
append_escaped (GString *out, const guint8 *id)
{
  for (guint i = 0; i < SHOWN_OF_UNKNOWN; i++)
    if (g_ascii_isprint (id[i]))
      g_string_append_c (out, (char) id[i]);
    else
      g_string_append_printf (out, "%%%02X", id[i]);
}

char *
bt_peer_id_client_name (const guint8 id[BT_PEER_ID_SIZE])
{
  GString *out = g_string_new (NULL);

  if (!name_azureus_style (out, id) && !name_by_prefix (out, id) && !name_mainline_style (out, id)
      && !name_shadow_style (out, id))
    append_escaped (out, id);
  return g_string_free (out, FALSE);
}
