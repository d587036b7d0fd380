# informant.py: a peer that has nothing but the details of a torrent, and gives them when it is told to.
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private torrent's are given by no client that is worth it, so it is the test itself (BEP 9)."""

import contextlib
import socket
import struct
import threading

from . import bencode
from .sniffer import EXTENDED, HANDSHAKE_SIZE

BLOCK = 16384
REQUEST, DATA = 0, 1
METADATA_ID, PEX_ID = 4, 5


class Informant:
    """Listens at @address. Use it in a with statement. @info: the encoded info dictionary"""

    def __init__(self, address, info_hash, info):
        self._info_hash = info_hash
        self._info = info
        self._permitted = threading.Event()
        self._listener = socket.create_server((address, 0))
        self.endpoint = f"{address}:{self._listener.getsockname()[1]}"
        self.asked = threading.Event()

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.permit()
        # Else accept() goes on, and the port is taken.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def permit(self):
        """From now on it answers."""
        self._permitted.set()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        with peer, contextlib.suppress(OSError, EOFError, ValueError), peer.makefile("rb") as stream:
            if stream.read(HANDSHAKE_SIZE)[28:48] != self._info_hash:
                return
            peer.sendall(b"\x13BitTorrent protocol" + bytes([0, 0, 0, 0, 0, 0x10, 0, 0]) + self._info_hash
                         + b"-TEST00-informant..."[:20])
            self._send(peer, 0, bencode.encode({"m": {"ut_metadata": METADATA_ID, "ut_pex": PEX_ID},
                                                "metadata_size": len(self._info)}))
            self._answer(peer, stream)

    def _answer(self, peer, stream):
        number = 0
        while len(head := stream.read(4)) == 4:
            message = stream.read(struct.unpack(">I", head)[0])
            if message[:2] == bytes([EXTENDED, 0]):
                number = bencode.decode(message[2:])[b"m"].get(b"ut_metadata", 0)
            elif message[:2] == bytes([EXTENDED, METADATA_ID]):
                self._give(peer, number, bencode.decode(message[2:])[b"piece"])

    def _give(self, peer, number, block):
        self.asked.set()
        self._permitted.wait()
        self._send(peer, number, bencode.encode({"msg_type": DATA, "piece": block, "total_size": len(self._info)})
                   + self._info[block * BLOCK:][:BLOCK])

    @staticmethod
    def _send(peer, number, payload):
        peer.sendall(struct.pack(">IBB", 2 + len(payload), EXTENDED, number) + payload)
