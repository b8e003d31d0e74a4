"""Whose form a workbook is: round, participant, protocol version and item codes as one sealed text on a hidden sheet."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

FORM = "lims-result-form-1"
SHEET = "lims"
PLACES = ("form", "identity", "seal")


@dataclass(frozen=True)
class Identity:
    """Everything that follows for this form and no other. ``fields`` and ``items`` are the rows it asks for.

    ``is_part`` marks an error workbook: it asks for the refused rows alone and has a column of reasons. ``layout`` is the hash of
    the fixed cells as they were written, so that a later wording of the program makes no filled form strange.
    """

    round: str
    round_id: str
    participant: str
    participant_id: str
    batch: int
    protocol_version: int
    kind: str
    measurand: str
    unit: str
    units: tuple[str, ...]
    targets: tuple[str, ...]
    methods: tuple[str, ...]
    deadline: str
    fields: tuple[str, ...]
    items: tuple[str, ...]
    is_part: bool = False
    layout: str = ""

    def text(self) -> str:
        """What is sealed."""
        return json.dumps({"form": FORM, **asdict(self)}, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def identity_of(text: str) -> Identity | None:
    """The identity out of a sealed text; None when it is none."""
    try:
        told = json.loads(text)
        if told.pop("form") != FORM:
            return None
        plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
        return Identity(**plain)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


Seals = Callable[[str], str]
Proves = Callable[[str, str], bool]
