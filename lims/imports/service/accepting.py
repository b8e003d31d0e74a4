"""Accepting an upload: its results are recorded, all or none. Undoing takes the whole upload back."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.errors import Invalid, RuleViolation
from lims.imports import queries
from lims.imports.models import ReadingDecision, Upload, UploadReading
from lims.imports.service.deciding import UNKNOWN
from lims.marks import N_
from lims.results.service import NewResult, Origin, record_results, withdraw_upload
from lims.samples.service import mark_tested, request_retest, start_test


def failed_controls(upload: Upload) -> list[str]:
    """The names of the controls that failed or are absent."""
    return [one["name"] for one in upload.found.get("controls", []) if one["verdict"] != "pass"]


def blockers(upload: Upload, undecided: int) -> list[tuple[str, dict[str, object]]]:
    """What still keeps the upload from being accepted, as sentences with their values."""
    found: list[tuple[str, dict[str, object]]] = []
    failed = failed_controls(upload)
    if failed and upload.override_reason is None:
        found.append((N_("Control failed or absent: %(names)s"), {"names": ", ".join(failed)}))
    if undecided:
        found.append((N_("%(count)s rows are not decided"), {"count": undecided}))
    return found


def override_controls(actor: Actor, upload_id: uuid.UUID, reason: str) -> Upload:
    """Let an upload with a failed control be accepted all the same: an authoriser, not the uploader, with a reason."""
    permit(actor, "imports.override_control")
    with transaction(actor, f"overrode failed controls: {reason.strip()[:300]}") as session:
        upload = queries.upload(session, actor, upload_id, is_locked=True)
        if not reason.strip():
            raise Invalid("imports.override_reason", N_("Reason: empty. Say why the run counts although a control failed."), field="reason")
        if upload.state != "review" or not failed_controls(upload):
            raise RuleViolation("imports.nothing_to_override", N_("No failed control of this upload waits for a decision."))
        if upload.uploaded_by == actor.user_id:
            raise RuleViolation(
                "imports.own_override", N_("You uploaded this file; another authoriser must decide on its failed controls.")
            )
        upload.override_reason, upload.override_by = reason.strip(), actor.user_id
        return upload


def accept_upload(actor: Actor, upload_id: uuid.UUID) -> int:
    """Record the matched readings as results and move their samples to tested; returns how many results were recorded.

    Raises RuleViolation naming what still blocks: a failed control without override, or undecided rows.
    """
    permit(actor, "imports.accept")
    with transaction(actor, "accepted an upload") as session:
        upload = queries.upload(session, actor, upload_id, is_locked=True)
        if upload.state != "review":
            raise RuleViolation(
                "imports.not_in_review", N_("Upload %(number)s is no longer under review; nothing was changed."), number=upload.number
            )
        pairs = _decided(session, actor, upload)
        rows = [(row, decision.sample_id) for row, decision in pairs if decision.decision == "match" and decision.sample_id]
        if not rows:
            raise RuleViolation("imports.nothing_matched", N_("No row is matched to a sample, so there is nothing to accept."))
        origin = Origin(upload.id, upload.sha256, upload.parser or "", upload.parser_version or "")
        count = record_results(session, actor, [_result(row, sample_id) for row, sample_id in rows], origin)
        sample_ids = list(dict.fromkeys(sample_id for _row, sample_id in rows))
        start_test(actor, sample_ids, f"upload {upload.number}")
        mark_tested(actor, sample_ids, f"upload {upload.number}")
        upload.state, upload.decided_by, upload.decided_at = "accepted", actor.name, clock.now()
        return count


def undo_upload(actor: Actor, upload_id: uuid.UUID, reason: str) -> int:
    """Take back a whole upload until one of its results was reviewed; its samples are tested again."""
    permit(actor, "imports.undo")
    with transaction(actor, f"undid an upload: {reason.strip()[:300]}") as session:
        upload = queries.upload(session, actor, upload_id, is_locked=True)
        if not reason.strip():
            raise Invalid("imports.undo_reason", N_("Reason: empty. Say why the upload is taken back."), field="reason")
        if upload.state not in ("review", "accepted"):
            raise RuleViolation(
                "imports.cannot_undo", N_("Upload %(number)s is not open any more; nothing was changed."), number=upload.number
            )
        count = 0
        if upload.state == "accepted":
            decided = queries.decisions(session, upload.id, actor).values()
            sample_ids = list(dict.fromkeys(one.sample_id for one in decided if one.decision == "match" and one.sample_id))
            count = withdraw_upload(session, actor, upload.id, reason.strip())
            request_retest(actor, sample_ids, f"upload {upload.number} undone")
        upload.state, upload.live_sha256, upload.undo_reason = "undone", None, reason.strip()
        upload.decided_by, upload.decided_at = actor.name, clock.now()
        return count


def _decided(session: Session, actor: Actor, upload: Upload) -> list[tuple[UploadReading, ReadingDecision]]:
    decided = queries.decisions(session, upload.id, actor)
    rows = [row for row in queries.readings(session, upload.id, actor) if row.role == UNKNOWN]
    undecided = sum(1 for row in rows if row.id not in decided)
    for sentence, values in blockers(upload, undecided):
        raise RuleViolation("imports.blocked", sentence, **values)
    return [(row, decided[row.id]) for row in rows]


def _result(row: UploadReading, sample_id: uuid.UUID) -> NewResult:
    return NewResult(
        sample_id=sample_id, target=row.target or row.channel or "", quantity=row.quantity, status=row.status, value_text=row.raw,
        value=row.value, comparator=row.comparator, unit=row.unit, replicate=row.replicate, flags=tuple(row.flags),
        position=row.position, source=row.source,
    )  # fmt: skip
