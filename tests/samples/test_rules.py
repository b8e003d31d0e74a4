"""Fields, personal data, search words, labels, files: pure rules on plain values."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.samples import labels
from lims.samples.exchange import csv_bytes, xlsx_bytes
from lims.samples.lifecycle.fields import DECIMAL, Field, Refused, check_text, read_decimal, read_fields
from lims.samples.lifecycle.kinds import KINDS
from lims.samples.lifecycle.privacy import find_personal_data
from lims.samples.lifecycle.words import terms_of, words_of

TODAY = date(2026, 5, 22)
ZONE = UTC


@pytest.mark.assurance("F9")
@pytest.mark.parametrize("text", ["1.10", "0.050", "1e-7", "123456789012345678", "0.00", ".5"])
def test_a_decimal_keeps_the_digits_it_was_given(text: str):
    assert read_decimal(text) == Decimal(text)
    values, problems = read_fields([Field("weight", "Weight", DECIMAL)], {"weight": text}, TODAY)
    assert (values, problems) == ({"weight": text}, [])


@pytest.mark.parametrize("text", ["-1", "−1", "1,5", "1 kg", "nan", "inf", "1.2.3", "１２ｋｇ", "0x10", "10⁵", "4.5²", "①", "1e999"])
def test_what_is_no_amount_is_refused(text: str):
    with pytest.raises(Refused):
        read_decimal(text)


def test_full_width_digits_and_a_real_minus_are_read():
    assert read_decimal("１２．５") == Decimal("12.5")
    assert read_decimal("−19.4", may_be_negative=True) == Decimal("-19.4")


def test_the_problems_of_a_kind_come_all_at_once_and_nothing_is_dropped():
    raw = {
        "pseudonym": "",
        "category": "nosuch",
        "entry_date": "2026-13-01",
        "onset_date": "2026-05-23",
        "origin_country": "Thailand",
        "colour": "red",
    }
    values, problems = read_fields(KINDS["TRV"].fields, raw, TODAY)
    assert {one.field for one in problems} == {
        "pseudonym",
        "category",
        "conveyance_number",
        "entry_date",
        "onset_date",
        "origin_country",
        "colour",
    }
    assert values == {}
    assert all(one.sentence % one.values for one in problems)


def test_an_expiry_date_may_lie_ahead_and_a_production_date_may_not():
    values, problems = read_fields(
        KINDS["FOD"].fields, {"product": "cod", "expiry_date": "2027-01-01", "production_date": "2027-01-01"}, TODAY
    )
    assert values == {"product": "cod", "expiry_date": "2027-01-01"}
    assert [one.field for one in problems] == ["production_date"]


@pytest.mark.parametrize(
    ("text", "kind", "at"),
    [
        ("证件 510104199003077812，见附件", "identity", 4), ("51010419900307781x", "identity", 1), ("510104 19900307 7812", "identity", 1),
        ("５１０１０４１９９００３０７７８１２", "identity", 1), ("510104900307781", "identity", 1), ("电话13812345678", "telephone", 3),
        ("+86 138 1234 5678", "telephone", 1), ("028-86512345", "telephone", 1), ("１３８１２３４５６７８", "telephone", 1),
    ],
)  # fmt: skip
def test_personal_data_is_found_and_its_place_told(text: str, kind: str, at: int):
    found = find_personal_data(text)
    assert found is not None
    assert (found.kind, found.at) == (kind, at)
    assert text not in found.masked


@pytest.mark.parametrize(
    "text", ["790020261000012345", "lot 20260412", "0041829 0041830", "LC-88213-03", "3U8694", "7Q-4KD-92", "2026-05-19 08:30"]
)
def test_codes_of_the_trade_are_no_personal_data(text: str):
    assert find_personal_data(text) is None


def test_a_tube_code_may_look_like_a_telephone_number_but_not_like_an_identity_number():
    check_text("13812345678", is_code=True)
    with pytest.raises(Refused):
        check_text("510104199003077812", is_code=True)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "tab\x0b", "\x7f"])
def test_a_character_that_no_database_keeps_is_refused(text: str):
    with pytest.raises(Refused):
        check_text(text)


@pytest.mark.parametrize(("question", "name"), [("猪肉", "冷冻猪肉制品"), ("冷冻", "冷冻猪肉"), ("肉", "肉"), ("00417", "00417-A2")])
def test_two_character_words_are_found_inside_longer_ones(question: str, name: str):
    kept = words_of([name])
    for term, may_begin in terms_of(question):
        assert term in kept or (may_begin and any(word.startswith(term) for word in kept))


@given(st.text(max_size=40), st.text(max_size=40))
def test_every_text_finds_itself(text: str, other: str):
    kept = words_of([text, other])
    for term, may_begin in terms_of(text):
        assert term in kept or (may_begin and any(word.startswith(term) for word in kept))


def test_a_label_is_a_drawing_of_50_by_25_mm_with_all_its_text():
    drawing = ElementTree.fromstring(labels.label_svg(labels.Label("CDC1-26-TRV-000123-F", "0041829", "鼻咽拭子 05-19 08:30")))
    assert (drawing.get("width"), drawing.get("height"), drawing.get("viewBox")) == ("50mm", "25mm", "0 0 50 25")
    text = "".join(drawing.itertext())
    assert "000123" in text and "0041829" in text and "鼻咽拭子" in text
    assert "style" not in labels.label_svg(labels.Label("X"))


def test_hostile_text_on_a_label_stays_text():
    drawing = ElementTree.fromstring(labels.label_svg(labels.Label("X", '"><script>', "&<b>")))
    assert not [one for one in drawing.iter() if one.tag.endswith(("script", "}b"))]
    assert '"><script>' in "".join(drawing.itertext())


def test_sheets_hold_44_labels_and_begin_where_the_sheet_is_still_free():
    some = [labels.Label(f"N{n}") for n in range(45)]
    assert len(labels.sheet_svgs(some)) == 2
    assert len(labels.sheet_svgs(some[:44])) == 1
    assert len(labels.sheet_svgs(some[:44], first=2)) == 2
    first = ElementTree.fromstring(labels.sheet_svgs(some[:1], first=2)[0])
    placed = [one.get("transform") for one in first if one.get("transform")]
    assert placed == ["translate(55 11)"]


def test_the_qr_code_draws_every_dark_module_once():
    import re

    import segno

    path, modules = labels.qr_path("CDC1-26-TRV-000123-F")
    drawn = sum(int(run) for run in re.findall(r"h(\d+)v1", path))
    assert drawn == sum(sum(row) for row in segno.make_qr("CDC1-26-TRV-000123-F", error="m").matrix)
    assert modules >= 21


@pytest.mark.assurance("F8")
def test_an_exported_text_is_never_a_formula():
    hostile = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1"]
    text = csv_bytes(["a"], [[cell] for cell in hostile], "about").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert all(row[0][0] not in "=+-@\t\r＝" for row in rows[1 : 1 + len(hostile)])

    from openpyxl import load_workbook

    book = load_workbook(
        io.BytesIO(xlsx_bytes(["a", "b"], [["=1+1", "0041829"]], "about", "Samples", datetime(2026, 5, 22, tzinfo=ZONE), "en"))
    )
    row = next(iter(book.active.iter_rows(min_row=3)))
    assert [(cell.value, cell.data_type) for cell in row] == [("=1+1", "s"), ("0041829", "s")]


def test_a_csv_export_begins_with_the_mark_that_tells_its_encoding():
    assert csv_bytes(["编号"], [], "").startswith(b"\xef\xbb\xbf")
