"""From the agreement to an approved protocol: schemes, rounds, items, approvals by the QA managers of all parties."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Invalid, RuleViolation
from lims.marks import N_
from lims.rounds.lifecycle.gates import check_move
from lims.rounds.lifecycle.states import RoundState
from lims.rounds.models import PTItem, Round, Scheme, SchemeParty
from lims.rounds.models.plain import to_plain
from lims.rounds.queries import gates, matters, records
from lims.rounds.service.common import (
    approve,
    move,
    open_round,
    organised_round,
    person,
    refuse_closed,
    refuse_unseen,
    require_party,
    require_state,
)
from lims.statistics.assessment.plan import ScoringPlan

BEFORE_DISPATCH: tuple[RoundState, ...] = ("planned", "designed", "enrolling", "preparing")


@dataclass(frozen=True)
class ItemDraft:
    """One item of the panel as the coordinator writes it; the truth may follow until it is sealed."""

    number: int
    is_core: bool = True
    weight: Decimal = Decimal("1")
    expected_code: str | None = None
    is_strong: bool = False
    x_pt: Decimal | None = None
    expanded_u_x_pt: Decimal | None = None
    k_x_pt: Decimal = Decimal("2")
    sigma_pt: Decimal | None = None
    level_en: str = ""
    level_zh: str = ""
    description: str = ""


@dataclass(frozen=True)
class ProtocolWords:
    """The protocol in words, beside its statistical part."""

    purpose: str
    contacts: str
    conduct_rules: str
    design: str = ""
    assigned_value: str = ""
    sigma_pt: str = ""
    no_meeting: str = ""  # why no review meeting is held; empty: one is held


@dataclass(frozen=True)
class RoundPlan:
    """A round as the coordinator plans it."""

    title_en: str
    title_zh: str
    template_code: str
    month: str
    deadline: datetime
    zone: str
    scoring: ScoringPlan
    words: ProtocolWords
    items: tuple[ItemDraft, ...] = ()


def create_scheme(
    actor: Actor, *, code: str, title_en: str, title_zh: str, measurand_code: str, matrix_code: str, party_ids: Sequence[uuid.UUID]
) -> Scheme:
    """Draw up a standing agreement of at least two organisations, the actor's own among them."""
    permit(actor, "rounds.plan")
    parties = {*party_ids, actor.organisation_id}
    if len(parties) < 2:
        raise Invalid("rounds.one_party", N_("A scheme needs at least two organisations. Choose the partner."), field="party_ids")
    with transaction(actor, "drew up a comparison scheme") as session:
        if records.is_scheme_code_taken(session, code):
            raise Conflict("rounds.scheme_taken", N_("Scheme code %(code)s is in use already. Choose another."), code=code)
        row = Scheme(
            laboratory_id=actor.laboratory_id, code=code, title_en=title_en, title_zh=title_zh, measurand_code=measurand_code,
            matrix_code=matrix_code
        )
        session.add(row)
        session.flush()
        session.add_all([SchemeParty(scheme_id=row.id, organisation_id=party) for party in sorted(parties, key=str)])
        session.flush()
        return row


def create_round(actor: Actor, scheme_id: uuid.UUID, plan: RoundPlan) -> Round:
    """Plan a round of a scheme; its code is the next of the installation in the year of the deadline."""
    permit(actor, "rounds.plan")
    _check_zone(plan)
    with transaction(actor, "planned a comparison round") as session:
        scheme = records.scheme_by_id(session, actor, scheme_id)
        organisation = records.lock_organisation(session, actor.organisation_id)
        row = Round(
            laboratory_id=actor.laboratory_id, organisation_id=organisation.id, scheme_id=scheme.id,
            code=_next_code(session, plan),
            measurand_code=scheme.measurand_code, matrix_code=scheme.matrix_code, state="planned", created_at=clock.now(),
            created_by_id=person(actor),
        )  # fmt: skip
        _write_plan(row, plan)
        session.add(row)
        session.flush()
        _write_items(session, row, plan.items)
        move(session, actor, row, "planned", is_new=True)
        return row


def revise_plan(actor: Actor, round_id: uuid.UUID, plan: RoundPlan) -> Round:
    """Write the plan anew while not every party has agreed, at first or to an amendment; approvals given so far no longer count."""
    permit(actor, "rounds.plan")
    _check_zone(plan)
    with transaction(actor, "revised the plan of a round") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("planned", "designed"))
        if row.state == "designed" and gates.is_agreed(session, row):
            require_state(row, actor, ("planned",))
        _write_plan(row, plan)
        _write_items(session, row, plan.items)
        return row


