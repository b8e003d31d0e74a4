"""Nothing passes the audit trail: statements on audited tables are refused outside the session's flush.

A flush hook sees what the ORM writes. Bulk statements and raw SQL do not go through it, so they are refused at the
connection, except inside ``permitted_bulk``, which leaves one event with the row count and a hash over the rows.
"""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from lims.canonical import digest
from lims.db.base import Base, new_key
from lims.errors import LimsError
from lims.marks import N_

CHANGES = "audit_changes"
WRITE = re.compile(
    r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|DROP\s+TABLE)\s+"
    r"(?:ONLY\s+)?(?:[\"`]?\w+[\"`]?\.)?[\"`]?(\w+)",
    re.I,
)

_open: ContextVar[bool] = ContextVar("audited_writes_open", default=False)


class UnauditedWrite(LimsError):
    """A statement would change an audited table past the trail."""


def audited_tables() -> frozenset[str]:
    """Names of the tables whose every change leaves an audit event."""
    return frozenset(str(mapper.local_table.description) for mapper in Base.registry.mappers if mapper.class_.is_audited)


@contextlib.contextmanager
def permitted_bulk(session: Session, table: str, laboratory_id: uuid.UUID | None, rows: Sequence[Mapping[str, Any]]) -> Iterator[None]:
    """Allow one bulk statement on ``table`` and record it as one event: row count and a hash over the rows."""
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)
    content = {"rows": len(rows), "sha256": digest([dict(row) for row in rows])}
    changes = session.info.setdefault(CHANGES, {})
    changes[(table, new_key())] = {"action": "bulk", "before": None, "after": content, "laboratory_id": laboratory_id}


@event.listens_for(Session, "before_flush")
def _open_for_flush(session: Session, *_: Any) -> None:
    session.info["flush_opened"] = True
    _open.set(True)


@event.listens_for(Session, "after_flush")
@event.listens_for(Session, "after_soft_rollback")
def _close(session: Session, *_: Any) -> None:
    if session.info.pop("flush_opened", False):
        _open.set(False)


@event.listens_for(Engine, "before_cursor_execute")
def _refuse_what_passes_the_trail(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    if _open.get() or connection.get_execution_options().get("lims_unguarded"):
        return
    written = WRITE.findall(statement)
    passed = [table for table in written if table in audited_tables()] if written else []
    if passed:
        raise UnauditedWrite(
            "audit.bypassed",
            N_("A bulk statement on %(table)s would pass the audit trail. Change the rows through their service."),
            table=passed[0],
        )
