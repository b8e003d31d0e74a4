"""Where a study stands: what the gates look at, what a joint step shows before it is signed, and who has signed the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lims.canonical import digest
from lims.db.session import Actor
from lims.validation.designs import plan_of
from lims.validation.lifecycle.facts import StudyFacts
from lims.validation.models import ValidationStep, ValidationStudy
from lims.validation.queries import records
from lims.validation.tables import is_discordant


@dataclass(frozen=True)
class Proposal:
    """The newest terms of a joint step with everybody who signed the very same."""

    terms: dict[str, Any]
    basis: str
    signed: tuple[ValidationStep, ...]


def basis_of(session: Session, row: ValidationStudy, step: str, terms: dict[str, Any]) -> str:
    """The hash that every party signs: the step, what it is about, and its terms."""
    analysis = records.newest_analysis(session, row)
    about = analysis.outcome_hash if analysis else ""
    return digest({"study": row.id, "code": row.code, "cycle": row.cycle, "step": step, "analysis": about, "terms": terms})


def proposal(session: Session, row: ValidationStudy, step: str) -> Proposal | None:
    """What stands proposed for a decision or a scope; None where nothing does, or the analysis is another by now."""
    given = records.steps_of(session, row, step)
    if not given or basis_of(session, row, step, given[-1].terms) != given[-1].basis:
        return None
    return Proposal(given[-1].terms, given[-1].basis, tuple(one for one in given if one.basis == given[-1].basis))


def seen(session: Session, row: ValidationStudy, step: str) -> str:
    """The hash of what the page of a joint step shows: the study's state and the proposal."""
    now = proposal(session, row, step)
    return digest({"state": row.state, "empty": basis_of(session, row, step, {}), "proposal": now.basis if now else ""})


def approved_by(session: Session, row: ValidationStudy) -> frozenset[str]:
    """Codes of the parties that signed the plan in force, or the one that waits for its first approval."""
    waiting = records.open_plan(session, row) if row.plan_version is None else None
    plan = waiting or records.plan_in_force(session, row)
    if plan is None:
        return frozenset()
    return _codes(session, row, [one for one in records.steps_of(session, row, "approve_plan") if one.basis == plan.content_hash])


def amendment_signed_by(session: Session, row: ValidationStudy) -> frozenset[str]:
    """Codes of the parties that signed the open version of the plan."""
    plan = records.open_plan(session, row)
    return (
        frozenset()
        if plan is None
        else _codes(session, row, [one for one in records.steps_of(session, row, "approve_plan") if one.basis == plan.content_hash])
    )


def facts(session: Session, actor: Actor, row: ValidationStudy, reason: str = "") -> StudyFacts:
    """What the gates of this study look at now."""
    plan = records.plan_in_force(session, row)
    content = plan_of(plan.content) if plan is not None and plan.cycle == row.cycle else None
    analysis = records.newest_analysis(session, row)
    decision, scope = proposal(session, row, "decision"), proposal(session, row, "scope")
    return StudyFacts(
        parties=frozenset(one.code for one in records.parties_of(session, row)), has_plan=content is not None,
        criteria=len(content.criteria) if content else 0, plan_approved_by=approved_by(session, row),
        has_open_amendment=row.plan_version is not None and records.open_plan(session, row) is not None,
        rows=len(records.rows_of(session, row)), open_readings=open_readings(session, row),
        open_discordants=open_discordants(session, row) if content is not None and content.resolves_discordants else (),
        analysis_version=analysis.version if analysis else 0,
        is_analysis_fresh=analysis is not None and analysis.data_hash == records.data_hash(session, row),
        opinions=_codes(session, row, opinions(session, row)), decision=row.decision,
        decided_by=_codes(session, row, decision.signed if decision else ()),
        scope_signed_by=_codes(session, row, scope.signed if scope else ()),
        surveillance_records=len(records.steps_of(session, row, "lot_check", "round_check", "agreement_check")), reason=reason,
    )  # fmt: skip


def opinions(session: Session, row: ValidationStudy) -> list[ValidationStep]:
    """The opinions on the newest analysis."""
    analysis = records.newest_analysis(session, row)
    return [one for one in records.steps_of(session, row, "opinion") if analysis and one.terms.get("analysis") == analysis.outcome_hash]


def open_readings(session: Session, row: ValidationStudy) -> tuple[str, ...]:
    """Items that one reader has read and the other has not."""
    by_item: dict[str, int] = {}
    for one in records.readings_of(session, row):
        by_item[one.item] = by_item.get(one.item, 0) + 1
    return tuple(item for item, count in by_item.items() if count < 2)


def open_discordants(session: Session, row: ValidationStudy) -> tuple[str, ...]:
    """Items whose two results disagree and that no third method has decided, excluded rows apart."""
    left_out = {one.row_number for one in records.exclusions_of(session, row)}
    decided = {one.row_number for one in records.retests_of(session, row) if one.kind == "third_method"}
    rows = [one for one in records.rows_of(session, row) if one.number not in left_out | decided]
    return tuple(found.item for found in map(records.observation_of, rows) if is_discordant(found))


def _codes(session: Session, row: ValidationStudy, steps: Any) -> frozenset[str]:
    codes = {party.id: party.code for party in records.parties_of(session, row)}
    return frozenset(codes[one.organisation_id] for one in steps if one.organisation_id in codes)
