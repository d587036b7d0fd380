/* bt-soap.c: what is asked of a UPnP device over HTTP, and waited for: its description, and actions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-soap.h"

#include "bt-limits.h"
#include "bt-upnp-xml.h"

#define LEAST_CODE 400
#define MOST_CODE 999

typedef struct
{
  gboolean done;
  guint status;
  GBytes *body; /* (nullable) */
} Answer;

static void
answered_cb (guint status, GBytes *body, const GError *error, gpointer owner)
{
  Answer *answer = owner;

  if (error != NULL)
    g_debug ("UPnP: %s", error->message);
  answer->done = TRUE;
  answer->status = status;
  answer->body = body != NULL ? g_bytes_ref (body) : NULL;
}

/* Returns: (transfer full) (nullable): whatever the status */
static GBytes *
ask (const BtSoap *soap, const char *action, GBytes *envelope, guint *status)
{
  BtFetchRequest request = {
    .url = soap->url,
    .purpose = BT_FETCH_ROUTER,
    .max_bytes = BT_LIMIT_ROUTER_ANSWER,
    .timeout_s = soap->timeout_s,
    .soap_action = action,
    .soap_envelope = envelope,
  };
  Answer answer = { 0 };

  *status = 0;
  if (soap->timeout_s == 0)
    return NULL;
  soap->world->ops->fetch (soap->world, &request, answered_cb, &answer);
  while (!answer.done)
    g_main_context_iteration (soap->context, TRUE);
  *status = answer.status;
  return answer.body;
}

static gboolean
is_success (guint status)
{
  return status >= 200 && status < 300;
}

GBytes *
bt_soap_get (const BtSoap *soap)
{
  guint status;
  g_autoptr (GBytes) body = ask (soap, NULL, NULL, &status);

  return is_success (status) ? g_steal_pointer (&body) : NULL;
}

static GBytes *
write_envelope (const BtSoap *soap, const char *action, const char *const *arguments)
{
  GString *out = g_string_new ("<?xml version=\"1.0\"?>\r\n"
                               "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
                               "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body>");

  g_string_append_printf (out, "<u:%s xmlns:u=\"%s\">", action, soap->service);
  for (; arguments != NULL && arguments[0] != NULL; arguments += 2)
    g_string_append_printf (out, "<%s>%s</%s>", arguments[0], arguments[1], arguments[0]);
  g_string_append_printf (out, "</u:%s></s:Body></s:Envelope>\r\n", action);
  return g_string_free_to_bytes (out);
}

/* A fault has its code; some routers send it with a status that says nothing of it. */
static int
judge (guint status, const char *code)
{
  guint64 number;

  if (code == NULL)
    return is_success (status) ? BT_SOAP_DONE : BT_SOAP_NO_ANSWER;
  return g_ascii_string_to_unsigned (code, 10, LEAST_CODE, MOST_CODE, &number, NULL) ? (int) number
                                                                                     : BT_SOAP_NO_ANSWER;
}

int
bt_soap_read (guint status, GBytes *body, const char *wanted, char value[BT_SOAP_VALUE_SIZE])
{
  gsize length;
  const char *xml = g_bytes_get_data (body, &length);
  g_autofree char *code = bt_upnp_read_value (xml, length, "errorCode");
  g_autofree char *found = wanted != NULL ? bt_upnp_read_value (xml, length, wanted) : NULL;

  if (wanted != NULL)
    g_strlcpy (value, found != NULL ? found : "", BT_SOAP_VALUE_SIZE);
  return judge (status, code);
}

int
bt_soap_call (const BtSoap *soap,
              const char *action,
              const char *const *arguments,
              const char *wanted,
              char value[BT_SOAP_VALUE_SIZE])
{
  g_autoptr (GBytes) envelope = write_envelope (soap, action, arguments);
  g_autofree char *header = g_strdup_printf ("\"%s#%s\"", soap->service, action);
  guint status;
  g_autoptr (GBytes) body = ask (soap, header, envelope, &status);

  if (wanted != NULL)
    *value = '\0';
  return body != NULL ? bt_soap_read (status, body, wanted, value) : BT_SOAP_NO_ANSWER;
}
