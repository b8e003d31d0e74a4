"""What the pages of samples share: the blueprint, the reader, and the words of a sample."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, url_for
from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.access import current_actor
from lims.catalogue import queries as catalogue
from lims.catalogue.models import CatalogueEntry
from lims.db.session import Actor
from lims.samples.labels import Label
from lims.samples.lifecycle import kinds, states
from lims.samples.lifecycle.common import COMMON
from lims.samples.lifecycle.fields import LISTED, Field
from lims.samples.models import Sample
from lims.web.language import _, current_language, current_zone, show_instant

#: common fields that the head of a sample's page shows in its own way
IN_HEAD = frozenset({"external_number", "matrix", "sampled_at", "due_at", "quantity", "unit", "analytes", "priority"})
blueprint = Blueprint("samples", __name__, url_prefix="/samples")


def reader() -> Actor:
    """The actor, with the language of this page."""
    return replace(current_actor(), language=current_language())


def state_words(status: str) -> str:
    """The state's name in the reader's language."""
    return _(states.NAMES[status])


def entries_of(session: Session, rows: Iterable[Sample]) -> tuple[dict[str, CatalogueEntry], dict[str, CatalogueEntry]]:
    """The matrices and the measurands that these samples name, in two queries."""
    known = list(rows)
    matrices = catalogue.find_many(session, reader(), ("sample_matrices",), (row.matrix for row in known))
    return matrices, catalogue.measurands(session, reader(), (code for row in known for code in row.analytes))


def named(entries: dict[str, CatalogueEntry], code: str) -> str:
    """The entry's name in the reader's language; an unknown code stands for itself."""
    entry = entries.get(code)
    return entry.name(current_language()) if entry else code


def listed(names: Iterable[str]) -> str:
    """Names one after the other, as the language separates them."""
    return ("、" if current_language() == "zh_CN" else ", ").join(names)


def row_of(row: Sample, matrices: dict[str, CatalogueEntry], measurands: dict[str, CatalogueEntry]) -> dict[str, Any]:
    """What a list shows of one sample, in words."""
    return {
        "id": row.id, "number": row.number, "external_number": row.external_number, "kind": _(kinds.KINDS[row.kind].name),
        "matrix": named(matrices, row.matrix), "state": state_words(row.status), "ring": states.RINGS[row.status],
        "analytes": listed(named(measurands, code) for code in row.analytes), "source": row.sampling_point or row.sending_laboratory,
        "priority": row.priority, "received": short(row.received_at), "due": short(row.due_at),
        "due_at": row.due_at, "received_at": row.received_at, "registered_at": row.registered_at,
        "url": url_for("samples.show", sample_id=row.id),
    }  # fmt: skip


def label_of(row: Sample, matrices: dict[str, CatalogueEntry]) -> Label:
    """What stands on the sample's label: matrix and time of sampling in the laboratory's zone."""
    zone: ZoneInfo = current_zone()
    taken = f" {row.sampled_at.astimezone(zone):%m-%d %H:%M}" if row.sampled_at else ""
    return Label(row.number, row.external_number, named(matrices, row.matrix) + taken)


def detail_pairs(row: Sample, entries: dict[tuple[str, str], CatalogueEntry]) -> list[tuple[str, str]]:
    """The fields of the kind that are filled, as label and value in words; ``entries`` by list and code."""
    return _pairs(kinds.KINDS[row.kind].fields, row.details.get, entries)


def common_pairs(row: Sample, entries: dict[tuple[str, str], CatalogueEntry]) -> list[tuple[str, str]]:
    """The common fields that are filled, as label and value in words, without those the head of the page shows."""
    return _pairs([one for one in COMMON if one.code not in IN_HEAD], lambda name: getattr(row, name), entries)


def listed_codes(row: Sample) -> set[tuple[str, str]]:
    """Every list and code of the catalogue that the sample's fields name."""
    shown = [
        *((one, getattr(row, one.code)) for one in COMMON),
        *((one, row.details.get(one.code)) for one in kinds.KINDS[row.kind].fields),
    ]
    return {(one.list_code, str(value)) for one, value in shown if one.takes == LISTED and value}


def _pairs(
    fields: Iterable[Field], value_of: Callable[[str], Any], entries: dict[tuple[str, str], CatalogueEntry]
) -> list[tuple[str, str]]:
    pairs = []
    for field in fields:
        value = value_of(field.code)
        if not value:
            continue
        text = _(dict(field.choices).get(value, value)) if field.choices else str(value)
        if field.takes == LISTED and (field.list_code, text) in entries:
            text = entries[field.list_code, text].name(current_language())
        pairs.append((_(field.label), f"{text} {field.unit}".strip()))
    return pairs


def short(instant: datetime | None) -> str:
    """An instant of this year as ``05-22 17:00``; with the year otherwise, a dash for none."""
    if instant is None:
        return "–"
    local = instant.astimezone(current_zone())
    return f"{local:%m-%d %H:%M}" if local.year == clock.now().astimezone(current_zone()).year else f"{local:%Y-%m-%d %H:%M}"


def shown(instant: Any) -> str:
    """An instant in the laboratory's zone, or a dash."""
    return show_instant(instant)
