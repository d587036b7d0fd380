# ft_services.py: services of a desktop that do nothing but remember what they were told.
# SPDX-License-Identifier: GPL-3.0-or-later
"""They live in a thread of their own, so that a program may wait for them while a test waits for the program."""

import os
import threading

from gi.repository import Gio, GLib

from ft_face import wait_for

PORTAL = "org.freedesktop.portal.Desktop"
PORTAL_PATH = "/org/freedesktop/portal/desktop"

INTERFACES = {
    "org.freedesktop.FileManager1": ("org.freedesktop.FileManager1", "/org/freedesktop/FileManager1", """
        <method name='ShowItems'><arg type='as' direction='in'/><arg type='s' direction='in'/></method>"""),
    "org.freedesktop.Notifications": ("org.freedesktop.Notifications", "/org/freedesktop/Notifications", """
        <method name='GetCapabilities'><arg type='as' direction='out'/></method>
        <method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>
          <arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>
          <arg type='as' direction='in'/><arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>
          <arg type='u' direction='out'/></method>
        <method name='CloseNotification'><arg type='u' direction='in'/></method>"""),
    "org.gnome.SessionManager": ("org.gnome.SessionManager", "/org/gnome/SessionManager", """
        <method name='RegisterClient'><arg type='s' direction='in'/><arg type='s' direction='in'/>
          <arg type='o' direction='out'/></method>
        <method name='Inhibit'><arg type='s' direction='in'/><arg type='u' direction='in'/>
          <arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='u' direction='out'/></method>
        <method name='Uninhibit'><arg type='u' direction='in'/></method>"""),
    "org.freedesktop.login1": ("org.freedesktop.login1.Manager", "/org/freedesktop/login1", """
        <method name='Hibernate'/>"""),
    "org.freedesktop.portal.NetworkMonitor": ("org.freedesktop.portal.NetworkMonitor", PORTAL_PATH, """
        <method name='GetStatus'><arg type='a{sv}' direction='out'/></method>
        <signal name='changed'/>
        <property name='version' type='u' access='read'/>"""),
    "org.freedesktop.portal.OpenURI": ("org.freedesktop.portal.OpenURI", PORTAL_PATH, """
        <method name='OpenFile'><arg type='s' direction='in'/><arg type='h' direction='in'/>
          <arg type='a{sv}' direction='in'/><arg type='o' direction='out'/></method>
        <method name='OpenDirectory'><arg type='s' direction='in'/><arg type='h' direction='in'/>
          <arg type='a{sv}' direction='in'/><arg type='o' direction='out'/></method>
        <property name='version' type='u' access='read'/>"""),
    "org.freedesktop.portal.Background": ("org.freedesktop.portal.Background", PORTAL_PATH, """
        <method name='RequestBackground'><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/>
          <arg type='o' direction='out'/></method>
        <method name='SetStatus'><arg type='a{sv}' direction='in'/></method>
        <property name='version' type='u' access='read'/>"""),
}


class Services:
    """The named services. `calls` holds (method, arguments) in their order; files are told by their paths."""

    def __init__(self, *names):
        self.calls, self.refused, self.last_id, self.online = [], False, 0, True
        self.context = GLib.MainContext.new()
        self.loop = GLib.MainLoop.new(self.context, False)
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.run, args=[names], daemon=True)
        self.thread.start()
        self.ready.wait()

    def run(self, names):
        self.context.push_thread_default()
        self.bus = Gio.DBusConnection.new_for_address_sync(
            os.environ["DBUS_SESSION_BUS_ADDRESS"],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        for name in names:
            interface, path, body = INTERFACES[name]
            info = Gio.DBusNodeInfo.new_for_xml(f"<node><interface name='{interface}'>{body}</interface></node>")
            self.bus.register_object(path, info.interfaces[0], self.method_cb, self.property_cb, None)
            owned = PORTAL if path == PORTAL_PATH else name
            self.bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                               GLib.Variant("(su)", (owned, 4)), None, Gio.DBusCallFlags.NONE, -1, None)
        self.ready.set()
        self.loop.run()

    def property_cb(self, bus, sender, path, interface, name):
        return GLib.Variant("u", 3)

    def method_cb(self, bus, sender, path, interface, method, parameters, invocation):
        arguments = list(parameters.unpack())
        if method in ("OpenFile", "OpenDirectory"):
            fds = invocation.get_message().get_unix_fd_list()
            fd = fds.get(arguments[1])
            arguments[1] = os.readlink(f"/proc/self/fd/{fd}")
            os.close(fd)
        self.calls.append((method, arguments))
        invocation.return_value(self.answer(bus, sender, method, arguments))

    def answer(self, bus, sender, method, arguments):
        self.last_id += 1
        if method == "GetCapabilities":
            return GLib.Variant("(as)", (["actions", "body", "persistence"],))
        if method == "Notify":
            self.last_notified = arguments[1] or self.last_id
            return GLib.Variant("(u)", (self.last_notified,))
        if method == "Inhibit":
            return GLib.Variant("(u)", (self.last_id,))
        if method == "GetStatus":
            status = {"available": GLib.Variant("b", self.online), "metered": GLib.Variant("b", False),
                      "connectivity": GLib.Variant("u", 4 if self.online else 1)}
            return GLib.Variant("(a{sv})", (status,))
        if method == "RegisterClient":
            return GLib.Variant("(o)", ("/org/gnome/SessionManager/Client1",))
        if method in ("OpenFile", "OpenDirectory", "RequestBackground"):
            return GLib.Variant("(o)", (self.respond(bus, sender, method, arguments[-1]),))
        return None

    def respond(self, bus, sender, method, options):
        """Before the reply even, as it may happen."""
        path = f"{PORTAL_PATH}/request/{sender[1:].replace('.', '_')}/{options['handle_token']}"
        results = {}
        if method == "RequestBackground":
            results = {"background": GLib.Variant("b", not self.refused),
                       "autostart": GLib.Variant("b", not self.refused and options.get("autostart", False))}
        bus.emit_signal(sender, path, "org.freedesktop.portal.Request", "Response",
                        GLib.Variant("(ua{sv})", (1 if self.refused else 0, results)))
        return path

    def emit(self, name, signal, arguments):
        interface, path, _ = INTERFACES[name]
        self.bus.emit_signal(None, path, interface, signal, arguments)

    def act(self, action):
        """Somebody presses a button of the last notification."""
        self.emit("org.freedesktop.Notifications", "ActionInvoked", GLib.Variant("(us)", (self.last_notified, action)))

    def find(self, method, accepts=lambda *arguments: True):
        return [arguments for called, arguments in list(self.calls) if called == method and accepts(*arguments)]

    def wait(self, method, accepts=lambda *arguments: True, count=1):
        """Returns the arguments of the last such call, when there were so many."""
        wait_for(f"{count} × {method} among {[call[0] for call in self.calls]}",
                 lambda: len(self.find(method, accepts)) >= count)
        return self.find(method, accepts)[-1]

    def close(self):
        self.loop.quit()
        self.thread.join()
        self.bus.close_sync(None)
