"""The left navigation: each slice enters its own places; only what the roles may open is listed."""

from __future__ import annotations

from dataclasses import dataclass

from lims.marks import N_

GROUPS = (N_("Work"), N_("Together"), N_("Records"))


@dataclass(frozen=True)
class Entry:
    """One place: which group, which words (msgid), which endpoint, which action opens it."""

    group: str
    label: str
    endpoint: str
    action: str
    icon: str
    order: int
    parent: str | None = None


_entries: dict[str, Entry] = {}


def entry(group: str, label: str, endpoint: str, action: str, icon: str, order: int = 50, parent: str | None = None) -> None:
    """Enter a place; entering it again changes nothing. ``parent`` is the endpoint under which it stands."""
    _entries[endpoint] = Entry(group, label, endpoint, action, icon, order, parent)


def entries() -> list[Entry]:
    """All places, in the order of their groups."""
    return sorted(_entries.values(), key=lambda place: (GROUPS.index(place.group), place.order, place.label))
