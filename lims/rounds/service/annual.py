"""The annual plan: a coordinator proposes a line, the QA managers of all parties sign it, its organiser opens a round from it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Forbidden, Invalid, RuleViolation
from lims.marks import N_
from lims.rounds.lifecycle.turns import LINE_WORDS, is_month
from lims.rounds.models import PlanConsent, PlanLine, Round
from lims.rounds.queries import annual, records
from lims.rounds.service.common import person
from lims.rounds.service.planning import RoundPlan, create_round
from lims.signatures.service import sign
from lims.words import translate


@dataclass(frozen=True)
class LineDraft:
    """One round of the year as a coordinator proposes it; ``organisation_id`` None leaves it to the rule of turns."""

    scheme_id: uuid.UUID
    month: str
    template_code: str
    organisation_id: uuid.UUID | None = None
    reason: str = ""


def propose_line(actor: Actor, draft: LineDraft) -> PlanLine:
    """Put a round into the plan. Who organises out of turn is named with the reason."""
    permit(actor, "plan.propose")
    if not is_month(draft.month):
        raise Invalid("plan.month", N_("Month: read %(month)s, expected a month such as 2027-03."), field="month", month=draft.month)
    with transaction(actor, "proposed a line of the annual plan") as session:
        scheme = records.scheme_by_id(session, actor, draft.scheme_id)
        if annual.is_planned_already(session, scheme.id, draft.month):
            sentence = N_("Scheme %(code)s stands in the plan of %(month)s already. Choose another month, or withdraw that line first.")
            raise Conflict("plan.twice", sentence, code=scheme.code, month=draft.month)
        turn = annual.organiser_in_turn(session, scheme.id, draft.month)
        organiser = draft.organisation_id or turn
        _check_organiser(session, scheme.id, organiser, turn, draft.reason)
        line = PlanLine(
            laboratory_id=actor.laboratory_id, scheme_id=scheme.id, month=draft.month, measurand_code=scheme.measurand_code,
            matrix_code=scheme.matrix_code, template_code=draft.template_code, organisation_id=organiser, turn_id=turn,
            reason=draft.reason.strip(), state="proposed", proposed_at=clock.now(), proposed_by_id=person(actor),
            proposed_by_name=actor.name,
        )  # fmt: skip
        session.add(line)
        session.flush()
        return line


def agree_line(actor: Actor, line_id: uuid.UUID, password: str, *, seen: str) -> PlanLine:
    """Sign a line for the own organisation; the last party's signature makes it "agreed". ``seen`` is the hash that was shown."""
    permit(actor, "plan.agree")
    with transaction(actor, "agreed to a line of the annual plan") as session:
        line = annual.line_by_id(session, actor, line_id, for_change=True)
        _require(line, actor, "proposed")
        basis = annual.basis_of(line)
        if seen != basis:
            raise Conflict("plan.changed", N_("Not signed: this line is not the one that you opened. Look at it again, then sign."))
        signed = {one.organisation_id for one in annual.consents_of(session, line)}
        if actor.organisation_id in signed:
            raise RuleViolation("plan.signed", N_("Your organisation has signed this line already; the other parties are still to sign."))
        signature = sign(session, actor, "plan_line", line.id, N_("agrees to this line of the annual plan"), basis, password)
        session.add(
            PlanConsent(
                laboratory_id=actor.laboratory_id, plan_line_id=line.id, organisation_id=actor.organisation_id, user_id=person(actor),
                user_name=actor.name, basis=basis, signed_at=clock.now(), signature_id=signature.id,
            )
        )  # fmt: skip
        if set(annual.parties_by_scheme(session, [line.scheme_id])[line.scheme_id]) <= {*signed, actor.organisation_id}:
            line.state = "agreed"
        session.flush()
        return line


def withdraw_line(actor: Actor, line_id: uuid.UUID, reason: str) -> PlanLine:
    """Take a line out of the plan before a round is opened: the side that proposed it, with a reason; it stays on record."""
    permit(actor, "plan.propose")
    if not reason.strip():
        raise Invalid("plan.withdraw_reason", N_("Reason: empty. Say why the line leaves the plan."), field="reason")
    with transaction(actor, reason.strip()) as session:
        line = annual.line_by_id(session, actor, line_id, for_change=True)
        _require(line, actor, "proposed", "agreed")
        places = records.laboratories(session, [line.laboratory_id])
        if places[line.laboratory_id].organisation_id != actor.organisation_id:
            raise Forbidden("plan.not_yours", N_("The side that proposed the line takes it back. Ask its coordinator."))
        line.state = "withdrawn"
        session.flush()
        return line


def open_from_line(actor: Actor, line_id: uuid.UUID, plan: RoundPlan) -> Round:
    """Open the round that both sides agreed on; only the organiser of the line does it, and only once."""
    permit(actor, "rounds.plan")
    with transaction(actor, "planned a comparison round") as session:
        line = annual.line_by_id(session, actor, line_id, for_change=True)
        _require(line, actor, "agreed")
        if line.organisation_id != actor.organisation_id:
            raise Forbidden("plan.other_organiser", N_("Another party organises this round by the plan; its coordinator opens it."))
        row = create_round(actor, line.scheme_id, plan)
        line.round_id, line.state = row.id, "opened"
        session.flush()
        return row


def _check_organiser(session: Session, scheme_id: uuid.UUID, organiser: uuid.UUID, turn: uuid.UUID, reason: str) -> None:
    if organiser not in annual.parties_by_scheme(session, [scheme_id])[scheme_id]:
        raise Invalid(
            "plan.organiser", N_("The organiser must be a party of the scheme. Choose one of its parties."), field="organisation_id"
        )
    if organiser != turn and not reason.strip():
        sentence = N_("It is another party's turn to organise. Say why it does not, or leave the organiser to the rule.")
        raise Invalid("plan.out_of_turn", sentence, field="reason")


def _require(line: PlanLine, actor: Actor, *states: str) -> None:
    if line.state not in states:
        raise RuleViolation(
            "plan.state", N_("This line of the plan is in state \"%(state)s\"; that step is no longer possible."),
            state=translate(LINE_WORDS[line.state], actor.language),
        )  # fmt: skip
