"""Two thousand damaged real files: no crash, no hang, no text that is not in the file, no Ct column lost in silence."""

from __future__ import annotations

import random
from typing import Any

import pytest

from instruments.contract import ParseError, RawFile
from instruments.registry import parse
from tests.instruments.families import NONE, READ_BY_US, name_of, raw_file
from tests.instruments.mutations import fault_of, mutant, silences
from tests.paths import shared

SEED, COUNT = 20261124, 2_000
HEAVY_BYTES, FEW = 10_000, 3
HUGE_BYTES = 150_000
READ = READ_BY_US


def is_heavy(entry: dict[str, Any]) -> bool:
    return entry["bytes"] > HEAVY_BYTES or entry["path"].endswith((".xlsx", ".xls"))


def count_for(entry: dict[str, Any]) -> int:
    """Large files and workbooks take long to read: they get few, the others share the rest."""
    if is_heavy(entry):
        return 1 if entry["bytes"] > HUGE_BYTES else FEW
    light = [one for one in READ if not is_heavy(one)]
    return -(-(COUNT - sum(count_for(one) for one in READ if is_heavy(one))) // len(light))


@pytest.mark.parametrize("entry", READ or NONE, ids=name_of)
def test_a_damaged_file_is_refused_or_read_as_it_stands(entry: dict[str, Any]):
    whole = raw_file(entry)
    try:
        silent = silences(parse(whole))
    except ParseError:
        silent = set()
    chance = random.Random(f"{SEED} {entry['path']}")
    for number in range(count_for(entry)):
        damaged = mutant(whole, chance)
        assert fault_of(damaged, silent) is None, (number, damaged.how)


def test_a_workbook_on_which_the_library_breaks_down_is_damaged():
    path = shared("instrument-files", "real", "agilent_chemstation", "agilent.chemstation.chemstation.xls")
    lines = path.read_bytes().split(b"\n")
    with pytest.raises(ParseError) as caught:
        parse(RawFile("x.xls", b"\n".join([lines[0], *lines[2:]])))
    assert caught.value.code == "damaged_file"


def test_the_mutations_are_two_thousand():
    if not READ:
        pytest.skip("the shared folder with instrument files is not beside this checkout")
    assert sum(count_for(entry) for entry in READ) >= COUNT
