#!/usr/bin/python3
# test-list.py: finding, ordering, selecting and removing torrents, by mouse and by keyboard.
# SPDX-License-Identifier: GPL-3.0-or-later

import sys
import time

from ft_harness import begin, expect, main, read_setting, running, set_until, test, write_settings

begin()

from ft_face import Atspi, children, is_focused as has_focus, is_within, wait_for, walk  # noqa: E402
from ft_source import jiggle, manage, point, read_clipboard  # noqa: E402
from ft_torrents import info_hash_of, make_torrent  # noqa: E402

NAMES = ["Ärger im Paradies", "Debian 13", "Sintel"]


def make_three(home):
    """Two without data, which wait for want of a tracker, and one that is complete."""
    return [make_torrent(home, name, name == "Sintel") for name in NAMES]


def rows(face):
    """What is read aloud of the list, in its order."""
    found = face.find("Torrents", Atspi.Role.LIST)
    return [child.get_name() for child in children(found)] if found is not None else []


def wait_rows(face, *starts):
    def as_expected():
        names = rows(face)
        return len(names) == len(starts) and all(map(str.startswith, names, starts))

    wait_for(f"rows {starts}", as_expected)


def is_focused(face, name):
    """Keys go where the focus is, which comes a moment after what they are meant for."""
    return any(is_within(found, lambda text: text == name) for found in walk(face.root()) if has_focus(found))


def box_of(accessible):
    return accessible.get_component_iface().get_extents(Atspi.CoordType.WINDOW)


def middle(accessible):
    box = box_of(accessible)
    return box.x + box.width // 3, box.y + box.height // 2


@test
def groups(home):
    """The sidebar counts what is there, and what is chosen there is what the list shows."""
    with running(home, *make_three(home)) as face:
        face.wait_row("Sintel, complete, Seeding")
        for group in ("All, 3 torrents", "Downloading, 2 torrents", "Seeding, 1 torrent", "Waiting, 2 torrents",
                      "Problems, 0 torrents"):
            face.wait(group, Atspi.Role.LIST_ITEM)
        face.click(face.wait("Seeding, 1 torrent", Atspi.Role.LIST_ITEM))
        wait_rows(face, "Sintel, ")
        face.click(face.wait("Paused, 0 torrents", Atspi.Role.LIST_ITEM))
        face.wait("Nothing Is Paused", Atspi.Role.LABEL)
        face.press("Show All Torrents")
        wait_for("all of them", lambda: len(rows(face)) == 3)
        expect(face.terminate() == 0, "the program ended well")


@test
def search(home):
    """Words are looked for without regard to case and accents; the keyboard is enough."""
    with running(home, *make_three(home)) as face:
        wait_for("all of them", lambda: len(rows(face)) == 3)
        face.click(face.wait_row("Debian 13, "))
        face.wait("1 selected", Atspi.Role.LABEL)
        face.key("f", "Control")
        wait_for("the focus in the search", lambda: is_focused(face, "Search by name"))
        face.type("arger par")
        wait_rows(face, "Ärger im Paradies, ")
        face.type("x")
        face.wait("No Torrent Found", Atspi.Role.LABEL)
        face.press("Clear the Search")
        wait_for("all of them", lambda: len(rows(face)) == 3)
        expect(face.terminate() == 0, "the program ended well")


@test
def order(home):
    """The list has the order that the settings name, both ways."""
    write_settings(home, sort_column="'name'", sort_descending="false")
    with running(home, *make_three(home)) as face:
        # Without a locale, as here, letters with accents come last.
        wait_rows(face, "Debian", "Sintel", "Ärger")
        write_settings(home, sort_descending="true")
        wait_rows(face, "Ärger", "Sintel", "Debian")
        expect(face.terminate() == 0, "the program ended well")


@test
def removed(home):
    """Removing is undone by its toast; what is not undone stays removed after a restart."""
    with running(home, *make_three(home)) as face:
        face.click(face.wait_row("Debian 13, "))
        face.wait("1 selected", Atspi.Role.LABEL)
        face.key("Delete")
        wait_for("two of them", lambda: len(rows(face)) == 2)
        face.wait("All, 2 torrents", Atspi.Role.LIST_ITEM)
        face.press("Undo")
        face.wait_row("Debian 13, ")
        face.click(face.wait_row("Debian 13, "))
        face.key("Delete")
        wait_for("two of them", lambda: len(rows(face)) == 2)
        expect(face.terminate() == 0, "the program ended well")
    with running(home) as face:
        wait_for("two of them", lambda: len(rows(face)) == 2)
        expect(not any(name.startswith("Debian") for name in rows(face)), "it stays removed")
        expect(face.terminate() == 0, "the program ended well")


