# ft_picture.py: pictures of the program's windows, and whether they show what they should.
# SPDX-License-Identifier: GPL-3.0-or-later

import contextlib
import ctypes
import os
import pathlib
import re
import subprocess
import time

from ft_face import Atspi, children, wait_for, walk
from ft_harness import expect

LIBRARY = ctypes.CDLL("libX11.so.6")
FOLDER = pathlib.Path(os.environ.get("FT_UI_PICTURES", "screenshots"))
PRESSABLE = {Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.SPIN_BUTTON,
             Atspi.Role.COMBO_BOX, Atspi.Role.LIST_ITEM, Atspi.Role.PAGE_TAB, Atspi.Role.ENTRY}
WINDOW = re.compile(r'^\s+(0x[0-9a-f]+) (?:"(.*)"|\(has no name\)): \("friendtorrent".*?\)\s+(\d+)x(\d+)\+')


def x_windows():
    """(id, title, width, height) of the program's windows, the topmost first."""
    text = subprocess.run(["xwininfo", "-root", "-children"], capture_output=True, text=True, check=True).stdout
    found = [WINDOW.match(line) for line in text.splitlines()]
    return [(match[1], match[2], int(match[3]), int(match[4])) for match in found
            if match and min(int(match[3]), int(match[4])) > 100 and is_mapped(match[1])]


def is_mapped(window):
    answer = subprocess.run(["xwininfo", "-id", window], capture_output=True, text=True, check=False).stdout
    return "IsViewable" in answer


@contextlib.contextmanager
def x_display(window):
    """Arguments for the X library: the display and the window."""
    LIBRARY.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(LIBRARY.XOpenDisplay(None))
    yield display, ctypes.c_ulong(int(window, 16))
    LIBRARY.XCloseDisplay(display)


def focus(window):
    """There is no window manager to do it; without it everything looks as if nobody worked with it."""
    with x_display(window) as arguments:
        LIBRARY.XRaiseWindow(*arguments)
        LIBRARY.XSetInputFocus(*arguments, 1, 0)


def scale_text(factor):
    """For programs that start after it."""
    subprocess.run(["xprop", "-root", "-f", "RESOURCE_MANAGER", "8s", "-set", "RESOURCE_MANAGER",
                    f"Xft.dpi:\t{int(96 * factor)}\n"], check=True)


def least_size(window):
    text = subprocess.run(["xprop", "-id", window, "WM_NORMAL_HINTS"], capture_output=True, text=True,
                          check=True).stdout
    found = re.search(r"minimum size: (\d+) by (\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def find_window(title):
    """The topmost, or the largest of that title: hints and menus are called like their window."""
    def find():
        windows = [found for found in x_windows() if title is None or found[1] == title]
        return windows[0] if windows and title is None else max(windows, key=lambda found: found[2] * found[3],
                                                                default=None)

    return wait_for(f"a window called {title}", find)


def resize(title, width, height):
    """As a window manager would, which asks for the least size before."""
    window = find_window(title)[0]
    least = least_size(window)
    expect(least[0] <= width and least[1] <= height, f"{title}: not smaller than {least[0]}×{least[1]}")
    with x_display(window) as arguments:
        LIBRARY.XResizeWindow(*arguments, width, height)
    wait_for("the size", lambda: find_window(title)[2:] == (width, height))


def measure(path):
    """(width, height, number of colours, standard deviation of the lightness between 0 and 1)"""
    text = subprocess.run(["identify", "-format", "%w %h %k %[fx:standard_deviation]", str(path)],
                          capture_output=True, text=True, check=True).stdout
    width, height, colors, deviation = text.split()
    return int(width), int(height), int(colors), float(deviation)


def is_shown(accessible):
    states = accessible.get_state_set()
    return states.contains(Atspi.StateType.VISIBLE) and states.contains(Atspi.StateType.SHOWING)


def window_of(face, title):
    """The one called so, or the last that has come."""
    windows = list(children(face.root()))
    return next((window for window in windows if title and window.get_name() == title), windows[-1])


def check_names(window, name):
    nameless = [f"{accessible.get_role_name()} in {accessible.get_parent().get_name()!r}" for accessible in walk(window)
                if accessible.get_role() in PRESSABLE and is_shown(accessible)
                and (not accessible.get_name() or accessible.get_name().startswith("Gtk"))]
    expect(not nameless, f"{name}: without a name: " + ", ".join(nameless))


def take(face, name, size, labels=(), title="FriendTorrent"):
    """A picture of the window called TITLE, or of the topmost if it is None. SIZE: (width, height), of which
    either may be None."""
    for label in labels:
        face.wait(label)
    Atspi.generate_mouse_event(1390, 990, "abs")
    window, _, width, height = find_window(title)
    focus(window)
    time.sleep(float(os.environ.get("FT_UI_SETTLE_S", "1")))
    expect(size[0] in (None, width) and size[1] in (None, height),
           f"{name}: {width}×{height} instead of {size[0]}×{size[1]}")
    check_names(window_of(face, title), name)
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.png"
    path.unlink(missing_ok=True)
    subprocess.run(["import", "-silent", "-window", window, str(path)], check=True, capture_output=True)
    found = measure(path)
    expect(found[:2] == (width, height), f"{name}: the picture is {found[0]}×{found[1]}")
    expect(found[2] > 50 and found[3] > 0.02, f"{name}: nothing is seen in it: {found}")
