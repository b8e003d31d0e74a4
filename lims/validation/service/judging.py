"""Analysis, opinions, decision, authorised scope, surveillance, re-validation and withdrawal."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.canonical import digest
from lims.db.session import Actor, transaction
from lims.errors import Invalid, RuleViolation
from lims.marks import N_
from lims.signatures.service import prove
from lims.validation import scope as scopes
from lims.validation.analysis.design import Exclusion, Observation, StudyInput, json_of
from lims.validation.analysis.values import reported
from lims.validation.designs import StudyPlan
from lims.validation.lifecycle.states import DECISIONS, FAVOURABLE, IN_USE, StudyState
from lims.validation.models import AuthorisedScope, ValidationAnalysis, ValidationStep, ValidationStudy
from lims.validation.queries import records, standing
from lims.validation.service.common import add_step, led_study, may_move, move, open_study, person, refuse_unseen, signed_step
from lims.version import program_version

WATCHES = ("lot_check", "round_check", "agreement_check")


def study_input(session: Session, row: ValidationStudy) -> StudyInput:
    """Plan in force and data as the analysis takes them; what the third method said stands beside each row as ``resolved``."""
    plan: StudyPlan = records.content(session, row)
    resolved = {one.row_number: one.result for one in records.retests_of(session, row) if one.kind == "third_method"}
    rows = [records.observation_of(one) for one in records.rows_of(session, row)]
    observed: list[Observation] = [replace(one, resolved=reported(resolved[one.number])) if one.number in resolved else one for one in rows]
    left_out = tuple(Exclusion(one.row_number, one.reason_code, one.reason) for one in records.exclusions_of(session, row))
    return StudyInput(plan.family, plan.criteria, tuple(observed), left_out, plan.strata, plan.options, plan.unit, plan.confidence)


def analyse_study(actor: Actor, study_id: uuid.UUID) -> ValidationAnalysis:
    """Compute the locked data against the criteria and freeze input and outcome as the next version."""
    permit(actor, "validation.analyse")
    from lims.validation.analysis.run import analyse  # scipy is loaded where a statistic is computed

    with transaction(actor, "analysed a validation study") as session:
        row = led_study(session, actor, study_id, ("data_locked", "analysis"))
        if records.data_hash(session, row) != row.locked_hash:
            sentence = N_("The data of study %(code)s are not those that were locked. Nothing is computed.")
            raise RuleViolation("validation.data_changed", sentence, code=row.code)
        text = json_of(study_input(session, row))
        outcome: dict[str, Any] = json.loads(json_of(analyse(study_input(session, row))))
        version = max((one.version for one in records.analyses_of(session, row)), default=0) + 1
        frozen = ValidationAnalysis(
            laboratory_id=actor.laboratory_id, study_id=row.id, cycle=row.cycle, version=version, plan_version=row.plan_version,
            data_hash=row.locked_hash, input_text=text, input_hash=digest(text), outcome=outcome, outcome_hash=digest(outcome),
            software_version=program_version(), analysed_at=clock.now(), user_id=person(actor), user_name=actor.name,
        )  # fmt: skip
        session.add(frozen)
        session.flush()
        if row.state == "data_locked":
            move(session, actor, row, "analysis")
        return frozen


def send_to_review(actor: Actor, study_id: uuid.UUID) -> ValidationStudy:
    """Hand the frozen analysis to the reviewers of both parties."""
    permit(actor, "validation.analyse")
    with transaction(actor, "sent a validation study to review") as session:
        row = led_study(session, actor, study_id, ("analysis",))
        move(session, actor, row, "review")
        return row


def write_opinion(actor: Actor, study_id: uuid.UUID, text: str, password: str, *, seen: str) -> ValidationStep:
    """Sign an opinion on the newest analysis as an expert of one party who gave no data. ``seen`` is the hash of its outcome."""
    permit(actor, "validation.review")
    with transaction(actor, "signed an opinion on a validation study") as session:
        row = open_study(session, actor, study_id, ("review",))
        analysis = records.newest_analysis(session, row)
        refuse_unseen(row, seen, analysis.outcome_hash if analysis else "")
        if not text.strip():
            raise Invalid("validation.opinion", N_("Opinion: it is empty. Write what you found."), field="text")
        _refuse_who_gave_data(session, actor, row)
        if actor.user_id in {one.user_id for one in standing.opinions(session, row)}:
            raise RuleViolation("validation.opinion_signed", N_("You have signed an opinion on this analysis already."))
        terms = {"analysis": seen}
        basis = digest({"study": row.id, "analysis": seen, "reviewer": actor.name, "text": text.strip()})
        return signed_step(session, actor, row, "opinion", N_("signs the reviewer's opinion"), basis, password, terms, text.strip())


def decide(actor: Actor, study_id: uuid.UUID, decision: str, limits: str, password: str, *, seen: str) -> ValidationStudy:
    """Sign the decision for the own party; when every party has signed the very same, it stands."""
    permit(actor, "validation.decide")
    if decision not in DECISIONS:
        sentence = N_("Decision: read %(read)s, expected one of the list. Choose the decision.")
        raise Invalid("validation.decision", sentence, field="decision", read=decision)
    if decision == "approved_with_limits" and not limits.strip():
        raise Invalid("validation.limits", N_("Limits of use: they are empty. Write them, or approve without limits."), field="limits")
    with transaction(actor, "signed the decision on a validation study") as session:
        row = open_study(session, actor, study_id, ("review",))
        terms = {"decision": decision, "limits": limits.strip()}
        if not standing.facts(session, actor, row).opinions >= standing.facts(session, actor, row).parties:
            raise RuleViolation("validation.opinions_first", N_("A reviewer of each party signs an opinion first."))
        refuse_unseen(row, seen, standing.seen(session, row, "decision"))
        basis = standing.basis_of(session, row, "decision", terms)
        signed_step(session, actor, row, "decision", N_("signs the decision on the method"), basis, password, terms)
        if may_move(session, actor, row, "decision"):
            move(session, actor, row, "decision")
            row.decision = decision
        session.flush()
        return row


def authorise_scope(actor: Actor, study_id: uuid.UUID, scope: scopes.Scope, password: str, *, seen: str) -> ValidationStudy:
    """Sign where the method may be used; when every party has signed the very same, the method is authorised."""
    permit(actor, "validation.decide")
    if not scope.laboratories or not scope.matrices:
        raise Invalid(
            "validation.empty_scope", N_("Scope: laboratories or matrices are missing. Choose at least one of each."), field="scope"
        )
    if scope.valid_until <= clock.now().date():
        raise Invalid("validation.scope_past", N_("Valid until: the day has passed. Choose a later day."), field="valid_until")
    with transaction(actor, "signed the authorised scope of a method") as session:
        row = open_study(session, actor, study_id, ("decision",))
        if row.decision not in FAVOURABLE:
            sentence = N_("The decision on study %(code)s does not allow the use of the method.")
            raise RuleViolation("validation.not_favourable", sentence, code=row.code)
        refuse_unseen(row, seen, standing.seen(session, row, "scope"))
        terms = scopes.content_of(scope)
        basis = standing.basis_of(session, row, "scope", terms)
        signed_step(session, actor, row, "scope", N_("authorises the scope of the method"), basis, password, terms)
        if may_move(session, actor, row, "authorised"):
            move(session, actor, row, "authorised")
            _keep_scope(session, row, terms, basis)
        return row


def record_surveillance(actor: Actor, study_id: uuid.UUID, kind: str, finding: str, is_in_order: bool) -> ValidationStudy:
    """Keep a lot check, a round's verdict or a look at the agreement of a method in use."""
    permit(actor, "validation.watch")
    if kind not in WATCHES or not finding.strip():
        raise Invalid("validation.watch", N_("Surveillance: the finding is empty. Write what was checked and found."), field="finding")
    with transaction(actor, "recorded the surveillance of a method") as session:
        row = open_study(session, actor, study_id, IN_USE)
        add_step(session, actor, row, kind, reason=finding.strip(), terms={"is_in_order": is_in_order})
        if row.state == "authorised":
            move(session, actor, row, "surveillance")
        return row


