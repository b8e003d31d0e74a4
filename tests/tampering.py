"""Editing a workbook below every library, as a forger would: the parts of the package, byte by byte."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO

SHEETS = {name: f"xl/worksheets/sheet{number}.xml" for number, name in enumerate(
    ("summary", "protocol", "items", "participants", "results", "statistics", "charts", "verdicts", "agreement", "method_groups",
     "comments", "capa", "glossary", "traceability", "seal"), 1)}  # fmt: skip


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a package."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    """A package of these parts."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return buffer.getvalue()


def edited(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The package with one part changed; a change that changes nothing is a mistake of the test."""
    parts = parts_of(content)
    name = SHEETS.get(part, part)
    before = parts[name].decode()
    parts[name] = change(before).encode()
    assert parts[name] != before.encode(), f"{part}: nothing was changed"
    return packed(parts)


def replaced(content: bytes, part: str, pattern: str, by: str) -> bytes:
    """The first match of a pattern in a part replaced."""
    return edited(content, part, lambda text: re.sub(pattern, by, text, count=1, flags=re.DOTALL))


def cell(content: bytes, part: str, place: str) -> str:
    """The XML of one cell."""
    found = re.search(rf'<c r="{place}"[^>]*?(/>|>.*?</c>)', parts_of(content)[SHEETS[part]].decode(), re.DOTALL)
    assert found is not None, place
    return found[0]


def with_cell(content: bytes, part: str, place: str, change: Callable[[str], str]) -> bytes:
    """One cell's XML changed."""
    before = cell(content, part, place)
    return edited(content, part, lambda text: text.replace(before, change(before), 1))


def number(value: str) -> Callable[[str], str]:
    """Another number in a cell."""
    return lambda xml: re.sub(r"<v>[^<]*</v>", f"<v>{value}</v>", xml)
