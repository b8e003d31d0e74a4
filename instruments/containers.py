"""What a file is by its content, and the checks on a zip container that come before anything in it is unpacked."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import Protocol
from xml.parsers import expat
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from instruments.contract import ParseError, RawFile

MAX_FILE_BYTES = 50_000_000
MAX_UNPACKED_BYTES = 150_000_000
MAX_RATIO = 200
RATIO_FLOOR_BYTES = 1_000_000
MAX_MEMBERS = 1_000

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (
    (b"\x89PNG", "PNG picture"),
    (b"\xff\xd8\xff", "JPEG picture"),
    (b"GIF8", "GIF picture"),
    (b"%PDF", "PDF document"),
    (b"\x1f\x8b", "gzip archive"),
    (b"Rar!", "RAR archive"),
    (b"7z\xbc\xaf", "7-Zip archive"),
    (b"MZ", "Windows program"),
    (b"\x7fELF", "program"),
    (b"SQLite format 3", "SQLite database"),
    (b"PK\x05\x06", "empty zip archive"),
)


def kind_of(file: RawFile) -> str:
    """xlsx, xls or text, by the first bytes and never by the name; everything else is refused with its name."""
    content = file.content
    if not content:
        raise ParseError("empty_file", "The file is empty (0 bytes). Export it again from the instrument.")
    if len(content) > MAX_FILE_BYTES:
        raise ParseError(
            "file_too_large",
            "The file has %(size)s bytes; at most %(limit)s are read. Export the result table only.",
            size=len(content),
            limit=MAX_FILE_BYTES,
        )
    if content.startswith(_ZIP):
        return "xlsx"
    if content.startswith(_OLE):
        return "xls"
    for magic, what in _FOREIGN:
        if content.startswith(magic):
            raise ParseError(
                "not_a_table", "The file is a %(what)s, not a result table. Export the results as text, CSV or Excel.", what=what
            )
    _refuse_binary(file)
    return "text"


def _refuse_binary(file: RawFile) -> None:
    """A workbook's name over bytes that are neither workbook nor text; markup instead of a table."""
    head = file.content[:4096]
    control = sum(0 < byte < 9 or 13 < byte < 32 or byte == 127 for byte in head)
    high = sum(byte > 127 for byte in head)
    if control * 20 > len(head) < 5 * high and not head.startswith((b"\xff\xfe", b"\xfe\xff")) and head.count(0) * 5 < len(head):
        raise ParseError("not_a_workbook", "The file is neither a workbook nor text, whatever its name says. Export it again.")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        raise ParseError(
            "html_page", "The file is a web page (HTML) with the name of a table. Open it in Excel and save it as .xlsx or CSV."
        )
    if start.startswith((b"<?xml", b"<!doctype", b"<rdml")):
        raise ParseError("xml_not_supported", "The file is XML, which no parser here reads yet. Export the results as text, CSV or Excel.")


def damaged(place: str | None = None) -> ParseError:
    return ParseError(
        "damaged_file", "The file is damaged or incomplete; the upload or the export broke off. Nothing was taken: export it again.", place
    )


def open_container(content: bytes) -> zipfile.ZipFile:
    """The zip, after its directory passed every check; nothing has been unpacked beyond the heads of its XML members."""
    try:
        container = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise damaged() from error
    members = container.infolist()
    _check_directory(members, len(content))
    for member in members:
        _check_member(container, member)
    return container


def _check_directory(members: list[zipfile.ZipInfo], size: int) -> None:
    if len(members) > MAX_MEMBERS:
        raise ParseError(
            "too_many_members", "The file holds %(count)s packed parts; at most %(limit)s are read.", count=len(members), limit=MAX_MEMBERS
        )
    if len({member.filename.lower() for member in members}) != len(members):
        raise ParseError("duplicate_member", "The file holds two packed parts with the same name; which one counts cannot be known.")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES:
        raise ParseError(
            "unpacks_too_large",
            "Unpacked, the file would have %(size)s bytes; at most %(limit)s are read.",
            size=unpacked,
            limit=MAX_UNPACKED_BYTES,
        )
    if sum(member.compress_size for member in members) > size:
        raise ParseError("overlapping_members", "Packed parts of the file overlap; it was not written by a table program.")
    previous_end = 0
    for member in sorted(members, key=lambda each: each.header_offset):
        if member.header_offset < previous_end:
            raise ParseError("overlapping_members", "Packed parts of the file overlap; it was not written by a table program.")
        previous_end = member.header_offset + 30 + member.compress_size


