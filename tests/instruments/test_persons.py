"""What messages say of persons never reaches the store; results, places and checksums stay as they were."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from instruments.messages.persons import without_persons
from instruments.registry import parse
from tests.instruments.families import ADVERSARIAL, NONE, REAL, name_of, raw_file
from tests.instruments.messages import END, HEADER, framed, read, refusal, segments, split

ORDER, RESULT = "O|1|SZ0001||^^^HBV|R", "R|1|^^^HBV|125.4|IU/mL||H||F"
PERSON = "P|1|PRACTICE7|LAB8|ID9|Miller^Anna^^||19800101|F|||Long Street 5||0123"
MESSAGES = [entry for entry in REAL if entry["path"].startswith(("real/astm/", "real/hl7/"))]
WORDS = (b"Miller", b"Anna", b"19800101", b"Long Street", b"PRACTICE7", b"ID9", b"0123")


def names_nobody(content: bytes) -> bool:
    return not any(word in content for word in WORDS)


def test_a_framed_message_keeps_its_results_and_right_checksums():
    content = framed(HEADER, PERSON, ORDER, RESULT, "C|1|I|Notes^^Miller called|G", END)
    kept = without_persons(content)
    assert kept.records == 2 and names_nobody(kept.content)
    assert read(kept.content).readings == read(content).readings
    assert without_persons(kept.content).content == kept.content


def test_a_wrong_checksum_stays_wrong():
    content = framed(HEADER, PERSON, ORDER, RESULT, END).replace(b"Miller", b"Muller")
    kept = without_persons(content)
    assert names_nobody(kept.content.replace(b"Muller", b"Miller"))
    assert refusal(kept.content).code == refusal(content).code == "checksum_wrong"


@pytest.mark.parametrize("size", [2, 3, 5, 11, 30, 64, 200])
def test_a_person_spread_over_frames_is_blanked(size: int):
    content = split(HEADER, PERSON, ORDER, RESULT, END, size=size)
    kept = without_persons(content).content
    assert [(one.sample, one.value) for one in read(kept).readings] == [("SZ0001", "125.4")]
    text = b"".join(part[1:-1] for part in kept.replace(b"\x17", b"\x03").split(b"\x02")[1:])
    assert names_nobody(kept) and b"Mill" not in text and b"Street" not in text


def test_a_cut_frame_keeps_no_person():
    content = framed(HEADER, PERSON, ORDER)
    for cut in range(content.index(b"P|1") + 4, content.index(b"O|1")):
        assert names_nobody(without_persons(content[:cut]).content)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_hl7_persons_relatives_and_insurers_are_blanked(encoding: str):
    persons = ["PID|1|X1|ID9^^^LAB||Miller^Anna||19800101|F|||Long Street 5||0123", "NK1|1|Miller^Otto", "IN1|1|A|B|Long Street", "MRG|ID9"]
    content = segments(*persons, "OBR|1||SZ0001|X", "OBX|1|NM|GLU||5.6|mmol/L|||||F").decode().encode(encoding)
    kept = without_persons(content)
    assert kept.records == 4
    assert names_nobody(kept.content) and "Miller" not in kept.content.decode(encoding)
    assert kept.content.decode(encoding).count("\r") == content.decode(encoding).count("\r")


def test_a_character_whose_second_byte_is_a_bar_hides_nothing():
    name = b"\x81|\x82|".decode("gb18030")
    content = segments(f"PID|1|X1|ID9||{name}||19800101|F|||Long Street 5", "OBR|1||SZ0001|X", encoding="gb18030", charset="GB18030")
    assert names_nobody(without_persons(content).content)


def test_mini_vidas_persons_are_blanked():
    two = (Path(__file__).parent / "mini_vidas" / "two.txt").read_bytes()
    start, end = two.index(b"\x1emt"), two.index(b"\x1d") + 1
    named = two[start:end].replace(b"\x1epi|\x1epn|", b"\x1epiID9|\x1epnMiller Anna|")
    content = b"\x02" + named + b"%02x\n" % (sum(named) % 256)
    kept = without_persons(content)
    assert kept.records == 2 and names_nobody(kept.content) and read(kept.content).readings == read(content).readings


@pytest.mark.parametrize("entry", MESSAGES or NONE, ids=name_of)
def test_real_messages_give_the_same_readings_without_persons(entry: dict[str, Any]):
    file = raw_file(entry)
    kept = without_persons(file.content)
    assert read(kept.content).readings == parse(file).file.readings
    for word in (b"einstein", b"Sardani", b"RABE^FARA", b"19750810"):
        assert word not in kept.content


OTHERS = [entry for entry in [*REAL, *ADVERSARIAL] if entry["kind"] not in ("astm", "hl7")]


@pytest.mark.parametrize("entry", OTHERS or NONE, ids=name_of)
def test_every_other_file_is_kept_as_it_came(entry: dict[str, Any]):
    content = raw_file(entry).content
    assert without_persons(content).content is content


def test_a_table_with_columns_like_records_is_no_message():
    for text in (b"H,,,,\r\nP,1,Sample\r\n", b"H|A|B|C\r\nP|1|x|y\r\n", b"Well,Sample\r\nPID|1|x\r\n"):
        assert without_persons(text).content is text


def test_whatever_the_bytes_nothing_breaks():
    chance, content = random.Random(5), framed(HEADER, PERSON, ORDER, RESULT, END)
    for _ in range(300):
        damaged = bytearray(content)
        for _ in range(5):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        assert len(without_persons(bytes(damaged)).content) <= len(damaged)
