"""The preparation records of a round's present panel. The caller has the round from ``visible.round_by_id``.

An amended protocol keeps the panel, and with it its records; a withdrawn panel takes them away. A record stands as long as what it was
judged by is what holds now.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lims.rounds.lifecycle.facts import OpenItems
from lims.rounds.lifecycle.words import RECORD_WORDS
from lims.rounds.models import EndedBatch, PreparationRecord, PTItem, Round
from lims.rounds.models.plain import from_plain
from lims.statistics.assessment.canonical import plain
from lims.statistics.assessment.plan import ScoringPlan


def judged_by(row: Round, item: PTItem) -> dict[str, Any]:
    """What a record of this item is judged by now, as it is kept with the record."""
    if row.kind == "qualitative":
        return {"expected_code": item.expected_code}
    agreed = from_plain(ScoringPlan, row.protocol["scoring"]).sigma_pt
    return {"x_pt": plain(item.x_pt), "sigma_pt": plain(item.sigma_pt if item.sigma_pt is not None else agreed)}


def changes(row: Round, item: PTItem | None, record: PreparationRecord) -> tuple[str, ...]:
    """What was changed after the record, so that it counts no longer. An assigned value that is written later changes nothing."""
    if item is None:
        return tuple(record.judged_by)
    now = judged_by(row, item)
    names = [name for name in RECORD_WORDS if record.judged_by.get(name) != now.get(name)]
    return tuple(name for name in names if name != "x_pt" or record.judged_by.get(name) is not None)


def versions(session: Session, row: Round) -> Sequence[PreparationRecord]:
    """Every version of every record of the present panel, item by item, the newest last."""
    kind, ended = PreparationRecord, EndedBatch
    withdrawn = session.scalar(select(func.max(ended.batch)).where(ended.round_id == row.id, ended.dispatched_at.is_not(None))) or 0
    found = select(kind).where(kind.round_id == row.id, kind.batch > withdrawn)
    return list(session.scalars(found.order_by(kind.item_number, kind.kind, kind.batch, kind.version)))


def newest(session: Session, row: Round) -> dict[tuple[int, str], PreparationRecord]:
    """The newest record, by item number and kind, whether it stands or not."""
    return {(one.item_number, one.kind): one for one in versions(session, row)}


def standing(session: Session, row: Round, items: Sequence[PTItem]) -> dict[tuple[int, str], PreparationRecord]:
    """The newest records that count: nothing that they were judged by was changed after them."""
    known = {item.number: item for item in items}
    return {key: one for key, one in newest(session, row).items() if key[0] in known and not changes(row, known[key[0]], one)}


def open_items(session: Session, row: Round, items: Sequence[PTItem], kind: str) -> OpenItems | None:
    """The items without a passed record of ``kind`` that stands; None where no record of that kind exists at all."""
    found = {number: one for (number, what), one in newest(session, row).items() if what == kind}
    if not found:
        return None
    stale = {item.number: changes(row, item, found[item.number]) for item in items if item.number in found}
    old = [number for number, names in stale.items() if names]
    missing = [one.number for one in items if one.number in old or one.number not in found or found[one.number].conclusion != "passed"]
    fields = [name for name in RECORD_WORDS if any(name in names for names in stale.values())]
    return OpenItems(tuple(map(str, missing)), tuple(map(str, old)), tuple(fields))
