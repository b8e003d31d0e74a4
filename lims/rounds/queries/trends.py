"""The published rounds of a laboratory in the order of time: for its own people, and for the QA manager of its organisation."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lims.accounts.models import Laboratory
from lims.db.session import Actor
from lims.errors import NotFound
from lims.rounds.lifecycle.states import UNBLINDED_STATES
from lims.rounds.models import Evaluation, Participant, Report, Round, Submission
from lims.rounds.scoring.trend import Stop

MOST = 60


@dataclass(frozen=True)
class Track:
    """The rounds of one measurand and kind in which the laboratory took part, the oldest first."""

    measurand_code: str
    kind: str
    unit: str
    stops: tuple[Stop, ...]


def laboratories(session: Session, actor: Actor) -> list[Laboratory]:
    """The laboratories whose trend the actor may see: the own one, for the QA manager all of the own organisation."""
    query = select(Laboratory).where(Laboratory.id == actor.laboratory_id)
    if "qa_manager" in actor.roles:
        query = select(Laboratory).where(Laboratory.organisation_id == actor.organisation_id)
    return list(session.scalars(query.order_by(Laboratory.code).limit(200)))


def tracks_of(session: Session, actor: Actor, laboratory_id: uuid.UUID) -> list[Track]:
    """The tracks of a laboratory; NotFound for any other than the actor may see."""
    if laboratory_id not in {one.id for one in laboratories(session, actor)}:
        raise NotFound()
    newest = select(Report.round_id, func.max(Report.version).label("version")).group_by(Report.round_id).subquery()
    rows = session.execute(
        select(Round, Participant, Report, Evaluation).join(Participant, Participant.round_id == Round.id)
        .join(newest, newest.c.round_id == Round.id)
        .join(Report, (Report.round_id == Round.id) & (Report.version == newest.c.version))
        .join(Evaluation, Evaluation.id == Report.evaluation_id)
        .where(Participant.laboratory_id == laboratory_id, Round.state.in_(sorted(UNBLINDED_STATES)))
        .order_by(Round.deadline.desc()).limit(MOST)
    ).all()  # fmt: skip
    methods = _methods(session, [part.id for _row, part, _report, _run in rows])
    found: dict[tuple[str, str, str], list[Stop]] = defaultdict(list)
    for row, part, report, run in reversed(rows):
        stop = _stop(row, part.code or "", report, run.outcome, methods.get((part.id, row.batch), ""))
        if stop is not None:
            found[row.measurand_code, row.kind, row.unit].append(stop)
    return [Track(*key, tuple(stops)) for key, stops in sorted(found.items())]


def _stop(row: Round, code: str, report: Report, outcome: dict[str, Any], method: str) -> Stop | None:
    overall = next((one for one in outcome["overall"] if one["participant_code"] == code), None)
    if overall is None:
        return None
    own = [one for one in outcome["scores"] if one["participant_code"] == code and one["is_core"]]
    z = [float(one["z"]["value"]) for one in own if one["z"]["value"] is not None]
    d = [float(one["d_percent"]["value"]) for one in own if one["d_percent"]["value"] is not None]
    table = next((one["counts"] for one in outcome["agreement"] if one["kind"] == "truth" and one["row"] == code), None)
    return Stop(
        round_code=row.code, issued_at=report.issued_at, method=method, verdict=overall["verdict"],
        z=sum(z) / len(z) if z else None, worst=max(z, key=abs) if z else None, d_percent=sum(d) / len(d) if d else None,
        table=tuple(tuple(int(cell) for cell in line) for line in table) if table else None,
    )  # fmt: skip


def _methods(session: Session, participants: list[uuid.UUID]) -> dict[tuple[uuid.UUID, int], str]:
    """The method of the signed version that counted, by participant and batch."""
    rows = session.scalars(
        select(Submission).where(Submission.participant_id.in_(participants), Submission.status == "signed").order_by(Submission.version)
    )
    return {(one.participant_id, one.batch): str(one.head.get("method_code", "")) for one in rows}
