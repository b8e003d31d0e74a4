"""The list of samples: views and filters in the address, keyset pages, export of exactly what is filtered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, render_template, request, url_for

from lims import clock
from lims.accounts.access import requires
from lims.catalogue import queries as catalogue
from lims.db.session import reading
from lims.marks import N_
from lims.samples import queries
from lims.samples.exchange import csv_bytes, xlsx_bytes
from lims.samples.lifecycle import kinds, states
from lims.samples.queries import Filters
from lims.samples.views.base import blueprint, entries_of, reader, row_of, shown, state_words
from lims.web.language import _, current_language, current_zone

#: shipped views: code, words, the address arguments they stand for
VIEWS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("all", N_("All"), {}),
    ("awaiting_test", N_("Awaiting test"), {"status": [states.ACCEPTED, states.ACCEPTED_DEVIATION]}),
    ("to_check", N_("To receive and check"), {"status": [states.REGISTERED, states.IN_TRANSIT, states.RECEIVED]}),
    ("under_test", N_("Under test"), {"status": [states.UNDER_TEST, states.RETEST]}),
    ("tested", N_("Awaiting review"), {"status": [states.TESTED]}),
)
ARGUMENTS = ("status", "kind", "matrix", "q", "from", "to", "sort", "direction")
MOST_EXPORTED = 5000
COLUMNS = (
    ("number", N_("Sample no.")), ("external_number", N_("External no.")), ("kind", N_("Kind")), ("matrix", N_("Matrix")),
    ("state", N_("Status")), ("analytes", N_("Analytes")), ("source", N_("From")), ("registered_at", N_("Registered at")),
    ("received_at", N_("Received at")), ("due_at", N_("Result due at")),
)  # fmt: skip


@blueprint.get("/")
@requires("samples.view")
def index() -> Any:
    """One page of the laboratory's samples."""
    filters = filters_of_address()
    with reading() as session:
        page = queries.page(session, reader(), filters, request.args.get("after", ""), request.args.get("before", ""))
        entries = entries_of(session, page.rows)
        matrices = catalogue.choices(session, reader(), "sample_matrices")
    return render_template(
        "samples/list.html", rows=[row_of(row, *entries) for row in page.rows], views=_views(), matrices=matrices,
        chips=_chips({one.code: one.name for one in matrices}), states=[(code, _(name)) for code, name in states.NAMES.items()],
        kinds=[(one.code, _(one.name)) for one in kinds.KINDS.values()],
        sorts=_sorts(filters), sort=filters.order, earlier=_moved(before=page.earlier), later=_moved(after=page.later),
        arguments=_arguments(),
    )  # fmt: skip


@blueprint.get("/export.<any(csv, xlsx):form>")
@requires("samples.view")
def export(form: str) -> Any:
    """The filtered samples as a file, with the filter, the time and the person."""
    with reading() as session:
        found = queries.all_rows(session, reader(), filters_of_address(), MOST_EXPORTED)
        matrices, measurands = entries_of(session, found)
    rows = [row_of(row, matrices, measurands) for row in found]
    head = [_(label) for _name, label in COLUMNS]
    body = [[shown(row[name]) if name.endswith("_at") else str(row[name] or "") for name, _label in COLUMNS] for row in rows]
    now = clock.now().astimezone(current_zone())
    when = f"{now:%Y-%m-%d %H:%M}"
    about = _("Samples: %(filter)s · %(instant)s · %(person)s", filter=_filter_text(), instant=when, person=reader().name)
    if len(found) == MOST_EXPORTED:
        about += " · " + _("the first %(most)s rows; narrow the filter for the rest", most=MOST_EXPORTED)
    content = csv_bytes(head, body, about) if form == "csv" else xlsx_bytes(head, body, about, _("Samples"), now, current_language())
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="samples-{now:%Y%m%d-%H%M}.{form}"'})


def filters_of_address() -> Filters:
    """The filters of this address; values that no list offers are ignored."""
    arguments = request.args
    sort = arguments.get("sort", "registered")
    filters = Filters(
        statuses=tuple(code for code in arguments.getlist("status") if code in states.NEXT),
        kind=arguments.get("kind", "") if arguments.get("kind") in kinds.KINDS else "",
        matrix=arguments.get("matrix", "")[:20],
        text=arguments.get("q", "").strip()[:100],
        sort=sort if sort in queries.SORTS else "registered",
        is_ascending=arguments.get("direction") == "ascending",
    )
    start, end = _day("from"), _day("to")
    return replace(filters, received_from=start, received_to=end + timedelta(days=1) if end else None)


def _day(name: str) -> datetime | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=current_zone())


def _arguments(**changes: Any) -> dict[str, Any]:
    """The address arguments of the list, without the place in it; an empty change takes one away."""
    kept: dict[str, Any] = {name: request.args.getlist(name) for name in ARGUMENTS}
    kept.update(changes)
    return {name: value for name, value in kept.items() if value and value != [""]}


def _moved(**place: str | None) -> str | None:
    return url_for("samples.index", **_arguments(**place)) if any(place.values()) else None


def _chips(matrices: dict[str, str]) -> list[tuple[str, str, str]]:
    arguments = request.args
    chips = []
    chosen = [code for code in arguments.getlist("status") if code in states.NEXT]
    if chosen:
        chips.append((_("Status"), ", ".join(state_words(code) for code in chosen), url_for("samples.index", **_arguments(status=[]))))
    kind = kinds.KINDS.get(arguments.get("kind", ""))
    if kind is not None:
        chips.append((_("Kind"), _(kind.name), url_for("samples.index", **_arguments(kind=[]))))
    if arguments.get("matrix"):
        name = matrices.get(arguments["matrix"], arguments["matrix"])
        chips.append((_("Matrix"), name, url_for("samples.index", **_arguments(matrix=[]))))
    for name, label in (("from", N_("Received from")), ("to", N_("Received until")), ("q", N_("Text"))):
        if arguments.get(name):
            chips.append((_(label), arguments[name], url_for("samples.index", **_arguments(**{name: []}))))
    return chips


def _filter_text() -> str:
    with reading() as session:
        matrices = catalogue.names(session, reader(), "sample_matrices", filter(None, [request.args.get("matrix")]))
    return "; ".join(f"{name} {value}" for name, value, _url in _chips(matrices)) or _("All")


def _views() -> list[tuple[str, str, bool, None]]:
    chosen = sorted(request.args.getlist("status"))
    return [
        (_(label), url_for("samples.index", **arguments), chosen == sorted(arguments.get("status", [])), None)
        for _code, label, arguments in VIEWS
    ]


def _sorts(filters: Filters) -> dict[str, dict[str, Any]]:
    """For each sortable column: the address that sorts by it (or turns it round), and its direction now."""
    found = {}
    for name in queries.SORTS:
        is_here = filters.order == name
        turned = "ascending" if is_here and not filters.is_ascending else ""
        direction = ("ascending" if filters.is_ascending else "descending") if is_here else None
        found[name] = {"url": url_for("samples.index", **_arguments(sort=name, direction=turned)), "direction": direction}
    return found
