"""Places in files are told in the reader's language."""

from __future__ import annotations

import pytest
from flask import Flask, g

from lims.imports.views.base import words
from lims.web.language import place_words


@pytest.mark.parametrize(
    ("source", "english", "chinese"),
    [
        ("line 26", "line 26", "第 26 行"),
        ("line 1 column 340", "line 1, column 340", "第 1 行第 340 列"),
        ("Sheet!12", "Sheet!12", "Sheet!12"),
        (None, "–", "–"),
    ],
)
def test_a_place_is_told_in_words(app: Flask, source: str | None, english: str, chinese: str):
    for language, expected in (("en", english), ("zh_CN", chinese)):
        with app.test_request_context():
            g.language = language
            assert place_words(source) == expected


def test_a_place_within_a_kept_sentence_is_told_in_words_too(app: Flask):
    with app.test_request_context():
        g.language = "zh_CN"
        said = words(
            {"sentence": "A second table begins in %(place)s. Export one table, or give a profile.", "values": {"place": "line 30"}}
        )
    assert "第 30 行" in said and "line" not in said
