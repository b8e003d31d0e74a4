"""Our own files and what is read from them, whole. A golden file is rewritten only on request: REWRITE_GOLDENS=1."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from instruments.command import parse_file
from instruments.contract import RawFile
from instruments.registry import parse
from tests.instruments.families import raw_text_stands_at_source

FOLDER = Path(__file__).parent
FAMILIES = sorted(path for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__")
FILES = sorted(path for family in FAMILIES for path in family.iterdir() if path.suffix != ".json")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_file_gives_its_golden_reading(path: Path):
    golden = path.with_name(f"{path.name}.json")
    found = parse_file(str(path))
    if os.environ.get("REWRITE_GOLDENS") == "1":
        golden.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert found == json.loads(golden.read_text("utf-8"))
    assert found["parser"] == path.parent.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_raw_text_stands_at_its_source(path: Path):
    file = RawFile(path.name, path.read_bytes())
    raw_text_stands_at_source(file, parse(file))


def test_no_golden_is_without_its_file():
    goldens = [path for family in FAMILIES for path in family.glob("*.json")]
    assert [path for path in goldens if not path.with_suffix("").is_file()] == []
    assert len(goldens) == len(FILES) > 5
