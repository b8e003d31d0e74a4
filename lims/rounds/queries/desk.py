"""What lies on the desks of many rounds at once: a fixed number of queries, however many rounds there are."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session

from lims.rounds.models import Evaluation, Opinion, Participant, PTItem, Release, Round, RoundApproval, SchemeParty, Submission


@dataclass(frozen=True)
class NewestRun:
    """The newest score run without its content."""

    id: uuid.UUID
    outcome_hash: str


@dataclass(frozen=True)
class JudgingDesk:
    """Parties by scheme, items and newest run by round, organisations with opinion or release by run, and the approvals given."""

    parties: dict[uuid.UUID, set[uuid.UUID]]
    items: dict[uuid.UUID, list[PTItem]]
    runs: dict[uuid.UUID, NewestRun]
    opinions: dict[uuid.UUID, set[uuid.UUID]]
    releases: dict[uuid.UUID, set[uuid.UUID]]
    approved: set[tuple[uuid.UUID, str, str, uuid.UUID]]  # round, step, basis, organisation


def newest_status() -> ScalarSelect[str]:
    """The status of a participant's newest version, as a column beside Participant and Round."""
    return (
        select(Submission.status).where(Submission.participant_id == Participant.id, Submission.batch == Round.batch)
        .order_by(Submission.version.desc()).limit(1)
        .correlate(Participant, Round).scalar_subquery()
    )  # fmt: skip


def judging_desk(session: Session, rows: Sequence[Round]) -> JudgingDesk:
    """Everything that tells what waits for QA managers and reviewers of these rounds, which the caller may see."""
    keys = [row.id for row in rows]
    runs = _newest_runs(session, keys)
    run_keys = [run.id for run in runs.values()]
    items: dict[uuid.UUID, list[PTItem]] = defaultdict(list)
    present = select(PTItem).join(Round, Round.id == PTItem.round_id).where(PTItem.round_id.in_(keys), PTItem.batch == Round.batch)
    for item in session.scalars(present.order_by(PTItem.number)):
        items[item.round_id].append(item)
    approvals = session.execute(
        select(RoundApproval.round_id, RoundApproval.step, RoundApproval.basis, RoundApproval.organisation_id)
        .where(RoundApproval.round_id.in_(keys))
    )  # fmt: skip
    schemes = [row.scheme_id for row in rows]
    return JudgingDesk(
        parties=_grouped(session, SchemeParty.scheme_id, SchemeParty.organisation_id, schemes), items=dict(items), runs=runs,
        opinions=_grouped(session, Opinion.evaluation_id, Opinion.organisation_id, run_keys),
        releases=_grouped(session, Release.evaluation_id, Release.organisation_id, run_keys),
        approved={(one.round_id, one.step, one.basis, one.organisation_id) for one in approvals},
    )  # fmt: skip


def _newest_runs(session: Session, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, NewestRun]:
    rows = session.execute(
        select(Evaluation.round_id, Evaluation.id, Evaluation.outcome_hash)
        .where(Evaluation.round_id.in_(keys)).order_by(Evaluation.version)
    )  # fmt: skip
    return {row.round_id: NewestRun(row.id, row.outcome_hash) for row in rows}


def _grouped(session: Session, key: object, value: object, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for one, organisation_id in session.execute(select(key, value).where(key.in_(keys))):  # type: ignore[attr-defined, call-overload]
        found[one].add(organisation_id)
    return found
