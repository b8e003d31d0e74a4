"""The rows of all uploads that were put aside: filters in the address, candidates of today, export of what is filtered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.access import current_actor, requires
from lims.accounts.permissions import is_allowed
from lims.db.session import reading
from lims.imports import queries
from lims.imports.matching import match
from lims.imports.models import ReadingDecision, Upload, UploadReading
from lims.imports.queries import ParkedFilters
from lims.imports.views.base import STATES, blueprint
from lims.marks import N_
from lims.samples.exchange import csv_bytes, xlsx_bytes
from lims.samples.lifecycle import states
from lims.samples.models import Sample
from lims.web.language import _, current_language, current_zone, place_words, show_instant

MOST_EXPORTED = 5000
ARGUMENTS = ("q", "target", "state", "order")
OPEN_STATES = ("review", "accepted")
COLUMNS = (
    N_("Upload no."), N_("File"), N_("Place"), N_("Well"), N_("Sample text"), N_("Target"), N_("Read"), N_("Parked by"), N_("Parked at"),
    N_("Reason"), N_("Status"),
)  # fmt: skip

#: a parked row with its reading and its upload
Row = tuple[ReadingDecision, UploadReading, Upload]


@blueprint.get("/parked")
@requires("imports.view")
def parked() -> Any:
    """One page of the rows that were put aside, over all uploads."""
    actor, filters = current_actor(), _filters()
    with reading() as session:
        page = queries.parked(session, actor, request.args.get("page"), filters)
        rows = _with_uploads(session, page.rows)
        candidates = _candidates(session, rows)
    moves = [url_for("imports.parked", **_arguments(page=cursor)) if cursor else None for cursor in (page.earlier, page.later)]
    turned = _arguments(order="" if filters.is_oldest_first else "oldest")
    return render_template(
        "imports/parked.html", rows=rows, states=STATES, earlier=moves[0], later=moves[1], filters=filters, chips=_chips(filters),
        may_match=is_allowed(actor.roles, "imports.accept"), candidates=candidates, turned=url_for("imports.parked", **turned),
        arguments=_arguments(), open_states=[(code, _(STATES[code][1])) for code in OPEN_STATES],
    )  # fmt: skip


@blueprint.get("/parked/export.<any(csv, xlsx):form>")
@requires("imports.view")
def export_parked(form: str) -> Any:
    """The filtered parked rows as a file, with the filter, the time and the person."""
    actor, filters, now = current_actor(), _filters(), clock.now().astimezone(current_zone())
    with reading() as session:
        rows = _with_uploads(session, queries.all_parked(session, actor, filters, MOST_EXPORTED))
    head, body = [_(name) for name in COLUMNS], [_cells(*row) for row in rows]
    chosen = "; ".join(f"{name} {value}" for name, value, _url in _chips(filters)) or _("All")
    about = _("Parked rows: %(filter)s · %(instant)s · %(person)s", filter=chosen, instant=f"{now:%Y-%m-%d %H:%M}", person=actor.name)
    if len(rows) == MOST_EXPORTED:
        about += " · " + _("the first %(most)s rows; narrow the filter for the rest", most=MOST_EXPORTED)
    content = csv_bytes(head, body, about) if form == "csv" else xlsx_bytes(head, body, about, _("Parked rows"), now, current_language())
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    name = f'attachment; filename="parked-{now:%Y%m%d-%H%M}.{form}"'
    return Response(content, content_type=kind, headers={"Content-Disposition": name})


def _filters() -> ParkedFilters:
    """The filters of this address; values that no list offers are ignored."""
    state = request.args.get("state", "")
    return ParkedFilters(
        request.args.get("q", "").strip()[:100], request.args.get("target", "").strip()[:120],
        state if state in OPEN_STATES else "", request.args.get("order") == "oldest",
    )  # fmt: skip


def _arguments(**changes: str | None) -> dict[str, Any]:
    kept: dict[str, Any] = {name: request.args.get(name, "") for name in ARGUMENTS} | changes
    return {name: value for name, value in kept.items() if value}


def _chips(filters: ParkedFilters) -> list[tuple[str, str, str]]:
    shown = (("q", _("Sample text"), filters.text), ("target", _("Target"), filters.target),
             ("state", _("Status"), _(STATES[filters.state][1]) if filters.state else ""))  # fmt: skip
    return [(label, value, url_for("imports.parked", **_arguments(**{name: ""}))) for name, label, value in shown if value]


def _with_uploads(session: Session, rows: Sequence[ReadingDecision]) -> list[Row]:
    actor = current_actor()
    kept = queries.some_readings(session, actor, (row.reading_id for row in rows))
    uploads = queries.some_uploads(session, actor, {row.upload_id for row in rows})
    return [(row, kept[row.reading_id], uploads[row.upload_id]) for row in rows]


def _candidates(session: Session, rows: Sequence[Row]) -> dict[Any, list[Sample]]:
    """For each parked row the samples of today that its text names or resembles, where they take results."""
    if not rows:
        return {}
    known = queries.codes(session, current_actor(), {one.sample or "" for _decision, one, _upload in rows})
    by_id = {sample.id: sample for found in known.values() for sample in found}
    keys = {code: [sample.id for sample in found] for code, found in known.items()}
    found = {}
    for decision, one, _upload in rows:
        matched = match(one.sample, keys)
        wanted = [matched.key] if matched.key else list(matched.candidates)
        found[decision.id] = [by_id[key] for key in wanted if by_id[key].status in (*states.TAKES_RESULTS, *states.OPENS_AGAIN)]
    return found


def _cells(decision: ReadingDecision, one: UploadReading, upload: Upload) -> list[str]:
    return [
        upload.number, upload.file_name, place_words(one.source), one.position or "", one.sample or "", one.target or one.channel or "",
        one.raw.strip(), decision.decided_by, show_instant(decision.decided_at), decision.reason, _(STATES[upload.state][1]),
    ]  # fmt: skip
