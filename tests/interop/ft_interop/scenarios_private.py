# scenarios_private.py: a private torrent tells nobody but its tracker and the peers that it named (BEP 27).
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that could tell is switched on, and whatever leaves a node is read. A public torrent in the same programs
shows that they do tell, and that it is seen."""

import time

from . import bencode, samples
from .informant import Informant
from .network import HUB_ADDRESS
from .process import wait_until
from .small_tracker import PORT as TRACKER_PORT
from .sniffer import PORT_MESSAGE, Sniffer
from .tap import Failure

KIB = 1024
SIZE = 4 << 20
LSD_PORT = 6771
DHT_PORT = 6881
TIMEOUT_S = 60
# Once all that the public one causes has been seen.
QUIET_S = 5
HASHES = {"DHT": DHT_PORT, "LSD": LSD_PORT}


def _expect(condition, text):
    if not condition:
        raise Failure(text)


def _expect_silence(sniffer, torrent, since=0):
    """Nobody but the tracker hears of it by other means than TCP, which is for peers that one knows."""
    told = [frame for frame in sniffer.datagrams(torrent.info_hash, since=since)
            if frame.target is None or (HUB_ADDRESS, TRACKER_PORT) not in (frame.target, frame.source)]
    _expect(not told, "\n".join(map(str, told)))
    sniffer.expect_whole()


def _start(swarm, folder, torrents, node, routers, options=(), again=None):
    """Bound to nothing, as at home, and readable. The DHT is asked through the nodes @routers."""
    entries = ",".join(f"{router.address}:{DHT_PORT}" for router in routers)
    return swarm.start_ours(folder, torrents, ["--dht-routers", entries, "--encryption", "off", "--no-utp",
                                               *options],
                            again=again, bound=False, node=node, uses=["lsd"])


def _wait_named(sniffer, torrent, nodes, since=0):
    """Until each of @nodes has told the DHT and the local network of it."""
    def missing():
        return [(what, node.name) for what, port in HASHES.items() for node in nodes
                if not any(frame.source is not None and frame.source[0] == node.address
                           for frame in sniffer.datagrams(torrent.info_hash, port, since))]
    wait_until(f"{torrent.sample.name} is told of", TIMEOUT_S, lambda: not missing(), lambda: f"not yet {missing()}")


def _uses_pex(sniffer, torrent):
    return any(one.uses(other, b"ut_pex") for one, other in sniffer.conversations(torrent.info_hash))


def _expect_plain_talk(sniffer, secret):
    """Between peers: nothing is offered that would give the torrent or its peers to others."""
    talks = [one for one, _ in sniffer.conversations(secret.info_hash) if one.handshakes]
    _expect(len(talks) >= 2, "the peers of the private torrent were not seen")
    for talk in talks:
        _expect(not any(talk.offers(name) for name in (b"ut_pex", b"ut_metadata"))
                and not any(b"metadata_size" in handshake for handshake in talk.handshakes), str(talk.handshakes))
        _expect(PORT_MESSAGE not in talk.ids, f"{talk.source} tells {talk.target} of its node")
    _expect(not _uses_pex(sniffer, secret), "peers of the private torrent are exchanged")


def _expect_public_talk(sniffer, public):
    talks = [one for one, _ in sniffer.conversations(public.info_hash) if one.handshakes]
    _expect(any(talk.offers(b"ut_pex") and talk.offers(b"ut_metadata") and PORT_MESSAGE in talk.ids for talk in talks),
            "the sniffer is blind")


def _share(swarm, name, private):
    sample = samples.plain(name, 64 * KIB, SIZE)
    sample.make(swarm.data)
    return swarm.make_torrent(sample, [f"udp://{HUB_ADDRESS}:{TRACKER_PORT}/announce"] if private else [], private)


def of_file():
    """A seed and two leechers of both torrents, and a node of the DHT."""
    names = ["a torrent that is private: its tracker alone is told by datagrams",
             "its peers offer each other no peers, no details and no node", "of a public one all of it is seen"]

    def run(swarm):
        secret, public = _share(swarm, "secret", True), _share(swarm, "public", False)
        swarm.start_small_tracker()
        router, *nodes = [swarm.network.add(name) for name in ("router", "seed", "one", "other")]
        with Sniffer() as sniffer:
            _start(swarm, swarm.folder("router"), [], router, nodes[:1])
            for node in nodes:
                seeds = node is nodes[0]
                _start(swarm, swarm.data if seeds else swarm.folder(node.name), [secret, public], node, [router],
                       [] if seeds else ["--limit-down", "32"])
            _wait_named(sniffer, public, nodes)
            wait_until("peers of the public torrent are exchanged", TIMEOUT_S, lambda: _uses_pex(sniffer, public))
            for node in nodes:
                swarm.tracker.wait_for(node.address, TIMEOUT_S, hash=secret.hex)
            wait_until("the private one is known to its tracker", TIMEOUT_S,
                       lambda: sniffer.datagrams(secret.info_hash, TRACKER_PORT))
            time.sleep(QUIET_S)
            swarm.block.check(names[0], _expect_silence, sniffer, secret)
            swarm.block.check(names[1], _expect_plain_talk, sniffer, secret)
            swarm.block.check(names[2], _expect_public_talk, sniffer, public)
    return names, run


def _read_info(torrent):
    return bencode.encode(bencode.decode(torrent.path.read_bytes())[b"info"])


def _expect_taken_back(sniffer, secret, node):
    talks = [one for one, _ in sniffer.conversations(secret.info_hash)
             if one.source[0] == node.address and one.target[0] == HUB_ADDRESS]
    _expect(talks and talks[0].offers(b"ut_metadata"), "the one that gave the details was not seen")
    for talk in talks:
        last = talk.handshakes[-1][b"m"]
        _expect(last.get(b"ut_metadata", 0) == 0 and last.get(b"ut_pex", 0) == 0, str(talk.handshakes))


def of_link():
    """Until its details are there nobody knows that it is private."""
    names = ["a link to a private torrent: nothing names it once its details say so",
             "what was offered to peers before is taken back", "nor does anything name it after a new start"]

    def run(swarm):
        secret, public = _share(swarm, "hidden", True), _share(swarm, "shown", False)
        swarm.start_small_tracker()
        folder = swarm.folder("downloads")
        router, node = swarm.network.add("router"), swarm.network.add("ours")
        with Sniffer() as sniffer, Informant(HUB_ADDRESS, secret.info_hash, _read_info(secret)) as informant:
            _start(swarm, swarm.folder("router"), [], router, [node])
            ours = _start(swarm, folder, [], node, [router])
            ours.add_link(f"{secret.link([informant.endpoint])}&tr=http://{HUB_ADDRESS}:{TRACKER_PORT}/announce", folder)
            # In the middle of a search.
            _wait_named(sniffer, secret, [node])
            wait_until("the details are asked for", TIMEOUT_S, informant.asked.is_set, ours.tail)
            informant.permit()
            wait_until("the details are known", TIMEOUT_S, lambda: not ours.find(secret)["magnet"],
                       lambda: ours.describe(secret))
            known_at = time.monotonic()
            ours.add(public, folder)
            _wait_named(sniffer, public, [node])
            time.sleep(QUIET_S)
            swarm.block.check(names[0], _expect_silence, sniffer, secret, known_at)
            swarm.block.check(names[1], _expect_taken_back, sniffer, secret, node)
            ours.leave()
            again_at = time.monotonic()
            ours = _start(swarm, folder, [], node, [router], again=ours)
            _wait_named(sniffer, public, [node], again_at)
            swarm.tracker.wait_for(node.address, TIMEOUT_S, hash=secret.hex)
            time.sleep(QUIET_S)
            swarm.block.check(names[2], _expect_silence, sniffer, secret, known_at)
    return names, run


def make_all():
    return [of_file(), of_link()]
