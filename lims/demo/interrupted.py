"""A demonstration that was interrupted while it was loaded: seen by its marker, taken away only when it holds nothing else."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from lims.accounts.queries import has_been_used
from lims.db import migrate
from lims.db.engine import Database
from lims.db.session import reading
from lims.demo.people import logins
from lims.errors import Conflict
from lims.marks import N_
from lims.seals import KEY_FILE, PUBLIC_FILE
from lims.settings import SECRET_FILE, Settings

MARKER = "demo-loading"
SIGN_INS = "demo-sign-ins.txt"


@contextlib.contextmanager
def marked(settings: Settings) -> Iterator[None]:
    """Stand in LIMS_HOME as "being loaded" until the block has ended well; a killed process leaves the marker behind."""
    path = settings.home / MARKER
    with _held(path):
        yield
        path.unlink()


def is_interrupted(settings: Settings) -> bool:
    """Whether an earlier loading did not end. Raises Conflict while another process is still at it."""
    path = settings.home / MARKER
    if not path.exists():
        return False
    with _held(path):
        return True


def holds_nothing_else(database: Database) -> bool:
    """Whether all that is there was made by the demonstration: nobody signed in, no other person, no token."""
    if not inspect(database.engine).has_table("app_user"):
        return True
    with reading() as session:
        return _is_untouched(session)


def take_away(settings: Settings, database: Database) -> None:
    """Remove what the interrupted loading left; the database is closed and must be opened again."""
    if database.path is None:
        migrate.downgrade(database, "base")
    database.close()
    if database.path is not None:
        for ending in ("", "-wal", "-shm", "-journal"):
            database.path.with_name(database.path.name + ending).unlink(missing_ok=True)
    shutil.rmtree(settings.blobs, ignore_errors=True)
    for name in (SIGN_INS, KEY_FILE, PUBLIC_FILE, SECRET_FILE, MARKER):  # the marker last: a kill in between is seen again
        (settings.home / name).unlink(missing_ok=True)


def _is_untouched(session: Session) -> bool:
    return not has_been_used(session, logins())


@contextlib.contextmanager
def _held(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Conflict(
            "demo.loading", N_("Another process is loading the demonstration into %(home)s. Wait until it has ended."), home=path.parent
        ) from None
    finally:
        os.close(descriptor)
