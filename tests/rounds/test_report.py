"""The round report: every number of the score run stands in it, every formula gives the same number, and nobody is named."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lims.rounds.report import RoundReport, build, facts, pairs
from lims.rounds.report.canvas import SHEETS
from lims.statistics.assessment.plan import Conventions
from tests.office import converted
from tests.report_factory import HASH, qualitative, quantitative

SCORES = {"d": "D", "d_percent": "D %", "pa": "PA %", "z": "z", "z_prime": "z′", "zeta": "ζ", "en": "En"}
OTHER = Conventions(quartiles=6, algorithm_a_factor="exact", made_factor="iso")
ROUNDS: dict[str, Callable[[], RoundReport]] = {
    "formulation": quantitative,
    "consensus": lambda: quantitative(18, "consensus"),
    "few laboratories": lambda: quantitative(5),
    "two laboratories": lambda: quantitative(4, "none"),
    "two with uncertainty": lambda: quantitative(4, "none", every_u=True),
    "other conventions": lambda: quantitative(18, "consensus", conventions=OTHER, overall_rule="percent"),
    "logarithms": lambda: quantitative(18, is_log10=True, late_policy="score_marked", delta_e=Decimal("0.5")),
    "no uncertainty": lambda: quantitative(13, with_u=False),
    "categories": qualitative,
    "many categories": lambda: qualitative(14),
    "third category": lambda: qualitative(agreement_indeterminate="third_category", missing_policy="counts_as_zero"),
}


@pytest.fixture(params=ROUNDS, scope="module")
def report(request: pytest.FixtureRequest) -> RoundReport:
    return ROUNDS[request.param]()


@pytest.fixture(scope="module")
def content(report: RoundReport) -> bytes:
    return build(report)


def opened(content: bytes, **options: Any) -> Any:
    return openpyxl.load_workbook(BytesIO(content), **options)


def sheet_of(workbook: Any, key: str) -> Any:
    return workbook.worksheets[list(SHEETS).index(key)]


def texts(sheet: Any) -> list[str]:
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def statistics_rows(sheet: Any) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(participant code, number of its item block, cell values by heading) of a quantitative statistics sheet."""
    heads = {cell.value: cell.column for cell in sheet[4] if cell.value}
    block = 0
    for row in sheet.iter_rows(min_row=5):
        if row[0].value and re.match(r"Item \d", str(row[0].value)):
            block += 1
        elif re.fullmatch(r"[A-Z]\d[A-Z]|L\d{3}", str(row[0].value)):
            yield str(row[0].value), block, {head: row[column - 1].value for head, column in heads.items()}


def test_the_fourteen_sheets_stand_in_their_order(content: bytes):
    names = opened(content).sheetnames
    assert [name.split()[0] for name in names] == [str(number) for number in range(1, 15)]
    assert (names[0], names[5], names[13]) == ("1 封面 Summary", "6 统计 Statistics", "14 审计 Traceability")


@pytest.mark.assurance("R8")
@pytest.mark.parametrize("name", ["formulation", "consensus", "few laboratories", "no uncertainty"])
def test_every_score_is_the_number_of_the_score_run(name: str):
    report = replace(ROUNDS[name](), language="en")
    printed = {(code, item): row for code, item, row in statistics_rows(sheet_of(opened(build(report)), "statistics"))}
    assert len(printed) == len(report.score.scores)
    for one in report.score.scores:
        row = printed[one.participant_code, one.item_number]
        for field, head in SCORES.items():
            value = getattr(one, field).value
            assert row.get(head, "–") == ("–" if value is None else value), (one.participant_code, one.item_number, head)


@pytest.mark.assurance("R8")
def test_the_summary_of_every_item_is_the_one_of_the_score_run():
    report = replace(ROUNDS["consensus"](), language="en")
    sheet = sheet_of(opened(build(report)), "statistics")
    printed = [(row[0].value, row[3].value) for row in sheet.iter_rows() if row[0].value]
    for label, field in (("median", "median"), ("nIQR", "niqr"), ("x* (Algorithm A)", "x_star"), ("s* (Algorithm A)", "s_star")):
        assert [value for name, value in printed if name == label] == [getattr(item, field).value for item in report.score.items]


def test_every_formula_recomputes_the_number_at_its_left(content: bytes):
    found = list(pairs(opened(content)))
    assert len(found) > 10
    assert all(pair.value_cell != pair.formula_cell for pair in found)


