"""How the tests ask about a hostile file of the shared folder."""

from __future__ import annotations

import time
from typing import Any

from instruments.command import parse_file
from tests.paths import shared


def answer(name: str, **options: Any) -> dict[str, Any]:
    return parse_file(str(shared("instrument-files", "adversarial", name)), **options)


def readings(name: str, **options: Any) -> list[dict[str, Any]]:
    found = answer(name, **options)
    assert "refused" not in found, found
    rows = found["rows"]
    assert rows["seen"] == rows["used"] + len(rows["skipped"])
    listed: list[dict[str, Any]] = found["readings"]
    return listed


def refusal(name: str, **options: Any) -> dict[str, Any]:
    started = time.process_time()
    found = answer(name, **options)
    assert set(found) == {"refused"}, found
    assert time.process_time() - started < 2
    refused: dict[str, Any] = found["refused"]
    return refused


def one(found: list[dict[str, Any]], sample: str | None, target: str | None = None) -> dict[str, Any]:
    (match,) = [each for each in found if each["sample"] == sample and (target is None or each["target"] == target)]
    return match
