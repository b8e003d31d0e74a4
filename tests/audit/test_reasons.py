"""The trail tells its reasons in the reader's language."""

from __future__ import annotations

import pytest

from lims.audit.reasons import REASONS, WITH_A_VALUE, reason_words
from lims.words import catalogue


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
