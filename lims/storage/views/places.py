"""Places: what stands in what, the map of a box, moving by scan."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from lims.accounts.access import requires
from lims.accounts.permissions import is_allowed
from lims.db.session import reading
from lims.errors import Conflict, Invalid, LimsError, NotFound, RuleViolation
from lims.samples.lifecycle.numbers import half_width
from lims.storage import queries, service
from lims.storage.forms import PlaceForm
from lims.storage.lifecycle import places
from lims.storage.models import StoragePlace
from lims.storage.views.base import blueprint, reader
from lims.web.language import _, current_language
from lims.web.pages import said, said_refusal
from lims.words import say


@blueprint.get("/")
@requires("storage.view")
def index() -> Any:
    """The rooms."""
    return _page(None)


@blueprint.post("/rooms")
@requires("storage.move")
def add_room() -> Any:
    """A new room."""
    return _added(None)


@blueprint.get("/<uuid:place_id>")
@requires("storage.view")
def place(place_id: uuid.UUID) -> Any:
    """A place with what stands in it, or the map of a box."""
    return _page(place_id)


@blueprint.post("/<uuid:place_id>/add")
@requires("storage.move")
def add(place_id: uuid.UUID) -> Any:
    """A new place in this one."""
    return _added(place_id)


@blueprint.get("/find")
@requires("storage.view")
def find() -> Any:
    """Where a scanned place or thing is."""
    code = half_width(request.args.get("code", ""))[:80]
    with reading() as session:
        row, stay = queries.place_by_path(session, reader(), code), queries.stay_of(session, reader(), code.upper())
    found = row.id if row is not None else stay.place_id if stay is not None else None
    if found is not None:
        return redirect(url_for("storage.place", place_id=found))
    said(_("Nothing in the store has the code %(code)s.", code=code or "–"), "warn")
    return redirect(url_for("storage.index"))


@blueprint.post("/<uuid:place_id>/put")
@requires("storage.move")
def put(place_id: uuid.UUID) -> Any:
    """A scan: the thing lies in this box from now on."""
    code, position = half_width(request.form.get("code", ""))[:80], request.form.get("position", "")[:4]
    try:
        stay = service.put_at(reader(), place_id, code, position)
    except LimsError as error:
        return _page(place_id, (False, code or "–", say(error, current_language()))), error.status
    return _page(place_id, (True, stay.number, _("lies at %(position)s", position=stay.position)))


@blueprint.post("/take-away")
@requires("storage.move")
def take_away() -> Any:
    """Take a thing out of the store."""
    number = request.form.get("number", "")[:60]
    try:
        if service.take_away(reader(), number, request.form.get("note", "")):
            said(_("%(number)s is taken out of the store.", number=number))
    except LimsError as error:
        said_refusal(error)
    return redirect(url_for("storage.stored"))


def _added(place_id: uuid.UUID | None) -> Any:
    actor = reader()
    with reading() as session:
        inside = places.HOLDS.get(queries.place(session, actor, place_id).level, "") if place_id else places.ROOM
    if not inside:
        raise NotFound()
    form = PlaceForm(inside)
    if form.validate_on_submit():
        try:
            made = service.add_place(
                actor, inside, form.code.data or "", place_id, name=form.name.data or "", temperature=form.temperature.data or "",
                **form.numbers(),
            )  # fmt: skip
        except (Invalid, Conflict, RuleViolation) as error:
            form.show(error)
        else:
            said(_("%(path)s is added.", path=made.path))
            return redirect(url_for("storage.place", place_id=made.id))
    return _page(place_id, form=form), 400


def _page(place_id: uuid.UUID | None, last: Any = None, form: PlaceForm | None = None) -> str:
    actor = reader()
    with reading() as session:
        row = queries.place(session, actor, place_id) if place_id else None
        context = _context(session, row)
    inside, may_move = places.HOLDS.get(row.level, "") if row else places.ROOM, is_allowed(actor.roles, "storage.move")
    if form is None and inside and may_move:
        form = PlaceForm(inside)
    return render_template("storage/place.html", row=row, form=form, last=last, inside=inside, may_move=may_move, **context)


def _context(session: Session, row: StoragePlace | None) -> dict[str, Any]:
    actor = reader()
    below = queries.places(session, actor, row.id if row else None)
    stays = {one.position: one for one in queries.stays(session, row)} if row else {}
    crumbs: list[tuple[str, str | None]] = [(_("Storage"), url_for("storage.index") if row else None)]
    above: list[tuple[str, str | None]] = []
    here = row
    while here is not None:
        above.append((here.path.rpartition(places.SEPARATOR)[2], url_for("storage.place", place_id=here.id) if here is not row else None))
        here = queries.place(session, actor, here.parent_id) if here.parent_id else None
    level_names = {code: _(name) for code, name in places.LEVELS.items()}
    rows = [
        {"place": one, "level": level_names[one.level], "count": queries.inside_count(session, one),
         "url": url_for("storage.place", place_id=one.id)}
        for one in below
    ]  # fmt: skip
    return {
        "rows": rows, "crumbs": crumbs + above[::-1], "levels": level_names, "count": len(stays) if row and row.box_rows else len(below),
        "grid": [
            (letter, [(f"{letter}{column}", stays.get(f"{letter}{column}")) for column in range(1, row.box_columns + 1)])
            for letter in places.ROW_LETTERS[: row.box_rows]
        ] if row else [],
    }  # fmt: skip
