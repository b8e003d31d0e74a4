"""What the verbs share: finding the study, refusing who must not act, moving the state through its gates, signing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from lims import clock
from lims.db.session import Actor
from lims.errors import Conflict, Forbidden, NotFound, RuleViolation
from lims.marks import N_
from lims.signatures.service import sign
from lims.validation.lifecycle.gates import describe
from lims.validation.lifecycle.moves import check_move
from lims.validation.lifecycle.states import STUDY_WORDS, StudyState
from lims.validation.models import ValidationStep, ValidationStudy
from lims.validation.queries import records, standing
from lims.validation.queries.visible import study_by_id
from lims.words import translate

CHANGED = N_("Not signed: study %(code)s changed since you opened the page. It is shown as it stands now: read it again and sign again.")


def person(actor: Actor) -> uuid.UUID:
    """The key of the acting person."""
    if actor.user_id is None:
        raise Forbidden("validation.nobody", N_("Only a person can do this step."))
    return actor.user_id


def open_study(session: Session, actor: Actor, study_id: uuid.UUID, states: Sequence[StudyState] = ()) -> ValidationStudy:
    """The study, locked for change, in one of ``states``; NotFound when the actor may not see it."""
    row = study_by_id(session, actor, study_id, for_change=True)
    if states and row.state not in states:
        words = translate(N_(", "), actor.language).join(translate(STUDY_WORDS[state], actor.language) for state in states)
        raise RuleViolation(
            "validation.wrong_state", N_("Study %(code)s is in state \"%(state)s\"; this step needs \"%(expected)s\"."), code=row.code,
            state=translate(STUDY_WORDS[row.state], actor.language), expected=words,
        )  # fmt: skip
    return row


def led_study(session: Session, actor: Actor, study_id: uuid.UUID, states: Sequence[StudyState] = ()) -> ValidationStudy:
    """The study, for a coordinator of the leading organisation."""
    row = open_study(session, actor, study_id)
    if row.organisation_id != actor.organisation_id:
        raise Forbidden("validation.not_leader", N_("Study %(code)s is led by the coordinator of the other organisation. Ask there."),
                        code=row.code)  # fmt: skip
    return open_study(session, actor, study_id, states)


def refuse_unseen(row: ValidationStudy, seen: str, now: str) -> None:
    """Refuse a signature where the hash of what the person saw is not the hash of what would be signed."""
    if seen != now:
        raise Conflict("validation.changed_meanwhile", CHANGED, code=row.code)


def add_step(session: Session, actor: Actor, row: ValidationStudy, step: str, **values: Any) -> ValidationStep:
    """Keep one act in the one order of the study."""
    if actor.organisation_id is None:
        raise NotFound()
    one = ValidationStep(
        laboratory_id=actor.laboratory_id, study_id=row.id, cycle=row.cycle, place=records.last_place(session, row) + 1, step=step,
        organisation_id=actor.organisation_id, user_id=person(actor), user_name=actor.name, done_at=clock.now(), **values,
    )  # fmt: skip
    session.add(one)
    session.flush()
    return one


def signed_step(
    session: Session, actor: Actor, row: ValidationStudy, step: str, meaning: str, basis: str, password: str, terms: dict[str, Any],
    reason: str = "",
) -> ValidationStep:  # fmt: skip
    """Sign ``basis`` with the password asked again, and keep the act; a second signature of the same party under the same is refused."""
    given = [one for one in records.steps_of(session, row, step) if one.basis == basis and step != "opinion"]
    if actor.organisation_id in {one.organisation_id for one in given}:
        raise Conflict("validation.signed_already", N_("Your organisation has signed this already; the other party is still to sign."))
    signature = sign(session, actor, "validation_study", row.id, meaning, basis, password)
    return add_step(session, actor, row, step, basis=basis, terms=terms, reason=reason, signature_id=signature.id)


def move(session: Session, actor: Actor, row: ValidationStudy, target: StudyState, reason: str = "") -> None:
    """Move the study when every gate is met, and keep the gates as they stood; RuleViolation with the sentences of the others."""
    source = None if records.last_place(session, row) == 0 else row.state
    found = check_move(source, target, standing.facts(session, actor, row, reason))
    unmet = [gate for gate in found if not gate.is_met]
    if unmet:
        reasons = " ".join(describe(gate, actor.language) for gate in unmet)
        sentence = N_("Study %(code)s cannot take this step yet. %(reasons)s")
        raise RuleViolation("validation.gates_closed", sentence, code=row.code, reasons=reasons)
    gates = {gate.code: gate.sentence for gate in found}
    add_step(session, actor, row, "move", source=source, target=target, reason=reason, terms={"gates": gates})
    row.state = target
    session.flush()


def may_move(session: Session, actor: Actor, row: ValidationStudy, target: StudyState) -> bool:
    """Whether every gate of the move is met now."""
    return all(gate.is_met for gate in check_move(row.state, target, standing.facts(session, actor, row)))
