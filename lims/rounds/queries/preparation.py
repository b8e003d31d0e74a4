"""The preparation records of a round's present batch. The caller has the round from ``visible.round_by_id``."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims.rounds.models import PreparationRecord, PTItem, Round


def versions(session: Session, row: Round) -> Sequence[PreparationRecord]:
    """Every version of every record of the present batch, item by item, the newest last."""
    kind = PreparationRecord
    found = select(kind).where(kind.round_id == row.id, kind.batch == row.batch).order_by(kind.item_number, kind.kind, kind.version)
    return list(session.scalars(found))


def newest(session: Session, row: Round) -> dict[tuple[int, str], PreparationRecord]:
    """The record that counts, by item number and kind."""
    return {(one.item_number, one.kind): one for one in versions(session, row)}


def open_items(session: Session, row: Round, items: Sequence[PTItem], kind: str) -> tuple[str, ...] | None:
    """The numbers of the items without a passed record of ``kind``; None where no record of that kind exists at all."""
    found = {number: one for (number, what), one in newest(session, row).items() if what == kind}
    if not found:
        return None
    return tuple(str(item.number) for item in items if item.number not in found or found[item.number].conclusion != "passed")
