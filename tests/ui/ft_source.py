# ft_source.py: another program on the display of a test: something is dragged out of it, or was copied in it.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Started by itself it is that program: ft_source.py drag|copy MIME-TYPE TEXT. It says "ready" when it can be used.
Without a window manager its small window stands in the corner, over the one that is tested."""

import contextlib
import os
import subprocess
import sys

SIZE = 60


def run(what, mime_type, text):
    import gi
    gi.require_version("Gdk", "4.0")
    gi.require_version("Gtk", "4.0")
    from gi.repository import Gdk, GLib, Gtk

    # A text has several names; GTK knows them all.
    content = Gdk.ContentProvider.new_for_bytes(mime_type, GLib.Bytes.new(text.encode())) \
        if mime_type != "text/plain" else Gdk.ContentProvider.new_for_value(text)
    window = Gtk.Window(default_width=SIZE, default_height=SIZE, decorated=False)
    window.present()
    if what == "copy":
        window.get_clipboard().set_content(content)
    else:
        source = Gtk.DragSource(content=content, actions=Gdk.DragAction.COPY)
        label = Gtk.Label(label="Drag", hexpand=True, vexpand=True)
        label.add_controller(source)
        window.set_child(label)
    GLib.timeout_add(300, print, "ready")
    GLib.MainLoop().run()


@contextlib.contextmanager
def source(what, mime_type, text):
    process = subprocess.Popen([sys.executable, __file__, what, mime_type, text], stdout=subprocess.PIPE, bufsize=0,
                               env=dict(os.environ, GTK_A11Y="none"))
    try:
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def read_clipboard():
    """Its text, as another program gets it."""
    return subprocess.run([sys.executable, __file__, "read"], env=dict(os.environ, GTK_A11Y="none"),
                          capture_output=True, text=True, check=True, timeout=30).stdout


def print_clipboard():
    import gi
    gi.require_version("Gdk", "4.0")
    gi.require_version("Gtk", "4.0")
    from gi.repository import Gdk, GLib, Gtk

    loop = GLib.MainLoop()

    def read_cb(clipboard, result):
        sys.stdout.write(clipboard.read_text_finish(result) or "")
        loop.quit()

    Gtk.init()
    Gdk.Display.get_default().get_clipboard().read_text_async(None, read_cb)
    loop.run()


def manage(title):
    """Marks its windows as a window manager does it: only on such ones something is dropped."""
    tree = subprocess.run(["xwininfo", "-root", "-tree"], capture_output=True, text=True, check=True).stdout
    for line in tree.splitlines():
        if f'"{title}"' in line:
            subprocess.run(["xprop", "-id", line.split()[0], "-f", "WM_STATE", "32c", "-set", "WM_STATE", "1"],
                           check=True)


def point(x, y):
    """Moves the pointer, as a hand does it."""
    from ft_face import Atspi

    Atspi.generate_mouse_event(x, y, "abs")


def jiggle(x, y):
    """As long as the pointer stands still nobody asks what is below it."""
    point(x + 1, y)
    point(x, y)


def drag(x, y):
    """Out of the corner, over X, Y: held there. release() drops it."""
    from ft_face import Atspi

    Atspi.generate_mouse_event(SIZE // 2, SIZE // 2, "b1p")
    for step in range(1, 11):
        point(SIZE // 2 + (x - SIZE // 2) * step // 10, SIZE // 2 + (y - SIZE // 2) * step // 10)


def release(x, y):
    from ft_face import Atspi

    Atspi.generate_mouse_event(x, y, "b1r")


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    if sys.argv[1] == "read":
        print_clipboard()
    else:
        run(*sys.argv[1:])
