# network.py: network namespaces that nobody else sees and nobody needs to remove.
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bridge with the test itself on it, and a namespace for each peer.

The namespaces have no names: they are held by file descriptors and by the programs within, so that the
kernel removes them when the test is over, however it ended. Some clients refuse peers on loopback
addresses, and two peers of one address are one to most: hence an address of its own for each.
"""

import contextlib
import ctypes
import os
import signal
import subprocess

from .tap import Skip

CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
CLONE_NEWNS = 0x00020000
MS_BIND = 0x1000
MS_PRIVATE_ALL = 0x44000
HUB_ADDRESS = "10.77.0.1"
# Of the Internet's, since some clients know no others; nothing leaves the namespaces.
HUB_ADDRESS6 = "2a00:77::1"
# A bridge without an address of its own takes that of one of its cables, and a lower one with each that
# is lower: peers that know the old one would speak to nobody.
HUB_LINK_ADDRESS = "02:00:0a:4d:00:01"

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name, *args):
    if getattr(_libc, name)(*args) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def die_with_parent():
    _call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _open_current():
    return os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


class Node:
    """A namespace with an address of a family or of both (nullable: @address of IPv4, @address6).
    @plug: (nullable): the end of its cable at the hub"""

    def __init__(self, name, address, descriptor, hub=None, plug=None, address6=None):
        self.name = name
        self.address = address
        self.address6 = address6
        self.files = {}  # by names of files of the system, what its programs see there
        self._descriptor = descriptor
        self._hub = hub
        self._plug = plug

    def enter_in_child(self, account=None):
        """Called between fork and exec: moves there, and dies with the test. @account: (nullable):
        of pwd, to become somebody else, which must come before the order to die."""
        _call("setns", self._descriptor, CLONE_NEWNET)
        if self.files:
            _call("unshare", CLONE_NEWNS)
            _call("mount", None, b"/", None, MS_PRIVATE_ALL, None)
            for name, file in self.files.items():
                _call("mount", os.fsencode(file), os.fsencode(name), None, MS_BIND, None)
        if account is not None:
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
        die_with_parent()

    @property
    def descriptor(self):
        """Of the namespace, for programs that move between several."""
        return self._descriptor

    def run(self, *argv):
        subprocess.run(argv, check=True, preexec_fn=self.enter_in_child, timeout=30)

    def read(self, *argv):
        """What a program there writes."""
        return subprocess.run(argv, check=True, preexec_fn=self.enter_in_child, timeout=30,
                              stdout=subprocess.PIPE, text=True).stdout

    def lay_wire(self):
        """A cable to the hub, and the address at its end."""
        subprocess.run(["ip", "link", "add", self._plug, "type", "veth", "peer", "name", "wire",
                        "netns", f"/proc/self/fd/{self._descriptor}"],
                       check=True, pass_fds=[self._descriptor], timeout=30)
        self._hub.run("ip", "link", "set", self._plug, "master", "hub", "up")
        self.run("ip", "link", "set", "wire", "up")
        if self.address6 is not None:
            self.run("ip", "address", "add", f"{self.address6}/64", "dev", "wire", "nodad")
            self.run("ip", "route", "add", "default", "via", HUB_ADDRESS6)
        if self.address is not None:
            self.run("ip", "address", "add", f"{self.address}/24", "dev", "wire")
            self.add_route()

    def cut_wire(self):
        """Its interface is gone."""
        self._hub.run("ip", "link", "delete", self._plug)

    def add_route(self):
        """The kernel forgets it with the link."""
        self.run("ip", "route", "add", "default", "via", HUB_ADDRESS)

    def readdress(self, address):
        self.run("ip", "address", "flush", "dev", "wire")
        self.address = address
        self.run("ip", "address", "add", f"{address}/24", "dev", "wire")
        self.add_route()

    def set_link(self, state):
        """@state: up or down"""
        self.run("ip", "link", "set", "wire", state)

    def set_plug(self, state):
        """The same at the other end: then it has no carrier, or has again."""
        self._hub.run("ip", "link", "set", self._plug, state)


class Network:
    """Moves this process into a namespace of its own, which becomes the hub."""

    def __init__(self):
        if os.geteuid() != 0:
            raise Skip("network namespaces need root")
        self._n = 1
        try:
            _call("unshare", CLONE_NEWNET)
            self._descriptor = _open_current()
            self.hub = Node("hub", HUB_ADDRESS, self._descriptor)
            self.hub.run("ip", "link", "set", "lo", "up")
            self.hub.run("ip", "link", "add", "hub", "address", HUB_LINK_ADDRESS, "type", "bridge")
            self.hub.run("ip", "address", "add", f"{HUB_ADDRESS}/24", "dev", "hub")
            self.hub.address6 = HUB_ADDRESS6 if self._add_address6() else None
            self.hub.run("ip", "link", "set", "hub", "up")
        except (OSError, subprocess.SubprocessError) as error:
            raise Skip(f"no network namespaces here: {error}") from error

    def _add_address6(self):
        try:
            self.hub.run("ip", "address", "add", f"{HUB_ADDRESS6}/64", "dev", "hub", "nodad")
        except subprocess.SubprocessError:
            return False
        return True

    def _make_namespace(self):
        _call("unshare", CLONE_NEWNET)
        descriptor = _open_current()
        _call("setns", self._descriptor, CLONE_NEWNET)
        return descriptor

    @contextlib.contextmanager
    def inside(self, node):
        """Sockets that this thread makes meanwhile are in the namespace of @node."""
        _call("setns", node.descriptor, CLONE_NEWNET)
        try:
            yield
        finally:
            _call("setns", self._descriptor, CLONE_NEWNET)

    def add_apart(self, name, address):
        """A namespace without a cable: whoever wants one lays another kind."""
        node = Node(name, address, self._make_namespace())
        node.run("ip", "link", "set", "lo", "up")
        return node

    def add(self, name, ipv4=True, ipv6=False):
        """Makes a namespace and a cable from it to the hub."""
        if ipv6 and self.hub.address6 is None:
            raise Skip("there is no IPv6 here")
        descriptor = self._make_namespace()
        self._n += 1
        node = Node(name, f"10.77.0.{self._n}" if ipv4 else None, descriptor, self.hub,
                    f"plug{self._n}", f"2a00:77::{self._n:x}" if ipv6 else None)
        node.run("ip", "link", "set", "lo", "up")
        node.lay_wire()
        return node
