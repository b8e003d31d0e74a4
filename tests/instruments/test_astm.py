"""ASTM messages: what is damaged or incomplete gives nothing, what came in pieces is joined, every declared sign is used."""

from __future__ import annotations

import time

import pytest

from instruments.contract import RawFile
from instruments.registry import parse
from tests.instruments.adversarial import one as one_of
from tests.instruments.adversarial import readings
from tests.instruments.adversarial import refusal as refused_file
from tests.instruments.families import raw_text_stands_at_source
from tests.instruments.messages import END, HEADER, frame, framed, one, read, refusal, split

ORDER = "O|1|SZ0001||^^^HBV|R||||||N||||S||||||||||F"
RESULT = "R|1|^^^HBV|125.4|IU/mL||H||F||||20261124081500"


def test_41_astm_good():
    (found,) = readings("41_astm_good.txt")
    assert (found["sample"], found["target"], found["value"], found["unit"], found["flags"]) == ("SZ0001", "HBV", "125.4", "IU/mL", ["H"])


def test_42_astm_bad_checksum_names_the_frame():
    refused = refused_file("42_astm_bad_checksum.txt")
    assert refused["code"] == "checksum_wrong" and refused["message"].startswith("Frame 4 in line 7: checksum read 57, expected 5F.")


def test_43_astm_truncated_gives_nothing():
    assert refused_file("43_astm_truncated.txt")["code"] == "frame_not_ended"


def test_44_astm_seq_gap_is_a_missing_frame():
    refused = refused_file("44_astm_seq_gap.txt")
    assert refused["code"] == "missing_frame" and refused["params"]["expected"] == "4"


def test_45_astm_split_etb_is_joined_without_frame_numbers():
    (found,) = readings("45_astm_split_etb.txt")
    assert (found["value"], found["raw"]) == ("125.4", "125.4") and "joined frames" in found["flags"]


def test_46_astm_odd_delims():
    found = readings("46_astm_odd_delims.txt")
    assert one_of(found, "SZ0001", "MTB")["status"] == "not_detected"
    control = one_of(found, "SZ0001", "SPC")
    assert (control["role"], control["quantity"], control["value"]) == ("internal_control", "ct", "24.7")


def test_each_real_framing_is_accepted():
    text = f"{HEADER}\r{ORDER}\r{RESULT}\r{END}\r".encode()
    for content in (framed(HEADER, ORDER, RESULT, END), b"\x05" + frame(1, text) + b"\x04", text, text.replace(b"\r", b"\r\n")):
        assert one(content).value == "125.4"
    assert [note.code for note in read(text).warnings] == ["no_frames"]


@pytest.mark.parametrize("size", [1, 2, 7, 40, 64, 90])
def test_a_text_cut_anywhere_is_joined_again(size: int):
    content = split(HEADER, ORDER, RESULT, END, size=size)
    found = one(content)
    assert (found.sample, found.value, found.unit, found.raw) == ("SZ0001", "125.4", "IU/mL", "125.4")
    file = RawFile("x", content)
    raw_text_stands_at_source(file, parse(file))


def test_a_message_without_terminator_is_incomplete():
    error = refusal(framed(HEADER, ORDER, RESULT))
    assert error.code == "no_terminator" and error.where == "line 5"


def test_a_message_that_the_sender_broke_off_is_not_taken():
    assert refusal(framed(HEADER, ORDER, RESULT, "L|1|T")).code == "broken_off"


@pytest.mark.parametrize("lost", [2, 3, 4])
def test_a_lost_frame_is_noticed(lost: int):
    records = [HEADER, "P|1", ORDER, RESULT, END]
    frames = [frame(number, f"{record}\r".encode()) for number, record in enumerate(records, 1)]
    del frames[lost - 1]
    assert refusal(b"\x05" + b"".join(frames) + b"\x04").code == "missing_frame"


def test_a_lost_first_frame_leaves_results_without_header():
    frames = [frame(number, f"{record}\r".encode()) for number, record in enumerate([ORDER, RESULT, END], 2)]
    assert refusal(b"\x05" + b"".join(frames)).code == "not_recognised"


