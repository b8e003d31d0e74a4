"""A published report proves itself: untouched it is accepted, also saved again; whatever is changed is named by sheet and cell."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lims.rounds.report import RoundReport, build
from lims.rounds.report.checking import MOST_BYTES, check
from lims.rounds.report.sealed import for_cells
from lims.seals import Sealer, open_sealer
from tests.office import converted
from tests.report_factory import qualitative, quantitative
from tests.tampering import cell, edited, number, packed, parts_of, replaced, with_cell

ROUNDS: dict[str, Callable[[], RoundReport]] = {
    "quantitative": quantitative,
    "consensus": lambda: quantitative(18, "consensus"),
    "two laboratories": lambda: quantitative(4, "none", every_u=True),
    "qualitative": qualitative,
    "english": lambda: replace(qualitative(), language="en"),
    "chinese": lambda: replace(quantitative(), language="zh_CN"),
}
STATISTICS, VERDICTS, PARTICIPANTS, TRACE = "6 统计 Statistics", "8 评价 Verdicts", "4 参加者 Participants", "14 审计 Traceability"
PROTOCOL, ITEMS, RESULTS, SEAL = "2 方案 Protocol", "3 样品 Items", "5 结果 Results", "lims-seal"


@pytest.fixture(scope="module")
def sealer(tmp_path_factory: pytest.TempPathFactory) -> Sealer:
    return open_sealer(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="module")
def content(sealer: Sealer) -> bytes:
    return build(quantitative(), sealer)


@pytest.fixture(scope="module")
def other(sealer: Sealer) -> bytes:
    """Another round's report of the same organiser."""
    return build(quantitative(16), sealer)


@pytest.mark.assurance("R8")
@pytest.mark.parametrize("name", ROUNDS)
def test_an_untouched_report_holds(name: str, sealer: Sealer):
    found = check(build(ROUNDS[name](), sealer), sealer.public_key)
    assert (found["state"], found["origin"], found["is_saved_again"], found["differences"]) == ("holds", "proven", False, [])


@pytest.mark.office
@pytest.mark.parametrize("name", ["quantitative", "qualitative", "consensus"])
def test_a_report_saved_again_by_another_program_holds_with_a_note(name: str, sealer: Sealer, tmp_path: Path):
    saved = converted(build(ROUNDS[name](), sealer), tmp_path).read_bytes()
    found = check(saved, sealer.public_key)
    assert (found["state"], found["origin"], found["is_saved_again"], found["differences"]) == ("holds", "proven", True, [])


def test_without_the_public_key_the_numbers_hold_and_the_origin_is_not_proven(content: bytes):
    found = check(content)
    assert (found["state"], found["origin"]) == ("holds", "unproven")


def test_another_installations_report_holds_and_its_origin_is_not_proven(content: bytes, tmp_path: Path):
    own = open_sealer(tmp_path)
    found = check(content, own.public_key)
    assert (found["state"], found["origin"]) == ("holds", "foreign")
    named = check(content, own.public_key, key_was_named=True)
    assert (named["state"], named["differences"][0][0]) == ("changed", "key")


def words(text: str) -> Callable[[str], str]:
    return lambda xml: re.sub(r"(<t[^>]*>).*?(</t>)", rf"\g<1>{text}\g<2>", xml, flags=re.DOTALL)


def as_text(xml: str) -> str:
    return re.sub(r'"><v>([^<]*)</v>', r'" t="inlineStr"><is><t>\1</t></is>', xml)


def swapped(content: bytes, part: str, one: str, two: str) -> bytes:
    first, second = cell(content, part, one), cell(content, part, two)
    content = with_cell(content, part, one, lambda _: second.replace(f'"{two}"', f'"{one}"', 1))
    return with_cell(content, part, two, lambda _: first.replace(f'"{one}"', f'"{two}"', 1))


def with_other_seal(content: bytes, other: bytes) -> bytes:
    parts, name = parts_of(content), "xl/worksheets/sheet15.xml"
    return packed(parts | {name: re.sub(rb' s="\d+"', b"", parts_of(other)[name])})


