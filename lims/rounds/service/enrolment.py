"""Who takes part: invitation, enrolment by the laboratory itself, withdrawal, and the drawing of the codes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.models import Laboratory
from lims.accounts.service import permit
from lims.canonical import digest
from lims.db.session import Actor, transaction
from lims.errors import Invalid, RuleViolation
from lims.marks import N_
from lims.rounds.lifecycle.codes import draw_codes
from lims.rounds.lifecycle.participants import may_become
from lims.rounds.lifecycle.states import PARTICIPANT_WORDS, ParticipantState
from lims.rounds.models import ItemCode, Participant, PTItem, Round
from lims.rounds.models.plain import to_plain
from lims.rounds.queries import gates, records
from lims.rounds.queries.scoring import item_plan, plan_of
from lims.rounds.service.common import move, open_round, organised_round, person, require_state
from lims.statistics.assessment.plan import ScoringPlan
from lims.words import translate


def invite(actor: Actor, round_id: uuid.UUID, laboratory_ids: Sequence[uuid.UUID]) -> list[Participant]:
    """Invite laboratories; one that is invited already stays as it is."""
    permit(actor, "rounds.plan")
    with transaction(actor, "invited laboratories to a round") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("designed", "enrolling"))
        known = {one.laboratory_id for one in records.participants_of(session, row)}
        for place in records.laboratories(session, laboratory_ids).values():
            if place.id not in known:
                session.add(_invited(row, place))
        session.flush()
        return records.participants_of(session, row)


def open_enrolment(actor: Actor, round_id: uuid.UUID) -> Round:
    """Let the invited laboratories enrol."""
    permit(actor, "rounds.plan")
    with transaction(actor, "opened the enrolment of a round") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("designed",))
        if not gates.is_agreed(session, row):
            sentence = N_("The amended protocol of round %(code)s is not approved by every party yet. Wait for the approvals.")
            raise RuleViolation("rounds.amendment_open", sentence, code=row.code)
        move(session, actor, row, "enrolling")
        return row


def enrol(actor: Actor, round_id: uuid.UUID, *, has_consented: bool) -> Participant:
    """Enrol the own laboratory and answer whether its identity may be disclosed to the others after publication."""
    permit(actor, "rounds.enrol")
    with transaction(actor, "enrolled a laboratory in a round") as session:
        row = open_round(session, actor, round_id)
        require_state(row, actor, ("enrolling",))
        own = records.participant_of(session, row, actor.laboratory_id)
        become(actor, own, "enrolled")
        own.has_consented, own.enrolled_at, own.enrolled_by_id = has_consented, clock.now(), person(actor)
        return own


def decline(actor: Actor, round_id: uuid.UUID, reason: str = "") -> Participant:
    """Decline the invitation."""
    permit(actor, "rounds.enrol")
    with transaction(actor, reason or "declined the invitation to a round") as session:
        row = open_round(session, actor, round_id)
        require_state(row, actor, ("enrolling",))
        own = records.participant_of(session, row, actor.laboratory_id)
        become(actor, own, "declined")
        own.reason = reason
        return own


def withdraw(actor: Actor, round_id: uuid.UUID, reason: str) -> Participant:
    """Leave the round before it is unblinded; what was submitted stays on record and is not scored."""
    permit(actor, "rounds.enrol")
    with transaction(actor, reason) as session:
        row = open_round(session, actor, round_id)
        require_state(row, actor, ("enrolling", "preparing", "dispatched", "testing", "locked"))
        own = records.participant_of(session, row, actor.laboratory_id)
        if not reason.strip():
            raise Invalid("rounds.withdraw_reason", N_("Reason: empty. Say why the laboratory leaves the round."), field="reason")
        become(actor, own, "withdrawn")
        own.reason = reason
        return own


def start_preparing(actor: Actor, round_id: uuid.UUID) -> Round:
    """Close the enrolment: draw participant codes and item codes, anew for this round, and move to "preparing"."""
    permit(actor, "rounds.code")
    with transaction(actor, "drew the codes of a round") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("enrolling",))
        enrolled = [one for one in records.participants_of(session, row) if one.state == "enrolled"]
        draw(session, row, enrolled, records.items_of(session, row))
        move(session, actor, row, "preparing")
        return row


def seal_truth(actor: Actor, round_id: uuid.UUID) -> Round:
    """Seal the truth: from now on it cannot be changed, and its hash proves that it was not."""
    permit(actor, "rounds.code")
    with transaction(actor, "sealed the truth of a round") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("designed", "enrolling", "preparing"))
        items = records.items_of(session, row)
        missing = without_truth(plan_of(row), items)
        if not items or missing:
            raise RuleViolation(
                "rounds.truth_missing",
                N_("Items %(items)s of round %(code)s have no expected result or assigned value. Write it, then seal."),
                items=", ".join(str(number) for number in missing) or "-", code=row.code,
            )  # fmt: skip
        row.truth_hash, row.sealed_at, row.sealed_by_id = truth_hash(items), clock.now(), person(actor)
        row.sealed_after = records.last_place(session, row)
        return row


def without_truth(plan: ScoringPlan, items: Sequence[PTItem]) -> list[int]:
    """Numbers of the items that lack the truth which the protocol promises; a consensus and split routine samples promise none."""
    if plan.design == "split" or (plan.kind == "quantitative" and plan.assigned_value_route == "consensus"):
        return []
    return [item.number for item in items if (item.expected_code if plan.kind == "qualitative" else item.x_pt) is None]


def truth_hash(items: Sequence[PTItem]) -> str:
    """The hash over the truth of all items."""
    return digest([to_plain(item_plan(item)) for item in items])


def become(actor: Actor, one: Participant, target: ParticipantState) -> None:
    """Change a participant's state where the table of moves allows it."""
    if not may_become(one.state, target):  # type: ignore[arg-type]
        raise RuleViolation(
            "rounds.participant_move",
            N_("The laboratory's part in the round is \"%(state)s\" and cannot become \"%(target)s\"."),
            state=translate(PARTICIPANT_WORDS[one.state], actor.language),
            target=translate(PARTICIPANT_WORDS[target], actor.language),
        )
    one.state = target


def _invited(row: Round, place: Laboratory) -> Participant:
    if place.side not in ("customs", "cdc"):
        raise RuleViolation(
            "rounds.side",
            N_("Laboratory %(code)s belongs neither to the customs nor to the CDC side; such a laboratory cannot take part yet."),
            code=place.code
        )
    return Participant(
        laboratory_id=place.id, round_id=row.id, side=place.side, is_organiser=place.id == row.laboratory_id, state="invited"
    )


def draw(session: Session, row: Round, enrolled: Sequence[Participant], items: Sequence[PTItem]) -> None:
    """Draw the codes of the present batch; none equals an earlier code of the round."""
    by_key = {str(one.id): one for one in enrolled}
    by_number = {item.number: item for item in items}
    people, taken = records.codes_so_far(session, row)
    drawn = draw_codes(sorted(by_key), sorted(by_number), taken_participant_codes=people, taken_item_codes=taken)
    for key, code in drawn.participant_codes.items():
        by_key[key].code = code
    for coded in drawn.items:
        one = by_key[coded.participant]
        session.add(
            ItemCode(
                laboratory_id=one.laboratory_id, round_id=row.id, participant_id=one.id, item_id=by_number[coded.item_number].id,
                code=coded.code, batch=row.batch, participant_code=one.code or "",
                position=coded.position,
            )
        )  # fmt: skip
    row.codes_drawn_at, row.codes_drawn_after = clock.now(), records.last_place(session, row)
    session.flush()