def revalidate(actor: Actor, study_id: uuid.UUID, reason: str) -> ValidationStudy:
    """Begin a re-validation: a new plan and new data; the method is out of use until it is authorised again."""
    permit(actor, "validation.plan")
    with transaction(actor, "began a re-validation") as session:
        row = led_study(session, actor, study_id, IN_USE)
        move(session, actor, row, "planned", reason=reason.strip())
        row.cycle, row.plan_version, row.decision, row.locked_at, row.locked_hash = row.cycle + 1, None, "", None, None
        session.flush()
        return row


def withdraw_study(actor: Actor, study_id: uuid.UUID, reason: str, password: str) -> ValidationStudy:
    """Withdraw a study or a method at once: each party may alone, under its own password, because a doubtful method must not wait."""
    permit(actor, "validation.withdraw")
    with transaction(actor, "withdrew a validation study") as session:
        states: tuple[StudyState, ...] = ("registered", "planned", "plan_approved", "data_collection", "decision", *IN_USE)
        row = open_study(session, actor, study_id, states)
        prove(actor, password)
        move(session, actor, row, "withdrawn", reason=reason.strip())
        return row


def _keep_scope(session: Session, row: ValidationStudy, terms: dict[str, Any], basis: str) -> None:
    version = max((one.version for one in records.scopes_of(session, row)), default=0) + 1
    session.add(
        AuthorisedScope(
            laboratory_id=row.laboratory_id, study_id=row.id, version=version, cycle=row.cycle, content=terms, content_hash=basis,
            authorised_at=clock.now(),
        )
    )  # fmt: skip
    session.flush()


def _refuse_who_gave_data(session: Session, actor: Actor, row: ValidationStudy) -> None:
    gave = {one.user_id for one in records.rows_of(session, row)} | {one.user_id for one in records.readings_of(session, row)}
    if actor.user_id in gave:
        sentence = N_("You gave data to study %(code)s, so you cannot review it. Another person must do it.")
        raise RuleViolation("validation.own_data", sentence, code=row.code)
