# ft_torrents.py: torrents and trackers for tests of the window.
# SPDX-License-Identifier: GPL-3.0-or-later

import contextlib
import hashlib
import http.server
import os
import pathlib
import socket
import subprocess
import threading
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


def make_torrent(home, name, with_data, tracker=None, folder="Downloads"):
    """A .torrent file; its data stands in the download folder already, or nowhere."""
    data = hashlib.sha256(name.encode()).digest() * 3000
    pieces = b"".join(hashlib.sha1(data[at:at + PIECE]).digest() for at in range(0, len(data), PIECE))
    info = {"name": name, "length": len(data), "piece length": PIECE, "pieces": pieces}
    path = pathlib.Path(home, hashlib.sha1(name.encode()).hexdigest()[:8] + ".torrent")
    path.write_bytes(bencode({"info": info, **({"announce": tracker} if tracker else {})}))
    if with_data:
        target = pathlib.Path(home, folder)
        target.mkdir(exist_ok=True)
        (target / name).write_bytes(data)
    return str(path)


def make_folder_torrent(home, name, files):
    """A .torrent file of a folder: pairs of a path and a length; its data is zeros and is nowhere."""
    data = bytes(sum(length for _, length in files))
    pieces = b"".join(hashlib.sha1(data[at:at + PIECE]).digest() for at in range(0, len(data), PIECE))
    listed = [{"path": path.split("/"), "length": length} for path, length in files]
    path = pathlib.Path(home, hashlib.sha1(name.encode()).hexdigest()[:8] + ".torrent")
    path.write_bytes(bencode({"info": {"name": name, "files": listed, "piece length": PIECE, "pieces": pieces}}))
    return str(path)


def make_zeros(home, name, files, folder="Seeded"):
    """The data of such a torrent."""
    for path, length in files:
        target = pathlib.Path(home, folder, name, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(bytes(length))


def info_hash_of(path):
    """In hex. Of torrents made here: their last key is the info dictionary."""
    body = pathlib.Path(path).read_bytes()
    return hashlib.sha1(body[body.index(b"4:info") + len("4:info"):-1]).hexdigest()


class SlowTracker(http.server.ThreadingHTTPServer):
    """Answers everything but a goodbye: whoever ends has to wait for it, for a bounded time. It knows `peers`,
    in their compact form; a quick one answers goodbyes too."""

    def __init__(self):
        self.events, self.end, self.peers = [], threading.Event(), b""
        super().__init__(("127.0.0.1", 0), SlowTrackerHandler)
        self.url = f"http://127.0.0.1:{self.server_port}/announce"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """Clients that do not wait for the answer are what it is for."""

    def close(self):
        self.end.set()
        self.shutdown()
        self.server_close()


class QuickTracker(SlowTracker):
    def __init__(self):
        super().__init__()
        self.end.set()


class Seed:
    """The terminal program with the data. TRACKER knows it from the beginning, but it runs from start() on."""

    def __init__(self, program, home, torrents, tracker=None):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.command = [program, "--bind=127.0.0.1", f"--port={port}", f"--path={home}/Seeded",
                        f"--state={home}/seed-state", *torrents]
        self.environment = dict(os.environ, XDG_DATA_HOME=f"{home}/seed-data", HOME=home)
        self.process = None
        self.port = port
        if tracker is not None:
            tracker.peers = socket.inet_aton("127.0.0.1") + port.to_bytes(2, "big")

    def start(self):
        self.process = subprocess.Popen(self.command, env=self.environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.DEVNULL)

    def close(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process.stdin.close()


class Gate:
    """A port of its own that leads to PORT once it is opened; who comes before that waits."""

    def __init__(self, port):
        self.target, self.opened = ("127.0.0.1", port), threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def open(self):
        self.opened.set()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.lead, args=(client,), daemon=True).start()

    def lead(self, client):
        self.opened.wait()
        with contextlib.suppress(OSError), client, socket.create_connection(self.target) as server:
            back = threading.Thread(target=self.copy, args=(server, client), daemon=True)
            back.start()
            self.copy(client, server)
            back.join()

    @staticmethod
    def copy(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def close(self):
        self.opened.set()
        self.listener.close()


class SlowTrackerHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query, encoding="latin-1")
        event = query.get("event", [""])[0]
        self.server.events.append(event)
        if event == "stopped":
            self.server.end.wait()
        body = bencode({"interval": 1800, "peers": self.server.peers})
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass
