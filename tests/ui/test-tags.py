#!/usr/bin/python3
# test-tags.py: tags made, changed, removed and put on torrents, by keyboard and by mouse.
# SPDX-License-Identifier: GPL-3.0-or-later

import sys

from ft_harness import begin, expect, main, read_setting, running, test

begin()

from ft_face import Atspi, wait_for  # noqa: E402
from ft_torrents import make_torrent  # noqa: E402


def saved_tags(home):
    return read_setting(home, "tags") or ""


def name_tag(face, name):
    """No window manager gives the dialog the focus, so nothing can be typed into it; keys reach it."""
    entry = face.wait("Name", Atspi.Role.TEXT)
    entry.get_editable_text_iface().set_text_contents(name)
    face.key("Return")
    face.wait_windows(1)


def open_menu(face, row):
    """Of a row of the sidebar, which is found with the arrow keys."""
    face.wait(lambda name: name.startswith(row), Atspi.Role.LIST_ITEM)
    face.key_until("Down", row)
    face.key("Menu")


@test
def by_keyboard(home):
    """A tag is made, found in the sidebar, renamed and removed by keys."""
    with running(home, make_torrent(home, "Sintel", False)) as face:
        face.click(face.wait("All, 1 torrent", Atspi.Role.LIST_ITEM))
        face.key("t", "Control")
        name_tag(face, "films")
        wait_for("the tag", lambda: "'films'" in saved_tags(home))
        open_menu(face, "films, 0 torrents")
        face.choose("Edit Tag…")
        name_tag(face, "plays")
        wait_for("the other name", lambda: "'plays'" in saved_tags(home) and "'films'" not in saved_tags(home))
        face.key_until("Up", "All, 1 torrent")
        open_menu(face, "plays, 0 torrents")
        face.choose("Remove Tag")
        face.wait("Remove the Tag?", Atspi.Role.LABEL)
        face.key_until("Tab", "Remove")
        face.key("Return")
        face.wait_windows(1)
        wait_for("no tag", lambda: "'plays'" not in saved_tags(home))
        face.wait("All, 1 torrent", Atspi.Role.LIST_ITEM)
        expect(face.terminate() == 0, "the program ended well")


sys.exit(main())
