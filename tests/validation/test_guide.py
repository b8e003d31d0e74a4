"""The worked examples of the guide are what the program computes."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from lims.validation.analysis.design import FAMILIES, StudyInput
from lims.validation.analysis.run import analyse
from tests.study_factory import at_least, at_most, numbered, series, two_by_two

FOLDER = Path(__file__).parents[2] / "docs/validation"
PAGES = [pytest.param("README.md", id="zh"), pytest.param("README.en.md", id="en")]
WORDS = {"met": ("符合", "met"), "not_shown": ("未证明", "not shown")}


@pytest.mark.parametrize("page", PAGES)
def test_the_example_of_the_agreement_is_computed(page: str) -> None:
    rows = re.findall(
        r"^\| (PPA|NPA|kappa) \| ([\d.]+) \| ([\d.]+) – ([\d.]+) \| (\w+(?: shown)?)", (FOLDER / page).read_text("utf-8"), re.M
    )
    criteria = (at_least("ppa", "0.90"), at_least("npa", "0.95"), at_least("kappa", "0.80"))
    found = analyse(StudyInput("qualitative_agreement", criteria, numbered(two_by_two(97, 1, 3, 99))))
    said = [
        (one.criterion.lower(), f"{one.decides.estimate:.3f}", f"{one.decides.lower:.3f}", f"{one.decides.upper:.3f}")
        for one in found.judgements
    ]  # fmt: skip
    assert [(name.lower(), *figures) for name, *figures, _ in rows] == said
    for one, row in zip(found.judgements, rows, strict=True):
        assert row[-1] in WORDS[one.verdict]


@pytest.mark.parametrize("page", PAGES)
def test_the_example_of_the_detection_limit_is_computed(page: str) -> None:
    text = (FOLDER / page).read_text("utf-8")
    rows = numbered(series([12.5, 25.0, 50.0, 100.0, 200.0, 400.0], [3, 9, 14, 18, 20, 20], [20] * 6))
    for limit, expected in (("250", "met"), ("200", "not_shown")):
        found = analyse(StudyInput("detection_limit", (at_most("lod", limit, confidence=Decimal("0.95")),), rows))
        assert found.overall == expected
    one = found.judgements[0].decides
    assert f"{one.estimate:.1f}" in text and f"{one.lower:.1f} – {one.upper:.1f}" in text


@pytest.mark.parametrize("page", PAGES)
def test_every_design_has_a_row(page: str) -> None:
    designs = (FOLDER / page).read_text("utf-8").split("\n## ")[1]
    assert len(re.findall(r"^\| [^|]+ \| [^|]+ \| [^|]+ \| [^|]+ \|$", designs, re.M)) == len(FAMILIES) + 1
