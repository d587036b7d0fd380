#!/usr/bin/python3
# test-add.py: torrents come in by dialog, command line, D-Bus, link and watched folder.
# SPDX-License-Identifier: GPL-3.0-or-later

import contextlib
import functools
import http.server
import os
import pathlib
import subprocess
import sys
import threading

from ft_harness import begin, expect, main, read_setting, running, test, write_settings

begin()

from ft_face import Atspi, Gio, wait_for  # noqa: E402
from ft_services import Services  # noqa: E402
from ft_source import drag, jiggle, manage, release, source  # noqa: E402
from ft_torrents import make_folder_torrent, make_torrent  # noqa: E402
from ft_web import silent_server  # noqa: E402

HASH = 40 * "a"
MAGNET = f"magnet:?xt=urn:btih:{HASH}&dn=Some%20link"
GVFS_MAGNET = f"magnet:///?xt=urn:btih:{40 * 'b'}&dn=Other%20link"


def wait_dialog(face, title):
    face.wait(title, Atspi.Role.FRAME)


def add(face, label="Add"):
    button = wait_for("the button can be pressed", lambda: sensitive(face.find(label, Atspi.Role.PUSH_BUTTON)))
    expect(button, "there is a button")
    face.press(label)
    face.wait_windows(1)


def sensitive(accessible):
    return accessible if accessible is not None \
        and accessible.get_state_set().contains(Atspi.StateType.SENSITIVE) else None


def starts_with(start):
    return lambda text: text.startswith(start)


@test
def dialog(home):
    """A file is asked about: its space is said, choices are taken and remembered."""
    torrent = make_torrent(home, "Some <b>data & more", True)
    with running(home, torrent, asks=True) as face:
        wait_dialog(face, "Add a Torrent")
        face.wait(starts_with("Space: 96.0"))
        face.press("Start at once", role=Atspi.Role.CHECK_BOX)
        face.press("Download in order", role=Atspi.Role.CHECK_BOX)
        add(face)
        face.wait_row("Some <b>data & more, ", "Paused")
        expect(face.terminate() == 0, "the program ended well")
    expect(read_setting(home, "start-added") == "false", "start is remembered")
    expect(read_setting(home, "add-sequential") == "true", "order is remembered")
    expect(pathlib.Path(torrent).exists(), "the file is kept")


@test
def one_file_less(home):
    """What is not ticked is not downloaded, and needs no room."""
    files = [("a.bin", 100_000), ("b.bin", 200_000)]
    write_settings(home, show_details="true", details_page="'files'", window_width="960", window_height="760")
    with running(home, make_folder_torrent(home, "Two files", files), asks=True) as face:
        wait_dialog(face, "Add a Torrent")
        face.wait(starts_with("Space: 300.0"))
        box = face.wait(lambda name: "b.bin" in name, Atspi.Role.CHECK_BOX)
        face.click(box)
        face.wait(starts_with("Space: 100.0"))
        add(face)
        face.click(face.wait_row("Two files, 0 percent, "))
        face.wait(lambda name: name.replace("\u00a0", " ") == "1 of 2 files chosen, 100.0 kB of 300.0 kB", Atspi.Role.LABEL)
        expect(face.terminate() == 0, "the program ended well")


@test
def several(home):
    """Several at once, one of them bad: it says what and why, the others are added."""
    pathlib.Path(home, "junk.torrent").write_bytes(b"junk")
    first = make_torrent(home, "First", False)
    second = make_torrent(home, "Second", False)
    with running(home, first, f"{home}/junk.torrent", second, asks=True) as face:
        wait_dialog(face, "Add Torrents")
        face.wait(starts_with("This is not a valid torrent: "))
        add(face, "Add 2 Torrents")
        face.wait_row("First, 0 percent, ")
        face.wait_row("Second, 0 percent, ")
        expect(face.terminate() == 0, "the program ended well")


def swell(torrent):
    """The same with more in it than torrents have."""
    path = pathlib.Path(torrent)
    path.write_bytes(path.read_bytes()[:-1] + b"2:zz10000000:" + bytes(10_000_000) + b"e")
    return torrent


