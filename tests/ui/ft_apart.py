# ft_apart.py: a network of the test's own, in which names and addresses of strangers can be used.
# SPDX-License-Identifier: GPL-3.0-or-later
"""begin() starts the test again in new namespaces, where HOSTS lead to this machine and so do PEERS. A cable leads to
nowhere: without any the network cannot be used, and the program says so. Where that is not allowed everything has
an address of the loopback network: the pictures are the same but for such names."""

import os
import subprocess
import sys
import tempfile

HOSTS = ["bttracker.debian.org", "torrent.fedoraproject.org", "tracker.blender.org", "bt1.archive.org",
         "tracker.kiwix.org"]
# Private ones: those for documentation are no addresses of peers.
PEERS = ["10.31.4.17", "172.20.8.6", "192.168.14.80", "10.104.77.203"]

SCRIPT = """set -e
ip link set lo up
ip link add home type veth peer name away
ip address add 192.168.14.2/24 dev home
ip link set home up
ip link set away up
for address in $ADDRESSES; do ip address add $address/32 dev lo; done
mount --bind "$FT_UI_HOSTS" /etc/hosts
FT_UI_APART=yes exec "$@" """


def is_apart():
    return os.environ.get("FT_UI_APART") == "yes"


def begin():
    if "FT_UI_APART" in os.environ:
        return
    unshare = ["unshare", "--net", "--mount"] + (["--map-root-user"] if os.geteuid() != 0 else [])
    with tempfile.NamedTemporaryFile("w", prefix="friendtorrent-ui-hosts-") as hosts:
        hosts.write("127.0.0.1 localhost\n" + "".join(f"127.0.0.1 {host}\n" for host in HOSTS))
        hosts.flush()
        os.chmod(hosts.name, 0o644)
        environment = dict(os.environ, FT_UI_HOSTS=hosts.name, ADDRESSES=" ".join(PEERS))
        command = [*unshare, "sh", "-c", SCRIPT, "sh"]
        possible = subprocess.run([*command, "true"], env=environment, capture_output=True, check=False)
        if possible.returncode != 0:
            environment["FT_UI_APART"], command = "no", []
        sys.exit(subprocess.run([*command, sys.executable, *sys.argv], env=environment, check=False).returncode)


def host(index):
    """Of a tracker."""
    return HOSTS[index] if is_apart() else f"127.0.0.{index + 1}"


def peer(index):
    return PEERS[index] if is_apart() else f"127.0.1.{index + 1}"
