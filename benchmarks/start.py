"""What it costs to start: the help of the command line and a server that answers, beside an interpreter that imports the libraries."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request

from benchmarks.house import house
from benchmarks.measure import Row, Work

GROUP = "start"


def _process(*arguments: str) -> Work:
    def work() -> None:
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)

    return work


def _server_ready() -> None:
    """From nothing to the first answer of the health page; the server is stopped again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "LIMS_HOME": str(house(1000).settings.home), "LIMS_PORT": str(port)}
    server = subprocess.Popen([sys.executable, "-m", "lims", "serve"], env=environment, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
    finally:
        server.kill()
        server.wait()


def _wait_for(address: str) -> None:
    for _attempt in range(3000):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.01)
    raise TimeoutError(address)


def rows() -> list[Row]:
    light, heavy = "import flask, sqlalchemy", "import flask, sqlalchemy, scipy.stats, openpyxl"
    floor, peers = _process("-c", light), {heavy: _process("-c", heavy)}
    return [
        Row(GROUP, "lims --help", "1 process", _process("-m", "lims", "--help"), floor, light, limit=1.0, peers=peers),
        Row(GROUP, "server ready", "1 process", _server_ready, floor, light, limit=3.0, peers=peers),
    ]