@test
def unusually_large(home):
    """A file of more than 10 MB is asked about, also where nothing else is; one that comes by itself is left alone."""
    first, second = (swell(make_torrent(home, name, False)) for name in ("Large", "Larger"))
    folder = pathlib.Path(home, "watched")
    folder.mkdir()
    write_settings(home, watch_folders="[{'path': <'%s'>}]" % folder)
    with running(home, first, asks=True) as face:
        wait_dialog(face, "Add a Torrent")
        face.wait(starts_with("This .torrent file is unusually large: 10.0"))
        expect(not sensitive(face.find("Add", Atspi.Role.PUSH_BUTTON)), "it is not added like that")
        face.press("Open Anyway")
        add(face)
        face.wait_row("Large, 0 percent, ")
        write_settings(home, show_add_dialog="false")
        wait_for("the question", lambda: (face.open("file://" + second), face.find("Open Anyway"))[1])
        face.press("Open Anyway")
        add(face)
        face.wait_row("Larger, 0 percent, ")
        pathlib.Path(swell(make_torrent(home, "Largest", False))).rename(folder / "largest.torrent")
        face.wait("“largest.torrent” was not added")
        expect(face.find("Open Anyway") is None, "nobody is asked")
        expect(face.terminate() == 0, "the program ended well")


@test
def never_again(home):
    """Who does not want to be asked again is not; what was chosen holds."""
    with running(home, make_torrent(home, "Asked", False), asks=True) as face:
        wait_dialog(face, "Add a Torrent")
        face.press("Don’t ask again", role=Atspi.Role.CHECK_BOX)
        add(face)
        face.wait_row("Asked, 0 percent, ")
        face.open("file://" + make_torrent(home, "Not asked", False))
        face.wait_row("Not asked, 0 percent, ")
        expect(face.terminate() == 0, "the program ended well")
    expect(read_setting(home, "show-add-dialog") == "false", "it is remembered")


@test
def d_bus(home):
    """What comes while the dialog is open joins it; Cancel adds nothing."""
    with running(home, asks=True) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        face.open("file://" + make_torrent(home, "One", False))
        wait_dialog(face, "Add a Torrent")
        face.open("file://" + make_torrent(home, "Two", False))
        face.wait("Add 2 Torrents", Atspi.Role.PUSH_BUTTON)
        face.press("Cancel")
        face.wait_windows(1)
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        expect(face.terminate() == 0, "the program ended well")


@test
def duplicate(home):
    """One that is in the list already offers its trackers, in the dialog and without it."""
    first = make_torrent(home, "Twice", False, "http://127.0.0.1:9/a")
    with running(home, first) as face:
        face.wait_row("Twice, 0 percent, ")
        face.open("file://" + make_torrent(home, "Twice", False, "http://127.0.0.1:9/b"))
        face.wait("“Twice” is in the list already; 1 tracker is new")
        expect(face.terminate() == 0, "the program ended well")
    second = make_torrent(home, "Twice", False, "http://127.0.0.1:9/c")
    write_settings(home, show_add_dialog="true")
    with running(home, second, asks=True) as face:
        wait_dialog(face, "Add a Torrent")
        face.wait("It names 1 tracker that is new. Add it?")
        face.press("Add 1 Tracker")
        face.wait_windows(1)
        face.wait("The trackers were added")
        expect(face.terminate() == 0, "the program ended well")


@test
def magnets(home):
    """Magnet links in both spellings wait for their details, and say so."""
    with running(home, MAGNET, asks=True) as face:
        wait_dialog(face, "Add a Torrent")
        face.wait(lambda text: "the details" in text, Atspi.Role.LABEL)
        add(face)
        face.wait_row("Some link, ", "the details")
        face.open(GVFS_MAGNET)
        wait_dialog(face, "Add a Torrent")
        face.wait_text("Other link")
        add(face)
        face.wait_row("Other link, ", "the details")
        expect(face.terminate() == 0, "the program ended well")


def desktop_file():
    """What other programs read of it, with the program where it was built."""
    program = pathlib.Path(sys.argv[1]).resolve()
    os.environ["PATH"] = f"{program.parent}:{os.environ['PATH']}"
    name = "org.friendtorrent.FriendTorrent.desktop"
    application = Gio.DesktopAppInfo.new_from_filename(str(program.parent.parent.parent / "data" / name))
    expect(application, "it can be read, and its program is there")
    return application


