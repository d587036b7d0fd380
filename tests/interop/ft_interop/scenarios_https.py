# scenarios_https.py: trackers that are named with http: and answer by HTTPS, or do not.
# SPDX-License-Identifier: GPL-3.0-or-later
"""By a name that leads to the hub, at the ports of the web, with a certificate that our program trusts or does not."""

import pathlib
import subprocess

from . import samples
from .network import HUB_ADDRESS
from .tap import Failure, Skip

NAME = "tracker.example"
AUTHORITIES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
TIMEOUT_S = 60


def _expect(condition, text):
    if not condition:
        raise Failure(text)


def _make_certificate(folder):
    """One that signs itself, with its key."""
    path = folder / "certificate.pem"
    try:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
                        "-keyout", path, "-out", folder / "only.pem"], check=True, capture_output=True, timeout=30)
    except FileNotFoundError as error:
        raise Skip("openssl is not installed") from error
    with open(path, "ab") as file:
        file.write((folder / "only.pem").read_bytes())
    return path


def _add_node(swarm, trusts):
    node = swarm.network.add("ours")
    node.files["/etc/hosts"] = swarm.home / "hosts"
    node.files["/etc/hosts"].write_text(f"127.0.0.1 localhost\n{HUB_ADDRESS} {NAME}\n")
    # There is no name server: what asks for its other address is told so at once.
    node.files["/etc/resolv.conf"] = swarm.home / "resolv.conf"
    node.files["/etc/resolv.conf"].write_text("nameserver 127.0.0.1\n")
    if trusts:
        if not AUTHORITIES.exists():
            raise Skip(f"there is no {AUTHORITIES}")
        node.files[str(AUTHORITIES)] = swarm.folder("tracker") / "only.pem"
    return node


def _run(swarm, tls, trusts):
    """Seeds and leaves. Returns: the protocols that the tracker was asked by, and what we say of it"""
    folder = swarm.folder("tracker")
    tracker = swarm.start_small_tracker(web=str(_make_certificate(folder)) if tls == "serves" else tls)
    sample = samples.plain("sample", 16 * 1024, 100_000)
    sample.make(swarm.data)
    torrent = swarm.make_torrent(sample, [f"http://{NAME}/announce?passkey=secret"])
    node = _add_node(swarm, trusts)
    ours = swarm.start_ours(swarm.data, [torrent], node=node)
    tracker.wait_for(node.address, TIMEOUT_S, event="started")
    row = ours.wait_tracker(torrent, "working", TIMEOUT_S)
    ours.leave()
    tracker.wait_for(node.address, TIMEOUT_S, event="stopped")
    return {entry["protocol"] for entry in tracker.announces()}, row


def first():
    """All of it is encrypted, from the first announce to the goodbye."""
    names = ["a tracker named with http: is asked by HTTPS alone", "and that is said"]

    def run(swarm):
        protocols, row = _run(swarm, "serves", True)
        swarm.block.check(names[0], _expect, protocols == {"https"}, f"asked by {protocols}")
        swarm.block.check(names[1], _expect, row["encrypted"] and row["url"].startswith("http:"), str(row))
    return names, run


def not_possible(tls, what):
    """@tls: serves, with a certificate that nobody trusts; hangs; none"""
    names = [f"{what}: it is asked as it is named", f"{what}: and that is said"]

    def run(swarm):
        protocols, row = _run(swarm, tls, False)
        swarm.block.check(names[0], _expect, protocols == {"http"}, f"asked by {protocols}")
        swarm.block.check(names[1], _expect, not row["encrypted"], str(row))
    return names, run


def make_all():
    return [first(), not_possible("serves", "a certificate that is not trusted"),
            not_possible("hangs", "a port that says nothing"), not_possible("none", "a port that is closed")]
