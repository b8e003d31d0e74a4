"""Opening a database: SQLite with the journal its version can be trusted with, or PostgreSQL by URL.

SQLite 3.7.0 to 3.51.2 can lose committed writes in WAL mode when two connections write and checkpoint at the same
moment; such a version gets the rollback journal instead. The number may accuse wrongly, it never acquits wrongly.
"""

from __future__ import annotations

import importlib
import logging
import os
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url

from lims.errors import LimsError
from lims.marks import N_

log = logging.getLogger(__name__)


class JournalRefused(LimsError):
    """The file stands in a journal mode that this SQLite must not use, and somebody else holds it open."""


def sqlite_module() -> Any:
    """The SQLite to use: the bundled recent one where it is installed, else Python's own."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return importlib.import_module("sqlite3")


def is_wal_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite version is free of the WAL-reset fault (fixed in 3.51.3, back-ported to 3.50.7 and 3.44.6)."""
    if version[:2] == (3, 50):
        return version >= (3, 50, 7)
    if version[:2] == (3, 44):
        return version >= (3, 44, 6)
    return version >= (3, 51, 3) and version != (3, 52, 0)


class Database:
    """One database and its two ways in: ``engine`` for reading, ``writer`` for transactions.

    ``url`` is an SQLAlchemy URL. ``is_wal_allowed`` overrules the version check, for which the setting asks a reason.
    """

    def __init__(self, url: str, *, is_wal_allowed: bool = False, is_pooled: bool = True) -> None:
        self.url = url
        self.dialect = make_url(url).get_backend_name()
        self.is_wal = False
        self.engine = self._sqlite(is_wal_allowed) if self.dialect == "sqlite" else self._postgresql(is_pooled)
        self.writer: Engine = self.engine.execution_options(lims_writes=True)

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database; None on PostgreSQL."""
        name = make_url(self.url).database
        return Path(name) if self.dialect == "sqlite" and name else None

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def _postgresql(self, is_pooled: bool) -> Engine:
        from sqlalchemy.pool import NullPool

        if is_pooled:
            return create_engine(self.url, pool_pre_ping=True)
        return create_engine(self.url, poolclass=NullPool)

    def _sqlite(self, is_wal_allowed: bool) -> Engine:
        module = sqlite_module()
        self.is_wal = is_wal_allowed or is_wal_safe(module.sqlite_version_info)
        if not self.is_wal:
            log.warning("SQLite %s: rollback journal in use; install lims[sqlite] for concurrent reading", module.sqlite_version)
        _make_private(make_url(self.url).database)
        engine = create_engine(self.url, module=module, connect_args={"timeout": 30, "check_same_thread": False})
        event.listen(engine, "connect", self._prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _prepare_sqlite(self, connection: Any, _: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's own begin decides, see _begin_sqlite
        cursor = connection.cursor()
        wanted = "wal" if self.is_wal else "delete"
        cursor.execute("PRAGMA busy_timeout = 30000")
        answer = cursor.execute(f"PRAGMA journal_mode = {wanted}").fetchone()[0]
        if answer not in (wanted, "memory"):
            raise JournalRefused(
                "db.journal",
                N_("The database file is in journal mode %(mode)s and another program holds it open. Close that program and start again."),
                mode=answer,
            )
        cursor.execute(f"PRAGMA synchronous = {'FULL' if self.is_wal else 'EXTRA'}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA recursive_triggers = ON")  # a REPLACE fires the triggers that protect the records
        cursor.close()


def _make_private(name: str | None) -> None:
    """The file is for its owner only; SQLite gives its journals the same mode."""
    if not name or name == ":memory:":
        return
    path = Path(name)
    if not path.exists() and path.parent.is_dir():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    elif path.exists() and path.stat().st_uid == os.geteuid():
        path.chmod(0o600)


def _begin_sqlite(connection: Any) -> None:
    """Writers take the lock at once, so that two of them queue instead of failing at their first write."""
    writes = connection.get_execution_options().get("lims_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
