# ft_web.py: servers of the web as a person may meet them.
# SPDX-License-Identifier: GPL-3.0-or-later

import contextlib
import queue
import socketserver
import threading


@contextlib.contextmanager
def silent_server():
    """A web server that never answers, and a queue of how its connections ended."""
    ends = queue.Queue()

    class Silent(socketserver.BaseRequestHandler):
        def handle(self):
            while data := self.request.recv(4096):
                ends.put(data[:4])
            ends.put(b"")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/slow.torrent", ends
        finally:
            server.shutdown()
