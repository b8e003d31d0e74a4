"""Keeping an instrument file unchanged and asking for it to be read."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from instruments.table_persons import without_persons
from lims import blobs, clock
from lims.accounts.service import permit
from lims.db.session import Actor, reading, transaction
from lims.errors import Conflict, Forbidden, Invalid, RuleViolation
from lims.imports import queries
from lims.imports.models import Upload
from lims.imports.service.accepting import undo_upload
from lims.imports.service.profiles import with_profile
from lims.jobs.queries import latest_for
from lims.jobs.service import enqueue
from lims.marks import N_
from lims.samples.service.registering import next_serial

MOST_BYTES = 50_000_000
SERIES = "UPL"


@dataclass(frozen=True)
class Stored:
    """The upload of these bytes; ``is_new`` is False when the laboratory had them already."""

    upload: Upload
    is_new: bool


def store_upload(actor: Actor, file_name: str, content: bytes, options: dict[str, Any] | None = None) -> Stored:
    """Keep the bytes with their SHA-256 and queue the reading; the same bytes again show the upload that exists.

    ``options`` are a person's answers (encoding, delimiter, decimal_mark, sheet, parser, profile). Raises Invalid for
    an empty or an oversized file. Of a message (HL7, ASTM) nothing is kept that names a person: the upload has the hash of
    the file as it came, the hash of the file as it is kept, and how many records were blanked.
    """
    permit(actor, "imports.upload")
    options = with_profile(actor, options or {})
    name = _plain_name(file_name)
    if not content:
        raise Invalid("imports.empty", N_("%(name)s is empty (0 bytes). Export it from the instrument again."), field="files", name=name)
    if len(content) > MOST_BYTES:
        raise Invalid(
            "imports.too_large", N_("%(name)s has %(size)s MB; at most 50 MB are read. Export fewer runs."), field="files", name=name,
            size=round(len(content) / 1e6, 1),
        )  # fmt: skip
    content, options = _without_persons(content, options or {})
    digest = hashlib.sha256(content).hexdigest()
    known = _known(actor, digest)
    if known is not None:
        return Stored(known, False)
    blobs.store().put(content)
    try:
        return Stored(_add(actor, name, digest, len(content), options), True)
    except Conflict:
        known = _known(actor, digest)
        if known is None:
            raise
        return Stored(known, False)


def read_again(actor: Actor, upload_id: uuid.UUID, options: dict[str, Any]) -> Upload:
    """Read the kept bytes once more with other answers: a new upload; one that waits for review is undone for it.

    An upload whose reading broke off is queued again as it is. Raises RuleViolation for an accepted or undone upload.
    """
    permit(actor, "imports.upload")
    options = with_profile(actor, options)
    with transaction(actor, "asked for a file to be read again") as session:
        upload = queries.upload(session, actor, upload_id, is_locked=True)
        if upload.state == "queued":
            job = latest_for(session, "imports.parse", upload.id)
            if job is None or job.state == "failed":
                upload.options = _kept_facts(upload, options) if options else upload.options
                enqueue(session, actor, "imports.parse", upload.id)
            return upload
        if upload.state not in ("review", "refused"):
            raise RuleViolation("imports.cannot_read_again", N_("Upload %(number)s is decided; undo it first."), number=upload.number)
        if upload.state == "review":
            undo_upload(actor, upload.id, "read again with other answers")
        session.flush()
        return store_upload(actor, upload.file_name, blobs.store().get(upload.sha256), _kept_facts(upload, options)).upload


def _without_persons(content: bytes, options: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """The file as it may be kept, and beside the person's answers what was blanked (``persons``)."""
    blanked = without_persons(content)
    if not blanked.records:
        return content, options
    before, after = (hashlib.sha256(one).hexdigest() for one in (content, blanked.content))
    return blanked.content, options | {"persons": {"records": blanked.records, "before": before, "after": after}}


def _kept_facts(upload: Upload, options: dict[str, Any]) -> dict[str, Any]:
    """Other answers to the same kept file: that persons were blanked in it stays known."""
    return options | {name: value for name, value in upload.options.items() if name == "persons"}


def _add(actor: Actor, name: str, digest: str, size: int, options: dict[str, Any]) -> Upload:
    if actor.laboratory_id is None or actor.user_id is None:
        raise Forbidden("imports.nobody", N_("Only a person of a laboratory can upload files."))
    with transaction(actor, f"uploaded {name}") as session:
        known = queries.live_upload(session, actor.laboratory_id, digest)
        if known is not None:
            return known
        now = clock.now()
        row = Upload(
            laboratory_id=actor.laboratory_id, number=_next_number(session, actor.laboratory_id), file_name=name, sha256=digest,
            live_sha256=digest, size=size, state="queued", options=options, found={}, uploaded_by=actor.user_id, uploader_name=actor.name,
            uploaded_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        enqueue(session, actor, "imports.parse", row.id)
        return row


def _known(actor: Actor, digest: str) -> Upload | None:
    with reading() as session:
        return queries.live_upload(session, actor.laboratory_id, digest)


def _next_number(session: Session, laboratory_id: uuid.UUID) -> str:
    """``UP-YY-NNNNNN``: the laboratory's next serial of the year, counted in the same transaction."""
    now = clock.now()
    return f"UP-{now.year % 100:02d}-{next_serial(session, laboratory_id, now, SERIES):06d}"


def _plain_name(file_name: str) -> str:
    """The last part of the name without control characters: what browsers send may be a path."""
    last = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in last if character.isprintable())[:255] or "file"
