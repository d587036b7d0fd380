# aria2.py: aria2c as a peer.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Driven through its JSON-RPC, over the hub."""

import base64
import json
import shutil
import signal
import urllib.request

from .peer import Peer
from .process import Process, wait_until
from .tap import Failure, Skip

RPC_PORT = 6800


class Aria2(Peer):
    """Seeds what it has until it is stopped."""

    def __init__(self, node, home, dht=None):
        """@dht: (nullable): HOST:PORT of a node of the DHT that it uses"""
        super().__init__(node, home)
        program = shutil.which("aria2c")
        if program is None:
            raise Skip("aria2c is not installed")
        self._gids = {}
        self._process = Process(node, [
            program, "--no-conf=true", "--enable-rpc=true", "--rpc-listen-all=true",
            f"--rpc-listen-port={RPC_PORT}", "--rpc-max-request-size=64M",
            "--rpc-save-upload-metadata=false", "--enable-dht6=false",
            # Without the socket of its DHT aria2 cannot ask UDP trackers.
            "--enable-dht=true", f"--dht-file-path={home}/dht.dat", "--dht-listen-port=6881",
            "--bt-enable-lpd=false", "--enable-peer-exchange=false", "--listen-port=6881",
            "--check-integrity=true", "--allow-overwrite=true", "--file-allocation=none",
            "--seed-ratio=0.0", "--max-concurrent-downloads=50", "--show-console-readout=false",
            "--console-log-level=notice", "--disk-cache=64M",
            *([f"--dht-entry-point={dht}"] if dht else [])], home)
        wait_until("aria2 answers", 20, self._answers, self._process.tail)

    def _answers(self):
        self._process.expect_alive()
        try:
            self._call("aria2.getVersion")
        except OSError:
            return False
        return True

    def _call(self, method, *params):
        body = json.dumps({"jsonrpc": "2.0", "id": "1", "method": method,
                           "params": list(params)}).encode()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        url = f"http://{self.node.address}:{RPC_PORT}/jsonrpc"
        with opener.open(url, body, timeout=60) as reply:
            answer = json.load(reply)
        if "error" in answer:
            raise Failure(f"aria2: {method}: {answer['error']}")
        return answer["result"]

    def add(self, torrent, folder):
        metainfo = base64.b64encode(torrent.path.read_bytes()).decode()
        self._gids[torrent.hex] = self._call("aria2.addTorrent", metainfo, [],
                                             {"dir": str(folder)})

    def add_link(self, torrent, folder, link=None):
        self._gids[torrent.hex] = self._call("aria2.addUri", [link or torrent.link()], {"dir": str(folder)})

    def _follow(self, torrent):
        """What came of a link is another download than the link."""
        following = self._call("aria2.tellStatus", self._gids[torrent.hex], ["followedBy"])
        if following.get("followedBy"):
            self._gids[torrent.hex] = following["followedBy"][0]

    def _get(self, torrent):
        self._follow(torrent)
        keys = ["status", "totalLength", "completedLength", "verifiedLength",
                "verifyIntegrityPending", "uploadLength", "connections", "seeder", "errorMessage"]
        return self._call("aria2.tellStatus", self._gids[torrent.hex], keys)

    def is_complete(self, torrent):
        status = self._get(torrent)
        if status["status"] == "error":
            raise Failure(f"aria2: {status}")
        return status.get("seeder") == "true" and status["completedLength"] == status["totalLength"]

    def describe(self, torrent):
        return str(self._get(torrent))

    def uploaded(self, torrent):
        return int(self._get(torrent)["uploadLength"])

    def stop(self):
        self._process.stop(signal.SIGINT)