@test
def several(home):
    """All are selected and paused with two keys."""
    with running(home, *make_three(home)) as face:
        wait_for("all of them", lambda: len(rows(face)) == 3)
        face.click(face.wait_row("Debian 13, "))
        face.key("a", "Control")
        face.wait("3 selected", Atspi.Role.LABEL)
        face.key("p", "Control")
        wait_for("all paused", lambda: all("Paused" in name for name in rows(face)) and len(rows(face)) == 3)
        face.wait("Paused, 3 torrents", Atspi.Role.LIST_ITEM)
        expect(face.terminate() == 0, "the program ended well")


def first_row(face):
    """Of the list; None in the other view."""
    found = face.find("Torrents", Atspi.Role.LIST)
    return next(children(found), None) if found is not None else None


def is_in_sight(row):
    """Whether it is seen as a whole: others can be asked where they are as well, but not clicked."""
    pane = row.get_parent()
    while pane.get_role() != Atspi.Role.SCROLL_PANE:
        pane = pane.get_parent()
    pane, row = box_of(pane), box_of(row)
    return row.height > 0 and pane.y <= row.y and row.y + row.height <= pane.y + pane.height


def find_in_sight(face):
    """Any row that is."""
    found = face.find("Torrents", Atspi.Role.LIST)
    return next(filter(is_in_sight, children(found)), None) if found is not None else None


def wait_in_sight(face, start):
    """Returns the row that begins with START, when it is seen as a whole."""
    def find():
        row = face.find(lambda name: name.startswith(start))
        return row if row is not None and is_in_sight(row) else None

    return wait_for(f"{start} in sight", find)


def set_text(accessible, text):
    accessible.get_editable_text_iface().set_text_contents(text)


@test
def focus_kept(home):
    """Other rows come into a list that has the focus: it stays on its torrent, or goes to the first one.
    What is searched for is changed from without, as nobody could type it then."""
    many = [make_torrent(home, f"Number {number:03}", False) for number in range(60)]
    write_settings(home, sort_column="'name'", sort_descending="false")
    with running(home, *many) as face:
        face.wait("All, 60 torrents", Atspi.Role.LIST_ITEM)
        face.key("f", "Control")
        wait_for("the focus in the search", lambda: is_focused(face, "Search by name"))
        search_entry = face.find("Search by name")
        entry = next(found for found in walk(search_entry) if found.get_editable_text_iface() is not None)
        # Any: which one is scrolled to depends on which was read and added last.
        face.click(wait_for("a row in sight", lambda: find_in_sight(face)))
        wait_for("the focus in the list", lambda: face.is_focused("Number 0"))
        face.key("Home")
        wait_for("the focus on a row", lambda: face.is_focused("Number 000, "))
        for _ in range(3):
            face.key("Down")
        wait_for("the focus on another", lambda: face.is_focused("Number 003, "))
        face.wait("1 selected", Atspi.Role.LABEL)
        old = first_row(face)
        set_text(entry, "number")
        wait_for("other rows", lambda: first_row(face) not in (None, old))
        wait_for("the focus where it was", lambda: face.is_focused("Number 003, "))
        expect(face.find("1 selected", Atspi.Role.LABEL), "so is the selection")
        face.key("Down")
        wait_for("the focus on the next", lambda: face.is_focused("Number 004, "))
        # The same in the other view.
        face.key("2", "Control")
        face.wait("Progress", Atspi.Role.LABEL)
        wait_for("the focus on it in the table", lambda: face.is_focused("Number 004, "))
        face.key("Down")
        wait_for("the focus on the next in the table", lambda: face.is_focused("Number 005, "))
        face.key("1", "Control")
        wait_for("the list", lambda: first_row(face))
        wait_for("the focus on it in the list", lambda: face.is_focused("Number 005, "))
        face.key("Up")
        wait_for("the focus back", lambda: face.is_focused("Number 004, "))
        set_text(entry, "05")
        wait_for("the focus on the first", lambda: face.is_focused("Number 005, "))
        set_text(entry, "nothing")
        face.wait("No Torrent Found", Atspi.Role.LABEL)
        wait_for("the focus in the search", lambda: is_focused(face, "Search by name"))
        expect(face.terminate() == 0, "the program ended well")


