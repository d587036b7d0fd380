#!/usr/bin/python3
# test-details.py: the pages of the details: what they say, and what is changed on them.
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-details.py PROGRAM [TEST…]: starts itself again with a display and a session bus of its own; TAP."""

import contextlib
import hashlib
import os
import pathlib
import socket
import sys
import threading

import ft_harness

ft_harness.begin()

from ft_face import Atspi, is_called, is_checked, wait_for, walk  # noqa: E402
from ft_harness import expect, main, running, test, write_settings  # noqa: E402
from ft_services import Services  # noqa: E402
from ft_torrents import PIECE, QuickTracker, SlowTracker, bencode, info_hash_of, make_torrent  # noqa: E402


def make_folder_torrent(home, name, files):
    """Of several files, {path: size}; the data is nowhere."""
    listed = [{"length": size, "path": path.split("/")} for path, size in files.items()]
    n_pieces = (sum(files.values()) + PIECE - 1) // PIECE
    info = {"name": name, "files": listed, "piece length": PIECE,
            "pieces": b"".join(hashlib.sha1(b"%d" % i).digest() for i in range(n_pieces))}
    path = pathlib.Path(home, "folder.torrent")
    path.write_bytes(bencode({"info": info, "comment": "A <b>comment & more"}))
    return str(path)


@contextlib.contextmanager
def looking(home, page, start, *arguments):
    """The program with the details of the one torrent whose row begins with START in front."""
    write_settings(home, show_details="true", details_page=f"'{page}'", window_width="960", window_height="760")
    with running(home, *arguments) as face:
        face.click(face.wait_row(start))
        yield face
        expect(face.terminate() == 0, "the program ended well")


def set_text(accessible, text):
    accessible.get_editable_text_iface().set_text_contents(text)


def is_sensitive(accessible):
    return accessible.get_state_set().contains(Atspi.StateType.SENSITIVE)


def says(text):
    """Sizes have a space that does not break."""
    return lambda name: name.replace("\u00a0", " ") == text


def dialog_button(face, name):
    """In the window that has come last."""
    face.wait_windows(2)
    return wait_for(f"button {name}", lambda: face.find(name, Atspi.Role.PUSH_BUTTON,
                                                        within=face.root().get_child_at_index(1)))


def answer(face, heading, text, button):
    set_text(face.wait(heading, Atspi.Role.TEXT), text)
    wait_for(f"{button} to be allowed", lambda: is_sensitive(dialog_button(face, button)))
    dialog_button(face, button).get_action_iface().do_action(0)
    face.wait_windows(1)


def files_shown(face):
    """From above to below."""
    checks = [(check.get_component_iface().get_extents(Atspi.CoordType.WINDOW).y, check.get_name())
              for check in walk(face.root()) if check.get_role() == Atspi.Role.CHECK_BOX]
    return [name.removeprefix("Download ") for _, name in sorted(checks) if name.startswith("Download ")]


def choose(face, item):
    """From the menu that is open."""
    def find():
        items = [found for found in walk(face.root()) if found.get_role() == Atspi.Role.MENU_ITEM]
        return next((found for found in items if is_called(found, item)), None)

    wait_for(f"{item} to be offered", find).get_action_iface().do_action(0)


def choose_for(face, accessible, item):
    """From the menu that belongs to it."""
    box = accessible.get_component_iface().get_extents(Atspi.CoordType.WINDOW)
    Atspi.generate_mouse_event(box.x + box.width // 2, box.y + box.height // 2, "b3c")
    choose(face, item)


def choose_for_file(face, name, item):
    choose_for(face, face.wait(f"Download {name}", Atspi.Role.CHECK_BOX), item)


@test
def overview(home):
    """Health, pieces and facts in words; a comment of strangers is no markup."""
    torrent = make_folder_torrent(home, "Some folder", {"first.txt": 20000, "second.txt": 30000})
    with looking(home, "overview", "Some folder, 0 percent", torrent) as face:
        face.wait("Unknown: nobody is connected", Atspi.Role.LABEL)
        face.wait("0 of 4 pieces, no connected peer has any of the others", Atspi.Role.LABEL)
        face.wait("A <b>comment & more", Atspi.Role.LABEL)
        face.wait(says("4 of 16.0 KiB each"), Atspi.Role.LABEL)
        face.press("Copy Info-Hash")
        face.wait("Info-hash copied")


@test
def overview_complete(home):
    with looking(home, "overview", "All here, complete", make_torrent(home, "All here", True)) as face:
        face.wait("Complete here: nobody else is known to have all of it", Atspi.Role.LABEL)
        face.wait("All 6 pieces are here", Atspi.Role.LABEL)


@test
def remedies(home):
    """What only the person can decide is one press away: files that another program changed, and files that are gone."""
    torrent = make_torrent(home, "All here", True)
    data = pathlib.Path(home, "Downloads", "All here")
    with looking(home, "overview", "All here, complete", torrent) as face:
        face.wait("Complete here: nobody else is known to have all of it", Atspi.Role.LABEL)
    data.write_bytes(bytes(20000) + data.read_bytes()[20000:])
    os.utime(data, (1, 1))
    with looking(home, "overview", "All here, ") as face:
        face.wait("Another program changed the files; verify the data to download the changed parts again", Atspi.Role.LABEL)
        face.press("Verify the Data")
        face.wait_row("All here, ", "no tracker")
    data.unlink()
    with looking(home, "overview", "All here, ") as face:
        face.wait("Stopped: the folder or the data in it is gone", Atspi.Role.LABEL)
        face.press("Locate…")
        face.wait("Folder That the Torrent’s Files Are In")
        face.key("Escape")
        face.press("Download Again")
        face.wait_row("All here, 0 percent, ", "no tracker")


@test
def files(home):
    """What is not to come is unchecked, and stays so over a restart; a folder is in between."""
    torrent = make_folder_torrent(home, "Some folder", {"first.txt": 20000, "Inner/second.txt": 30000})
    with looking(home, "files", "Some folder, 0 percent", torrent) as face:
        face.wait(says("2 of 2 files chosen, 50.0 kB of 50.0 kB"), Atspi.Role.LABEL)
        check = face.wait("Download first.txt", Atspi.Role.CHECK_BOX)
        expect(is_checked(check), "everything is chosen at first")
        face.click(check)
        face.wait(says("1 of 2 files chosen, 30.0 kB of 50.0 kB"), Atspi.Role.LABEL)
        wait_for("the check to go", lambda: not is_checked(face.find("Download first.txt", Atspi.Role.CHECK_BOX)))
        set_text(face.wait("Search files", Atspi.Role.ENTRY), "SECOND")
        face.wait("Download second.txt", Atspi.Role.CHECK_BOX)
        wait_for("others to go", lambda: face.find("Download first.txt", Atspi.Role.CHECK_BOX) is None)
    with looking(home, "files", "Some folder, 0 percent") as face:
        face.wait(says("1 of 2 files chosen, 30.0 kB of 50.0 kB"), Atspi.Role.LABEL)
        expect(not is_checked(face.wait("Download first.txt", Atspi.Role.CHECK_BOX)), "the choice was kept")


@test
def file_priority(home):
    """Chosen by the button in the file's row."""
    torrent = make_folder_torrent(home, "Some folder", {"first.txt": 20000, "Inner/second.txt": 30000})
    with looking(home, "files", "Some folder, 0 percent", torrent) as face:
        face.click(face.wait("Priority of first.txt: Normal", Atspi.Role.PUSH_BUTTON))
        choose(face, "High")
        face.wait("Priority of first.txt: High", Atspi.Role.PUSH_BUTTON)
        face.wait("Priority of Inner: Normal", Atspi.Role.PUSH_BUTTON)
        face.wait("Priority of Some folder: Various", Atspi.Role.PUSH_BUTTON)
    with looking(home, "files", "Some folder, 0 percent") as face:
        face.wait("Priority of first.txt: High", Atspi.Role.PUSH_BUTTON)


