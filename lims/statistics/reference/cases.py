"""Where reference cases come from: the files of this package, or a folder of files of the same form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from lims.statistics.reference.comparing import Case

REQUIRED = ("id", "method", "input", "expected")


def shipped_cases() -> Iterator[Case]:
    """All cases that travel with the package, file by file in the order of their names."""
    return _read(resources.files("lims.statistics").joinpath("cases").iterdir())


def cases_in(folder: Path) -> Iterator[Case]:
    """All cases of the *.json files of a folder, in the order of their names. ValueError names the file that is no list of cases."""
    return _read(folder.iterdir())


def _read(entries: Iterable[Traversable]) -> Iterator[Case]:
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.name.endswith(".json"):
            yield from _cases(entry)


def _cases(entry: Traversable) -> list[Case]:
    try:
        found = json.loads(entry.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{entry.name} is not JSON in UTF-8: {error}") from error
    cases = [found] if isinstance(found, dict) else found
    if not isinstance(cases, list):
        raise ValueError(f"{entry.name} holds a {type(found).__name__}; a list of cases is expected")
    for number, case in enumerate(cases, 1):
        missing = [key for key in REQUIRED if not isinstance(case, dict) or key not in case]
        if missing:
            raise ValueError(f"{entry.name}, case {number}: {', '.join(missing)} missing")
    return cases
