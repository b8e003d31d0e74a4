"""Everything that the report of one study is made of, gathered from its rows."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims.accounts.models import Organisation
from lims.canonical import digest
from lims.catalogue.models import CatalogueEntry
from lims.catalogue.scope import MEASURANDS
from lims.errors import RuleViolation
from lims.marks import N_
from lims.rounds.report.restored import restored
from lims.signatures.queries import signatures_of
from lims.validation import scope as scopes
from lims.validation.analysis.design import StudyInput
from lims.validation.designs import StudyPlan, plan_of
from lims.validation.models import ValidationPlan, ValidationStep, ValidationStudy
from lims.validation.queries import records, standing
from lims.validation.report.facts import (
    Change,
    Discordant,
    Head,
    MethodFacts,
    PlanFacts,
    RawSource,
    Scope,
    Signed,
    StudyPart,
    ValidationReport,
    WorkFacts,
)
from lims.validation.tables import is_discordant
from lims.version import program_version


def report_input(session: Session, row: ValidationStudy) -> ValidationReport:
    """The report of the newest frozen analysis; RuleViolation while there is none."""
    analysis, plan = records.newest_analysis(session, row), records.plan_in_force(session, row)
    if analysis is None or plan is None:
        raise RuleViolation(
            "validation.no_analysis", N_("Study %(code)s has no frozen analysis yet, so there is no report."), code=row.code
        )
    study = restored(StudyInput, json.loads(analysis.input_text))
    decision = standing.proposal(session, row, "decision")
    head = Head(
        row.code, f"{row.title_zh} {row.title_en}", f"{row.code}-{analysis.version}", analysis.version, analysis.analysed_at,
        software_version=program_version(),
    )  # fmt: skip
    terms = decision.terms if decision is not None and row.decision else {}
    signed = records.steps_of(session, row, "approve_plan", "decision", "scope")
    in_force = {name: found.basis for name in ("decision", "scope") if (found := standing.proposal(session, row, name)) is not None}
    return ValidationReport(
        head, _method(session, row, plan_of(plan.content), study), _plan(session, row, plan), _work(session, row, study),
        (StudyPart(row.template_code, study),), _discordants(session, row), (), row.decision,  # type: ignore[arg-type]
        "", str(terms.get("limits", "")), _scope(session, row),
        tuple(_signed(session, one, "reviewer") for one in standing.opinions(session, row)),
        tuple(_signed(session, one, "qa_manager") for one in signed if _counts(one, plan, in_force)),
        _raw(session, row),
    )  # fmt: skip


def _method(session: Session, row: ValidationStudy, plan: StudyPlan, study: StudyInput) -> MethodFacts:
    lots = tuple(sorted({one.strata.lot for one in study.observations if one.strata.lot}))
    return MethodFacts(
        row.method_name, plan.purpose, plan.intended_use, plan.principle, row.method_name, lots, "", row.comparator_name,
        plan.comparator_reason, _name(session, MEASURANDS, row.measurand_code), (_name(session, ("sample_matrices",), row.matrix_code),),
    )  # fmt: skip


def _name(session: Session, lists: tuple[str, ...], code: str) -> str:
    found = session.scalar(select(CatalogueEntry).where(CatalogueEntry.list_code.in_(lists), CatalogueEntry.code == code))
    return code if found is None else f"{found.name_zh} {found.name_en} ({code})"


def _plan(session: Session, row: ValidationStudy, plan: ValidationPlan) -> PlanFacts:
    given = [one.done_at for one in records.steps_of(session, row, "approve_plan") if one.basis == plan.content_hash]
    amended = [one for one in reversed(records.plans_of(session, row)) if one.is_amendment and one.cycle == row.cycle]
    signed = {one.basis for one in records.steps_of(session, row, "approve_plan")}
    changes = tuple(
        Change(number, one.written_at, f"version {one.version}", one.reason, one.user_name)
        for number, one in enumerate((one for one in amended if one.content_hash in signed), 1)
    )
    content = plan_of(plan.content)
    return PlanFacts(plan.version, max(given, default=None), plan.content_hash, f"{content.design} (n = {content.planned_rows})", changes)


def _work(session: Session, row: ValidationStudy, study: StudyInput) -> WorkFacts:
    rows = records.rows_of(session, row)
    sites = tuple(sorted({one.strata.site for one in study.observations if one.strata.site}))
    days = sorted(one.entered_at for one in rows)
    ends = [f"{one:%Y-%m-%d}" for one in (days[0], days[-1])] if days else ["", ""]
    blinding = plan_of(next(one for one in records.plans_of(session, row) if one.version == row.plan_version).content).is_blinded
    return WorkFacts(
        sites, tuple(sorted({one.user_name for one in rows})), ends[0], ends[1], "双人盲法判读 two blinded readers" if blinding else "–",
        row.ethics_number, row.locked_at, row.locked_hash or "",
    )  # fmt: skip


def _discordants(session: Session, row: ValidationStudy) -> tuple[Discordant, ...]:
    """Before and after: the two results, both repeats, what the third method said."""
    known: dict[int, dict[str, str]] = {}
    for one in records.retests_of(session, row):
        known.setdefault(one.row_number, {})[one.kind] = one.result
    found = []
    for kept in records.rows_of(session, row):
        seen, after = records.observation_of(kept), known.get(kept.number, {})
        if is_discordant(seen) and seen.comparator is not None:
            third = after.get("third_method", "")
            found.append(
                Discordant(
                    kept.number, seen.item, seen.test.text, seen.comparator.text, after.get("test_again", ""),
                    after.get("reference_again", ""), third, third,
                )
            )  # fmt: skip
    return tuple(found)


def _scope(session: Session, row: ValidationStudy) -> Scope:
    kept = next((one for one in records.scopes_of(session, row) if one.cycle == row.cycle), None)
    if kept is None:
        return Scope()
    now = scopes.scope_of(kept.content)
    return Scope(now.laboratories, now.analysts, now.matrices, now.lots, now.valid_until.isoformat(), now.conditions)


def _signed(session: Session, one: ValidationStep, function: str) -> Signed:
    found = next(kept for kept in signatures_of(session, "validation_study", one.study_id) if kept.id == one.signature_id)
    owner = session.get_one(Organisation, one.organisation_id)
    name = f"{owner.name_zh} {owner.name_en}"
    return Signed(function, found.name, name, found.signed_at, found.meaning, found.content_hash, one.reason)


def _counts(one: ValidationStep, plan: ValidationPlan, decided: dict[str, str]) -> bool:
    """Whether a signature stands under what is in force: the plan, the decision, the scope of this report."""
    return one.basis == (plan.content_hash if one.step == "approve_plan" else decided.get(one.step, ""))


def _raw(session: Session, row: ValidationStudy) -> tuple[RawSource, ...]:
    """Rows by where they came from; a file with the hash of its bytes, entries with the hash over their rows."""
    by_source: dict[tuple[str, str, str, str], list[str]] = {}
    for one in records.rows_of(session, row):
        by_source.setdefault((one.source, one.source_note, one.source_hash, one.user_name), []).append(one.raw_hash)
    return tuple(
        RawSource(note or name, source, len(hashes), file or digest(hashes)) for (source, note, file, name), hashes in by_source.items()
    )
