# small_tracker_run.py: a tracker of both families over HTTP and UDP, that tells who asked it.
# SPDX-License-Identifier: GPL-3.0-or-later
"""small_tracker_run.py PORT TOLD WEB: writes a line of JSON for each announce. Peers of a family are told of those of the
same family, as trackers do (BEP 7); where TOLD is not null, of those alone that it lists for their address. WEB: see SmallTracker."""

import http.server
import json
import os
import socket
import ssl
import struct
import sys
import threading
import urllib.parse

CONNECT, ANNOUNCE = 0, 1
PROTOCOL = 0x41727101980
EVENTS = ["", "completed", "started", "stopped"]


class Swarms:
    """info-hash and family -> peers in compact form"""

    def __init__(self, told):
        self._lock = threading.Lock()
        self._peers = {}
        self._told = told

    def _is_told(self, family, address, other):
        return self._told is None or socket.inet_ntop(family, other[:-2]) in self._told.get(address, [])

    def announce(self, protocol, family, info_hash, address, port, event, left):
        peer = socket.inet_pton(family, address) + struct.pack(">H", port)
        with self._lock:
            peers = self._peers.setdefault((info_hash, family), {})
            if event == "stopped":
                peers.pop(peer, None)
            else:
                peers[peer] = True
            print(json.dumps({"protocol": protocol, "address": address, "event": event,
                              "port": port, "ipv6": family == socket.AF_INET6, "hash": info_hash.hex(),
                              "left": left}), flush=True)
            return b"".join(other for other in peers
                            if other != peer and self._is_told(family, address, other))


class Handler(http.server.BaseHTTPRequestHandler):
    """GET /announce, and nothing else: there is no scrape."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):  # pylint: disable=invalid-name
        if not self.path.startswith("/announce?"):
            self.send_error(404)
            return
        query = {}
        for part in urllib.parse.urlsplit(self.path).query.split("&"):
            key, _, value = part.partition("=")
            query[key] = urllib.parse.unquote_to_bytes(value)
        family = self.server.address_family
        peers = self.server.swarms.announce(self.server.protocol, family, query.get("info_hash", b""),
                                            self.client_address[0], int(query["port"]),
                                            query.get("event", b"").decode(), int(query.get("left", 0)))
        key = b"6:peers6" if family == socket.AF_INET6 else b"5:peers"
        body = b"d8:intervali60e%s%d:%se" % (key, len(peers), peers)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class Server(http.server.ThreadingHTTPServer):
    """Of one family only."""

    daemon_threads = True
    protocol = "http"

    def __init__(self, family, port, swarms):
        self.address_family = family
        self.swarms = swarms
        super().__init__(("::" if family == socket.AF_INET6 else "0.0.0.0", port), Handler)

    def server_bind(self):
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        super().server_bind()


class SecureServer(Server):
    """With the certificate and key of @path."""

    protocol = "https"

    def __init__(self, port, swarms, path):
        super().__init__(socket.AF_INET, port, swarms)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)


def start_thread(target, *args):
    threading.Thread(target=target, args=args, daemon=True).start()


def serve_web(swarms, web):
    """HTTP, and HTTPS as @web wants it. Returns: what has to be kept open"""
    start_thread(Server(socket.AF_INET, 80, swarms).serve_forever)
    if web == "hangs":
        return socket.create_server(("0.0.0.0", 443))
    if web != "none":
        start_thread(SecureServer(443, swarms, web).serve_forever)
    return None


def serve_udp(family, port, swarms):
    """BEP 15"""
    listener = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind(("::" if family == socket.AF_INET6 else "0.0.0.0", port))
    connection = os.urandom(8)
    while True:
        packet, sender = listener.recvfrom(4096)
        if len(packet) < 16:
            continue
        action, transaction = struct.unpack(">II", packet[8:16])
        if action == CONNECT and packet[:8] == struct.pack(">Q", PROTOCOL):
            listener.sendto(struct.pack(">II", CONNECT, transaction) + connection, sender)
        elif action == ANNOUNCE and packet[:8] == connection and len(packet) >= 98:
            event, = struct.unpack(">I", packet[80:84])
            left, = struct.unpack(">Q", packet[64:72])
            port_of_peer, = struct.unpack(">H", packet[96:98])
            peers = swarms.announce("udp", family, packet[16:36], sender[0], port_of_peer, EVENTS[event % 4], left)
            listener.sendto(struct.pack(">IIIII", ANNOUNCE, transaction, 60, 1, 1) + peers, sender)


def main():
    port = int(sys.argv[1])
    swarms = Swarms(json.loads(sys.argv[2]))
    web = json.loads(sys.argv[3])
    kept = serve_web(swarms, web) if web else None
    for family in (socket.AF_INET, socket.AF_INET6) if not web else ():
        start_thread(Server(family, port, swarms).serve_forever)
        start_thread(serve_udp, family, port, swarms)
    print(json.dumps({"ready": True}), flush=True)
    sys.stdin.read()
    if kept is not None:
        kept.close()


main()
