# ft_scene.py: a list of torrents as a person might have it: free things, in all states, with a swarm of the test's own.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes are real and data is zeros: files have holes, so nothing of it lies on the disk. What has not come yet is
told by a byte that is wrong."""

import collections
import contextlib
import hashlib
import os
import pathlib
import socket
import subprocess
import threading
import urllib.parse

import ft_apart
from ft_torrents import QuickTracker, SlowTrackerHandler, bencode

MB = 1_000_000
Torrent = collections.namedtuple("Torrent", "name files piece group tracker share seeds comment", defaults=[0, [], ""])

# In groups, each of which is one folder that is watched, with its tag.
GROUPS = {
    "linux": ("Linux", True), "films": ("Films", True), "rest": ("Knowledge", True), "paused": ("Music", False),
}
TAGS = [("Linux", "#3584e4"), ("Films", "#e66100"), ("Knowledge", "#2ec27e"), ("Music", "#9141ac")]

BUNNY = [("Big Buck Bunny.mp4", 276 * MB), ("Big Buck Bunny.en.srt", 140), ("Poster.jpg", 310_380),
         ("Extras/Making of.mp4", 61 * MB), ("Extras/Storyboard.pdf", 9 * MB), ("Extras/Soundtrack/Prelude.ogg", 7 * MB),
         ("Extras/Soundtrack/Bunny.ogg", 8 * MB)]
CHOPIN = [(f"{number:02} {title}.flac", size * MB) for number, (title, size) in enumerate(
    [("Ballade No. 1 in G minor", 41), ("Nocturne in E-flat major", 18), ("Étude in C minor", 12),
     ("Prelude in D-flat major", 23), ("Scherzo No. 2", 44)], 1)]

TORRENTS = [
    Torrent("debian-13.2.0-amd64-netinst.iso", 703 * MB, 262144, "linux", 0, 1),
    Torrent("Fedora-Everything-netinst-x86_64-43.iso", 840 * MB, 524288, "linux", 1, 0.41, [0, 1, 2],
            "Fedora Linux 43, network install"),
    Torrent("LibreOffice_25.8_Linux_x86-64_deb.tar.gz", 199 * MB, 262144, "linux", 3, 1),
    Torrent("Big Buck Bunny", BUNNY, 262144, "films", 2, 0.62, [1, 3], "The Peach Open Movie, under CC BY 3.0"),
    Torrent("Sintel", 129 * MB, 131072, "films", 2, 1),
    Torrent("Tears of Steel", 571 * MB, 524288, "films", 2, 0.5),
    Torrent("wikipedia_en_all_nopic_2025-10.zim", 48_300 * MB, 16777216, "rest", 4, 0),
    Torrent("OpenStreetMap planet, week 47", 31_200 * MB, 16777216, "rest", None, 0),
    Torrent("Frédéric Chopin, recordings of Musopen", CHOPIN, 131072, "paused", 3, 0.86),
    Torrent("Apollo 11 mission audio", 2_140 * MB, 1048576, "paused", 3, 0),
]
# All of it was there once.
LOST = "Sintel"


def list_files(torrent):
    return torrent.files if isinstance(torrent.files, list) else [("", torrent.files)]


def size_of(torrent):
    return sum(size for _, size in list_files(torrent))


def build(torrent, url):
    zeros = hashlib.sha1(bytes(torrent.piece)).digest()
    whole, rest = divmod(size_of(torrent), torrent.piece)
    info = {"name": torrent.name, "piece length": torrent.piece,
            "pieces": whole * zeros + (hashlib.sha1(bytes(rest)).digest() if rest else b"")}
    if isinstance(torrent.files, list):
        info["files"] = [{"path": path.split("/"), "length": size} for path, size in torrent.files]
    else:
        info["length"] = torrent.files
    about = {"comment": torrent.comment} if torrent.comment else {}
    return bencode({"info": info, "created by": "mktorrent 1.1", "creation date": 1762000000, **about,
                    **({"announce": url} if url else {})})


def info_hash(body):
    return hashlib.sha1(body[body.index(b"4:info") + len("4:info"):-1]).digest()


def write_data(folder, torrent, share):
    """With holes; the first byte of each piece that is not there is wrong. Which are there looks like chance."""
    at = 0
    for name, size in list_files(torrent):
        path = pathlib.Path(folder, torrent.name, name) if name else pathlib.Path(folder, torrent.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as file:
            file.truncate(size)
            for piece in range(-(-at // torrent.piece), -(-(at + size) // torrent.piece)):
                if (piece // 7 * 2654435761) % 1000 >= share * 1000 and piece / 9 % 1 * 0.2 + share < 1:
                    file.seek(piece * torrent.piece - at)
                    file.write(b"x")
        at += size


class SceneTracker(QuickTracker):
    """Knows peers by the torrent: those of `swarms`."""

    def __init__(self):
        super().__init__()
        self.swarms = {}
        self.RequestHandlerClass = SceneTrackerHandler


class SceneTrackerHandler(SlowTrackerHandler):
    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query, encoding="latin-1")
        peers = self.server.swarms.get(query["info_hash"][0].encode("latin-1"), [])
        body = bencode({"interval": 1800, "complete": len(peers) + 11, "incomplete": 3,
                        "peers": b"".join(socket.inet_aton(address) + port.to_bytes(2, "big")
                                          for address, port in peers)})
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Seed:
    """The terminal program, with the data of some torrents."""

    def __init__(self, program, home, address, limit, torrents):
        with socket.socket() as probe:
            probe.bind((address, 0))
            self.place = probe.getsockname()
        self.log = tempfile_in(home)
        self.process = subprocess.Popen(
            [program, f"--bind={address}", f"--port={self.place[1]}", f"--path={home}/data", f"--limit-up={limit}",
             f"--state={home}/state", *torrents], env=dict(os.environ, HOME=str(home)), stdin=subprocess.PIPE,
            stdout=self.log, stderr=subprocess.STDOUT)

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdin.close()
        self.log.close()


def tempfile_in(home):
    home.mkdir(parents=True, exist_ok=True)
    return open(home / "log", "w")


class Scene(contextlib.ExitStack):
    """The home of the program under test, prepared; its swarm runs until it is closed."""

    def __init__(self, console, home):
        super().__init__()
        self.home, self.console = pathlib.Path(home), console
        self.tracker = self.enter_context(contextlib.closing(SceneTracker()))
        self.bodies = {torrent.name: build(torrent, self.url_of(torrent)) for torrent in TORRENTS}
        for torrent in TORRENTS:
            self.place(torrent)
        for index, limit in enumerate([420, 250, 160, 90]):
            self.start_seed(index, limit)

    def url_of(self, torrent):
        if torrent.tracker is None:
            return None
        return f"http://{ft_apart.host(torrent.tracker)}:{self.tracker.server_port}/announce"

    def place(self, torrent):
        folder = self.home / "Torrents" / torrent.group
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{torrent.name}.torrent").write_bytes(self.bodies[torrent.name])
        if torrent.share > 0:
            write_data(self.home / "Downloads", torrent, torrent.share)

    def start_seed(self, index, limit):
        home = self.home / f"seed-{index}"
        given = [torrent for torrent in TORRENTS if index in torrent.seeds]
        home.mkdir()
        paths = []
        for torrent in given:
            write_data(home / "data", torrent, 1)
            paths.append(str(home / f"{torrent.name}.torrent"))
            pathlib.Path(paths[-1]).write_bytes(self.bodies[torrent.name])
        seed = self.enter_context(contextlib.closing(Seed(self.console, home, ft_apart.peer(index), limit, paths)))
        for torrent in given:
            self.tracker.swarms.setdefault(info_hash(self.bodies[torrent.name]), []).append(seed.place)

    def watch_folders(self):
        """For the settings: with the tag of each, and whether it starts."""
        folders = [f"{{'path': <'{self.home}/Torrents/{group}'>, 'tags': <['{tag}']>, 'start': <{str(start).lower()}>, "
                   "'after': <'rename'>}" for group, (tag, start) in GROUPS.items()]
        return "[" + ", ".join(folders) + "]"

    @staticmethod
    def tags():
        return "[" + ", ".join(f"{{'name': <'{name}'>, 'color': <'{color}'>}}" for name, color in TAGS) + "]"

    def lose(self):
        """What somebody deletes or keeps on a disk that is not plugged in."""
        (self.home / "Downloads" / LOST).unlink(missing_ok=True)
