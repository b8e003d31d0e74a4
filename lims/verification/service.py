"""Run the reference cases as a job and keep the record."""

from __future__ import annotations

import uuid

from lims import blobs, clock
from lims.accounts.service import permit
from lims.db.base import new_key
from lims.db.session import Actor, reading, transaction
from lims.jobs.queries import open_job
from lims.jobs.service import ClaimedJob, Progress, enqueue, finish
from lims.verification import queries
from lims.verification.models import VerificationRun

KIND = "verification.run"


def request_run(actor: Actor) -> uuid.UUID:
    """Ask for a run; the key returned is the record's once the worker has done it. A run that still waits or works is not asked twice."""
    permit(actor, "verification.run")
    run_id = new_key()
    with transaction(actor, reason="asked for a verification of the statistics") as session:
        waiting = open_job(session, actor, KIND)
        if waiting is not None:
            return waiting.subject_id
        enqueue(session, actor, KIND, run_id)
    return run_id


def verify_job(job: ClaimedJob, progress: Progress) -> None:
    """Compute every shipped case here and now, and keep counts, differences and the workbook in one transaction."""
    from lims.statistics.reference import shipped_cases  # scipy is loaded by the worker alone
    from lims.statistics.reference.verifying import verify
    from lims.verification.report import record_of, workbook

    permit(job.actor, "verification.run")
    cases = list(shipped_cases())
    progress(0, len(cases))
    found = verify(cases)
    record = record_of(found, cases, clock.now(), job.actor.name)
    digest = blobs.store().put(workbook(record))
    with transaction(job.actor, reason="verified the statistics by the reference cases") as session:
        if not finish(session, job):
            return
        session.add(
            VerificationRun(
                id=job.subject_id, laboratory_id=job.actor.laboratory_id, run_at=record.run_at, run_by=job.actor.user_id,
                person_name=job.actor.name, program_version=record.version, platform=record.platform, total=found.total,
                passed=found.passed, failed=[one.as_json() for one in found.failed], unsupported=list(found.unsupported),
                record_sha256=digest,
            )
        )  # fmt: skip


def record_file(actor: Actor, run_id: uuid.UUID) -> tuple[VerificationRun, bytes]:
    """The record and its workbook as it was written then."""
    permit(actor, "verification.view")
    with reading() as session:
        row = queries.run_of(session, actor, run_id)
    return row, blobs.store().get(row.record_sha256)
