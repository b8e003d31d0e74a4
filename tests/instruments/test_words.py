"""Every sentence of the parsers has a Chinese one; the parsers themselves know no language."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lims.words import catalogue
from tests.paths import ROOT


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted((ROOT / "instruments").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("note", "ParseError")
                and len(node.args) > 1
            ):
                yield f"{path.name}:{node.lineno}", node


def test_every_sentence_is_a_literal_with_a_translation():
    known = catalogue("zh_CN")
    missing = []
    for place, call in calls():
        sentence = call.args[1]
        if isinstance(sentence, ast.Name) and place.startswith("contract.py"):
            continue  # the exception rebuilt after its way through a pipe
        if not isinstance(sentence, ast.Constant) or sentence.value not in known:
            missing.append(place)
    assert missing == []


def test_the_flags_of_readings_have_a_chinese_word():
    assert {"blank", "out of range", "at cut-off", "contradicting rows", "id from number"} <= set(catalogue("zh_CN"))
