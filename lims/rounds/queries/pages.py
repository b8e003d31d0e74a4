"""What the pages, the API and the command line show of rounds, as plain values cut to what the viewer may see."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lims.accounts.models import Laboratory
from lims.db.session import Actor
from lims.errors import Invalid, NotFound
from lims.marks import N_
from lims.rounds.lifecycle.gates import Gate, check_move
from lims.rounds.lifecycle.moves import Move, allowed_moves
from lims.rounds.lifecycle.states import RoundState
from lims.rounds.models import (
    EndedBatch,
    Evaluation,
    Opinion,
    Participant,
    PTItem,
    Release,
    Report,
    Round,
    RoundApproval,
    RoundMove,
    Scheme,
)
from lims.rounds.queries import gates, joint, records
from lims.rounds.queries.lines import Line, lines_of
from lims.rounds.queries.report import score_of
from lims.rounds.queries.scoring import ScoringInput, scoring_input
from lims.rounds.queries.visible import Viewer, round_by_id, viewer_of, visible
from lims.statistics.assessment.round_score import RoundScore

PAGE = 50


@dataclass(frozen=True)
class RoundPage:
    """A page of the list. ``earlier`` and ``later`` are the keys to go on with, None at an end."""

    rows: list[Round]
    earlier: str | None
    later: str | None


@dataclass(frozen=True)
class RoundView:
    """A round as one viewer may see it; lists that the viewer may not see are empty."""

    round: Round
    scheme: Scheme
    viewer: Viewer
    organiser: Laboratory
    parties: list[str]
    lines: list[Line]
    items: list[PTItem]
    moves: list[RoundMove]
    ended: list[EndedBatch]
    approvals: list[RoundApproval]
    evaluations: list[Evaluation]
    opinions: list[Opinion]
    releases: list[Release]
    reports: list[Report]
    state_counts: dict[str, int] = field(default_factory=dict)


def list_rounds(
    session: Session, actor: Actor, *, states: tuple[str, ...] = (), text: str = "", after: str = "", before: str = "", limit: int = PAGE,
    is_oldest_first: bool = False,
) -> RoundPage:
    """One page of the rounds that the actor may see, newest or oldest first, from a key on or up to a key. Nothing is counted."""
    key = _key(before or after)
    query = select(Round).where(visible(actor))
    if states:
        query = query.where(Round.state.in_(states))
    if text.strip():
        like = f"%{text.strip()}%"
        query = query.where(or_(Round.code.ilike(like), Round.title_en.ilike(like), Round.title_zh.ilike(like)))
    is_upward = bool(before) != is_oldest_first
    if key is not None:
        query = query.where(Round.id > key if is_upward else Round.id < key)
    rows = list(session.scalars(query.order_by(Round.id.asc() if is_upward else Round.id.desc()).limit(limit + 1)))
    has_more = len(rows) > limit
    rows = rows[:limit][::-1] if before else rows[:limit]
    has_earlier, has_later = (has_more, True) if before else (bool(after), has_more)
    return RoundPage(rows, str(rows[0].id) if rows and has_earlier else None, str(rows[-1].id) if rows and has_later else None)


def round_by_code(session: Session, actor: Actor, code: str) -> Round:
    """The round with this code that the actor may see; any other is NotFound."""
    row = session.scalar(select(Round).where(Round.code == code.strip().upper(), visible(actor)))
    if row is None:
        raise NotFound()
    return row


def every_round(session: Session) -> list[Round]:
    """Every round of the installation, newest first; for the command line, which acts with full rights on the machine."""
    return list(session.scalars(select(Round).order_by(Round.id.desc())))


def newest_report(session: Session, code: str) -> Report:
    """The newest issued report of the round with this code; for the command line. NotFound before the first release."""
    query = select(Report).join(Round, Round.id == Report.round_id).where(Round.code == code.strip().upper())
    found = session.scalar(query.order_by(Report.issued_at.desc(), Report.version.desc()).limit(1))
    if found is None:
        raise NotFound()
    return found


def show_round(session: Session, actor: Actor, round_id: uuid.UUID) -> RoundView:
    """Everything that the round's page shows to this viewer."""
    row = round_by_id(session, actor, round_id)
    viewer = viewer_of(session, actor, row)
    participants = records.participants_of(session, row)
    evaluations = _evaluations(session, row, viewer)
    places = records.laboratories(session, [row.laboratory_id])
    return RoundView(
        round=row, scheme=records.scheme_of(session, row), viewer=viewer, organiser=places[row.laboratory_id],
        parties=[party.code for party in records.parties_of(session, row)], lines=lines_of(session, actor, row, viewer, participants),
        items=records.items_of(session, row) if viewer.sees_truth else [],
        moves=records.moves_of(session, row) if viewer.sees_process else [],
        ended=records.ended_batches(session, row) if viewer.is_coordinator or viewer.is_auditor else [],
        approvals=records.approvals_of(session, row) if viewer.sees_process else [], evaluations=evaluations,
        opinions=records.opinions_of(session, evaluations[0]) if evaluations else [],
        releases=records.releases_of(session, evaluations[0]) if evaluations else [],
        reports=records.reports_of(session, row),
        state_counts=_counts(participants) if viewer.is_coordinator or viewer.is_auditor or viewer.sees_values else {},
    )  # fmt: skip


