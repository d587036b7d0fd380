# start_libtorrent.py: a session of libtorrent (rasterbar) that begins with many saved torrents.
# SPDX-License-Identifier: GPL-3.0-or-later
"""start_libtorrent.py save TORRENTS DATA SAVED: writes what a session would have saved of them.
start_libtorrent.py run ADDRESS SAVED: adds them all, says so on standard output, and stays."""

import pathlib
import sys
import time

import libtorrent

FLAGS = libtorrent.torrent_flags


def read_order(folder):
    """Each torrent with what it is: see start.py."""
    for line in (folder / "order").read_text().splitlines():
        name, runs, complete = line.split()
        yield folder / name, runs == "1", complete == "1"


def save(torrents, data, saved):
    for path, runs, complete in read_order(torrents):
        parameters = libtorrent.add_torrent_params()
        parameters.ti = libtorrent.torrent_info(str(path))
        parameters.save_path = str(data)
        n_pieces = parameters.ti.num_pieces()
        n_had = n_pieces if complete else n_pieces // 2
        parameters.have_pieces = [i < n_had for i in range(n_pieces)]
        parameters.flags &= ~(FLAGS.auto_managed | FLAGS.paused)
        if not runs:
            parameters.flags |= FLAGS.paused
        (saved / path.name).write_bytes(libtorrent.write_resume_data_buf(parameters))


def run(address, saved):
    session = libtorrent.session({
        "listen_interfaces": f"{address}:6881", "alert_mask": 0, "enable_dht": False,
        "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False})
    paths = sorted(saved.iterdir())
    for path in paths:
        session.async_add_torrent(libtorrent.read_resume_data(path.read_bytes()))
    while len(session.get_torrents()) < len(paths):
        time.sleep(0.01)
    print("listed", flush=True)
    while True:
        time.sleep(3600)


if sys.argv[1] == "save":
    save(*map(pathlib.Path, sys.argv[2:]))
else:
    run(sys.argv[2], pathlib.Path(sys.argv[3]))
