"""The list of boxes: filter and order in the address, keyset pages, export of exactly what is filtered; and the scan of a box."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, request, url_for

from lims import clock
from lims.accounts.access import requires
from lims.custody import queries
from lims.custody.lifecycle import boxes
from lims.custody.queries import Filters
from lims.custody.views.base import blueprint, reader, rows_of
from lims.db.session import reading
from lims.marks import N_
from lims.samples.exchange import csv_bytes, xlsx_bytes
from lims.web.language import _, current_language, current_zone

MOST_EXPORTED = 5000
WAYS = {queries.SENT: N_("Sent by us"), queries.TO_US: N_("Sent to us")}
COLUMNS = (
    ("number", N_("Box no.")), ("state", N_("Status")), ("purpose", N_("Purpose of the box")), ("sender", N_("Sender")),
    ("receiver", N_("Receiver")), ("count", N_("Samples in it")), ("opened", N_("Opened")), ("dispatched", N_("Left the sender")),
    ("received", N_("Received")),
)  # fmt: skip
ARGUMENTS = ("state", "way", "purpose", "q", "direction")
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/")
@requires("custody.view")
def index() -> Any:
    """One page of the boxes sent and received."""
    filters = _filters()
    with reading() as session:
        page = queries.page(session, reader(), filters, request.args.get("at"))
        rows = rows_of(session, page.rows)
    return render_template(
        "custody/boxes.html", rows=rows, views=_views(filters), chips=_chips(filters), filters=filters,
        states=[(code, _(name)) for code, name in boxes.STATES.items()], ways=[(code, _(name)) for code, name in WAYS.items()],
        purposes=[(code, _(name)) for code, name in boxes.PURPOSES.items()], earlier=_moved(page.earlier), later=_moved(page.later),
        sort_url=_address(direction=None if filters.is_ascending else "ascending"), arguments=_arguments(),
        direction="ascending" if filters.is_ascending else "descending",
    )  # fmt: skip


@blueprint.get("/export.<any(csv, xlsx):form>")
@requires("custody.view")
def export(form: str) -> Any:
    """The filtered boxes as a file, with the filter, the time and the person."""
    filters = _filters()
    with reading() as session:
        rows = rows_of(session, queries.page(session, reader(), filters, None, MOST_EXPORTED).rows)
    body = [[str(row[name]) for name, _label in COLUMNS] for row in rows]
    now = clock.now().astimezone(current_zone())
    text = "; ".join(f"{name} {value}" for name, value, _url in _chips(filters)) or _("All")
    about = _("Boxes: %(filter)s · %(instant)s · %(person)s", filter=text, instant=f"{now:%Y-%m-%d %H:%M}", person=reader().name)
    if len(rows) == MOST_EXPORTED:
        about += " · " + _("the first %(most)s rows; narrow the filter for the rest", most=MOST_EXPORTED)
    head = [_(label) for _name, label in COLUMNS]
    content = csv_bytes(head, body, about) if form == "csv" else xlsx_bytes(head, body, about, _("Boxes"), now, current_language())
    kind = "text/csv; charset=utf-8" if form == "csv" else SHEET
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="boxes-{now:%Y%m%d-%H%M}.{form}"'})


@blueprint.get("/scan")
@requires("custody.view")
def scan() -> Any:
    """Scan a box: one that comes to us leads to its receipt, any other to its page."""
    code = request.args.get("code", "").strip()[:80]
    if not code:
        return render_template("custody/scan.html", code="", sentence="")
    with reading() as session:
        row = queries.box_by_number(session, reader(), code)
    if row is None:
        return render_template(
            "custody/scan.html", code=code, sentence=_("No box %(number)s of this laboratory or on its way to it", number=code)
        )
    is_coming = row.state == boxes.DISPATCHED and row.receiver_id == reader().laboratory_id
    return redirect(url_for("custody.receive" if is_coming else "custody.show", box_id=row.id))


def _filters() -> Filters:
    """The filters of this address; values that no list offers are ignored."""
    chosen = {name: request.args.get(name, "") for name in ("state", "way", "purpose")}
    known = {"state": boxes.STATES, "way": WAYS, "purpose": boxes.PURPOSES}
    return Filters(
        **{name: value if value in known[name] else "" for name, value in chosen.items()}, text=request.args.get("q", "").strip()[:40],
        is_ascending=request.args.get("direction") == "ascending",
    )  # fmt: skip


def _arguments(**changes: Any) -> dict[str, Any]:
    kept: dict[str, Any] = {name: request.args.get(name) for name in ARGUMENTS}
    kept.update(changes)
    return {name: value for name, value in kept.items() if value}


def _address(**changes: Any) -> str:
    return url_for("custody.index", **_arguments(**changes))


def _moved(cursor: str | None) -> str | None:
    return _address(at=cursor) if cursor else None


def _chips(filters: Filters) -> list[tuple[str, str, str]]:
    named = (
        ("state", N_("Status"), boxes.STATES, filters.state), ("way", N_("Way"), WAYS, filters.way),
        ("purpose", N_("Purpose of the box"), boxes.PURPOSES, filters.purpose),
    )  # fmt: skip
    chips = [(_(label), _(words[value]), _address(**{name: None})) for name, label, words, value in named if value]
    return [*chips, (_("Text"), filters.text, _address(q=None))] if filters.text else chips


def _views(filters: Filters) -> list[tuple[str, str, bool, None]]:
    views: tuple[tuple[str, dict[str, Any]], ...] = (
        (N_("All"), {}), (N_("Being packed"), {"state": boxes.PACKING}),
        (N_("On the way to us"), {"state": boxes.DISPATCHED, "way": queries.TO_US}),
        (N_("On the way to others"), {"state": boxes.DISPATCHED, "way": queries.SENT}),
    )  # fmt: skip
    here = {name: value for name, value in (("state", filters.state), ("way", filters.way), ("purpose", filters.purpose)) if value}
    return [(_(label), url_for("custody.index", **one), here == one, None) for label, one in views]
