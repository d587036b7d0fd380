#!/usr/bin/python3
# test-desktop.py: what the window program asks of a desktop, and what a desktop asks of it.
# SPDX-License-Identifier: GPL-3.0-or-later

import contextlib
import os
import pathlib
import subprocess
import sys
import urllib.parse

from ft_harness import begin, expect, main, read_setting, running, set_until, test, write_settings

begin()

from ft_face import Atspi, wait_for  # noqa: E402
from ft_services import Services  # noqa: E402
from ft_torrents import QuickTracker, Seed, info_hash_of, make_torrent  # noqa: E402


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
    write_settings(home, listen_port="uint32 0")
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
def opened_through_the_portal(home):
    """In a sandbox the portal is given the opened file; a program is not opened but shown."""
    write_settings(home, listen_port="uint32 0")
    song, program = make_torrent(home, "a song.ogg", True), make_torrent(home, "game.exe", True)
    with sandbox("org.freedesktop.portal.OpenURI") as fakes, running(home, song, program) as face:
        face.click(face.wait_row("a song.ogg, complete, "))
        wait_for("the selection", lambda: is_selected(face.wait_row("a song.ogg, ")))
        press_key(RETURN, CONTROL)
        parent, path = fakes.wait("OpenFile")[:2]
        expect(path == f"{home}/Downloads/a song.ogg", "the file is handed over")
        expect(parent.startswith("x11:"), "with the window that asks")
        window = subprocess.run(["xwininfo", "-id", "0x" + parent[4:]], capture_output=True, text=True, check=True)
        expect('"FriendTorrent"' in window.stdout, "which is ours")
        face.click(face.wait_row("game.exe, complete, "))
        wait_for("the selection", lambda: is_selected(face.wait_row("game.exe, ")))
        press_key(RETURN, CONTROL)
        expect(fakes.wait("OpenDirectory")[1] == f"{home}/Downloads/game.exe", "the program is shown")
        face.wait("“game.exe” is a program: it was not opened but shown in its folder")
        expect(len(fakes.find("OpenFile")) == 1, "the program was not opened")
        expect(face.terminate() == 0, "the program ended well")


@test
def file_through_the_portal(home):
    """From the files of the details, too, a program is not opened but shown."""
    write_settings(home, listen_port="uint32 0", show_details="true", details_page="'files'")
    program = make_torrent(home, "game.exe", True)
    with sandbox("org.freedesktop.portal.OpenURI") as fakes, running(home, program) as face:
        face.click(face.wait_row("game.exe, complete, "))
        file = face.wait(lambda text: text.startswith("game.exe, ") and "100 percent" in text)
        face.click(file)
        press_key(RETURN)
        expect(fakes.wait("OpenDirectory")[1] == f"{home}/Downloads/game.exe", "the program is shown")
        face.wait("“game.exe” is a program: it was not opened but shown in its folder")
        expect(not fakes.find("OpenFile"), "the program was not opened")
        expect(face.terminate() == 0, "the program ended well")


def seed_of(home, torrents, tracker):
    program = pathlib.Path(sys.argv[1]).resolve().parent.parent / "console" / "friendtorrent-console"
    return contextlib.closing(Seed(str(program), home, torrents, tracker))


def buttons_of(notification):
    """Identifier of each action by its label."""
    actions = notification[5]
    return dict(zip(actions[1::2], actions[::2]))


@test
def background(home):
    """Without a window it goes on, keeps the computer awake while it downloads, tells when that is
    complete, and shows it when asked to."""
    write_settings(home, run_in_background="true", keep_awake="true", listen_port="uint32 0")
    with contextlib.closing(QuickTracker()) as tracker, services(
            "org.freedesktop.Notifications", "org.gnome.SessionManager") as fakes:
        torrent = make_torrent(home, "Comes <b>later", True, tracker.url, folder="Seeded")
        with seed_of(home, [torrent], tracker) as seed, running(home, torrent) as face:
            face.wait_row("Comes <b>later, 0 percent, Waiting: ")
            face.activate("close-window")
            face.wait_windows(0)
            fakes.wait("Notify", lambda *call: call[3] == "FriendTorrent Goes On in the Background")
            seed.start()
            finished = fakes.wait("Notify", lambda *call: call[3] == "Download Finished")
            # Servers may read it as markup.
            expect(finished[4] == "Comes ‹b›later", f"the notification says {finished}")
            expect(fakes.wait("Inhibit")[3] & 4, "what is inhibited is sleep")
            fakes.wait("Uninhibit")
            expect(face.root().get_child_count() == 0, "there is no window")
            fakes.act(buttons_of(finished)["Show"])
            wait_for("the selection", lambda: is_selected(face.wait_row("Comes <b>later, complete, ")))
            face.activate("close-window")
            face.wait_windows(0)
            face.open()
            face.wait_row("Comes <b>later, complete, ")
            face.activate("quit")
            expect(face.wait_exit() == 0, "the program ended well")
        expect(len(fakes.find("Notify", lambda *call: "Background" in call[3])) == 1, "it was explained once")


