"""HL7 messages: every declared sign and character set is used, a torn or unfinished message gives nothing, corrections are said."""

from __future__ import annotations

import time

import pytest

from instruments.contract import RawFile
from instruments.registry import parse
from tests.instruments.adversarial import answer, readings
from tests.instruments.adversarial import one as one_of
from tests.instruments.families import raw_text_stands_at_source
from tests.instruments.messages import one, read, refusal, segments

OBR, OBX = "OBR|1||SZ0001|CHEM", "OBX|1|NM|GLU^Glucose||5.6|mmol/L|3.9-6.1|N|||F|||20261124081500"


def obx(kind: str, value: str, unit: str = "", status: str = "F", flags: str = "") -> str:
    return f"OBX|1|{kind}|X^Test||{value}|{unit}||{flags}|||{status}"


def test_47_hl7_wrong_encchars_is_read_with_its_own_signs_and_charset():
    found = answer("47_hl7_wrong_encchars.hl7")
    (only,) = found["readings"]
    assert (only["sample"], only["target"], only["value"], only["unit"]) == ("SZ0001", "WBC", "5.8", "10*9/L")
    assert found["encoding"] == "gb18030"


def test_48_hl7_escapes_lf():
    found = readings("48_hl7_escapes_lf.hl7")
    assert "5|6 & \\ \N{CJK UNIFIED IDEOGRAPH-5F02}" in one_of(found, "SZ0001", "NOTE")["flags"]
    twice, gone = one_of(found, "SZ0001", "GLU"), one_of(found, "SZ0001", "K")
    assert (twice["status"], twice["flags"]) == ("invalid", ["several values"])
    assert (gone["status"], gone["value"], gone["flags"]) == ("invalid", None, ["withdrawn"])


def test_49_hl7_two_messages_is_a_correction_that_is_said():
    found = answer("49_hl7_two_messages.hl7")
    assert [(each["raw"], each["status"]) for each in found["readings"]] == [("5.6", "invalid"), ("6.5", "value")]
    assert found["readings"][1]["flags"] == ["correction"] and "5.6 became 6.5" in found["warnings"][0]


def test_the_same_control_number_with_another_value_is_a_contradiction():
    other = OBX.replace("5.6", "6.5")
    found = read(segments(OBR, OBX) + segments(OBR, other))
    assert [(one.status, one.flags) for one in found.readings] == [("invalid", ("contradicting rows",))] * 2
    again = read(segments(OBR, OBX) + segments(OBR, other, number="2"))
    assert [(one.value, one.replicate) for one in again.readings] == [("5.6", 1), ("6.5", 2)]


def test_the_same_message_twice_is_taken_once():
    found = read(segments(OBR, OBX) * 2)
    assert (len(found.readings), [each.reason.code for each in found.skipped]) == (1, ["identical_message"])


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_each_line_end_and_wrapping_is_read(end: str):
    text = segments(OBR, OBX).decode().replace("\r", end).encode()
    for content in (text, b"\x0b" + text + b"\x1c\r", b"\xef\xbb\xbf" + text):
        file = RawFile("x.hl7", content)
        parsed = parse(file)
        assert [one.value for one in parsed.file.readings] == ["5.6"]
        raw_text_stands_at_source(file, parsed)


def test_a_wrapped_message_without_end_mark_is_incomplete():
    good = b"\x0b" + segments(OBR, OBX) + b"\x1c\r"
    assert refusal(good[:-2]).code == "message_not_ended"
    found = read(good[:-2] + b"\x0b" + segments(OBR.replace("SZ0001", "SZ0002"), OBX, number="2") + b"\x1c\r")
    assert [one.sample for one in found.readings] == ["SZ0002"] and [each.reason.code for each in found.skipped] == ["message_not_ended"]


def test_a_file_cut_inside_a_value_does_not_give_the_shorter_number():
    content = segments(OBR, OBX.replace("5.6", "125.4"))
    for cut in range(content.index(b"OBX|") + 4, len(content) - 1):
        assert refusal(content[:cut]).code in ("segment_not_ended", "record_too_short", "no_results")


def test_a_value_torn_in_two_lines_is_no_value():
    assert refusal(segments(OBR, OBX).replace(b"5.6", b"5.\r6")).code == "not_a_segment"


@pytest.mark.parametrize(
    ("charset", "encoding"), [("UNICODE UTF-8", "utf-8"), ("GB 18030-2000", "gb18030"), ("8859/1", "iso8859-1"), ("GBK", "gb18030")]
)
def test_the_declared_character_set_is_used(charset: str, encoding: str):
    unit = "µg/L" if encoding == "iso8859-1" else "微克/升"
    found = read(segments(OBR, obx("NM", "5.6", unit), charset=charset, encoding=encoding))
    assert (found.readings[0].unit, found.encoding) == (unit, encoding)


def test_a_character_set_that_does_not_hold_is_asked_about():
    assert refusal(segments(OBR, OBX, charset="ISO IR159")).code == "charset_unknown"
    assert refusal(segments(OBR, obx("ST", "Négatif"), charset="ASCII", encoding="latin-1")).code == "encoding_unknown"
    both = segments(OBR, OBX, charset="GBK") + segments(OBR, OBX, charset="8859/1", number="2")
    assert refusal(both).code == "charsets_differ"
    assert one(segments(OBR, obx("ST", "Négatif"), encoding="latin-1"), encoding="latin-1").status == "not_detected"


