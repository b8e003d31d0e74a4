"""Samples that are late in their step, the longest waiting first. Each state is read along its own index."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from lims.db.session import Actor
from lims.errors import Invalid
from lims.marks import N_
from lims.samples.lifecycle.open_loop import STEPS, Step
from lims.samples.models import Sample

PAGE = 50


@dataclass(frozen=True)
class LatePage:
    """A page of late samples; ``later`` is the key to go on with."""

    rows: list[Sample]
    later: str | None


def late(session: Session, actor: Actor, step: str, before: datetime, after: str = "", limit: int = PAGE) -> LatePage:
    """Samples that came into a state of the step before the instant, one page from a key on."""
    rows = [
        row
        for status in STEPS[step].statuses
        for row in session.scalars(_after(_late(actor, status, before), after).order_by(Sample.status_since, Sample.id).limit(limit + 1))
    ]
    rows.sort(key=lambda row: (row.status_since, row.id))
    return LatePage(rows[:limit], _key(rows[limit - 1]) if len(rows) > limit else None)


def late_counts(
    session: Session, actor: Actor, bounds: dict[str, datetime], limit: int = 100, steps: Iterable[str] = STEPS
) -> dict[str, int]:
    """How many samples are late by step, each counted up to ``limit``."""
    return {code: _count(session, actor, STEPS[code], bounds[code], limit) for code in steps}


def late_steps(session: Session, actor: Actor, bounds: dict[str, datetime]) -> list[str]:
    """The steps in which at least one sample is late, in one look at the indexes."""
    found = [or_(*(_late(actor, status, bounds[code]).exists() for status in step.statuses)) for code, step in STEPS.items()]
    return [code for code, is_late in zip(STEPS, session.execute(select(*found)).one(), strict=True) if is_late]


def _count(session: Session, actor: Actor, step: Step, before: datetime, limit: int) -> int:
    found = 0
    for status in step.statuses:
        if found < limit:
            query = _late(actor, status, before).with_only_columns(Sample.id).limit(limit - found)
            found += session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return found


def _late(actor: Actor, status: str, before: datetime) -> Select[Sample]:
    return select(Sample).where(Sample.laboratory_id == actor.laboratory_id, Sample.status == status, Sample.status_since < before)


def _after(query: Select[Sample], key: str) -> Select[Sample]:
    if not key:
        return query
    try:
        instant, _, row = key.partition("~")
        values = datetime.strptime(instant, "%Y%m%dT%H%M%S.%f%z"), uuid.UUID(hex=row)
    except ValueError:
        sentence = N_("Read the page key %(key)s, which is none of this list. Start at its first page.")
        raise Invalid("samples.page_key", sentence, key=key) from None
    return query.where(tuple_(Sample.status_since, Sample.id) > values)


def _key(row: Sample) -> str:
    return f"{row.status_since:%Y%m%dT%H%M%S.%f%z}~{row.id.hex}"
