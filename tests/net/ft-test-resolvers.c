/* ft-test-resolvers.c: names and proxies as a test wants them, in place of the system's.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-test-resolvers.h"

/* GIO knows both as objects of the process, so what a test sets is that of the process, too. */
static char *proxy_uri;

#define FT_TYPE_TEST_RESOLVER (ft_test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (FtTestResolver, ft_test_resolver, FT, TEST_RESOLVER, GResolver)

struct _FtTestResolver
{
  GResolver parent_instance;
};

G_DEFINE_FINAL_TYPE (FtTestResolver, ft_test_resolver, G_TYPE_RESOLVER)

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

static void
ft_test_resolver_lookup_async (GResolver *resolver,
                               const char *name,
                               GResolverNameLookupFlags flags,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, data);

  if (g_str_has_suffix (name, ".loop.test") && !(flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY))
    g_task_return_pointer (task,
                           g_list_append (NULL, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4)),
                           free_addresses);
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no %s", name);
}

static GList *
ft_test_resolver_lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
ft_test_resolver_class_init (FtTestResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name_with_flags_async = ft_test_resolver_lookup_async;
  resolver_class->lookup_by_name_with_flags_finish = ft_test_resolver_lookup_finish;
}

static void
ft_test_resolver_init (FtTestResolver *resolver)
{
}

void
ft_test_resolver_install (void)
{
  g_autoptr (GResolver) resolver = g_object_new (FT_TYPE_TEST_RESOLVER, NULL);

  g_resolver_set_default (resolver);
}

#define FT_TYPE_TEST_PROXIES (ft_test_proxies_get_type ())
G_DECLARE_FINAL_TYPE (FtTestProxies, ft_test_proxies, FT, TEST_PROXIES, GObject)

struct _FtTestProxies
{
  GObject parent_instance;
};

static gboolean
ft_test_proxies_is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static char **
ft_test_proxies_lookup (GProxyResolver *resolver,
                        const char *uri,
                        GCancellable *cancellable,
                        GError **error)
{
  const char *const proxies[] = { proxy_uri, NULL };

  return g_strdupv ((char **) proxies);
}

static void
ft_test_proxies_lookup_async (GProxyResolver *resolver,
                              const char *uri,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, data);

  g_task_return_pointer (task, ft_test_proxies_lookup (resolver, uri, NULL, NULL),
                         (GDestroyNotify) g_strfreev);
}

static char **
ft_test_proxies_lookup_finish (GProxyResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
ft_test_proxies_iface_init (GProxyResolverInterface *iface)
{
  iface->is_supported = ft_test_proxies_is_supported;
  iface->lookup = ft_test_proxies_lookup;
  iface->lookup_async = ft_test_proxies_lookup_async;
  iface->lookup_finish = ft_test_proxies_lookup_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FtTestProxies,
                               ft_test_proxies,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER,
                                                      ft_test_proxies_iface_init))

static void
ft_test_proxies_class_init (FtTestProxiesClass *klass)
{
}

static void
ft_test_proxies_init (FtTestProxies *proxies)
{
}

void
ft_test_proxies_set (const char *uri)
{
  g_free (proxy_uri);
  proxy_uri = g_strdup (uri);
}

void
ft_test_proxies_install (void)
{
  ft_test_proxies_set ("direct://");
  g_unsetenv ("GIO_USE_PROXY_RESOLVER");
  g_io_extension_point_register (G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME, FT_TYPE_TEST_PROXIES,
                                  "ft-test", 100000);
  /* What GIO chose is kept for the process. */
  g_assert_true (
    G_TYPE_CHECK_INSTANCE_TYPE (g_proxy_resolver_get_default (), FT_TYPE_TEST_PROXIES));
}
