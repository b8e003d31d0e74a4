"""What the pages of the store share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response

from lims import clock
from lims.accounts.access import current_actor
from lims.db.session import Actor
from lims.samples.exchange import csv_bytes, xlsx_bytes
from lims.web.language import _, current_language, current_zone

blueprint = Blueprint("storage", __name__, url_prefix="/storage")
MOST_EXPORTED = 5000
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def reader() -> Actor:
    """The actor, with the language of this page."""
    return replace(current_actor(), language=current_language())


def as_file(form: str, name: str, title: str, head: list[str], body: list[list[str]], filtered: str) -> Any:
    """The rows of a list as csv or xlsx, with the filter, the time and the person."""
    now = clock.now().astimezone(current_zone())
    about = f"{title}: {filtered or _('All')} · {now:%Y-%m-%d %H:%M} · {reader().name}"
    if len(body) == MOST_EXPORTED:
        about += " · " + _("the first %(most)s rows; narrow the filter for the rest", most=MOST_EXPORTED)
    content = csv_bytes(head, body, about) if form == "csv" else xlsx_bytes(head, body, about, title, now, current_language())
    kind = "text/csv; charset=utf-8" if form == "csv" else SHEET
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}-{now:%Y%m%d-%H%M}.{form}"'})
