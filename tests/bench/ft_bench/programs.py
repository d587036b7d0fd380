# programs.py: the programs that are measured, as leechers and as seeds.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each runs with the settings it comes with, except that nothing looks for further peers, nothing is
encrypted, and files are not filled with zeros first."""

import json
import pathlib
import shutil
import subprocess
import sys

from ft_interop.aria2 import Aria2
from ft_interop.ours import FriendTorrent
from ft_interop.rasterbar import Rasterbar
from ft_interop.tap import Skip
from ft_interop.transmission import SETTINGS, Transmission

from . import rtorrent
from .meter import Run
from .tracker import PEER_PORT

RUN_LIBTORRENT = pathlib.Path(__file__).with_name("run_libtorrent.py")
QUIET = ["--no-dht", "--no-pex", "--no-lsd", "--no-utp", "--no-port-mapping", "--encryption", "off"]
ARIA2_QUIET = ["--no-conf=true", "--enable-dht=false", "--enable-dht6=false",
               "--bt-enable-lpd=false", "--enable-peer-exchange=false", "--listen-port=6881",
               "--file-allocation=none", "--summary-interval=0"]
KIB = 1 << 10
NO_ENCRYPTION = {"in_enc_policy": 2, "out_enc_policy": 2}


def find_program(name):
    program = shutil.which(name)
    if program is None:
        raise Skip(f"{name} is not installed")
    return program


def ask_version(*argv):
    """The first number in the first line that a program says about itself."""
    asked = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=20)
    words = (asked.stdout + asked.stderr).split()
    return next(word.rstrip(".") for word in words if word[0].isdigit())


def write_marker_script(home):
    """Returns (a program that makes a file, that file): for those that call one when complete."""
    marker, script = home / "complete", home / "complete.sh"
    script.write_text(f"#!/bin/sh\n: >'{marker}'\n")
    script.chmod(0o755)
    return script, marker


class Ours:
    """@program: friendtorrent-console"""

    name = "FriendTorrent"
    is_ours = True

    def __init__(self, program):
        self.path = program
        self.version = ask_version(program, "--version")

    def leech(self, node, home, torrent, folder):
        argv = [str(self.path), "--json", "--path", str(folder), "--state", str(home / "state"),
                "--bind", node.address, "--port", "6881", "--exit-when-done", *QUIET,
                str(torrent.path)]
        return Run(node, argv, home)

    def seed(self, node, home, torrent, folder):
        return FriendTorrent(node, home, self.path, folder, [torrent], QUIET, debug=False)

    def peer(self, node, home, up_bytes_per_s=0):
        """One that runs on, without torrents yet. @up_bytes_per_s: its limit; 0: none"""
        limit = ["--limit-up", str(-(-up_bytes_per_s // KIB))]
        return FriendTorrent(node, home, self.path, home / "downloads", (), [*QUIET, *limit], debug=False)

    def has_finished(self, peer, _torrent):
        """Whether a peer of those above has downloaded it all."""
        return any(event["event"] == "finished" for event in peer.events())


class Libtorrent:
    """libtorrent (rasterbar) in a small program in Python: all that takes time is in C++."""

    name = "libtorrent"
    is_ours = False

    def __init__(self):
        self.version = ask_version(sys.executable, "-c",
                                   "import libtorrent; print(libtorrent.version)")

    def leech(self, node, home, torrent, folder):
        argv = [sys.executable, str(RUN_LIBTORRENT), "leech", node.address, str(torrent.path),
                str(folder)]
        return Run(node, argv, home)

    def seed(self, node, home, torrent, folder):
        peer = Rasterbar(node, home, **NO_ENCRYPTION)
        peer.add(torrent, folder)
        return peer

    def peer(self, node, home, up_bytes_per_s=0):
        """See Ours. It comes with no limit for peers of the same network, and eight slots."""
        return Rasterbar(node, home, **NO_ENCRYPTION, limit_local=True, unchoke_slots_limit=8,
                         connections_limit=1000,
                         upload_rate_limit=up_bytes_per_s)

    def has_finished(self, peer, torrent):
        """See Ours."""
        return peer.is_complete(torrent)


class Aria2c:
    """aria2"""

    name = "aria2"
    is_ours = False

    def __init__(self):
        self.path = find_program("aria2c")
        self.version = ask_version(self.path, "--version")

    def leech(self, node, home, torrent, folder):
        script, marker = write_marker_script(home)
        argv = [self.path, *ARIA2_QUIET, f"--on-bt-download-complete={script}", f"--dir={folder}",
                str(torrent.path)]
        return Run(node, argv, home, marker)

    def seed(self, node, home, torrent, folder):
        peer = Aria2(node, home)
        peer.add(torrent, folder)
        return peer


class TransmissionDaemon:
    """transmission-daemon, which finds the torrent in a folder and runs a script when it is done."""

    name = "Transmission"
    is_ours = False

    def __init__(self):
        self.path = find_program("transmission-daemon")
        self.version = ask_version(self.path, "--version")

    def leech(self, node, home, torrent, folder):
        script, marker = write_marker_script(home)
        watched = home / "watched"
        watched.mkdir()
        shutil.copy(torrent.path, watched)
        (home / "settings.json").write_text(json.dumps({
            **SETTINGS, "download-dir": str(folder), "watch-dir": str(watched),
            "watch-dir-enabled": True, "script-torrent-done-enabled": True,
            "script-torrent-done-filename": str(script)}))
        argv = [self.path, "--foreground", "--config-dir", str(home)]
        return Run(node, argv, home, marker)

    def seed(self, node, home, torrent, folder):
        peer = Transmission(node, home, peer_port=PEER_PORT)
        peer.add(torrent, folder)
        return peer


class RtorrentDaemon:
    """rTorrent, which runs a command when a torrent is finished."""

    name = "rTorrent"
    is_ours = False

    def __init__(self):
        self.version = ask_version(rtorrent.find(), "-h")

    def leech(self, node, home, torrent, folder):
        marker = home / "complete"
        more = (f'directory.default.set = "{folder}"\n'
                "method.set_key = event.download.finished, bench, "
                f'"execute.nothrow=touch,{marker}"\n')
        return Run(node, [*rtorrent.make_argv(node, home, more), str(torrent.path)], home, marker)

    def seed(self, node, home, torrent, folder):
        peer = rtorrent.Rtorrent(node, home)
        peer.add(torrent, folder)
        return peer


# What is measured beside ours, in the order of the tables.
OTHERS = (Libtorrent, Aria2c, TransmissionDaemon, RtorrentDaemon)


def find_all(program, only=None):
    """@program: friendtorrent-console; @only: (nullable): names, of others than ours and libtorrent.
    Returns (what is here, ours first; [(name, why it is not)])."""
    found, reasons = [Ours(program)], []
    wanted = None if only is None else [name.lower() for name in only]
    for other in OTHERS:
        if wanted is not None and other is not Libtorrent and other.name.lower() not in wanted:
            continue
        try:
            found.append(other())
        except (Skip, OSError, subprocess.SubprocessError) as error:
            reasons.append((other.name, str(error)))
    return found, reasons
