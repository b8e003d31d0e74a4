"""Every sentence that a person may read has a Chinese one, with the same places for values."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from lims.singular import ONE
from lims.words import catalogue, translate

ROOT = Path(__file__).parents[1]
PLACE = re.compile(r"%\((\w+)\)")
#: shown as they are in every language
UNIVERSAL = re.compile(r"^[\W\d_]*$|^(LIMS|QR|z|Ct|En|κ|English|中文|UTF-8|PABAK|kappa|D %|ζ|z′|API)$")


def sentences() -> set[str]:
    """The msgids of templates and sources, and the sentences that errors are raised with."""
    found: set[str] = set()
    python, jinja = [("**.py", "python")], [("**.html", "jinja2")]
    options = {"**.html": {"extensions": "", "silent": "false"}}
    for folder, method in (("lims", python), ("instruments", python), ("templates", jinja)):
        for _file, _line, message, *_rest in extract_from_dir(ROOT / folder, method, options, keywords={"_": None, "N_": None}):
            found.add(message if isinstance(message, str) else message[0])
    return found | _raised()


def _raised() -> set[str]:
    """Second literal arguments of calls like ``Invalid("code", "sentence")``."""
    kinds = {"NotFound", "Conflict", "RuleViolation", "Forbidden", "Invalid", "LimsError", "ParseError"}
    found = set()
    for path in [*(ROOT / "lims").rglob("*.py"), *(ROOT / "instruments").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in kinds and len(node.args) > 1:
                sentence = node.args[1]
                if isinstance(sentence, ast.Constant) and isinstance(sentence.value, str):
                    found.add(sentence.value)
    return found


def test_every_sentence_has_a_chinese_one():
    known = catalogue("zh_CN")
    missing = sorted(one for one in sentences() if one not in known and not UNIVERSAL.match(one))
    assert missing == []


def test_a_translation_keeps_the_places_of_its_values():
    wrong = {one: chinese for one, chinese in catalogue("zh_CN").items() if set(PLACE.findall(one)) != set(PLACE.findall(chinese))}
    assert wrong == {}


def test_no_translation_is_left_in_english():
    latin = {one: chinese for one, chinese in catalogue("zh_CN").items() if one == chinese and not UNIVERSAL.match(one) and " " in one}
    assert latin == {}


def test_every_sentence_for_one_belongs_to_a_sentence_and_keeps_to_its_values():
    assert sorted(set(ONE) - sentences()) == []
    assert {one: single for one, single in ONE.items() if not set(PLACE.findall(single)) <= set(PLACE.findall(one))} == {}


@pytest.mark.parametrize(
    ("n", "expected"), [(1, "1 verdict needs action."), ("1", "1 verdict needs action."), (2, "2 verdicts need action.")]
)
def test_one_is_told_in_the_singular(n: object, expected: str):
    assert translate("%(n)s verdicts need action.", "en", n=n) == expected
    assert translate("printed %(count)s times", "en", count=1) == "printed once"


@pytest.mark.parametrize(("language", "expected"), [("en", "%(n)s found"), ("zh_CN", "找到 %(n)s 个")])
def test_a_sentence_speaks_the_language_asked_for(language: str, expected: str):
    assert translate("%(n)s found", language) == expected
    assert translate("%(n)s found", language, n=3) == expected % {"n": 3}
