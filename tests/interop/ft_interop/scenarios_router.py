# scenarios_router.py: the port is opened at the router, kept, and given back.
# SPDX-License-Identifier: GPL-3.0-or-later
"""By a small router of the test's own that speaks what it is told to, and by miniupnpd."""

import time

from . import samples, small_tracker
from .held import Peak
from .network import HUB_ADDRESS
from .process import wait_until
from .router import PUBLIC_ADDRESS, Miniupnpd, SmallRouter
from .tap import Failure

TIMEOUT_S = 30
PORT = 6881
TCP, UDP = 6, 17
HTTP_PORT = 5431  # of the small router
MAX_MEMORY = 64 * 1024 * 1024
QUIET_S = 5  # a search takes three


def _expect(condition, text):
    if not condition:
        raise Failure(text)


def _wait_for(ours, router, mapper, state):
    """What it says of @mapper when that has come to @state."""
    def look():
        found = ours.status()["mappings"][mapper]
        return found if found["state"] == state else None
    return wait_until(f"{mapper} is {state}", TIMEOUT_S, look, lambda: f"{ours.status()}\n{router.tail()}")


def _run_with(names, options, check, bound=False):
    """A scenario with a small router: @check (swarm, ours, router)."""
    def run(swarm):
        router = SmallRouter(swarm.network, swarm.folder("router"), **options)
        try:
            ours = swarm.start_ours(swarm.folder("downloads"), [], ["--no-dht"], bound=bound, uses=["port-mapping"])
            check(swarm, ours, router)
        finally:
            router.kill()
    return names, run


def pcp():
    names = ["PCP: TCP and UDP are mapped", "PCP: it is said in words", "PCP: given back at the end"]

    def check(swarm, ours, router):
        mapping = _wait_for(ours, router, "pcp", "mapped")
        swarm.block.check(names[0], _expect, mapping["port"] == PORT and mapping["address"] == PUBLIC_ADDRESS
                          and all(router.asked("pcp", protocol=protocol, internal=PORT, code=0)
                                  for protocol in (TCP, UDP)), f"{mapping}\n{router.tail()}")
        status = ours.status()
        swarm.block.check(names[1], _expect, status["router"] == f"Port {PORT} is mapped by PCP"
                          and status["external_ipv4"] == PUBLIC_ADDRESS, str(status))
        ours.leave()
        nonces = {one["protocol"]: one["nonce"] for one in router.asked("pcp")}
        swarm.block.check(names[2], _expect,
                          all(router.asked("pcp", protocol=protocol, lifetime=0, nonce=nonces[protocol])
                              for protocol in (TCP, UDP)), router.tail())
    return _run_with(names, {"pcp": True}, check)


def pcp_over_ipv6():
    names = ["PCP over IPv6: a hole in the firewall", "PCP over IPv6: closed at the end"]

    def run(swarm):
        router = SmallRouter(swarm.network, swarm.folder("router"), pcp=True)
        try:
            node = swarm.network.add("six", ipv6=True)
            ours = swarm.start_ours(swarm.folder("downloads"), [], ["--no-dht"], bound=False, node=node,
                                    uses=["port-mapping"])
            _wait_for(ours, router, "pcp6", "mapped")

            def asked(**fields):
                return all(router.asked("pcp", client=node.address6, protocol=protocol, code=0, **fields)
                           for protocol in (TCP, UDP))
            swarm.block.check(names[0], _expect, asked(internal=PORT, external=PORT, lifetime=3600), router.tail())
            ours.leave()
            swarm.block.check(names[1], _expect, asked(lifetime=0), router.tail())
        finally:
            router.kill()
    return names, run


def another_address():
    """The machine moves: what was mapped leads nowhere."""
    names = ["another address: mapped again"]

    def check(swarm, ours, router):
        _wait_for(ours, router, "pcp", "mapped")
        ours.node.readdress("10.77.0.200")

        def is_mapped():
            return all(router.asked("pcp", client="10.77.0.200", protocol=protocol, code=0, lifetime=3600)
                       for protocol in (TCP, UDP))
        wait_until("it is mapped again", TIMEOUT_S, is_mapped, router.tail)
        _wait_for(ours, router, "pcp", "mapped")
        swarm.block.passed(names[0])
        ours.leave()
    return _run_with(names, {"pcp": True}, check)


def nat_pmp():
    names = ["NAT-PMP: mapped where PCP is not known", "NAT-PMP: given back at the end"]

    def check(swarm, ours, router):
        mapping = _wait_for(ours, router, "nat_pmp", "mapped")
        status = ours.status()
        swarm.block.check(names[0], _expect, mapping["address"] == PUBLIC_ADDRESS
                          and status["mappings"]["pcp"]["state"] == "unsupported"
                          and all(router.asked("nat_pmp", protocol=protocol, internal=PORT, lifetime=3600)
                                  for protocol in (TCP, UDP)), f"{status}\n{router.tail()}")
        ours.leave()
        swarm.block.check(names[1], _expect, all(router.asked("nat_pmp", protocol=protocol, lifetime=0, external=0)
                                                 for protocol in (TCP, UDP)), router.tail())
    return _run_with(names, {"nat_pmp": True}, check)


