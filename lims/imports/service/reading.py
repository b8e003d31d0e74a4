"""Reading a kept file in a child process and keeping what was read; a refusal is kept as its sentence."""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from instruments.command import as_json
from instruments.contract import Note, ParseError, ParseOptions, RawFile
from instruments.registry import Parsed
from lims import blobs, clock
from lims.db.base import new_key
from lims.db.guard import permitted_bulk
from lims.db.session import reading, transaction
from lims.imports import queries
from lims.imports.models import Upload, UploadReading
from lims.imports.service.deciding import propose
from lims.imports.service.interpreting import choose_fitting_rule
from lims.jobs.service import ClaimedJob, Progress, finish
from lims.sandbox import Sandbox, SandboxFailure

OPTIONS = ("encoding", "delimiter", "decimal_mark", "sheet", "date_order", "profile")
CHUNK = 500

_sandbox = Sandbox()
_lock = threading.Lock()


def parse_upload_job(job: ClaimedJob, progress: Progress) -> None:
    """Read the upload and keep readings, proposals and the job's end in one transaction."""
    with reading() as session:
        upload = queries.upload(session, job.actor, job.subject_id)
        name, digest, options = upload.file_name, upload.sha256, dict(upload.options)
    outcome = _read(RawFile(name, blobs.store().get(digest)), options)
    total = len(outcome.get("readings", []))
    progress(0, total)
    with transaction(job.actor, f"read the file {name}") as session:
        upload = queries.upload(session, job.actor, job.subject_id, is_locked=True)
        if not finish(session, job) or upload.state != "queued":
            return
        if "refused" in outcome:
            _refuse(upload, outcome["refused"])
        else:
            _keep(session, job, upload, outcome)


def _read(file: RawFile, options: dict[str, Any]) -> dict[str, Any]:
    """What the parser says, as plain values; refusals of the parser and of the sandbox come in the same form."""
    answers = ParseOptions(**{name: options.get(name) for name in OPTIONS})
    try:
        with _lock:
            parsed = _sandbox.run("instruments.registry:parse", file, answers, options.get("parser"))
        return plain(file, parsed)
    except ParseError as error:
        return {"refused": error.as_json()}
    except SandboxFailure as failure:
        return {"refused": {"code": failure.code, "where": None, "msgid": failure.sentence, "params": failure.values}}


def plain(file: RawFile, parsed: Parsed) -> dict[str, Any]:
    """The file as plain values; its sentences keep their msgid and values, so that each reader sees them in their language."""
    read, outcome = parsed.file, as_json(file, parsed)
    outcome["reasons"] = [_sentence(one) for one in parsed.match.reasons]
    outcome["warnings"] = [_sentence(one) for one in read.warnings]
    outcome["unread"] = [_sentence(one) for one in read.unread]
    outcome["rows"]["skipped"] = [{"where": one.where, **_sentence(one.reason)} for one in read.skipped]
    outcome["controls"] = [{"name": one.name, "verdict": one.verdict, **_sentence(one.reason)} for one in read.controls]
    return outcome


def _sentence(note: Note) -> dict[str, Any]:
    return {"code": note.code, "sentence": note.message, "values": dict(note.params)}


def _refuse(upload: Upload, refusal: dict[str, Any]) -> None:
    params = {name: str(value) for name, value in refusal["params"].items()}
    upload.refusal = {"code": refusal["code"], "sentence": refusal["msgid"], "values": params, "where": refusal["where"]}
    upload.state, upload.live_sha256, upload.decided_at = "refused", None, clock.now()


def _keep(session: Session, job: ClaimedJob, upload: Upload, outcome: dict[str, Any]) -> None:
    rows = [
        {"id": new_key(), "laboratory_id": upload.laboratory_id, "upload_id": upload.id, "row": number, **one}
        for number, one in enumerate(outcome.pop("readings"), 1)
    ]
    if rows:
        with permitted_bulk(session, "upload_reading", upload.laboratory_id, rows):
            for start in range(0, len(rows), CHUNK):
                session.execute(insert(UploadReading), rows[start : start + CHUNK])
    upload.parser, upload.parser_version = outcome.pop("parser"), outcome.pop("parser_version")
    upload.found, upload.state = outcome, "review"
    session.flush()
    propose(session, job.actor, upload)
    choose_fitting_rule(session, job.actor, upload)
