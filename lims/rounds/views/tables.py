"""Lists in the order of a date: their address with filter and order, the pages of the list, and the same rows as a file."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from lims import clock
from lims.rounds.views.base import reader
from lims.samples.exchange import csv_bytes
from lims.web.language import _, current_zone

KEPT = ("view", "q", "direction")
FURTHEST = 100_000


def offset_of() -> int:
    """Where in the list the page begins."""
    text = request.args.get("from", "")
    return min(int(text), FURTHEST) if text.isdecimal() and len(text) < 7 else 0


def row_address(endpoint: str, **changes: Any) -> str:
    """The list's address with its filter and order; the place in it falls away."""
    kept: dict[str, Any] = {name: request.args.get(name) for name in KEPT}
    kept.update(changes)
    return url_for(endpoint, **{name: value for name, value in kept.items() if value})


def pages_of(endpoint: str, after: int, found: int, size: int) -> tuple[str | None, str | None]:
    """The addresses of the earlier and the later page."""
    earlier = row_address(endpoint, **{"from": max(0, after - size) or None}) if after else None
    return earlier, row_address(endpoint, **{"from": after + size}) if found > size else None


def as_csv(name: str, head: list[str], rows: list[list[str]], text: str) -> Response:
    """The rows as a file, with filter, time and person."""
    now = clock.now().astimezone(current_zone())
    chosen = " ".join(part for part in (request.args.get("view", ""), text) if part) or _("All")
    about = " · ".join((chosen, f"{now:%Y-%m-%d %H:%M}", reader().name))
    where = {"Content-Disposition": f'attachment; filename="{name}-{now:%Y%m%d-%H%M}.csv"'}
    return Response(csv_bytes(head, rows, about), content_type="text/csv; charset=utf-8", headers=where)
