# ft_face.py: the real program under test, seen and used through its accessibility tree.
# SPDX-License-Identifier: GPL-3.0-or-later
"""A face is the running program: what a screen reader would find in it, and what can be pressed.

GTK 4.8 crashes now and then when it is asked for a widget that is just being destroyed. So nobody
looks into a dialog that was told to close (wait_windows()) nor at rows that go (skip)."""

import os
import pathlib
import signal
import subprocess
import tempfile
import time
import warnings

import gi

# Atspi calls its own interfaces deprecated and offers nothing in their place.
warnings.simplefilter("ignore", DeprecationWarning)
gi.require_version("Atspi", "2.0")
gi.require_version("Gdk", "4.0")
from gi.repository import Atspi, Gdk, Gio, GLib  # noqa: E402

APP_ID = "org.friendtorrent.FriendTorrent"
WAIT_S = int(os.environ.get("FT_UI_WAIT_S", "60"))

# Or what does not answer within 0.8 s had failed: on a busy machine that says nothing.
Atspi.set_timeout(WAIT_S * 1000, WAIT_S * 1000)

# GTK 4.8 says so when it is asked for an object of a window that is just closing.
KNOWN = ["g_variant_is_object_path: assertion 'string != NULL' failed",
         "g_variant_new_object_path: assertion 'g_variant_is_object_path (object_path)' failed"]


def wait_for(what, condition):
    """Asks until it is true: a bound, not a measure. Returns what the condition gave."""
    end = time.monotonic() + WAIT_S
    while True:
        failure = ""
        try:
            value = condition()
        except (GLib.Error, AttributeError) as error:  # what was looked at has gone meanwhile: it may be None
            value, failure = None, f" ({error})"
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {WAIT_S} s for: {what}{failure}")
        while GLib.MainContext.default().iteration(False):
            pass
        time.sleep(0.05)


def is_called(accessible, name):
    """Whether NAME is its name, or accepts it. GTK 4.8 says "_Close Close" of a label with a mnemonic."""
    text = accessible.get_name() or ""
    if callable(name):
        return name(text)
    return text == name or text.replace("_", "") == f"{name} {name}"


def children(accessible):
    for index in range(accessible.get_child_count()):
        child = accessible.get_child_at_index(index)
        if child is not None:
            yield child


def walk(accessible, skip=None):
    """It and all below it; not what is below those of the role SKIP."""
    yield accessible
    if skip is None or accessible.get_role() != skip:
        for child in children(accessible):
            yield from walk(child, skip)


def find_below(root, name, role=None, skip=None):
    """ROOT may be None: nothing is below it."""
    return next((accessible for accessible in (walk(root, skip) if root is not None else [])
                 if (role is None or accessible.get_role() == role) and is_called(accessible, name)), None)


def is_focused(accessible):
    return accessible.get_state_set().contains(Atspi.StateType.FOCUSED)


def is_within(accessible, accepts):
    """Whether it or what it is in has such a name. What has gone since it was found is in nothing."""
    parent = accessible.get_parent()
    return accepts(accessible.get_name() or "") or (parent is not None and accepts(parent.get_name() or ""))


def is_checked(accessible):
    return accessible.get_state_set().contains(Atspi.StateType.CHECKED)


def accessibility_bus():
    """Where programs on other session buses are to be found as well."""
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    return bus.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None,
                         Gio.DBusCallFlags.NONE, -1, None).unpack()[0]


def wait_still(accessible):
    """Returns its place in the window when two looks saw the same one."""
    seen = []

    def is_still():
        seen.append(accessible.get_component_iface().get_extents(Atspi.CoordType.WINDOW))
        places = [(box.x, box.y, box.width, box.height) for box in seen[-2:]]
        return len(places) == 2 and places[0] == places[1]

    wait_for("it to stand still", is_still)
    return seen[-1]