@test
def clicked_in_a_browser(home):
    """Who asks the desktop to open a magnet link gets the program by its desktop file, and the dialog with the name."""
    application = desktop_file()
    expect(application.get_string("Exec") == "friendtorrent %U", "it takes several addresses")
    expect(application.get_boolean("DBusActivatable"), "one that runs is used")
    expect(set(application.get_supported_types()) == {"application/x-bittorrent", "x-scheme-handler/magnet"},
           "it is offered for torrents and magnet links")
    torrent = make_torrent(home, "From a browser", False)
    with running(home, asks=True) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        for link, name in (MAGNET, "Some link"), (GVFS_MAGNET, "Other link"):
            application.launch_uris([link], None)
            wait_dialog(face, "Add a Torrent")
            face.wait_text(name)
            add(face)
            face.wait_row(f"{name}, ", "the details")
        application.launch_uris([pathlib.Path(torrent).as_uri()], None)
        wait_dialog(face, "Add a Torrent")
        add(face)
        face.wait_row("From a browser, 0 percent, ")
        expect(face.terminate() == 0, "the program ended well")


@test
def typed_link(home):
    """Ctrl+L asks for links; what is none cannot be added."""
    with running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        face.press(starts_with("Add Links Add Links"))
        expect(not sensitive(face.find("Add", Atspi.Role.PUSH_BUTTON)), "there is nothing to add yet")
        face.wait(starts_with("Copy a link on a web page"), Atspi.Role.LABEL)
        Atspi.generate_keyboard_event(0, MAGNET, Atspi.KeySynthType.STRING)
        face.wait("1 link", Atspi.Role.LABEL)
        face.key("Return")
        face.type(20 * "d4")
        face.wait("2 links", Atspi.Role.LABEL)
        add(face)
        face.wait_row("Some link, ")
        face.wait_row(20 * "d4" + ", ")
        expect(face.terminate() == 0, "the program ended well")


PLACE = 400, 400


def pixel():
    """What is seen in the middle of the list."""
    return subprocess.run(["import", "-window", "root", "-crop", f"1x1+{PLACE[0]}+{PLACE[1] + 200}", "-depth", "8",
                           "rgb:-"], capture_output=True, check=True).stdout


def drop(mime_type, text):
    """Out of another program; where it would fall is tinted."""
    with source("drag", mime_type, text):
        before = pixel()
        drag(*PLACE)
        wait_for("the tint", lambda: (jiggle(*PLACE), pixel() != before)[1])
        release(*PLACE)
        wait_for("the tint to go", lambda: pixel() == before)
        yield


@test
def dropped(home):
    """A file and a text with a link are dropped on the window."""
    torrent = make_torrent(home, "Dropped & kept", False)
    with running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        manage("FriendTorrent")
        for _ in drop("text/uri-list", f"{pathlib.Path(torrent).as_uri()}\r\n"):
            face.wait_row("Dropped & kept, 0 percent, ")
        for _ in drop("text/plain", f"See {MAGNET} for it"):
            face.wait_row("Some link, ")
        for _ in drop("text/plain", "no link at all"):
            face.wait("There is no link to a torrent in what was dropped")
        expect(face.terminate() == 0, "the program ended well")


def is_active(face):
    return face.find("FriendTorrent", Atspi.Role.FRAME).get_state_set().contains(Atspi.StateType.ACTIVE)


def paste(face):
    face.open()
    wait_for("the focus", lambda: is_active(face))
    face.key("v", "Control")


@test
def pasted(home):
    """Ctrl+V adds a link and a file; of anything else it is said."""
    torrent = make_torrent(home, "Pasted", False)
    with running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        with source("copy", "text/plain", MAGNET):
            paste(face)
            face.wait_row("Some link, ")
        with source("copy", "text/uri-list", f"{pathlib.Path(torrent).as_uri()}\r\n"):
            paste(face)
            face.wait_row("Pasted, 0 percent, ")
        with source("copy", "text/plain", "no link at all"):
            paste(face)
            face.wait("There is no link to a torrent in the clipboard")
        expect(face.terminate() == 0, "the program ended well")


@test
def offered(home):
    """What was copied elsewhere is offered once when the window is used again; a bare hash is not: it may be anything."""
    with running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        with source("copy", "text/plain", 40 * "c"):
            face.open()
            wait_for("the focus", lambda: is_active(face))
        with source("copy", "text/plain", GVFS_MAGNET):
            face.open()
            face.wait("The clipboard holds a link to “Other link”")
            expect(face.find(lambda text: 40 * "c" in text) is None, "a hash is not offered")
            face.press("Add")
            face.wait_row("Other link, ")
        expect(face.terminate() == 0, "the program ended well")