@pytest.mark.office
@pytest.mark.assurance("R8")
def test_another_program_recomputes_every_number(content: bytes, tmp_path: Path):
    given = opened(content)
    recalculated = opened(converted(content, tmp_path).read_bytes(), data_only=True)
    wrong = []
    for pair in pairs(given):
        reported = given[pair.sheet][pair.value_cell].value
        computed = recalculated[pair.sheet][pair.formula_cell].value
        if not isinstance(computed, int | float) or abs(computed - reported) > 1e-9 * max(1.0, abs(reported)):
            wrong.append((pair, reported, computed))
    assert wrong == []


def test_every_score_has_its_formula():
    sheet = sheet_of(opened(build(replace(quantitative(), language="en"))), "statistics")
    heads = {cell.value for cell in sheet[4]}
    assert {f"ƒ {head}" for head in SCORES.values()} <= heads
    labels = {cell.value for cell in sheet_of(opened(build(replace(qualitative(), language="en"))), "agreement")["A"]}
    assert {"Cohen's kappa", "PABAK", "positive percent agreement (PPA)", "negative percent agreement (NPA)"} <= labels
    assert not {"PPA without indeterminate results"} & labels


def test_a_third_category_stands_with_its_rule_and_with_ppa_and_npa_both_ways():
    book = opened(build(replace(ROUNDS["third category"](), language="en")))
    printed = {cell.value for row in sheet_of(book, "agreement").iter_rows() for cell in row if isinstance(cell.value, str)}
    assert {"PPA without indeterminate results", "NPA without indeterminate results"} <= printed
    assert any("Indeterminate is neither positive nor negative" in text for text in printed)
    cover = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)}
    assert any("as a third category it counts against PPA and NPA" in text for text in cover)
    assert "agreement_third_category" in cover


def test_printed_counts_add_up_to_the_participants(report: RoundReport):
    sheet = sheet_of(opened(build(replace(report, language="en"))), "summary")
    totals = [sheet.cell(cell.row, 2).value for cell in sheet["A"] if cell.value == "all participants"]
    assert totals == [len(report.participants)] * 2
    assert sum(one.count for one in report.score.state_counts) == len(report.participants)


def test_every_value_stands_as_it_was_submitted():
    report = quantitative()
    odd = replace(report.submitted[0], value="1.10", relation="<", unit="mg/L")
    report = replace(report, submitted=(odd, *report.submitted[1:]), language="en")
    sheet = sheet_of(opened(build(report)), "results")
    heads = {cell.value: cell.column - 1 for cell in sheet[4]}
    row = next(row for row in sheet.iter_rows(min_row=5) if row[heads["Code"]].value == odd.participant_code)
    assert [row[heads[head]].value for head in ("Relation", "Value as submitted", "The same as a number", "Unit")] == [
        "<",
        "1.10",
        1.1,
        "mg/L",
    ]
    assert row[heads["The same as a number"]].number_format.startswith("0.00")
    assert sheet.max_row - 4 == len(report.submitted)


def test_the_small_number_rule_stands_in_words():
    said = texts(sheet_of(opened(build(replace(quantitative(5), language="en"))), "summary"))
    assert any("Not concluded from this round:" in one for one in said)
    assert any("n = " in one for one in said)


def test_what_is_not_part_of_the_round_says_why():
    workbook = opened(build(replace(quantitative(), language="en")))
    assert any(re.match(r"Not part of this round: \w", one) for one in texts(sheet_of(workbook, "method_groups")))


def test_waived_gates_are_printed_with_their_reason():
    report = replace(quantitative(), language="en")
    said = texts(sheet_of(opened(build(report)), "protocol"))
    assert report.waived[0].gate in said
    assert report.waived[0].reason in said


@pytest.mark.assurance("R9")
def test_the_same_report_gives_the_same_bytes(report: RoundReport, content: bytes):
    assert build(report) == content


@pytest.mark.assurance("R9")
def test_version_run_and_input_hash_are_printed():
    report = quantitative()
    said = texts(sheet_of(opened(build(report)), "traceability"))
    assert "LIMS 0.1.0" in said
    assert report.score.input_hash in said
    assert any(report.trace.evaluation_id in one for one in said)
    assert said[-1] == "报告结束 End of the report"


