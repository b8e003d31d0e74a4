"""The trail tells its reasons in the reader's language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from lims.audit.reasons import REASONS, WITH_A_VALUE, reason_words
from lims.audit.tables import TABLES
from lims.db.base import Base
from lims.words import catalogue

LIMS = Path(__file__).parents[2] / "lims"


def written_reasons() -> Iterator[str]:
    """Every reason that the code gives a transaction; a part that is filled in stands as X."""
    for file in sorted(LIMS.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "transaction":
                given = [*node.args[1:], *(word.value for word in node.keywords if word.arg == "reason")]
                parts = [part for one in given for part in (one.values if isinstance(one, ast.BoolOp) else [one])]
                yield from (text for part in parts if (text := shape(part)))


def shape(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    if isinstance(part, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else "X" for one in part.values)
    return ""


def test_every_reason_that_the_code_writes_has_its_chinese_words():
    written = set(written_reasons())
    assert len(written) > 40
    assert sorted(one for one in written if reason_words(one, "zh_CN") == one) == []


def test_every_table_of_the_trail_has_its_words(app: Flask):
    audited = {str(one.local_table.description) for one in Base.registry.mappers if one.class_.is_audited}
    assert sorted(audited - set(TABLES)) == [] and sorted(set(TABLES) - audited) == []
    assert [one for one in TABLES.values() if one not in catalogue("zh_CN")] == []


def test_every_reason_of_the_program_has_a_chinese_one():
    assert [one for one in (*REASONS, *WITH_A_VALUE) if one not in catalogue("zh_CN")] == []


@pytest.mark.parametrize(
    ("reason", "language", "expected"),
    [
        ("registered a sample", "zh_CN", "登记样品"),
        ("registered a sample", "en", "registered a sample"),
        ("read the file plate (2).csv", "zh_CN", "读取文件 plate (2).csv"),
        ("decided 3 readings: park", "zh_CN", "对 3 个读数作出决定：park"),
        ("typed by a person", "zh_CN", "typed by a person"),
    ],
)
def test_a_known_reason_is_translated_and_a_typed_one_stays(reason: str, language: str, expected: str):
    assert reason_words(reason, language) == expected
