"""Interim reports before the final one, and the archive of a published round."""

from __future__ import annotations

import uuid
from io import BytesIO
from typing import Any

from flask import render_template, request, send_file, url_for
from sqlalchemy.orm import Session

from lims import blobs
from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.errors import NotFound
from lims.jobs import queries as jobs
from lims.jobs.views import sentence_of
from lims.rounds import queries, service
from lims.rounds.queries import RoundView, matters, records, review
from lims.rounds.queries.archive import archivable
from lims.rounds.queries.report import score_of
from lims.rounds.service.archiving import ARCHIVE
from lims.rounds.views import scores
from lims.rounds.views.acting import Refusal, carry_out, unit_text
from lims.rounds.views.base import blueprint, find_round, reader, typed
from lims.rounds.views.certifying import WORKBOOK
from lims.rounds.views.judging import head_of, seen_round
from lims.web.language import _


@blueprint.get("/<code>/interim")
@requires("rounds.view")
def interim(code: str) -> str:
    """The interim reports for those who judge; for a participant the expected values beside the own entries."""
    return _interim_page(code)


@blueprint.post("/<code>/interim")
@requires("rounds.score")
def issue_interim(code: str) -> Any:
    """Issue an interim report with the signatures of two parties."""
    row, password, second = find_round(code), request.form.get("password", ""), request.form.get("second_password", "")

    def act() -> object:
        return service.issue_interim(reader(), row.id, password, typed("second_login"), second, blobs.store(), seen=typed("seen"))

    then = url_for("rounds.interim", code=code)
    return carry_out("interim", act, _("The interim report is issued."), then, lambda refusal: _interim_page(code, refusal))


@blueprint.get("/<code>/interim/<int:version>/workbook")
@requires("rounds.report")
def interim_workbook(code: str, version: int) -> Any:
    """The bytes of an interim report, for those who judge the round."""
    seen = seen_round(code)
    with reading() as session:
        found = next((one for one in review.interims_of(session, seen.round) if one.version == version), None)
    if found is None or not seen.viewer.sees_drafts:
        raise NotFound()
    name = f"{seen.round.code}_interim_{version}.xlsx"
    return send_file(BytesIO(blobs.store().get(found.blob_sha256)), WORKBOOK, as_attachment=True, download_name=name)


@blueprint.get("/<code>/archive")
@requires("rounds.archive")
def archive(code: str) -> str:
    """The archives that the reader asked for."""
    seen = seen_round(code)
    with reading() as session:
        archivable(session, reader(), seen.round.id)
        found = review.archives_of(session, reader(), seen.round)
        job = jobs.latest_for(session, ARCHIVE, seen.round.id)
    own = job if job is not None and job.user_id == current_actor().user_id and job.state != "done" else None
    return render_template("rounds/archive.html", **head_of(seen), archives=found, job=own, sentence=sentence_of(own) if own else "")


@blueprint.post("/<code>/archive")
@requires("rounds.archive")
def request_archive(code: str) -> Any:
    """Ask for an archive."""
    row = find_round(code)
    act = lambda: service.request_archive(reader(), row.id)  # noqa: E731
    return carry_out("archive", act, _("The archive is queued."), url_for("rounds.archive", code=code), lambda _refusal: archive(code))


@blueprint.get("/<code>/archive/<uuid:archive_id>")
@requires("rounds.archive")
def archive_file(code: str, archive_id: uuid.UUID) -> Any:
    """One of the own archives."""
    with reading() as session:
        row = queries.round_by_code(session, reader(), code)
        archivable(session, reader(), row.id)
        found = next((one for one in review.archives_of(session, reader(), row) if one.id == archive_id), None)
    if found is None:
        raise NotFound()
    name = f"{row.code}_archive_{found.made_at:%Y%m%d-%H%M}.zip"
    return send_file(BytesIO(blobs.store().get(found.blob_sha256)), "application/zip", as_attachment=True, download_name=name)


def _interim_page(code: str, refusal: Refusal | None = None) -> str:
    seen = seen_round(code)
    with reading() as session:
        found = review.interims_of(session, seen.round)
        lines = _expected(session, seen, found[0].evaluation_id) if found and seen.viewer.participant_id else []
    viewer = seen.viewer
    if not viewer.sees_drafts and not lines:
        raise NotFound()
    may_issue = viewer.is_coordinator and seen.round.state == "reviewing" and bool(seen.evaluations)
    return render_template(
        "rounds/interim.html", **head_of(seen), interims=found if viewer.sees_drafts else [], lines=lines, refusal=refusal,
        may_issue=may_issue, matter=matters.of_run(seen.evaluations[0]) if may_issue else "", typed=request.form if refusal else {},
        issued=found[0].issued_at if found else None,
    )  # fmt: skip


def _expected(session: Session, seen: RoundView, evaluation_id: uuid.UUID) -> list[dict[str, Any]]:
    """The own items with what was reported and expected; no score, no verdict, nothing of others."""
    bench = queries.own_bench(session, reader(), seen.round.id)
    score = score_of(next(run for run in records.evaluations_of(session, seen.round) if run.id == evaluation_id))
    numbers = {item.id: item.number for item in records.items_of(session, seen.round)}
    codes = {numbers[one.item_id]: one.code for one in bench.codes}
    return scores.own_rows(score, bench.participant.code or "", codes, unit_text(seen.round.unit))

