"""Draws the pictures of docs/statistics from the worked examples of the pages: ``python -m tests.docs.draw_statistics``.

The drawings are those of the screens (lims.web.charts and its macros), each made a file of its own.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader

from lims.paths import shared_path
from lims.words import translate
from tests.docs.charts_of_statistics import CHARTS, Chart
from tests.docs.pages import LANGUAGES, TOPICS, examples, run
from tests.paths import ROOT

PICTURES = ROOT / "docs" / "pictures" / "statistics"
WORDS = {"zh": "zh_CN", "en": "en"}
STYLE = """svg { background: #fff; font-family: -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", sans-serif; }
text { font-size: 11px; fill: #475162; }
.lbl { fill: #1a2433; font-weight: 600; font-size: 12px; }
.halo { paint-order: stroke; stroke: #fff; stroke-width: 3px; }
.gr { stroke: #e4e1d8; }
.ax, .lim-p { stroke: #5f6876; fill: none; }
.lim-p { stroke-dasharray: 2 3; }
.zero { stroke: #1a2433; stroke-width: 1.5; }
.lim-w { stroke: #c27a00; stroke-width: 1.5; stroke-dasharray: 6 4; }
.lim-a { stroke: #b01030; stroke-width: 1.5; }
.band-ok { fill: #0b7f86; fill-opacity: .06; }
.band-w { fill: #c27a00; fill-opacity: .08; }
.stem { stroke: #b9b5aa; }
.ci { stroke: #1a2433; stroke-width: 2; }
.est { fill: #1a2433; }
.hollow { fill: #fff; stroke: #1a2433; stroke-width: 1.5; }
.run { stroke: #1a2433; stroke-width: 1.5; fill: none; }
.m-ok { fill: #0b7f86; }
.m-warn { fill: #c27a00; }
.m-act, .arrow { fill: #b01030; }
.m-ne { fill: none; stroke: #6f747c; stroke-width: 2; }
"""


@cache
def names_of(topic: str) -> dict[str, Any]:
    """What the worked example of a page leaves; it is the same in both languages."""
    return run(examples(topic, "zh"))[1]


@cache
def macros(language: str) -> Environment:
    def said(text: str, **params: Any) -> str:
        return translate(text, WORDS[language], **params)

    environment = Environment(loader=FileSystemLoader(shared_path("templates")), autoescape=True)
    environment.globals["_"] = said
    return environment


def drawn(topic: str, language: str) -> str:
    """The picture of a page as an SVG file."""

    def say(chinese: str, english: str) -> str:
        return chinese if language == "zh" else english

    return as_file(markup(CHARTS[topic](names_of(topic), say), language))


def markup(chart: Chart, language: str) -> str:
    call = '{% import "macros/charts.html" as charts with context %}{{ charts[macro](chart, sentence, **words) }}'
    return macros(language).from_string(call).render(macro=chart.macro, chart=chart.geometry, sentence=chart.sentence, words=chart.words)


def as_file(page: str) -> str:
    """The drawing of a page without the page: its own style, its size, one shape on each line."""
    found = re.search(r"<svg[^>]*viewBox=\"([^\"]*)\"[^>]*aria-label=\"([^\"]*)\"[^>]*>(.*?)</svg>", page, re.DOTALL)
    assert found, page
    box, sentence, shapes = found.groups()
    width, height = box.split()[2:]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width}" height="{height}" role="img">'
    paper = f'<rect width="{width}" height="{height}" fill="#fff"/>'
    lines = re.sub(r"\s*(<(?:path|text|rect|circle)\b)", r"\n\1", shapes).strip()
    return f"{head}\n<title>{sentence}</title>\n<style>\n{STYLE}</style>\n{paper}\n{lines}\n</svg>\n"


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for topic in TOPICS:
        for language in LANGUAGES:
            (PICTURES / f"{topic}.{language}.svg").write_text(drawn(topic, language), encoding="utf-8")


if __name__ == "__main__":
    main()
