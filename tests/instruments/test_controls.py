"""What is said of controls names no code of the program, in either language."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import instruments
from instruments.contract import Reading
from instruments.controls import ABSENT, ControlRules, judge
from lims.words import translate

ROLES = {"ntc", "negative_control", "positive_control", "internal_control", "standard", "calibrator", "unknown"}


def every_rule() -> list[ControlRules]:
    """The rules of all parsers."""
    modules = [importlib.import_module(one.name) for one in pkgutil.walk_packages(instruments.__path__, "instruments.")]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, ControlRules)]
    return [ControlRules(), *found]


def test_every_group_that_a_parser_asks_for_has_a_sentence_of_its_own():
    assert {group for rules in every_rule() for group in rules.required} <= set(ABSENT)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("group", [*ABSENT, ("blank",)])
def test_an_absent_control_is_said_in_words(group: tuple[str, ...], language: str):
    readings: list[Reading] = []
    [verdict] = judge(readings, ControlRules(required=(group,)))
    said = translate(verdict.reason.message, language)
    assert verdict.verdict == "absent" and "%(" not in said
    assert not {role for role in ROLES - {"standard", "calibrator"} if role in said}, said
    assert (said != verdict.reason.message) == (language == "zh_CN")
