"""Registering many samples at once: one run of numbers, three bulk statements, one audit event over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, insert, text
from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.queries import laboratory
from lims.catalogue.models import CatalogueEntry
from lims.db.base import new_key
from lims.db.guard import permitted_bulk
from lims.db.session import Actor
from lims.db.types import Uuid
from lims.samples.lifecycle import states
from lims.samples.lifecycle.draft import NewSample
from lims.samples.lifecycle.numbers import format_number
from lims.samples.models import CustodyEvent, Sample, SampleWord
from lims.samples.service.registering import values_of, words_for

CHUNK = 500
_RUN = text(
    "INSERT INTO number_series (laboratory_id, year, kind, last) VALUES (:laboratory, :year, :kind, :count) "
    "ON CONFLICT (laboratory_id, year, kind) DO UPDATE SET last = number_series.last + :count RETURNING last"
).bindparams(bindparam("laboratory", type_=Uuid()))


@dataclass(frozen=True)
class Checked:
    """A draft that passed every check, its details as kept, its key, the entries it names, and what the scanner sent."""

    draft: NewSample
    details: Mapping[str, str]
    key: str
    entries: tuple[CatalogueEntry, ...] = ()
    raw_code: str = ""


def register_many(session: Session, actor: Actor, checked: Sequence[Checked]) -> list[str]:
    """Write the samples in the transaction that runs and give their numbers, in the order given."""
    if not checked or actor.laboratory_id is None:
        return []
    home = laboratory(session, actor.laboratory_id)
    now = clock.now()
    year = now.astimezone(ZoneInfo(home.zone)).year
    numbers = _numbers(session, home, year, [one.draft.kind for one in checked])
    samples = [
        {"id": new_key(), "row_version": 1, "idempotency_key": one.key, **values_of(actor, home.id, number, one.draft, one.details)}
        for number, one in zip(numbers, checked, strict=True)
    ]
    steps = [_first_step(actor, row, one.raw_code) for row, one in zip(samples, checked, strict=True)]
    with permitted_bulk(session, "sample", home.id, [{**row, "custody": step} for row, step in zip(samples, steps, strict=True)]):
        for model, rows in ((Sample, samples), (CustodyEvent, steps)):
            for start in range(0, len(rows), CHUNK):
                session.execute(insert(model), rows[start : start + CHUNK])
    _keep_words(session, samples, checked)
    return numbers


def _numbers(session: Session, home: Any, year: int, kinds: Iterable[str]) -> list[str]:
    wanted = list(kinds)
    next_of: dict[str, int] = {}
    for kind in sorted(set(wanted)):
        values = {"laboratory": home.id, "year": year, "kind": kind, "count": wanted.count(kind)}
        next_of[kind] = int(session.execute(_RUN, values).scalar_one()) - wanted.count(kind)
    numbers = []
    for kind in wanted:
        next_of[kind] += 1
        numbers.append(format_number(home.code, year, kind, next_of[kind]))
    return numbers


def _first_step(actor: Actor, row: Mapping[str, Any], raw_code: str) -> dict[str, Any]:
    return {
        "id": new_key(), "laboratory_id": row["laboratory_id"], "sample_id": row["id"], "verb": states.REGISTERED,
        "at": row["registered_at"],
        "recorded_at": row["registered_at"], "actor_id": actor.user_id, "actor_name": actor.name, "status_before": "",
        "status_after": states.REGISTERED, "handed_over_by": "", "received_by": "", "temperature": None, "quantity_left": None,
        "reason_code": "", "note": row["sampling_point"], "raw_code": raw_code,
    }  # fmt: skip


def _keep_words(session: Session, samples: Sequence[Mapping[str, Any]], checked: Sequence[Checked]) -> None:
    rows = [
        {"laboratory_id": row["laboratory_id"], "word": word, "sample_id": row["id"]}
        for row, one in zip(samples, checked, strict=True)
        for word in sorted(words_for(row, one.entries))
    ]
    for start in range(0, len(rows), CHUNK * 10):
        session.execute(insert(SampleWord), rows[start : start + CHUNK * 10])
