"""The input of a score run in one canonical form, and its hash: same input, same hash, on every machine and database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ReportedInput, ScoringPlan

FORM = "lims-scoring-input-1"


def plain(value: Any) -> Any:
    """Dataclasses as dicts, tuples as lists, decimals as their shortest plain text (1.50 and 1.5 are one number)."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    return value


def input_json(
    plan: ScoringPlan, items: Iterable[ItemPlan], participants: Iterable[ParticipantInput], reported: Iterable[ReportedInput]
) -> str:
    """Canonical JSON: sorted keys, no spaces, items by number, participants by code, results by both; reported text as sent."""
    content = {
        "form": FORM,
        "plan": plain(plan),
        "items": [plain(item) for item in sorted(items, key=lambda item: item.number)],
        "participants": [plain(who) for who in sorted(participants, key=lambda who: who.code)],
        "reported": [plain(one) for one in sorted(reported, key=lambda one: (one.participant_code, one.item_number))],
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def input_hash(
    plan: ScoringPlan, items: Iterable[ItemPlan], participants: Iterable[ParticipantInput], reported: Iterable[ReportedInput]
) -> str:
    """SHA-256 over the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(input_json(plan, items, participants, reported).encode()).hexdigest()
