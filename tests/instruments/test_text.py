"""Decoding: the same data in every encoding, and a doubtful file is asked about, never guessed."""

from __future__ import annotations

import pytest

from instruments.contract import ParseError
from instruments.text import decode, has_control_characters, lines_of

HEADING = "反应孔,样本编号,Ct值"
TABLES = {
    "heading only": f"{HEADING}\r\n",
    "one line": f"{HEADING}\r\nA1,鼻咽拭子,24.5\r\n",
    "long": f"{HEADING}\r\n" + "".join(f"A{n},样本{n},2{n % 10}.5\r\n" for n in range(500)),
}
MARKED = {"utf-8-sig": b"", "utf-16": b"", "utf-8": b"", "gb18030": b"", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


def code(content: bytes, **answers: str) -> str:
    with pytest.raises(ParseError) as caught:
        decode(content, answers.get("chosen"))
    return caught.value.code


@pytest.mark.assurance("F6")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("encoding", MARKED)
def test_every_encoding_gives_the_same_text(table: str, encoding: str):
    assert decode(MARKED[encoding] + TABLES[table].encode(encoding)).text == TABLES[table]


@pytest.mark.assurance("F6")
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("table", TABLES)
def test_utf_16_without_mark_is_recognised_or_asked_about(table: str, encoding: str):
    content = TABLES[table].encode(encoding)
    try:
        assert decode(content).text == TABLES[table]
    except ParseError as error:
        assert error.code == "nul_bytes"
    assert decode(content, encoding).text == TABLES[table]


@pytest.mark.assurance("F6")
@pytest.mark.parametrize(
    "text", ["Sample,Result\r\nS1,0.5 µg/L\r\n", "Sample,Result\r\nS1,37 °C\r\n", "0.5 µg/L", "Größe;Wert\r\n1;2 µL\r\n"]
)
def test_western_signs_never_come_out_as_chinese(text: str):
    assert code(text.encode("cp1252")) == "encoding_unknown"
    assert decode(text.encode("cp1252"), "cp1252").text == text
    assert decode(text.encode("cp1252"), None, ("cp1252",)).text == text


@pytest.mark.assurance("F6")
def test_a_western_unit_under_a_chinese_heading_is_asked_about():
    assert code(HEADING.encode("gb18030") + b"\r\nA1,0.5 \xb5g/L,2\r\n") == "encoding_doubtful"


def test_a_chinese_unit_is_no_western_one():
    text = f"{HEADING}\r\nA1,拷贝/mL,24\r\nA2,值mg/L,25\r\n"
    assert decode(text.encode("gb18030")).text == text


@pytest.mark.assurance("F6")
@pytest.mark.parametrize(
    ("text", "encoding"), [("樣品編號,結果\r\n1,2\r\n", "big5"), ("試料番号,結果\r\n1,2\r\n", "shift_jis"), ("시료번호,결과\r\n", "cp949")]
)
def test_other_code_pages_are_asked_about_and_read_when_told(text: str, encoding: str):
    assert code(text.encode(encoding)) == "encoding_unknown"
    assert decode(text.encode(encoding), encoding).text == text


def test_two_joined_files_name_the_first_byte_that_does_not_fit():
    content = HEADING.encode("utf-8") + b"\r\n" + HEADING.encode("gb18030")
    with pytest.raises(ParseError) as caught:
        decode(content)
    assert (caught.value.code, caught.value.where) == ("mixed_encoding", f"line 2, byte {len(HEADING.encode()) + 3}")


def test_an_encoding_that_is_not_offered_is_refused():
    assert code(b"a", chosen="rot13") == "encoding_not_offered"
    assert code(b"a", chosen="no such") == "encoding_not_offered"


def test_a_wrong_answer_is_refused_not_replaced():
    assert code("样本".encode("gb18030"), chosen="utf-8") == "not_decodable"


def test_lines_end_at_carriage_return_line_feed_or_both_and_nowhere_else():
    assert lines_of("a\rb\nc\r\nd\x0be\u2028f") == ["a", "b", "c", "d\x0be\u2028f"]


def test_direction_marks_are_control_characters():
    assert has_control_characters("S3\u202e000") and has_control_characters("S\x1b[31m") and not has_control_characters("SZ–001 样本")
