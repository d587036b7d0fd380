#!/usr/bin/python3
# test-window.py: the real window, used as a person with a screen reader would use it.
# SPDX-License-Identifier: GPL-3.0-or-later

import contextlib
import os
import pathlib
import signal
import socket
import sys

from ft_harness import begin, expect, main, running, test, write_settings

begin()

from ft_face import Atspi, Face, children, is_checked, wait_for, walk  # noqa: E402
from ft_torrents import SlowTracker, make_torrent  # noqa: E402


@test
def demo(home):
    """The demonstration downloads; it is paused, resumed and removed by pressing what is shown."""
    with running(home, "--demo") as face:
        face.press("Pause", within=face.wait_row("FriendTorrent sample, "))
        row = face.wait_row("FriendTorrent sample, ", "Paused")
        expect("complete" not in row.get_name(), "paused before the end")
        face.press("Resume", within=row)
        row = face.wait_row("FriendTorrent sample, complete, Seeding")

        face.click(row)
        face.wait("1 selected", Atspi.Role.LABEL)
        face.key("Delete", "Shift")
        face.wait("Remove the Torrent?", Atspi.Role.LABEL)
        check = face.wait("Also move the data to the trash", Atspi.Role.CHECK_BOX)
        expect(is_checked(check), "who asks to remove with data is asked about that")
        face.click(check)
        wait_for("no check", lambda: not is_checked(check))
        face.press("Cancel")
        face.wait_windows(1)
        face.wait_row("FriendTorrent sample, complete, ")
        face.key("Delete", "Shift")
        face.wait("“FriendTorrent sample” will no longer be in the list.", Atspi.Role.LABEL)
        dialog = face.wait(lambda name: True, Atspi.Role.DIALOG)
        face.press("Remove", within=dialog)
        face.wait_windows(1)
        face.wait("No Torrents Yet", Atspi.Role.LABEL, skip=Atspi.Role.LIST)
        expect(face.terminate() == 0, "the program ended well")
    expect(not list(pathlib.Path(home, "data").glob("friendtorrent/*")),
           "the demonstration leaves no list of torrents behind")


@test
def command_line(home):
    """Files on the command line are added by the one instance, and are there after a restart."""
    first = make_torrent(home, "Already <b>here & right", True)
    second = make_torrent(home, "Not here", False)
    third = make_torrent(home, "From the file manager", False)
    with running(home, first) as face:
        face.wait_row("Already <b>here & right, complete, Seeding")
        with running(home, second, first) as other:
            expect(other.wait_exit() == 0, "the second instance leaves")
        face.wait_row("Not here, 0 percent, Waiting: the torrent names no tracker")
        face.wait("“Already <b>here & right” is in the list already")
        face.open("file://" + third)
        face.wait_row("From the file manager, 0 percent, ")
        face.activate("quit")
        expect(face.wait_exit() == 0, "the program ended well")
    with running(home) as face:
        face.wait_row("Already <b>here & right, complete, Seeding")
        face.wait_row("Not here, 0 percent, ")
        expect(face.terminate() == 0, "the program ended well")


@test
def refused(home):
    """What cannot be added is said, with the details a click away."""
    pathlib.Path(home, "junk.torrent").write_bytes(b"junk")
    with running(home, f"{home}/junk.torrent") as face:
        face.wait("“junk.torrent” was not added")
        face.press("Details")
        face.wait(lambda name: name.startswith("This is not a valid torrent: "), Atspi.Role.LABEL)
        face.press("Close", within=face.wait(lambda name: True, Atspi.Role.DIALOG))
        face.wait_windows(1)
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        expect(face.terminate() == 0, "the program ended well")


@test
def busy(home):
    """Another process has the list of torrents: it is said, and one can try again."""
    with running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        # On a bus of its own, it does not find the first.
        with running(home, sys.argv[1], program="dbus-run-session") as other_bus:
            other = Face.of_child(other_bus)
            other.wait("FriendTorrent Cannot Start", Atspi.Role.LABEL)
            other.wait("Another FriendTorrent is using the list of torrents", Atspi.Role.LABEL)
            expect(face.terminate() == 0, "the first ended well")
            other.press("Try Again")
            other.wait("No Torrents Yet", Atspi.Role.LABEL)
            os.kill(other.pid, signal.SIGTERM)
            expect(other_bus.wait_exit() == 0, "the other ended well")


@test
def wanted_again(home):
    """Who asks for the window while the program says goodbye gets it back, with its torrents."""
    tracker = SlowTracker()
    with contextlib.closing(tracker):
        with running(home, make_torrent(home, "Slow goodbye", False, tracker.url)) as face:
            face.wait_row("Slow goodbye, 0 percent, Waiting: no peer was found")
            face.activate("quit")
            wait_for("the goodbye", lambda: "stopped" in tracker.events)
            face.open()
            wait_for("another start", lambda: tracker.events.count("started") == 2)
            face.wait_row("Slow goodbye, 0 percent, Waiting: no peer was found")
            expect(face.terminate() == 0, "the program ended well, though the tracker never answered")


@test
def preferences(home):
    """Preferences, shortcuts and about open, and everything that can be pressed has a name."""
    with running(home, make_torrent(home, "Some torrent", False)) as face:
        face.wait_row("Some torrent, 0 percent, ")
        face.activate("preferences")
        face.wait("Download folder", Atspi.Role.LABEL)
        face.wait("~/Downloads", Atspi.Role.LABEL)
        face.wait("Download and seed", Atspi.Role.LABEL)
        check_names(face)
        face.activate("about")
        face.wait("The FriendTorrent contributors", Atspi.Role.LABEL)
        expect(face.terminate() == 0, "the program ended well")


@test
def connection(home):
    """The status bar says how it is connected; more is said on demand, with a way to the settings of it."""
    with running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        face.wait("Not reached yet", Atspi.Role.LABEL)
        button = face.wait(lambda text: text.startswith("Connection: Nobody has connected to port"))
        face.click(button)
        face.wait(lambda text: text.startswith("Incoming connections: Nobody has connected to port"))
        face.wait(lambda text: text.startswith("Router: "))
        face.wait(lambda text: text.startswith("Distributed hash table (DHT): "))
        face.press("Network Preferences")
        face.wait("Ask the router to forward the port", Atspi.Role.LABEL)
        expect(face.terminate() == 0, "the program ended well")


@test
def port_taken(home):
    """The status bar says that others cannot connect, and why."""
    with socket.socket(socket.AF_INET6) as taken:
        taken.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        taken.bind(("::", 0))
        taken.listen()
        port = taken.getsockname()[1]
        write_settings(home, listen_port=f"uint32 {port}", notify_problem="false")
        with running(home) as face:
            face.wait("Not listening", Atspi.Role.LABEL)
            face.wait(lambda text: text.startswith(f"Connection: Not listening: port {port} cannot be opened: ")
                      and text.endswith("Address already in use"))
            expect(face.terminate() == 0, "the program ended well")


def check_names(face):
    pressable = {Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.LIST}
    rows = list(children(face.find("Torrents", Atspi.Role.LIST)))
    widgets = [accessible for accessible in walk(face.root()) if accessible.get_role() in pressable]
    expect(len(rows) == 1 and len(widgets) > 10, "what is looked at is there")
    nameless = [f"{accessible.get_role_name()} in {accessible.get_parent().get_name()}"
                for accessible in rows + widgets if not accessible.get_name()]
    expect(not nameless, "without a name: " + ", ".join(nameless))


sys.exit(main())
