"""The list of rounds: all that the reader may see, filter and order in the address, keyset pages, export."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for

from lims import clock
from lims.accounts.access import requires
from lims.db.session import reading
from lims.marks import N_
from lims.rounds import queries
from lims.rounds.lifecycle.states import ROUND_STATES
from lims.rounds.models import Round
from lims.rounds.views.base import ROUND_RINGS, blueprint, reader, show_deadline, state_words
from lims.samples.exchange import csv_bytes
from lims.web.language import _, current_language, current_zone

OPEN = ("planned", "designed", "enrolling", "preparing", "dispatched", "testing", "locked", "analysing", "reviewing", "follow_up")
VIEWS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("All"), ()), (N_("In progress"), OPEN), (N_("Results may be entered"), ("testing",)), (N_("Published"), ("published", "closed")),
)  # fmt: skip
MOST_EXPORTED = 1000
KINDS = {"qualitative": N_("qualitative"), "quantitative": N_("quantitative")}


@blueprint.get("/")
@requires("rounds.view")
def index() -> Any:
    """One page of the rounds, newest first or oldest first."""
    chosen = tuple(state for state in request.args.getlist("state") if state in ROUND_STATES)
    text = request.args.get("q", "").strip()[:100]
    is_oldest_first = request.args.get("direction") == "ascending"
    with reading() as session:
        page = queries.list_rounds(
            session, reader(), states=chosen, text=text, after=request.args.get("after", ""), before=request.args.get("before", ""),
            is_oldest_first=is_oldest_first,
        )  # fmt: skip
    turned = _address(direction=None if is_oldest_first else "ascending")
    return render_template(
        "rounds/list.html", rows=[_row(row) for row in page.rows], views=_views(chosen), chips=_chips(chosen, text),
        states=[(state, state_words(state)) for state in ROUND_STATES], chosen=chosen, text=text,
        earlier=_address(before=page.earlier) if page.earlier else None, later=_address(after=page.later) if page.later else None,
        sort_url=turned, direction="ascending" if is_oldest_first else "descending", export_url=_address("rounds.export"),
    )  # fmt: skip


@blueprint.get("/export.csv")
@requires("rounds.view")
def export() -> Any:
    """The filtered rounds as a file, with filter, time and person."""
    chosen = tuple(state for state in request.args.getlist("state") if state in ROUND_STATES)
    text = request.args.get("q", "").strip()[:100]
    is_oldest_first = request.args.get("direction") == "ascending"
    with reading() as session:
        page = queries.list_rounds(session, reader(), states=chosen, text=text, limit=MOST_EXPORTED, is_oldest_first=is_oldest_first)
    rows = [_row(row) for row in page.rows]
    head = [_("Round"), _("Title"), _("Kind"), _("Template"), _("Deadline"), _("Status")]
    body = [[row["code"], row["title"], row["kind"], row["template"], row["deadline"], row["state"]] for row in rows]
    now = clock.now().astimezone(current_zone())
    chips = "; ".join(f"{name} {value}" for name, value, _url in _chips(chosen, text)) or _("All")
    about = _("Rounds: %(filter)s · %(instant)s · %(person)s", filter=chips, instant=f"{now:%Y-%m-%d %H:%M}", person=reader().name)
    if page.later:
        about += " · " + _("the first %(most)s rows; narrow the filter for the rest", most=MOST_EXPORTED)
    name = f'attachment; filename="rounds-{now:%Y%m%d-%H%M}.csv"'
    return Response(csv_bytes(head, body, about), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


def _row(row: Round) -> dict[str, Any]:
    return {
        "code": row.code, "title": row.title(current_language()), "kind": _(KINDS[row.kind]), "template": row.template_code,
        "deadline": show_deadline(row), "instant": row.deadline, "state": state_words(row.state), "ring": ROUND_RINGS[row.state],
        "url": url_for("rounds.show", code=row.code),
    }  # fmt: skip


def _address(endpoint: str = "rounds.index", **changes: Any) -> str:
    """The list's address with its filter and order; the place in it falls away."""
    kept: dict[str, Any] = {name: request.args.getlist(name) for name in ("state", "q", "direction")}
    kept.update(changes)
    return url_for(endpoint, **{name: value for name, value in kept.items() if value and value != [""]})


def _views(chosen: tuple[str, ...]) -> list[tuple[str, str, bool, None]]:
    return [(_(label), _address(state=list(states)), set(chosen) == set(states), None) for label, states in VIEWS]


def _chips(chosen: tuple[str, ...], text: str) -> list[tuple[str, str, str]]:
    chips = []
    if chosen:
        chips.append((_("Status"), ", ".join(state_words(state) for state in chosen), _address(state=[])))
    if text:
        chips.append((_("Text"), text, _address(q=[])))
    return chips
