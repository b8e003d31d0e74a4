"""The rows of one round, for its own services and pages. The caller has the round from ``visible.round_by_id``."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lims.accounts.models import Laboratory, Organisation
from lims.db.session import Actor
from lims.errors import NotFound
from lims.rounds.lifecycle.moves import MOVES
from lims.rounds.models import (
    Dispatch,
    EndedBatch,
    Evaluation,
    ItemCode,
    Opinion,
    Participant,
    PreparationRecord,
    PTItem,
    Release,
    Report,
    ReportedValue,
    Round,
    RoundApproval,
    RoundMove,
    Scheme,
    SchemeParty,
    Submission,
)

LOCKABLE = ("dispatched", "testing")  # the deadline locks a round out of these states
TURNS_BACK = frozenset((move.source, move.target) for move in MOVES if move.direction == "backward")
KNOWING_MOVES = ("enrolling", "preparing")  # the moves forward out of these states


def scheme_by_id(session: Session, actor: Actor, scheme_id: uuid.UUID) -> Scheme:
    """A scheme of which the actor's organisation is a party; any other is NotFound."""
    row = session.scalar(
        select(Scheme).join(SchemeParty, SchemeParty.scheme_id == Scheme.id)
        .where(Scheme.id == scheme_id, SchemeParty.organisation_id == actor.organisation_id)
    )  # fmt: skip
    if row is None:
        raise NotFound()
    return row


def scheme_of(session: Session, row: Round) -> Scheme:
    """The scheme of a round that the caller may see."""
    return session.get_one(Scheme, row.scheme_id)


def schemes(session: Session, actor: Actor) -> list[Scheme]:
    """The schemes of the actor's organisation, by code."""
    return list(
        session.scalars(
            select(Scheme).join(SchemeParty, SchemeParty.scheme_id == Scheme.id)
            .where(SchemeParty.organisation_id == actor.organisation_id).order_by(Scheme.code).limit(500)
        )
    )  # fmt: skip


def is_scheme_code_taken(session: Session, code: str) -> bool:
    """Whether a scheme has this code already."""
    return session.scalar(select(Scheme.id).where(Scheme.code == code)) is not None


def parties_of(session: Session, row: Round) -> list[Organisation]:
    """The parties of the round's agreement, by code."""
    return list(
        session.scalars(
            select(Organisation).join(SchemeParty, SchemeParty.organisation_id == Organisation.id)
            .where(SchemeParty.scheme_id == row.scheme_id).order_by(Organisation.code)
        )
    )  # fmt: skip


def lock_organisation(session: Session, organisation_id: uuid.UUID | None) -> Organisation:
    """The organisation, locked while the next round code is drawn."""
    row = session.scalar(select(Organisation).where(Organisation.id == organisation_id).with_for_update())
    if row is None:
        raise NotFound()
    return row


def round_codes(session: Session, prefix: str) -> list[str]:
    """The round codes of the installation that begin with ``prefix``."""
    return list(session.scalars(select(Round.code).where(Round.code.startswith(prefix))))


def due_rounds(session: Session, now: datetime) -> list[uuid.UUID]:
    """Rounds that are dispatched or under test and whose deadline has come: the lock does not wait for a receipt."""
    due = select(Round.id).where(Round.state.in_(LOCKABLE), Round.deadline <= now)
    return list(session.scalars(due.order_by(Round.deadline)))


def items_of(session: Session, row: Round, batch: int | None = None) -> list[PTItem]:
    """The items of the panel, by number: of the present batch, or of an earlier one."""
    query = select(PTItem).where(PTItem.round_id == row.id, PTItem.batch == (row.batch if batch is None else batch))
    return list(session.scalars(query.order_by(PTItem.number)))


def ended_batches(session: Session, row: Round) -> list[EndedBatch]:
    """The batches whose codes became void, oldest first."""
    return list(session.scalars(select(EndedBatch).where(EndedBatch.round_id == row.id).order_by(EndedBatch.batch)))


def participants_of(session: Session, row: Round) -> list[Participant]:
    """The participants by code, never in the order of their creation; before the codes are drawn by key of the laboratory."""
    return list(
        session.scalars(select(Participant).where(Participant.round_id == row.id).order_by(Participant.code, Participant.laboratory_id)),
    )  # fmt: skip