@test
def hidden_names(home):
    """What is notified may be seen on the lock screen."""
    write_settings(home, run_in_background="true", notify_names="false", background_explained="true",
                   listen_port="uint32 0")
    with contextlib.closing(QuickTracker()) as tracker, services("org.freedesktop.Notifications") as fakes:
        torrent = make_torrent(home, "Nobody's business", True, tracker.url, folder="Seeded")
        with seed_of(home, [torrent], tracker) as seed, running(home, torrent) as face:
            face.wait_row("Nobody's business, 0 percent, Waiting: ")
            face.activate("close-window")
            face.wait_windows(0)
            seed.start()
            finished = fakes.wait("Notify", lambda *call: call[3] == "Download Finished")
            expect("Nobody" not in str(finished), f"the notification says {finished}")
            expect(face.terminate() == 0, "the program ended well")


def hide(face):
    face.activate("close-window")
    face.wait_windows(0)


@test
def problem(home):
    """A torrent that has a problem is told of; “Try Again” in the notification does it."""
    write_settings(home, run_in_background="true", background_explained="true", listen_port="uint32 0")
    torrent = make_torrent(home, "Goes away", True)
    data = pathlib.Path(home, "Downloads", "Goes away")
    with services("org.freedesktop.Notifications") as fakes:
        with running(home, torrent) as face:
            face.wait_row("Goes away, complete, ")
            expect(face.terminate() == 0, "the program ended well")
        data.rename(f"{home}/kept")
        with running(home, "--background") as face:
            told = fakes.wait("Notify", lambda *call: call[3] == "A Torrent Has a Problem")
            expect("Goes away" in told[4] and "gone" in told[4], f"the notification says {told}")
            pathlib.Path(home, "kept").rename(data)
            fakes.act(buttons_of(told)["Try Again"])
            face.open()
            wait_for("the torrent", lambda: "Stopped" not in face.wait_row("Goes away, complete, ").get_name())
            expect(face.terminate() == 0, "the program ended well")


@test
def grouped(home):
    """Those that finish at about the same time are one notification; “Open Folder” is for one alone."""
    write_settings(home, run_in_background="true", background_explained="true", listen_port="uint32 0")
    names = ["One of many", "Two of many", "Three of many"]
    with services("org.freedesktop.Notifications", "org.freedesktop.FileManager1") as fakes, \
            contextlib.closing(QuickTracker()) as tracker:
        torrents = [make_torrent(home, name, True, tracker.url, folder="Seeded") for name in names]
        with seed_of(home, torrents, tracker) as seed, running(home, *torrents) as face:
            for name in names:
                face.wait_row(f"{name}, 0 percent, Waiting: ")
            hide(face)
            seed.start()
            finished = fakes.wait("Notify", lambda *call: call[3] == "3 Downloads Finished")
            expect(all(name in finished[4] for name in names), f"the notification says {finished}")
            expect("Open Folder" not in buttons_of(finished), "there is no single folder")
            expect(face.terminate() == 0, "the program ended well")
    notified = [call for call in fakes.find("Notify") if "Finished" in call[3]]
    expect(len({call[1] for call in notified[1:]} - {0}) <= 1, "each replaces the last")


