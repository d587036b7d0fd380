#!/usr/bin/python3
# test-entry.py: what other programs may hand in, and what they may not do with it.
# SPDX-License-Identifier: GPL-3.0-or-later

import os
import pathlib
import subprocess
import sys

from ft_harness import begin, expect, main, read_setting, running, settings_file, test

begin()

from ft_face import APP_ID, Atspi, Gio, GLib, wait_for  # noqa: E402
from ft_torrents import make_torrent  # noqa: E402

PATH = "/" + APP_ID.replace(".", "/")

# The whole of what is on the session bus. None of it adds, removes or moves anything without a question, or changes what
# is downloaded, where to, or a setting other than how the list looks.
OF_PROGRAM = {
    "about": "", "add": "", "close-window": "", "pause-all": "", "preferences": "", "preferences-page": "s", "quit": "",
    "resume-all": "", "retry-torrent": "s", "show": "", "show-in-folder": "s", "show-torrent": "s",
}
OF_WINDOW = {
    "show-details": "", "show-help-overlay": "", "show-sidebar": "", "sort-column": "s", "sort-descending": "", "view": "s",
}


def link(number, more=""):
    return f"magnet:?xt=urn:btih:{number:040x}&dn=Link%20{number}{more}"


def call(path, interface, method, arguments=None):
    return Gio.bus_get_sync(Gio.BusType.SESSION).call_sync(APP_ID, path, interface, method, arguments, None,
                                                          Gio.DBusCallFlags.NONE, -1, None).unpack()


def list_actions(path):
    return {name: signature for name, (_, signature, _) in call(path, "org.gtk.Actions", "DescribeAll")[0].items()}


def list_interfaces(path):
    """Of an object and of those below it, without what every object has."""
    node = Gio.DBusNodeInfo.new_for_xml(call(path, "org.freedesktop.DBus.Introspectable", "Introspect")[0])
    found = {interface.name for interface in node.interfaces if not interface.name.startswith("org.freedesktop.DBus.")}
    for child in node.nodes:
        found |= list_interfaces(f"{path.rstrip('/')}/{child.path}")
    return found


def is_unknown(face, action):
    try:
        face.activate(action)
    except GLib.Error as error:
        return "Unknown action" in error.message
    return False


def remembered(home):
    """The settings, without those of the window."""
    path = settings_file(home)
    lines = path.read_text().splitlines() if path.exists() else []
    return [line for line in lines if not line.startswith("window-")]


@test
def session_bus(home):
    """Nothing there changes a setting or a torrent behind a person's back; rubbish does nothing."""
    with running(home, make_torrent(home, "Only one", False)) as face:
        face.wait_row("Only one, 0 percent, ")
        expect(list_interfaces("/") == {"org.gtk.Application", "org.freedesktop.Application", "org.gtk.Actions"},
               "there is no interface of its own")
        expect(list_actions(PATH) == OF_PROGRAM, "of the program there are these actions")
        expect(list_actions(f"{PATH}/window/1") == OF_WINDOW, "of its window there are these")
        before = remembered(home)
        for name in "show-torrent", "show-in-folder", "retry-torrent":
            for rubbish in "", "../../etc", 40 * "z", 40 * "0", 10_000 * "a":
                face.activate(name, rubbish)
        for name in "remove", "win.remove", "choice.mode", "mode", "Quit", "download-folder":
            expect(is_unknown(face, name), f"there is no action {name}")
        face.wait_row("Only one, 0 percent, ")
        expect(remembered(home) == before, "no setting was changed")
        # What is not there works in the window all the same.
        face.press("Slower Limits")
        wait_for("the limits", lambda: read_setting(home, "alternative-limits") == "true")
        expect(face.terminate() == 0, "the program ended well")


@test
def link_that_wants_more(home):
    """No parameter of a link changes where things go or how: they are not known, and what they bring is a name."""
    more = ("&download-dir=/x&save-path=/x&folder=/x&start=1&show-add-dialog=false&watch-folders=/"
            "&tr=--download-dir%3D/x&dn=--download-dir%3D/x")
    with running(home, asks=True) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        before = remembered(home)
        face.open(link(1, more))
        dialog = face.wait("Add a Torrent", Atspi.Role.FRAME)
        expect(face.find(lambda text: text == "/x" or "Download to /x" in text) is None, "the folder is ours")
        face.press("Close", within=dialog)
        face.wait_windows(1)
        expect(remembered(home) == before, "no setting was changed")
        expect(face.terminate() == 0, "the program ended well")


@test
def like_an_option(home):
    """What looks like an option of ours and is none is refused; handed in as an address it is one that leads nowhere."""
    environment = dict(os.environ, HOME=home, XDG_DATA_HOME=f"{home}/data", XDG_CONFIG_HOME=f"{home}/config")
    refused = subprocess.run([sys.argv[1], "--download-dir=/x", link(1)], env=environment, capture_output=True, text=True,
                             timeout=60, check=False)
    expect(refused.returncode == 1 and "--download-dir=/x" in refused.stderr, f"it is refused: {refused}")
    with running(home, asks=True) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        before = remembered(home)
        face.open("--quit", "--download-dir=/x", link(1))
        face.wait("Add Torrents", Atspi.Role.FRAME)
        face.wait("Link 1")
        expect(remembered(home) == before, "no setting was changed")
        expect(face.terminate() == 0, "the program ended well")


@test
def flood(home):
    """Fifty links, at once and one by one, are asked about in one dialog."""
    with running(home, asks=True) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        face.open(*(link(number) for number in range(25)))
        for number in range(25, 50):
            face.open(link(number))
        for number in range(50):
            face.open(link(number))
        face.wait("Add 50 Torrents", Atspi.Role.PUSH_BUTTON)
        face.wait_windows(2)
        expect(face.terminate() == 0, "the program ended well")


@test
def no_files(home):
    """A pipe, a device without end, a folder, a socket of the kernel: each is said to be none, at once."""
    pipe = pathlib.Path(home, "pipe.torrent")
    os.mkfifo(pipe)
    folder = pathlib.Path(home, "folder.torrent")
    folder.mkdir()
    loop = pathlib.Path(home, "loop.torrent")
    loop.symlink_to(loop)
    endless = pathlib.Path(home, "endless.torrent")
    endless.symlink_to("/dev/zero")
    with running(home, asks=True) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        face.open(*(path.as_uri() for path in (pipe, folder, loop, endless)))
        for path in pipe, folder, endless:
            face.wait(f"“{path.name}” is not a file")
        face.open(pathlib.Path("/proc/kmsg").as_uri(), "computer:///", "nonsense:thing",
                  pathlib.Path(make_torrent(home, "A real one", False)).as_uri())
        face.wait("A real one")
        button = wait_for("nothing is read any more", lambda: face.find("Add", Atspi.Role.PUSH_BUTTON))
        wait_for("the button", lambda: button.get_state_set().contains(Atspi.StateType.SENSITIVE))
        face.press("Add")
        face.wait_row("A real one, 0 percent, ")
        expect(face.terminate() == 0, "the program ended well")


sys.exit(main())
