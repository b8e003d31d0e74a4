"""Looking up uploads and their readings: always inside the actor's own laboratory."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from lims.db.keyset import Page, page_of
from lims.db.session import Actor
from lims.errors import NotFound
from lims.imports.differences import is_same_run
from lims.imports.matching import normalise
from lims.imports.models import ReadingDecision, Upload, UploadReading, Worklist
from lims.imports.worklist import number_in
from lims.marks import N_
from lims.samples import queries as samples
from lims.samples.lifecycle import states
from lims.samples.models import Sample
from lims.web.waiting import Hit, Waiting

MOST_CANDIDATES = 2000
#: uploads looked through for an earlier export of the same run
MOST_EARLIER = 200


def upload(session: Session, actor: Actor, upload_id: uuid.UUID, *, is_locked: bool = False) -> Upload:
    """One upload of the actor's laboratory; raises NotFound. ``is_locked`` holds it against other writers."""
    query = select(Upload).where(Upload.id == upload_id, Upload.laboratory_id == actor.laboratory_id)
    row = session.scalar(query.with_for_update() if is_locked else query)
    if row is None:
        raise NotFound("imports.not_found", N_("No such upload in this laboratory."))
    return row


def page(session: Session, actor: Actor, cursor: str | None, state: str = "", parser: str = "") -> Page[Upload]:
    """One page of the laboratory's uploads, newest first."""
    query = select(Upload).where(Upload.laboratory_id == actor.laboratory_id)
    if state:
        query = query.where(Upload.state == state)
    if parser:
        query = query.where(Upload.parser == parser)
    return page_of(session, query, [Upload.uploaded_at, Upload.id], cursor)


def all_rows(session: Session, actor: Actor, state: str = "", limit: int = 5000) -> list[Upload]:
    """The newest uploads for an export."""
    query = select(Upload).where(Upload.laboratory_id == actor.laboratory_id)
    query = query.where(Upload.state == state) if state else query
    return list(session.scalars(query.order_by(Upload.uploaded_at.desc(), Upload.id.desc()).limit(limit)))


def live_upload(session: Session, laboratory_id: uuid.UUID | None, sha256: str) -> Upload | None:
    """The upload of these bytes that counts in the laboratory."""
    return session.scalar(select(Upload).where(Upload.laboratory_id == laboratory_id, Upload.live_sha256 == sha256))


def earlier_of_run(session: Session, actor: Actor, upload: Upload) -> Upload | None:
    """The newest upload before this one that tells of the same run and counts or waits; None where there is none."""
    query = select(Upload).where(
        Upload.laboratory_id == actor.laboratory_id, Upload.state.in_(("review", "accepted")), Upload.id != upload.id,
        Upload.uploaded_at <= upload.uploaded_at, Upload.parser == upload.parser,
    )  # fmt: skip
    near = session.scalars(query.order_by(Upload.uploaded_at.desc(), Upload.id.desc()).limit(MOST_EARLIER))
    run = upload.found.get("run", {})
    return next((one for one in near if is_same_run(one.found.get("run", {}), run) or _is_same_name(one, upload)), None)


def _is_same_name(one: Upload, other: Upload) -> bool:
    """A file of the same name, where neither says of which run it is."""
    named = ("started_at", "ended_at", "run_name")
    is_silent = not any(upload.found.get("run", {}).get(name) for upload in (one, other) for name in named)
    return is_silent and one.file_name == other.file_name


def readings(session: Session, upload_id: uuid.UUID, actor: Actor) -> list[UploadReading]:
    """The readings of an upload in the order of the file."""
    query = select(UploadReading).where(UploadReading.upload_id == upload_id, UploadReading.laboratory_id == actor.laboratory_id)
    return list(session.scalars(query.order_by(UploadReading.row)))


def decisions(session: Session, upload_id: uuid.UUID, actor: Actor) -> dict[uuid.UUID, ReadingDecision]:
    """What was decided on each reading of an upload."""
    query = select(ReadingDecision).where(ReadingDecision.upload_id == upload_id, ReadingDecision.laboratory_id == actor.laboratory_id)
    return {row.reading_id: row for row in session.scalars(query)}


@dataclass(frozen=True)
class ParkedFilters:
    """What the list of parked rows is narrowed to; "" is everything."""

    text: str = ""
    target: str = ""
    state: str = ""
    is_oldest_first: bool = False


def parked(session: Session, actor: Actor, cursor: str | None, filters: ParkedFilters | None = None) -> Page[ReadingDecision]:
    """The parked readings over all uploads of the laboratory."""
    filters = filters or ParkedFilters()
    query = _parked(actor, filters)
    return page_of(session, query, [ReadingDecision.id], cursor, is_descending=not filters.is_oldest_first)


def all_parked(session: Session, actor: Actor, filters: ParkedFilters, limit: int) -> list[ReadingDecision]:
    """The parked readings for an export, in the order of the list."""
    order = ReadingDecision.id.asc() if filters.is_oldest_first else ReadingDecision.id.desc()
    return list(session.scalars(_parked(actor, filters).order_by(order).limit(limit)))


