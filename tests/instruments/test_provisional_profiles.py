"""Profiles of Chinese machines, written from descriptions only: they read, and they say that they are provisional."""

from __future__ import annotations

import pytest

from instruments.contract import ParseError
from instruments.registry import Parsed, parse
from tests.instruments.makers import csv, workbook

SLAN = [
    ["SLAN-96P", "V8.2.2"],
    ["实验名称", "ASF-12"],
    [],
    ["反应孔", "样本编号", "样本类型", "目标", "通道", "Ct"],
    ["A1", "SZ001", "待测样品", "ASFV", "FAM", 24.56],
    ["A2", "SZ002", "待测样品", "ASFV", "FAM", "NoCt"],
    ["A3", "", "阴性对照", "ASFV", "FAM", "-"],
    ["A4", "", "阳性对照", "ASFV", "FAM", 22.1],
    ["A5", "SZ003", "待测样品", "ASFV", "FAM", ""],
]


def statuses(parsed: Parsed) -> list[tuple[str | None, str, str]]:
    return [(one.position, one.role, one.status) for one in parsed.file.readings]


def test_a_slan_workbook_is_read_and_called_provisional():
    parsed = parse(workbook(SLAN))
    assert parsed.file.profile == "slan 1"
    assert statuses(parsed) == [
        ("A1", "unknown", "value"),
        ("A2", "unknown", "not_detected"),
        ("A3", "negative_control", "not_detected"),
        ("A4", "positive_control", "value"),
        ("A5", "unknown", "missing"),
    ]
    assert [one.verdict for one in parsed.file.controls] == ["pass", "pass"]
    assert "provisional_profile" in [one.code for one in parsed.file.warnings]


def test_a_slan_that_names_its_samples_in_the_project_column():
    rows = [["宏石 SLAN-96S"], ["反应孔", "项目", "目标", "Cq"], ["A1", "SZ001", "N", 24.5], ["A2", "SZ002", "N", "Undetermined"]]
    parsed = parse(workbook(rows))
    assert parsed.file.profile == "slan_project 1"
    assert [(one.sample, one.target, one.status) for one in parsed.file.readings] == [
        ("SZ001", "N", "value"),
        ("SZ002", "N", "not_detected"),
    ]


@pytest.mark.parametrize(("title", "profile"), [("Gentier 96E", "gentier 1"), ("博日 LineGene 9600", "bioer 1"), ("达安 DA7600", "daan 1")])
def test_the_machine_is_known_by_its_name_above_the_table(title: str, profile: str):
    parsed = parse(csv(title, "孔位,样本名称,检测项目,通道,Ct值", "A1,SZ001,N,FAM,24.56", "A2,SZ002,N,FAM,NoCt"))
    assert parsed.file.profile == profile
    assert [one.sample for one in parsed.file.readings] == ["SZ001", "SZ002"]


def test_without_the_name_of_the_machine_no_provisional_profile_is_used():
    rows = [row for row in SLAN if row != ["SLAN-96P", "V8.2.2"]]
    assert parse(workbook(rows)).file.profile == "default 1"


def test_a_slan_without_ct_column_is_refused():
    rows = [[cell if cell != "Ct" else "循环" for cell in row] for row in SLAN]
    with pytest.raises(ParseError):
        parse(workbook(rows))


def test_a_profile_based_on_an_unknown_one_is_refused():
    from instruments.generic_table.profile import profile_from_json

    with pytest.raises(ParseError) as caught:
        profile_from_json('{"name": "x", "version": "1", "columns": {"sample": ["A"]}, "based_on": "../default"}')
    assert caught.value.code == "profile_faulty"


def test_the_name_of_a_machine_inside_the_table_is_no_title():
    rows = [["样本", "目标", "Ct"], ["SLAN", "N", 24.1]]
    assert parse(workbook(rows)).file.profile == "default 1"
