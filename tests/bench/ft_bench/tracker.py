# tracker.py: trackers that know as much as a measurement needs.
# SPDX-License-Identifier: GPL-3.0-or-later
"""They answer over HTTP, at once."""

import http.server
import socket
import struct
import threading

from ft_interop import bencode

PORT = 6969
PEER_PORT = 6881
INTERVAL_S = 1800


class _Tracker:
    """Must be made in a namespace that has the address @hub."""

    def __init__(self, hub):
        find_peers = self._find_peers

        class Handler(http.server.BaseHTTPRequestHandler):
            """One announce."""

            def do_GET(self):  # pylint: disable=invalid-name
                peers = b"".join(socket.inet_aton(peer) + struct.pack(">H", PEER_PORT)
                                 for peer in find_peers(self.client_address[0]))
                body = bencode.encode({"interval": INTERVAL_S, "peers": peers})
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format, *args):  # pylint: disable=redefined-builtin
                pass

        class Server(http.server.ThreadingHTTPServer):
            """Whoever leaves amid an answer is no matter."""

            def handle_error(self, request, client_address):
                pass

        self.url = f"http://{hub}:{PORT}/announce"
        self._server = Server((hub, PORT), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _find_peers(self, asker):
        """The addresses that @asker, an address, is told."""
        raise NotImplementedError

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class OneSeedTracker(_Tracker):
    """Tells everybody of the seed, and the seed of nobody: it is the leecher that connects, at once.
    @seed: its address"""

    def __init__(self, hub, seed):
        self._seed = seed
        super().__init__(hub)

    def _find_peers(self, asker):
        return [] if asker == self._seed else [self._seed]


class SwarmTracker(_Tracker):
    """Tells everybody of all who asked before, as any tracker of a small swarm."""

    def __init__(self, hub):
        self._lock = threading.Lock()
        self._peers = []
        super().__init__(hub)

    def _find_peers(self, asker):
        with self._lock:
            others = [peer for peer in self._peers if peer != asker]
            if asker not in self._peers:
                self._peers.append(asker)
            return others

    def forget_all(self):
        with self._lock:
            self._peers.clear()