def with_data(content: bytes, change: Callable[[str], str]) -> bytes:
    return edited(content, "seal", change)


def letters_in_white(content: bytes) -> bytes:
    """The letters of every unsatisfactory verdict in the colour of the paper."""
    return edited(content, "xl/styles.xml", lambda text: text.replace("FF8C0C26", "FFFAE3E7"))


def with_text_box(content: bytes) -> bytes:
    return edited(
        content, "xl/drawings/drawing1.xml", lambda text: text.replace("</wsDr>", "<absoluteAnchor><sp/></absoluteAnchor></wsDr>")
    )


def with_rule(content: bytes) -> bytes:
    rule = '<cfRule type="expression" priority="1"><formula>1</formula></cfRule>'
    return replaced(
        content, "verdicts", "<pageMargins", f'<conditionalFormatting sqref="J5:J18">{rule}</conditionalFormatting><pageMargins'
    )


def with_row(content: bytes) -> bytes:
    row = '<row r="19"><c r="A19" t="inlineStr"><is><t>Z9Z</t></is></c></row>'
    return replaced(content, "participants", r"</row></sheetData>", f"</row>{row}</sheetData>")


def without_sheet_in_sight(content: bytes) -> bytes:
    return replaced(content, "xl/workbook.xml", 'sheetId="8" state="visible"', 'sheetId="8" state="hidden"')


def with_format_that_hides(content: bytes) -> bytes:
    return replaced(content, "xl/styles.xml", r'formatCode="0.00;[^"]*"', 'formatCode=";;;"')


Tampering = tuple[Callable[[bytes], bytes], str, str, str]
TAMPERINGS: dict[str, Tampering] = {
    "a submitted value": (lambda c: with_cell(c, "results", "C6", words("5.60")), "value", RESULTS, "C6"),
    "a score": (lambda c: with_cell(c, "statistics", "P14", number("1.52")), "value", STATISTICS, "P14"),
    "the assigned value": (lambda c: with_cell(c, "statistics", "D7", number("5.92")), "value", STATISTICS, "D7"),
    "a limit of acceptance": (lambda c: with_cell(c, "verdicts", "B22", words("z; 5.0 – 9.0")), "value", VERDICTS, "B22"),
    "a verdict": (lambda c: with_cell(c, "verdicts", "J6", words("S  满意 satisfactory")), "value", VERDICTS, "J6"),
    "the letter of a verdict": (lambda c: replaced(c, "xl/styles.xml", '&quot;U &quot;', "&quot;S &quot;"), "format", VERDICTS, "C7"),
    "a removed row": (lambda c: replaced(c, "statistics", r'<row r="15".*?</row>', '<row r="15"></row>'), "value", STATISTICS, "A15"),
    "an added row": (with_row, "value", PARTICIPANTS, "A19"),
    "swapped participants": (lambda c: swapped(c, "verdicts", "A6", "A9"), "value", VERDICTS, "A6"),
    "a changed option": (lambda c: with_cell(c, "protocol", "B51", words("0.50")), "value", PROTOCOL, "B51"),
    "the input hash": (lambda c: with_cell(c, "traceability", "B7", words("0" * 64)), "value", TRACE, "B7"),
    "the fingerprint": (lambda c: with_cell(c, "traceability", "B11", words("beef " * 16)), "value", TRACE, "B11"),
    "the signature": (lambda c: with_cell(c, "seal", "A3", words("A" * 86 + "==")), "signature", SEAL, "A3"),
    "no signature": (lambda c: replaced(c, "seal", r'<c r="A3".*?</c>', ""), "signature", SEAL, "A3"),
    "the sealed data": (lambda c: with_data(c, lambda t: t.replace('"value":"6.15"', '"value":"5.55"')), "signature", SEAL, "A3"),
    "a missing part of the sealed data": (lambda c: replaced(c, "seal", r'<row r="5".*?</row>', ""), "seal", SEAL, "A1"),
    "a formula replaced by its number": (
        lambda c: with_cell(c, "statistics", "Q14", lambda x: re.sub(r"<f>.*?</f>", "<v>2.52</v>", x)), "value", STATISTICS, "Q14",
    ),
    "another formula": (lambda c: with_cell(c, "statistics", "Q14", lambda x: x.replace("-", "+")), "value", STATISTICS, "Q14"),
    "another saved result of a formula": (
        lambda c: with_cell(c, "statistics", "Q14", lambda x: x.replace("</f>", "</f><v>1.1</v>")), "result", STATISTICS, "Q14",
    ),
    "a number stored as text": (lambda c: with_cell(c, "statistics", "P14", as_text), "value", STATISTICS, "P14"),
    "merged cells that hide": (
        lambda c: replaced(c, "verdicts", "<mergeCells[^>]*>", '<mergeCells><mergeCell ref="J6:J9"/>'), "merged", VERDICTS, "J6:J9",
    ),
    "footer words": (lambda c: replaced(c, "items", "RPT-26-03", "RPT-26-04"), "value", ITEMS, "A2"),
    "header words": (
        lambda c: replaced(c, "verdicts", "<oddFooter>", "<oddHeader>&amp;CAccredited</oddHeader><oddFooter>"), "printed", VERDICTS, "",
    ),
    "a hidden row": (lambda c: replaced(c, "verdicts", '<row r="6"', '<row r="6" hidden="1"'), "hidden", VERDICTS, ""),
    "a hidden sheet": (without_sheet_in_sight, "hidden", VERDICTS, ""),
    "letters in the colour of the paper": (letters_in_white, "ink", VERDICTS, "J7"),
    "a format that shows nothing": (with_format_that_hides, "format", STATISTICS, ""),
    "a conditional format": (with_rule, "rules", VERDICTS, ""),
    "a chart that draws other cells": (
        lambda c: replaced(c, "xl/charts/chart1.xml", r"\$C\$27:", "$C$28:"), "chart", "", "",
    ),
    "a text box over the cells": (with_text_box, "extra", "", ""),
    "an added sheet": (
        lambda c: packed(
            edited_parts(c) | {"xl/worksheets/sheet16.xml": parts_of(c)["xl/worksheets/sheet12.xml"]}
        ), "sheet_added", "Annex", "",
    ),
}  # fmt: skip


