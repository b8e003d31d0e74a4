"""Registering a study, writing and amending its plan, and the approval by both parties."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.canonical import digest
from lims.db.session import Actor, transaction
from lims.errors import Invalid, RuleViolation
from lims.marks import N_
from lims.validation.analysis.design import TEMPLATE_FAMILIES
from lims.validation.designs import StudyPlan, content_of
from lims.validation.lifecycle.states import AMENDABLE, DRAFTING
from lims.validation.models import ValidationParty, ValidationPlan, ValidationStudy
from lims.validation.queries import records
from lims.validation.queries.pages import study_codes
from lims.validation.service.common import add_step, led_study, may_move, move, open_study, person, refuse_unseen, signed_step


@dataclass(frozen=True)
class NewStudy:
    """A method to be validated."""

    title_en: str
    title_zh: str
    template_code: str
    method_name: str
    comparator_name: str
    measurand_code: str
    matrix_code: str
    ethics_number: str = ""


def register_study(actor: Actor, new: NewStudy, partners: Sequence[uuid.UUID]) -> ValidationStudy:
    """Register a study of at least two organisations, the actor's own among them."""
    permit(actor, "validation.plan")
    _check(new)
    with transaction(actor, "registered a validation study") as session:
        row = ValidationStudy(
            laboratory_id=actor.laboratory_id, organisation_id=actor.organisation_id, code=_next_code(session), state="registered",
            created_at=clock.now(), created_by_id=person(actor), title_en=new.title_en.strip(), title_zh=new.title_zh.strip(),
            template_code=new.template_code, method_name=new.method_name.strip(), comparator_name=new.comparator_name.strip(),
            measurand_code=new.measurand_code, matrix_code=new.matrix_code, ethics_number=new.ethics_number.strip(),
            cycle=1, locked_rows=0, decision="",
        )  # fmt: skip
        session.add(row)
        session.flush()
        parties = {one for one in (*partners, actor.organisation_id) if one is not None}
        session.add_all([ValidationParty(study_id=row.id, organisation_id=party) for party in sorted(parties, key=str)])
        session.flush()
        move(session, actor, row, "registered")
        return row


def write_plan(actor: Actor, study_id: uuid.UUID, plan: StudyPlan, reason: str = "") -> ValidationPlan:
    """Write the next version of the plan. After the first approval it is an amendment: it needs a reason and both parties' signatures.

    After the data lock there is no way to write one: criteria stand still.
    """
    permit(actor, "validation.plan")
    if not plan.criteria:
        raise Invalid("validation.no_criterion", N_("Acceptance criteria: there is none. Write at least one."), field="criteria")
    with transaction(actor, "wrote the plan of a validation study") as session:
        row = led_study(session, actor, study_id, (*DRAFTING, *AMENDABLE))
        is_amendment = row.state in AMENDABLE
        if row.locked_at is not None:
            sentence = N_("The data of study %(code)s were locked. Plan and criteria cannot change any more.")
            raise RuleViolation("validation.criteria_locked", sentence, code=row.code)
        if is_amendment and not reason.strip():
            raise Invalid("validation.amendment_reason", N_("Reason: it is empty. An amendment needs one."), field="reason")
        version = max((one.version for one in records.plans_of(session, row)), default=0) + 1
        content = content_of(plan)
        written = ValidationPlan(
            laboratory_id=actor.laboratory_id, study_id=row.id, cycle=row.cycle, version=version, content=content,
            content_hash=digest({"study": row.id, "cycle": row.cycle, "version": version, "plan": content, "reason": reason.strip()}),
            is_amendment=is_amendment, reason=reason.strip(), written_at=clock.now(), user_id=person(actor), user_name=actor.name,
        )  # fmt: skip
        session.add(written)
        session.flush()
        if row.state == "registered":
            move(session, actor, row, "planned")
        return written


def drop_amendment(actor: Actor, study_id: uuid.UUID) -> ValidationStudy:
    """Take back an amendment that not every party has signed."""
    permit(actor, "validation.plan")
    with transaction(actor, "took back an amendment of a validation plan") as session:
        row = led_study(session, actor, study_id, AMENDABLE)
        waiting = records.open_plan(session, row)
        if waiting is None:
            raise RuleViolation("validation.nothing_open", N_("No version of the plan waits for a signature."))
        add_step(session, actor, row, "drop_amendment", basis=waiting.content_hash, terms={"version": waiting.version})
        return row


def approve_plan(actor: Actor, study_id: uuid.UUID, password: str, *, seen: str) -> ValidationStudy:
    """Sign the open version of the plan for the own party; with every party it is in force.

    ``seen`` is the content hash of the version that the person read; Conflict when another is open by now.
    """
    permit(actor, "validation.approve")
    with transaction(actor, "approved the plan of a validation study") as session:
        row = open_study(session, actor, study_id, ("planned", *AMENDABLE))
        waiting = records.open_plan(session, row)
        if waiting is None or row.locked_at is not None:
            raise RuleViolation("validation.nothing_open", N_("No version of the plan waits for a signature."))
        refuse_unseen(row, seen, waiting.content_hash)
        terms = {"version": waiting.version}
        signed_step(session, actor, row, "approve_plan", N_("approves the validation plan"), waiting.content_hash, password, terms)
        given = {one.organisation_id for one in records.steps_of(session, row, "approve_plan") if one.basis == waiting.content_hash}
        if {party.id for party in records.parties_of(session, row)} <= given:
            if row.state == "planned" and may_move(session, actor, row, "plan_approved"):
                move(session, actor, row, "plan_approved")
            row.plan_version = waiting.version
        session.flush()
        return row


def _check(new: NewStudy) -> None:
    for name in ("title_en", "title_zh", "method_name", "comparator_name", "measurand_code", "matrix_code"):
        if not getattr(new, name).strip():
            raise Invalid("validation.empty_field", N_("This field is empty. Fill it."), field=name)
    if new.template_code not in TEMPLATE_FAMILIES:
        sentence = N_("Template: read %(read)s, expected one of the list. Choose the template.")
        raise Invalid("validation.template", sentence, field="template_code", read=new.template_code)


def _next_code(session: Session) -> str:
    prefix = f"V-{clock.now():%y}-"
    numbers = [int(code.removeprefix(prefix)) for code in study_codes(session, prefix) if code.removeprefix(prefix).isdecimal()]
    return f"{prefix}{max(numbers, default=0) + 1:02d}"
