"""docs/statistics says what the program does: every worked example is run, in both languages, and every picture is drawn again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lims.statistics.reference import cases_in, shipped_cases
from lims.statistics.reference.verifying import verify
from tests.docs.draw_statistics import PICTURES, drawn
from tests.docs.pages import FOLDER, LANGUAGES, TOPICS, examples, page, run
from tests.paths import ROOT

STATISTICS = ROOT / "lims" / "statistics"
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
NO_METHODS = {"reference"}  # the cases and their runner: the index page speaks of them


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_prints_what_its_code_computes(topic: str, language: str) -> None:
    shown = examples(topic, language)
    assert shown, "no worked example"
    assert run(shown)[0] == [example.printed for example in shown]


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_show_one_example(topic: str) -> None:
    assert examples(topic, "zh") == examples(topic, "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", TOPICS)
def test_no_code_block_of_a_page_is_left_out(topic: str, language: str) -> None:
    assert text_of(page(topic, language)).count("```python") == len(examples(topic, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", TOPICS)
def test_the_picture_of_a_page_is_drawn_from_its_example(topic: str, language: str) -> None:
    picture = PICTURES / f"{topic}.{language}.svg"
    assert text_of(picture) == drawn(topic, language), "draw again: python -m tests.docs.draw_statistics"
    assert f"../pictures/statistics/{picture.name}" in text_of(page(topic, language))


def test_every_module_of_the_statistics_is_named_on_a_page_in_both_languages() -> None:
    modules = {path.stem for path in STATISTICS.glob("*.py")} | {path.parent.name for path in STATISTICS.glob("*/__init__.py")}
    for language in LANGUAGES:
        said = "\n".join(text_of(page(topic, language)) for topic in TOPICS)
        missing = {name for name in modules - {"__init__"} - NO_METHODS if f"`{name}`" not in said}
        assert not missing, (language, sorted(missing))


def test_every_link_of_the_pages_leads_somewhere() -> None:
    broken = [(path.name, link) for path in FOLDER.glob("*.md") for link in LINK.findall(text_of(path)) if not (FOLDER / link).exists()]
    assert not broken


def test_the_index_leads_to_every_page_and_each_page_to_its_other_language() -> None:
    for index, language, other in (("README.md", "zh", "en"), ("README.en.md", "en", "zh")):
        assert all(f"({topic}.{language}.md)" in text_of(FOLDER / index) for topic in TOPICS)
        assert all(f"({topic}.{other}.md)" in text_of(page(topic, language)) for topic in TOPICS)


@pytest.mark.parametrize("index", ["README.md", "README.en.md"])
def test_the_case_that_the_index_shows_is_one_that_passes(index: str, tmp_path: Path) -> None:
    (shown,) = re.findall(r"^```json\n(.*?)^```$", text_of(FOLDER / index), re.MULTILINE | re.DOTALL)
    (tmp_path / "mine.json").write_text(shown, encoding="utf-8")
    found = verify(list(cases_in(tmp_path)))
    assert (found.passed, found.total, found.unsupported) == (1, 1, ())


@pytest.mark.parametrize("index", ["README.md", "README.en.md"])
def test_the_index_counts_the_cases_that_are_shipped(index: str) -> None:
    assert f" {len(list(shipped_cases()))} " in text_of(FOLDER / index)
