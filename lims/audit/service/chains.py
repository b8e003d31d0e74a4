"""Verifying the audit trail: every chain is recomputed from its first event."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from lims.audit.listener import START, link
from lims.audit.models import AuditEvent, AuditHead
from lims.db.session import reading


@dataclass(frozen=True)
class ChainReport:
    """What the verification of one chain found; ``broken_at`` is the number of the first event that does not fit."""

    chain: str
    events: int
    broken_at: int | None


def verify_chains() -> list[ChainReport]:
    """Recompute the hash of every event of every chain, and compare the end with the kept head."""
    with reading() as session:
        heads = {head.chain: head for head in session.scalars(select(AuditHead))}
        chains = sorted(set(session.scalars(select(AuditEvent.chain).distinct())) | set(heads))
    return [_verify(chain, heads.get(chain)) for chain in chains]


def _verify(chain: str, head: AuditHead | None) -> ChainReport:
    expected, prev_hash, hash_at_head = 1, START, ""
    with reading() as session:
        query = select(AuditEvent).where(AuditEvent.chain == chain).order_by(AuditEvent.seq).execution_options(yield_per=500)
        for event in session.scalars(query):
            content = {column.key: getattr(event, column.key) for column in AuditEvent.__table__.columns if column.key != "hash"}
            if event.seq != expected or event.prev_hash != prev_hash or link(prev_hash, content) != event.hash:
                return ChainReport(chain, expected, expected)
            expected, prev_hash = expected + 1, event.hash
            hash_at_head = event.hash if head is not None and event.seq == head.seq else hash_at_head
    with reading() as session:  # work goes on meanwhile: the head may have moved on with its events, never behind them
        last = session.scalar(select(AuditHead.seq).where(AuditHead.chain == chain)) or 0
    is_whole = head is not None and head.hash == hash_at_head and last >= expected - 1
    return ChainReport(chain, expected - 1, None if is_whole else expected)
