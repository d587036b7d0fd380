# router.py: routers at the hub, which every peer has as its gateway.
# SPDX-License-Identifier: GPL-3.0-or-later
"""One of the test's own, and miniupnpd."""

import json
import pathlib
import re
import shutil
import subprocess
import sys

from .process import Process, wait_until
from .tap import Skip

RUN = pathlib.Path(__file__).with_name("small_router_run.py")
PUBLIC_ADDRESS = "5.77.0.5"  # of the Internet; nothing leaves the namespaces
START_S = 20


class SmallRouter:
    """@options: of small_router_run.py: pcp, nat_pmp, upnp, refuse, upnp_refuse, taken, permanent, external …"""

    def __init__(self, network, home, **options):
        home.mkdir(exist_ok=True)
        self._output = home / "router.jsonl"
        whole = {"address": network.hub.address, "external": PUBLIC_ADDRESS, **options}
        with open(self._output, "wb") as output:
            self._process = Process(network.hub, [sys.executable, str(RUN), json.dumps(whole)], home, stdout=output)
        wait_until("the router is ready", START_S, lambda: self.asked("ready"), self._process.tail)

    def asked(self, event, **fields):
        """All it was asked that is like this."""
        events = [json.loads(line) for line in self._output.read_text().splitlines()]
        return [one for one in events if one["event"] == event
                and all(one.get(name) == value for name, value in fields.items())]

    def tail(self):
        return self._output.read_text()[-2000:] + self._process.tail()

    def kill(self):
        self._process.kill()


class Miniupnpd:
    """With rules of nftables, and a public address on a bridge that leads nowhere."""

    def __init__(self, network, home):
        self._program = shutil.which("miniupnpd", path="/usr/sbin:/usr/bin:/sbin:/bin")
        self._nft = shutil.which("nft", path="/usr/sbin:/usr/bin:/sbin:/bin")
        if self._program is None or self._nft is None:
            raise Skip("miniupnpd or nft is not installed")
        home.mkdir(exist_ok=True)
        self._hub = network.hub
        self._leases = home / "leases"
        self._make_interface()
        self._make_tables(home)
        config = home / "miniupnpd.conf"
        config.write_text(f"ext_ifname=wan0\nlistening_ip=hub\nenable_natpmp=yes\nenable_upnp=yes\n"
                          f"secure_mode=yes\nsystem_uptime=yes\nuuid=00000000-0000-0000-0000-000000000002\n"
                          f"lease_file={self._leases}\nmin_lifetime=120\nmax_lifetime=86400\n"
                          f"upnp_table_name=filter\nupnp_nat_table_name=nat\nupnp_forward_chain=miniupnpd\n"
                          f"upnp_nat_chain=prerouting_miniupnpd\nupnp_nat_postrouting_chain=postrouting_miniupnpd\n"
                          "allow 1024-65535 10.77.0.0/24 1024-65535\ndeny 0-65535 0.0.0.0/0 0-65535\n")
        self._argv = [self._program, "-d", "-f", str(config), "-P", str(home / "pid")]
        self._home = home
        self._start()

    def _start(self):
        self._process = Process(self._hub, self._argv, self._home)
        wait_until("miniupnpd listens", START_S, self._listens, self._process.tail)

    def restart(self):
        """As a router that was switched off: it remembers nothing."""
        self._process.kill()
        for table, chain in (("nat", "prerouting_miniupnpd"), ("nat", "postrouting_miniupnpd"),
                             ("filter", "miniupnpd")):
            self._hub.run(self._nft, "flush", "chain", "inet", table, chain)
        self._leases.unlink(missing_ok=True)
        self._start()

    def _make_interface(self):
        self._hub.run("ip", "link", "add", "wan0", "type", "bridge")
        self._hub.run("ip", "address", "add", f"{PUBLIC_ADDRESS}/24", "dev", "wan0")
        self._hub.run("ip", "link", "set", "wan0", "up")

    def _make_tables(self, home):
        rules = home / "rules"
        rules.write_text("table inet filter {\n chain miniupnpd { }\n}\n"
                         "table inet nat {\n chain prerouting_miniupnpd { }\n chain postrouting_miniupnpd { }\n"
                         " chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }\n"
                         "}\n")
        try:
            self._hub.run(self._nft, "-f", str(rules))
        except subprocess.CalledProcessError as error:
            self._remove_interface()
            raise Skip(f"nftables cannot be used here: {error}") from error

    def _remove_interface(self):
        self._hub.run("ip", "link", "delete", "wan0")

    def _listens(self):
        self._process.expect_alive()
        return ":5351" in self._hub.read("ss", "-lun")

    def leases(self):
        """{protocol: port} of what it says is mapped."""
        lines = self._leases.read_text().splitlines() if self._leases.exists() else []
        return {line.split(":")[0]: int(line.split(":")[1]) for line in lines if ":" in line}

    def rules(self):
        """Pairs of a protocol and a port that the kernel really forwards."""
        text = self._hub.read(self._nft, "list", "table", "inet", "nat")
        found = re.findall(r"(?:(tcp|udp) dport (\d+)|th dport (\d+)).*dnat", text)
        protocols = re.findall(r"(?:meta l4proto|ip protocol) (tcp|udp)", text)
        return sorted(found + protocols, key=str), text

    def tail(self):
        return self._process.tail(60)

    def kill(self):
        self._process.kill()
        self._hub.run(self._nft, "flush", "ruleset")
        self._remove_interface()
