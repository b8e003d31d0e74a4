"""Packing: begin a box, scan samples into it, say how it travels, sign the dispatch."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for

from lims.accounts.access import requires
from lims.accounts.queries import all_laboratories
from lims.custody import service
from lims.custody.forms import NewBoxForm, TransportForm
from lims.custody.views.base import blueprint, reader
from lims.custody.views.showing import sender_page
from lims.db.session import reading
from lims.errors import Invalid, LimsError
from lims.samples.lifecycle.numbers import half_width
from lims.web.language import _, current_language
from lims.web.pages import said, said_refusal
from lims.words import say


@blueprint.route("/new", methods=["GET", "POST"])
@requires("custody.pack")
def new() -> Any:
    """Begin a box for another laboratory."""
    with reading() as session:
        others = [(row.code, row.name(current_language())) for row in all_laboratories(session) if row.id != reader().laboratory_id]
    form = NewBoxForm()
    form.offer(others)
    if form.validate_on_submit():
        try:
            row = service.open_box(reader(), form.receiver.data, form.purpose.data)
        except Invalid as error:
            form.show(error)
        else:
            said(_("Box %(number)s is begun. Scan the samples into it.", number=row.number))
            return redirect(url_for("custody.show", box_id=row.id))
    return render_template("custody/new.html", form=form), 400 if form.errors else 200


@blueprint.post("/<uuid:box_id>/put")
@requires("custody.pack")
def put(box_id: uuid.UUID) -> Any:
    """A scan: the sample goes into the box, or the page says why not."""
    code = half_width(request.form.get("code", ""))[:80]
    try:
        item = service.put_in(reader(), box_id, code)
    except LimsError as error:
        return sender_page(box_id, last=(False, code or "–", say(error, current_language()))), error.status
    return sender_page(box_id, last=(True, item.number, _("Place %(place)s", place=item.place)))


@blueprint.post("/<uuid:box_id>/take-out/<int:place>")
@requires("custody.pack")
def take_out(box_id: uuid.UUID, place: int) -> Any:
    """Take a sample out of the box again."""
    service.take_out(reader(), box_id, place)
    return redirect(url_for("custody.show", box_id=box_id))


@blueprint.post("/<uuid:box_id>/transport")
@requires("custody.pack")
def transport(box_id: uuid.UUID) -> Any:
    """Say how the box travels."""
    form = TransportForm()
    if form.validate_on_submit():
        try:
            service.write_transport(reader(), box_id, form.transport())
        except Invalid as error:
            form.show(error)
        else:
            said(_("The transport is written down."))
            return redirect(url_for("custody.show", box_id=box_id))
    return sender_page(box_id, form=form), 400


@blueprint.post("/<uuid:box_id>/dispatch")
@requires("custody.pack")
def dispatch(box_id: uuid.UUID) -> Any:
    """Sign the manifest; the box leaves and is frozen."""
    try:
        row = service.dispatch_box(reader(), box_id, request.form.get("password", ""), seen=request.form.get("seen", ""))
    except LimsError as error:
        if error.status == 404:
            raise
        return sender_page(box_id, error=say(error, current_language())), error.status
    said(_("Box %(number)s is on its way. Print the hand-over form and lay it into the box.", number=row.number))
    return redirect(url_for("custody.show", box_id=box_id))


@blueprint.post("/<uuid:box_id>/give-up")
@requires("custody.pack")
def give_up(box_id: uuid.UUID) -> Any:
    """Give up a box that was not dispatched."""
    row = service.give_up_box(reader(), box_id)
    said(_("Box %(number)s is given up; its samples are free again.", number=row.number))
    return redirect(url_for("custody.index"))


@blueprint.post("/<uuid:box_id>/settle/<int:place>")
@requires("custody.pack")
def settle(box_id: uuid.UUID, place: int) -> Any:
    """Say how the matter of a sample that did not arrive ends."""
    try:
        service.settle_absent(reader(), box_id, place, request.form.get("outcome", ""), request.form.get("note", ""))
        said(_("The matter is settled."))
    except LimsError as error:
        if error.status == 404:
            raise
        said_refusal(error)
    return redirect(url_for("custody.show", box_id=box_id))
