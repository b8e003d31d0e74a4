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
from lims.imports.service.deciding import proposals_of, refuse_unready
from lims.imports.service.interpreting import Interpreted, interpretation_of, recorded, refuse_blocked
from lims.marks import N_
from lims.results.service import NewResult, Origin, Repeat, record_results, withdraw_upload
from lims.samples import queries as samples
from lims.samples.service import take_results


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


def accept_upload(actor: Actor, upload_id: uuid.UUID, repeat: str = "", reason: str = "") -> int:
    """Record the matched readings as results and move their samples to tested; returns how many results were recorded.

    ``repeat`` says what becomes of tests that have a result already: ``version`` with a ``reason``, or ``beside``.
    Raises RuleViolation naming what still blocks: a failed control without override, undecided rows, repeated tests.
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
        made = interpretation_of(session, actor, upload)
        count = _record(session, actor, upload, rows, Repeat(repeat, reason), made)
        upload.state, upload.decided_by, upload.decided_at = "accepted", actor.name, clock.now()
        return count


def undo_upload(actor: Actor, upload_id: uuid.UUID, reason: str) -> int:
    """Take back a whole upload until one of its results was reviewed; samples without another result are tested again."""
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
            count = withdraw_upload(session, actor, upload.id, reason.strip())
        upload.state, upload.live_sha256, upload.undo_reason = "undone", None, reason.strip()
        upload.decided_by, upload.decided_at = actor.name, clock.now()
        return count


def match_parked(actor: Actor, upload_id: uuid.UUID, row_number: int, sample_id: uuid.UUID, repeat: str = "", reason: str = "") -> None:
    """Match a parked row of an accepted upload to a sample after all: its reading becomes a result of that sample.

    ``repeat`` and ``reason`` as in ``accept_upload``. Raises RuleViolation when the row is not parked or the sample not ready.
    """
    permit(actor, "imports.accept")
    with transaction(actor, f"matched a parked row: {reason.strip()[:300]}") as session:
        upload = queries.upload(session, actor, upload_id, is_locked=True)
        known = {row.row: row for row in queries.readings(session, upload.id, actor)}.get(row_number)
        decision = queries.decisions(session, upload.id, actor).get(known.id) if known is not None else None
        if known is None or decision is None or decision.decision != "park" or upload.state != "accepted":
            raise RuleViolation("imports.not_parked", N_("This row does not wait parked in an accepted upload; nothing was changed."))
        if upload.rule_id is not None:
            raise RuleViolation(
                "imports.parked_by_rule",
                N_("Upload %(number)s was interpreted by an assay rule; one row alone gives no result. Undo the upload and read it again."),
                number=upload.number,
            )
        refuse_unready(samples.sample(session, actor, sample_id, is_locked=True))
        _record(session, actor, upload, [(known, sample_id)], Repeat(repeat, reason))
        decision.decision, decision.sample_id, decision.reason = "match", sample_id, reason.strip()[:400] or decision.reason
        decision.decided_by, decision.decided_at = actor.name, clock.now()


def _record(
    session: Session, actor: Actor, upload: Upload, rows: list[tuple[UploadReading, uuid.UUID]], repeat: Repeat,
    made: Interpreted | None = None,
) -> int:  # fmt: skip
    """The samples first: they are held until the end, so that two uploads of one sample come one after the other.

    With an assay rule only samples that have a result by it are recorded: their readings, and the result.
    """
    found: dict[uuid.UUID, NewResult] = {}
    if made is not None:
        refuse_blocked(made)
        found = recorded(made)
        rows = [one for one in rows if one[1] in found]
    take_results(actor, list(dict.fromkeys(sample_id for _row, sample_id in rows)), f"upload {upload.number}")
    by = (made.rule.id, made.rule.content_hash) if made else (None, None)
    origin = Origin(upload.id, upload.sha256, upload.parser or "", upload.parser_version or "", *by)
    return record_results(session, actor, [*(_result(row, sample_id) for row, sample_id in rows), *found.values()], origin, repeat)


def _decided(session: Session, actor: Actor, upload: Upload) -> list[tuple[UploadReading, ReadingDecision]]:
    """The readings of samples with their decisions; refused while a control or a row still waits for a person."""
    rows = [one for one in proposals_of(session, actor, upload) if not one.is_control]
    for sentence, values in blockers(upload, sum(one.is_open for one in rows)):
        raise RuleViolation("imports.blocked", sentence, **values)
    return [(one.reading, one.decision) for one in rows if one.decision is not None]


def _result(row: UploadReading, sample_id: uuid.UUID) -> NewResult:
    return NewResult(
        sample_id=sample_id, target=row.target or row.channel or "", quantity=row.quantity, status=row.status, value_text=row.raw,
        value=row.value, comparator=row.comparator, unit=row.unit, replicate=row.replicate, flags=tuple(row.flags),
        position=row.position, source=row.source,
    )  # fmt: skip