def moves_ahead(session: Session, actor: Actor, row: Round) -> list[tuple[Move, list[Gate]]]:
    """The moves that start in the round's state with their gates as they stand; for viewers of the process.

    While results come in the gates count them, so only the coordinator and the auditor see them then.
    """
    viewer = viewer_of(session, actor, row)
    is_counting = row.state in ("dispatched", "testing", "locked")
    if not viewer.sees_process or (is_counting and not (viewer.is_coordinator or viewer.is_auditor)):
        return []
    facts = replace(gates.round_facts(session, actor, row), approved_by=standing(session, row))
    state = cast(RoundState, row.state)
    return [(move, check_move(state, move.target, facts)) for move in allowed_moves(state)]


def standing(session: Session, row: Round) -> frozenset[str]:
    """Codes of the parties whose signature for the round's next joint step stands; the caller may see the process."""
    if row.state in ("planned", "designed"):
        return gates.approved_by(session, row, "protocol", gates.protocol_basis(session, row))
    if row.state in ("published", "follow_up"):
        return joint.signed_by(session, row, "close")
    run = records.newest_evaluation(session, row) if row.state == "reviewing" else None
    codes = {party.id: party.code for party in records.parties_of(session, row)}
    return frozenset(codes[one.organisation_id] for one in records.releases_of(session, run)) if run else frozenset()


def score_shown(session: Session, actor: Actor, row: Round) -> tuple[Evaluation, RoundScore]:
    """The score run that the viewer may see: the newest for those who judge, the published one for all others; else NotFound."""
    shown = _evaluations(session, row, viewer_of(session, actor, row))
    if not shown:
        raise NotFound()
    return shown[0], score_of(shown[0])


def values_shown(session: Session, actor: Actor, row: Round) -> ScoringInput:
    """All values by participant code and item number, as scored; NotFound before the viewer may see them."""
    if not viewer_of(session, actor, row).sees_values:
        raise NotFound()
    return scoring_input(session, actor, row)


def report_shown(session: Session, actor: Actor, round_id: uuid.UUID, version: int | None = None) -> Report:
    """An issued report of a visible round, the newest by default; NotFound before the first release."""
    row = round_by_id(session, actor, round_id)
    found = [one for one in records.reports_of(session, row) if version is None or one.version == version]
    if not found:
        raise NotFound()
    return found[0]


def _evaluations(session: Session, row: Round, viewer: Viewer) -> list[Evaluation]:
    """Newest first: all for those who judge, for others only those under an issued report, also while it is corrected."""
    runs = records.evaluations_of(session, row)
    if viewer.sees_drafts:
        return runs
    issued = {one.evaluation_id for one in records.reports_of(session, row)}
    return [run for run in runs if run.id in issued]


def _counts(participants: list[Participant]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in participants:
        counts[one.state] = counts.get(one.state, 0) + 1
    return counts


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        sentence = N_("Read the page key %(key)s, which is none of this list. Start at its first page.")
        raise Invalid("rounds.page_key", sentence, key=text) from None