@test
def folders_at_once(home):
    """All are opened and closed again; what is found says where it is."""
    torrent = make_folder_torrent(home, "Some folder", {"first.txt": 20000, "Inner/Deep/second.txt": 30000})
    with looking(home, "files", "Some folder, 0 percent", torrent) as face:
        face.wait("Download Inner", Atspi.Role.CHECK_BOX)
        expect(face.find("Download Deep", Atspi.Role.CHECK_BOX) is None, "folders in folders are closed at first")
        face.click(face.wait("Files menu"))
        choose(face, "Expand All")
        face.wait("Download second.txt", Atspi.Role.CHECK_BOX)
        face.click(face.wait("Files menu"))
        choose(face, "Collapse All")
        wait_for("folders to close", lambda: face.find("Download second.txt", Atspi.Role.CHECK_BOX) is None)
        set_text(face.wait("Search files", Atspi.Role.ENTRY), "second")
        face.wait("Some folder/Inner/Deep", Atspi.Role.LABEL)


@test
def renaming(home):
    """A file and a folder, at once and for good, and open folders stay open."""
    torrent = make_folder_torrent(home, "Some folder", {"first.txt": 20000, "Inner/second.txt": 30000, "last.txt": 9})
    with looking(home, "files", "Some folder, 0 percent", torrent) as face:
        choose_for_file(face, "first.txt", "Rename…")
        answer(face, "Rename File", "zebra.txt", "Rename")
        face.wait("Download zebra.txt", Atspi.Role.CHECK_BOX)
        wait_for("it to be the last", lambda: files_shown(face) == ["Some folder", "Inner", "last.txt", "zebra.txt"])
        face.click(face.wait("Files menu"))
        choose(face, "Expand All")
        face.wait("Download second.txt", Atspi.Role.CHECK_BOX)
        choose_for_file(face, "Inner", "Rename…")
        answer(face, "Rename Folder", "Outer", "Rename")
        wait_for("the folder to be renamed", lambda: files_shown(face) == [
            "Some folder", "Outer", "second.txt", "last.txt", "zebra.txt"])
    with looking(home, "files", "Some folder, 0 percent") as face:
        wait_for("the names to be kept", lambda: files_shown(face) == ["Some folder", "Outer", "last.txt", "zebra.txt"])