def test_a_frame_sent_twice_is_taken_once():
    result = frame(3, f"{RESULT}\r".encode())
    content = frame(1, f"{HEADER}\r".encode()) + frame(2, f"{ORDER}\r".encode()) + result + result + frame(4, f"{END}\r".encode())
    found = read(content)
    assert len(found.readings) == 1 and "frame_repeated" in [note.code for note in found.warnings]


def test_more_than_seven_frames_count_on_from_nought():
    results = [f"R|{number}|^^^T{number}|{number}.5|g/L" for number in range(1, 20)]
    assert [one.value for one in read(framed(HEADER, ORDER, *results, END)).readings] == [f"{number}.5" for number in range(1, 20)]


def test_a_flipped_bit_never_becomes_a_value():
    good = framed(HEADER, ORDER, RESULT, END)
    start = good.index(b"125.4")
    for place in range(start, start + 5):
        for bit in range(8):
            changed = bytearray(good)
            changed[place] ^= 1 << bit
            assert refusal(bytes(changed)).code != "parser_failed"


def test_a_good_message_beside_a_damaged_one_is_read_and_the_other_is_said():
    bad = framed(HEADER, ORDER.replace("SZ0001", "SZ0002"), RESULT, END).replace(b"125.4", b"925.4")
    found = read(framed(HEADER, ORDER, RESULT, END) + bad)
    assert [(one.sample, one.value) for one in found.readings] == [("SZ0001", "125.4")]
    assert (found.rows_seen, [each.reason.code for each in found.skipped]) == (2, ["checksum_wrong"])
    assert "checksum_wrong" in [note.code for note in found.warnings]


def test_declared_delimiters_and_escapes_are_used():
    header = "H!@%#!1!!Maker%Model"
    content = framed(header, "O!1!A#F#B!!%%%GLU", "R!1!%%%GLU!5.6!mmol#F#L!!N!!F", "L!1!N")
    found = one(content)
    assert (found.sample, found.target, found.value, found.unit) == ("A!B", "GLU", "5.6", "mmol!L")


def test_delimiters_that_cannot_be_told_apart_are_refused():
    assert refusal(framed(r"H|\\&||", ORDER, RESULT, END)).code == "delimiters_unsound"


def test_two_patients_keep_their_results():
    found = read(
        framed(
            HEADER, "P|1", "O|1|A1||^^^GLU", "R|1|^^^GLU|5.1|mmol/L", "P|2", "O|1|A2||^^^GLU", "R|1|^^^GLU|6.2|mmol/L", "P|3",
            "R|1|^^^GLU|7.3|mmol/L", END,
        )
    )  # fmt: skip
    assert [(one.sample, one.value) for one in found.readings] == [("A1", "5.1"), ("A2", "6.2"), (None, "7.3")]
    assert "no_specimen_number" in [note.code for note in found.warnings]


@pytest.mark.parametrize(
    ("text", "unit", "status", "value"),
    [
        ("", "mg/L", "missing", None),
        ("  ", "mg/L", "missing", None),
        ("----", "mg/L", "missing", None),
        ("Undetermined", "Ct", "not_detected", None),
        ("Undetermined", "mg/L", "invalid", None),
        ("<0.05", "IU/mL", "censored", "0.05"),
        (">1000", "IU/mL", "censored", "1000"),
        ("Negative", "", "not_detected", None),
        ("Target Not Detected", "", "not_detected", None),
        ("No growth detected", "", "invalid", None),
        ("阳性", "", "value", None),
        ("1:128", "", "value", None),
        ("5,6", "mmol/L", "invalid", None),
        ("1,234", "mmol/L", "invalid", None),
        ("0", "Ct", "invalid", None),
        ("-1^0.483", "COI", "invalid", None),
        ("INVALID", "", "invalid", None),
        ("something else", "", "invalid", None),
    ],
)
def test_a_text_means_what_it_says_and_nothing_else(text: str, unit: str, status: str, value: str | None):
    found = one(framed(HEADER, ORDER, f"R|1|^^^X|{text}|{unit}||||F", END))
    assert (found.status, found.value, found.raw) == (status, value, text)


