"""Receiving a box: scan or mark every place, count, measure, sign; the second person reads the difference."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for

from lims.accounts.access import requires
from lims.custody import queries, service
from lims.custody.forms import ReceiptForm
from lims.custody.lifecycle import boxes
from lims.custody.models import Box, BoxManifest
from lims.custody.service import AlreadyReceived
from lims.custody.views.base import blueprint, reader, rows_of
from lims.db.session import reading
from lims.errors import Invalid, LimsError, NotFound
from lims.samples.lifecycle.numbers import clean_code
from lims.web.language import _, current_language
from lims.web.pages import said
from lims.words import say


@blueprint.route("/<uuid:box_id>/receive", methods=["GET", "POST"])
@requires("custody.receive")
def receive(box_id: uuid.UUID) -> Any:
    """The receipt of a box that comes to this laboratory."""
    row, manifest = _coming(box_id)
    form = ReceiptForm()
    if request.method == "GET" and row.state == boxes.RECEIVED:
        return redirect(url_for("custody.show", box_id=box_id))
    if not form.validate_on_submit():
        return _page(row, manifest, form, {}), 400 if form.errors else 200
    arrival = form.arrival(_codes(manifest), _marks(manifest))
    try:
        service.receive_box(reader(), box_id, arrival, request.form.get("password", ""))
    except AlreadyReceived as refused:
        return _conflict_page(row, refused), refused.status
    except Invalid as error:
        form.show(error)
    except LimsError as error:
        if error.status == 404:
            raise
        form.form_errors.append(say(error, current_language()))
    else:
        said(_("Box %(number)s is received. Check its samples next.", number=row.number))
        return redirect(url_for("custody.show", box_id=box_id))
    return _page(row, manifest, form, dict(arrival.found)), 400


def _coming(box_id: uuid.UUID) -> tuple[Box, BoxManifest]:
    with reading() as session:
        row = queries.box(session, reader(), box_id)
        manifest = queries.manifest(session, row)
    if manifest is None or row.receiver_id != reader().laboratory_id:
        raise NotFound()
    return row, manifest


def _codes(manifest: BoxManifest) -> dict[str, int]:
    """The codes of the manifest with their places; an external number that two tubes share names neither."""
    own = {clean_code(one["number"]).upper(): one["place"] for one in manifest.content["items"]}
    external: dict[str, list[int]] = {}
    for one in manifest.content["items"]:
        external.setdefault(clean_code(one["external_number"]).upper(), []).append(one["place"])
    return {**{code: places[0] for code, places in external.items() if code and len(places) == 1}, **own}


def _marks(manifest: BoxManifest) -> dict[int, tuple[str, str]]:
    """What was marked at the places, as the page sent it."""
    places = [one["place"] for one in manifest.content["items"]]
    marked = {place: (request.form.get(f"found-{place}", ""), request.form.get(f"note-{place}", "")) for place in places}
    return {place: (state or boxes.NOT_SCANNED, note) for place, (state, note) in marked.items()}


def _page(row: Box, manifest: BoxManifest, form: ReceiptForm, marks: dict[int, tuple[str, str]]) -> str:
    with reading() as session:
        line = rows_of(session, [row])[0]
    choices = [(code, _(word)) for code, word in boxes.FOUND.items() if code != boxes.SURPLUS]
    return render_template(
        "custody/receive.html", row=row, line=line, form=form, choices=choices, items=manifest.content["items"], marks=marks
    )


def _conflict_page(row: Box, refused: AlreadyReceived) -> str:
    with reading() as session:
        line = rows_of(session, [row])[0]
    lines = [(number, _(boxes.FOUND[theirs]), _(boxes.FOUND[mine])) for number, theirs, mine in refused.differences]
    return render_template("custody/conflict.html", row=row, line=line, sentence=say(refused, current_language()), lines=lines)
