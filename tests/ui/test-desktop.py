#!/usr/bin/python3
# test-desktop.py: what the window program asks of a desktop, and what a desktop asks of it.
# SPDX-License-Identifier: GPL-3.0-or-later

import contextlib
import os
import sys
import urllib.parse

from ft_harness import begin, expect, main, running, test

begin()

from ft_face import Atspi, wait_for  # noqa: E402
from ft_services import Services  # noqa: E402
from ft_torrents import info_hash_of, make_torrent  # noqa: E402


RETURN, CONTROL, SHIFT = 36, 37, 50  # key codes of the X server of the tests


def press_key(code, *modifiers):
    for modifier in modifiers:
        Atspi.generate_keyboard_event(modifier, None, Atspi.KeySynthType.PRESS)
    Atspi.generate_keyboard_event(code, None, Atspi.KeySynthType.PRESSRELEASE)
    for modifier in modifiers:
        Atspi.generate_keyboard_event(modifier, None, Atspi.KeySynthType.RELEASE)


@contextlib.contextmanager
def services(*names, **environment):
    """Fake services, and what the program's environment says of them."""
    fakes = Services(*names)
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        with contextlib.closing(fakes):
            yield fakes
    finally:
        for name in environment:
            os.environ.pop(name)
        os.environ.update(before)


def sandbox(*names):
    """As it looks from inside one: the desktop is reached through portals."""
    return services("org.freedesktop.portal.NetworkMonitor", *names, GTK_USE_PORTAL="1")


def path_of(uri):
    return urllib.parse.unquote(urllib.parse.urlsplit(uri).path)


@test
def show_in_folder(home):
    """The file manager is told which item; without one it is said."""
    torrent = make_torrent(home, "Quite a name & more", True)
    with services("org.freedesktop.FileManager1") as fakes, running(home, torrent) as face:
        face.wait_row("Quite a name & more, complete, ")
        face.activate("show-in-folder", info_hash_of(torrent))
        uris, _ = fakes.wait("ShowItems")
        expect([path_of(uri) for uri in uris] == [f"{home}/Downloads/Quite a name & more"], f"it was told {uris}")
        face.click(face.wait_row("Quite a name & more, complete, "))
        wait_for("the selection", lambda: is_selected(face.wait_row("Quite a name & more, ")))
        press_key(RETURN, CONTROL, SHIFT)
        fakes.wait("ShowItems", count=2)
        expect(face.terminate() == 0, "the program ended well")


@test
def portal(home):
    """In a sandbox the portal is given the opened file; a program is not opened but shown."""
    song, program = make_torrent(home, "a song.ogg", True), make_torrent(home, "game.exe", True)
    with sandbox("org.freedesktop.portal.OpenURI") as fakes, running(home, song, program) as face:
        face.click(face.wait_row("a song.ogg, complete, "))
        wait_for("the selection", lambda: is_selected(face.wait_row("a song.ogg, ")))
        press_key(RETURN, CONTROL)
        expect(fakes.wait("OpenFile")[1] == f"{home}/Downloads/a song.ogg", "the file is handed over")
        face.click(face.wait_row("game.exe, complete, "))
        wait_for("the selection", lambda: is_selected(face.wait_row("game.exe, ")))
        press_key(RETURN, CONTROL)
        expect(fakes.wait("OpenDirectory")[1] == f"{home}/Downloads/game.exe", "the program is shown")
        face.wait("“game.exe” is a program: it was not opened but shown in its folder")
        expect(len(fakes.find("OpenFile")) == 1, "the program was not opened")
        expect(face.terminate() == 0, "the program ended well")


def is_selected(accessible):
    return accessible.get_state_set().contains(Atspi.StateType.SELECTED)


sys.exit(main())
