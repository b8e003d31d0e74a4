"""A laboratory's own table: its headings and texts stand in a profile, and no code is needed."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from instruments.command import parse_file
from instruments.contract import ParseError, ParseOptions, RawFile
from instruments.generic_table.profile import profile_from_json, shipped_profiles
from instruments.registry import parse
from tests.instruments.makers import csv, workbook

PROFILE: dict[str, Any] = {
    "name": "plate reader B",
    "version": "3",
    "markers": ["Tube"],
    "columns": {"sample": ["Tube"], "target": ["Virus"], "ct": ["Cycle"], "role": ["Kind"]},
    "texts": {"no_call": ["nix"], "missing": ["?"]},
    "range": {"ct": ["0", "50"]},
    "number": {"decimal_mark": ","},
    "role_texts": {"ntc": ["water"], "positive_control": ["plasmid"]},
    "controls": {"ct": {"silent": ["ntc"], "found": ["positive_control"], "required": [["ntc"], ["positive_control"]]}},
}
FILE = csv("Tube;Virus;Cycle;Kind;Remark", "T1;ASF;24,5;;late", "T2;ASF;nix;;", "T3;ASF;?;;", "W;ASF;31,0;water;")


def with_profile(**changed: Any) -> ParseOptions:
    return ParseOptions(profile=json.dumps(PROFILE | changed))


def test_a_given_profile_reads_a_table_that_no_shipped_one_knows():
    with pytest.raises(ParseError):
        parse(FILE)
    parsed = parse(FILE, with_profile())
    assert [(one.status, one.value) for one in parsed.file.readings] == [
        ("value", "24.5"),
        ("not_detected", None),
        ("missing", None),
        ("value", "31.0"),
    ]
    assert parsed.file.profile == "plate reader B 3"
    assert [(one.name, one.verdict) for one in parsed.file.controls] == [("W", "fail"), ("PC", "absent")]
    assert 'The column "Remark" was not read.' in [str(one) for one in parsed.file.unread]


def test_the_command_takes_a_profile_as_a_file(tmp_path: Path):
    (tmp_path / "table.csv").write_bytes(FILE.content)
    (tmp_path / "profile.json").write_text(json.dumps(PROFILE), "utf-8")
    assert parse_file(str(tmp_path / "table.csv"), profile=str(tmp_path / "profile.json"))["rows"] == {"seen": 4, "used": 4, "skipped": []}
    (tmp_path / "profile.json").write_text("not json", "utf-8")
    assert parse_file(str(tmp_path / "table.csv"), profile=str(tmp_path / "profile.json"))["refused"]["code"] == "profile_not_json"


@pytest.mark.parametrize(
    "changed",
    [
        {"columns": {}},
        {"name": ""},
        {"colums": {}},
        {"columns": {"sampel": ["x"]}},
        {"texts": {"nocall": []}},
        {"number": {"decimal_mark": "'"}},
        {"date_order": "american"},
        {"range": {"ct": ["a", "b"]}},
        {"wide": "yes"},
        {"columns": []},
        {"number": "x"},
    ],
)
def test_a_faulty_profile_is_refused_by_name_of_its_fault(changed: dict[str, Any]):
    with pytest.raises(ParseError) as caught:
        profile_from_json(json.dumps(PROFILE | changed))
    assert caught.value.code == "profile_faulty"


def test_the_shipped_profiles_are_whole():
    assert [profile.name for profile in shipped_profiles()] == [
        "bioer",
        "daan",
        "default",
        "fiastar",
        "gentier",
        "slan",
        "slan_project",
        "two_dimension",
    ]


def test_a_hidden_sheet_is_read_only_when_a_person_names_it():
    book = openpyxl.load_workbook(io.BytesIO(workbook([["Sample", "Cq"], ["NEW", 24]]).content))
    old = book.create_sheet("Old")
    for row in (["Sample", "Cq"], ["OLD", 20]):
        old.append(row)
    old.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    file = RawFile("b.xlsx", stream.getvalue())
    assert [one.sample for one in parse(file).file.readings] == ["NEW"]
    assert [one.sample for one in parse(file, ParseOptions(sheet="Old")).file.readings] == ["OLD"]


def test_two_sheets_that_fit_equally_are_asked_about():
    book = openpyxl.load_workbook(io.BytesIO(workbook([["Sample", "Cq"], ["S1", 24]]).content))
    second = book.create_sheet("Again")
    for row in (["Sample", "Cq"], ["S1", 20]):
        second.append(row)
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(ParseError) as caught:
        parse(RawFile("b.xlsx", stream.getvalue()))
    assert caught.value.code == "sheet_ambiguous" and "Again" in str(caught.value)


def test_a_second_table_below_is_not_read_as_rows_of_the_first():
    with pytest.raises(ParseError) as caught:
        parse(csv("Sample,Target,Cq", "S1,N,24.1", "Sample ID,Analyte,Result", "S1,Pb,3"))
    assert caught.value.code == "second_table" and caught.value.where == "line 3"


def test_a_repeated_heading_is_set_aside():
    assert [one.reason.code for one in parse(csv("Sample,Target,Cq", "S1,N,24.1", "Sample,Target,Cq", "S2,N,25.1")).file.skipped] == [
        "repeated_heading"
    ]


@pytest.mark.parametrize("text", ["S\x1b[31m", "S\u202e000", "S\x7f"])
def test_an_identifier_with_control_characters_is_refused(text: str):
    file = parse(csv("Sample,Target,Cq", f"{text},N,24.1", "S2,N,25.1")).file
    assert [one.reason.code for one in file.skipped] == ["id_control_characters"] and file.rows_used == 1


def test_a_result_with_control_characters_is_refused_and_never_printed():
    file = parse(csv("Sample,Target,Cq", "S1,N,24\x1b[31m", "S2,\u202eN,25", "S3,N,26.1")).file
    assert [one.reason.code for one in file.skipped] == ["control_characters", "control_characters"] and file.rows_used == 1


def test_a_sentence_shows_no_control_characters_and_ends():
    refused = ParseError("x", "Read %(text)s.", text="a\x1b[31m" + "b" * 5000)
    assert "\x1b" not in str(refused) and len(str(refused)) < 400


def test_a_sample_without_internal_control_cannot_be_negative():
    file = parse(
        csv(
            "Well,Sample,Target,Cq",
            "A1,S1,N,ND",
            "A1,S1,IC,28.1",
            "A2,S2,N,ND",
            "A2,S2,IC,ND",
            "A3,S3,N,22.4",
            "A3,S3,IC,ND",
            "A4,NTC,N,ND",
            "A4,NTC,IC,ND",
        )
    ).file
    found = {(one.sample, one.target): one.status for one in file.readings}
    assert [found[sample, "N"] for sample in ("S1", "S2", "S3", "NTC")] == ["not_detected", "invalid", "value", "not_detected"]
