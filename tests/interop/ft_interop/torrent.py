# torrent.py: .torrent files, made independently of the program that is tested.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Torrents of version 1 (BEP 3)."""

import hashlib
import os
import urllib.parse

from . import bencode
from .samples import CHUNK, next_data


class Torrent:
    """A .torrent file of a sample."""

    def __init__(self, sample, path, info):
        self.sample = sample
        self.path = path
        self.info_hash = hashlib.sha1(bencode.encode(info)).digest()

    @property
    def hex(self):
        return self.info_hash.hex()

    def link(self, peers=(), trackers=()):
        """A magnet link that names nothing else. @peers: HOST:PORT"""
        return (f"magnet:?xt=urn:btih:{self.hex}" + "".join(f"&x.pe={peer}" for peer in peers)
                + "".join(f"&tr={urllib.parse.quote(url, safe='')}" for url in trackers))


class PieceHasher:
    """Hashes a stream of bytes piece for piece; a piece of zeros is hashed only once."""

    def __init__(self, piece_length):
        self._length = piece_length
        self._piece = bytearray()
        self._zeros = hashlib.sha1(bytes(piece_length)).digest()
        self.digests = []

    def _close_piece(self):
        self.digests.append(hashlib.sha1(self._piece).digest())
        self._piece.clear()

    def add(self, data):
        view = memoryview(data)
        while view:
            n = min(self._length - len(self._piece), len(view))
            self._piece += view[:n]
            view = view[n:]
            if len(self._piece) == self._length:
                self._close_piece()

    def add_zeros(self, n):
        fill = min(n, -len(self._piece) % self._length)
        self.add(bytes(fill))
        n -= fill
        self.digests += [self._zeros] * (n // self._length)
        self.add(bytes(n % self._length))

    def finish(self):
        if self._piece:
            self._close_piece()
        return b"".join(self.digests)


def _hash_file(hasher, path, size):
    with open(path, "rb", buffering=0) as file:
        offset = 0
        while offset < size:
            data_at = next_data(file.fileno(), offset, size)
            hasher.add_zeros(data_at - offset)
            data = os.pread(file.fileno(), CHUNK, data_at)
            hasher.add(data)
            offset = data_at + len(data)


def make(sample, folder, torrent_folder, tiers, private=False):
    """@folder: holds the sample; @tiers: announce URLs, each a tier of its own; none: no tracker."""
    hasher = PieceHasher(sample.piece_length)
    for path, size in sample.paths(folder):
        _hash_file(hasher, path, size)
    info = {"name": sample.name, "piece length": sample.piece_length, "pieces": hasher.finish()}
    if sample.is_single:
        info["length"] = sample.size
    else:
        info["files"] = [{"length": size, "path": path.split("/")} for path, size in sample.files]
    if private:
        info["private"] = 1
    whole = {"info": info}
    if tiers:
        whole |= {"announce": tiers[0], "announce-list": [[url] for url in tiers]}
    path = torrent_folder / f"{sample.name}.torrent"
    path.write_bytes(bencode.encode(whole))
    return Torrent(sample, path, info)