def participant_of(session: Session, row: Round, laboratory_id: uuid.UUID | None) -> Participant:
    """The laboratory's own part in the round; NotFound when it has none."""
    found = session.scalar(select(Participant).where(Participant.round_id == row.id, Participant.laboratory_id == laboratory_id))
    if found is None:
        raise NotFound()
    return found


def laboratories(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Laboratory]:
    """Laboratories by key."""
    return {row.id: row for row in session.scalars(select(Laboratory).where(Laboratory.id.in_(list(ids))))}


def item_codes_of(session: Session, participant: Participant) -> list[ItemCode]:
    """The participant's blind codes of the present batch, in the order of its own list."""
    query = select(ItemCode).join(Round, Round.id == ItemCode.round_id).where(ItemCode.participant_id == participant.id)
    return list(session.scalars(query.where(ItemCode.batch == Round.batch).order_by(ItemCode.position)))


def all_item_codes(session: Session, row: Round) -> list[ItemCode]:
    """The whole map of the present batch, by code."""
    return list(session.scalars(select(ItemCode).where(ItemCode.round_id == row.id, ItemCode.batch == row.batch).order_by(ItemCode.code)))


def dispatches_of(session: Session, row: Round) -> list[Dispatch]:
    """The distribution records of the present batch, oldest first."""
    query = select(Dispatch).where(Dispatch.round_id == row.id, Dispatch.batch == row.batch)
    return list(session.scalars(query.order_by(Dispatch.id)))


def codes_so_far(session: Session, row: Round) -> tuple[set[str], set[str]]:
    """Every participant code, and every item or box code, that the round has had in any batch."""
    drawn = session.execute(select(ItemCode.participant_code, ItemCode.code).where(ItemCode.round_id == row.id)).all()
    people = {one.participant_code for one in drawn} | {one.code for one in participants_of(session, row) if one.code}
    boxes = set(session.scalars(select(Dispatch.box_code).where(Dispatch.round_id == row.id)))
    return people, {one.code for one in drawn} | boxes


def boxes_for(session: Session, participant: Participant) -> list[Dispatch]:
    """The boxes of the present batch sent to one participant, newest first."""
    query = select(Dispatch).join(Round, Round.id == Dispatch.round_id).where(Dispatch.participant_id == participant.id)
    return list(session.scalars(query.where(Dispatch.batch == Round.batch).order_by(Dispatch.id.desc())))


def moves_of(session: Session, row: Round) -> list[RoundMove]:
    """The round's moves, oldest first."""
    return list(session.scalars(select(RoundMove).where(RoundMove.round_id == row.id).order_by(RoundMove.number)))


def last_turn_back(session: Session, row: Round) -> RoundMove | None:
    """The newest move back, which every participant is told of."""
    found = reversed(moves_of(session, row))
    return next((one for one in found if (one.source, one.target) in TURNS_BACK), None)


def last_place(session: Session, row: Round) -> int:
    """The place of the newest move or approval; whoever adds the next one holds the round's lock."""
    counts = [session.scalar(select(func.count()).select_from(kind).where(kind.round_id == row.id)) for kind in (RoundMove, RoundApproval)]
    return sum(count or 0 for count in counts)


def approvals_of(session: Session, row: Round, step: str | None = None) -> list[RoundApproval]:
    """The signed approvals of the round, or of one step, oldest first."""
    query = select(RoundApproval).where(RoundApproval.round_id == row.id)
    if step is not None:
        query = query.where(RoundApproval.step == step)
    return list(session.scalars(query.order_by(RoundApproval.place)))


def versions_of(session: Session, participant: Participant) -> list[Submission]:
    """Every version that the participant saved, newest first."""
    return list(session.scalars(select(Submission).where(Submission.participant_id == participant.id).order_by(Submission.version.desc())))


def newest_version(session: Session, row: Round, participant: Participant) -> Submission | None:
    """The participant's newest version for the present batch."""
    return next((one for one in versions_of(session, participant) if one.batch == row.batch), None)


def values_of(session: Session, submission: Submission) -> list[ReportedValue]:
    """The values of one version, by item code."""
    return list(session.scalars(select(ReportedValue).where(ReportedValue.submission_id == submission.id).order_by(ReportedValue.code)))


