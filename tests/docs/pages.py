"""The pages of docs/statistics: their worked examples, run as a reader would run them, one page after the other from its top."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.paths import ROOT

FOLDER = ROOT / "docs" / "statistics"
TOPICS = (
    "robust", "scores", "assigned-value", "homogeneity-stability", "precision", "agreement", "validation", "monitoring", "small-groups",
    "planning",
)  # fmt: skip
LANGUAGES = ("zh", "en")
EXAMPLE = re.compile(r"^```python\n(.*?)^```\n+```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A block of code of a page and what the page says that it prints."""

    code: str
    printed: str


def page(topic: str, language: str) -> Path:
    return FOLDER / f"{topic}.{language}.md"


def examples(topic: str, language: str) -> list[Example]:
    """The examples of a page in their order."""
    return [Example(code, printed) for code, printed in EXAMPLE.findall(page(topic, language).read_text(encoding="utf-8"))]


def run(shown: list[Example]) -> tuple[list[str], dict[str, Any]]:
    """What each block prints, and the names that all of them leave: later blocks of a page see those of the earlier ones."""
    names: dict[str, Any] = {}
    printed = []
    for example in shown:
        heard = io.StringIO()
        with contextlib.redirect_stdout(heard):
            exec(compile(example.code, "example", "exec"), names)
        printed.append(heard.getvalue())
    return printed, names
