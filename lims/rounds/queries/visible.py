"""The one place where rounds are narrowed to what a viewer may see.

A round that is not visible is "not found", and so is everything that hangs on it. What of a visible round is shown
follows from ``Viewer``: values of others never with identity, and never before unblinding and publication.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session, aliased

from lims.db.session import Actor
from lims.errors import NotFound
from lims.rounds.lifecycle.states import PUBLISHED_STATES, UNBLINDED_STATES
from lims.rounds.models import ItemCode, Participant, Report, ReportedValue, Round, SchemeParty, Submission

LABORATORY_ROLES = frozenset({"technician", "authoriser", "qa_manager", "auditor"})
VIEWERS = LABORATORY_ROLES | {"coordinator", "reviewer"}


@dataclass(frozen=True)
class Viewer:
    """What one person is to one round."""

    is_coordinator: bool  # of the organising organisation: knows the map, sees no results before unblinding
    is_party_qa: bool
    is_reviewer: bool
    is_auditor: bool
    participant_id: uuid.UUID | None  # the own laboratory's part in the round
    is_unblinded: bool
    is_published: bool

    @property
    def sees_map(self) -> bool:
        """Which laboratory and which item stand behind the codes."""
        return self.is_coordinator

    @property
    def sees_truth(self) -> bool:
        """Expected codes and assigned values."""
        return self.is_coordinator or self.sees_values

    @property
    def sees_values(self) -> bool:
        """The values of all participants by code, and the newest score run."""
        is_judge = self.is_coordinator or self.is_party_qa or self.is_reviewer
        return self.is_published or (self.is_unblinded and is_judge)

    @property
    def sees_drafts(self) -> bool:
        """Score runs, opinions and releases that are not published."""
        return self.is_unblinded and (self.is_coordinator or self.is_party_qa or self.is_reviewer)

    @property
    def sees_process(self) -> bool:
        """Who moved the round, when, and with which gates."""
        return self.is_coordinator or self.is_party_qa or self.is_auditor or self.sees_drafts


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition on Round that every query of this slice carries."""
    if "system" in actor.roles:
        return true()
    is_party = exists(
        select(SchemeParty.id)
        .where(SchemeParty.scheme_id == Round.scheme_id, SchemeParty.organisation_id == actor.organisation_id)
        .correlate(Round)
    )
    conditions: list[ColumnElement[bool]] = []
    if actor.roles & VIEWERS:
        own = aliased(Participant)
        conditions.append(exists(select(own.id).where(own.round_id == Round.id, own.laboratory_id == actor.laboratory_id).correlate(Round)))
    if "coordinator" in actor.roles:
        conditions.append(Round.organisation_id == actor.organisation_id)
    if actor.roles & {"qa_manager", "auditor"}:
        conditions.append(is_party)
    if "reviewer" in actor.roles:
        conditions.append(is_party & Round.state.in_(sorted(UNBLINDED_STATES)))
    return or_(*conditions) if conditions else ~true()


def round_by_id(session: Session, actor: Actor, round_id: uuid.UUID, *, for_change: bool = False) -> Round:
    """A round that the actor may see; any other is NotFound. ``for_change`` takes its lock."""
    query = select(Round).where(Round.id == round_id, visible(actor))
    if for_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFound()
    return row


def viewer_of(session: Session, actor: Actor, row: Round) -> Viewer:
    """What the actor is to the round."""
    is_party = session.scalar(
        select(SchemeParty.id).where(SchemeParty.scheme_id == row.scheme_id, SchemeParty.organisation_id == actor.organisation_id)
    )
    own = session.scalar(
        select(Participant.id).where(Participant.round_id == row.id, Participant.laboratory_id == actor.laboratory_id)
    )
    return Viewer(
        is_coordinator="coordinator" in actor.roles and actor.organisation_id == row.organisation_id,
        is_party_qa=bool(is_party) and "qa_manager" in actor.roles,
        is_reviewer=bool(is_party) and "reviewer" in actor.roles,
        is_auditor=bool(is_party) and "auditor" in actor.roles,
        participant_id=own if actor.roles & LABORATORY_ROLES else None,
        is_unblinded=row.state in UNBLINDED_STATES,
        is_published=row.state in PUBLISHED_STATES or has_issue(session, row),
    )


def has_issue(session: Session, row: Round) -> bool:
    """Whether a report was issued: what it published stays readable while a correction is under way."""
    return row.state in UNBLINDED_STATES and session.scalar(select(Report.id).where(Report.round_id == row.id).limit(1)) is not None


def opened_to_the_trail(subject: ColumnElement[str], subject_id: ColumnElement[uuid.UUID]) -> ColumnElement[bool]:
    """Whether an event is about a submission, a reported value or an item code of a round whose report was issued."""
    issued = select(Report.round_id)
    submitted = select(Submission.id).where(Submission.round_id.in_(issued))
    return or_(
        (subject == "submission") & subject_id.in_(submitted),
        (subject == "reported_value") & subject_id.in_(select(ReportedValue.id).where(ReportedValue.submission_id.in_(submitted))),
        (subject == "item_code") & subject_id.in_(select(ItemCode.id).where(ItemCode.round_id.in_(issued))),
    )