@test
def opening(home):
    """A file is shown in its folder; what was not downloaded cannot be opened, and the program says so."""
    with contextlib.closing(Services("org.freedesktop.FileManager1")) as services:
        with looking(home, "files", "All here, complete", make_torrent(home, "All here", True)) as face:
            choose_for_file(face, "All here", "Show in Folder")
            services.wait("ShowItems", lambda items, startup_id: items == [f"file://{home}/Downloads/All%20here"])
    empty = str(pathlib.Path(home, "empty"))
    pathlib.Path(empty).mkdir()
    with looking(empty, "files", "Nothing here", make_torrent(empty, "Nothing here", False)) as face:
        choose_for_file(face, "Nothing here", "Open")
        face.wait("Nothing of it has been downloaded yet")


@test
def trackers(home):
    """Added, edited, removed and had back; nonsense is not taken."""
    with looking(home, "trackers", "Some torrent, ", make_torrent(home, "Some torrent", False)) as face:
        face.wait("No Trackers", Atspi.Role.LABEL)
        face.press("Add a Tracker…")
        set_text(face.wait("Add a Tracker", Atspi.Role.TEXT), "nonsense")
        face.wait(lambda text: text.startswith("It begins with http://"), Atspi.Role.LABEL)
        expect(not is_sensitive(dialog_button(face, "Add")), "nonsense cannot be added")
        answer(face, "Add a Tracker", "http://127.0.0.1:9/secret/announce", "Add")
        face.wait(lambda text: text.startswith("127.0.0.1, ") and text.endswith(", Not encrypted"),
                  Atspi.Role.LIST_ITEM)
        face.press("Edit the Selected…")
        answer(face, "Edit Tracker", "https://127.0.0.2:9/announce", "Save")
        face.wait(lambda text: text.startswith("127.0.0.2, ") and text.endswith(", Encrypted (HTTPS)"),
                  Atspi.Role.LIST_ITEM)
        face.press("Remove the Selected")
        face.wait("No Trackers", Atspi.Role.LABEL)
        face.press("Undo")
        face.wait(lambda text: text.startswith("127.0.0.2, "), Atspi.Role.LIST_ITEM)


@test
def tracker_words(home):
    tracker = SlowTracker()
    with contextlib.closing(tracker):
        torrent = make_torrent(home, "Some torrent", False, tracker.url)
        with looking(home, "trackers", "Some torrent, ", torrent) as face:
            face.wait(lambda text: text.startswith("127.0.0.1, Working: next announce in "), Atspi.Role.LIST_ITEM)
            tracker.end.set()


@test
def trackers_by_hand(home):
    """All as text: two of one tier. One of them is asked, the other when a person says so."""
    with contextlib.ExitStack() as stack:
        first, second = (stack.enter_context(contextlib.closing(QuickTracker())) for _ in range(2))
        with looking(home, "trackers", "Some torrent, ", make_torrent(home, "Some torrent", False)) as face:
            face.press("Edit All as Text…")
            named = {"127.0.0.1": first, "localhost": second}
            urls = [first.url, second.url.replace("127.0.0.1", "localhost")]
            answer(face, "Edit Trackers", "\n".join(urls), "Save")
            wait_for("one of them to be asked", lambda: first.events or second.events)
            host, other = next((host, tracker) for host, tracker in named.items() if not tracker.events)
            row = face.wait(lambda text: text.startswith(f"{host}, "), Atspi.Role.LIST_ITEM)
            choose_for(face, row, "Announce Now")
            wait_for("the other to be asked", lambda: other.events)
            face.wait(lambda text: text.startswith(f"{host}, Working: "), Atspi.Role.LIST_ITEM)


