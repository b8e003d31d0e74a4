"""Hostile, damaged and doubtful text files, read where they lie: one test for each, named after it."""

from __future__ import annotations

import pytest

from instruments.contract import RawFile
from instruments.registry import parse
from tests.instruments.adversarial import answer, one, readings, refusal
from tests.paths import shared

CHINESE = [
    "01_cn_gbk.csv",
    "02_cn_gb18030_rare_char.csv",
    "03_cn_utf8_bom.csv",
    "04_cn_utf8_nobom.csv",
    "05_cn_utf16le_bom.csv",
    "06_cn_utf16be_bom.csv",
    "07_cn_utf16le_nobom.csv",
]

ENCODINGS = ["gb18030", "gb18030", "utf-8", "utf-8", "utf-16-le", "utf-16-be", "utf-16-le"]


@pytest.mark.assurance("F6")
@pytest.mark.parametrize("name", CHINESE)
def test_the_chinese_table_is_the_same_in_every_encoding(name: str):
    found = readings(name)
    assert len(found) == 8
    assert one(found, "SZ2026110001", "ORF1ab")["value"] == "24.56"
    assert one(found, "SZ2026110002", "N")["status"] == "not_detected"
    assert one(found, "NTC", "ORF1ab")["role"] == "ntc"
    verdicts = [(each["name"], each["verdict"]) for each in answer(name)["controls"]]
    assert verdicts == [("PC", "pass"), ("NTC", "pass")]
    assert found[0]["position"] == "A1" and found[0]["channel"] == "FAM"


@pytest.mark.parametrize(("name", "encoding"), list(zip(CHINESE, ENCODINGS, strict=True)))
def test_the_encoding_is_named(name: str, encoding: str):
    assert answer(name)["encoding"] == encoding


def test_02_cn_gb18030_rare_char_keeps_the_characters():
    path = shared("instrument-files", "adversarial", "02_cn_gb18030_rare_char.csv")
    assert parse(RawFile(path.name, path.read_bytes())).file.encoding == "gb18030"
    assert "\ufffd" not in path.read_bytes().decode("gb18030")


def test_05_cn_utf16le_bom_is_split_at_tabs_whatever_its_name():
    assert answer("05_cn_utf16le_bom.csv")["delimiter"] == "\t"


def test_08_cn_big5_is_asked_about_and_read_when_told():
    assert refusal("08_cn_big5.csv")["code"] == "encoding_unknown"
    assert "refused" in answer("08_cn_big5.csv", encoding="big5")  # its traditional headings need a profile of their own


def test_09_mixed_encoding_names_the_first_bad_byte():
    assert refusal("09_mixed_encoding.csv")["where"] == "line 4, byte 198"


def test_10_latin1_degree_is_asked_about():
    assert refusal("10_latin1_degree.txt")["code"] == "encoding_unknown"


def test_11_macroman_degree_is_asked_about_with_its_line():
    assert refusal("11_macroman_degree.txt")["where"].startswith("line 2,")


def test_12_decimal_comma_semicolon():
    found = readings("12_decimal_comma_semicolon.csv")
    assert [(each["status"], each["value"]) for each in found] == [
        ("value", "24.56"),
        ("invalid", None),
        ("value", "25.01"),
        ("missing", None),
    ]
    assert found[1]["flags"] == ["out of range"] and answer("12_decimal_comma_semicolon.csv")["decimal_mark"] == ","


def test_13_decimal_ambiguous_stops_and_asks():
    assert refusal("13_decimal_ambiguous.csv")["code"] == "decimal_mark_contradictory"


def test_14_notdetected_zoo():
    status = {each["sample"]: each["status"] for each in readings("14_notdetected_zoo.csv")}
    values = {each["sample"]: each["value"] for each in readings("14_notdetected_zoo.csv")}
    silent = [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 21, 22, 23]
    assert {f"S{number}" for number in silent} == {sample for sample, found in status.items() if found == "not_detected"}
    assert {"S5"} == {sample for sample, found in status.items() if found == "missing"}
    assert {f"S{number}" for number in (13, 14, 15, 16, 19, 20, 28, 29, 30)} == {
        sample for sample, found in status.items() if found == "invalid"
    }
    assert (status["S17"], values["S17"], status["S18"], values["S18"]) == ("censored", "40", "censored", "35")
    assert [values[f"S{number}"] for number in (24, 25, 26, 27)] == ["23.45"] * 4
    assert one(readings("14_notdetected_zoo.csv"), "S27")["flags"] == ["*"]


