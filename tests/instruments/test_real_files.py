"""Files of real instruments, read where they lie: counts and values are those read by eye, every raw text stands at its source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from instruments.command import parse_file
from instruments.contract import ParseOptions, RawFile
from instruments.registry import parse
from instruments.tables import read_table
from tests.instruments.families import NONE, REAL, name_of, parser_of, raw_file, raw_text_stands_at_source, read
from tests.paths import shared

FAMILIES = ("real/quantstudio/", "real/quantstudio_da/", "real/generic/")
OURS = [entry for entry in REAL if entry["path"].startswith(FAMILIES)]
READ = [entry for entry in REAL if parser_of(entry) is not None]
UNREAD = [entry for entry in REAL if parser_of(entry) is None]

ours: Callable[..., Any] = pytest.mark.parametrize("entry", OURS or NONE, ids=name_of)


@ours
def test_the_rows_are_as_many_as_counted_by_eye(entry: dict[str, Any]):
    read_file = read(entry).file
    assert read_file.rows_used == entry["expected"]["n_rows"]
    assert read_file.rows_seen == read_file.rows_used + len(read_file.skipped)


@ours
def test_the_values_read_by_eye_are_found(entry: dict[str, Any]):
    readings = read(entry).file.readings
    for expected in entry["expected"]["tuples"]:
        sample, target, value = expected["sample_or_key"], expected["target_or_2"], expected["value_or_3"].strip()
        if entry["path"].endswith("two_dimension.csv"):
            found = [one for one in readings if one.sample == sample]
            assert {target, value} <= {one.raw.strip() for one in found}
            continue
        keys = [one for one in readings if sample in (one.sample, one.position) and target in (one.target, one.channel)]
        if sample == "D1":
            assert all(one.sample is None and one.role == "ntc" and one.status == "not_detected" for one in keys)
        if sample in ("Positive Control", "Negative Control"):
            assert {one.role for one in keys} <= {"positive_control", "ntc", "negative_control"}
        assert value in {one.raw.strip() for one in keys}, expected


@pytest.mark.parametrize("entry", READ or NONE, ids=name_of)
def test_every_raw_text_stands_in_the_source_where_the_reading_says(entry: dict[str, Any]):
    if entry["expected"].get("refused"):
        pytest.skip("the file is to be refused")
    file = raw_file(entry)
    raw_text_stands_at_source(file, parse(file))


@pytest.mark.parametrize("entry", UNREAD or NONE, ids=name_of)
def test_a_file_of_a_family_without_parser_is_never_misread(entry: dict[str, Any]):
    answer = parse_file(str(shared("instrument-files", *entry["path"].split("/"))))
    assert set(answer) == {"refused"}
    assert answer["refused"]["message"].endswith((".", "%"))


def test_a_positive_control_that_is_undetermined_fails_the_run():
    entry = next((one for one in OURS if "Diomni" in one["path"]), None)
    verdicts = {one.name: one.verdict for one in read(entry).file.controls} if entry else pytest.skip("the shared folder is not there")
    assert verdicts == {"Negative Control": "pass", "Positive Control": "fail"}


def test_a_run_without_controls_says_that_they_are_absent():
    path = shared("instrument-files", "real", "quantstudio", "quaintStudioSampleOutput.csv")
    parsed = parse(RawFile(path.name, path.read_bytes()))
    assert {(one.name, one.verdict) for one in parsed.file.controls} == {("NTC", "absent"), ("PC", "absent")}
    assert parsed.match.score >= 50 and "QuantStudio" in str(parsed.match.reasons[0])


def test_a_silent_ntc_passes():
    path = shared("instrument-files", "real", "quantstudio", "appbio_quantstudio_example04.txt")
    verdicts = [(one.name, one.verdict, str(one.reason)) for one in parse(RawFile(path.name, path.read_bytes())).file.controls]
    assert verdicts[0] == ("NTC", "pass", "Nothing was found in 4 of 4 readings.")


def test_an_old_binary_workbook_is_read_cell_by_cell():
    path = shared("instrument-files", "real", "agilent_chemstation", "agilent.chemstation.chemstation.xls")
    table = read_table(RawFile(path.name, path.read_bytes()), ParseOptions())
    assert table.kind == "xls" and any(sheet.name == "QRes" and sheet.rows for sheet in table.sheets)
