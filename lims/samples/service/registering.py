"""Registering a sample: one transaction for the number, the sample, its search words and the first step of its custody."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, insert, text
from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.queries import laboratory
from lims.accounts.service import permit
from lims.catalogue.models import CatalogueEntry
from lims.db.session import Actor, transaction
from lims.db.types import Uuid
from lims.errors import Conflict, Forbidden
from lims.marks import N_
from lims.samples import queries
from lims.samples.lifecycle import states
from lims.samples.lifecycle.draft import NewSample, amount, check
from lims.samples.lifecycle.fields import plain_digits
from lims.samples.lifecycle.numbers import format_number, half_width
from lims.samples.lifecycle.words import words_of
from lims.samples.models import Sample, SampleWord
from lims.samples.service.checks import catalogue_problems, refuse
from lims.samples.service.custody import move, note_step

#: Fields of a draft that become columns of the same name, as they are.
COPIED = tuple(
    field.name for field in dataclasses.fields(NewSample)
    if field.name not in {"quantity", "analytes", "details", "external_number"}
)  # fmt: skip
#: Fields of the kinds by which a sample is looked for.
FOUND_BY = (
    "pseudonym", "conveyance_number", "product", "brand", "lot", "container_number", "declaration_number", "transfer_reference",
    "place", "strain", "ear_tag", "herd", "consignment", "seed_lot", "certificate_number", "round_code", "item_code", "species", "taxon",
)  # fmt: skip
_NEXT_SERIAL = text(
    "INSERT INTO number_series (laboratory_id, year, kind, last) VALUES (:laboratory, :year, :kind, 1) "
    "ON CONFLICT (laboratory_id, year, kind) DO UPDATE SET last = number_series.last + 1 RETURNING last"
).bindparams(bindparam("laboratory", type_=Uuid()))


def register_sample(actor: Actor, draft: NewSample, idempotency_key: str | None = None) -> Sample:
    """Register one sample in the actor's laboratory and give it its number.

    A second call with the same ``idempotency_key`` gives the sample of the first. Raises SampleInvalid with every
    problem of the draft; Conflict when the key was used for another sample.
    """
    permit(actor, "samples.register")
    if actor.laboratory_id is None:
        raise Forbidden("samples.no_laboratory", N_("A sample belongs to a laboratory; open one first."))
    with transaction(actor, reason="registered a sample") as session:
        known = queries.by_idempotency_key(session, actor, idempotency_key) if idempotency_key else None
        if known is not None:
            return _same(known, draft)
        home = laboratory(session, actor.laboratory_id)
        now = clock.now().astimezone(ZoneInfo(home.zone))
        details, problems = check(draft, now)
        against, entries = catalogue_problems(session, actor, draft)
        refuse([*problems, *against])
        serial = next_serial(session, home.id, now, draft.kind)
        number = format_number(home.code, now.year, draft.kind, serial)
        values = values_of(actor, home.id, number, draft, details)
        row = Sample(**values, idempotency_key=idempotency_key)
        session.add(row)
        session.flush()
        note_step(session, actor, row, states.REGISTERED, status_after=states.REGISTERED, note=draft.sampling_point)
        words = sorted(words_for(values, entries))
        session.execute(insert(SampleWord), [{"laboratory_id": home.id, "word": word, "sample_id": row.id} for word in words])
        return row


def send_sample(actor: Actor, sample_id: uuid.UUID, handed_over_by: str = "", note: str = "") -> Sample:
    """The sample leaves the place where it was taken."""
    permit(actor, "samples.register")
    with transaction(actor, reason="sent a sample") as session:
        row = queries.sample(session, actor, sample_id, is_locked=True)
        move(session, actor, row, states.IN_TRANSIT, handed_over_by=handed_over_by, note=note)
        return row


def cancel_sample(actor: Actor, sample_id: uuid.UUID, reason: str) -> Sample:
    """Give up a sample that was not tested; the record stays, with the reason."""
    permit(actor, "samples.register")
    with transaction(actor, reason=reason or "cancelled a sample") as session:
        row = queries.sample(session, actor, sample_id, is_locked=True)
        move(session, actor, row, states.CANCELLED, note=reason)
        return row


def _same(known: Sample, draft: NewSample) -> Sample:
    if (known.kind, known.matrix, known.external_number) != (draft.kind, draft.matrix, half_width(draft.external_number)):
        raise Conflict(
            "samples.key_used",
            N_("This idempotency key belongs to sample %(number)s, which is another one. Send a new key."),
            number=known.number,
        )
    return known


def next_serial(session: Session, laboratory_id: uuid.UUID, now: datetime, kind: str) -> int:
    """The next number; the row stays locked until this transaction ends, so a rolled-back number is given again."""
    values = {"laboratory": laboratory_id, "year": now.year, "kind": kind}
    return int(session.execute(_NEXT_SERIAL, values).scalar_one())


def values_of(actor: Actor, laboratory_id: uuid.UUID, number: str, draft: NewSample, details: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a new sample."""
    copied = {name: getattr(draft, name) for name in COPIED}
    for name in ("sampled_at", "due_at"):
        copied[name] = copied[name] and copied[name].astimezone(UTC)
    return {
        "laboratory_id": laboratory_id, "number": number, "status": states.REGISTERED, "registered_at": clock.now(),
        "status_since": clock.now(),
        "registered_by": actor.user_id, "external_number": half_width(draft.external_number), "quantity": amount(draft.quantity),
        "quantity_text": plain_digits(draft.quantity), "analytes": list(dict.fromkeys(draft.analytes)), "details": dict(details), **copied,
    }  # fmt: skip


def words_for(values: Mapping[str, Any], entries: Iterable[CatalogueEntry]) -> set[str]:
    """The words by which a sample with these columns is found."""
    serial = values["number"].split("-")[3]
    names = [name for entry in entries if entry.list_code != "units_ucum" for name in (entry.name_zh, entry.name_en, entry.code)]
    own = [serial, serial.lstrip("0"), values["external_number"], values["sampling_point"], values["event_number"]]
    words = words_of([*own, *(str(values["details"].get(name, "")) for name in FOUND_BY), *names, values["sending_laboratory"]])
    return words | {values["number"].lower()}
