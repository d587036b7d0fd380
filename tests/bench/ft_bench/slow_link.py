# slow_link.py: downloads over a link that is slow, far and loses packets, beside what TCP itself gets there.
# SPDX-License-Identifier: GPL-3.0-or-later
"""link-emulator joins two namespaces. It begins anew for each download, so that each meets the same losses."""

import json
import select
import subprocess

from ft_interop import samples
from ft_interop.network import Network, die_with_parent
from ft_interop.process import Process, wait_until
from ft_interop.tap import Failure, Skip

from .measurement import MIB, Measurement
from .meter import END_S
from .programs import ask_version, find_program
from .table import LESS, MORE, OURS, PEER, REFERENCE, Column, Target
from .tracker import OneSeedTracker
from .transfers import Pair, find_partner

SEED_ADDRESS, LEECHER_ADDRESS = "10.78.0.1", "10.78.0.2"
DEVICE = "slow"
RATE_MBIT, DELAY_MS, LOSS_PERCENT = 100, 25, 0.5
# What is on its way in one round trip.
QUEUE_KIB = RATE_MBIT * 1_000_000 // 8 * 2 * DELAY_MS // 1000 // 1024
PIECE_LENGTH = 1 << 18
SIZE, QUICK_SIZE = 128 * MIB, 8 * MIB
READY_S = 10
LIMIT_S, REPEAT_S = 90, 60
IPERF_PORT = 5201
MBIT = 1_000_000 / 8


class Wire:
    """The link between two nodes while it is used as a context."""

    def __init__(self, context, nodes):
        self._program = context.tool("link-emulator")
        self._log = context.work / "link-emulator.log"
        self._nodes = nodes
        self._child = None

    def __enter__(self):
        first, second = (node.descriptor for node in self._nodes)
        argv = [self._program, "--first", str(first), "--second", str(second), "--rate", str(RATE_MBIT),
                "--delay", str(DELAY_MS), "--loss", str(LOSS_PERCENT), "--queue", str(QUEUE_KIB)]
        with open(self._log, "wb") as log:
            self._child = subprocess.Popen(  # pylint: disable=subprocess-popen-preexec-fn
                argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                pass_fds=[first, second], preexec_fn=die_with_parent)
        try:
            self._wait_ready()
            for node in self._nodes:
                node.run("ip", "address", "add", f"{node.address}/24", "dev", DEVICE)
                node.run("ip", "link", "set", DEVICE, "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def _wait_ready(self):
        readable, _, _ = select.select([self._child.stdout], [], [], READY_S)
        if not readable or self._child.stdout.readline() != b"ready\n":
            raise Skip(f"no link over TUN here: {self._log.read_text().strip()}")

    def __exit__(self, *_):
        self._child.stdin.close()
        try:
            self._child.wait(END_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child.stdout.close()


def _listens(node):
    return f":{IPERF_PORT} " in node.read("ss", "--listening", "--tcp", "--numeric", "--no-header") + " "


def run_iperf(program, nodes, size, home):
    """Bytes per second of one TCP connection from the first node to the second, by itself."""
    seed, leecher = nodes
    server = Process(seed, [program, "--server", "--one-off", "--bind", seed.address], home)
    try:
        wait_until("iperf3 listens", READY_S, lambda: _listens(seed))
        asked = subprocess.run(
            [program, "--client", seed.address, "--reverse", "--bytes", str(size), "--json"],
            preexec_fn=leecher.enter_in_child, capture_output=True, timeout=LIMIT_S, check=False)
        answer = json.loads(asked.stdout)
        if "error" in answer:
            raise Failure(f"iperf3: {answer['error']}")
        return answer["end"]["sum_received"]["bits_per_second"] / 8
    finally:
        server.kill()


def add_couples(context, table):
    """Yields (Row, seed, leecher)."""
    found, _ = context.programs()
    ours, partner = found[0], find_partner(found)
    for role, seed, leecher in ((PEER, partner, partner), (OURS, partner, ours), (OURS, ours, ours)):
        yield table.add_row(f"{leecher.name} from {seed.name}", role), seed, leecher


class SlowLink(Measurement):
    """Over TCP as the kernel has it."""

    name = "slow-link"
    title = "A slow link"
    text = (f"{RATE_MBIT} Mbit/s, {2 * DELAY_MS} ms round trip, {LOSS_PERCENT} % of packets lost, a queue of one"
            f" round trip ({QUEUE_KIB} KiB). {SIZE // MIB} MiB, from the start of the program to its end; iperf3"
            " moves as many bytes and is measured by its own clock. The target is for ours at both ends: what a"
            " libtorrent seed sends it decides itself.")

    def run(self, context):
        iperf = find_program("iperf3")
        network = Network()
        nodes = (network.add_apart("seed", SEED_ADDRESS), network.add_apart("leecher", LEECHER_ADDRESS))
        wire = Wire(context, nodes)
        sample = samples.plain("slow", PIECE_LENGTH, QUICK_SIZE if context.quick else SIZE)
        with wire, network.inside(nodes[0]):
            tracker = OneSeedTracker(SEED_ADDRESS, SEED_ADDRESS)
        pair = Pair(context, sample, *nodes, tracker)

        def measure_iperf():
            with wire:
                return {"rate": run_iperf(iperf, nodes, sample.size, context.work) / MBIT}

        def measure(seed, leecher):
            with wire:
                _, cost = pair.seed_and_leech(seed, leecher)
                return {"rate": sample.size / cost.wall_s / MBIT, "cpu": cost.cpu_s}
        table = context.make_table([Column("rate", "Mbit/s of payload", 1, MORE, Target(0.9, REFERENCE)),
                                    Column("cpu", "CPU s of the leecher", 2, LESS)])
        todo = [(table.add_row(f"iperf3 {ask_version(iperf, '--version')}", REFERENCE), measure_iperf)]
        todo += [(row, lambda couple=couple: measure(*couple)) for row, *couple in add_couples(context, table)]
        context.take_turns(table, todo, LIMIT_S, REPEAT_S, slow_s=LIMIT_S)
        control = nodes[0].read("sysctl", "-n", "net.ipv4.tcp_congestion_control").strip()
        table.notes.append(f"Congestion control: {control}.")
