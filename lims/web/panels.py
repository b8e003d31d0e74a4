"""How an upper slice shows itself on a lower slice's page without an arrow back: it registers a panel there."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from lims.db.session import Actor

#: given the actor and the object's id: a template and its context, or None where there is nothing to show
Panel = Callable[[Actor, uuid.UUID], tuple[str, dict[str, Any]] | None]

_panels: dict[str, list[tuple[int, Panel]]] = {}


def panel(place: str, order: int = 50) -> Callable[[Panel], Panel]:
    """Register a panel at ``place`` ("sample", "round"); lower ``order`` stands higher."""

    def register(function: Panel) -> Panel:
        entries = _panels.setdefault(place, [])
        if all(known is not function for _, known in entries):
            entries.append((order, function))
            entries.sort(key=lambda entry: entry[0])
        return function

    return register


def panels_of(place: str, actor: Actor, subject_id: uuid.UUID) -> list[tuple[str, dict[str, Any]]]:
    """The panels to draw at ``place`` for one object, from top to bottom."""
    drawn = (function(actor, subject_id) for _, function in _panels.get(place, []))
    return [entry for entry in drawn if entry is not None]
