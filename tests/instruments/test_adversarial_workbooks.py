"""Hostile, damaged and doubtful workbooks and archives, read where they lie: one test for each, named after it."""

from __future__ import annotations

import pytest

from tests.instruments.adversarial import answer, readings, refusal


@pytest.mark.assurance("F1")
def test_26_binary_rubbish():
    assert refusal("26_binary_rubbish.xlsx")["code"] == "not_a_workbook"


@pytest.mark.assurance("F1")
def test_27_png_as_csv():
    assert "PNG" in refusal("27_png_as_csv.csv")["message"]


def test_28_merged_headers():
    found = readings("28_merged_headers.xlsx")
    assert answer("28_merged_headers.xlsx")["rows"]["used"] == 3
    (fam,) = [each for each in found if each["sample"] == "SZ001" and each["channel"] == "FAM"]
    (vic,) = [each for each in found if each["sample"] == "SZ002" and each["channel"] == "VIC"]
    assert (fam["value"], vic["status"], vic["raw"], vic["source"]) == ("24.5", "not_detected", "阴性", "结果!F5")


def test_29_hidden_sheet_is_not_read_and_is_named():
    found = answer("29_hidden_sheet.xlsx")
    assert [each["sample"] for each in found["readings"]] == ["S1"] and found["sheet"] == "Results (2)"
    assert 'The hidden sheet "Results" was not read.' in found["unread"]


def test_30_types():
    found = answer("30_types.xlsx")
    assert found["rows"]["seen"] == 5
    assert [(each["where"], each["code"]) for each in found["rows"]["skipped"]] == [
        ("Sheet!2", "id_damaged"),
        ("Sheet!5", "id_not_text"),
        ("Sheet!6", "id_not_text"),
    ]
    assert [(each["sample"], each["status"]) for each in found["readings"]] == [("20260001", "invalid"), ("S3", "invalid")]


def test_31_xlsx_named_xls():
    assert readings("31_xlsx_named_xls.xls")[0]["value"] == "24.1"


@pytest.mark.assurance("F1")
def test_32_truncated():
    assert refusal("32_truncated.xlsx")["code"] == "damaged_file"


@pytest.mark.assurance("F1")
def test_33_zipbomb_150MB():
    assert refusal("33_zipbomb_150MB.xlsx")["code"] == "unpacks_too_large"


@pytest.mark.assurance("F2")
def test_34_billion_laughs():
    assert refusal("34_billion_laughs.xlsx")["code"] == "doctype"


def test_35_used_range_huge_is_one_row():
    assert [each["value"] for each in readings("35_used_range_huge.xlsx")] == ["24.1"]


def test_36_html_named_xls_says_what_it_is():
    assert refusal("36_html_named_xls.xls")["code"] == "html_page"


@pytest.mark.assurance("F2")
def test_38_xxe():
    refused = refusal("38_xxe.rdml")
    assert refused["code"] == "doctype" and "root:" not in str(refused)


@pytest.mark.assurance("F1")
def test_39_zipslip():
    assert refusal("39_zipslip.rdml")["code"] == "unsafe_member_name"


def test_40_not_zip():
    assert refusal("40_not_zip.rdml")["code"] == "no_reactions"
