"""What a plate file must not be taken for: shifted wells, curves, unnamed numbers, half an export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from instruments.contract import NO_ANSWERS, ParseError, ParseOptions, RawFile
from instruments.registry import Parsed, parse

OWN = Path(__file__).parent
GEN5 = OWN / "biotek_gen5" / "two_plates_comma.txt"
SOFTMAX = OWN / "softmax_pro" / "plate_24_wells.txt"
LUMINEX = OWN / "luminex_xponent" / "results_two_plates.csv"
GRID = "OD 450\n\t1\t2\t3\nA\t0.1\t0.2\t0.3\nB\t0.4\t0.5\t0.6\n"


def read(text: str | bytes, options: ParseOptions = NO_ANSWERS) -> Parsed:
    return parse(RawFile("plate.txt", text if isinstance(text, bytes) else text.encode()), options)


def refused(text: str | bytes) -> str:
    with pytest.raises(ParseError) as caught:
        read(text)
    assert str(caught.value).endswith((".", "%"))
    return caught.value.code


def changed(path: Path, old: str, new: str, count: int = -1) -> bytes:
    text = path.read_text("utf-8")
    assert old in text
    return text.replace(old, new, count).encode()


def wells(parsed: Parsed) -> dict[str | None, str | None]:
    return {one.position: one.value for one in parsed.file.readings}


def test_a_plate_that_says_what_it_is_is_read_and_asks_for_its_layout():
    parsed = read(GRID)
    assert wells(parsed)["B3"] == "0.6" and parsed.file.readings[0].channel == "450 nm"
    assert [one.code for one in parsed.file.warnings] == ["plate_without_layout"]


def test_a_plate_of_unnamed_numbers_is_asked_about():
    assert refused(GRID.replace("OD 450\n", "")) == "plate_not_named"


def test_column_numbers_with_a_gap_are_refused():
    assert refused(GRID.replace("1\t2\t3", "1\t2\t4")) in ("plate_columns_broken", "not_recognised")


def test_a_line_that_lost_a_field_is_skipped_and_never_shifted():
    parsed = read("OD 450\n\t1\t2\t3\t4\nA\t0.1\t0.2\t0.3\t0.4\nB\t0.5\t0.7\t0.8\nC\t0.9\t1.0\t1.1\t1.2\n")
    assert {one.position[0] for one in parsed.file.readings if one.position} == {"A", "C"}
    assert [(one.where, one.reason.code) for one in parsed.file.skipped] == [("line 4", "wrong_field_count")]


def test_a_row_letter_twice_with_other_values_makes_both_lines_invalid():
    parsed = read("OD 450\n\t1\t2\t3\nA\t0.1\t0.2\t0.3\nA\t0.1\t0.2\t0.9\nB\t0.4\t0.5\t0.6\n")
    assert {(one.position, one.status) for one in parsed.file.readings if one.position and one.position[0] == "A"} == {
        (f"A{number}", "invalid") for number in (1, 2, 3)
    }


def test_a_row_letter_twice_with_the_same_values_is_taken_once():
    parsed = read("OD 450\n\t1\t2\t3\nA\t0.1\t0.2\t0.3\nA\t0.1\t0.2\t0.3\nB\t0.4\t0.5\t0.6\n")
    assert len(parsed.file.readings) == 6 and [one.reason.code for one in parsed.file.skipped] == ["identical_row"]


def test_a_line_with_a_damaged_letter_is_named_and_the_lines_below_it_are_read():
    parsed = read("OD 450\n\t1\t2\t3\nA\t0.1\t0.2\t0.3\n?\t0.4\t0.5\t0.6\nC\t0.7\t0.8\t0.9\n")
    assert wells(parsed)["C1"] == "0.7" and [one.reason.code for one in parsed.file.skipped] == ["plate_row_unknown"]


def test_several_blocks_of_one_name_are_asked_about():
    assert refused(GRID + "\n" + GRID.replace("0.6", "0.7")) == "several_blocks_one_name"


@pytest.mark.parametrize("word", ["Kinetic run", "Spectrum", "Cycle 1", "动力学"])
def test_curves_are_refused(word: str):
    assert refused(f"{word}\n{GRID}") == "read_mode_not_supported"


def test_a_kinetic_read_of_gen5_is_refused():
    assert refused(changed(GEN5, "\tAbsorbance Endpoint", "\tAbsorbance Kinetic")) == "read_mode_not_supported"
    assert refused(changed(GEN5, "Layout", "Start Kinetic\tRuntime 0:30:00\n\nLayout", 1)) == "read_mode_not_supported"


def test_numbers_that_read_two_ways_are_asked_about_and_read_when_told():
    text = "RFU fluorescence\n\t1\t2\t3\nA\t1,234\t2,345\t3,456\nB\t4,567\t5,678\t6,789\n"
    assert refused(text) == "decimal_mark_ambiguous"
    assert wells(read(text, ParseOptions(decimal_mark="."))) | {} == wells(read(text.replace(",", "")))
    assert wells(read(text, ParseOptions(decimal_mark=",")))["A1"] == "1.234"


def test_an_absorbance_settles_what_its_comma_means():
    assert wells(read(GRID.replace("0.1", "0,123").replace("0.", "0,")))["A1"] == "0.123"


def test_a_softmax_export_that_broke_off_is_refused():
    text = SOFTMAX.read_text("utf-8")
    assert refused(text[: text.rindex("~End")]) == "blocks_missing"
    assert refused(changed(SOFTMAX, "##BLOCKS= 3", "##BLOCKS= 4")) == "blocks_missing"


def test_a_softmax_plate_that_lost_a_line_is_refused():
    lines = SOFTMAX.read_text("utf-8").split("\n")
    assert refused("\n".join(lines[:4] + lines[5:])) == "plate_rows_missing"


def test_a_softmax_kinetic_is_refused():
    assert refused(changed(SOFTMAX, "\tEndpoint\t", "\tKinetic\t")) == "read_mode_not_supported"


def test_a_luminex_data_type_twice_is_refused():
    assert refused(changed(LUMINEX, '"DataType:","Count"', '"DataType:","Median"')) == "data_type_twice"


def test_a_renamed_column_of_medians_leaves_nothing_to_read():
    assert refused(changed(LUMINEX, '"Location"', '"Place"')) == "no_plate"


def test_two_columns_of_concentration_are_not_guessed_about():
    heading = "Sample Name,Nucleic Acid(ng/uL),dsDNA(ng/uL),A260/A280\nS1,10.1,10.2,1.85\n"
    assert refused(heading) == "two_concentrations"


def test_a_renamed_concentration_of_nanodrop_is_not_recognised():
    assert refused("Sample Name,Amount,A260/A280,A260/A230\nS1,10.1,1.85,2.0\n") == "not_recognised"


def test_empty_wells_never_become_zero():
    for path in sorted(OWN.glob("*/*")):
        if path.suffix != ".json" and path.parent.name in ("biotek_gen5", "elisa_generic", "softmax_pro", "pe_envision", "bmg_mars"):
            found: list[Any] = [one for one in read(path.read_bytes()).file.readings if not one.raw.strip()]
            assert {(one.status, one.value) for one in found} <= {("missing", None)}


def test_a_chinese_plate_in_gb18030_is_read_though_its_first_bytes_look_like_utf_8():
    parsed = read((OWN / "elisa_generic" / "chinese_layout.csv").read_bytes())
    assert parsed.file.encoding == "gb18030"
    roles = {one.sample: one.role for one in parsed.file.readings}
    assert (roles["空白"], roles["标准1"], roles["阴性对照"], roles["阳性对照"]) == (
        "blank",
        "standard",
        "negative_control",
        "positive_control",
    )
    assert roles["000123"] == "unknown"


def test_a_spectrometer_that_may_be_another_is_asked_about():
    assert refused("Sample Name,Conc.,Units,A260,260/230,260/280\nS1,10.1,ng/uL,0.2,2.0,1.85\n") == "not_certain"
