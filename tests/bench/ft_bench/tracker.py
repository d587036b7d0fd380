# tracker.py: a tracker that knows one seed.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells everybody of the seed, and the seed of nobody: it is the leecher that connects, at once."""

import http.server
import socket
import struct
import threading

from ft_interop import bencode

PORT = 6969
INTERVAL_S = 1800


class OneSeedTracker:
    """Must be made in the namespace of @hub, where it answers over HTTP. @seed: its address"""

    def __init__(self, hub, seed, seed_port=6881):
        peer = socket.inet_aton(seed) + struct.pack(">H", seed_port)

        class Handler(http.server.BaseHTTPRequestHandler):
            """One announce."""

            def do_GET(self):  # pylint: disable=invalid-name
                peers = b"" if self.client_address[0] == seed else peer
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

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
