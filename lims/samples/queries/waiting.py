"""What waits for a person among the samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from lims import clock
from lims.db.session import Actor
from lims.marks import N_
from lims.samples.lifecycle import states
from lims.samples.lifecycle.open_loop import STEPS, bounds, hours_of
from lims.samples.models import Sample
from lims.samples.queries.open_loop import late_counts, late_steps
from lims.settings import read_settings
from lims.web.waiting import Waiting

PAGE = 50
MOST_COUNTED = 100


@dataclass(frozen=True)
class _Part:
    """One kind of thing that waits: samples of a state, the sentence and its button."""

    status: str
    condition: ColumnElement[bool] | None
    title: str
    button: str


def waiting_for(session: Session, actor: Actor) -> list[Waiting]:
    """What the actor can do now about samples: receive, check, sign a decision of another person. The oldest first."""
    now = [one for part in _waiting_parts(actor) for one in _waiting(session, actor, part)]
    return [*now, *_late(session, actor)]


def waiting_count(session: Session, actor: Actor, limit: int) -> int:
    """How many entries ``waiting_for`` has, counted up to ``limit``."""
    found = 0
    for part in _waiting_parts(actor):
        query = _waiting_rows(actor, part).with_only_columns(Sample.id).limit(limit - found)
        found += session.scalar(select(func.count()).select_from(query.subquery())) or 0
        if found >= limit:
            return limit
    return min(limit, found + len(_late_steps(session, actor)))


def count_in(session: Session, actor: Actor, statuses: Sequence[str], limit: int) -> int:
    """How many samples are in these states, counted up to ``limit``."""
    query = select(Sample.id).where(Sample.laboratory_id == actor.laboratory_id, Sample.status.in_(statuses)).limit(limit)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _late_steps(session: Session, actor: Actor) -> list[str]:
    """The steps in which samples are late, for those who can do something about it."""
    return late_steps(session, actor, _bounds()) if actor.roles & {"technician", "authoriser"} else []


def _bounds() -> dict[str, datetime]:
    return bounds(hours_of(read_settings().open_loop_hours), clock.now())


def _late(session: Session, actor: Actor) -> list[Waiting]:
    """One entry for each step in which samples are late: it leads to their list."""
    return [
        Waiting(
            STEPS[step].alert, "samples.open_loop", {"n": f"{count}+" if count == MOST_COUNTED else count}, due=clock.now(),
            button=N_("Look"), icon="alert", url_values={"step": step},
        )
        for step, count in late_counts(session, actor, _bounds(), MOST_COUNTED, _late_steps(session, actor)).items()
    ]  # fmt: skip


def _waiting_parts(actor: Actor) -> list[_Part]:
    """What the roles of the actor may do about samples in which state, the most urgent first."""
    parts = []
    if "authoriser" in actor.roles:
        is_of_another = (Sample.proposed_decision != "") & or_(Sample.proposed_by.is_(None), Sample.proposed_by != actor.user_id)
        parts.append(_Part(states.RECEIVED, is_of_another, N_("Sign the decision on %(number)s"), N_("Sign")))
    if actor.roles & {"technician", "authoriser"}:
        parts.append(_Part(states.RECEIVED, Sample.proposed_decision == "", N_("Check %(number)s and decide"), N_("Check")))
        parts.append(_Part(states.IN_TRANSIT, None, N_("Receive %(number)s"), N_("Receive")))
    return parts


def _waiting_rows(actor: Actor, part: _Part) -> Select[Sample]:
    query = select(Sample).where(Sample.laboratory_id == actor.laboratory_id, Sample.status == part.status)
    return (query if part.condition is None else query.where(part.condition)).order_by(Sample.id)


def _waiting(session: Session, actor: Actor, part: _Part) -> list[Waiting]:
    return [
        Waiting(part.title, "samples.receive", {"number": row.number}, number=row.number, due=row.due_at, button=part.button, icon="tube",
                url_values={"sample_id": row.id})
        for row in session.scalars(_waiting_rows(actor, part).limit(PAGE))
    ]  # fmt: skip
