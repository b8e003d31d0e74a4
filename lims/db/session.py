"""One transaction is one use case: who acts, why, and everything or nothing.

The outermost ``transaction`` commits; an inner one joins it. A writing transaction without an audit observer is
refused, so no script can write unaudited.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lims.db.engine import Database
from lims.errors import Conflict, LimsError
from lims.marks import N_


@dataclass(frozen=True)
class Actor:
    """A person (or the system itself) acting in one laboratory, with the roles held there now."""

    user_id: uuid.UUID | None
    name: str
    laboratory_id: uuid.UUID | None
    organisation_id: uuid.UUID | None
    roles: frozenset[str] = frozenset()
    language: str = "en"
    login: str = ""


SYSTEM = Actor(user_id=None, name="system", laboratory_id=None, organisation_id=None, roles=frozenset({"system"}))

#: what PostgreSQL calls it
UNIQUE_VIOLATION = "23505"
SAME_KEY = N_("Somebody saved the same thing at this moment, or it exists already. Nothing was saved: load the page again and look.")

Observer = Callable[[Session], None]

_database: Database | None = None
_observers: list[Observer] = []
_changes = 0
_writing: ContextVar[Session | None] = ContextVar("writing_session", default=None)
_reading: ContextVar[Session | None] = ContextVar("reading_session", default=None)


class NotBound(LimsError):
    """The program uses the database before it was told which one."""


def bind(database: Database) -> None:
    """Make ``database`` the one that ``transaction`` and ``reading`` use in this process."""
    global _database
    _database = database
    _note_change()


def _note_change() -> None:
    global _changes
    _changes += 1


def changes() -> int:
    """A number that grows with every commit of this process: what was looked up under the same number need not be looked up again."""
    return _changes


def bound() -> Database:
    """The database in use; raises NotBound before ``bind``."""
    if _database is None:
        raise NotBound("db.not_bound", N_("No database is open. Start the program through the lims command."))
    return _database


def observe_commits(observer: Observer) -> None:
    """Register what runs inside every writing transaction just before its commit (the audit trail)."""
    if observer not in _observers:
        _observers.append(observer)


@contextlib.contextmanager
def transaction(actor: Actor, reason: str) -> Iterator[Session]:
    """Write as ``actor`` for ``reason``; commit when the outermost block ends well, roll back whole when it raises."""
    joined = _writing.get()
    if joined is not None:
        yield joined
        joined.flush()
        return
    if not _observers:
        raise LimsError("db.unaudited", N_("No audit observer is registered; nothing may be written. Start through the lims command."))
    reader = _reading.get()
    if reader is not None:
        reader.rollback()  # an open read would hold the writer's commit on a rollback journal
    with Session(bound().writer, expire_on_commit=False, autoflush=True) as session:
        session.info.update(actor=actor, reason=reason)
        token = _writing.set(session)
        try:
            session.connection()
            yield session
            session.flush()
            for observer in _observers:
                observer(session)
            session.commit()
            _note_change()
        except BaseException as error:
            session.rollback()
            _writing.set(None)
            for afterwards in session.info.get("after_rollback", []):
                afterwards()
            if isinstance(error, IntegrityError) and is_same_key(error):
                raise Conflict("db.same_key", SAME_KEY) from error
            raise
        finally:
            _writing.reset(token)


def is_same_key(error: IntegrityError) -> bool:
    """Whether a row with the same unique key exists; any other broken constraint is a fault of the program."""
    return getattr(error.orig, "sqlstate", None) == UNIQUE_VIOLATION or "UNIQUE constraint failed" in str(error.orig)


def remember_although_refused(act: Callable[[], None]) -> None:
    """Run ``act``, which opens a transaction of its own, even when the transaction around it is about to be rolled back.

    A refusal that must leave a trace (a failed signature) is counted after the roll-back; outside any transaction at once.
    """
    session = _writing.get()
    if session is None:
        act()
    else:
        session.info.setdefault("after_rollback", []).append(act)


@contextlib.contextmanager
def reading() -> Iterator[Session]:
    """A session for looking only; inside a transaction it is the transaction's own, so that reads see its writes."""
    joined = _writing.get() or _reading.get()
    if joined is not None:
        yield joined
        return
    with Session(bound().engine, expire_on_commit=False, autoflush=False) as session:
        session.info["read_only"] = True
        token = _reading.set(session)
        try:
            yield session
        finally:
            _reading.reset(token)


@event.listens_for(Session, "before_flush")
def _refuse_unattributed_writes(session: Session, *_: Any) -> None:
    """A write without an actor is refused, and so is one through a session for reading."""
    if (session.new or session.dirty or session.deleted) and "actor" not in session.info:
        raise LimsError("db.no_actor", N_("A change needs an actor and a reason. Use a transaction."))
