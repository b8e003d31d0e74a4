"""Portions: list, one portion with its family and history, dividing, pooling, using."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for

from lims.accounts.access import requires
from lims.accounts.permissions import is_allowed
from lims.db.session import reading
from lims.errors import LimsError
from lims.marks import N_
from lims.samples.lifecycle.numbers import clean_code
from lims.storage import queries, service
from lims.storage.forms import PoolForm
from lims.storage.lifecycle import portions
from lims.storage.models import Aliquot
from lims.storage.service import Part
from lims.storage.views.base import MOST_EXPORTED, as_file, blueprint, reader
from lims.storage.views.lists import around, filter_text, filters_of_address
from lims.web.language import _, show_instant
from lims.web.pages import said, said_refusal

HEAD = (N_("Number"), N_("Status"), N_("Volume"), N_("Left"), N_("Unit"), N_("Thaws"), N_("Storage place"), N_("Made"), N_("Made by"))


@blueprint.get("/aliquots")
@requires("storage.view")
def aliquots() -> Any:
    """One page of the portions, the newest first."""
    with reading() as session:
        page = queries.aliquots(session, reader(), filters_of_address(), request.args.get("at"))
    states = [(code, _(name)) for code, name in portions.STATES.items()]
    return render_template(
        "storage/aliquots.html", rows=page.rows, states=states, words=dict(states), rings=portions.RINGS, form=PoolForm(),
        may_portion=is_allowed(reader().roles, "storage.portion"), **around("storage.aliquots", page),
    )  # fmt: skip


@blueprint.get("/aliquots.<any(csv, xlsx):form>")
@requires("storage.view")
def aliquots_file(form: str) -> Any:
    """The portions as a file."""
    with reading() as session:
        rows = queries.aliquots(session, reader(), filters_of_address(), None, MOST_EXPORTED).rows
    body = [
        [row.number, state_words(row), f"{row.volume:f}", f"{row.left:f}", row.unit, str(row.thaws), row.location,
         show_instant(row.made_at), row.made_by]
        for row in rows
    ]  # fmt: skip
    return as_file(form, "portions", _("Portions"), [_(one) for one in HEAD], body, filter_text())


@blueprint.get("/aliquots/<uuid:aliquot_id>")
@requires("storage.view")
def aliquot(aliquot_id: uuid.UUID) -> Any:
    """One portion: what it was made of, what was made of it, what was done with it."""
    with reading() as session:
        row = queries.aliquot(session, reader(), aliquot_id)
        context = {
            "sources": queries.sources_of(session, row),
            "children": queries.portions_of(session, row),
            "steps": queries.steps_of(session, row),
        }
    verbs = {code: _(name) for code, name in portions.VERBS.items()}
    return render_template(
        "storage/aliquot.html", row=row, state=state_words(row), ring=portions.RINGS[row.state], verbs=verbs,
        is_here=row.state == portions.AVAILABLE, many=row.thaws >= portions.MANY_THAWS,
        may_portion=is_allowed(reader().roles, "storage.portion"), **context,
    )  # fmt: skip


@blueprint.post("/divide")
@requires("storage.portion")
def divide() -> Any:
    """Divide a sample or a portion."""
    number, count = clean_code(request.form.get("number", ""))[:60], request.form.get("count", "1")
    try:
        made = service.divide(reader(), number, request.form.get("amount", ""), int(count) if count.isdecimal() else 0)
    except LimsError as error:
        said_refusal(error)
        return redirect(url_for("storage.aliquots", q=number))
    said(_("%(count)s portions of %(number)s are made.", count=len(made), number=number))
    return redirect(url_for("storage.aliquots", q=number))


@blueprint.post("/pools")
@requires("storage.portion")
def pool() -> Any:
    """Make a pool."""
    lines = [line.split() for line in request.form.get("parts", "").splitlines() if line.strip()]
    try:
        row = service.pool(reader(), [Part(clean_code(line[0]), line[-1] if len(line) > 1 else "") for line in lines])
    except LimsError as error:
        said_refusal(error)
        return redirect(url_for("storage.aliquots"))
    said(_("The pool %(number)s is made.", number=row.number))
    return redirect(url_for("storage.aliquot", aliquot_id=row.id))


@blueprint.post("/aliquots/<uuid:aliquot_id>/<any(thaw, use, lose):act>")
@requires("storage.portion")
def act(aliquot_id: uuid.UUID, act: str) -> Any:
    """Count a thaw, use some of it, or write down its loss."""
    note = request.form.get("note", "")[:200]
    try:
        if act == "thaw":
            service.thaw(reader(), aliquot_id, note)
        elif act == "use":
            service.use(reader(), aliquot_id, request.form.get("amount", ""), note)
        else:
            service.end_aliquot(reader(), aliquot_id, portions.LOST, note)
        said(_("It is written down."))
    except LimsError as error:
        if error.status == 404:
            raise
        said_refusal(error)
    return redirect(url_for("storage.aliquot", aliquot_id=aliquot_id))


def state_words(row: Aliquot) -> str:
    """The state of a portion in the reader's language."""
    name = portions.STATES[row.state]
    return _(name)
