"""The page of the preparation records: what was measured on each item, and the next record: figures first, then the signature."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from lims.accounts.access import requires
from lims.db.session import reading
from lims.errors import Invalid, LimsError
from lims.marks import N_
from lims.rounds import service
from lims.rounds.lifecycle.words import RECORD_WORDS
from lims.rounds.models import PreparationRecord, PTItem, Round
from lims.rounds.queries import preparation as recorded
from lims.rounds.queries import records
from lims.rounds.scoring.preparation import CONCLUSIONS, KINDS
from lims.rounds.service import Pasted, Preview
from lims.rounds.service.preparation import OPEN
from lims.rounds.views.acting import Refusal, listed, refused, unit_text
from lims.rounds.views.base import blueprint, find_round, organised, reader, typed
from lims.web.language import _
from lims.web.pages import said


@blueprint.get("/<code>/items/records")
@requires("rounds.code")
def preparation(code: str) -> Any:
    """Every version of every record, and the form."""
    return _page(organised(find_round(code)))


@blueprint.post("/<code>/items/records")
@requires("rounds.code")
def record_preparation(code: str) -> Any:
    """Evaluate pasted results and show their figures; with the signature of the checker under them they are kept."""
    row, step, found = organised(find_round(code)), typed("step"), []

    def act() -> None:
        pasted = _pasted(row)
        if step == "sign":
            seen, login, password = request.form.get("seen", ""), typed("login"), request.form.get("password", "")
            service.record_preparation(reader(), row.id, pasted, checker=login, password=password, seen=seen)
        elif step != "correct":
            found.append(service.preview_preparation(reader(), row.id, pasted))

    refusal = refused(step, act)
    if refusal is None and step == "sign":
        said(_("The record is kept. Its conclusion stands in the table."))
        return redirect(url_for("rounds.preparation", code=row.code))
    if refusal is not None and step == "sign":
        found = _again(row)
    return _page(row, refusal, found[0] if found else None), refusal.status if refusal else 200


def _pasted(row: Round) -> Pasted:
    number = typed("item")
    if not number.isdecimal() and row.state in OPEN:
        sentence = N_("Item: read %(read)s, expected one of the list. Choose the item.")
        raise Invalid("rounds.item_read", sentence, field="item", read=number)
    item = int(number) if number.isdecimal() else 0
    return Pasted(item, typed("kind"), request.form.get("first", ""), request.form.get("second", ""))


def _again(row: Round) -> list[Preview]:
    """The figures as they come out now, under a refused signature."""
    try:
        return [service.preview_preparation(reader(), row.id, _pasted(row))]
    except LimsError:
        return []


def _page(row: Round, refusal: Refusal | None = None, shown: Preview | None = None) -> str:
    with reading() as session:
        items = records.items_of(session, row)
        found = recorded.versions(session, row)
        current = {one.id for one in recorded.newest(session, row).values()}
    known = {item.number: item for item in items}
    rows = [{**_line(row, one, known.get(one.item_number)), "is_current": one.id in current} for one in found]
    return render_template(
        "rounds/preparation.html", row=row, rows=rows, numbers=list(known), kinds=[(code, _(word)) for code, word in KINDS.items()],
        refusal=refusal, typed=request.form, is_open=row.state in OPEN, shown=shown, result=_result(shown) if shown else None,
        unit=unit_text(row.unit) if row.kind == "quantitative" else "",
    )  # fmt: skip


def _line(row: Round, one: PreparationRecord, item: PTItem | None) -> dict[str, Any]:
    changed = listed(_(RECORD_WORDS[name]) for name in recorded.changes(row, item, one))
    return {
        "record": one, "kind": _(KINDS[one.kind]), "conclusion": _(CONCLUSIONS[one.conclusion]), "reason": _(one.reason),
        "figures": _figures(one.figures), "changed": changed,
    }  # fmt: skip


def _result(shown: Preview) -> dict[str, Any]:
    """The figures of pasted results as the checker reads them."""
    found, judged_by = shown.found, shown.judged_by
    return {
        "kind": _(KINDS[shown.pasted.kind]), "conclusion": _(CONCLUSIONS[found.conclusion]), "reason": _(found.reason), "u": found.u,
        "figures": list(found.figures.items()), "first": len(shown.measured["first"]), "second": len(shown.measured["second"]),
        "judged_by": [(_(RECORD_WORDS[name]), value) for name, value in judged_by.items() if value is not None],
        "tone": {"passed": "ok", "not_passed": "error"}.get(found.conclusion, "warn"),
    }  # fmt: skip


def _figures(figures: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in figures.items())
