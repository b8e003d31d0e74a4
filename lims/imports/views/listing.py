"""The list of uploads with its export."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for

from lims import clock
from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.imports import queries
from lims.imports.models import Upload
from lims.imports.views.base import STATES, blueprint, parser_title, words
from lims.marks import N_
from lims.samples.exchange import csv_bytes
from lims.web.language import _, current_zone, show_instant

MOST_EXPORTED = 5000
COLUMNS = (
    N_("Upload no."), N_("File"), N_("Status"), N_("Read as"), N_("Rows seen"), N_("Rows read"), N_("Rows skipped"), N_("Uploaded by"),
    N_("Uploaded at"), N_("Decided by"), N_("Decided at"), "SHA-256",
)  # fmt: skip


@blueprint.get("/")
@requires("imports.view")
def index() -> Any:
    """One page of the laboratory's uploads, newest first."""
    state = _state()
    with reading() as session:
        page = queries.page(session, current_actor(), request.args.get("page"), state)
    views = [(_("All"), url_for("imports.index"), not state, None)]
    views += [(_(word), url_for("imports.index", state=code), code == state, None) for code, (_ring, word) in STATES.items()]
    return render_template(
        "imports/list.html", rows=page.rows, views=views, state=state, states=STATES, words=words, title_of=parser_title,
        earlier=_moved(state, page.earlier), later=_moved(state, page.later),
    )  # fmt: skip


@blueprint.get("/export.csv")
@requires("imports.view")
def export() -> Any:
    """The uploads of the chosen state as CSV that a spreadsheet program reads."""
    actor, state, now = current_actor(), _state(), clock.now().astimezone(current_zone())
    with reading() as session:
        rows = [_cells(row) for row in queries.all_rows(session, actor, state, MOST_EXPORTED)]
    shown = _(STATES[state][1]) if state else _("All")
    about = _("Uploads: %(filter)s · %(instant)s · %(person)s", filter=shown, instant=f"{now:%Y-%m-%d %H:%M}", person=actor.name)
    content = csv_bytes([_(name) for name in COLUMNS], rows, about)
    name = f'attachment; filename="uploads-{now:%Y%m%d-%H%M}.csv"'
    return Response(content, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


def _state() -> str:
    state = request.args.get("state", "")
    return state if state in STATES else ""


def _moved(state: str, cursor: str | None) -> str | None:
    return url_for("imports.index", state=state or None, page=cursor) if cursor else None


def _cells(row: Upload) -> list[str]:
    rows = row.found.get("rows", {})
    counts = [str(rows.get("seen", "")), str(rows.get("used", "")), str(len(rows["skipped"])) if rows else ""]
    read_as = f"{row.parser} {row.parser_version}" if row.parser else ""
    decided = show_instant(row.decided_at) if row.decided_at else ""
    return [
        row.number, row.file_name, _(STATES[row.state][1]), read_as, *counts, row.uploader_name, show_instant(row.uploaded_at),
        row.decided_by or "", decided, row.sha256,
    ]  # fmt: skip
