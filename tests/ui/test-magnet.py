#!/usr/bin/python3
# test-magnet.py: a magnet link: its details come from people who have them, its data only when somebody says so.
# SPDX-License-Identifier: GPL-3.0-or-later

import contextlib
import pathlib
import sys

from ft_harness import begin, expect, main, running, test, write_settings

begin()

from ft_face import Atspi, wait_for  # noqa: E402
from ft_torrents import Gate, Seed, info_hash_of, make_folder_torrent, make_zeros  # noqa: E402

FILES = [("a.bin", 100_000), ("b.bin", 200_000)]
NOBODY = f"magnet:?xt=urn:btih:{40 * 'a'}&dn=Nobody%20has%20it"


@contextlib.contextmanager
def seeding(home, name):
    """Somebody has the torrent. Gives what a link needs: its beginning and the port of a gate to that person."""
    console = pathlib.Path(sys.argv[1]).resolve().parent.parent / "console" / "friendtorrent-console"
    torrent = make_folder_torrent(home, name, FILES)
    make_zeros(home, name, FILES)
    write_settings(home, notify_finished="false")
    with contextlib.closing(Seed(str(console), home, [torrent])) as seed, contextlib.closing(Gate(seed.port)) as gate:
        seed.start()
        yield f"magnet:?xt=urn:btih:{info_hash_of(torrent)}&x.pe=127.0.0.1:{gate.port}", gate


def wait_dialog(face, title="Add a Torrent"):
    face.wait(title, Atspi.Role.FRAME)


def sensitive(accessible):
    return accessible is not None and accessible.get_state_set().contains(Atspi.StateType.SENSITIVE)


def press_and_close(face, label):
    """A button of the dialog: the window has one that is called Close, too."""
    dialog = face.find(lambda text: text.startswith("Add "), Atspi.Role.FRAME)
    wait_for(f"{label} can be pressed", lambda: sensitive(face.find(label, Atspi.Role.PUSH_BUTTON, dialog)))
    face.press(label, dialog)
    face.wait_windows(1)


def wait_details(face):
    face.wait(lambda text: text.startswith("Space: 300.0"))


def about_details(text):
    return "the details" in text


def is_whole(path, length):
    return path.exists() and path.stat().st_size == length


@test
def details_come(home):
    """The dialog fills in; not a byte of the data comes before Add; what is not ticked does not come at all."""
    downloads = pathlib.Path(home, "Downloads", "Two files")
    write_settings(home, show_details="true", window_width="960", window_height="760")
    with seeding(home, "Two files") as (link, gate), running(home, link + "&dn=Link", asks=True) as face:
        wait_dialog(face)
        face.wait(about_details, Atspi.Role.LABEL)
        face.wait_text("Link")
        gate.open()
        wait_details(face)
        face.wait_text("Two files")
        box = face.wait(lambda name: "b.bin" in name, Atspi.Role.CHECK_BOX)
        face.wait_row("Two files, 0 percent, Paused: details only")
        expect(not downloads.exists(), "nothing was written")
        face.click(box)
        face.wait(lambda text: text.startswith("Space: 100.0"))
        press_and_close(face, "Add")
        row = face.wait_row("Two files, complete, ")
        expect(is_whole(downloads / "a.bin", 100_000) and not (downloads / "b.bin").exists(), "what was chosen came")
        face.click(row)
        # All of it was asked for after Add: pieces of both files at most.
        face.wait(lambda text: text.startswith("Downloaded: 1"))
        expect(face.terminate() == 0, "the program ended well")


@test
def kept(home):
    """Who closes the dialog finds the link in the list, with nothing but its details, and can choose later."""
    write_settings(home, show_details="true", window_width="960", window_height="760")
    with seeding(home, "Kept") as (link, gate), running(home, link, asks=True) as face:
        gate.open()
        wait_dialog(face)
        wait_details(face)
        press_and_close(face, "Close")
        face.wait("“Kept” stays in the list: nothing is downloaded yet")
        face.click(face.wait_row("Kept, 0 percent, Paused: details only"))
        face.wait("Downloaded: 0 bytes")
        face.open(link)
        wait_dialog(face)
        wait_details(face)
        press_and_close(face, "Cancel")
        face.wait_row("Kept, 0 percent, Paused: details only")
        # Whoever goes on with everything does not start what nobody decided on.
        face.activate("pause-all")
        face.activate("resume-all")
        face.open(link)
        wait_dialog(face)
        wait_details(face)
        expect(face.find(lambda text: text.startswith("Kept, 0 percent, Paused: details only"), Atspi.Role.LIST_ITEM),
               "it is on hold")
        press_and_close(face, "Add")
        face.wait_row("Kept, complete, ")
        expect(face.terminate() == 0, "the program ended well")


