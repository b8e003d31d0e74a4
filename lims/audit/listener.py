"""The audit trail as an observer of the session: no service calls it, so no service can forget it.

Each row that a transaction changes leaves one event, its net change; the events are chained per laboratory inside
the same commit. What would pass the flush is refused or recorded by ``lims.db.guard``.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import event, insert, inspect, select, text, update
from sqlalchemy.orm import Session

from lims import clock
from lims.audit.models import AuditEvent, AuditHead
from lims.canonical import canonical, plain
from lims.db.base import new_key
from lims.db.guard import CHANGES
from lims.db.session import Actor, observe_commits

ALGORITHM = "sha256"
START = "0" * 64
SECRET = "(kept secret)"

Change = dict[str, Any]


def link(prev_hash: str, content: Mapping[str, Any]) -> str:
    """The hash of an event: SHA-256 over the hash before it and its canonical content."""
    return hashlib.sha256((prev_hash + canonical(content)).encode()).hexdigest()


def install() -> None:
    """Make the trail an observer of every commit of this process."""
    observe_commits(seal)
    if not event.contains(Session, "after_flush", collect):
        event.listen(Session, "after_flush", collect)


def collect(session: Session, *_: Any) -> None:
    """Note every audited row of this flush."""
    changes: dict[tuple[str, Any], Change] = session.info.setdefault(CHANGES, {})
    for action, rows in (("insert", session.new), ("update", session.dirty), ("delete", session.deleted)):
        for row in rows:
            if row.is_audited:
                _note(changes, action, row)


def seal(session: Session) -> None:
    """Write the events of the transaction, numbered and chained, in the order of the chains' names."""
    by_chain: dict[str, list[Change]] = {}
    for (table, key), change in session.info.pop(CHANGES, {}).items():
        by_chain.setdefault(str(change["laboratory_id"] or "system"), []).append(_event(session, table, key, change))
    for chain in sorted(by_chain):
        _append(session, chain, by_chain[chain])


def _note(changes: dict[tuple[str, Any], Change], action: str, row: Any) -> None:
    """Merge one flushed row into the net changes of the transaction."""
    before, after = _difference(action, row)
    if action == "update" and not after:
        return
    key = (row.__tablename__, getattr(row, "id", None) or inspect(row).identity)
    known = changes.get(key)
    if known is None:
        changes[key] = {"action": action, "before": before, "after": after, "laboratory_id": _chain_of(row)}
    elif action == "delete":
        known.update(action="delete", after=None)
    else:
        known["after"] = {**(known["after"] or {}), **(after or {})}
        if known["action"] == "update":
            known["before"] = {**(before or {}), **(known["before"] or {})}


def _chain_of(row: Any) -> uuid.UUID | None:
    return row.id if row.__tablename__ == "laboratory" else getattr(row, "laboratory_id", None)


def _difference(action: str, row: Any) -> tuple[Change | None, Change | None]:
    """Old and new values of the columns that changed; hidden columns show that they changed, not how."""
    state = inspect(row)
    before: Change = {}
    after: Change = {}
    for attribute in state.mapper.column_attrs:
        name = attribute.key
        history = state.attrs[name].history
        if action == "update" and not history.has_changes():
            continue
        hidden = name in row.unaudited_columns
        if action != "insert":
            old = history.deleted[0] if history.deleted else state.dict.get(name)
            before[name] = SECRET if hidden else old
        if action != "delete":
            after[name] = SECRET if hidden else state.dict.get(name)
    return (before or None), (after or None)


def _event(session: Session, table: str, key: Any, change: Change) -> Change:
    actor: Actor = session.info["actor"]
    return {
        "id": new_key(),
        "laboratory_id": change["laboratory_id"],
        "recorded_at": clock.now(),
        "actor_id": actor.user_id,
        "actor_name": actor.name,
        "action": change["action"],
        "subject": table,
        "subject_id": key if isinstance(key, uuid.UUID) else None,
        "before": plain(change["before"]),
        "after": plain(change["after"]),
        "reason": session.info["reason"],
        "algorithm": ALGORITHM,
    }


def _append(session: Session, chain: str, events: list[Change]) -> None:
    session.execute(
        text("INSERT INTO audit_head (chain, seq, hash) VALUES (:chain, 0, :start) ON CONFLICT DO NOTHING"),
        {"chain": chain, "start": START},
    )
    head = session.execute(select(AuditHead.seq, AuditHead.hash).where(AuditHead.chain == chain).with_for_update()).one()
    seq, prev_hash = head.seq, head.hash
    for row in events:
        seq += 1
        row.update(chain=chain, seq=seq, prev_hash=prev_hash)
        prev_hash = row["hash"] = link(prev_hash, row)
    session.execute(insert(AuditEvent), events)
    session.execute(update(AuditHead).where(AuditHead.chain == chain).values(seq=seq, hash=prev_hash))
