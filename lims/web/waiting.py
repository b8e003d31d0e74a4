"""What a slice tells the home page and the search box, in plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for the actor: a sentence (msgid with values), why, until when, and the page that does it."""

    title: str
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)
    number: str = ""
    why: str = ""
    why_values: dict[str, Any] = field(default_factory=dict)
    due: datetime | None = None
    button: str = ""
    icon: str = "list"
    url_values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Hit:
    """One object found by the search box."""

    kind: str
    number: str
    title: str
    endpoint: str
    url_values: dict[str, Any] = field(default_factory=dict)
    is_exact: bool = False