@test
def open_folder(home):
    """“Open Folder” in the notification of one shows it in the file manager."""
    write_settings(home, run_in_background="true", background_explained="true", listen_port="uint32 0")
    with services("org.freedesktop.Notifications", "org.freedesktop.FileManager1") as fakes, \
            contextlib.closing(QuickTracker()) as tracker:
        torrent = make_torrent(home, "In its folder", True, tracker.url, folder="Seeded")
        with seed_of(home, [torrent], tracker) as seed, running(home, torrent) as face:
            face.wait_row("In its folder, 0 percent, Waiting: ")
            hide(face)
            seed.start()
            finished = fakes.wait("Notify", lambda *call: call[3] == "Download Finished")
            fakes.act(buttons_of(finished)["Open Folder"])
            uris, _ = fakes.wait("ShowItems")
            expect([path_of(uri) for uri in uris] == [f"{home}/Downloads/In its folder"], f"it was told {uris}")
            expect(face.terminate() == 0, "the program ended well")


@test
def autostart(home):
    """A file starts it with the session, without a window; it goes when the setting does, and the setting
    goes when somebody else removes the file."""
    entry = pathlib.Path(home, "config", "autostart", "org.friendtorrent.FriendTorrent.desktop")
    write_settings(home, listen_port="uint32 0")
    with running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        set_until(home, "the file", entry.exists, autostart="true")
        expect("--background" in entry.read_text(), "it starts without a window")
        checked = subprocess.run(["desktop-file-validate", str(entry)], capture_output=True, text=True, check=False)
        expect(checked.returncode == 0, checked.stdout)
        set_until(home, "no file", lambda: not entry.exists(), autostart="false")
        set_until(home, "the file", entry.exists, autostart="true")
        expect(face.terminate() == 0, "the program ended well")
    entry.unlink()
    with running(home, "--background") as face:
        wait_for("the setting", lambda: read_setting(home, "autostart") in (None, "false"))
        wait_for("the program on the bus", face.is_on_bus)
        with running(home, "--background") as other:
            expect(other.wait_exit() == 0, "a second one leaves")
        expect(face.process.poll() is None, "the first one goes on")
        expect(face.root() is None or face.root().get_child_count() == 0, "there is no window")
        face.open()
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        expect(face.terminate() == 0, "the program ended well")


@test
def service(home):
    """Started by the bus it has no window; a notification of another day shows its torrent all the same."""
    write_settings(home, listen_port="uint32 0")
    torrent = make_torrent(home, "From another day", True)
    with running(home, torrent) as face:
        face.wait_row("From another day, complete, ")
        expect(face.terminate() == 0, "the program ended well")
    with running(home, "--gapplication-service") as face:
        wait_for("the program on the bus", lambda: face.activate("show-in-folder", "no hash") is None)
        expect(face.root() is None or face.root().get_child_count() == 0, "there is no window")
        face.activate("show-torrent", info_hash_of(torrent))
        wait_for("the selection", lambda: is_selected(face.wait_row("From another day, complete, ")))
        face.activate("pause-all")
        face.wait_row("From another day, complete, Paused")
        expect(face.terminate() == 0, "the program ended well")


def wants_autostart(parent, options):
    return options["autostart"]


@test
def refused(home):
    """Where the portal does not allow it, the switches go back, and it is said."""
    write_settings(home, listen_port="uint32 0")
    with sandbox("org.freedesktop.portal.Background") as fakes, running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        set_until(home, "a request", lambda: fakes.find("RequestBackground"), run_in_background="true")
        _, options = fakes.wait("RequestBackground")
        expect(options["autostart"] is False, f"it asked for {options}")
        set_until(home, "another request", lambda: fakes.find("RequestBackground", wants_autostart), autostart="true")
        _, options = fakes.wait("RequestBackground", wants_autostart)
        expect(options["commandline"] == ["friendtorrent", "--background"], f"it asked for {options}")
        expect(read_setting(home, "autostart") == "true", "what was allowed stays")
        face.activate("close-window")
        message = fakes.wait("SetStatus")[0]["message"]
        expect(message == "Nothing is being downloaded", f"it says {message}")
        face.open()
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        fakes.refused = True
        count = len(fakes.find("RequestBackground"))
        set_until(home, "a third request", lambda: len(fakes.find("RequestBackground")) > count, autostart="false")
        face.wait("This desktop does not let FriendTorrent run in the background")
        wait_for("the setting", lambda: read_setting(home, "run-in-background") in (None, "false"))
        expect(face.terminate() == 0, "the program ended well")


def is_selected(accessible):
    return accessible.get_state_set().contains(Atspi.StateType.SELECTED)


sys.exit(main())
