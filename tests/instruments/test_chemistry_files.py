"""Files of real chemistry and immunoassay instruments: rows and values are those read by eye; one without results is refused."""

from __future__ import annotations

from typing import Any

import pytest

from instruments.contract import ParseError, ParseOptions, RawFile, Reading
from instruments.registry import Parsed, parse
from tests.instruments.families import NONE, REAL, name_of, raw_file
from tests.paths import shared

FAMILIES = (
    "agilent_chemstation",
    "agilent_flame_aa",
    "agilent_masshunter",
    "cobas_c111_csv",
    "hach_dr3900",
    "icp_perkinelmer",
    "icp_varian",
    "immuno_beckman_access",
    "mzml",
    "openlab_report",
    "shimadzu",
    "sysmex_csv",
    "thermo_xcalibur",
    "waters_masslynx",
)
OURS = [entry for entry in REAL if entry["path"].split("/")[1] in FAMILIES]
READ = [entry for entry in OURS if not entry["expected"].get("refused")]
#: rows read where the manifest counts something else: the sheet of intensities, or lines without the last one
ROWS = {"nexion350x.xlsx": 8, "Access2.csv": 48}


def read(entry: dict[str, Any], **answers: str) -> Parsed:
    return parse(raw_file(entry), ParseOptions(**answers))


def words_of(reading: Reading) -> set[str]:
    """Every text a reading carries, flags also word by word."""
    texts = {reading.raw.strip(), f"{reading.raw}.0", reading.sample, reading.target, reading.channel, reading.value, *reading.flags}
    return {text for text in texts if text} | {word for flag in reading.flags for word in flag.split()}


@pytest.mark.parametrize("entry", READ or NONE, ids=name_of)
def test_the_rows_are_as_many_as_counted_by_eye(entry: dict[str, Any]):
    found = read(entry)
    assert found.file.parser == entry["path"].split("/")[1] and found.match.score >= 95
    assert found.file.rows_used == ROWS.get(name_of(entry), entry["expected"]["n_rows"])


@pytest.mark.parametrize("entry", READ or NONE, ids=name_of)
def test_the_values_read_by_eye_are_found(entry: dict[str, Any]):
    is_intensity = name_of(entry) == "nexion350x.xlsx"
    readings = read(entry, sheet="Raw Intensities").file.readings if is_intensity else read(entry).file.readings
    for expected in entry["expected"]["tuples"]:
        of_key = [one for one in readings if expected["sample_or_key"] in (one.sample, one.target)]
        looked_for = {text for text in (expected["target_or_2"], expected["value_or_3"]) if text} - {
            "mg/L",
            "U/L",
            "S/CO",
            "g/l",
        }
        if is_intensity:
            assert looked_for <= {one.raw for one in of_key}, expected
        else:
            assert any(looked_for <= words_of(one) for one in of_key), expected


def test_raw_data_are_refused_with_a_sentence():
    entry = next((one for one in OURS if one["path"].startswith("real/mzml")), None) or pytest.skip("the shared folder is not there")
    with pytest.raises(ParseError) as caught:
        read(entry)
    assert caught.value.code == "raw_data_no_results" and "mzML" in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"##TITLE= x\r\n##JCAMP-DX= 5.00\r\n", b"BEGIN IONS\nTITLE=x\n1 2\nEND IONS\n", b"CDF\x01\x00\x00\x00\x00", b"ABIF\x00e tdir"],
    ids=["jcamp", "mgf", "andi", "abif"],
)
def test_other_raw_data_are_refused_with_a_sentence(content: bytes):
    with pytest.raises(ParseError) as caught:
        parse(RawFile("x", content))
    assert caught.value.code == "raw_data_no_results"


def test_concentrations_are_read_from_their_own_sheet_and_standards_are_no_samples():
    path = shared("instrument-files", "real", "icp_perkinelmer", "nexion350x.xlsx")
    found = parse(RawFile(path.name, path.read_bytes())).file
    assert {one.source.split("!")[0] for one in found.readings} == {"Concentrations"}
    assert {one.role for one in found.readings if one.sample in ("BLK", "rBLK")} == {"blank"}
    assert [one.reason.code for one in found.skipped] == ["calibration_line", "calibration_line"]


def test_a_sample_over_one_range_has_the_value_of_the_other():
    path = shared("instrument-files", "real", "agilent_flame_aa", "flameatomic_OVER.xlsx")
    found = parse(RawFile(path.name, path.read_bytes())).file.readings
    values = {one.sample: one.value for one in found if one.status == "value"}
    assert values == {"DU-0001": "2", "DU-0002": "1.5"}
    assert {one.status for one in found if one.sample == "DU-0003"} == {"censored"}


def test_units_with_powers_of_ten_are_not_converted():
    path = shared("instrument-files", "real", "sysmex_csv", "2000i_exported_files.txt")
    found = parse(RawFile(path.name, path.read_bytes())).file
    first = {one.target: one for one in found.readings if one.sample == "ACCC76134"}
    assert (first["GB"].value, first["GB"].unit, first["HCT"].unit) == ("572", "10*1/uL", "10*-1.%")
    assert first["RET#"].unit is None if "RET#" in first else True
    flagged = {one.target: one for one in found.readings if one.sample == "ACCC76133"}
    assert flagged["IDP"].status == "missing" and flagged["PLQ"].flags == ("*",)


def test_no_person_stands_in_the_readings_or_the_notes():
    for entry in READ:
        found = read(entry).file
        said = " ".join(
            [*(str(one) for one in (*found.unread, *found.warnings)), *(text for one in found.readings for text in words_of(one))]
        )
        assert "Claudia" not in said and "cmcastillofr" not in said, entry["path"]
