"""Samples from filled sheets: nothing wrong is imported, nothing twice, and what was corrected is exactly the rest."""

from __future__ import annotations

import io
import time
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from lims.audit.models import AuditEvent
from lims.db.session import reading
from lims.errors import Invalid
from lims.samples.lifecycle.kinds import KINDS
from lims.samples.models import CustodyEvent, Sample, SampleWord
from lims.samples.service import import_sheet
from lims.samples.service.templates import describe_template, error_workbook, reasons, template
from tests.factories import TwoLaboratories
from tests.samples.test_kinds import MATRICES

HEAD = [
    "external_number",
    "matrix",
    "pseudonym",
    "category",
    "conveyance_number",
    "entry_date",
    "quantity",
    "unit",
    "sampled_at",
    "remarks",
]


def good(number: int) -> list[Any]:
    """A good row."""
    return [
        f"00{number:05d}",
        "NPS",
        f"7Q-{number:04d}",
        "screening",
        "3U8694",
        "2025-05-19",
        "1.10",
        "mL",
        "2025-05-19 08:30",
        f"row {number}",
    ]


#: what is wrong: column, cell
ERRORS: tuple[tuple[str, Any], ...] = (
    ("matrix", ""), ("matrix", "NOSUCH"), ("matrix", "FMEAT"), ("pseudonym", ""), ("pseudonym", "110101199003078888"),
    ("pseudonym", "13800138000"), ("category", "nosuch"), ("conveyance_number", ""), ("entry_date", "19/05/2025"),
    ("entry_date", "2125-05-19"), ("quantity", "1,10"), ("quantity", "-1"), ("unit", ""), ("unit", "Cel"), ("sampled_at", "2025-05-19"),
    ("remarks", "call 13800138000"), ("remarks", "=1+1"), ("remarks", "a\u202eb"), ("conveyance_number", "1.2E+11"),
    ("external_number", 41851),
)  # fmt: skip


def book(rows: list[list[Any]]) -> bytes:
    sheet = openpyxl.Workbook()
    for row in rows:
        sheet.active.append(row)
    out = io.BytesIO()
    sheet.save(out)
    return out.getvalue()