@pytest.mark.parametrize(
    ("line", "status", "value", "quantity"),
    [
        (obx("NM", "5.60", "mmol/L"), "value", "5.60", "concentration"),
        (obx("NM", "", "mmol/L"), "missing", None, "concentration"),
        (obx("NM", "5.6^7", "mmol/L"), "invalid", None, "concentration"),
        (obx("ST", "<0.05", "IU/mL"), "censored", "0.05", "concentration"),
        (obx("ST", "Undetermined", "Ct"), "not_detected", None, "ct"),
        (obx("ST", "Undetermined"), "invalid", None, "other"),
        (obx("ST", "24.56", "{Ct}"), "value", "24.56", "ct"),
        (obx("ST", "阴性"), "not_detected", None, "qualitative"),
        (obx("CE", "260385009^Negative^SCT"), "not_detected", None, "qualitative"),
        (obx("CWE", "10828004^Positive^SCT"), "value", None, "qualitative"),
        (obx("CE", "XYZ^Of an unknown kind^L"), "invalid", None, "other"),
        (obx("SN", "<^5", "IU/mL"), "censored", "5", "concentration"),
        (obx("SN", "^100", "IU/mL"), "value", "100", "concentration"),
        (obx("SN", "=^100", "IU/mL"), "value", "100", "concentration"),
        (obx("SN", "^1^:^128"), "value", None, "qualitative"),
        (obx("SN", "^10^-^20", "IU/mL"), "invalid", None, "concentration"),
        (obx("TX", "MTB NOT DETECTED"), "not_detected", None, "qualitative"),
        (obx("NM", "5.6", "mmol/L", "X"), "invalid", None, "concentration"),
        (obx("NM", "5.6", "mmol/L", "D"), "invalid", None, "concentration"),
        (obx("NM", "5.6", "mmol/L", "P"), "value", "5.6", "concentration"),
    ],
)
def test_each_type_means_what_it_says(line: str, status: str, value: str | None, quantity: str):
    found = one(segments(OBR, line))
    assert (found.status, found.value, found.quantity) == (status, value, quantity)


def test_the_flags_of_the_instrument_are_kept():
    assert one(segments(OBR, obx("NM", "5.6", "mmol/L", "P", "H~A"))).flags == ("H", "A", "preliminary")


def test_a_picture_is_no_result_and_is_said():
    found = read(segments(OBR, OBX, "OBX|2|ED|IMG^Curve||^image^png^Base64^iVBORw0KGgo=||||||F"))
    assert [each.reason.code for each in found.skipped] == ["not_a_result_type"]


def test_repeated_sets_are_replicates():
    lines = [f"OBX|{number}|NM|GLU^Glucose|{number}|5.{number}|mmol/L|||||F" for number in (1, 2, 3)]
    assert [(one.value, one.replicate) for one in read(segments(OBR, *lines)).readings] == [("5.1", 1), ("5.2", 2), ("5.3", 3)]


def test_two_patients_keep_their_results():
    content = segments(
        "PID|1||111", "OBR|1||A1|X", OBX, "PID|2||222", "OBR|1||A2|X", OBX.replace("5.6", "6.7"), "PID|3", OBX.replace("5.6", "7.8")
    )
    assert [(one.sample, one.value) for one in read(content).readings] == [("A1", "5.6"), ("A2", "6.7"), (None, "7.8")]


def test_the_specimen_may_stand_after_its_results_or_before():
    assert one(segments("OBR|1|||CTNG", OBX, "SPM|1|S 7^||ORH")).sample == "S 7"
    assert one(segments("OBR|1|||CTNG", OBX, "SPM|1|^F9&LAB||ORH")).sample == "F9"
    before = segments("SPM|1|S8", "OBR|1|||X", OBX, "SPM|1|S9", "OBR|1|||X", OBX).replace(b"ORU^R01", b"OUL^R22")
    assert [one.sample for one in read(before).readings] == ["S8", "S9"]
    assert refusal(segments("OBR|1|||X", OBX, "SPM|1|A", "SPM|2|B")).code == "several_specimens"
    assert one(segments("OBR|1|P1|F1|X", OBX)).sample == "F1"


def test_quality_control_is_no_sample():
    assert one(segments(OBR, OBX, "SPM|1|QC1|||||||||Q")).role == "qc"


def test_a_message_that_is_no_result_is_refused():
    assert refusal(segments(OBR, OBX).replace(b"ORU^R01", b"ORM^O01")).code == "not_a_result_message"
    assert refusal(segments("PID|1")).code == "no_results"


def test_training_messages_are_said():
    found = read(segments(OBR, OBX).replace(b"|P|2.5.1", b"|T|2.5.1"))
    assert found.readings[0].flags == ("training",) and found.warnings[0].code == "training"


def test_the_short_form_of_sysmex_needs_its_end():
    lines = ["H|^~\\&|||||||||||A.2|202611241007", "OBR|1||H2O-1|wbc", "OBX|1|NM|WBC||6.01^^1|||L|||F^|202611241007", "L|1||1|4"]
    content = "".join(f"{line}\r" for line in lines).encode()
    found = one(content)
    assert (found.sample, found.target, found.value, found.raw, found.flags) == ("H2O-1", "WBC", "6.01", "6.01^^1", ("L",))
    assert refusal(content.replace(b"L|1||1|4\r", b"")).code == "no_terminator"


def test_hostile_messages_end_in_seconds():
    started = time.process_time()
    huge = segments(OBR, OBX, f"OBX|2|ST|X||{'9' * 20_000_000}||||||F")
    assert [each.reason.code for each in read(huge).skipped] == ["field_too_long"]
    assert refusal(segments(OBR, OBX, *["x" * 50] * 20_000)).code == "not_a_segment"
    assert time.process_time() - started < 15