def last_signed(session: Session, row: Round) -> dict[uuid.UUID, Submission]:
    """The last signed version of each participant: the one that counts. What belongs to a withdrawn batch never does."""
    newest = (
        select(Submission.participant_id, func.max(Submission.version).label("version"))
        .where(Submission.round_id == row.id, Submission.batch == row.batch, Submission.status == "signed")
        .group_by(Submission.participant_id).subquery()
    )  # fmt: skip
    rows = session.scalars(
        select(Submission).join(newest, (newest.c.participant_id == Submission.participant_id) & (newest.c.version == Submission.version))
    )
    return {one.participant_id: one for one in rows}


def signed_at(signed: Mapping[uuid.UUID, Submission], one: Participant) -> datetime | None:
    """When the version that counts was signed, out of ``last_signed``."""
    return signed[one.id].submitted_at if one.id in signed else None


def submissions_ever(session: Session, row: Round) -> int:
    """How many participants signed results in any batch of the round, a withdrawn one included."""
    query = select(func.count(Submission.participant_id.distinct())).where(Submission.round_id == row.id, Submission.status == "signed")
    return session.scalar(query) or 0


def values_of_all(session: Session, submissions: Sequence[Submission]) -> list[ReportedValue]:
    """The values of several versions in one query, by item code."""
    keys = [one.id for one in submissions]
    return list(session.scalars(select(ReportedValue).where(ReportedValue.submission_id.in_(keys)).order_by(ReportedValue.code)))


def evaluations_of(session: Session, row: Round) -> list[Evaluation]:
    """The score runs, newest first."""
    return list(session.scalars(select(Evaluation).where(Evaluation.round_id == row.id).order_by(Evaluation.version.desc())))


def newest_evaluation(session: Session, row: Round) -> Evaluation | None:
    """The newest score run."""
    return session.scalar(select(Evaluation).where(Evaluation.round_id == row.id).order_by(Evaluation.version.desc()).limit(1))


def opinions_of(session: Session, evaluation: Evaluation) -> list[Opinion]:
    """The opinions on one score run, oldest first."""
    return list(session.scalars(select(Opinion).where(Opinion.evaluation_id == evaluation.id).order_by(Opinion.signed_at, Opinion.id)))


def releases_of(session: Session, evaluation: Evaluation) -> list[Release]:
    """The releases of one score run, oldest first."""
    return list(session.scalars(select(Release).where(Release.evaluation_id == evaluation.id).order_by(Release.signed_at, Release.id)))


def reports_of(session: Session, row: Round) -> list[Report]:
    """The issued reports, newest first."""
    return list(session.scalars(select(Report).where(Report.round_id == row.id).order_by(Report.version.desc())))


def people_who_know(session: Session, row: Round) -> set[uuid.UUID]:
    """Persons who know the map or the truth: who made the plan, sealed, measured, drew the codes, or packed."""
    known = {row.created_by_id, row.sealed_by_id, *(one.sealed_by_id for one in ended_batches(session, row))}
    moves = session.execute(
        select(RoundMove.user_id, RoundMove.second_user_id).where(
            RoundMove.round_id == row.id, RoundMove.source.in_(KNOWING_MOVES), RoundMove.target.in_(("preparing", "dispatched")),
        )
    )
    for first, second in moves:
        known |= {first, second}
    known |= set(session.scalars(select(Dispatch.recorded_by_id).where(Dispatch.round_id == row.id)))
    record = PreparationRecord
    for first, second in session.execute(select(record.analyst_id, record.checker_id).where(record.round_id == row.id)):
        known |= {first, second}
    return {person for person in known if person is not None}


def people_who_reported(session: Session, row: Round, participant_id: uuid.UUID | None = None) -> set[uuid.UUID]:
    """Analysts and authorisers of any version, of all participants or of one."""
    query = select(Submission.analyst_id, Submission.authoriser_id).where(Submission.round_id == row.id)
    if participant_id is not None:
        query = query.where(Submission.participant_id == participant_id)
    return {person for pair in session.execute(query) for person in pair if person is not None}


def opinion_writers(session: Session, row: Round) -> set[uuid.UUID]:
    """Persons who signed an opinion in the round."""
    return set(session.scalars(select(Opinion.user_id).where(Opinion.round_id == row.id)))


def receipts(session: Session, row: Round) -> int:
    """How many participants confirmed the receipt."""
    query = select(func.count()).select_from(Participant).where(Participant.round_id == row.id, Participant.received_at.is_not(None))
    return session.scalar(query) or 0
