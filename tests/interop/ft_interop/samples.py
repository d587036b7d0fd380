# samples.py: data to share, made the same each time, and compared byte for byte.
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample is a file or a folder below some folder, with the name that its torrent will have."""

import errno
import os
import random

from .tap import Failure

CHUNK = 1 << 20
GIB = 1 << 30


class Sample:
    """@files: [(path below the sample, size)]; one file with the path "" is a torrent of one file."""

    def __init__(self, name, piece_length, files):
        self.name = name
        self.piece_length = piece_length
        self.files = files

    @property
    def size(self):
        return sum(size for _, size in self.files)

    @property
    def is_single(self):
        return self.files[0][0] == ""

    def paths(self, folder):
        """Yields (whole path, size) of each file."""
        for path, size in self.files:
            yield (folder / self.name / path if path else folder / self.name), size

    def make(self, folder):
        """Writes it with contents that follow from its name only."""
        dice = random.Random(self.name)
        for path, size in self.paths(folder):
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "wb") as file:
                for start in range(0, size, CHUNK):
                    file.write(dice.randbytes(min(CHUNK, size - start)))


class SparseSample(Sample):
    """One file that is mostly a hole. @islands: [(offset, size)] of what is not."""

    def __init__(self, name, piece_length, size, islands):
        super().__init__(name, piece_length, [("", size)])
        self._islands = islands

    def make_hole(self, folder):
        """What a leecher finds: the right size, and zeros only."""
        with open(folder / self.name, "wb") as file:
            file.truncate(self.size)

    def make(self, folder):
        dice = random.Random(self.name)
        self.make_hole(folder)
        with open(folder / self.name, "r+b") as file:
            for offset, size in self._islands:
                file.seek(offset)
                file.write(dice.randbytes(size))


def odd(name, piece_length):
    """Files that begin and end beside the borders of pieces and blocks."""
    half = piece_length // 2
    sizes = [("Empty", 0), ("One byte", 1), ("deep/er/still/Übung 1.bin", piece_length - 1),
             ("deep/日本語.txt", 2), ("block less", 16383), ("block more", 16385),
             ("deep/Empty too", 0), ("half", half + 7), ("exact", piece_length),
             ("deep/tail", max(half + 12345, 500_003))]
    return Sample(name, piece_length, sizes)


def crowd(name, n_files=20_000):
    """Many small files: pieces span dozens of them."""
    files = [(f"shelf {i // 100:03}/book {i:05}", i * 7919 % 1024) for i in range(n_files)]
    return Sample(name, 16384, files)


def vast(name):
    """More than 32 bits of bytes, with data at both ends and across 2 and 4 GiB."""
    size = 5 * GIB + 12_345
    islands = [(0, 300_000), (2 * GIB - 70_000, 140_001), (4 * GIB - 1_000_001, 2_000_000),
               (size - 100_001, 100_001)]
    return SparseSample(name, 1 << 20, size, islands)


def plain(name, piece_length, size):
    """One file."""
    return Sample(name, piece_length, [("", size)])


def next_data(descriptor, offset, size):
    """Where the next byte that is no hole may be."""
    try:
        return os.lseek(descriptor, offset, os.SEEK_DATA)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return size
        raise


def _compare_file(expected, actual, size):
    with open(expected, "rb", buffering=0) as one, open(actual, "rb", buffering=0) as other:
        offset = 0
        while offset < size:
            # What is a hole in both needs no reading.
            offset = min(next_data(one.fileno(), offset, size),
                         next_data(other.fileno(), offset, size))
            a = os.pread(one.fileno(), CHUNK, offset)
            b = os.pread(other.fileno(), CHUNK, offset)
            if a != b:
                at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
                raise Failure(f"{actual}: differs at byte {offset + at}")
            offset += max(len(a), 1)


def _find_surplus(folder, sample):
    if sample.is_single:
        return
    known = {path for path, _ in sample.paths(folder)}
    for path in (folder / sample.name).rglob("*"):
        if path.is_file() and path not in known:
            raise Failure(f"{path}: belongs to nothing")


def compare(sample, expected_folder, actual_folder, empty_files=True):
    """Raises Failure where the two differ. @empty_files: also files without bytes must be there."""
    expected = sample.paths(expected_folder)
    for (one, size), (other, _) in zip(expected, sample.paths(actual_folder)):
        if not other.is_file():
            if size == 0 and not empty_files:
                continue
            raise Failure(f"{other}: is not there")
        if other.stat().st_size != size:
            raise Failure(f"{other}: has {other.stat().st_size} bytes of {size}")
        _compare_file(one, other, size)
    _find_surplus(actual_folder, sample)
