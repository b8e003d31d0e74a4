"""Labels: printing is recorded by a POST; the page it leads to can be printed again without counting."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from markupsafe import Markup

from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.errors import LimsError
from lims.samples import labels, queries, service
from lims.samples.service.labelling import MOST
from lims.samples.views.base import blueprint, entries_of, label_of, reader
from lims.web.pages import said_refusal

LAYOUTS = ("sheet", "single")


@blueprint.post("/labels")
@requires("samples.label")
def record_labels() -> Any:
    """Record the printing of the chosen samples' labels and show them."""
    wanted = _ids(request.form.getlist("selected"))
    layout = request.form.get("layout", "sheet")
    try:
        service.print_labels(current_actor(), wanted)
    except LimsError as error:
        if error.status == 404:
            raise
        said_refusal(error)
        return redirect(url_for("samples.index"))
    chosen = ",".join(one.hex for one in wanted)
    return redirect(url_for("samples.print_labels", layout=layout if layout in LAYOUTS else "sheet", selected=chosen))


@blueprint.get("/labels")
@requires("samples.label")
def print_labels() -> Any:
    """The labels as a page for the printer: an A4 sheet of 4 x 11, or one label of 50 x 25 mm a page."""
    wanted = _ids(request.args.get("selected", "").split(","))
    if not 0 < len(wanted) <= MOST:
        abort(404)
    layout = request.args.get("layout", "sheet")
    first = min(max(request.args.get("first", 1, type=int) or 1, 1), labels.PER_SHEET)
    with reading() as session:
        rows = queries.samples(session, reader(), wanted)
        matrices, _measurands = entries_of(session, rows)
    drawn = [label_of(row, matrices) for row in rows]
    is_single = layout == "single"
    pages = [labels.label_svg(one) for one in drawn] if is_single else labels.sheet_svgs(drawn, first)
    chosen = ",".join(row.id.hex for row in rows)
    return render_template("samples/print.html", pages=[Markup(page) for page in pages], is_single=is_single, first=first,
                           selected=chosen, count=len(rows), per_sheet=labels.PER_SHEET)  # fmt: skip


@blueprint.get("/<uuid:sample_id>/label.svg")
@requires("samples.label")
def label(sample_id: uuid.UUID) -> Any:
    """One label as a drawing, for a label printer's own program."""
    with reading() as session:
        row = queries.sample(session, reader(), sample_id)
        matrices, _measurands = entries_of(session, [row])
    return Response(labels.label_svg(label_of(row, matrices)), content_type="image/svg+xml")


def _ids(texts: list[str]) -> list[uuid.UUID]:
    try:
        return list(dict.fromkeys(uuid.UUID(text) for text in texts if text))
    except ValueError:
        abort(404)