@test
def pictures(home):
    """What is drawn is told in words."""
    torrent = make_folder_torrent(home, "Some folder", {"first.txt": 20000, "Inner/second.txt": 30000})
    words = "0 of 4 pieces, no connected peer has any of the others"
    with looking(home, "overview", "Some folder, 0 percent", torrent) as face:
        face.wait(words, Atspi.Role.IMAGE)
        face.press("Speed", role=Atspi.Role.PAGE_TAB)
        face.wait(lambda text: "Download: now 0" in text and "Upload: now 0" in text, Atspi.Role.IMAGE)


@test
def many_files(home):
    """200,000 of them: the program answers all the time, and shows and finds them."""
    files = {f"{i // 500:03}/{i:06}.bin": 1 for i in range(200000)}
    with looking(home, "files", "Very many, 0 percent", make_folder_torrent(home, "Very many", files)) as face:
        face.wait(says("200000 of 200000 files chosen, 200.0 kB of 200.0 kB"), Atspi.Role.LABEL)
        face.wait("Download 000", Atspi.Role.CHECK_BOX)
        set_text(face.wait("Search files", Atspi.Role.ENTRY), "123456")
        face.wait("Download 123456.bin", Atspi.Role.CHECK_BOX)
        face.wait("Very many/246", Atspi.Role.LABEL)


@test
def peers(home):
    """None, and why; an address that is none is refused."""
    with looking(home, "peers", "Some torrent, ", make_torrent(home, "Some torrent", False)) as face:
        face.wait("No Peers", Atspi.Role.LABEL)
        face.press("Add a Peer…")
        entry = face.wait("Add a Peer", Atspi.Role.TEXT)
        for nonsense, why in (("peer.example:80", "Write an IP address"), ("127.0.0.1", "Write an IP address"),
                              ("0.0.0.0:80", "No peer can have this address")):
            set_text(entry, nonsense)
            face.wait(lambda text, why=why: text.startswith(why), Atspi.Role.LABEL)
            expect(not is_sensitive(dialog_button(face, "Add")), f"{nonsense} is refused")
        answer(face, "Add a Peer", "[::1]:9", "Add")


class QuietPeer:
    """Shakes hands with everybody who comes, and then is still."""

    def __init__(self, torrent):
        self.info_hash, self.links = bytes.fromhex(info_hash_of(torrent)), []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                link, _ = self.socket.accept()
            except OSError:  # closed
                return
            link.sendall(b"\x13BitTorrent protocol" + bytes(8) + self.info_hash + b"-QP0001-quietquietqu")
            self.links.append(link)

    def close(self):
        self.socket.close()
        for link in self.links:
            link.close()


@test
def bans(home):
    """By the keyboard; undone, and lifted from the list of the banned."""
    torrent = make_torrent(home, "Some torrent", False)
    with contextlib.closing(QuietPeer(torrent)) as peer:
        with looking(home, "peers", "Some torrent, ", torrent) as face:
            ban_by_key(face, peer)
            face.press("Undo")
            wait_for("the ban to go", lambda: face.find("1 Banned…", Atspi.Role.PUSH_BUTTON) is None)
            ban_by_key(face, peer)
        with looking(home, "peers", "Some torrent, ") as face:
            face.press("1 Banned…")
            face.press("Unban 127.0.0.1")
            face.wait("Nobody Is Banned", Atspi.Role.LABEL)


def ban_by_key(face, peer):
    face.press("Add a Peer…")
    answer(face, "Add a Peer", peer.address, "Add")
    row = face.wait(lambda text: text.startswith(f"{peer.address}, ") and "It has nothing that we need" in text)
    face.click(row)
    face.key("Delete")
    face.wait("No Peers", Atspi.Role.LABEL)
    face.wait("1 Banned…", Atspi.Role.PUSH_BUTTON)


@test
def speed_and_log(home):
    with looking(home, "speed", "All here, complete", make_torrent(home, "All here", True)) as face:
        face.wait(lambda text: text.startswith("Speeds of the last hour. Download: now "))
        face.press("Log", role=Atspi.Role.PAGE_TAB)
        face.wait("Since the program was started", Atspi.Role.LABEL)


sys.exit(main())
