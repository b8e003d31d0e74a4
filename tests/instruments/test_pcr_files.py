"""Real files of PCR instruments: counts and values as read by eye, controls judged, traps not fallen into."""

from __future__ import annotations

from typing import Any

import pytest

from instruments.contract import Reading
from instruments.registry import Parsed
from tests.instruments.families import NONE, REAL, folder_of, name_of, parser_of, raw_file, read, source_lines

PCR = [entry for entry in REAL if entry["kind"] == "qpcr" and parser_of(entry) is not None]
ALL_PCR = [entry for entry in REAL if entry["kind"] == "qpcr"]
COUNTED_OTHERWISE = {"abbott_m2000", "genexpert"}  # samples, analytes: see their own tests


def entry_of(name: str) -> dict[str, Any]:
    found = next((entry for entry in PCR if name_of(entry) == name), None)
    return found or pytest.skip("the shared folder with instrument files is not beside this checkout")


def test_every_pcr_family_of_the_folder_has_its_parser():
    assert PCR == ALL_PCR


@pytest.mark.parametrize("entry", PCR or NONE, ids=name_of)
def test_the_rows_are_as_many_as_counted_by_eye(entry: dict[str, Any]):
    file = read(entry).file
    assert file.parser == parser_of(entry)
    assert file.rows_seen == file.rows_used + len(file.skipped)
    if folder_of(entry) not in COUNTED_OTHERWISE:
        assert file.rows_used == entry["expected"]["n_rows"]


@pytest.mark.parametrize("entry", PCR or NONE, ids=name_of)
def test_the_values_read_by_eye_are_found(entry: dict[str, Any]):
    parsed = read(entry)
    for expected in entry["expected"]["tuples"]:
        texts = [str(expected[name]).strip() for name in ("sample_or_key", "target_or_2", "value_or_3")]
        assert any(_holds(one, texts, entry, parsed) for one in parsed.file.readings), expected


def _holds(reading: Reading, texts: list[str], entry: dict[str, Any], parsed: Parsed) -> bool:
    """The key names the reading; one of the others is its text or value; what is left stands in the reading or in its source line."""
    named = {reading.sample, reading.position, reading.target, reading.channel}
    said = {*named, reading.raw.strip(), reading.value, *reading.flags}
    key, *others = texts
    if key not in named:
        return False
    given = [text for text in others if text]
    if not given:
        return True
    if not any(text in (reading.raw.strip(), reading.value) for text in given) and texts[2] not in ("", " "):
        return False
    if texts[2] == "" and not given[0] and reading.raw.strip():
        return False
    line = _line(reading, entry, parsed)
    return all(text in said or text in line for text in given)


def _line(reading: Reading, entry: dict[str, Any], parsed: Parsed) -> list[str]:
    if not reading.source.startswith("line ") or parsed.file.delimiter is None:
        return []
    line = source_lines(raw_file(entry), parsed)[int(reading.source.removeprefix("line ")) - 1]
    return [field.strip(' "') for field in line.split(parsed.file.delimiter)]


def by_place(parsed: Parsed, **wanted: str) -> list[Reading]:
    return [one for one in parsed.file.readings if all(getattr(one, name) == value for name, value in wanted.items())]


def test_a_ct_at_the_last_cycle_of_a_session_is_not_detected():
    readings = read(entry_of("analysis_result_ejemplo.txt")).file.readings
    assert {one.status for one in readings if one.sample == "Agua"} == {"not_detected"}
    assert {one.raw for one in readings if one.status == "not_detected"} == {"40.0"}


def test_a_mean_of_zero_beside_no_ct_is_never_read():
    parsed = read(entry_of("raw_data_biorad_c1000_2.txt"))
    silent = by_place(parsed, position="A10")[0]
    assert (silent.role, silent.raw, silent.status, silent.value) == ("ntc", "N/A", "not_detected", None)
    assert parsed.file.decimal_mark == "," and not any(one.value == "0.00" for one in parsed.file.readings)
    assert [(one.name, one.verdict) for one in parsed.file.controls] == [("NTC", "fail")]


