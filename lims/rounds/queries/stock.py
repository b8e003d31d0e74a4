"""The stock of the items of a round's present panel. The caller has the round from ``visible.round_by_id``."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lims.rounds.lifecycle.facts import OpenItems
from lims.rounds.lifecycle.stock import ItemStock
from lims.rounds.models import EndedBatch, PTItem, Round, StockEntry
from lims.rounds.queries import records

PACKED_FOR = frozenset({"enrolled", "sent", "received", "replacement", "draft", "submitted", "late", "could_not_test", "no_response"})


def entries(session: Session, row: Round) -> list[StockEntry]:
    """The entries of the present panel, newest first; an amended protocol keeps the panel, a withdrawn one takes them away."""
    ended = select(func.max(EndedBatch.batch)).where(EndedBatch.round_id == row.id, EndedBatch.dispatched_at.is_not(None))
    query = select(StockEntry).where(StockEntry.round_id == row.id, StockEntry.batch > (session.scalar(ended) or 0))
    return list(session.scalars(query.order_by(StockEntry.id.desc())))


def stock_of(session: Session, row: Round, items: Sequence[PTItem]) -> list[ItemStock]:
    """The units of each item, by number."""
    found, packed = entries(session, row), len(records.dispatches_of(session, row))
    n_laboratories = sum(one.state in PACKED_FOR for one in records.participants_of(session, row))
    return [
        ItemStock(
            item.number, sum(one.units for one in found if one.item_number == item.number and one.kind == "made"),
            sum(one.units for one in found if one.item_number == item.number and one.kind != "made"), packed, n_laboratories,
        )
        for item in items
    ]  # fmt: skip


def lacking(session: Session, row: Round, items: Sequence[PTItem]) -> OpenItems | None:
    """The items whose units do not cover laboratories and reserve; None where no stock is entered at all."""
    if not entries(session, row):
        return None
    short = [one for one in stock_of(session, row, items) if one.lacking]
    return OpenItems(tuple(f"{one.number} ({one.made - one.used} / {one.need})" for one in short))
