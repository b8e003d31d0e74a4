"""What is typed to register a sample, and the rules for it. Codes of the catalogue are checked by the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from lims.marks import N_
from lims.samples.lifecycle import kinds
from lims.samples.lifecycle.common import BY_CODE, COMMON, DEFAULTS
from lims.samples.lifecycle.fields import (
    CHOICE,
    INSTANT,
    MANY,
    Problem,
    Refused,
    check_text,
    is_code,
    plain_digits,
    read_decimal,
    read_fields,
)  # fmt: skip

#: Columns of the table are as wide as these limits.
LIMITS = {one.code: one.longest for one in COMMON if one.takes not in (CHOICE, INSTANT, MANY)}


@dataclass(frozen=True)
class NewSample:
    """A sample as typed. Texts are kept as given; ``sampled_at`` and ``due_at`` are aware instants.

    ``quantity`` is the text that was typed (``1.10`` stays ``1.10``), ``unit`` its UCUM code, ``analytes`` codes of the
    measurand lists, ``details`` the fields of the kind.
    """

    kind: str
    matrix: str
    details: Mapping[str, Any] = field(default_factory=dict)
    external_number: str = ""
    sending_organisation: str = ""
    sending_laboratory: str = ""
    port: str = ""
    sampling_point: str = ""
    sampled_at: datetime | None = None
    sampler: str = ""
    purpose: str = "monitoring"
    quantity: str = ""
    unit: str = ""
    container: str = ""
    medium: str = ""
    analytes: tuple[str, ...] = ()
    priority: str = "routine"
    due_at: datetime | None = None
    event_number: str = ""
    confidentiality: str = "own_organisation"
    hazard_class: str = ""
    biosafety_level: str = ""
    transport_category: str = ""
    permit_number: str = ""
    inactivation: str = ""
    transport_condition: str = ""
    logger_number: str = ""
    location: str = ""
    remarks: str = ""


def check(draft: NewSample, now: datetime) -> tuple[dict[str, str], list[Problem]]:
    """The details as they are kept, and everything that is wrong with the draft; ``now`` is in the laboratory's zone."""
    kind = kinds.KINDS.get(draft.kind)
    if kind is None:
        sentence = N_("Read %(read)s, expected one of: %(choices)s.")
        return {}, [Problem("kind", sentence, {"read": draft.kind, "choices": ", ".join(kinds.KINDS)})]
    details, problems = read_fields(kind.fields, draft.details, now.date())
    return details, [*_texts(draft), *_choices(draft), *_amount(draft), *_instants(draft, now), *problems]


def amount(text: str) -> Decimal | None:
    """The quantity as a number; None when none was given."""
    return read_decimal(text) if text.strip() else None


def _texts(draft: NewSample) -> list[Problem]:
    problems = []
    for name, limit in LIMITS.items():
        try:
            check_text(getattr(draft, name), is_code=is_code(BY_CODE[name]), longest=limit)
        except Refused as refused:
            problems.append(Problem(name, refused.sentence, refused.values))
    return problems


def _choices(draft: NewSample) -> list[Problem]:
    sentence = N_("Read %(read)s, expected one of: %(choices)s.")
    problems = []
    for one in COMMON:
        codes = [code for code, _name in one.choices]
        read = getattr(draft, one.code)
        if one.takes == CHOICE and read not in codes and (read or one.code in DEFAULTS):
            problems.append(Problem(one.code, sentence, {"read": read, "choices": ", ".join(codes)}))
    return problems


def _amount(draft: NewSample) -> list[Problem]:
    try:
        number = amount(draft.quantity)
    except Refused as refused:
        return [Problem("quantity", refused.sentence, refused.values)]
    if number is not None and not draft.unit:
        return [Problem("unit", N_("Empty; %(quantity)s needs a unit."), {"quantity": plain_digits(draft.quantity)})]
    return []


def _instants(draft: NewSample, now: datetime) -> list[Problem]:
    problems = []
    for name in ("sampled_at", "due_at"):
        instant = getattr(draft, name)
        if instant is not None and instant.tzinfo is None:
            problems.append(Problem(name, N_("Read a time without a zone; add the zone, such as +08:00.")))
        elif name == "sampled_at" and instant is not None and instant > now:
            values = {"read": f"{instant.astimezone(now.tzinfo):%Y-%m-%d %H:%M}", "now": f"{now:%Y-%m-%d %H:%M}"}
            problems.append(Problem(name, N_("Read %(read)s, which has not come yet; it is %(now)s now."), values))
    return problems