@test
def refused_link(home):
    """A server that is not there is told of, and so is a page that is no torrent: at once and in the dialog."""
    with web(home) as base, running(home, "https://127.0.0.1:9/a.torrent?key=secret") as face:
        face.wait("“a.torrent” was not added")
        expect(face.find(lambda text: "secret" in text) is None, "what follows the name is not shown")
        write_settings(home, show_add_dialog="true")

        def asked():
            face.open(f"{base}/page.html")
            return face.find("Add a Torrent", Atspi.Role.FRAME)

        wait_for("the dialog", asked)
        face.wait(starts_with("This address does not lead to a .torrent file"))
        expect(not sensitive(face.find("Add", Atspi.Role.PUSH_BUTTON)), "it cannot be added")
        expect(face.terminate() == 0, "the program ended well")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def web(folder):
    """A web server of the files in a folder, on this computer."""
    pathlib.Path(folder, "page.html").write_text("<html>")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@test
def web_link(home):
    """The address of a .torrent file: given at the start, and pasted."""
    first = pathlib.Path(make_torrent(home, "Out of the web", False)).name
    second = pathlib.Path(make_torrent(home, "Pasted address", False)).name
    with web(home) as base, running(home, f"{base}/{first}", asks=True) as face:
        wait_dialog(face, "Add a Torrent")
        face.wait("Out of the web")
        add(face)
        face.wait_row("Out of the web, 0 percent, ")
        with source("copy", "text/plain", f"{base}/{second}"):
            paste(face)
            wait_dialog(face, "Add a Torrent")
            face.wait("Pasted address")
            add(face)
        face.wait_row("Pasted address, 0 percent, ")
        expect(face.terminate() == 0, "the program ended well")


@test
def called_off(home):
    """A server that does not answer is spoken of, and is left when a person does not want to wait."""
    with silent_server() as (link, ends), running(home, link) as face:
        face.wait("Fetching “slow.torrent”…", Atspi.Role.LABEL)
        expect(ends.get(timeout=30) == b"GET ", "it was asked")
        face.press("Cancel")
        expect(ends.get(timeout=20) == b"", "it was left")
        # The next has its turn, and nothing is said of the one before.
        face.open("file://" + make_torrent(home, "Next", False))
        face.wait_row("Next, 0 percent, ")
        expect(face.find("“slow.torrent” was not added") is None, "no complaint")
        write_settings(home, show_add_dialog="true")

        def asked():
            face.open(link)
            return face.find("Add a Torrent", Atspi.Role.FRAME) or face.find("Add Torrents", Atspi.Role.FRAME)

        dialog = wait_for("the dialog", asked)
        expect(ends.get(timeout=30) == b"GET ", "it was asked")
        face.press("Cancel", within=dialog)
        expect(ends.get(timeout=30) == b"", "it was left")
        expect(face.terminate() == 0, "the program ended well")


@test
def watched(home):
    """A file that comes into a watched folder is added and renamed; a bad one is told of and left alone."""
    folder = pathlib.Path(home, "watched")
    folder.mkdir()
    write_settings(home, watch_folders="[{'path': <'%s'>, 'start': <false>, 'after': <'rename'>}]" % folder)
    torrent = pathlib.Path(make_torrent(home, "Watched", True))
    with running(home, asks=True) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        (folder / "bad.torrent").write_bytes(b"junk")
        # It is told of for a while only.
        face.wait("“bad.torrent” was not added")
        torrent.rename(folder / "good.torrent")
        face.wait_row("Watched, ", "Paused")
        wait_for("the new name", (folder / "good.torrent.added").exists)
        expect((folder / "bad.torrent").exists(), "it is left alone")
        expect(face.terminate() == 0, "the program ended well")


@test
def watched_unseen(home):
    """Without a window a notification says what was not added; names only where they may be seen."""
    folder = pathlib.Path(home, "watched")
    folder.mkdir()
    write_settings(home, run_in_background="true", background_explained="true",
                   watch_folders="[{'path': <'%s'>}]" % folder)
    with contextlib.closing(Services("org.freedesktop.Notifications")) as fakes, running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        face.activate("close-window")
        face.wait_windows(0)
        (folder / "bad.torrent").write_bytes(b"junk")
        told = fakes.wait("Notify", lambda *call: call[3] == "A Torrent Was Not Added")
        expect("“bad.torrent” was not added" in told[4] and "not a valid torrent" in told[4], f"it says {told}")
        expect(face.terminate() == 0, "the program ended well")
        write_settings(home, notify_names="false")
        with running(home, "--background") as again:
            fakes.wait("Notify", lambda *call: call[3] == "A Torrent Was Not Added" and not call[4])
            expect(again.terminate() == 0, "the program ended well")


sys.exit(main())
