"""Processes that are killed in the middle of their work, without a chance to clean up."""

from __future__ import annotations

import os
import random
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lims.db.engine import Database
from lims.db.session import bind

#: How many processes a test kills on each engine; LIMS_TEST_KILLS=100 for the long run.
KILLS = int(os.environ.get("LIMS_TEST_KILLS", "12"))
PATIENCE = 30

Acknowledge = Callable[[str], None]


def killed(database: Database, work: Callable[[Acknowledge], None], chance: random.Random, longest: float = 0.1) -> list[str]:
    """Fork a process that works on its own connection, kill it within ``longest`` seconds after its first acknowledgement.

    Returns what the process acknowledged before it died; each word was written after the call that it tells of had returned.
    """
    database.engine.dispose()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _work_until_killed(database, work, reader, writer)
    os.close(writer)
    try:
        with _dying(child):
            select.select([reader], [], [], PATIENCE)
            time.sleep(chance.uniform(0, longest))
        with os.fdopen(reader, closefd=False) as file:
            return file.read().split()
    finally:
        os.close(reader)


@contextmanager
def _dying(child: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _work_until_killed(database: Database, work: Callable[[Acknowledge], None], reader: int, writer: int) -> None:
    """What the forked process does; it never returns into the test."""
    os.close(reader)
    status = 1
    try:
        bind(Database(database.url, is_pooled=False))
        work(lambda word: os.write(writer, f"{word}\n".encode()) and None)
        status = 0
    finally:
        os._exit(status)
