# rtorrent.py: rTorrent as a peer.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Without a terminal, driven over XML-RPC through a socket in its folder (SCGI)."""

import shutil
import socket
import xmlrpc.client

from ft_interop.peer import Peer
from ft_interop.process import Process, wait_until
from ft_interop.tap import Failure, Skip

SOCKET = "rpc"
ANSWER_S = 60
# It would check the whole again at the end, which the others do not. With as much unwritten as it may map,
# which is 1 GiB, it stops for minutes until it writes.
SETTINGS = """\
system.daemon.set = true
session.path.set = {home}/session
network.scgi.open_local = {home}/{socket}
network.port_range.set = 6881-6881
network.port_random.set = no
network.bind_address.set = {address}
dht.mode.set = disable
protocol.pex.set = no
trackers.use_udp.set = no
protocol.encryption.set = none
pieces.hash.on_completion.set = no
pieces.memory.max.set = 4096M
"""


def find():
    program = shutil.which("rtorrent")
    if program is None:
        raise Skip("rtorrent is not installed")
    return program


def make_argv(node, home, more=""):
    """@more: further lines of its settings"""
    (home / "session").mkdir()
    settings = home / "rtorrent.rc"
    settings.write_text(SETTINGS.format(home=home, socket=SOCKET, address=node.address) + more)
    return [find(), "-n", "-o", f"import={settings}"]


def _frame(body):
    """A request of SCGI."""
    headers = f"CONTENT_LENGTH\0{len(body)}\0SCGI\0001\0".encode()
    return b"%d:%s,%s" % (len(headers), headers, body)


class Rtorrent(Peer):
    """Seeds what it has until it is stopped."""

    def __init__(self, node, home, more=""):
        super().__init__(node, home)
        self._process = Process(node, make_argv(node, home, more), home)
        wait_until("rtorrent answers", 20, self._answers, self._process.tail)

    def _answers(self):
        self._process.expect_alive()
        try:
            self.call("system.pid")
        except OSError:
            return False
        return True

    def call(self, method, *arguments):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(ANSWER_S)
            connection.connect(str(self.home / SOCKET))
            connection.sendall(_frame(xmlrpc.client.dumps(arguments, method).encode()))
            answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        try:
            return xmlrpc.client.loads(answer.partition(b"\r\n\r\n")[2])[0][0]
        except xmlrpc.client.Fault as fault:
            raise Failure(f"rtorrent: {method}: {fault}") from None

    def add(self, torrent, folder):
        self.call("load.start", "", str(torrent.path), f'd.directory.set="{folder}"')

    def _get(self, torrent):
        keys = ("complete", "hashing", "is_active", "message")
        return {key: self.call(f"d.{key}", torrent.hex.upper()) for key in keys}

    def is_complete(self, torrent):
        if torrent.hex.upper() not in self.call("download_list"):
            return False
        status = self._get(torrent)
        return bool(status["complete"] and status["is_active"] and not status["hashing"])

    def describe(self, torrent):
        known = torrent.hex.upper() in self.call("download_list")
        return str(self._get(torrent)) if known else "not known"
