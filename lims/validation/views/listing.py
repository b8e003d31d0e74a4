"""The list of studies: all that the reader may see, filter and order in the address, keyset pages, export."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for

from lims import clock
from lims.accounts.access import requires
from lims.db.session import reading
from lims.samples.exchange import csv_bytes
from lims.validation import queries
from lims.validation.lifecycle.states import IN_USE, STUDY_STATES
from lims.validation.models import ValidationStudy
from lims.validation.views.base import RINGS, blueprint, decision_words, reader, state_words
from lims.web.language import _, current_language, current_zone

MOST_EXPORTED = 1000


@blueprint.get("/")
@requires("validation.view")
def index() -> Any:
    """One page of the studies, newest first or oldest first."""
    chosen, text, is_oldest_first = _filter()
    with reading() as session:
        page = queries.list_studies(
            session, reader(), states=chosen, text=text, after=request.args.get("after", ""), before=request.args.get("before", ""),
            is_oldest_first=is_oldest_first,
        )  # fmt: skip
    return render_template(
        "validation/list.html", rows=[_row(row) for row in page.rows], views=_views(chosen), chips=_chips(chosen, text),
        states=[(state, state_words(state)) for state in STUDY_STATES], chosen=chosen, text=text,
        earlier=_address(before=page.earlier) if page.earlier else None, later=_address(after=page.later) if page.later else None,
        sort_url=_address(direction=None if is_oldest_first else "ascending"),
        direction="ascending" if is_oldest_first else "descending", export_url=_address("validation.export"),
    )  # fmt: skip


@blueprint.get("/export.csv")
@requires("validation.view")
def export() -> Any:
    """The filtered studies as a file, with filter, time and person."""
    chosen, text, is_oldest_first = _filter()
    with reading() as session:
        page = queries.list_studies(session, reader(), states=chosen, text=text, limit=MOST_EXPORTED, is_oldest_first=is_oldest_first)
    head = [_("Study no."), _("Title"), _("Method"), _("Template"), _("Decision on the method"), _("Status")]
    body = [[row[name] for name in ("code", "title", "method", "template", "decision", "state")] for row in map(_row, page.rows)]
    now = clock.now().astimezone(current_zone())
    chips = "; ".join(f"{name} {value}" for name, value, _url in _chips(chosen, text)) or _("All")
    about = _("Studies: %(filter)s · %(instant)s · %(person)s", filter=chips, instant=f"{now:%Y-%m-%d %H:%M}", person=reader().name)
    name = f'attachment; filename="studies-{now:%Y%m%d-%H%M}.csv"'
    return Response(csv_bytes(head, body, about), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


def _filter() -> tuple[tuple[str, ...], str, bool]:
    chosen = tuple(state for state in request.args.getlist("state") if state in STUDY_STATES)
    return chosen, request.args.get("q", "").strip()[:100], request.args.get("direction") == "ascending"


def _row(row: ValidationStudy) -> dict[str, Any]:
    return {
        "code": row.code, "title": row.title(current_language()), "method": row.method_name, "template": row.template_code,
        "decision": decision_words(row.decision), "state": state_words(row.state), "ring": RINGS[row.state],
        "url": url_for("validation.show", study=row.code),
    }  # fmt: skip


def _address(endpoint: str = "validation.index", **changes: Any) -> str:
    """The list's address with its filter and order; the place in it falls away."""
    kept: dict[str, Any] = {name: request.args.getlist(name) for name in ("state", "q", "direction")}
    kept.update(changes)
    return url_for(endpoint, **{name: value for name, value in kept.items() if value and value != [""]})


def _views(chosen: tuple[str, ...]) -> list[tuple[str, str, bool, None]]:
    under_way = tuple(state for state in STUDY_STATES if state not in (*IN_USE, "withdrawn"))
    named = ((_("All"), ()), (_("In progress"), under_way), (_("In use"), IN_USE))
    return [(label, _address(state=list(states)), set(chosen) == set(states), None) for label, states in named]


def _chips(chosen: tuple[str, ...], text: str) -> list[tuple[str, str, str]]:
    chips = []
    if chosen:
        chips.append((_("Status"), ", ".join(state_words(state) for state in chosen), _address(state=[])))
    if text:
        chips.append((_("Text"), text, _address(q=[])))
    return chips
