#!/usr/bin/python3
# test-screenshots.py: a picture of every page, in the folder that FT_UI_PICTURES names.
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-screenshots.py PROGRAM CONSOLE [TEST…]: starts itself again with a network, a display and a session bus of its
own; TAP. The torrents are those of ft_scene.py, which all tests share."""

import contextlib
import os
import pathlib
import sys
import tempfile

import ft_apart
import ft_harness

os.environ.setdefault("FT_UI_SCREEN", "1400x1000")
ft_apart.begin()
ft_harness.begin()

import ft_harness as harness  # noqa: E402
from ft_face import Atspi, wait_for  # noqa: E402
from ft_harness import expect, running, test, write_settings  # noqa: E402
from ft_picture import find_window, focus, resize, scale_text, take  # noqa: E402
from ft_scene import LOST, TORRENTS, Scene, Torrent, build  # noqa: E402
from ft_torrents import Seed, info_hash_of  # noqa: E402
from ft_web import silent_server  # noqa: E402

CONSOLE = sys.argv.pop(2)
STYLE = """[Settings]
gtk-font-name=Cantarell 11
gtk-decoration-layout=:close
gtk-enable-animations=false
gtk-cursor-blink=false
"""
DETAILS = {"overview": [], "files": ["Download Big Buck Bunny.mp4"], "peers": [], "trackers": [], "speed": [], "log": []}

PAGES = ["Adding", "Speed", "Seeding", "Network", "Desktop", "Privacy"]
LOOKS = {
    "dark": {"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"},
    "high-contrast": {"ADW_DEBUG_HIGH_CONTRAST": "1"},
    "right-to-left": {"GTK_DEBUG": "invert-text-dir"},
}
# The least that a phone has.
WIDTH, HEIGHT = 360, 720
MORE = [
    Torrent("Cosmos Laundromat", [("Cosmos Laundromat.mp4", 620_000_000), ("Subtitles/en.srt", 18_000),
                                  ("Subtitles/de.srt", 19_000), ("Subtitles/es.srt", 18_500), ("Poster.png", 4_100_000),
                                  ("Extras/Making of.mp4", 184_000_000)], 1048576, "films", 2),
    Torrent("archlinux-2025.11.01-x86_64.iso", 1_400_000_000, 524288, "linux", 0),
    Torrent("Project Gutenberg, books of October", 812_000_000, 524288, "rest", 3),
]

SCENE = contextlib.ExitStack()
HOME = None


def scene_home():
    """Made by the first that needs it: everything is checked, and one torrent is lost."""
    global HOME
    if HOME is None:
        HOME = SCENE.enter_context(tempfile.TemporaryDirectory(prefix="friendtorrent-ui-scene-"))
        scene = SCENE.enter_context(Scene(CONSOLE, HOME))
        style(HOME)
        write_settings(HOME, watch_folders=scene.watch_folders(), tags=scene.tags(), sort_column="'name'",
                       sort_descending="false", notify_problem="false", notify_finished="false",
                       limit_down_enabled="true", limit_down="uint32 2000")
        with running(HOME) as face:
            for torrent in TORRENTS:
                face.wait_row(torrent.name + ", ")
            for torrent in TORRENTS:
                if torrent.share == 1:
                    face.wait_row(torrent.name + ", complete, ")
            expect(face.terminate() == 0, "the program ended well")
        scene.lose()
    return HOME


def style(home):
    """As GNOME has it; no window manager draws a frame."""
    folder = pathlib.Path(home, "config", "gtk-4.0")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.ini").write_text(STYLE)
    (folder / "gtk.css").write_text("window.solid-csd { padding: 0; border: none; box-shadow: none; }\n")


def make(home, torrent):
    path = pathlib.Path(home, f"{torrent.name}.torrent")
    path.write_bytes(build(torrent, "http://127.0.0.1:9/announce"))
    return path


@contextlib.contextmanager
def showing(width, height, *arguments, environment=(), home=None, **settings):
    """The program with all torrents in a window of that size."""
    home = home if home is not None else scene_home()
    write_settings(home, window_width=str(width), window_height=str(height),
                   **{"show_details": "false", "details_page": "'overview'", "view": "'list'", **settings})
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        with running(home, *arguments, asks=home != HOME) as face:
            if home == HOME and settings.get("view") == "'table'":
                face.wait("Big Buck Bunny", Atspi.Role.LABEL)
            elif home == HOME:
                face.wait_row("Big Buck Bunny, ", " left")
                face.wait_row(f"{LOST}, ", "gone")
            yield face
            expect(face.terminate() == 0, "the program ended well")
    finally:
        os.environ.clear()
        os.environ.update(before)


def select(face, start):
    face.click(face.wait_row(start))
    face.wait("1 selected", Atspi.Role.LABEL)


def open_window(face, open_it, title):
    """What OPEN_IT opens; a second window that is called TITLE, or anything if that is None."""
    n_windows = face.root().get_child_count()
    open_it()
    face.wait_windows(n_windows + 1)
    find_window(title)


def close_window(face):
    n_windows = face.root().get_child_count()
    face.key("Escape")
    face.wait_windows(n_windows - 1)
    focus(find_window("FriendTorrent")[0])


def take_narrow(face, name, labels=(), title="FriendTorrent"):
    """And whether it can be so narrow at all."""
    resize(title, WIDTH, HEIGHT)
    take(face, name, (WIDTH, HEIGHT), labels, title)


@test
def wide(home):
    """The list with the details of one torrent; then each page of them."""
    with showing(1200, 760, show_details="true") as face:
        select(face, "Big Buck Bunny, ")
        take(face, "wide", (1200, 760), ["Problems", ft_apart.host(2)])
        for page, labels in DETAILS.items():
            face.press(page.capitalize(), role=Atspi.Role.PAGE_TAB)
            take(face, f"details-{page}", (1200, 760), labels)
        face.key("Down", "Shift")
        face.wait("2 selected", Atspi.Role.LABEL)
        take(face, "details-several", (1200, 760))


@test
def table(home):
    with showing(1300, 600, view="'table'") as face:
        take(face, "table", (1300, 600), ["Progress", "Size"])


@test
def narrow(home):
    with showing(WIDTH, HEIGHT) as face:
        take(face, "narrow", (WIDTH, HEIGHT))
        face.press("Back to the Sidebar")
        take(face, "narrow-sidebar", (WIDTH, HEIGHT), ["Problems", "Linux"])


@test
def narrow_table(home):
    with showing(WIDTH, HEIGHT, view="'table'") as face:
        take(face, "narrow-table", (WIDTH, HEIGHT))


@test
def narrow_details(home):
    with showing(WIDTH, HEIGHT) as face:
        select(face, "Big Buck Bunny, ")
        take(face, "narrow-selected", (WIDTH, HEIGHT))
        for name, keys in (("rename", ["F2"]), ("remove", ["Delete", "Shift"])):
            open_window(face, lambda keys=keys: face.key(*keys), None)
            take(face, f"narrow-dialog-{name}", (None, None), title=None)
            expect(find_window(None)[2] <= WIDTH, f"{name} is wider than its window")
            close_window(face)
        face.press("Show Details")
        for page, labels in DETAILS.items():
            face.press(page.capitalize(), role=Atspi.Role.PAGE_TAB)
            take(face, f"narrow-details-{page}", (WIDTH, HEIGHT), labels)


@test
def looks(home):
    """What people choose for their eyes, or their script."""
    for name, environment in LOOKS.items():
        with showing(1200, 760, environment=environment, show_details="true") as face:
            select(face, "Big Buck Bunny, ")
            take(face, name, (1200, 760))
            face.press("Files", role=Atspi.Role.PAGE_TAB)
            take(face, f"{name}-files", (1200, 760), DETAILS["files"])
        with showing(WIDTH, HEIGHT, environment=environment) as face:
            take(face, f"{name}-narrow", (WIDTH, HEIGHT))
            face.activate("preferences")
            take(face, f"{name}-preferences", (None, None), ["Ask before adding"], "Preferences")


@test
def large_text(home):
    scale_text(1.5)
    with showing(1200, 760, show_details="true") as face:
        select(face, "Big Buck Bunny, ")
        take(face, "large", (1200, 760))
    with showing(WIDTH, HEIGHT) as face:
        take(face, "large-narrow", (WIDTH, HEIGHT))
        select(face, "Big Buck Bunny, ")
        face.press("Show Details")
        take(face, "large-narrow-details", (WIDTH, HEIGHT))
    scale_text(1)


@test
def menus(home):
    with showing(900, 760) as face:
        focus(find_window("FriendTorrent")[0])
        face.key("F10")
        take(face, "menu", (900, 760))
        face.key("Escape")
        select(face, "Big Buck Bunny, ")
        face.key("F10", "Shift")
        take(face, "menu-torrent", (None, None), ["Verify the Data"], title=None)
        face.key("Escape")
        focus(find_window("FriendTorrent")[0])
        face.key("f", "Control")
        face.wait("Search by name", Atspi.Role.ENTRY)
        face.type("nonexistent")
        take(face, "search-empty", (900, 760), ["No Torrent Found"])


@test
def dialogs(home):
    """Each as it opens, then as narrow as a phone."""
    with showing(900, 760) as face:
        select(face, "Big Buck Bunny, ")
        for name, title, open_it in (
                ("options", "Torrent Options", lambda: face.key("e", "Control")),
                ("links", "Add Links", lambda: face.key("l", "Control")),
                ("tag", "New Tag", lambda: face.press(lambda text: text.startswith("New Tag"))),
                ("shortcuts", None, lambda: face.key("question", "Control")),
                ("about", None, lambda: face.activate("about")),
                ("rename", None, lambda: face.key("F2")),
                ("remove", None, lambda: face.key("Delete", "Shift"))):
            open_window(face, open_it, title)
            take(face, f"dialog-{name}", (None, None), title=title)
            if name not in ("shortcuts", "rename", "remove"):  # the toolkit's, which see to that themselves
                take_narrow(face, f"narrow-dialog-{name}", title=title)
            close_window(face)


@test
def preferences(home):
    with showing(900, 760) as face:
        face.activate("preferences")
        face.wait("Ask before adding", Atspi.Role.LABEL)
        for page in PAGES:
            face.press(page, role=Atspi.Role.PAGE_TAB)
            take(face, f"preferences-{page.lower()}", (None, None), title="Preferences")
    with showing(900, 760) as face:
        face.activate("preferences")
        face.wait("Ask before adding", Atspi.Role.LABEL)
        for page in PAGES:
            face.press(page, role=Atspi.Role.PAGE_TAB)
            take_narrow(face, f"narrow-preferences-{page.lower()}", title="Preferences")


@contextlib.contextmanager
def seeding(home, torrent):
    """Somebody who has no more than its details gives these. A link to that person."""
    path = str(make(home, torrent))
    with contextlib.closing(Seed(CONSOLE, str(home), [path])) as seed:
        seed.start()
        yield f"magnet:?xt=urn:btih:{info_hash_of(path)}&x.pe=127.0.0.1:{seed.port}"


@test
def links(home):
    """The details of a link have come; links that wait, in the list and in the details; the connection."""
    waiting = f"magnet:?xt=urn:btih:{40 * 'a'}&dn=Internet%20Archive%3A%20prints%20of%20Hokusai"
    write_settings(home, download_folder=f"'{home}/Downloads'", show_add_dialog="true")
    pathlib.Path(home, "Downloads").mkdir()
    style(home)
    with seeding(home, MORE[0]) as link, showing(900, 760, link, home=home) as face:
        face.wait("Add a Torrent", Atspi.Role.FRAME)
        face.wait(lambda text: text.startswith("Space: "))
        face.open(waiting)
        face.wait("Add 2 Torrents", Atspi.Role.PUSH_BUTTON)
        take(face, "add-links", (None, None), title="Add Torrents")
        take_narrow(face, "narrow-add-links", title="Add Torrents")
        close_window(face)
        face.click(face.wait_row("Internet Archive: prints of Hokusai, "))
        face.wait_row(f"{MORE[0].name}, 0 percent, Paused: details only")
        take(face, "links", (900, 760))
        face.press("Show Details")
        for page in ("Overview", "Files", "Peers", "Trackers"):
            face.press(page, role=Atspi.Role.PAGE_TAB)
            take(face, f"links-{page.lower()}", (900, 760))
        face.press("Back to the Torrents")
        face.click(face.wait(lambda text: text.startswith("Connection: ")))
        face.wait(lambda text: text.startswith("Router: "))
        take(face, "connection", (None, None), title=None)


@test
def fetching(home):
    """The address of a .torrent file whose server lets one wait."""
    style(home)
    for name, environment in (("fetching", {}), ("dark-narrow-fetching", LOOKS["dark"])):
        with silent_server() as (link, _), showing(900, 600, link, environment=environment, home=home,
                                                   show_add_dialog="false") as face:
            face.wait("Fetching “slow.torrent”…", Atspi.Role.LABEL)
            if "narrow" in name:
                take_narrow(face, name)
            else:
                take(face, name, (900, 600))
            face.press("Cancel")
            wait_for("the end of it", lambda: face.find("Fetching “slow.torrent”…", Atspi.Role.LABEL) is None)


@test
def adding(home):
    files = [str(make(home, torrent)) for torrent in MORE]
    magnet = f"magnet:?xt=urn:btih:{40 * 'a'}&dn=Internet%20Archive%3A%20prints%20of%20Hokusai"
    write_settings(home, tags=Scene.tags(), download_folder=f"'{home}/Downloads'")
    pathlib.Path(home, "Downloads").mkdir()
    style(home)
    for name, title, arguments in (("one", "Add a Torrent", files[:1]), ("several", "Add Torrents", files),
                                   ("magnet", "Add a Torrent", [magnet])):
        write_settings(home, show_add_dialog="true")
        with showing(900, 760, *arguments, home=home) as face:
            face.wait(title, Atspi.Role.FRAME)
            take(face, f"add-{name}", (None, None), title=title)
            take_narrow(face, f"narrow-add-{name}", title=title)
            if name == "magnet":
                face.press("Remove the Link")
            else:
                face.press("Cancel")
            face.wait_windows(1)
            if name == "magnet":
                face.wait("No Torrents Yet", Atspi.Role.LABEL)
                take(face, "empty", (900, 760), ["No Torrents Yet"])
    with showing(WIDTH, HEIGHT, home=home) as face:
        take(face, "narrow-empty", (WIDTH, HEIGHT), ["No Torrents Yet"])


try:
    status = harness.main()
finally:
    SCENE.close()
sys.exit(status)
