"""The worker's handler for the archive of a round: the round's own files, the excerpt of the trail, the verification of its reports."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lims import blobs, clock
from lims.accounts.service import permit
from lims.audit.models import AuditEvent
from lims.audit.queries import visible
from lims.canonical import canonical
from lims.db.session import Actor, reading, transaction
from lims.jobs.service import ClaimedJob, Progress, finish
from lims.rounds import models
from lims.rounds.models import RoundArchive
from lims.rounds.queries.archive import archivable, parts
from lims.rounds.report.archive import zipped
from lims.rounds.service.verifying import check_file
from lims.seals import sealer

OF_A_ROUND = (
    models.RoundMove, models.RoundApproval, models.Participant, models.PTItem, models.Submission, models.Evaluation, models.Opinion,
    models.Release, models.Report, models.CapaCase, models.Objection, models.ReviewerAssignment, models.ConflictDeclaration,
    models.ReviewComment, models.ReviewMinutes, models.ReviewAction, models.VerdictOverride, models.InterimReport,
)  # fmt: skip
MOST = 20_000


def archive_round_job(job: ClaimedJob, progress: Progress) -> None:
    """Gather, zip and keep; the archive and the end of its job are one transaction."""
    permit(job.actor, "rounds.archive")
    with reading() as session:
        row = archivable(session, job.actor, job.subject_id)
        about = {"round": row.code, "for": job.actor.name, "key": sealer().fingerprint}
        files: dict[str, bytes] = {}
        for path, content in parts(session, job.actor, row, blobs.store()):
            files[path] = content
            progress(len(files), len(files) + 3)
        files["audit/events.json"] = canonical(_excerpt(session, job.actor, row.id)).encode()
    files["verification/reports.json"] = canonical(_verified(files)).encode()
    progress(len(files), len(files) + 1)
    made = zipped(files, clock.now(), about)
    with transaction(job.actor, reason="made the archive of a round") as session:
        if not finish(session, job):
            return
        session.add(
            RoundArchive(
                laboratory_id=job.actor.laboratory_id, round_id=job.subject_id, user_id=job.actor.user_id,
                blob_sha256=blobs.store().put(made), size=len(made), n_files=len(files) + 2, made_at=clock.now(),
            )
        )  # fmt: skip


def _excerpt(session: Session, actor: Actor, round_id: uuid.UUID) -> list[dict[str, Any]]:
    """The events of the round and of what hangs on it, as far as the person may read the trail, with their places in the chain."""
    subjects = [AuditEvent.subject_id == round_id]
    subjects += [AuditEvent.subject_id.in_(select(one.id).where(one.round_id == round_id)) for one in OF_A_ROUND]
    rows = session.scalars(visible(actor).where(or_(*subjects)).order_by(AuditEvent.recorded_at, AuditEvent.id).limit(MOST))
    return [
        {
            "at": one.recorded_at.isoformat(), "by": one.actor_name, "action": one.action, "subject": one.subject,
            "subject_id": str(one.subject_id), "before": one.before, "after": one.after, "reason": one.reason, "chain": one.chain,
            "seq": one.seq, "prev_hash": one.prev_hash, "hash": one.hash,
        }
        for one in rows
    ]  # fmt: skip


def _verified(files: dict[str, bytes]) -> list[dict[str, str]]:
    """Each report of the archive, its numbers computed again from its sealed data."""
    found = []
    for path, content in files.items():
        if path.startswith("report/"):
            checked = check_file(content, sealer().public_key, key_was_named=False).checked
            found.append({"file": path, "state": checked.state, "origin": checked.origin, "differences": str(len(checked.differences))})
    return found
