#!/usr/bin/python3
# test-preferences.py: settings, the plan of the week, options, tags and names, as a person changes them.
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-preferences.py PROGRAM [TEST…]: starts itself again with a display and a session bus of its own; TAP."""

import pathlib
import sys
import time

import ft_harness

ft_harness.begin()

from ft_face import Atspi, children, is_checked, wait_for, walk  # noqa: E402
from ft_harness import expect, main, read_setting, running, test, write_settings  # noqa: E402
from ft_torrents import make_torrent  # noqa: E402

# Of a keyboard as X has it unless it is told otherwise.
KEYS = {"Escape": 9, "BackSpace": 22, "Tab": 23, "e": 26, "t": 28, "Return": 36, "Control": 37, "a": 38, "Shift": 50,
        "space": 65, "F2": 68, "Home": 110, "Up": 111, "Left": 113, "Right": 114, "End": 115, "Down": 116}
PAGES = {
    "Adding": "Ask before adding",
    "Speed": "Follow the plan",
    "Seeding": "Minutes without demand",
    "Network": "Most connections of one torrent",
    "Desktop": "Keep the computer awake while downloading",
    "Privacy": "Offer links from the clipboard",
}
FULL_WEEK = 168 * "f"


def press_keys(*names):
    """The last while those before it are held."""
    for name in names[:-1]:
        Atspi.generate_keyboard_event(KEYS[name], None, Atspi.KeySynthType.PRESS)
    Atspi.generate_keyboard_event(KEYS[names[-1]], None, Atspi.KeySynthType.PRESSRELEASE)
    for name in reversed(names[:-1]):
        Atspi.generate_keyboard_event(KEYS[name], None, Atspi.KeySynthType.RELEASE)


def has_state(accessible, state):
    return accessible.get_state_set().contains(state)


def preferences(face):
    """What is in the window of preferences, whichever page is in front."""
    return next((child for child in children(face.root()) if child.get_name() == "Preferences"), None)


def open_page(face, page):
    if preferences(face) is None:
        face.activate("preferences")
        wait_for("preferences", lambda: preferences(face) is not None)
    # Two switchers, of which one is seen as there is room.
    tabs = [accessible for accessible in walk(preferences(face))
            if accessible.get_role() == Atspi.Role.PAGE_TAB and accessible.get_name() == page]
    click_action(tabs[0])
    wait_for(f"{page} in front", lambda: has_state(tabs[0], Atspi.StateType.PRESSED))
    face.wait(PAGES[page], Atspi.Role.LABEL)


def click_action(accessible):
    action = accessible.get_action_iface()
    for index in range(action.get_n_actions()):
        if action.get_action_name(index) in ("click", "toggle", "activate"):
            action.do_action(index)
            return
    raise AssertionError(f"{accessible.get_name()} cannot be pressed")


def find_switch(face, name):
    return wait_for(f"switch {name}", lambda: face.find(name, Atspi.Role.CHECK_BOX))


def flip(face, name):
    switch = find_switch(face, name)
    click_action(switch)
    return switch


def wait_setting(home, key, value):
    wait_for(f"{key} = {value}, is {read_setting(home, key)}", lambda: read_setting(home, key) == value)


def quiet(home, **values):
    """Nothing is asked when torrents are added, and nobody is notified: there is nobody to show it."""
    write_settings(home, show_add_dialog="false", notify_problem="false", **values)


@test
def pages(home):
    """Each page opens, everything that can be used on it has a name, and what is not built cannot be used."""
    usable = {Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.SPIN_BUTTON,
              Atspi.Role.COMBO_BOX, Atspi.Role.TABLE_CELL}
    quiet(home, schedule_enabled="true")
    with running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        for page in PAGES:
            open_page(face, page)
        widgets = [accessible for accessible in walk(preferences(face)) if accessible.get_role() in usable]
        expect(len(widgets) > 200, "what is looked at is there")
        nameless = [f"{widget.get_role_name()} in {widget.get_parent().get_name()}"
                    for widget in widgets if not widget.get_name() or widget.get_name().startswith("Gtk")]
        expect(not nameless, "without a name: " + ", ".join(nameless))
        names = [widget.get_name() for widget in widgets if widget.get_role() == Atspi.Role.CHECK_BOX]
        expect(len(names) == len(set(names)), "each switch has a name of its own: " + ", ".join(sorted(names)))
        expect(not has_state(find_switch(face, "Connections that give way to others (µTP)"), Atspi.StateType.SENSITIVE),
               "what is not built cannot be switched")
        expect(face.terminate() == 0, "the program ended well")


@test
def dht(home):
    """The switch acts at once, and what comes of it stands below it."""
    quiet(home, dht="false", dht_routers="@as []")
    with running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        open_page(face, "Network")
        face.wait("Not used", Atspi.Role.LABEL)
        flip(face, "Distributed hash table (DHT)")
        wait_setting(home, "dht", "true")
        face.wait(lambda text: text.startswith("No node is known that could be asked"), Atspi.Role.LABEL)
        expect(face.terminate() == 0, "the program ended well")


def follow(home, what, condition, **values):
    """As another program changes settings. One that is written while the program writes its own is lost."""
    def ask():
        if condition():
            return True
        write_settings(home, **values)
        return wait_briefly(condition)
    wait_for(what, ask)


def wait_briefly(condition):
    end = time.monotonic() + 2
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


@test
def at_once(home):
    """Folder and mode take effect in the engine without a restart."""
    other = pathlib.Path(home, "elsewhere")
    other.mkdir()
    first = make_torrent(home, "Here", True)
    second = make_torrent(home, "Elsewhere", True)
    pathlib.Path(home, "Downloads", "Elsewhere").rename(other / "Elsewhere")
    quiet(home)
    with running(home, first) as face:
        face.wait_row("Here, complete, Seeding")
        open_page(face, "Adding")
        face.wait("~/Downloads", Atspi.Role.LABEL)
        follow(home, "the other folder", lambda: face.find(f"~/{other.name}", Atspi.Role.LABEL),
               download_folder=f"'{other}'")
        face.open("file://" + second)
        face.wait_row("Elsewhere, complete, Seeding")
        open_page(face, "Seeding")
        follow(home, "the other mode", lambda: face.find("Download only", Atspi.Role.LABEL), mode="'downloading'")
        face.wait_row("Here, complete, Complete: the mode allows downloading only")
        expect(face.terminate() == 0, "the program ended well")


@test
def limits(home):
    """A switch lets a number be set; both are saved."""
    quiet(home)
    with running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        open_page(face, "Speed")
        number = face.wait("Most kB/s to download", Atspi.Role.SPIN_BUTTON)
        expect(not has_state(number, Atspi.StateType.SENSITIVE), "without a limit there is no number to set")
        flip(face, "Limit download speed")
        wait_setting(home, "limit-down-enabled", "true")
        wait_for("the number", lambda: has_state(number, Atspi.StateType.SENSITIVE))
        number.get_value_iface().set_current_value(250)
        wait_setting(home, "limit-down", "250")
        flip(face, "Slower limits now")
        wait_setting(home, "alternative-limits", "true")
        expect(face.terminate() == 0, "the program ended well")


def get_cells(face):
    return [accessible for accessible in walk(face.root()) if accessible.get_role() == Atspi.Role.TABLE_CELL]


def tab_to(accessible):
    """One step on the way of the focus. Returns whether it has arrived."""
    if has_state(accessible, Atspi.StateType.FOCUSED):
        return True
    press_keys("Tab")
    return False


def get_plan(home):
    text = read_setting(home, "schedule")
    return text.strip("'") if text is not None else FULL_WEEK


@test
def week(home):
    """The plan is painted by keyboard, read aloud, and holds at once."""
    quiet(home, schedule_enabled="true")
    with running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        open_page(face, "Speed")
        cells = wait_for("168 hours", lambda: (lambda found: found if len(found) == 168 else None)(get_cells(face)))
        expect(all("o’clock" in cell.get_name() and "full speed" in cell.get_name() for cell in cells),
               "each hour says what it is")
        # This locale's week begins on Sunday.
        expect(cells[0].get_name().startswith("Sunday, 0 to 1 o’clock"), "the first hour")
        wait_for("the focus", lambda: tab_to(cells[0]))
        press_keys("Right")
        press_keys("Down")
        press_keys("space")
        wait_for("a slower hour", lambda: face.find("Monday, 1 to 2 o’clock: slower", Atspi.Role.TABLE_CELL)
                 or face.find("Monday, 1 to 2 o’clock, which is now: slower", Atspi.Role.TABLE_CELL))
        wait_for("the plan", lambda: get_plan(home) == "fl" + 166 * "f")
        press_keys("Shift", "Home")
        press_keys("Shift", "Down")
        press_keys("space")
        wait_for("four hours", lambda: get_plan(home) in ("ll" + 22 * "f" + "ll" + 142 * "f",))
        press_keys("Control", "a")
        press_keys("space")
        wait_for("a slow or idle week", lambda: len(set(get_plan(home))) == 1)
        while get_plan(home) != 168 * "o":
            before = get_plan(home)
            press_keys("space")
            wait_for("the next paint", lambda: get_plan(home) != before)
        face.wait("Paused by the week’s plan", Atspi.Role.LABEL)
        expect(face.terminate() == 0, "the program ended well")


@test
def port(home):
    """What is known of the port is said in words."""
    quiet(home)
    with running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        open_page(face, "Network")
        face.press("Test the port")
        face.wait(lambda name: name.startswith("Port ") and "nobody from the Internet has connected yet" in name,
                  Atspi.Role.LABEL)
        face.press("Random Port")
        wait_for("another port", lambda: read_setting(home, "listen-port") not in (None, "uint32 0", "0"))
        follow(home, "the interface", lambda: face.find("nothing0 (not there now)", Atspi.Role.LABEL),
               bind_interface="'nothing0'")
        expect(face.terminate() == 0, "the program ended well")


def shows_options(face, *names):
    """Opens the options; leaves them open if these are switched on."""
    press_keys("Control", "e")
    face.wait("Torrent Options", Atspi.Role.LABEL)
    if all(is_checked(find_switch(face, name)) for name in names):
        return True
    press_keys("Escape")
    face.wait_windows(1)
    return False


@test
def options(home):
    """Options of a torrent are set, and found again."""
    quiet(home)
    with running(home, make_torrent(home, "Some torrent", False)) as face:
        face.click(face.wait_row("Some torrent, 0 percent, "))
        face.wait("1 selected", Atspi.Role.LABEL)
        press_keys("Control", "e")
        face.wait("Torrent Options", Atspi.Role.LABEL)
        expect(not is_checked(find_switch(face, "Download in order")), "it was not set")
        flip(face, "Download in order")
        flip(face, "Limit upload speed")
        face.wait("Most kB/s to upload", Atspi.Role.SPIN_BUTTON).get_value_iface().set_current_value(30)
        face.press("Apply")
        face.wait_windows(1)
        # What was set is seen when the engine has told of it.
        wait_for("what was set", lambda: shows_options(face, "Download in order"))
        expect(face.find("Most kB/s to upload", Atspi.Role.SPIN_BUTTON).get_value_iface().get_current_value() == 30,
               "the limit")
        expect(not is_checked(find_switch(face, "Limit download speed")), "what was not changed stayed")
        press_keys("Escape")
        face.wait_windows(1)
        expect(face.terminate() == 0, "the program ended well")


@test
def mixed(home):
    """What differs among several torrents is said, and stays so while something else is changed."""
    quiet(home)
    with running(home, make_torrent(home, "One", False), make_torrent(home, "Other", False)) as face:
        face.wait_row("Other, 0 percent, ")
        face.click(face.wait_row("One, 0 percent, "))
        face.wait("1 selected", Atspi.Role.LABEL)
        press_keys("Control", "e")
        face.wait("Torrent Options", Atspi.Role.LABEL)
        flip(face, "Download in order")
        face.press("Apply")
        face.wait_windows(1)
        wait_for("what was set", lambda: shows_options(face, "Download in order"))
        press_keys("Escape")
        face.wait_windows(1)

        press_keys("Control", "a")
        face.wait("2 selected", Atspi.Role.LABEL)
        press_keys("Control", "e")
        face.wait("2 torrents", Atspi.Role.LABEL)
        face.wait("Mixed: stays so unless it is changed here", Atspi.Role.LABEL)
        flip(face, "Never wait in the queue")
        face.press("Apply")
        face.wait_windows(1)
        face.click(face.wait_row("One, 0 percent, "))
        face.wait("1 selected", Atspi.Role.LABEL)
        wait_for("both", lambda: shows_options(face, "Download in order", "Never wait in the queue"))
        press_keys("Escape")
        face.wait_windows(1)
        expect(face.terminate() == 0, "the program ended well")


def set_text(accessible, text):
    accessible.get_editable_text_iface().set_text_contents(text)


@test
def names(home):
    """A torrent gets another name, also after a restart, and its own again."""
    torrent = make_torrent(home, "Some torrent", False)
    quiet(home)
    with running(home, torrent) as face:
        face.click(face.wait_row("Some torrent, 0 percent, "))
        face.wait("1 selected", Atspi.Role.LABEL)
        press_keys("F2")
        set_text(face.wait("Name of the torrent", Atspi.Role.TEXT), "My <b>name & more")
        face.press("Rename")
        face.wait_windows(1)
        face.wait_row("My <b>name & more, 0 percent, ")
        expect(face.terminate() == 0, "the program ended well")
    with running(home) as face:
        face.click(face.wait_row("My <b>name & more, 0 percent, "))
        face.wait("1 selected", Atspi.Role.LABEL)
        press_keys("F2")
        set_text(face.wait("Name of the torrent", Atspi.Role.TEXT), " ")
        face.press("Rename")
        face.wait_windows(1)
        face.wait_row("Some torrent, 0 percent, ")
        expect(face.terminate() == 0, "the program ended well")


@test
def tags(home):
    """A tag is made; a name that is taken is refused."""
    quiet(home, tags="[{'name': <'linux'>, 'color': <'#3584e4'>}]")
    with running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        press_keys("Control", "t")
        face.wait("New Tag", Atspi.Role.LABEL)
        entry = face.wait("Name", Atspi.Role.TEXT)
        save = face.find("Save", Atspi.Role.PUSH_BUTTON)
        set_text(entry, "Linux")
        wait_for("a refusal", lambda: not has_state(save, Atspi.StateType.SENSITIVE))
        set_text(entry, "films & more")
        wait_for("no refusal", lambda: has_state(save, Atspi.StateType.SENSITIVE))
        face.press("Save")
        face.wait_windows(1)
        wait_for("the tag", lambda: "'films & more'" in (read_setting(home, "tags") or ""))
        expect(face.terminate() == 0, "the program ended well")


sys.exit(main())
