"""The joint review of a round: reviewers, declared conflicts, comments, minutes, action items, verdicts changed by hand."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lims import clock
from lims.accounts import queries as accounts
from lims.accounts.models import Laboratory, User
from lims.db.session import Actor
from lims.errors import NotFound
from lims.rounds.models import (
    ConflictDeclaration,
    Evaluation,
    InterimReport,
    ReviewAction,
    ReviewComment,
    ReviewerAssignment,
    ReviewMinutes,
    Round,
    RoundArchive,
    SchemeParty,
    VerdictOverride,
)
from lims.rounds.queries.visible import visible

MOST = 100


@dataclass(frozen=True)
class Reviewer:
    """A person who reviews a round, with the newest declaration, if any."""

    user_id: uuid.UUID
    name: str
    organisation_id: uuid.UUID
    is_assigned: bool
    declaration: ConflictDeclaration | None


def assignments(session: Session, row: Round) -> list[ReviewerAssignment]:
    """Who was named to review, in order."""
    query = select(ReviewerAssignment).where(ReviewerAssignment.round_id == row.id).order_by(ReviewerAssignment.id)
    return list(session.scalars(query))


def declarations(session: Session, row: Round) -> dict[uuid.UUID, ConflictDeclaration]:
    """The newest declaration of each person."""
    query = select(ConflictDeclaration).where(ConflictDeclaration.round_id == row.id).order_by(ConflictDeclaration.id)
    return {one.user_id: one for one in session.scalars(query)}


def conflicted(session: Session, row: Round) -> frozenset[uuid.UUID]:
    """Who declared a conflict of interest that stands."""
    return frozenset(user_id for user_id, one in declarations(session, row).items() if one.has_conflict)


def reviewers(session: Session, row: Round) -> list[Reviewer]:
    """Everybody who was named or declared, in the order in which they came."""
    declared, named = declarations(session, row), assignments(session, row)
    known = {one.user_id for one in named}
    found = [Reviewer(one.user_id, one.user_name, one.organisation_id, True, declared.get(one.user_id)) for one in named]
    others = [one for one in declared.values() if one.user_id not in known]
    return found + [Reviewer(one.user_id, one.user_name, one.organisation_id, False, one) for one in others]


def candidates(session: Session, actor: Actor) -> list[User]:
    """The reviewers of the actor's organisation, by name."""
    places = session.scalars(select(Laboratory.id).where(Laboratory.organisation_id == actor.organisation_id))
    found = {one.id: one for place in places for one in accounts.people_with_role(session, place, "reviewer", clock.now())}
    return sorted(found.values(), key=lambda one: (one.name, one.login))


def comments(session: Session, run: Evaluation) -> list[ReviewComment]:
    """The comments on a score run: on the round first, then by code and item."""
    query = select(ReviewComment).where(ReviewComment.evaluation_id == run.id).order_by(
        ReviewComment.participant_code, ReviewComment.item_number, ReviewComment.id
    )
    return sorted(session.scalars(query), key=lambda one: (one.participant_code, one.item_number or 0))


def minutes_of(session: Session, row: Round) -> list[ReviewMinutes]:
    """Every version of the minutes, newest first."""
    query = select(ReviewMinutes).where(ReviewMinutes.round_id == row.id).order_by(ReviewMinutes.version.desc())
    return list(session.scalars(query))


def actions_of(session: Session, row: Round) -> list[ReviewAction]:
    """The action items of the meeting, by number."""
    return list(session.scalars(select(ReviewAction).where(ReviewAction.round_id == row.id).order_by(ReviewAction.number)))


def action(session: Session, actor: Actor, action_id: uuid.UUID) -> tuple[ReviewAction, Round]:
    """An action item of a round that the actor may see."""
    query = select(ReviewAction, Round).join(Round, Round.id == ReviewAction.round_id)
    found = session.execute(query.where(ReviewAction.id == action_id, visible(actor))).first()
    if found is None:
        raise NotFound()
    return found[0], found[1]


def open_actions(session: Session, actor: Actor) -> list[tuple[ReviewAction, Round]]:
    """The action items that are not done, of rounds of the actor's party, the first due first."""
    party = exists(
        select(SchemeParty.id).where(SchemeParty.scheme_id == Round.scheme_id, SchemeParty.organisation_id == actor.organisation_id)
    )
    query = select(ReviewAction, Round).join(Round, Round.id == ReviewAction.round_id)
    query = query.where(ReviewAction.done_at.is_(None), visible(actor), party)
    return [(one, row) for one, row in session.execute(query.order_by(ReviewAction.due_on, ReviewAction.id).limit(MOST))]


def overrides_of(session: Session, run: Evaluation) -> list[VerdictOverride]:
    """The verdicts of a score run that were changed by hand, by code and item."""
    query = select(VerdictOverride).where(VerdictOverride.evaluation_id == run.id)
    return list(session.scalars(query.order_by(VerdictOverride.participant_code, VerdictOverride.item_number)))


def interims_of(session: Session, row: Round) -> list[InterimReport]:
    """The interim reports of a round, newest first."""
    return list(session.scalars(select(InterimReport).where(InterimReport.round_id == row.id).order_by(InterimReport.version.desc())))


def archives_of(session: Session, actor: Actor, row: Round) -> list[RoundArchive]:
    """The archives of a round that the actor asked for, newest first; those of others are cut to what others may see."""
    query = select(RoundArchive).where(RoundArchive.round_id == row.id, RoundArchive.user_id == actor.user_id)
    return list(session.scalars(query.order_by(RoundArchive.id.desc()).limit(MOST)))