def count(model: type[Any]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def wrong(number: int, column: str, cell: Any) -> list[Any]:
    row = good(number)
    row[HEAD.index(column)] = cell
    return row


def test_two_hundred_errors_of_twenty_kinds_import_nothing_wrong_and_the_corrected_workbook_exactly_the_rest(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    faults = [(number, *ERRORS[number % 20]) for number in range(200)]
    rows = [HEAD, *(good(number) for number in range(200, 300)), *(wrong(*fault) for fault in faults)]
    imported = import_sheet(technician, "port.xlsx", book(rows))
    assert len(imported.numbers) == count(Sample) == 100
    told = reasons(imported.preview, "en")
    assert {(one["row"], one["column"]) for one in told} == {(102 + number, column) for number, column, _cell in faults}
    workbook = error_workbook(imported.preview, "zh_CN")
    again = import_sheet(technician, "errors.xlsx", workbook)
    assert (again.numbers, len(again.preview.refused)) == ((), 200)
    corrected = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = corrected.worksheets[0]
    for place, (number, column, _cell) in enumerate(faults, 2):
        sheet.cell(place, HEAD.index(column) + 1).value = good(number)[HEAD.index(column)]
    out = io.BytesIO()
    corrected.save(out)
    rest = import_sheet(technician, "corrected.xlsx", out.getvalue())
    assert (len(rest.numbers), rest.preview.refused, count(Sample)) == (200, [], 300)
    with reading() as session:
        assert set(session.scalars(select(Sample.external_number))) == {f"00{number:05d}" for number in range(300)}


def test_a_thousand_samples_with_their_audit_take_less_than_twenty_seconds_and_one_event(laboratories: TwoLaboratories):
    content = book([HEAD, *(good(number) for number in range(1000))])
    before = count(AuditEvent)
    started = time.monotonic()
    imported = import_sheet(laboratories.a["technician"], "thousand.xlsx", content)
    assert time.monotonic() - started < 20
    assert (len(imported.numbers), count(Sample), count(CustodyEvent), count(AuditEvent) - before) == (1000, 1000, 1000, 1)
    assert count(SampleWord) > 5000
    assert imported.numbers[-1].startswith("CUSA-") and "-TRV-001000-" in imported.numbers[-1]
    again = import_sheet(laboratories.a["technician"], "thousand again.xlsx", content)
    assert (again.numbers, len(again.preview.known), again.preview.refused, count(Sample)) == ((), 1000, [], 1000)


def test_duplicates_in_the_sheet_and_with_the_laboratory_are_found_before_saving(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    import_sheet(technician, "first.xlsx", book([HEAD, good(1)]))
    changed = wrong(1, "pseudonym", "OTHER")
    imported = import_sheet(technician, "second.xlsx", book([HEAD, changed, good(2), wrong(2, "pseudonym", "OTHER"), good(3)]))
    assert [(one["row"], one["column"]) for one in reasons(imported.preview, "en")] == [(2, "external_number"), (4, "external_number")]
    assert len(imported.numbers) == 2
    foreign = import_sheet(laboratories.b["technician"], "first.xlsx", book([HEAD, good(1)]))
    assert len(foreign.numbers) == 1


def test_all_or_nothing_imports_nothing_when_one_row_is_refused(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    rows = [HEAD, good(1), wrong(2, "category", "nosuch")]
    imported = import_sheet(technician, "a.xlsx", book(rows), all_or_nothing=True)
    assert (imported.numbers, count(Sample)) == ((), 0)
    workbook = openpyxl.load_workbook(io.BytesIO(error_workbook(imported.preview, "en", with_ready=True)))
    assert workbook.worksheets[0].max_row == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_files_in_every_usual_encoding_are_read_with_their_zeros(laboratories: TwoLaboratories, encoding: str):
    rows = ["外部编号或管码,基质,假名标识,旅客类别,航班、车次或船名号,备注", "0041851,鼻咽拭子,7Q-1,筛查,3U8694,外包装干燥"]
    labels = {one["name"]: one["header_zh"].removesuffix(" *") for one in describe_template(laboratories.a["technician"], "TRV")}
    rows[0] = ",".join(labels[name] for name in ("external_number", "matrix", "pseudonym", "category", "conveyance_number", "remarks"))
    imported = import_sheet(laboratories.a["technician"], "a.csv", "\r\n".join(rows).encode(encoding))
    assert reasons(imported.preview, "en") == []
    with reading() as session:
        row = session.scalars(select(Sample)).one()
    assert (row.kind, row.external_number, row.matrix, row.details["category"], row.remarks) == (
        "TRV",
        "0041851",
        "NPS",
        "screening",
        "外包装干燥",
    )


def test_english_headings_prove_a_chinese_encoding(laboratories: TwoLaboratories):
    text = "external_number,matrix,surface,sampling_point\n007,SURF,outer_box,冷库二号门\n"
    imported = import_sheet(laboratories.a["technician"], "a.csv", text.encode("gb18030"))
    assert (len(imported.numbers), imported.preview.file.encoding) == (1, "gb18030")


def test_a_heading_that_no_field_has_stops_the_file(laboratories: TwoLaboratories):
    imported = import_sheet(laboratories.a["technician"], "a.xlsx", book([[*HEAD[:5], "colour"], [*good(1)[:5], "red"]]), "TRV")
    assert imported.numbers == ()
    assert [(one["row"], one["column"]) for one in reasons(imported.preview, "en")] == [(1, "colour")]
    assert ("", "colour") in imported.preview.head.pairs("en")


def test_headings_that_fit_several_kinds_ask_for_the_kind(laboratories: TwoLaboratories):
    with pytest.raises(Invalid, match="do not tell the kind"):
        import_sheet(laboratories.a["technician"], "a.csv", b"external_number,matrix\n007,NPS\n")


@pytest.mark.parametrize("code", KINDS)
def test_the_template_of_every_kind_filled_with_its_examples_is_imported(laboratories: TwoLaboratories, code: str):
    technician = laboratories.a["technician"]
    fields = describe_template(technician, code)
    filled = openpyxl.load_workbook(io.BytesIO(template(technician, code)))
    sheet = filled.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [one["header_en"] for one in fields]
    for place, one in enumerate(fields, 1):
        value: Any = MATRICES[code] if one["name"] == "matrix" else one["example"]
        is_day = one["type"] in ("date", "datetime")
        sheet.cell(2, place).value = datetime.fromisoformat(value) if is_day else value
    out = io.BytesIO()
    filled.save(out)
    imported = import_sheet(technician, "filled.xlsx", out.getvalue())
    assert reasons(imported.preview, "en") == []
    assert [row.checked.draft.kind for row in imported.preview.rows if row.checked] == [code]


def test_what_looks_like_a_formula_is_text_in_the_error_workbook(laboratories: TwoLaboratories):
    rows = [HEAD, wrong(1, "remarks", '=HYPERLINK("http://example.org")'), wrong(2, "category", "@SUM(1)")]
    imported = import_sheet(laboratories.a["technician"], "a.xlsx", book(rows))
    sheet = openpyxl.load_workbook(io.BytesIO(error_workbook(imported.preview, "en"))).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert all(cell.data_type != "f" for cell in cells)
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith(("=", "@")))
