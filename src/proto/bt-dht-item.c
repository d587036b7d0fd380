/* bt-dht-item.c: items that the DHT keeps for others: where they are kept, and whose they are.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-item.h"

#include "bt-limits.h"
#include "bt-writer.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

/* The head of a private key of Ed25519 as PKCS #8 (RFC 8410); the seed follows. It is the one form
 * of which GnuTLS computes the public key by itself. */
static const guint8 pkcs8_head[] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                     0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20 };

static void
free_public_key (gnutls_pubkey_t *key)
{
  if (*key != NULL)
    gnutls_pubkey_deinit (*key);
}

static void
free_private_key (gnutls_privkey_t *key)
{
  if (*key != NULL)
    gnutls_privkey_deinit (*key);
}

typedef gnutls_pubkey_t PublicKey;
typedef gnutls_privkey_t PrivateKey;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PublicKey, free_public_key)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PrivateKey, free_private_key)

static gnutls_datum_t
make_datum (const void *data, gsize length)
{
  return (gnutls_datum_t){ (unsigned char *) (gpointer) data, (unsigned int) length };
}

BtSha1
bt_dht_item_target (const BtKrpcItem *item)
{
  guint8 bytes[BT_KRPC_KEY_SIZE + BT_LIMIT_DHT_SALT];
  BtWriter writer = bt_writer (bytes, sizeof bytes);

  if (item->key == NULL)
    return bt_sha1 (item->value.data, item->value.length);
  bt_writer_bytes (&writer, item->key, BT_KRPC_KEY_SIZE);
  bt_writer_bytes (&writer, item->salt.data, MIN (item->salt.length, BT_LIMIT_DHT_SALT));
  return bt_sha1 (bytes, writer.used);
}

static void G_GNUC_PRINTF (2, 3)
write_text (BtWriter *writer, const char *format, ...)
{
  char text[64];
  va_list arguments;
  int length;

  va_start (arguments, format);
  length = g_vsnprintf (text, sizeof text, format, arguments);
  va_end (arguments);
  g_assert (length > 0 && (gsize) length < sizeof text);
  bt_writer_bytes (writer, text, (gsize) length);
}

gsize
bt_dht_item_format_signed (const BtKrpcItem *item, guint8 out[BT_DHT_ITEM_MAX_SIGNED])
{
  BtWriter writer = bt_writer (out, BT_DHT_ITEM_MAX_SIGNED);

  if (item->salt.length > BT_LIMIT_DHT_SALT || item->value.length > BT_LIMIT_DHT_ITEM_BYTES)
    return 0;
  if (item->salt.length > 0)
    {
      write_text (&writer, "4:salt%" G_GSIZE_FORMAT ":", item->salt.length);
      bt_writer_bytes (&writer, item->salt.data, item->salt.length);
    }
  write_text (&writer, "3:seqi%" G_GINT64_FORMAT "e1:v", item->sequence);
  bt_writer_bytes (&writer, item->value.data, item->value.length);
  return writer.used;
}

gboolean
bt_dht_item_verify (const BtKrpcItem *item)
{
  guint8 bytes[BT_DHT_ITEM_MAX_SIGNED];
  gsize length;
  gnutls_datum_t point, message, signature;
  g_auto (PublicKey) key = NULL;

  if (item->key == NULL)
    return TRUE;
  length = bt_dht_item_format_signed (item, bytes);
  if (length == 0 || item->signature == NULL || gnutls_pubkey_init (&key) < 0)
    return FALSE;
  point = make_datum (item->key, BT_KRPC_KEY_SIZE);
  message = make_datum (bytes, length);
  signature = make_datum (item->signature, BT_KRPC_SIGNATURE_SIZE);
  return gnutls_pubkey_import_ecc_raw (key, GNUTLS_ECC_CURVE_ED25519, &point, NULL) >= 0
         && gnutls_pubkey_verify_data2 (key, GNUTLS_SIGN_EDDSA_ED25519, 0, &message, &signature)
              >= 0;
}

static gboolean
import_seed (const guint8 seed[BT_DHT_SEED_SIZE], PrivateKey *key)
{
  guint8 bytes[sizeof pkcs8_head + BT_DHT_SEED_SIZE];
  BtWriter writer = bt_writer (bytes, sizeof bytes);
  gnutls_datum_t datum = make_datum (bytes, sizeof bytes);
  int result;

  bt_writer_bytes (&writer, pkcs8_head, sizeof pkcs8_head);
  bt_writer_bytes (&writer, seed, BT_DHT_SEED_SIZE);
  result = gnutls_privkey_init (key);
  if (result >= 0)
    result = gnutls_privkey_import_x509_raw (*key, &datum, GNUTLS_X509_FMT_DER, NULL, 0);
  gnutls_memset (bytes, 0, sizeof bytes);
  return result >= 0;
}

gboolean
bt_dht_item_make_key (const guint8 seed[BT_DHT_SEED_SIZE], guint8 key[BT_KRPC_KEY_SIZE])
{
  g_auto (PrivateKey) private_key = NULL;
  gnutls_ecc_curve_t curve;
  gnutls_datum_t point;
  gboolean fits;

  if (!import_seed (seed, &private_key)
      || gnutls_privkey_export_ecc_raw2 (private_key, &curve, &point, NULL, NULL, 0) < 0)
    return FALSE;
  fits = point.size == BT_KRPC_KEY_SIZE;
  if (fits)
    memcpy (key, point.data, BT_KRPC_KEY_SIZE);
  gnutls_free (point.data);
  return fits;
}

gboolean
bt_dht_item_sign (const BtKrpcItem *item,
                  const guint8 seed[BT_DHT_SEED_SIZE],
                  guint8 signature[BT_KRPC_SIGNATURE_SIZE])
{
  guint8 bytes[BT_DHT_ITEM_MAX_SIGNED];
  gsize length = bt_dht_item_format_signed (item, bytes);
  g_auto (PrivateKey) key = NULL;
  gnutls_datum_t message = make_datum (bytes, length);
  gnutls_datum_t made;
  gboolean fits;

  if (length == 0 || !import_seed (seed, &key)
      || gnutls_privkey_sign_data2 (key, GNUTLS_SIGN_EDDSA_ED25519, 0, &message, &made) < 0)
    return FALSE;
  fits = made.size == BT_KRPC_SIGNATURE_SIZE;
  if (fits)
    memcpy (signature, made.data, BT_KRPC_SIGNATURE_SIZE);
  gnutls_free (made.data);
  return fits;
}
