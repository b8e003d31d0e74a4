"""Stock of items against need, the preparation sheet, and the manifests that lie in the boxes."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from markupsafe import Markup

from lims import clock
from lims.accounts.access import requires
from lims.db.session import reading
from lims.errors import Invalid
from lims.marks import N_
from lims.rounds import queries, service
from lims.rounds.lifecycle.stock import STOCK_WORDS, reserve_of
from lims.rounds.models import Round
from lims.rounds.queries import records
from lims.rounds.queries import stock as stocked
from lims.rounds.views.acting import Refusal, carry_out
from lims.rounds.views.base import blueprint, find_round, organised, reader, show_deadline, typed
from lims.samples import labels
from lims.web.language import _, show_instant

OPEN = ("planned", "designed", "enrolling", "preparing", "dispatched", "testing")


@blueprint.get("/<code>/items/stock")
@requires("rounds.code")
def stock(code: str) -> str:
    """Units made, used and packed, against laboratories and reserve."""
    return _page(organised(find_round(code)))


@blueprint.post("/<code>/items/stock")
@requires("rounds.code")
def record_stock(code: str) -> Any:
    """Enter units of one item."""
    row = organised(find_round(code))

    def act() -> None:
        number, units = typed("item"), typed("units")
        if not number.isdecimal() or not units.isdecimal():
            sentence = N_("Units: read %(units)s, expected a whole number from 1 to 100000.")
            raise Invalid("rounds.units", sentence, field="units", units=units)
        service.record_stock(reader(), row.id, int(number), typed("kind"), int(units), typed("note"))

    then = url_for("rounds.stock", code=row.code)
    return carry_out("stock", act, _("The stock entry is kept."), then, lambda refusal: _page(row, refusal))


@blueprint.get("/<code>/items/sheet")
@requires("rounds.code")
def preparation_sheet(code: str) -> str:
    """The sheet for the bench that makes the items: what and how many, with room for hand and signature."""
    row = organised(find_round(code))
    with reading() as session:
        items = records.items_of(session, row)
        units = {one.number: one for one in stocked.stock_of(session, row, items)}
    return render_template("rounds/sheet.html", row=row, items=items, units=units, printed=show_instant(clock.now()))


@blueprint.get("/<code>/packing/manifests")
@requires("rounds.dispatch")
def manifests(code: str) -> str:
    """One page for each box: its code to scan, the item codes in the order of that participant, and how it is carried."""
    row = organised(find_round(code))
    with reading() as session:
        parts = queries.distribution(session, reader(), row.id)
    pages = [
        {
            "code": part.code, "items": [(one.position, one.code) for one in codes], "box": box,
            "qr": Markup(labels.qr_svg(box.box_code, 120)),
        }
        for part, codes, boxes in parts for box in boxes
    ]  # fmt: skip
    return render_template("rounds/manifests.html", row=row, pages=pages, deadline=show_deadline(row))


def _page(row: Round, refusal: Refusal | None = None) -> str:
    with reading() as session:
        items = records.items_of(session, row)
        units, entries = stocked.stock_of(session, row, items), stocked.entries(session, row)
    n = units[0].n_laboratories if units else 0
    return render_template(
        "rounds/stock.html", row=row, units=units, entries=entries, kinds=[(code, _(word)) for code, word in STOCK_WORDS.items()],
        words={code: _(word) for code, word in STOCK_WORDS.items()}, refusal=refusal, kept=request.form if refusal else {},
        n_laboratories=n, reserve=reserve_of(n), is_open=row.state in OPEN,
    )  # fmt: skip