@test
def table(home):
    """The other view has the same torrents, and is remembered."""
    with running(home, *make_three(home)) as face:
        wait_for("all of them", lambda: len(rows(face)) == 3)
        face.key("2", "Control")
        for title in ("Name", "Size", "Progress", "State"):
            face.wait(title, Atspi.Role.LABEL)
        face.wait("Debian 13", Atspi.Role.LABEL)
        wait_for("the setting", lambda: read_setting(home, "view") == "'table'")
        face.key("1", "Control")
        wait_for("all of them", lambda: len(rows(face)) == 3)
        expect(face.terminate() == 0, "the program ended well")


def column_is_shown(home, name):
    return f"('{name}'," in (read_setting(home, "columns") or "") \
        and "true" in read_setting(home, "columns").split(f"('{name}',")[1].split(")")[0]


@test
def columns(home):
    """They are chosen in a menu, by keyboard and by mouse, and remembered."""
    write_settings(home, view="'table'")
    with running(home, *make_three(home)) as face:
        face.wait("All, 3 torrents", Atspi.Role.LIST_ITEM)
        face.wait("State", Atspi.Role.LABEL)
        expect(face.find("Added", Atspi.Role.LABEL) is None, "not from the beginning")
        face.key("F10")
        face.choose("Columns", "Added")
        face.wait("Added", Atspi.Role.LABEL)
        wait_for("the setting", lambda: column_is_shown(home, "added"))
        face.key("Escape")
        face.key("Escape")
        x, y = middle(face.wait("Name", Atspi.Role.LABEL))
        Atspi.generate_mouse_event(x, y, "b3c")
        face.click(face.wait("Size", Atspi.Role.MENU_ITEM))
        wait_for("the setting", lambda: not column_is_shown(home, "size"))
        expect(face.terminate() == 0, "the program ended well")
    with running(home) as face:
        face.wait("Added", Atspi.Role.LABEL)
        expect(face.find("Size", Atspi.Role.LABEL) is None, "it is remembered")
        expect(face.terminate() == 0, "the program ended well")


def copy(face, what):
    """By the menu of the row that has the focus. Returns what the clipboard has then."""
    face.key("Menu")
    face.choose("Copy", what)
    face.wait("Copied to the clipboard")
    return read_clipboard()


@test
def copied(home):
    """Names, hashes and links of what is selected are in the clipboard, one a line, in the order of the list."""
    torrents = make_three(home)
    hashes = [info_hash_of(path) for path in torrents]
    write_settings(home, sort_column="'name'", sort_descending="false")
    with running(home, *torrents) as face:
        wait_for("all of them", lambda: len(rows(face)) == 3)
        face.click(face.wait_row("Debian 13, "))
        face.wait("1 selected", Atspi.Role.LABEL)
        expect(copy(face, "Name") == "Debian 13", "a name")
        expect(copy(face, "Hash") == hashes[1], "a hash")
        wait_for("the focus in the list", lambda: face.is_focused("Debian 13, "))
        face.key("a", "Control")
        face.wait("3 selected", Atspi.Role.LABEL)
        face.key("c", "Control")
        wait_for("three links", lambda: read_clipboard().count("magnet:?xt=urn:btih:") == 3)
        links = read_clipboard().splitlines()
        expect([hashes[i] in link for i, link in zip((1, 2, 0), links)] == [True] * 3, "in the order of the list")
        expect("dn=Debian" in links[0], "with the name")
        expect(face.terminate() == 0, "the program ended well")


@test
def table_rows(home):
    """A row of the table is read aloud as in the list; one that is added is scrolled to."""
    many = [make_torrent(home, f"Number {number:03}", False) for number in range(60)]
    write_settings(home, view="'table'", sort_column="'name'", sort_descending="false")
    with running(home, *many) as face:
        face.wait("All, 60 torrents", Atspi.Role.LIST_ITEM)
        face.wait(lambda name: name.startswith("Number 000, 0 percent, "))
        face.open("file://" + make_torrent(home, "Zenith", False))
        face.wait("All, 61 torrents", Atspi.Role.LIST_ITEM)
        wait_in_sight(face, "Zenith, 0 percent, ")
        expect(face.terminate() == 0, "the program ended well")


