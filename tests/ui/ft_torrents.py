# ft_torrents.py: torrents and trackers for tests of the window.
# SPDX-License-Identifier: GPL-3.0-or-later

import hashlib
import http.server
import pathlib
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


def info_hash_of(path):
    """In hex. Of torrents made here: their last key is the info dictionary."""
    body = pathlib.Path(path).read_bytes()
    return hashlib.sha1(body[body.index(b"4:info") + len("4:info"):-1]).hexdigest()


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