def edited_parts(content: bytes) -> dict[str, bytes]:
    """The package told of one more sheet."""
    parts = parts_of(content)
    changes = {
        "xl/workbook.xml": ("</sheets>", '<sheet xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
                            'name="Annex" sheetId="16" r:id="rId99"/></sheets>'),
        "xl/_rels/workbook.xml.rels": ("</Relationships>", '<Relationship Id="rId99" Target="/xl/worksheets/sheet16.xml" '
                                       'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>'),
        "[Content_Types].xml": ("</Types>", '<Override PartName="/xl/worksheets/sheet16.xml" ContentType='
                                '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'),
    }  # fmt: skip
    for name, (before, after) in changes.items():
        parts[name] = parts[name].decode().replace(before, after).encode()
    return parts


@pytest.mark.assurance("R8")
@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_changed_report_is_refused_with_its_cell(name: str, content: bytes, sealer: Sealer):
    tamper, what, sheet, place = TAMPERINGS[name]
    found = check(tamper(content), sealer.public_key)
    assert found["state"] == "changed"
    named = [(one[0], one[1], one[2]) for one in found["differences"]]
    assert any(one[0] == what and one[1] == sheet and place in ("", one[2]) for one in named), named[:10]


@pytest.mark.assurance("R8")
def test_another_rounds_data_are_refused(content: bytes, other: bytes, sealer: Sealer):
    found = check(with_other_seal(content, other), sealer.public_key)
    assert (found["state"], found["origin"]) == ("changed", "proven")
    assert len(found["differences"]) > 20