@test
def several_removed(home):
    """Several that are removed at once come back at once, as they were, by keyboard alone."""
    with running(home, *make_three(home)) as face:
        wait_for("all of them", lambda: len(rows(face)) == 3)
        face.click(face.wait_row("Debian 13, "))
        face.wait("1 selected", Atspi.Role.LABEL)
        face.key("a", "Control")
        face.wait("3 selected", Atspi.Role.LABEL)
        face.key("Delete")
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        face.key("z", "Control")
        wait_for("all of them", lambda: len(rows(face)) == 3)
        face.wait_row("Sintel, complete, ")
        expect(face.terminate() == 0, "the program ended well")
    with running(home) as face:
        wait_for("all of them after a restart", lambda: len(rows(face)) == 3)
        face.wait_row("Sintel, complete, ")
        expect(face.terminate() == 0, "the program ended well")


@test
def narrow(home):
    """In a narrow window the details come and go by keyboard; what a wide one shows is not changed."""
    write_settings(home, window_width="360", window_height="600")
    with running(home, *make_three(home)) as face:
        face.click(face.wait_row("Debian 13, "))
        face.wait("1 selected", Atspi.Role.LABEL)
        face.key("Return", "Alt")
        face.wait("Back to the Torrents", Atspi.Role.PUSH_BUTTON)
        face.key("Escape")
        wait_for("the way back", lambda: face.find("Back to the Torrents", Atspi.Role.PUSH_BUTTON) is None
                 or len(rows(face)) == 3)
        expect(read_setting(home, "show-details") is None, "it is not remembered")
        expect(face.terminate() == 0, "the program ended well")


@test
def mode(home):
    """A mode that holds torrents back is said in words, and only then."""
    with running(home, *make_three(home)) as face:
        wait_for("all of them", lambda: len(rows(face)) == 3)
        expect(face.find(lambda name: name.startswith("Mode: ")) is None, "the usual needs no words")
        set_until(home, "the mode", lambda: face.find("Mode: Seed only") is not None, mode="'seeding'")
        set_until(home, "no words", lambda: face.find("Mode: Seed only") is None, mode="'all'")
        expect(face.terminate() == 0, "the program ended well")


def drag(face, row, group, result, select):
    """By mouse, again and again: on a busy machine the drop may come before anybody was asked for it."""
    def try_again():
        select()
        (x, y), (to_x, to_y) = middle(face.wait_row(row)), middle(face.wait(group, Atspi.Role.LIST_ITEM))
        point(x, y)
        Atspi.generate_mouse_event(x, y, "b1p")
        for step in range(1, 11):
            point(x + (to_x - x) * step // 10, y + (to_y - y) * step // 10)
            time.sleep(0.05)
        for _ in range(5):
            jiggle(to_x, to_y)
            time.sleep(0.1)
        Atspi.generate_mouse_event(to_x, to_y, "b1r")
        time.sleep(1)
        return face.find(result, Atspi.Role.LIST_ITEM)

    wait_for(result, try_again)


@test
def dragged(home):
    """One torrent, then all that are selected, are dragged to a tag, and one to none."""
    write_settings(home, tags="[{'name': <'Films'>, 'color': <'#3584e4'>}]")
    with running(home, *make_three(home)) as face:
        wait_for("all of them", lambda: len(rows(face)) == 3)
        manage("FriendTorrent")

        def select_all():
            face.click(face.wait_row("Debian 13, "))
            face.wait("1 selected", Atspi.Role.LABEL)
            face.key("a", "Control")
            face.wait("3 selected", Atspi.Role.LABEL)
            # Or this click and the next were a double click.
            time.sleep(1)

        drag(face, "Sintel, ", lambda name: name.startswith("Films, "), "Films, 1 torrent", lambda: None)
        drag(face, "Debian 13, ", lambda name: name.startswith("Films, "), "Films, 3 torrents", select_all)

        def select_one():
            face.click(face.wait_row("Sintel, "))
            face.wait("1 selected", Atspi.Role.LABEL)
            time.sleep(1)

        drag(face, "Sintel, ", lambda name: name.startswith("Untagged, "), "Untagged, 1 torrent", select_one)
        face.wait("Films, 2 torrents", Atspi.Role.LIST_ITEM)
        expect(face.terminate() == 0, "the program ended well")


sys.exit(main())