@test
def removed(home):
    """A link that is not wanted after all goes: in the dialog, out of several, and afterwards."""
    other = f"magnet:?xt=urn:btih:{40 * 'b'}&dn=Other"
    with running(home, NOBODY, asks=True) as face:
        wait_dialog(face)
        face.wait_row("Nobody has it, ")
        press_and_close(face, "Remove the Link")
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        face.open(NOBODY, other)
        wait_dialog(face, "Add Torrents")
        face.wait_row("Other, ")
        face.press("Do Not Add “Other”")
        wait_dialog(face)
        press_and_close(face, "Close")
        face.wait("“Nobody has it” stays in the list: nothing is downloaded yet")
        expect(not face.find(lambda text: text.startswith("Other, "), Atspi.Role.LIST_ITEM), "the other has gone")
        face.press("Remove the Link")
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        expect(face.terminate() == 0, "the program ended well")


@test
def typed_meanwhile(home):
    """A name that was typed before the details came stays; who does not wait gets it all as it was chosen."""
    with seeding(home, "Its own name") as (link, gate), running(home, link + "&dn=Link", asks=True) as face:
        wait_dialog(face)
        field = face.wait_text("Link")
        field.get_editable_text_iface().set_text_contents("Mine")
        gate.open()
        wait_details(face)
        face.wait_text("Mine")
        press_and_close(face, "Add")
        face.wait_row("Mine, complete, ")
        expect(face.terminate() == 0, "the program ended well")


@test
def added_before(home):
    """Add works before the details are there; of several links each goes its way. The link chooses a file."""
    with seeding(home, "Early") as (link, gate), running(home, link + "&so=1", NOBODY, asks=True) as face:
        wait_dialog(face, "Add Torrents")
        press_and_close(face, "Add 2 Torrents")
        face.wait_row("Nobody has it, ", "the details")
        gate.open()
        face.wait_row("Early, complete, ")
        downloads = pathlib.Path(home, "Downloads", "Early")
        expect(is_whole(downloads / "b.bin", 200_000) and not (downloads / "a.bin").exists(), "what it named came")
        expect(face.terminate() == 0, "the program ended well")


@test
def not_asked(home):
    """Who is not asked gets it at once, details and data."""
    with seeding(home, "At once") as (link, gate), running(home, link) as face:
        gate.open()
        face.wait_row("At once, complete, ")
        expect(face.terminate() == 0, "the program ended well")


@test
def once(home):
    """A link that comes twice is one torrent in the dialog."""
    with running(home, NOBODY, asks=True) as face:
        wait_dialog(face)
        face.wait_row("Nobody has it, ")
        face.open(NOBODY + "&tr=http://127.0.0.1:9/announce")
        face.open(f"magnet:?xt=urn:btih:{40 * 'b'}&dn=Other")
        face.wait("Add 2 Torrents", Atspi.Role.PUSH_BUTTON)
        press_and_close(face, "Close")
        face.wait("2 links stay in the list: nothing is downloaded yet")
        expect(face.terminate() == 0, "the program ended well")


@test
def unknown(home):
    """What cannot be done with a link says so, and its details say that its files are not known."""
    write_settings(home, show_details="true", details_page="'files'", window_width="960", window_height="760")
    with running(home, NOBODY) as face:
        face.click(face.wait_row("Nobody has it, ", "the details"))
        face.wait("They are shown here when the details of the torrent have come.")
        face.press("Overview", role=Atspi.Role.PAGE_TAB)
        face.wait("Unknown: its details have not come yet")
        face.click(face.wait_row("Nobody has it, "))
        face.key("c", "Control")
        face.wait("Copied to the clipboard")
        face.key("F10", "Shift")
        item = face.wait(lambda text: "Its Details Are Not Known Yet" in text)
        expect(not sensitive(item), "it cannot be chosen")
        expect(face.terminate() == 0, "the program ended well")


sys.exit(main())