class Face:
    def __init__(self, program, home, *arguments):
        self.home = pathlib.Path(home)
        environment = dict(os.environ, HOME=str(home), XDG_DATA_HOME=f"{home}/data",
                           XDG_CONFIG_HOME=f"{home}/config", XDG_CACHE_HOME=f"{home}/cache",
                           AT_SPI_BUS_ADDRESS=accessibility_bus())
        # Criticals are looked for in what it says: some are the toolkit's and would end it.
        environment.pop("G_DEBUG", None)
        self.said = tempfile.TemporaryFile(mode="w+", errors="replace")
        self.process = subprocess.Popen([program, *arguments], env=environment, stderr=self.said)
        self.pid = self.process.pid

    @classmethod
    def of_child(cls, parent):
        """The program that another program of ours has started."""
        face = cls.__new__(cls)
        children = pathlib.Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
        commands = {}

        def find():
            for pid in children.read_text().split():
                commands[pid] = pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
            return [int(pid) for pid, command in commands.items() if command == "friendtorrent"]

        face.process, face.pid = None, wait_for("the program as a child", find)[0]
        return face

    def root(self):
        desktop = Atspi.get_desktop(0)
        desktop.clear_cache()
        for application in children(desktop):
            if application.get_process_id() == self.pid:
                application.set_cache_mask(Atspi.Cache.NONE)
                return application
        return None

    def find(self, name, role=None, within=None, skip=None):
        """The first whose name is NAME or is accepted by it. Looks again when something goes while it looks."""
        def look():
            return find_below(within if within is not None else self.root(), name, role, skip)

        return look() if within is not None else wait_for(f"{name}, or nothing", lambda: (look(),))[0]

    def describe(self):
        """What it has now, for who reads of a test that failed."""
        lines = []
        try:
            for accessible in walk(self.root()):
                focus = ", which has the focus" if is_focused(accessible) else ""
                if accessible.get_name() or focus:
                    lines.append(f"{accessible.get_role_name()} {accessible.get_name()!r}{focus}")
        except (GLib.Error, AttributeError) as error:
            lines.append(str(error))
        return lines

    def wait(self, name, role=None, skip=None):
        return wait_for(f"{role} {name}", lambda: self.find(name, role, skip=skip))

    def find_text(self, text):
        """A field of text, by what stands in it."""
        def holds(accessible):
            size = Atspi.Text.get_character_count(accessible)
            return size == len(text) and Atspi.Text.get_text(accessible, 0, size) == text

        return next((accessible for accessible in walk(self.root())
                     if accessible.get_role() == Atspi.Role.TEXT and holds(accessible)), None)

    def wait_text(self, text):
        return wait_for(f"a field with {text}", lambda: self.find_text(text))

    def wait_windows(self, count):
        wait_for(f"{count} windows", lambda: self.root().get_child_count() == count)

    def wait_row(self, start, *parts):
        """A row of the list, by how the sentence that is read aloud begins, and what is in it."""
        return self.wait(lambda text: text.startswith(start) and all(part in text for part in parts),
                         Atspi.Role.LIST_ITEM)

    def is_focused(self, start):
        """Whether what has the focus, or what it is in, is called so at the start."""
        return any(is_within(found, lambda name: name.replace("_", "").startswith(start))
                   for found in walk(self.root()) if is_focused(found))

    def key_until(self, key, start):
        """A key again and again, until what begins with START has the focus."""
        def try_again():
            if self.is_focused(start):
                return True
            self.key(key)
            return False

        wait_for(f"the focus on {start}", try_again)

    def choose(self, *items):
        """Of a menu that was opened, then of a menu in it, by keys."""
        for item in items:
            self.wait(item, Atspi.Role.MENU_ITEM)
            self.key_until("Down", item)
            self.key("Return")

    def press(self, name, within=None, role=Atspi.Role.PUSH_BUTTON):
        button = wait_for(f"button {name}", lambda: self.find(name, role, within))
        action = button.get_action_iface()
        for index in range(action.get_n_actions()):
            if action.get_action_name(index) in ("click", "toggle"):
                action.do_action(index)
                return
        raise AssertionError(f"{name} cannot be pressed")

    def click(self, accessible):
        """With the pointer, once it stands still: what slides in would be missed. There is no window manager,
        so the window stands in the corner."""
        box = wait_still(accessible)
        Atspi.generate_mouse_event(box.x + box.width // 3, box.y + box.height // 2, "b1c")

    def key(self, name, *modifiers):
        """Of the keyboard, with "Shift", "Control" or "Alt" held; NAME as X calls the key."""
        codes = [{"Shift": 50, "Control": 37, "Alt": 64}[modifier] for modifier in modifiers]
        for code in codes:
            Atspi.generate_keyboard_event(code, None, Atspi.KeySynthType.PRESS)
        Atspi.generate_keyboard_event(Gdk.keyval_from_name(name), None, Atspi.KeySynthType.SYM)
        for code in codes:
            Atspi.generate_keyboard_event(code, None, Atspi.KeySynthType.RELEASE)

    def type(self, text):
        for letter in text:
            Atspi.generate_keyboard_event(Gdk.unicode_to_keyval(ord(letter)), None, Atspi.KeySynthType.SYM)

    def call(self, interface, method, arguments):
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        bus.call_sync(APP_ID, "/" + APP_ID.replace(".", "/"), interface, method, arguments, None,
                      Gio.DBusCallFlags.NONE, -1, None)

    def is_on_bus(self):
        """Whether it can be called: asks the bus, not the program, which might show itself."""
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        return bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
                             GLib.Variant("(s)", (APP_ID,)), None, Gio.DBusCallFlags.NONE, -1, None).unpack()[0]

    def activate(self, action, target=None):
        """An action of the application, with a text as its target."""
        targets = [GLib.Variant("s", target)] if target is not None else []
        self.call("org.gtk.Actions", "Activate", GLib.Variant("(sava{sv})", (action, targets, {})))

    def open(self, *uris):
        """As a file manager does it; with nothing to open, as the desktop shows the program."""
        if uris:
            self.call("org.freedesktop.Application", "Open", GLib.Variant("(asa{sv})", (uris, {})))
        else:
            self.call("org.freedesktop.Application", "Activate", GLib.Variant("(a{sv})", ({},)))

    def wait_exit(self):
        return self.process.wait(timeout=WAIT_S)

    def terminate(self):
        """As a session that ends does it. Returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait_exit()

    def end(self):
        """Whatever a failed test left behind. Returns what it complained of."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.said.seek(0)
        with self.said:
            lines = self.said.read().splitlines()
        return [line for line in lines if ("WARNING" in line or "CRITICAL" in line)
                and not any(known in line for known in KNOWN)]
