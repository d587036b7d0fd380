# sniffer.py: every frame that the peers of a test send, and what is in it.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listens at the ends of the cables at the hub (AF_PACKET), where whatever leaves a node comes by once."""

import contextlib
import socket
import struct
import threading
import time

from . import bencode
from .tap import Failure

ALL_PROTOCOLS = 0x0003
IPV4, IPV6 = 0x0800, 0x86DD
TCP, UDP = 6, 17
SYN = 0x02
PACKET_OUTGOING = 4
SO_RCVBUFFORCE = 33
SOL_PACKET, PACKET_STATISTICS = 263, 6
BUFFER = 64 << 20
LARGEST = 1 << 18

HANDSHAKE_SIZE = 68
PORT_MESSAGE, EXTENDED = 9, 20


class Frame:
    """@transport: what follows the header of IP, or the whole frame when it is no IP.
    @source, @target: (address, port), of TCP and UDP only"""

    def __init__(self, at, data):
        self.at = at
        self.data = data
        self.protocol = None
        self.source = self.target = None
        self.transport = data
        kind, = struct.unpack_from(">H", data, 12)
        if kind == IPV4:
            self._read_ipv4(data[14:])
        elif kind == IPV6:
            self._read_ipv6(data[14:])

    def _read_ipv4(self, packet):
        head = (packet[0] & 15) * 4
        size, = struct.unpack_from(">H", packet, 2)
        # Later fragments have no ports.
        if struct.unpack_from(">H", packet, 6)[0] & 0x1FFF == 0:
            self._read_transport(packet[9], packet[head:size or None], socket.AF_INET, packet[12:16], packet[16:20])

    def _read_ipv6(self, packet):
        size, protocol = struct.unpack_from(">HB", packet, 4)
        self._read_transport(protocol, packet[40:40 + size if size else None], socket.AF_INET6,
                             packet[8:24], packet[24:40])

    def _read_transport(self, protocol, transport, family, source, target):
        if protocol not in (TCP, UDP):
            return
        self.protocol = protocol
        self.transport = transport
        ports = struct.unpack_from(">HH", transport)
        self.source = (socket.inet_ntop(family, source), ports[0])
        self.target = (socket.inet_ntop(family, target), ports[1])

    def names(self, info_hash):
        """Whether it holds @info_hash, as bytes or in hexadecimal of any case."""
        return info_hash in self.data or info_hash.hex().encode() in self.data.lower()

    def __str__(self):
        return f"{self.source} to {self.target}: {self.data!r}"


class Conversation:
    """What one peer says to another on one connection, in plain text. @info_hash: None: no BitTorrent;
    @handshakes: those of extensions; @extended: the ids of its other extended messages; @ids: of all messages"""

    def __init__(self, source, target, stream):
        self.source = source
        self.target = target
        self.info_hash = None
        self.handshakes = []
        self.extended = []
        self.ids = set()
        if stream.startswith(b"\x13BitTorrent protocol") and len(stream) >= HANDSHAKE_SIZE:
            self.info_hash = stream[28:48]
            self._read_messages(stream[HANDSHAKE_SIZE:])

    def _read_messages(self, stream):
        at = 0
        while at + 5 <= len(stream):
            size, number = struct.unpack_from(">IB", stream, at)
            at += 4
            if size > 0:
                self.ids.add(number)
                if number == EXTENDED and at + size <= len(stream):
                    self._read_extended(stream[at + 1:at + size])
            at += size

    def _read_extended(self, message):
        if message[0] == 0:
            self.handshakes.append(bencode.decode(message[1:]))
        else:
            self.extended.append(message[0])

    def offers(self, name):
        """Whether any of its extension handshakes has the extension @name switched on."""
        return any(handshake.get(b"m", {}).get(name, 0) != 0 for handshake in self.handshakes)

    def uses(self, answers, name):
        """Whether it sends messages of the extension @name; @answers: what the other one says"""
        numbers = {handshake.get(b"m", {}).get(name, 0) for handshake in answers.handshakes} - {0}
        return any(number in numbers for number in self.extended)


def _join(segments, first):
    """@segments: [(sequence number, bytes)]; up to the first gap."""
    stream = bytearray()
    for at, data in sorted(((sequence - first) % (1 << 32), data) for sequence, data in segments):
        if at > len(stream):
            break
        stream[at:] = data if at + len(data) > len(stream) else stream[at:]
    return bytes(stream)


def _is_sent(interface, kind):
    """By a node, or by the hub itself: each frame is seen once more at each other end that it comes to."""
    if interface == "hub":
        return kind == PACKET_OUTGOING
    return interface.startswith("plug") and kind != PACKET_OUTGOING


class Sniffer:
    """Called in the hub. Use it in a with statement."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
        self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        self._socket.settimeout(0.1)
        self._frames = []
        self._over = False
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over = True
        self._thread.join()
        self._socket.close()

    def _listen(self):
        while not self._over:
            with contextlib.suppress(TimeoutError):
                data, (interface, _, kind, *_) = self._socket.recvfrom(LARGEST)
                if _is_sent(interface, kind):
                    self._frames.append(Frame(time.monotonic(), data))

    def expect_whole(self):
        """Nothing was missed, or what was not seen proves nothing."""
        statistics = self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
        seen, lost = struct.unpack("II", statistics)
        if lost > 0:
            raise Failure(f"{lost} of {seen} frames were missed")

    def datagrams(self, info_hash, port=None, since=0):
        """All but TCP that names @info_hash. @port: (nullable): of either end; @since: see time.monotonic"""
        return [frame for frame in list(self._frames)
                if frame.at >= since and frame.protocol != TCP and frame.names(info_hash)
                and (port is None or (frame.target is not None and port in (frame.target[1], frame.source[1])))]

    def _streams(self):
        firsts, segments = {}, {}
        for frame in list(self._frames):
            if frame.protocol != TCP:
                continue
            key = frame.source, frame.target
            sequence, _, offset, flags = struct.unpack_from(">IIBB", frame.transport, 4)
            if flags & SYN:
                firsts[key] = (sequence + 1) % (1 << 32)
                segments[key] = []
            elif key in firsts:
                segments[key].append((sequence, frame.transport[(offset >> 4) * 4:]))
        return {key: _join(parts, firsts[key]) for key, parts in segments.items()}

    def conversations(self, info_hash):
        """Pairs (what is said, what the other one says) about @info_hash."""
        said = {key: Conversation(*key, stream) for key, stream in self._streams().items()}
        return [(one, said[one.target, one.source]) for one in said.values()
                if one.info_hash == info_hash and (one.target, one.source) in said]
