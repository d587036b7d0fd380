#!/usr/bin/python3
# test-window.py: the real window, used as a person with a screen reader would use it.
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-window.py PROGRAM [TEST…]: starts itself again with a display and a session bus of its own; TAP."""

import contextlib
import hashlib
import http.server
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
import urllib.parse

PIECE = 16384


def bencode(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, str):
        return bencode(value.encode())
    if isinstance(value, list):
        return b"l" + b"".join(map(bencode, value)) + b"e"
    return b"d" + b"".join(bencode(key) + bencode(value[key]) for key in sorted(value)) + b"e"


def make_torrent(home, name, with_data, tracker=None):
    """A .torrent file; its data stands in the download folder already, or nowhere."""
    data = hashlib.sha256(name.encode()).digest() * 3000
    pieces = b"".join(hashlib.sha1(data[at:at + PIECE]).digest() for at in range(0, len(data), PIECE))
    info = {"name": name, "length": len(data), "piece length": PIECE, "pieces": pieces}
    path = pathlib.Path(home, hashlib.sha1(name.encode()).hexdigest()[:8] + ".torrent")
    path.write_bytes(bencode({"info": info, **({"announce": tracker} if tracker else {})}))
    if with_data:
        folder = pathlib.Path(home, "Downloads")
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return str(path)


class SlowTracker(http.server.ThreadingHTTPServer):
    """Answers everything but a goodbye. Whoever ends has to wait for it, for a bounded time."""

    def __init__(self):
        self.events, self.end = [], threading.Event()
        super().__init__(("127.0.0.1", 0), SlowTrackerHandler)
        self.url = f"http://127.0.0.1:{self.server_port}/announce"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """Clients that do not wait for the answer are what it is for."""

    def close(self):
        self.end.set()
        self.shutdown()
        self.server_close()


class SlowTrackerHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query, encoding="latin-1")
        event = query.get("event", [""])[0]
        self.server.events.append(event)
        if event == "stopped":
            self.server.end.wait()
        body = bencode({"interval": 1800, "peers": b""})
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def display():
    """An X server that chooses a free number itself, so that tests of several folders can run at once."""
    reading, writing = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(writing), "-screen", "0", "1000x800x24",
                               "-nolisten", "tcp", "-noreset"], pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as numbers:
            yield ":" + numbers.readline().strip()
    finally:
        server.terminate()
        server.wait()


def start_again():
    """With everything of its own: nothing of the person who runs the tests is touched."""
    with tempfile.TemporaryDirectory(prefix="friendtorrent-ui-") as runtime, display() as name:
        os.chmod(runtime, 0o700)
        report = os.dup(1)
        environment = dict(os.environ, FT_UI_REPORT=str(report), XDG_RUNTIME_DIR=runtime, DISPLAY=name,
                           GDK_BACKEND="x11", GSK_RENDERER="cairo", GTK_A11Y="atspi",
                           LC_ALL="C.UTF-8", LANGUAGE="", ADW_DISABLE_PORTAL="1")
        for variable in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS"):
            environment.pop(variable, None)
        # What daemons print is no part of the report.
        return subprocess.run(["dbus-run-session", "--", sys.executable, *sys.argv], env=environment,
                              stdout=2, pass_fds=[report], check=False).returncode


if "FT_UI_REPORT" not in os.environ:
    sys.exit(start_again())

from ft_face import Atspi, Face, children, wait_for, walk  # noqa: E402

PROGRAM = sys.argv[1]
TESTS = []


def test(function):
    TESTS.append(function)
    return function


@contextlib.contextmanager
def running(home, *arguments, program=PROGRAM):
    face = Face(program, home, *arguments)
    try:
        yield face
    except Exception as error:
        status = face.process.poll()
        raise AssertionError(f"status {status}, it said: " + "; ".join(face.end())) from error
    complaints = face.end()
    expect(not complaints, "it complained: " + "; ".join(complaints))


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


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
        face.press("Remove")
        face.wait("Remove the Torrent?", Atspi.Role.LABEL)
        check = face.wait("Also move the data to the trash", Atspi.Role.CHECK_BOX)
        expect(not is_checked(check), "data is kept unless one asks")
        face.click(check)
        wait_for("the check", lambda: is_checked(check))
        face.press("Cancel")
        face.wait_windows(1)
        face.wait_row("FriendTorrent sample, complete, ")
        face.press("Remove")
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
        with running(home, "magnet:?xt=urn:btih:" + 40 * "a") as other:
            expect(other.wait_exit() == 0, "the second instance leaves")
        face.wait("Magnet links cannot be opened yet")
        expect(face.terminate() == 0, "the program ended well")


@test
def busy(home):
    """Another process has the list of torrents: it is said, and one can try again."""
    with running(home) as face:
        face.wait("No Torrents Yet", Atspi.Role.LABEL)
        # On a bus of its own, it does not find the first.
        with running(home, PROGRAM, program="dbus-run-session") as other_bus:
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
        face.wait(f"{home}/Downloads", Atspi.Role.LABEL)
        face.wait("Download and seed", Atspi.Role.LABEL)
        check_names(face)
        face.activate("about")
        face.wait("The FriendTorrent contributors", Atspi.Role.LABEL)
        expect(face.terminate() == 0, "the program ended well")


def check_names(face):
    pressable = {Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.LIST}
    rows = list(children(face.find("Torrents", Atspi.Role.LIST)))
    widgets = [accessible for accessible in walk(face.root()) if accessible.get_role() in pressable]
    expect(len(rows) == 1 and len(widgets) > 10, "what is looked at is there")
    nameless = [f"{accessible.get_role_name()} in {accessible.get_parent().get_name()}"
                for accessible in rows + widgets if not accessible.get_name()]
    expect(not nameless, "without a name: " + ", ".join(nameless))


def is_checked(accessible):
    return accessible.get_state_set().contains(Atspi.StateType.CHECKED)


def main():
    chosen = [function for function in TESTS if not sys.argv[2:] or function.__name__ in sys.argv[2:]]
    failed = False
    with os.fdopen(int(os.environ["FT_UI_REPORT"]), "w", buffering=1) as report:
        print(f"1..{len(chosen)}", file=report)
        for number, function in enumerate(chosen, 1):
            with tempfile.TemporaryDirectory(prefix="friendtorrent-ui-home-") as home:
                try:
                    function(home)
                    print(f"ok {number} {function.__name__}", file=report)
                except Exception:  # noqa: BLE001: whatever it is, the other tests still run
                    failed = True
                    for line in traceback.format_exc().splitlines():
                        print("#", line, file=report)
                    print(f"not ok {number} {function.__name__}", file=report)
    return 1 if failed else 0


sys.exit(main())