def test_a_decimal_comma_counts_when_a_person_says_so():
    assert one(framed(HEADER, ORDER, "R|1|^^^X|5,6|mmol/L||||F", END), decimal_mark=",").value == "5.6"


@pytest.mark.parametrize(
    ("code", "flag", "status"), [("P", "preliminary", "value"), ("X", "withdrawn", "invalid"), ("I", "not final", "invalid")]
)
def test_the_senders_own_word_on_a_result_is_kept(code: str, flag: str, status: str):
    found = one(framed(HEADER, ORDER, f"R|1|^^^X|5.6|mmol/L||||{code}", END))
    assert (found.status, flag in found.flags) == (status, True)


def test_a_correction_marks_what_it_corrects():
    found = read(framed(HEADER, ORDER, RESULT, RESULT.replace("125.4", "130.0").replace("||F||", "||C||"), END))
    assert [(one.status, one.value, one.replicate) for one in found.readings] == [("invalid", None, 1), ("value", "130.0", 1)]
    assert "correction" in [note.code for note in found.warnings]


def test_the_same_message_twice_is_taken_once():
    content = framed(HEADER, ORDER, RESULT, END)
    found = read(content * 2)
    assert (len(found.readings), [each.reason.code for each in found.skipped]) == (1, ["identical_message"])


def test_quality_control_is_no_sample():
    assert one(framed(HEADER, ORDER.replace("|N|", "|Q|"), RESULT, END)).role == "qc"


def test_the_specimen_number_stands_where_the_maker_puts_it():
    for order, sample in (
        ("O|1||^^            113^A|^^^^WBC", "113"),
        ("O|1||2^1^   00117^B|^^^^WBC", "00117"),
        ("O|1||T20 1013^^6||S", "T20 1013"),
        ("O|1|007^x|rack^1|^^^WBC", "007"),
        ("O|1|||^^^WBC", None),
    ):
        assert one(framed(HEADER, order, RESULT, END)).sample == sample


def test_latin_1_is_asked_about_and_read_when_told():
    content = framed(HEADER, ORDER, "R|1|^^^X|Négatif|||||F", END, encoding="latin-1")
    assert refusal(content).code == "encoding_unknown"
    assert one(content, encoding="latin-1").status == "not_detected"
    assert one(framed(HEADER, ORDER, "R|1|^^^X|阴性|||||F", END, encoding="gb18030"), encoding="gb18030").status == "not_detected"
    assert one(framed(HEADER, ORDER, "R|1|^^^样本|阴性|||||F", END, encoding="gb18030")).target == "样本"


def test_a_line_of_twenty_megabytes_is_set_aside_in_seconds():
    started = time.process_time()
    found = read(framed(HEADER, ORDER, RESULT, f"R|2|^^^X|{'9' * 20_000_000}|g/L", END))
    assert ([one.value for one in found.readings], [each.reason.code for each in found.skipped]) == (["125.4"], ["field_too_long"])
    assert time.process_time() - started < 10


def test_endless_joins_end():
    started = time.process_time()
    error = refusal(split(HEADER, ORDER, f"R|1|^^^X|{'1' * 100_000}|g/L", END, size=4))
    assert error.code == "field_too_long" and time.process_time() - started < 10


def test_only_joins_and_no_end_is_incomplete():
    frames = [frame(1, f"{HEADER}\r{ORDER}\rR|1|^^^X|1".encode(), b"\x17")]
    frames += [frame(number, b"1" * 200, b"\x17") for number in range(2, 5000)]
    assert refusal(b"".join(frames)).code == "frame_not_ended"


def test_text_between_frames_is_a_damaged_frame():
    content = framed(HEADER, ORDER, RESULT, END)
    damaged = content.replace(b"\x023O", b"\x023O").replace(b"\x023R", b"?3R")
    assert refusal(damaged).code in ("text_outside_frames", "missing_frame")
