"""Real files of plate readers, beads and small spectrometers: counts and values as read by eye, traps not fallen into."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from instruments.contract import Reading
from instruments.registry import Parsed
from tests.instruments.families import REAL, read


def parsed(name: str) -> Parsed:
    entry: dict[str, Any] | None = next((one for one in REAL if one["path"].endswith(name)), None)
    if entry is None:
        pytest.skip("the shared folder with instrument files is not beside this checkout")
    return read(entry)


def at(name: str, **wanted: object) -> list[Reading]:
    return [one for one in parsed(name).file.readings if all(getattr(one, key) == value for key, value in wanted.items())]


def raws(readings: list[Reading]) -> list[str]:
    return [one.raw for one in readings]


CURVE = "endpoint_stdcurve_singleplate.txt"
NOT_NUMBERS = "abs450_96well_non_numeric_values.txt"
ENVISION = "PE_Envision_absorbance_A450_example.csv"


def test_gen5_reads_the_absorbance_the_blanked_value_and_the_concentration_of_96_wells():
    readings = parsed(CURVE).file.readings
    assert Counter(one.target for one in readings) == {"630nmAbsRead:630": 96, "Blank 630nmAbsRead:630": 96, "[Concentration]": 96}
    assert raws(at(CURVE, sample="STD1", target="630nmAbsRead:630")) == ["3.337", "3.394", "3.378"]
    assert raws(at(CURVE, position="A1", target="[Concentration]")) == ["1980.423"]
    assert {(one.quantity, one.unit, one.channel) for one in at(CURVE, target="630nmAbsRead:630")} == {("absorbance", "{OD}", "630 nm")}


def test_the_layout_of_gen5_gives_samples_standards_and_blanks():
    blank = at(CURVE, position="H1", target="630nmAbsRead:630")[0]
    assert (blank.sample, blank.role, blank.raw) == ("BLK", "blank", "0.001")
    standard = at(CURVE, position="A1", target="630nmAbsRead:630")[0]
    assert (standard.role, standard.flags) == ("standard", ("nominal 2000",))
    assert at(CURVE, position="A4", target="630nmAbsRead:630")[0].sample == "SPL1:1"


def test_an_overflow_is_above_the_range_and_a_missed_well_is_missing():
    readings = parsed(NOT_NUMBERS).file.readings
    over = [one for one in readings if one.raw == "OVRFLW"]
    assert len(readings) == 96 and len(over) == 8
    assert {(one.status, one.comparator, one.value) for one in over} == {("censored", ">", None)}
    assert {one.position for one in over} >= {"A8", "H1"}
    assert [one.position for one in readings if one.status == "missing"] == ["D12", "E11", "F10", "G9", "H8"]


def test_a_plate_without_layout_asks_what_its_wells_hold():
    found = parsed(NOT_NUMBERS).file
    assert {(one.sample, one.role) for one in found.readings} == {(None, "unknown")}
    assert "plate_without_layout" in [one.code for one in found.warnings]


def test_a_date_that_reads_both_ways_is_not_taken():
    assert parsed(NOT_NUMBERS).file.run.started_at is None
    assert "run_date_ambiguous" in [one.code for one in parsed(NOT_NUMBERS).file.warnings]
    assert parsed(CURVE).file.run.started_at == "2022-10-10T21:00:04"


def test_mars_reads_96_wells_at_450_nm():
    name = "BMG Labtech format.CSV"
    readings = parsed(name).file.readings
    assert len(readings) == 96 and {(one.quantity, one.channel) for one in readings} == {("absorbance", "450 nm")}
    assert [raws(at(name, position=well)) for well in ("A1", "A2", "D1", "D10")] == [["0.073"], ["0.082"], ["0.121"], ["0.836"]]
    assert parsed(name).file.run.started_at == "2021-05-14T15:29:50"


def test_envision_keeps_its_two_plates_apart():
    found = parsed(ENVISION).file
    assert Counter(one.flags for one in found.readings) == {("plate 1",): 96, ("plate 2",): 96}
    assert [(one.flags, one.raw) for one in at(ENVISION, position="A1")] == [(("plate 1",), "0.1500"), (("plate 2",), "0.3000")]
    assert {(one.target, one.channel, one.unit) for one in found.readings} == {("A450(1) - channel 1 (A)", "450 nm", "{OD}")}
    assert {one.status for one in found.readings} == {"value"}


MAGELLAN, SKANIT, ELISA = "SLA01P01_ELISA.xlsx", "skanit_data.xlsx", "ELISA.csv"


def test_magellan_reads_two_labels_in_384_wells():
    found = parsed(MAGELLAN).file
    assert found.rows_used == 384 and len(found.readings) == 768
    assert [(one.raw, one.channel) for one in at(MAGELLAN, position="A1")] == [("0.0557", "485 nm"), ("0.0509", "560 nm")]
    assert raws(at(MAGELLAN, position="A2")) == ["0.064", "0.049"]
    assert {(one.quantity, one.unit) for one in found.readings} == {("absorbance", "{OD}")}
    assert found.run.started_at == "2021-07-08T14:34:46" and found.run.serial == "12901000069"


def test_skanit_takes_samples_groups_and_dilutions_from_the_layout():
    first = at(SKANIT, position="A1", target="Absorbance 1")[0]
    assert (first.sample, first.role, first.raw, first.channel) == ("Std0001", "standard", "1.7455", "450 nm")
    assert first.flags == ("Group 1", "nominal 1 microg/ml")
    assert raws(at(SKANIT, target="Absorbance 1"))[:2] == ["1.7455", "1.6148"]
    assert [at(SKANIT, position=well, target="Absorbance 1")[0].raw for well in ("B1", "B2")] == ["1.3625", "1.1336"]
    assert at(SKANIT, position="A3", target="Absorbance 1")[0].flags == ("Group 1", "dilution 1:2")
    assert {one.role for one in at(SKANIT, sample="Blank1")} == {"blank"}


def test_what_skanit_could_not_calculate_is_censored_or_missing_and_never_a_number():
    above = at(SKANIT, position="A1", target="Standard Curve 1")[0]
    assert (above.raw.strip(), above.status, above.comparator, above.value, above.unit) == ("> Max", "censored", ">", None, "ug/mL")
    assert {one.status for one in parsed(SKANIT).file.readings if one.raw == "NaN"} == {"missing"}
    assert any(one.code == "cells_beside" for one in parsed(SKANIT).file.unread)


def test_a_plate_with_decimal_commas_joins_its_samples_and_values():
    found = parsed(ELISA).file
    assert found.decimal_mark == "," and len(found.readings) == 24
    assert [(one.sample, one.raw, one.value) for one in found.readings[:2]] == [
        ("Un_0001 1/1", "0,1225", "0.1225"),
        ("Un_0009 1/1", "0,8436", "0.8436"),
    ]
    assert [raws(at(ELISA, position=well)) for well in ("F1", "F2")] == [["0,0648"], ["0,7990"]]


SOFTMAX, PARTIAL = "softmaxpro_example_reduced.txt", "MD_SMP_absorbance_endpoint_partial_plate_example05.txt"
LUMINEX, NANODROP_8000, NANODROP_ONE = "luminex_xPONENT_example02.csv", "Thermo_NanoDrop_8000_example01.txt", "3_27_29 PM.csv"
QUBIT = "thermo_fisher_qubit4_example_1.csv"


def test_softmax_reads_the_groups_and_what_the_document_judged():
    assert raws(at(SOFTMAX, position="G1", role="qc"))[-2:] == ["0.380", "13.494"]
    assert {"0.951", "41.958"} <= set(raws(at(SOFTMAX, position="H1")))
    standard = at(SOFTMAX, position="A1", target="Value")[0]
    assert (standard.raw, standard.role) == ("1.8566", "standard") and "nominal 100.000" in standard.flags
    assert {one.unit for one in parsed(SOFTMAX).file.readings if one.quantity == "concentration"} == {"ng/mL"}
    assert ("R2 Result", "pass") in [(one.name, one.verdict) for one in parsed(SOFTMAX).file.controls]
    assert at(SOFTMAX, position="C7", target="Result")[0].flags[1:3] == ("CVresult Fail", "calculated")


def test_a_partial_plate_gives_its_32_wells_at_three_wavelengths():
    raw = [one for one in parsed(PARTIAL).file.readings if one.target and one.target.startswith("Absorbance")]
    assert Counter(one.channel for one in raw) == {"230 nm": 32, "260 nm": 32, "340 nm": 32}
    assert [(one.position, one.raw) for one in raw if one.source == "line 6"][:1] == [("C3", "3.147")]
    assert [one.raw for one in raw if one.position == "C3"] == ["3.147", "0.611", "0.97"]
    assert {one.status for one in parsed(PARTIAL).file.readings if one.raw == "Error"} == {"invalid"}


def test_luminex_reads_medians_and_counts_and_says_that_samples_are_missing():
    assert [raws(at(LUMINEX, sample="Unknown1", channel=kind)) for kind in ("Median", "Count")] == [["10921.5", "37214"], ["30", "42"]]
    assert raws(at(LUMINEX, sample="Unknown4", channel="Median")) == ["3071", "28980"]
    assert at(LUMINEX, sample="Unknown1", channel="Median")[0].flags[0].startswith("Warning: The acquisition")
    assert "samples_fewer" in [one.code for one in parsed(LUMINEX).file.warnings]


def test_nanodrop_reads_concentration_and_ratios():
    assert parsed(NANODROP_8000).file.rows_used == 7 and parsed(NANODROP_ONE).file.rows_used == 6
    assert [(one.raw, one.unit) for one in at(NANODROP_8000, sample="baz", target="conc.")][:2] == [("1.961", "mg/mL"), ("2.104", "mg/mL")]
    assert [(one.raw, one.unit) for one in at(NANODROP_ONE, sample="Sample 1", target="Nucleic Acid")] == [
        ("715.462", "ng/uL"),
        ("1011.898", "ng/uL"),
    ]
    assert raws(at(NANODROP_ONE, sample="Sample 1", target="A260/A280")) == ["1.882", "1.903"]
    assert "same_text_other_day" in [one.code for one in parsed(NANODROP_ONE).file.warnings]


def test_qubit_keeps_the_tube_and_the_sample_apart_with_their_units():
    first = at(QUBIT, sample="Sample_#231212-064054")
    assert [(one.raw, one.unit) for one in first] == [("30.4", "ng/mL"), ("6.08", "ng/uL")]
    assert raws(at(QUBIT, sample="Sample_#231212-020958")) == ["560", "112"]
