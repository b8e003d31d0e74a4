"""mini VIDAS messages: checksum, end, dates that read two ways, two messages in one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.instruments.messages import read, refusal

TWO = (Path(__file__).parent / "mini_vidas" / "two.txt").read_bytes()
FIRST = TWO[: TWO.index(b"\n") + 1]


def changed(content: bytes, old: bytes, new: bytes) -> bytes:
    """The message with another text and the checksum that belongs to it."""
    body = content.replace(old, new)
    start, end = body.index(b"\x1e"), body.index(b"\x1d") + 1
    return body[:end] + b"%02x" % (sum(body[start:end]) % 256) + body[end + 2 :]


def test_a_damaged_message_is_refused_and_the_good_one_read():
    assert refusal(FIRST.replace(b"0.03", b"0.93")).code == "vidas_checksum_wrong"
    found = read(TWO.replace(b"0.03", b"0.93"))
    assert [one.sample for one in found.readings] == ["SZ2026110010"] and [each.where for each in found.skipped] == ["line 1"]


@pytest.mark.parametrize("cut", [1, 2, 3, 4, 6, 8])
def test_a_message_cut_off_is_incomplete(cut: int):
    assert refusal(FIRST[:-cut]).code == "vidas_not_ended" if cut > 1 else read(FIRST[:-1]).readings


def test_a_date_that_reads_two_ways_is_left_open_until_a_person_answers():
    doubtful = changed(FIRST, b"24/11/26", b"04/11/26")
    assert read(doubtful).run.started_at is None
    assert read(doubtful, date_order="dmy").run.started_at == "2026-11-04T09:10"
    assert read(FIRST).run.started_at == "2026-11-24T09:10"


def test_a_message_without_result_or_of_another_kind_is_refused():
    assert refusal(changed(changed(FIRST, b"qlNegative|", b"ql|"), b"qn0.03|", b"qn|")).code == "no_test_or_result"
    assert refusal(changed(FIRST, b"mtrsl|", b"mtmpr|")).code == "not_a_result_message"


def test_a_text_that_is_not_known_is_no_finding():
    found = read(changed(FIRST, b"qlNegative|", b"qlPas trouve|"))
    assert [(one.status, one.value) for one in found.readings] == [("invalid", None), ("value", "0.03")]
