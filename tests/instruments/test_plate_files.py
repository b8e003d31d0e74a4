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
