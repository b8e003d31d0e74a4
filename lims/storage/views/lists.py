"""What is stored, and the moves: filters in the address, keyset pages, export of exactly what is filtered."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from lims.accounts.access import requires
from lims.accounts.permissions import is_allowed
from lims.db.session import reading
from lims.marks import N_
from lims.storage import queries
from lims.storage.queries import Filters
from lims.storage.views.base import MOST_EXPORTED, as_file, blueprint, reader
from lims.web.language import _, show_instant

ARGUMENTS = ("q", "place", "state", "direction")
STORED = (N_("Number"), N_("Storage place"), N_("Position"), N_("Since"))
MOVED = (N_("When"), N_("Number"), N_("From place"), N_("To place"), N_("Who"), N_("Note"))


@blueprint.get("/stored")
@requires("storage.view")
def stored() -> Any:
    """One page of what lies in the store."""
    filters = filters_of_address()
    with reading() as session:
        page = queries.stored(session, reader(), filters, request.args.get("at"))
    return render_template(
        "storage/stored.html", rows=page.rows, may_move=is_allowed(reader().roles, "storage.move"), **around("storage.stored", page)
    )


@blueprint.get("/stored.<any(csv, xlsx):form>")
@requires("storage.view")
def stored_file(form: str) -> Any:
    """What lies in the store, as a file."""
    filters = filters_of_address()
    with reading() as session:
        rows = queries.stored(session, reader(), filters, None, MOST_EXPORTED).rows
    body = [[row.number, row.path, row.position, show_instant(row.since)] for row in rows]
    return as_file(form, "stored", _("What is stored"), [_(one) for one in STORED], body, filter_text())


@blueprint.get("/moves")
@requires("storage.view")
def moves() -> Any:
    """One page of the moves, the newest first."""
    with reading() as session:
        page = queries.moves(session, reader(), filters_of_address(), request.args.get("at"))
    return render_template("storage/moves.html", rows=page.rows, **around("storage.moves", page))


@blueprint.get("/moves.<any(csv, xlsx):form>")
@requires("storage.view")
def moves_file(form: str) -> Any:
    """The moves as a file."""
    with reading() as session:
        rows = queries.moves(session, reader(), filters_of_address(), None, MOST_EXPORTED).rows
    body = [[show_instant(row.at), row.number, row.from_place, row.to_place, row.actor_name, row.note] for row in rows]
    return as_file(form, "moves", _("Moves"), [_(one) for one in MOVED], body, filter_text())


def filters_of_address() -> Filters:
    """The filters of this address."""
    named = request.args
    return Filters(
        named.get("q", "").strip()[:60], named.get("place", "").strip()[:60], named.get("state", "")[:12],
        named.get("direction") == "ascending",
    )  # fmt: skip


def filter_text() -> str:
    """The filters as text, for a file."""
    return "; ".join(f"{request.args[name]}" for name in ARGUMENTS[:3] if request.args.get(name))


def around(endpoint: str, page: Any) -> dict[str, Any]:
    """Pager, order and the addresses of the list with its filters."""
    kept: dict[str, Any] = {name: request.args[name] for name in ARGUMENTS if request.args.get(name)}
    is_ascending = kept.get("direction") == "ascending"
    turned = {**kept, "direction": "" if is_ascending else "ascending"}

    def moved(cursor: str | None) -> str | None:
        return url_for(endpoint, **{**kept, "at": cursor}) if cursor else None

    chips = [
        (_("Text"), kept[name], url_for(endpoint, **{one: kept[one] for one in kept if one != name}))
        for name in ARGUMENTS[:3]
        if name in kept
    ]
    return {
        "arguments": kept, "earlier": moved(page.earlier), "later": moved(page.later), "chips": chips,
        "sort_url": url_for(endpoint, **{name: value for name, value in turned.items() if value}),
        "direction": "ascending" if is_ascending else "descending",
    }  # fmt: skip
