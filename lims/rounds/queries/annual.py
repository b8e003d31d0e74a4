"""The annual plan as its parties see it: a line of a scheme of others is not there."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.models import Organisation
from lims.canonical import digest
from lims.db.keyset import Page, page_of
from lims.db.session import Actor
from lims.errors import NotFound
from lims.marks import N_
from lims.rounds.lifecycle.states import PUBLISHED_STATES
from lims.rounds.lifecycle.turns import turn_of
from lims.rounds.lifecycle.words import BEIJING
from lims.rounds.models import PlanConsent, PlanLine, Round, Scheme, SchemeParty
from lims.web.waiting import Waiting

MOST = 100
AHEAD = timedelta(weeks=8)  # the protocol is approved eight weeks before the dispatch


@dataclass(frozen=True)
class LineFilter:
    """What the list is narrowed to; empty means everything."""

    year: str = ""
    state: str = ""
    scheme_id: uuid.UUID | None = None
    organisation_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Neighbourhood:
    """What the rows of a page need beside themselves, in a fixed number of queries."""

    schemes: dict[uuid.UUID, Scheme]
    organisations: dict[uuid.UUID, Organisation]
    consents: dict[uuid.UUID, list[PlanConsent]]
    parties: dict[uuid.UUID, list[uuid.UUID]]  # by scheme
    rounds: dict[uuid.UUID, str]  # codes


def visible_lines(actor: Actor) -> ColumnElement[bool]:
    """The condition on PlanLine: a scheme of which the actor's organisation is a party."""
    party = select(SchemeParty.id).where(SchemeParty.scheme_id == PlanLine.scheme_id, SchemeParty.organisation_id == actor.organisation_id)
    return exists(party.correlate(PlanLine))


def list_lines(
    session: Session, actor: Actor, wanted: LineFilter, cursor: str | None = None, size: int = 50, *, is_descending: bool = False
) -> Page[PlanLine]:
    """One page of the plan by month."""
    query = select(PlanLine).where(visible_lines(actor))
    if wanted.year:
        query = query.where(PlanLine.month >= f"{wanted.year}-01", PlanLine.month <= f"{wanted.year}-12")
    if wanted.state:
        query = query.where(PlanLine.state == wanted.state)
    if wanted.scheme_id:
        query = query.where(PlanLine.scheme_id == wanted.scheme_id)
    if wanted.organisation_id:
        query = query.where(PlanLine.organisation_id == wanted.organisation_id)
    return page_of(session, query, (PlanLine.month, PlanLine.id), cursor, size, is_descending=is_descending)


def line_by_id(session: Session, actor: Actor, line_id: uuid.UUID, *, for_change: bool = False) -> PlanLine:
    """A line that the actor may see; any other is NotFound."""
    query = select(PlanLine).where(PlanLine.id == line_id, visible_lines(actor))
    if for_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFound()
    return row


def around(session: Session, lines: list[PlanLine]) -> Neighbourhood:
    """Schemes, organisations, consents and rounds of these lines."""
    schemes = {one.id: one for one in session.scalars(select(Scheme).where(Scheme.id.in_({line.scheme_id for line in lines})))}
    parties = parties_by_scheme(session, schemes)
    named = {*(key for keys in parties.values() for key in keys), *(line.organisation_id for line in lines)}
    by_key = organisations(session, named)
    consents: dict[uuid.UUID, list[PlanConsent]] = {line.id: [] for line in lines}
    for one in session.scalars(select(PlanConsent).where(PlanConsent.plan_line_id.in_(list(consents))).order_by(PlanConsent.id)):
        consents[one.plan_line_id].append(one)
    opened = [line.round_id for line in lines if line.round_id]
    rounds = {one.id: one.code for one in session.scalars(select(Round).where(Round.id.in_(opened)))}
    return Neighbourhood(schemes, by_key, consents, parties, rounds)