def with_every_text(report: RoundReport, text: str) -> RoundReport:
    """The report with all that people type replaced by ``text``."""

    def typed(part: Any, *names: str) -> Any:
        return replace(part, **dict.fromkeys(names, text))

    return replace(
        report,
        provider=typed(report.provider, "name", "contact", "coordinator", "subcontracted"),
        head=typed(report.head, "title", "scheme", "report_no", "code", "replaces"),
        protocol=replace(typed(report.protocol, "purpose", "design", "assigned_value", "sigma_pt", "matrix"), deviations=(text,)),
        items=tuple(typed(one, *(field.name for field in fields(one) if field.name != "number")) for one in report.items),
        participants=tuple(typed(one, "identity", "arrival_temperature", "arrival_condition", "reason") for one in report.participants),
        submitted=tuple(typed(one, "value", "unit", "expanded_u", "ct", "method", "kit", "kit_lot", "remark") for one in report.submitted),
        opinions=tuple(typed(one, "reviewer", "function", "text") for one in report.opinions),
        releases=tuple(typed(one, "name", "function", "meaning") for one in report.releases),
        waived=(facts.WaivedGate(text, text),),
        overrides=(facts.Override(text, 1, text, text, text),),
        provider_comment=text,
        plan=replace(report.plan, measurand=text),
    )


@pytest.mark.assurance("F8")
@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "=cmd|'/c calc'!A0", "bell\x07\ud800"])
def test_no_typed_text_becomes_a_formula(text: str):
    workbook = opened(build(with_every_text(quantitative(), text)))
    formulas = {(pair.sheet, pair.formula_cell) for pair in pairs(workbook)}
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.data_type == "f":
                    assert (sheet.title, cell.coordinate) in formulas
                    assert not cell.value.startswith(text)


@pytest.mark.assurance("C1")
def test_a_laboratory_is_named_only_with_its_consent():
    report = quantitative()
    named = replace(report.participants[1], identity="Laboratory canary-4711")
    with_consent = replace(report, participants=(report.participants[0], named, *report.participants[2:]))
    for one, expected in ((report, 0), (with_consent, 1)):
        workbook = opened(build(one))
        sheets = [sheet.title for sheet in workbook.worksheets if any("canary-4711" in said for said in texts(sheet))]
        assert len(sheets) == expected
    assert sheets == ["4 参加者 Participants"]


@pytest.mark.assurance("C1")
def test_the_properties_of_the_file_name_nobody():
    report = replace(quantitative(), provider=facts.Provider("Customs Laboratory A", "", "Coordinator canary"))
    with zipfile.ZipFile(BytesIO(build(report))) as package:
        properties = b"".join(package.read(name) for name in package.namelist() if name.startswith("docProps/"))
    assert b"canary" not in properties
    assert b"Laboratory" not in properties
    assert report.head.code.encode() in properties


def test_every_sheet_prints_on_a4_with_its_heading_repeated(content: bytes):
    for sheet in opened(content).worksheets:
        assert int(sheet.page_setup.paperSize) == 9
        assert re.match(r"\$1:\$\d+", sheet.print_title_rows)
        assert sheet.oddFooter.right.text == "&P / &N"


@pytest.mark.parametrize(("language", "title"), [("zh_CN", "1 封面"), ("en", "1 Summary"), ("bilingual", "1 封面 Summary")])
def test_headings_stand_in_the_language_of_the_report(language: facts.Language, title: str):
    assert opened(build(replace(quantitative(), language=language))).sheetnames[0] == title


def test_an_english_report_of_english_matter_holds_no_chinese():
    workbook = opened(build(replace(quantitative(), language="en")))
    chinese = [one for sheet in workbook.worksheets for one in texts(sheet) if re.search(r"[一-鿿]", one)]
    assert chinese == []


def test_the_package_needs_no_repair(content: bytes):
    with zipfile.ZipFile(BytesIO(content)) as package:
        names = set(package.namelist())
        declared = set(re.findall(r'PartName="/([^"]+)"', package.read("[Content_Types].xml").decode()))
        sheets = [package.read(name).decode() for name in names if name.startswith("xl/worksheets/sheet")]
    assert declared <= names
    for sheet in sheets:
        order = [
            place for tag in ("<sheetData", "<mergeCells", "<pageMargins", "<pageSetup", "<drawing") if (place := sheet.find(tag)) >= 0
        ]
        assert order == sorted(order)
        places = re.findall(r'<c r="([A-Z]+\d+)"', sheet)
        assert len(places) == len(set(places))
        assert not re.search(r">(nan|NaN|-?inf|None|null)<", sheet)


def test_charts_draw_scores_with_their_limits():
    with zipfile.ZipFile(BytesIO(build(replace(quantitative(18, "consensus"), language="en")))) as package:
        charts = [package.read(name).decode() for name in sorted(package.namelist()) if name.startswith("xl/charts/chart")]
    assert len(charts) == 6
    for words in ("action limit −3", "warning limit −2", "warning limit +2", "action limit +3"):
        assert words in charts[0]


def test_signatures_stand_on_the_first_sheet():
    said = texts(sheet_of(opened(build(quantitative())), "summary"))
    assert {"QA manager 1", "QA manager 2"} <= set(said)
    assert sum(HASH in one for one in said) == 2
