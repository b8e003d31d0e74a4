"""Where reference cases come from: the files of this package, a file or a folder of files of the same form.

A file holds a list of cases, one case, or {"cases": [...]}. What is no case becomes a mapping with the keys id and malformed (the reason in
words), so that a run over a stranger's files reports it and goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from lims.statistics.reference.comparing import Case


def shipped_cases() -> Iterator[Case]:
    """All cases that travel with the package, file by file in the order of their names."""
    return _read(resources.files("lims.statistics").joinpath("cases").iterdir())


def cases_in(place: Path) -> Iterator[Case]:
    """All cases of one file, or of the *.json files of a folder in the order of their names. OSError: the place cannot be read."""
    return _read(place.iterdir() if place.is_dir() else [place])


def _read(entries: Iterable[Traversable]) -> Iterator[Case]:
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.name.endswith(".json") and entry.is_file():
            yield from _cases(entry.name, entry.read_bytes())


def _cases(file: str, content: bytes) -> list[Case]:
    try:
        found: Any = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return [_malformed(file, f"the file is not JSON in UTF-8: {error}")]
    if isinstance(found, dict):
        found = found["cases"] if isinstance(found.get("cases"), list) else [found]
    if not isinstance(found, list):
        return [_malformed(file, f"the file holds a {type(found).__name__}; a list of cases is expected")]
    return [_named(f"{file}, case {number}", case) for number, case in enumerate(found, 1)]


def _named(where: str, case: Any) -> Case:
    if not isinstance(case, dict):
        return _malformed(where, f"a {type(case).__name__} stands there; a case with id, method, input and expected is expected")
    return case if isinstance(case.get("id"), str | int) else {**case, "id": where}


def _malformed(where: str, reason: str) -> Case:
    return {"id": where, "malformed": reason}
