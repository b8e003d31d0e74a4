"""The page of the preparation records: what was measured on each item, what it says, and a form for the next record."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from lims.accounts.access import requires
from lims.db.session import reading
from lims.errors import Invalid
from lims.marks import N_
from lims.rounds import service
from lims.rounds.models import Round
from lims.rounds.queries import preparation as recorded
from lims.rounds.queries import records
from lims.rounds.scoring.preparation import CONCLUSIONS, KINDS
from lims.rounds.service.preparation import OPEN
from lims.rounds.views.acting import Refusal, carry_out
from lims.rounds.views.base import blueprint, find_round, organised, reader, typed
from lims.web.language import _


@blueprint.get("/<code>/items/records")
@requires("rounds.code")
def preparation(code: str) -> Any:
    """Every version of every record, and the form."""
    return _page(organised(find_round(code)))


@blueprint.post("/<code>/items/records")
@requires("rounds.code")
def record_preparation(code: str) -> Any:
    """Evaluate the pasted results and keep them; the checker signs at the same screen."""
    row = organised(find_round(code))

    def act() -> None:
        if not typed("item").isdecimal():
            raise Invalid("rounds.item_read", N_("Item: read %(read)s, expected one of the list. Choose the item."), field="item",
                          read=typed("item"))  # fmt: skip
        service.record_preparation(
            reader(), row.id, int(typed("item")), typed("kind"), request.form.get("first", ""), request.form.get("second", ""),
            checker=typed("login"), password=request.form.get("password", ""),
        )  # fmt: skip

    done = _("The record is kept. Its conclusion stands in the table.")
    return carry_out("record", act, done, url_for("rounds.preparation", code=row.code), lambda refusal: _page(row, refusal))


def _page(row: Round, refusal: Refusal | None = None) -> str:
    with reading() as session:
        numbers = [item.number for item in records.items_of(session, row)]
        found = recorded.versions(session, row)
        current = {one.id for one in recorded.newest(session, row).values()}
    rows = [
        {"record": one, "kind": _(KINDS[one.kind]), "conclusion": _(CONCLUSIONS[one.conclusion]), "reason": _(one.reason),
         "is_current": one.id in current, "figures": "; ".join(f"{name} {value}" for name, value in one.figures.items())}
        for one in found
    ]  # fmt: skip
    return render_template(
        "rounds/preparation.html", row=row, rows=rows, numbers=numbers, kinds=[(code, _(word)) for code, word in KINDS.items()],
        refusal=refusal, typed=request.form if refusal else {}, is_open=row.state in OPEN,
    )  # fmt: skip
