"""What hangs on one study that the caller has found for its actor, and what of it counts now."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lims.accounts.models import Organisation
from lims.canonical import digest
from lims.rounds.report.restored import restored
from lims.validation.analysis.design import Observation
from lims.validation.designs import StudyPlan, plan_of
from lims.validation.models import (
    AuthorisedScope,
    ValidationAnalysis,
    ValidationExclusion,
    ValidationParty,
    ValidationPlan,
    ValidationReading,
    ValidationRetest,
    ValidationRow,
    ValidationStep,
    ValidationStudy,
)


def parties_of(session: Session, row: ValidationStudy) -> list[Organisation]:
    """The organisations that validate together, by code."""
    query = select(Organisation).join(ValidationParty, ValidationParty.organisation_id == Organisation.id)
    return list(session.scalars(query.where(ValidationParty.study_id == row.id).order_by(Organisation.code)))


def plans_of(session: Session, row: ValidationStudy) -> list[ValidationPlan]:
    """Every version of the plan, newest first."""
    query = select(ValidationPlan).where(ValidationPlan.study_id == row.id)
    return list(session.scalars(query.order_by(ValidationPlan.version.desc())))


def plan_in_force(session: Session, row: ValidationStudy) -> ValidationPlan | None:
    """The version that all parties approved; before that, the newest draft of this cycle."""
    known = plans_of(session, row)
    if row.plan_version is not None:
        return next(one for one in known if one.version == row.plan_version)
    return next((one for one in known if one.cycle == row.cycle), None)


def open_plan(session: Session, row: ValidationStudy) -> ValidationPlan | None:
    """The version that waits for signatures: the draft, or an amendment that nobody took back."""
    newest = next(iter(plans_of(session, row)), None)
    if newest is None or newest.cycle != row.cycle or newest.version == row.plan_version:
        return None
    is_dropped = any(one.basis == newest.content_hash for one in steps_of(session, row, "drop_amendment"))
    return None if is_dropped else newest


def content(session: Session, row: ValidationStudy) -> StudyPlan:
    """The plan in force; ValueError where none was written."""
    found = plan_in_force(session, row)
    if found is None:
        raise ValueError("no plan")
    return plan_of(found.content)


def steps_of(session: Session, row: ValidationStudy, *steps: str) -> list[ValidationStep]:
    """What was done and signed, in order; all of it, or these steps of the present cycle."""
    query = select(ValidationStep).where(ValidationStep.study_id == row.id)
    if steps:
        query = query.where(ValidationStep.step.in_(steps), ValidationStep.cycle == row.cycle)
    return list(session.scalars(query.order_by(ValidationStep.place)))


def last_place(session: Session, row: ValidationStudy) -> int:
    """The place of the newest step; 0 before the first."""
    return session.scalar(select(func.max(ValidationStep.place)).where(ValidationStep.study_id == row.id)) or 0


def rows_of(session: Session, row: ValidationStudy) -> list[ValidationRow]:
    """The data rows of the present cycle, by number."""
    query = select(ValidationRow).where(ValidationRow.study_id == row.id, ValidationRow.cycle == row.cycle)
    return list(session.scalars(query.order_by(ValidationRow.number)))


def last_number(session: Session, row: ValidationStudy) -> int:
    """The number of the newest data row of any cycle."""
    return session.scalar(select(func.max(ValidationRow.number)).where(ValidationRow.study_id == row.id)) or 0


def observation_of(one: ValidationRow) -> Observation:
    """The row as the analysis takes it."""
    return restored(Observation, one.content)


def exclusions_of(session: Session, row: ValidationStudy) -> list[ValidationExclusion]:
    """Exclusions of rows of the present cycle, by number."""
    numbers = [one.number for one in rows_of(session, row)]
    query = select(ValidationExclusion).where(ValidationExclusion.study_id == row.id, ValidationExclusion.row_number.in_(numbers))
    return list(session.scalars(query.order_by(ValidationExclusion.row_number)))


def retests_of(session: Session, row: ValidationStudy) -> list[ValidationRetest]:
    """Repeats and third methods on rows of the present cycle."""
    numbers = [one.number for one in rows_of(session, row)]
    query = select(ValidationRetest).where(ValidationRetest.study_id == row.id, ValidationRetest.row_number.in_(numbers))
    return list(session.scalars(query.order_by(ValidationRetest.row_number, ValidationRetest.kind)))


def readings_of(session: Session, row: ValidationStudy) -> list[ValidationReading]:
    """Blinded readings of the present cycle, by item and reader."""
    query = select(ValidationReading).where(ValidationReading.study_id == row.id, ValidationReading.cycle == row.cycle)
    return list(session.scalars(query.order_by(ValidationReading.item, ValidationReading.reader)))


def analyses_of(session: Session, row: ValidationStudy) -> list[ValidationAnalysis]:
    """Frozen analyses of the study, newest first."""
    query = select(ValidationAnalysis).where(ValidationAnalysis.study_id == row.id)
    return list(session.scalars(query.order_by(ValidationAnalysis.version.desc())))


def newest_analysis(session: Session, row: ValidationStudy) -> ValidationAnalysis | None:
    """The newest analysis of the present cycle."""
    return next((one for one in analyses_of(session, row) if one.cycle == row.cycle), None)


def scopes_of(session: Session, row: ValidationStudy) -> list[AuthorisedScope]:
    """Authorised scopes of the study, newest first."""
    query = select(AuthorisedScope).where(AuthorisedScope.study_id == row.id)
    return list(session.scalars(query.order_by(AuthorisedScope.version.desc())))


def data_hash(session: Session, row: ValidationStudy) -> str:
    """The hash over rows, exclusions, repeats and readings as they stand: what the data lock fixes."""
    return digest(
        {
            "rows": [[one.number, one.raw_hash] for one in rows_of(session, row)],
            "exclusions": [[one.row_number, one.reason_code, one.reason] for one in exclusions_of(session, row)],
            "retests": [[one.row_number, one.kind, one.result] for one in retests_of(session, row)],
            "readings": [[one.item, one.reader, one.result] for one in readings_of(session, row)],
        }
    )