def test_15_censored_residue():
    found = readings("15_censored_residue.csv")
    assert [(each["status"], each["comparator"], each["value"]) for each in found] == [
        ("censored", "<", "0.05"),
        ("value", None, "0.012"),
        ("censored", "<", None),
        ("censored", "<", None),
        ("censored", "<", "0.02"),
        ("censored", "<", "0.01"),
        ("value", None, "0.5"),
        ("value", None, "0.0012"),
    ]
    assert [each["unit"] for each in found] == ["mg/kg"] * 7 + ["g/kg"]
    assert any("different units" in warning for warning in answer("15_censored_residue.csv")["warnings"])


def test_16_dup_wells():
    found = answer("16_dup_wells.csv")
    assert {each["status"] for each in found["readings"]} == {"invalid"}
    assert [each["code"] for each in found["rows"]["skipped"]] == ["identical_row", "identical_row"]


def test_17_replicates_are_all_kept():
    assert [(each["sample"], each["replicate"]) for each in readings("17_replicates.csv")] == [
        ("S1", 1),
        ("S1", 2),
        ("S1", 3),
        ("S2", 1),
        ("S2", 2),
        ("S2", 3),
    ]


def test_18_multiplex_wide():
    found = readings("18_multiplex_wide.csv")
    assert len(found) == 12 and answer("18_multiplex_wide.csv")["rows"]["used"] == 4
    assert [one(found, "S2", target)["status"] for target in ("ORF1ab", "N", "IC")] == ["not_detected", "not_detected", "value"]
    assert [one(found, "S3", target)["status"] for target in ("ORF1ab", "N", "IC")] == ["invalid", "invalid", "missing"]
    assert ("NTC", "pass") in [(each["name"], each["verdict"]) for each in answer("18_multiplex_wide.csv")["controls"]]


def test_19_trailing_totals():
    rows = answer("19_trailing_totals.csv")["rows"]
    assert rows["used"] == 2 and [each["code"] for each in rows["skipped"]] == ["summary_row"] * 4


def test_20_leading_zero_ids():
    found = readings("20_leading_zero_ids.csv")
    assert [each["sample"] for each in found] == ["00012345", "000000000012345", "2026E10", "1E5", "00012346"]
    assert one(found, "1E5", "HBsAg")["value"] == "0.7"


def test_21_lookalike_ids_stay_as_they_are():
    assert len({each["sample"] for each in readings("21_lookalike_ids.csv")}) == 6


def test_22_formula_injection_is_text():
    assert [each["sample"][:8] for each in readings("22_formula_injection.csv")] == ["=HYPERLI", "@SUM(1)", "<script>", "'; DROP "]


def test_23_empty():
    assert refusal("23_empty.csv")["code"] == "empty_file"


def test_24_only_bom():
    assert refusal("24_only_bom.csv")["code"] == "no_data"


def test_25_header_only():
    assert refusal("25_header_only.csv")["code"] == "no_results"


def test_37_tsv_named_xls():
    assert readings("37_tsv_named_xls.xls")[0]["value"] == "24.1"


def test_50_plate_missing_row():
    found = {each["position"]: each for each in readings("50_plate_missing_row.txt")}
    assert [found[well]["value"] for well in ("A1", "A3", "C1", "C3", "B1")] == ["0.1", "0.3", "0.7", "0.9", "0.4"]
    assert (found["B2"]["status"], found["B2"]["comparator"], found["B2"]["value"]) == ("censored", ">", None)
    assert (found["B3"]["status"], found["B3"]["raw"]) == ("missing", "")
    assert any("does not say what the wells hold" in warning for warning in answer("50_plate_missing_row.txt")["warnings"])


def test_51_col_count_drift():
    rows = answer("51_col_count_drift.csv")["rows"]
    assert rows["used"] == 1 and [(each["where"], each["code"]) for each in rows["skipped"]] == [
        ("line 3", "wrong_field_count"),
        ("line 4", "wrong_field_count"),
        ("line 5", "wrong_field_count"),
    ]


def test_52_quotes_broken():
    rows = answer("52_quotes_broken.csv")["rows"]
    assert (rows["seen"], rows["used"]) == (3, 2) and [(each["where"], each["code"]) for each in rows["skipped"]] == [
        ("line 2", "quote_not_closed")
    ]


def test_53_nul_and_ctrl():
    assert refusal("53_nul_and_ctrl.csv")["code"] == "nul_bytes"


def test_54_dates_asks_and_then_refuses_the_impossible_ones():
    assert refusal("54_dates.csv")["code"] == "date_ambiguous"
    rows = answer("54_dates.csv", date_order="dmy")["rows"]
    assert (rows["seen"], rows["used"]) == (6, 3) and {each["code"] for each in rows["skipped"]} == {"impossible_date"}


def test_55_long_line():
    found = answer("55_long_line.csv")
    assert found["rows"]["used"] == 0 and [each["code"] for each in found["rows"]["skipped"]] == ["field_too_long"]
    assert len(str(found)) < 5000