def upnp():
    names = ["UPnP: TCP and UDP are mapped", "UPnP: given back at the end"]

    def check(swarm, ours, router):
        mapping = _wait_for(ours, router, "upnp", "mapped")
        swarm.block.check(names[0], _expect, mapping["port"] == PORT and mapping["address"] == PUBLIC_ADDRESS
                          and all(router.asked("AddPortMapping", protocol=protocol, external=PORT, code=0,
                                               client=ours.node.address, internal=str(PORT), lifetime=3600)
                                  for protocol in ("TCP", "UDP")), f"{mapping}\n{router.tail()}")
        ours.leave()
        swarm.block.check(names[1], _expect, all(router.asked("DeletePortMapping", protocol=protocol, external=PORT)
                                                 for protocol in ("TCP", "UDP")), router.tail())
    return _run_with(names, {"upnp": True}, check)


def upnp_other_port():
    """Others have the port, and the router knows no lifetimes."""
    names = ["UPnP: another port when others have ours", "UPnP: trackers are told that port"]

    def check(swarm, ours, router):
        mapping = _wait_for(ours, router, "upnp", "mapped")
        port = mapping["port"]
        swarm.block.check(names[0], _expect, 40000 <= port < 50000 and mapping["until"] == 0
                          and all(router.asked("AddPortMapping", protocol=protocol, external=port, lifetime=0, code=0)
                                  for protocol in ("TCP", "UDP")), f"{mapping}\n{router.tail()}")
        tracker = swarm.start_small_tracker()
        sample = samples.plain("one", 16384, 100_000)
        sample.make(swarm.data)
        ours.add(swarm.make_torrent(sample, [f"http://{swarm.network.hub.address}:{small_tracker.PORT}/announce"]),
                 swarm.data)
        swarm.block.check(names[1], tracker.wait_for, ours.node.address, TIMEOUT_S, port=port)
        ours.leave()
    return _run_with(names, {"upnp": True, "taken": [PORT], "permanent": True}, check)


def strange_places():
    """A device whose description, or whose controls, are elsewhere."""
    tests = []
    for what, options in (("the description", {"location": "http://198.51.100.9:80/root.xml"}),
                          ("the description on ourselves", {"location": "http://127.0.0.1:80/root.xml"}),
                          ("the controls", {"control": "http://198.51.100.9/control"})):
        names = [f"UPnP: not followed when {what} are elsewhere" if what == "the controls"
                 else f"UPnP: not followed when {what} is elsewhere"]

        def check(swarm, ours, router, names=names):
            _wait_for(ours, router, "upnp", "no-answer")
            swarm.block.check(names[0], _expect, not router.asked("AddPortMapping"), router.tail())
            ours.leave()
        tests.append(_run_with(names, {"upnp": True, **options}, check))
    return tests


def _stays_small(names, options, state):
    """It comes to @state, and neither memory nor anything else is given to the router."""
    def check(swarm, ours, router):
        with Peak(ours.pid) as peak:
            _wait_for(ours, router, "upnp", state)
        swarm.block.check(names[0], _expect, peak.memory < MAX_MEMORY
                          and not router.asked("description", path="/secret"), f"{peak.memory} {router.tail()}")
        ours.leave()
    return _run_with(names, {"upnp": True, **options}, check)