def _check_member(container: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    name = member.filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or ":" in name or "\0" in name:
        raise ParseError("unsafe_member_name", "A packed part of the file has a name that leads outside of it.")
    if member.flag_bits & 0x1:
        raise ParseError("encrypted", "The file is protected by a password. Save it without one.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ParseError("unusual_compression", "A packed part uses a compression that no table program uses.")
    if member.file_size > RATIO_FLOOR_BYTES and member.file_size > MAX_RATIO * max(1, member.compress_size):
        raise ParseError("ratio_too_high", "A packed part grows more than %(limit)s times when unpacked; it is not read.", limit=MAX_RATIO)
    if name.endswith("/"):
        return
    head = read_member(container, member.filename, limit=4)
    if head == _ZIP or name.lower().endswith((".zip", ".xlsx")):
        raise ParseError("archive_in_archive", "The file holds another packed file. Save the table on its own.")
    if name.lower().endswith((".xml", ".rels", ".vml")):
        refuse_doctype(container, member.filename)


def read_member(container: zipfile.ZipFile, name: str, limit: int | None = None) -> bytes:
    try:
        with container.open(name) as stream:
            content = stream.read(MAX_UNPACKED_BYTES if limit is None else limit)
            if limit is None and stream.read(1):
                raise damaged()
            return content
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, KeyError, zlib.error) as error:
        raise damaged() from error


class _RootReached(Exception):
    """The first element was met, so no DOCTYPE can follow."""


class _UntilRoot(ContentHandler):
    def startElement(self, name: str, attrs: object) -> None:
        raise _RootReached


def refuse_doctype(container: zipfile.ZipFile, name: str) -> None:
    """A DOCTYPE can stand only before the first element: read to there, in whatever encoding the XML declares."""
    parser = DefusedExpatParser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.setContentHandler(_UntilRoot())
    try:
        with container.open(name) as stream:
            parser.parse(stream)
    except _RootReached:
        return
    except DefusedXmlException as error:
        raise _doctype() from error
    except (SAXException, zipfile.BadZipFile, zlib.error, EOFError, OSError, LookupError, NotImplementedError) as error:
        raise damaged() from error


def _doctype() -> ParseError:
    return ParseError("doctype", "The XML of the file declares a document type (DOCTYPE), which no table program writes. It is not read.")


class Handler(Protocol):
    """What takes the elements of a streamed XML; names come without their namespace prefix."""

    def start(self, name: str, attrs: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, content: str) -> None: ...


def _refuse_any_doctype(*_: object) -> None:
    raise _doctype()


def parse_xml(content: bytes, handler: Handler, located: Callable[[int, int], None] | None = None) -> None:
    """Stream XML into the handler. A DOCTYPE is refused here again, so no entity can ever be declared.

    `located` is told the line and column (from 1) of each element before the handler is; names then come without prefix.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_any_doctype
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = handler.start, handler.end, handler.text
    if located is not None:

        def start(name: str, attrs: dict[str, str]) -> None:
            located(parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
            handler.start(name.rpartition(":")[2], attrs)

        parser.StartElementHandler = start
        parser.EndElementHandler = lambda name: handler.end(name.rpartition(":")[2])
    elif re.search(rb"<\w+:(?:worksheet|workbook|sst|styleSheet|Relationships)\b", content[:4096]):
        parser.StartElementHandler = lambda name, attrs: handler.start(name.rpartition(":")[2], attrs)
        parser.EndElementHandler = lambda name: handler.end(name.rpartition(":")[2])
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise damaged() from error