def define_items(actor: Actor, round_id: uuid.UUID, items: Sequence[ItemDraft]) -> list[PTItem]:
    """Write the panel's items and their truth, until it is sealed; after the approval their number, weight and criteria stay."""
    permit(actor, "rounds.code")
    with transaction(actor, "wrote the items of a round") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, BEFORE_DISPATCH)
        if row.sealed_at is not None:
            raise RuleViolation(
                "rounds.sealed", N_("The truth of round %(code)s is sealed; its items cannot be changed any more."), code=row.code,
            )  # fmt: skip
        before = gates.protocol_basis(session, row)
        _write_items(session, row, items)
        if row.state != "planned" and gates.protocol_basis(session, row) != before:
            raise RuleViolation(
                "rounds.items_approved",
                N_(
                    "The parties approved the number of items, their weights and limits; only the truth may still be written. Go back to "
                    "planning to change more."
                ),
            )
        return records.items_of(session, row)


def approve_protocol(actor: Actor, round_id: uuid.UUID, password: str, *, seen: str) -> Round:
    """Sign the protocol for the own organisation; the last party's signature makes the round "designed".

    ``seen`` is the hash of the protocol that the person read; Conflict when the protocol is another by now.
    """
    permit(actor, "rounds.approve")
    with transaction(actor, "approved the protocol of a round") as session:
        row = open_round(session, actor, round_id)
        require_party(session, actor, row)
        require_state(row, actor, ("planned", "designed"))
        if row.state == "designed":
            _check_amended(session, actor, row)
        basis = matters.of_protocol(session, row)
        sentence = N_(
            "Not signed: the protocol of round %(code)s changed since you opened the page. It is shown as it stands now: read it again and "
            "sign again."
        )
        refuse_unseen(row, seen, basis, sentence)
        yes = approve(session, actor, row, "protocol", basis, N_("approves the protocol"), password)
        if {party.code for party in records.parties_of(session, row)} <= yes and row.state == "planned":
            move(session, actor, row, "designed", approved_by=yes)
        return row


def _check_amended(session: Session, actor: Actor, row: Round) -> None:
    """An amended protocol meets the conditions of a first one before anybody signs it; there is no move that would check them."""
    found = check_move("planned", "designed", gates.round_facts(session, actor, row))
    refuse_closed(actor, row, found, but=("approved_by_all",))


def _check_zone(plan: RoundPlan) -> None:
    if plan.deadline.tzinfo is None:
        raise Invalid("rounds.naive_deadline", N_("Deadline: it has no time zone. Give the hour and the zone."), field="deadline")
    try:
        ZoneInfo(plan.zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Invalid(
            "rounds.zone", N_("Time zone: read %(zone)s, expected a name such as Asia/Shanghai."), field="zone", zone=plan.zone
        ) from None


def _write_plan(row: Round, plan: RoundPlan) -> None:
    row.title_en, row.title_zh, row.template_code, row.month = plan.title_en, plan.title_zh, plan.template_code, plan.month
    row.kind, row.unit = plan.scoring.kind, plan.scoring.unit
    row.deadline, row.zone = plan.deadline, plan.zone
    words: dict[str, Any] = to_plain(plan.words)
    row.protocol = {**words, "scoring": to_plain(plan.scoring)}


def _write_items(session: Session, row: Round, items: Sequence[ItemDraft]) -> None:
    known = {item.number: item for item in records.items_of(session, row)}
    for draft in items:
        item = known.pop(draft.number, None) or PTItem(laboratory_id=row.laboratory_id, round_id=row.id, batch=row.batch)
        for name in ItemDraft.__dataclass_fields__:
            setattr(item, name, getattr(draft, name))
        session.add(item)
    for left in known.values():
        session.delete(left)
    session.flush()


def _next_code(session: Session, plan: RoundPlan) -> str:
    """A round has one code in the whole installation: both sides, and every report, call it by that."""
    prefix = f"R-{plan.deadline.astimezone(ZoneInfo(plan.zone)):%y}-"
    numbers = [int(code.removeprefix(prefix)) for code in records.round_codes(session, prefix)]
    return f"{prefix}{max(numbers, default=0) + 1:02d}"
