"""The table of all readings of an upload: what is to be decided first, narrowed by what became of the rows, in pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import request, url_for

from lims.imports.models import Upload
from lims.imports.service import Proposal
from lims.imports.views.base import QUANTITIES, READ_AS, ROLES, unit_words
from lims.marks import N_
from lims.web.language import _

#: rows of one page of the table
MOST_READINGS = 200
LISTS = {
    "all": N_("All"), "open": N_("to decide"), "match": N_("taken"), "park": N_("parked"), "exclude": N_("left out"),
    "control": N_("controls"),
}  # fmt: skip


def fate_of(one: Proposal) -> str:
    """What became of a reading: match, park, exclude, control, or open."""
    if one.is_control:
        return "control"
    return one.decision.decision if one.decision is not None else "open"


def counts_of(rows: Sequence[Proposal]) -> dict[str, int]:
    """How many readings went which way; the sum is the number of readings."""
    counts = Counter(map(fate_of, rows))
    return {name: counts[name] for name in ("match", "control", "open", "park", "exclude")}


def chosen_list() -> str:
    """The list that the address or the form names."""
    name = request.values.get("list", "all")
    return name if name in LISTS else "all"


def listed(rows: Sequence[Proposal], name: str) -> list[Proposal]:
    """The rows of one list: those that wait first, then those with a problem, then the rest, each in the order of the file."""
    found = [one for one in rows if name in ("all", fate_of(one))]
    return sorted(found, key=lambda one: (not one.is_open, one.is_control or not one.problem, one.reading.row))


def decidable(rows: Sequence[Proposal], name: str) -> list[int]:
    """The row numbers of one list that a person may decide: all but the controls."""
    return [one.reading.row for one in listed(rows, name) if not one.is_control]


def table_of(upload: Upload, rows: Sequence[Proposal]) -> dict[str, Any]:
    """What the template needs of the table: its page, the lists to switch between, the neighbours."""
    name, counts = chosen_list(), counts_of(rows)
    found = listed(rows, name)
    start = min(max(request.values.get("start", 0, type=int), 0), max(len(found) - 1, 0)) // MOST_READINGS * MOST_READINGS
    page = found[start : start + MOST_READINGS]
    lists = [
        (f"{_(word)} {counts[code] if code in counts else len(rows)}", _address(upload, code), code == name) for code, word in LISTS.items()
    ]
    return {
        "readings": [reading_of(one) for one in page], "reading_count": len(rows), "counts": counts, "lists": lists, "list": name,
        "listed": len(decidable(rows, name)), "ticked": set(request.form.getlist("selected")),
        "rows_words": _("Rows %(first)s–%(last)s of %(count)s", first=start + 1, last=start + len(page), count=len(found)) if page else "",
        "rows_before": _address(upload, name, start - MOST_READINGS) if start else None,
        "rows_after": _address(upload, name, start + MOST_READINGS) if start + len(page) < len(found) else None,
    }  # fmt: skip


def _address(upload: Upload, name: str, start: int = 0) -> str:
    return url_for("imports.show", upload_id=upload.id, list=name, start=start or None) + "#readings"


def reading_of(one: Proposal) -> dict[str, Any]:
    """One row of the table of all readings, in words."""
    row, fate = one.reading, fate_of(one)
    names = {
        "match": _("taken"),
        "park": _("parked"),
        "exclude": _("left out"),
        "control": _(ROLES.get(row.role, row.role)),
        "open": _("to decide"),
    }
    return {
        "reading": row, "target": row.target or row.channel or "–", "raw": row.raw or "–",
        "quantity": _(QUANTITIES.get(row.quantity, row.quantity)), "status": _(READ_AS.get(row.status, row.status)),
        "unit": unit_words(row.unit), "flags": ", ".join(_(flag) for flag in row.flags), "sample": one.sample if fate == "match" else None,
        "decision": names[fate], "is_open": one.is_open, "is_control": one.is_control,
    }  # fmt: skip