def _parked(actor: Actor, filters: ParkedFilters) -> Select[Any]:
    states_wanted = (filters.state,) if filters.state else ("review", "accepted")
    is_open = exists().where(Upload.id == ReadingDecision.upload_id, Upload.state.in_(states_wanted))
    query = select(ReadingDecision).where(ReadingDecision.laboratory_id == actor.laboratory_id, ReadingDecision.decision == "park", is_open)
    wanted = []
    if filters.text:
        wanted.append(func.lower(UploadReading.sample).contains(filters.text.lower(), autoescape=True))
    if filters.target:
        wanted.append(func.coalesce(UploadReading.target, UploadReading.channel) == filters.target)
    return query.where(exists().where(UploadReading.id == ReadingDecision.reading_id, *wanted)) if wanted else query


def some_readings(session: Session, actor: Actor, reading_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, UploadReading]:
    """Readings by their keys, of the actor's laboratory only."""
    query = select(UploadReading).where(UploadReading.id.in_(list(reading_ids)), UploadReading.laboratory_id == actor.laboratory_id)
    return {row.id: row for row in session.scalars(query)}


def some_uploads(session: Session, actor: Actor, upload_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Upload]:
    """Uploads by their keys, of the actor's laboratory only."""
    query = select(Upload).where(Upload.id.in_(list(upload_ids)), Upload.laboratory_id == actor.laboratory_id)
    return {row.id: row for row in session.scalars(query)}


def codes(session: Session, actor: Actor, texts: Iterable[str]) -> dict[str, list[Sample]]:
    """The codes that the sample texts of a file can mean, normalised, with their samples of this laboratory.

    Exact hits in any state, and every sample that waits for results as a candidate for look-alikes.
    """
    known: dict[str, list[Sample]] = {}
    for code, rows in samples.by_numbers(session, actor, sorted({normalise(text) for text in texts} - {""})).items():
        known.setdefault(normalise(code), []).extend(rows)
    ready = samples.all_rows(session, actor, samples.Filters(statuses=states.AWAITS_RESULTS), MOST_CANDIDATES)
    for row in ready:
        for code in {row.number, normalise(row.external_number)} - {""}:
            rows = known.setdefault(code, [])
            if row not in rows:
                rows.append(row)
    return known


def worklist(session: Session, actor: Actor, worklist_id: uuid.UUID) -> Worklist:
    """One worklist of the actor's laboratory; raises NotFound."""
    row = session.scalar(select(Worklist).where(Worklist.id == worklist_id, Worklist.laboratory_id == actor.laboratory_id))
    if row is None:
        raise NotFound("imports.no_worklist", N_("No such worklist in this laboratory."))
    return row


def worklists(session: Session, actor: Actor, cursor: str | None) -> Page[Worklist]:
    """One page of the laboratory's worklists, newest first."""
    query = select(Worklist).where(Worklist.laboratory_id == actor.laboratory_id)
    return page_of(session, query, [Worklist.made_at, Worklist.id], cursor)


def worklist_of(session: Session, actor: Actor, upload: Upload) -> Worklist | None:
    """The worklist that the file itself names, in its run, its plate or its own name."""
    run = upload.found.get("run", {})
    number = number_in(run.get("run_name"), run.get("plate"), upload.file_name)
    query = select(Worklist).where(Worklist.laboratory_id == actor.laboratory_id, Worklist.number == number)
    return session.scalar(query) if number else None


def waiting_for(session: Session, actor: Actor) -> list[Waiting]:
    """Uploads that wait for a person's review."""
    if not actor.roles & {"technician", "authoriser"}:
        return []
    query = select(Upload).where(Upload.laboratory_id == actor.laboratory_id, Upload.state == "review").order_by(Upload.uploaded_at)
    return [
        Waiting(
            N_("Check upload %(number)s"), "imports.show", {"number": row.number}, row.number, N_("%(file)s, %(seen)s rows"),
            {"file": row.file_name, "seen": row.found["rows"]["seen"]}, None, N_("Check"), "upload", {"upload_id": row.id},
        )
        for row in session.scalars(query.limit(50))
    ]  # fmt: skip


def waiting_count(session: Session, actor: Actor, limit: int) -> int:
    """How many entries ``waiting_for`` has, counted up to ``limit``."""
    if not actor.roles & {"technician", "authoriser"}:
        return 0
    query = select(Upload.id).where(Upload.laboratory_id == actor.laboratory_id, Upload.state == "review").limit(limit)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def search(session: Session, actor: Actor, text: str) -> list[Hit]:
    """Uploads by their number, or by a piece of the file's name."""
    wanted = normalise(text)
    own = select(Upload).where(Upload.laboratory_id == actor.laboratory_id)
    exact = list(session.scalars(own.where(Upload.number == wanted.upper())))
    like = func.lower(Upload.file_name).contains(wanted.lower(), autoescape=True)
    rows: list[Any] = exact or list(session.scalars(own.where(like).order_by(Upload.uploaded_at.desc()).limit(10)))
    return [Hit(N_("upload"), row.number, row.file_name, "imports.show", {"upload_id": row.id}, bool(exact)) for row in rows]