def strange_descriptions():
    """Entities that unfold without end or name files and addresses: nothing is made of them. A name of 1 MiB is not
    read to its end."""
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE root [<!ENTITY a0 "ha">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">' \
              f'<!ENTITY h SYSTEM "http://{HUB_ADDRESS}:{HTTP_PORT}/secret">]>'
    return [_stays_small(["UPnP: nothing is made of entities in a description"],
                         {"doctype": doctype, "name": "&a9;&f;&h;"}, "mapped"),
            _stays_small(["UPnP: nothing is made of a name of 1 MiB in a description"],
                         {"name": "r" * 1024, "times": 1024}, "no-answer")]


def strange_answers():
    """What does not end, or not soon, or is elsewhere."""
    tests = []
    for what in ("description", "action"):
        for how, words in (("endless", "has no end"), ("slow", "comes by a byte a second"), ("redirect", "is elsewhere")):
            article = "a" if what == "description" else "an answer to an"
            tests.append(_stays_small([f"UPnP: {article} {what} that {words}"], {f"{what}_is": how}, "no-answer"))
    return tests


def refused():
    names = ["a refusal is said in words", "a second NAT is said in words"]

    def run(swarm):
        for i, (options, mapper, state, words) in enumerate((
                ({"pcp": True, "refuse": 2, "upnp": True, "upnp_refuse": 606}, "pcp", "refused",
                 "The router refused (PCP): not authorised"),
                ({"pcp": True, "external": "100.64.3.4"}, "pcp", "second-nat",
                 f"Behind a second NAT: the router is 100.64.3.4 to the outside. Port {PORT} is mapped by PCP"))):
            router = SmallRouter(swarm.network, swarm.folder(f"router{i}"), **options)
            try:
                ours = swarm.start_ours(swarm.folder(f"downloads{i}"), [], ["--no-dht"], bound=False,
                                        uses=["port-mapping"])
                _wait_for(ours, router, mapper, state)
                if "upnp" in options:
                    _wait_for(ours, router, "upnp", "refused")
                swarm.block.check(names[i], _expect, ours.status()["router"] == words, str(ours.status()))
                ours.leave()
            finally:
                router.kill()
    return names, run


def bound():
    """PCP goes by the address that it is bound to; UPnP cannot be held to it and is left alone."""
    names = ["bound: PCP from the address", "bound: no search for UPnP", "bound: said in words"]

    def check(swarm, ours, router):
        _wait_for(ours, router, "pcp", "mapped")
        swarm.block.passed(names[0])
        _wait_for(ours, router, "upnp", "bound")
        time.sleep(QUIET_S)
        swarm.block.check(names[1], _expect, not router.asked("search") and not router.asked("description"),
                          router.tail())
        swarm.block.check(names[2], _expect, ours.status()["mappings"]["upnp"]["state"] == "bound", "")
        ours.leave()
    return _run_with(names, {"pcp": True, "upnp": True}, check, bound=True)


def off():
    names = ["off: the router is not asked"]

    def run(swarm):
        router = SmallRouter(swarm.network, swarm.folder("router"), pcp=True, upnp=True)
        try:
            ours = swarm.start_ours(swarm.folder("downloads"), [], bound=False)
            ours.status()
            time.sleep(QUIET_S)
            swarm.block.check(names[0], _expect, not router.asked("pcp") and not router.asked("search"), router.tail())
            ours.leave()
        finally:
            router.kill()
    return names, run


def no_router():
    """The end does not wait for a router that was never there."""
    names = ["no router: said so", "no router: leaves at once"]

    def run(swarm):
        ours = swarm.start_ours(swarm.folder("downloads"), [], ["--no-dht"], bound=False, uses=["port-mapping"])
        wait_until("it gives up", TIMEOUT_S, lambda: ours.status()["mappings"]["pcp"]["state"] == "no-answer",
                   lambda: str(ours.status()))
        swarm.block.passed(names[0])
        ours.leave()
        swarm.block.passed(names[1])
    return names, run


def miniupnpd():
    names = ["miniupnpd: mapped by PCP", "miniupnpd: mapped by UPnP", "miniupnpd: the kernel forwards both",
             "miniupnpd: mapped again when it has restarted", "miniupnpd: given back at the end"]

    def run(swarm):
        router = Miniupnpd(swarm.network, swarm.folder("router"))

        def is_leased():
            return router.leases() == {"TCP": PORT, "UDP": PORT}
        try:
            ours = swarm.start_ours(swarm.folder("downloads"), [], ["--no-dht"], bound=False, uses=["port-mapping"])
            mapping = _wait_for(ours, router, "pcp", "mapped")
            swarm.block.check(names[0], _expect, mapping["port"] == PORT and mapping["address"] == PUBLIC_ADDRESS,
                              str(mapping))
            _wait_for(ours, router, "upnp", "mapped")
            swarm.block.passed(names[1])
            wait_until("it is mapped", TIMEOUT_S, is_leased, router.tail)
            rules, text = router.rules()
            swarm.block.check(names[2], _expect, text.count(f"dnat ip to {ours.node.address}:{PORT}") == 2,
                              f"{rules}\n{text}")
            router.restart()
            wait_until("it is mapped again", TIMEOUT_S, is_leased, router.tail)
            swarm.block.passed(names[3])
            ours.leave()
            swarm.block.check(names[4], _expect, router.leases() == {} and "dnat" not in router.rules()[1],
                              f"{router.leases()}\n{router.rules()[1]}\n{router.tail()}")
        finally:
            router.kill()
    return names, run


def make_all():
    return [pcp(), pcp_over_ipv6(), another_address(), nat_pmp(), upnp(), upnp_other_port(), *strange_places(), *strange_descriptions(),
            *strange_answers(), refused(), bound(), off(), no_router(), miniupnpd()]
