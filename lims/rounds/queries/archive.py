"""What the archive of a round holds for one person: reports, what was submitted under codes, raw forms, the record of its moves."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims.blobs import BlobStore
from lims.canonical import canonical
from lims.db.session import Actor
from lims.errors import NotFound
from lims.rounds.models import Evaluation, FormUpload, Report, Round
from lims.rounds.queries import records, review
from lims.rounds.queries.report import report_input
from lims.rounds.queries.visible import round_by_id, viewer_of
from lims.rounds.report.archive import submissions_csv


def archivable(session: Session, actor: Actor, round_id: uuid.UUID) -> Round:
    """A published round whose archive the actor may have; NotFound for any other."""
    row = round_by_id(session, actor, round_id)
    viewer = viewer_of(session, actor, row)
    if not viewer.is_published or not (viewer.is_auditor or viewer.is_party_qa or viewer.is_coordinator):
        raise NotFound()
    return row


def parts(session: Session, actor: Actor, row: Round, blobs: BlobStore) -> Iterator[tuple[str, bytes]]:
    """The files one after the other."""
    reports = records.reports_of(session, row)
    for one in reports:
        yield f"report/{row.code}_report_v{one.version}.xlsx", blobs.get(one.blob_sha256)
    for interim in review.interims_of(session, row):
        yield f"report/{row.code}_interim_{interim.version}.xlsx", blobs.get(interim.blob_sha256)
    yield from _submitted(session, actor, row, reports[0])
    yield from _raw(session, actor, row, blobs)
    yield "record/moves.json", canonical([_move(one) for one in records.moves_of(session, row)]).encode()
    yield "record/protocol.json", canonical({"version": row.protocol_version, "protocol": row.protocol}).encode()
    for run in records.evaluations_of(session, row):
        if run.id in {one.evaluation_id for one in reports}:
            yield f"evaluation/run_{run.version}_input.json", run.input_text.encode()
            yield f"evaluation/run_{run.version}_outcome.json", canonical(run.outcome).encode()


def _submitted(session: Session, actor: Actor, row: Round, issue: Report) -> Iterator[tuple[str, bytes]]:
    """As the newest issue prints them: codes, no names."""
    given = report_input(session, actor, row, session.get_one(Evaluation, issue.evaluation_id), issue).submitted
    yield "submissions/all.csv", submissions_csv(given)
    for code in sorted({one.participant_code for one in given}):
        yield f"submissions/{code}.json", canonical([asdict(one) for one in given if one.participant_code == code]).encode()


def _raw(session: Session, actor: Actor, row: Round, blobs: BlobStore) -> Iterator[tuple[str, bytes]]:
    """The filled forms: they carry an identity, so those of other organisations only where every participant consented."""
    people = [one for one in records.participants_of(session, row) if one.code]
    places = records.laboratories(session, [one.laboratory_id for one in people])
    is_open = all(one.has_consented for one in people)
    seen = {one.id: one.code for one in people if is_open or places[one.laboratory_id].organisation_id == actor.organisation_id}
    for one in session.scalars(select(FormUpload).where(FormUpload.round_id == row.id).order_by(FormUpload.accepted_at, FormUpload.id)):
        if one.participant_id in seen:
            yield f"raw/{seen[one.participant_id]}_{one.file_sha256[:12]}.xlsx", blobs.get(one.file_sha256)


def _move(one: Any) -> dict[str, Any]:
    return {
        "number": one.number, "from": one.source, "to": one.target, "at": one.moved_at.isoformat(), "by": one.user_name,
        "second": one.second_user_name, "reason": one.reason, "gates": one.gates,
    }  # fmt: skip