@pytest.mark.assurance("R8")
def test_a_whole_report_made_anew_without_the_key_is_refused(sealer: Sealer, tmp_path: Path):
    """Better numbers, consistent in every cell, sealed with a key of the forger's own or with the old seal."""
    better = quantitative(14, preferred_statistic="pa")
    forged = build(better, open_sealer(tmp_path))
    named = check(forged, sealer.public_key, key_was_named=True)
    assert (named["state"], named["differences"][0][0]) == ("changed", "key")
    old_seal = replace_signature(build(better, sealer), build(quantitative(), sealer))
    assert (check(old_seal)["state"], check(old_seal)["origin"]) == ("changed", "broken")


def replace_signature(content: bytes, source: bytes) -> bytes:
    return with_cell(content, "seal", "A3", lambda _: re.sub(r' s="\d+"', "", cell(source, "seal", "A3")))


def test_the_difference_says_what_is_shown_and_what_was_recomputed(content: bytes, sealer: Sealer):
    found = check(with_cell(content, "statistics", "P14", number("1.52")), sealer.public_key)
    assert found["differences"] == [("value", STATISTICS, "P14", "1.52", "2.52")]


@pytest.mark.parametrize(
    ("given", "reason"),
    [(b"", "read"), (b"PK\x03\x04 rubbish", "read"), (b"%PDF-1.7", "read"), (b"0" * (MOST_BYTES + 1), "5 MB")],
    ids=["empty", "damaged", "another format", "too large"],
)
def test_what_is_no_workbook_is_no_report(given: bytes, reason: str):
    found = check(given)
    assert found["state"] == "not_a_report"
    assert reason in found["reason"]


def test_a_workbook_without_seal_is_no_report(content: bytes):
    assert check(build(quantitative()))["state"] == "not_a_report"


def test_a_document_type_in_the_package_is_not_read(content: bytes):
    doctype = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    bomb = edited(content, "xl/styles.xml", lambda text: re.sub(r"^(<\?xml.*?\?>)?", rf"\g<1>{doctype}", text))
    found = check(bomb)
    assert (found["state"], "DOCTYPE" in found["detail"]) == ("not_a_report", True)


def test_a_package_that_unpacks_to_far_more_is_not_read(content: bytes):
    found = check(packed(parts_of(content) | {"xl/media/blank.bin": b"\0" * 30_000_000}))
    assert found["state"] == "not_a_report"


def test_the_sealed_data_name_nobody_beyond_what_the_report_shows(content: bytes):
    report = quantitative()
    sheet = parts_of(content)["xl/worksheets/sheet15.xml"].decode()
    data = json.loads("".join(re.findall(r'<c r="A(?:[5-9]|\d\d)"[^>]*><is><t[^>]*>(.*?)</t>', sheet)).replace("&amp;", "&"))["report"]
    assert set(data) == {"provider", "head", "protocol", "plan", "item_plans", "items", "participants", "submitted", "trace", "opinions",
                         "releases", "waived", "overrides", "provider_comment", "reported", "language", "asked", "cases", "objections",
                         "capa_days", "n_screenings", "comments", "meeting", "no_meeting"}  # fmt: skip
    assert [one["identity"] for one in data["participants"]] == [None] * len(report.participants)


def test_no_part_of_the_sealed_data_is_longer_than_a_cell_carries(content: bytes):
    sheet = parts_of(content)["xl/worksheets/sheet15.xml"].decode()
    assert max(map(len, re.findall(r"<t[^>]*>(.*?)</t>", sheet, re.DOTALL))) <= 36_000  # 30,000 characters, some escaped


@pytest.mark.parametrize("text", ["a\x7f\ufffe_x0041_", "\ud800", "=1+1", "\x07"])
def test_what_a_cell_cannot_carry_is_still_sealed(text: str, sealer: Sealer):
    report = replace(quantitative(5), provider_comment=text)
    assert json.loads(for_cells(json.dumps(text))) == text
    assert check(build(report, sealer), sealer.public_key)["state"] == "holds"


def test_data_of_many_parts_are_put_together_again(sealer: Sealer):
    large = build(quantitative(60, n_items=4), sealer)
    assert parts_of(large)["xl/worksheets/sheet15.xml"].count(b"<row") > 5
    assert check(large, sealer.public_key)["state"] == "holds"
