# transmission.py: transmission-daemon as a peer.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Driven through its RPC, over the hub."""

import base64
import json
import shutil
import urllib.error
import urllib.request

from .peer import Peer
from .process import Process, wait_until
from .tap import Failure, Skip

RPC_PORT = 9091
SESSION_HEADER = "X-Transmission-Session-Id"

SETTINGS = {
    "dht-enabled": False, "lpd-enabled": False, "pex-enabled": False, "utp-enabled": False,
    "port-forwarding-enabled": False, "encryption": 1, "preallocation": 0,
    "download-queue-enabled": False, "seed-queue-enabled": False, "ratio-limit-enabled": False,
    "speed-limit-up-enabled": False, "speed-limit-down-enabled": False,
    "rpc-enabled": True, "rpc-port": RPC_PORT, "rpc-bind-address": "0.0.0.0",
    "rpc-whitelist-enabled": False, "rpc-host-whitelist-enabled": False,
    "rpc-authentication-required": False,
}


class Transmission(Peer):
    """Refuses peers on loopback addresses. @settings: those that differ from ours"""

    makes_empty_files = False

    def __init__(self, node, home, dht=None, **settings):
        """@dht: (nullable): HOST:PORT of a node of the DHT that it uses; @settings: that differ from ours"""
        super().__init__(node, home)
        program = shutil.which("transmission-daemon")
        if program is None:
            raise Skip("transmission-daemon is not installed")
        changed = {key.replace("_", "-"): value for key, value in settings.items()}
        (home / "settings.json").write_text(
            json.dumps({**SETTINGS, "dht-enabled": dht is not None, **changed}))
        if dht:
            (home / "dht.bootstrap").write_text(dht.replace(":", " ") + "\n")
        self._session = ""
        self._process = Process(node, [program, "--foreground", "--config-dir", str(home)], home)
        wait_until("transmission answers", 20, self._answers, self._process.tail)

    def _answers(self):
        self._process.expect_alive()
        try:
            self._call("session-get")
        except OSError:
            return False
        return True

    def _call(self, method, **arguments):
        body = json.dumps({"method": method, "arguments": arguments}).encode()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        url = f"http://{self.node.address}:{RPC_PORT}/transmission/rpc"
        for _ in range(2):
            request = urllib.request.Request(url, body, {SESSION_HEADER: self._session})
            try:
                with opener.open(request, timeout=30) as reply:
                    answer = json.load(reply)
            except urllib.error.HTTPError as error:
                if error.code != 409:
                    raise
                self._session = error.headers[SESSION_HEADER]
                continue
            if answer["result"] != "success":
                raise Failure(f"transmission: {method}: {answer['result']}")
            return answer["arguments"]
        raise Failure("transmission does not accept its own session id")

    def add(self, torrent, folder):
        self._call("torrent-add", **{
            "metainfo": base64.b64encode(torrent.path.read_bytes()).decode(),
            "download-dir": str(folder), "paused": False})

    def add_link(self, torrent, folder, link=None):
        self._call("torrent-add", **{"filename": link or torrent.link(), "download-dir": str(folder),
                                     "paused": False})

    def _get(self, torrent):
        fields = ["status", "leftUntilDone", "recheckProgress", "uploadedEver", "errorString"]
        return self._call("torrent-get", ids=[torrent.hex], fields=fields)["torrents"][0]

    def verify(self, torrent):
        """Has it begin to check @torrent anew."""
        self._call("torrent-verify", ids=[torrent.hex])

    def is_checking(self, torrent):
        # 1 and 2: waits for its turn to check, checks.
        return self._get(torrent)["status"] in (1, 2)

    def is_complete(self, torrent):
        status = self._get(torrent)
        # 5 and 6: waits for seeding, seeds. Before it has checked, nothing is left to do either.
        return status["status"] in (5, 6) and status["leftUntilDone"] == 0

    def addresses(self, torrent):
        """Of whom it is connected to."""
        status = self._call("torrent-get", ids=[torrent.hex], fields=["peers"])["torrents"][0]
        return [peer["address"] for peer in status["peers"]]

    def describe(self, torrent):
        return str(self._get(torrent))

    def uploaded(self, torrent):
        return self._get(torrent)["uploadedEver"]
