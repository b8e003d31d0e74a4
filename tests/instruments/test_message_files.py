"""Messages of real instruments, read where they lie: counts and values are those read by eye."""

from __future__ import annotations

from typing import Any

import pytest

from tests.instruments.families import NONE, REAL, name_of, read

MESSAGES = [entry for entry in REAL if entry["path"].startswith(("real/astm/", "real/hl7/"))]
SAMPLES = {
    "cobas_c111.txt": "T20 10134GA D28",
    "genexpert.txt": "PR25A137",
    "sysmex_xp100.txt": "113",
    "mini_vidas.txt": "Z1G021SCR",
    "ORU_R30.txt": "sidOBM",
    "bs200-chemistry-result.hl7": "FILLER201",
    "2012-05-09_11-06-14-425_CBDB6A.txt": "H2O-0001",
}


def by_name(name: str) -> Any:
    entry = next((entry for entry in MESSAGES if name_of(entry) == name), None)
    return read(entry).file if entry else pytest.skip("the shared folder with instrument files is not beside this checkout")


@pytest.mark.parametrize("entry", MESSAGES or NONE, ids=name_of)
def test_the_records_are_as_many_as_counted_by_eye(entry: dict[str, Any]):
    found = read(entry).file
    assert found.rows_seen == (entry["expected"]["n_rows"] or 1)
    assert {one.sample for one in found.readings} == {SAMPLES[name_of(entry)]}


@pytest.mark.parametrize("entry", MESSAGES or NONE, ids=name_of)
def test_the_values_read_by_eye_are_found(entry: dict[str, Any]):
    raws = {one.raw.strip() for one in read(entry).file.readings}
    for expected in entry["expected"]["tuples"]:
        texts = {expected[name].strip() for name in ("target_or_2", "value_or_3")}
        wanted = {text for text in texts if text and any(character in text for character in "^.") and text != "^MTB^"}
        assert wanted <= raws | {"SPC^Ct"}, expected


def test_the_chemistry_analyser_names_its_test_by_number():
    (only,) = by_name("cobas_c111.txt").readings
    assert (only.target, only.value, only.unit, only.raw) == ("413", "40.13", "g/L", "40.13")


def test_the_cell_counter_pads_its_values():
    found = {one.target: one for one in by_name("sysmex_xp100.txt").readings}
    assert (found["WBC"].raw, found["WBC"].value, found["WBC"].unit) == ("  5.5", "5.5", "10*3/uL")
    assert (found["HCT"].value, found["HCT"].flags) == ("24.2", ("L",))
    short = {one.target: one for one in by_name("2012-05-09_11-06-14-425_CBDB6A.txt").readings}
    assert (short["WBC"].value, short["MCV"].value, short["MCV"].flags) == ("6.01", "79.7", ("L",))
    assert not any(name.startswith("H_") for name in short)


def test_a_void_cartridge_gives_no_negative_ct():
    found = by_name("genexpert.txt").readings
    assert [(one.raw, one.status) for one in found if one.target == "MTB"] == [("NOT DETECTED^", "not_detected")]
    cts = [one for one in found if one.quantity == "ct"]
    assert {(one.target, one.status) for one in cts if one.status not in ("invalid", "missing")} == {("SPC", "value")}
    assert {one.value for one in cts if one.target == "SPC"} == {"24.7"} and {one.role for one in cts if one.target == "SPC"} == {
        "internal_control"
    }


def test_a_negative_cartridge_gives_not_detected():
    found = by_name("ORU_R30.txt").readings
    assert [(one.quantity, one.status) for one in found if one.target == "CT1"][:2] == [
        ("qualitative", "not_detected"),
        ("ct", "not_detected"),
    ]
    assert [(one.target, one.status) for one in found if one.target in ("CT", "NG")] == [("CT", "not_detected"), ("NG", "value")]


def test_the_immunoassay_gives_finding_and_index():
    found = by_name("mini_vidas.txt")
    assert [(one.target, one.quantity, one.raw, one.status, one.value) for one in found.readings] == [
        ("Anti-HBc Total II", "qualitative", "Positif", "value", None),
        ("Anti-HBc Total II", "other", "0.05", "value", "0.05"),
    ]
    assert found.run.started_at == "2024-10-25T18:35"