def test_a_blank_crossing_point_needs_the_call_to_be_negative():
    with_call = read(entry_of("raw_data_lightcycler1.txt")).file.readings
    blank = [one for one in with_call if not one.raw.strip()]
    assert {(one.status, one.flags) for one in blank} == {("not_detected", ("pdcNegative",))} and len(blank) == 6
    without = [one for one in read(entry_of("raw_LC_384wells.txt")).file.readings if not one.raw]
    assert {one.status for one in without} == {"missing"} and {one.role for one in without} == {"ntc"}


def test_the_filter_of_a_lightcycler_table_stands_for_its_dye():
    readings = read(entry_of("raw_LC_384wells.txt")).file.readings
    assert {(one.target, one.channel) for one in readings} == {(None, "SYBR Green (483-533)")}
    assert sum(one.role == "standard" for one in readings) == 35


def test_a_blank_rotor_gene_ct_is_missing_and_blocks():
    parsed = read(entry_of("raw_data_corbett1.csv"))
    assert [one.status for one in by_place(parsed, position="H8")] == ["missing"]
    assert by_place(parsed, position="I3")[0].value == "29.04"


def test_an_ntc_with_positive_partitions_fails():
    verdicts = [one.verdict for one in read(entry_of("qiacuity_dpcr_example01.csv")).file.controls]
    assert verdicts == ["fail"]


def test_a_cartridge_gives_its_analytes_and_its_result_in_words():
    parsed = read(entry_of("GenExpert.csv"))
    cycles = [one for one in parsed.file.readings if one.quantity == "ct"]
    assert len(cycles) == 6 and {one.sample for one in parsed.file.readings} == {"AP-0001"}
    assert [(one.target, one.status) for one in cycles if one.role == "qc"] == [("QC-1", "not_detected"), ("QC-2", "not_detected")]
    spoken = [(one.target, one.raw, one.status) for one in parsed.file.readings if one.quantity == "qualitative"]
    assert spoken == [("Ebola GP", "DETECTED", "value"), ("Ebola NP", "DETECTED", "value")]
    assert parsed.file.run.started_at == "2015-01-09T05:20:37"  # the expiry 20/12/99 proves that the day comes first


def test_the_m2000_gives_a_result_and_two_cycles_for_each_of_24_samples():
    parsed = read(entry_of("AbbottM2000.log.123"))
    results = [one for one in parsed.file.readings if one.quantity == "copies"]
    assert len(results) == 24 and parsed.file.rows_used == 72
    statuses = {one.sample: (one.status, one.comparator, one.value) for one in results}
    assert statuses["HIV_HIPOS"] == ("value", None, "96181") and statuses["UUUUUUUU"] == ("censored", "<", "40")
    assert [(one.name, one.verdict) for one in parsed.file.controls] == [("HIV_NEG", "pass"), ("HIV_LOPOS", "pass"), ("HIV_HIPOS", "pass")]


def test_a_ct_that_the_m2000_did_not_accept_is_no_result():
    cycle = by_place(read(entry_of("AbbottM2000.log.123")), position="A9", channel="FAM")[0]
    assert (cycle.raw, cycle.status, cycle.flags) == ("29.39", "invalid", ("CN -1.00",))


def test_excluded_reactions_of_an_rdml_are_invalid_and_judge_no_control():
    parsed = read(entry_of("sample.rdml"))
    excluded = [one for one in parsed.file.readings if "excluded" in one.flags]
    assert len(excluded) == 9 and {one.status for one in excluded} == {"invalid"}
    assert [(one.name, one.verdict) for one in parsed.file.controls][0] == ("NTC", "pass")


def test_no_template_controls_named_in_words_are_found():
    parsed = read(entry_of("raw_data_AB7500_3.csv"))
    assert [(one.name, one.verdict) for one in parsed.file.controls][:2] == [
        ("Beta actin-no template control", "fail"),
        ("Wnt-7a-no template control", "fail"),
    ]
