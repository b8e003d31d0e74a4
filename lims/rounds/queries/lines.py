"""The participants of a round as one viewer may see them: before publication nobody but the coordinator sees code and identity together.

The own laboratory excepted. Until the unblinding a party's QA manager follows the own side by name, without codes; from it until
publication by code, without names and without anything that stood beside a name before; afterwards by both.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lims.accounts.models import Laboratory
from lims.db.session import Actor
from lims.rounds.models import Participant, Round
from lims.rounds.queries import records
from lims.rounds.queries.visible import Viewer


@dataclass(frozen=True)
class Line:
    """One participant as the viewer may see it: identity and code never both, unless the viewer may know the map."""

    id: uuid.UUID
    code: str | None
    laboratory: Laboratory | None
    side: str
    is_organiser: bool
    state: str
    has_submitted: bool
    received_at: datetime | None
    has_consented: bool | None
    is_own: bool


def lines_of(session: Session, actor: Actor, row: Round, viewer: Viewer, participants: list[Participant]) -> list[Line]:
    """By code where the viewer sees all codes, else by laboratory: the order of names must not tell that of the codes."""
    places = records.laboratories(session, [one.laboratory_id for one in participants])
    signed = records.last_signed(session, row)
    own_consent = any(one.id == viewer.participant_id and one.has_consented for one in participants)
    found = []
    for one in participants:
        place = places[one.laboratory_id]
        is_own_side = viewer.is_party_qa and place.organisation_id == actor.organisation_id
        is_disclosed = viewer.is_published and (is_own_side or own_consent and bool(one.has_consented))
        if viewer.sees_map or one.id == viewer.participant_id or is_disclosed:
            found.append(_whole(one, place, viewer, has_submitted=one.id in signed))
        elif viewer.sees_values:
            found.append(_coded(one, viewer, has_submitted=one.id in signed))
        elif is_own_side:
            found.append(_named(one, place, has_submitted=one.id in signed))
    is_by_code = viewer.sees_map or viewer.sees_values
    return found if is_by_code else sorted(found, key=lambda line: line.laboratory.code if line.laboratory else "")


def _whole(one: Participant, place: Laboratory, viewer: Viewer, *, has_submitted: bool) -> Line:
    return Line(
        id=one.id, code=one.code, laboratory=place, side=one.side, is_organiser=one.is_organiser, state=one.state,
        has_submitted=has_submitted, received_at=one.received_at, has_consented=one.has_consented, is_own=one.id == viewer.participant_id,
    )  # fmt: skip


def _coded(one: Participant, viewer: Viewer, *, has_submitted: bool) -> Line:
    """By code alone; what stood beside a name before, or tells the organiser's laboratory, comes with the publication."""
    is_published = viewer.is_published
    return Line(
        id=one.id, code=one.code, laboratory=None, side=one.side, is_organiser=one.is_organiser and is_published, state=one.state,
        has_submitted=has_submitted, received_at=one.received_at if is_published else None, has_consented=None, is_own=False,
    )  # fmt: skip


def _named(one: Participant, place: Laboratory, *, has_submitted: bool) -> Line:
    return Line(
        id=one.id, code=None, laboratory=place, side=one.side, is_organiser=one.is_organiser, state=one.state,
        has_submitted=has_submitted, received_at=one.received_at, has_consented=None, is_own=False,
    )  # fmt: skip