def parties_by_scheme(session: Session, scheme_ids: dict[uuid.UUID, Scheme] | list[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Keys of the parties of each scheme, in the order of the organisations' codes."""
    rows = session.execute(
        select(SchemeParty.scheme_id, SchemeParty.organisation_id).join(Organisation, Organisation.id == SchemeParty.organisation_id)
        .where(SchemeParty.scheme_id.in_(list(scheme_ids))).order_by(Organisation.code)
    )  # fmt: skip
    found: dict[uuid.UUID, list[uuid.UUID]] = {key: [] for key in scheme_ids}
    for scheme_id, organisation_id in rows:
        found[scheme_id].append(organisation_id)
    return found


def organiser_in_turn(session: Session, scheme_id: uuid.UUID, month: str) -> uuid.UUID:
    """The party whose turn it is in this month: the one after the organiser of the scheme's last line or round before it."""
    parties = parties_by_scheme(session, [scheme_id])[scheme_id]
    line = session.execute(
        select(PlanLine.month, PlanLine.organisation_id)
        .where(PlanLine.scheme_id == scheme_id, PlanLine.month < month, PlanLine.state != "withdrawn")
        .order_by(PlanLine.month.desc(), PlanLine.id.desc()).limit(1)
    ).first()  # fmt: skip
    held = session.execute(
        select(Round.month, Round.organisation_id).where(Round.scheme_id == scheme_id, Round.month < month, Round.state != "cancelled")
        .order_by(Round.month.desc(), Round.id.desc()).limit(1)
    ).first()  # fmt: skip
    newest = max((one for one in (line, held) if one), key=lambda one: one[0], default=None)
    return turn_of(parties, newest[1] if newest else None)


def is_planned_already(session: Session, scheme_id: uuid.UUID, month: str) -> bool:
    """Whether a line that stands has this scheme in this month."""
    query = select(PlanLine.id).where(PlanLine.scheme_id == scheme_id, PlanLine.month == month, PlanLine.state != "withdrawn")
    return session.scalar(query.limit(1)) is not None


def consents_of(session: Session, line: PlanLine) -> list[PlanConsent]:
    """The signed consents, oldest first."""
    return list(session.scalars(select(PlanConsent).where(PlanConsent.plan_line_id == line.id).order_by(PlanConsent.id)))


def basis_of(line: PlanLine) -> str:
    """The hash of what a party agrees to."""
    names = ("id", "scheme_id", "month", "measurand_code", "matrix_code", "template_code", "organisation_id", "turn_id", "reason")
    return digest({name: getattr(line, name) for name in names})


def waiting_for(session: Session, actor: Actor) -> list[Waiting]:
    """Lines that the actor's organisation has still to sign, and agreed ones that it should open as a round by now."""
    soon = f"{(clock.now() + AHEAD).astimezone(BEIJING):%Y-%m}"
    signed = exists(
        select(PlanConsent.id).where(PlanConsent.plan_line_id == PlanLine.id, PlanConsent.organisation_id == actor.organisation_id)
        .correlate(PlanLine)
    )  # fmt: skip
    wanted: list[ColumnElement[bool]] = []
    if "qa_manager" in actor.roles:
        wanted.append((PlanLine.state == "proposed") & ~signed)
    if "coordinator" in actor.roles:
        wanted.append((PlanLine.state == "agreed") & (PlanLine.organisation_id == actor.organisation_id) & (PlanLine.month <= soon))
    if not wanted:
        return []
    query = select(PlanLine, Scheme.code).join(Scheme, Scheme.id == PlanLine.scheme_id).where(visible_lines(actor), or_(*wanted))
    rows = session.execute(query.order_by(PlanLine.month, PlanLine.id).limit(MOST))
    return [_waiting(line, code) for line, code in rows]


def _waiting(line: PlanLine, code: str) -> Waiting:
    agree, open_it = N_("Annual plan, %(scheme)s in %(month)s: agree"), N_("Annual plan, %(scheme)s in %(month)s: open the round")
    title = agree if line.state == "proposed" else open_it
    values = {"scheme": code, "month": line.month}
    return Waiting(title, "rounds.plan_line", values, number=code, button=N_("Open"), icon="calendar", url_values={"line_id": line.id})


def organisations(session: Session, keys: set[uuid.UUID]) -> dict[uuid.UUID, Organisation]:
    """Organisations by key."""
    return {one.id: one for one in session.scalars(select(Organisation).where(Organisation.id.in_(keys)))}


def _clonable(actor: Actor) -> ColumnElement[bool]:
    """Rounds of the own organisation, and published ones of the schemes that it is a party of: the next organiser goes on from them."""
    party = exists(
        select(SchemeParty.id).where(SchemeParty.scheme_id == Round.scheme_id, SchemeParty.organisation_id == actor.organisation_id)
        .correlate(Round)
    )  # fmt: skip
    return party & ((Round.organisation_id == actor.organisation_id) | Round.state.in_(sorted(PUBLISHED_STATES)))


def clonable(session: Session, actor: Actor, most: int = 50) -> list[Round]:
    """The newest rounds whose plan the actor may take as a beginning."""
    return list(session.scalars(select(Round).where(_clonable(actor)).order_by(Round.id.desc()).limit(most)))


def clonable_by_code(session: Session, actor: Actor, code: str) -> Round:
    """One of these rounds; any other is NotFound."""
    row = session.scalar(select(Round).where(Round.code == code.strip().upper(), _clonable(actor)))
    if row is None:
        raise NotFound()
    return row
