"""HL7 version 2 as it lies in files: character set, MLLP wrapping, messages, segments, and which OBX belongs to which specimen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from instruments.contract import Note, ParseError, note
from instruments.messages.records import Delimiters, Places, Record
from instruments.text import Decoded, decode

_CHARSETS = {
    "ascii": "utf-8",  # every ASCII text is UTF-8; what is not ASCII must then prove itself
    "unicode utf-8": "utf-8",
    "unicode": "utf-8",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "8859/1": "latin-1",
    "iso-8859-1": "latin-1",
    "gb 18030-2000": "gb18030",
    "gb18030-2000": "gb18030",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "big-5": "big5",
    "big5": "big5",
}
_MSH = re.compile(rb"(?:^|[\r\n\x0b]|^\xef\xbb\xbf)MSH([^A-Za-z0-9\s])([^\r\n]{0,2000})")
_SEGMENT = re.compile(r"([A-Z][A-Z0-9]{0,2})(.?)")
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")


@dataclass
class Message:
    """One message: its segments, and why none of its results can be taken."""

    segments: list[Record] = field(default_factory=list)
    fault: Note | None = None
    is_wrapped: bool = False

    @property
    def header(self) -> Record:
        return self.segments[0]

    @property
    def is_short_form(self) -> bool:
        """Sysmex writes H where HL7 has MSH, and ends with L as ASTM does."""
        return self.header.kind == "H"

    def msh(self, number: int, component: int = 1) -> str:
        """A field of MSH by its number in the standard: the separator itself is MSH-1."""
        return "" if self.is_short_form else self.header.component(number - 1, component)

    def blame(self, fault: Note) -> None:
        self.fault = self.fault or fault


@dataclass
class Group:
    """An order with its results: the number of the specimen may stand after them."""

    order: Record | None = None
    specimens: list[Record] = field(default_factory=list)
    results: list[Record] = field(default_factory=list)


def decoded(content: bytes, chosen: str | None) -> Decoded:
    """The text in the character set that a person chose, the byte-order mark shows, or the messages declare (MSH-18)."""
    if chosen is not None or content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        return decode(content, chosen)
    declared = {_charset(found[2], found[1]) for found in _MSH.finditer(content)} - {""}
    if len(declared) > 1:
        raise ParseError(
            "charsets_differ",
            "The messages declare different character sets (MSH-18): %(sets)s. Choose the encoding, or split the file.",
            sets=", ".join(sorted(declared)),
        )
    name = declared.pop() if declared else ""
    if name and name not in _CHARSETS:
        raise ParseError(
            "charset_unknown",
            'The message declares the character set "%(set)s" (MSH-18), which is not known here. Choose the encoding.',
            set=name,
        )
    return decode(content, None if _CHARSETS.get(name, "utf-8") == "utf-8" else _CHARSETS[name])


def _charset(rest: bytes, separator: bytes) -> str:
    fields = rest.split(separator)
    repeat = fields[0][1:2] if fields and len(fields[0]) > 1 else b"~"
    return fields[16].split(repeat)[0].decode("ascii", "replace").strip().casefold() if len(fields) > 16 else ""


def messages_of(text: str) -> list[Message]:
    """Every message of the file. What stands before the first header, or is no segment, is a fault and never a result."""
    places = Places(text)
    found: list[Message] = []
    is_open = False
    for line in _LINE.finditer(text):
        body, starts, ends = line[1], "\x0b" in line[1], "\x1c" in line[1]
        if starts and is_open:
            found[-1].blame(_unwrapped(found[-1]))
        is_open = is_open or starts
        start = line.start(1) + len(body) - len(body.lstrip("\ufeff\x0b\x1c \t"))
        body = body.strip("\ufeff\x0b\x1c\x00 \t")
        if body:
            _add(body, start, bool(line[2]) or ends, found, places, is_open)
        is_open = is_open and not ends
        if not line[2]:
            break
    if is_open and found:
        found[-1].blame(_unwrapped(found[-1]))
    return found


def _unwrapped(message: Message) -> Note:
    return note(
        "message_not_ended",
        "The message that begins in %(where)s has no end mark (FS): it is incomplete. Transmit the result again.",
        where=message.header.where,
    )


def _add(body: str, offset: int, is_ended: bool, found: list[Message], places: Places, is_wrapped: bool) -> None:
    delimiters = declared(body)
    if delimiters is not None or not found:
        found.append(Message(is_wrapped=is_wrapped))
    message = found[-1]
    used = delimiters or (message.header.delimiters if message.segments else Delimiters("|", "^", "~", "\\", "&"))
    segment = Record(places.name(offset), body, used, is_ended=is_ended)
    message.segments.append(segment)
    kind = _SEGMENT.match(body)
    if kind is None or kind[2] not in ("", used.field):
        message.blame(
            note(
                "not_a_segment",
                "The text in %(where)s is no segment; a value may have been torn in two. Nothing of the message was taken.",
                where=segment.where,
            )
        )


def declared(text: str) -> Delimiters | None:
    """The delimiters after MSH (or H): field, component, repeat, escape and subcomponent sign."""
    found = re.match(r"(?:MSH|H)([^A-Za-z0-9\s])(.{2,5}?)(?:\1|$)", text)
    if found is None:
        return None
    signs = f"{found[2]}    "
    return Delimiters(found[1], signs[0], signs[1], signs[2].strip() or "\\", signs[3].strip() or "&")


def groups_of(message: Message) -> Iterator[Group]:
    """The OBX segments by order. In ORU the specimen (SPM) follows its results, in OUL it comes before its orders."""
    comes_first = message.msh(9).upper().startswith("OUL")
    group, specimens = Group(), list[Record]()
    for segment in message.segments:
        if segment.kind in ("PID", "P") or (segment.kind == "SPM" and comes_first):
            yield group
            specimens = [segment] if segment.kind == "SPM" else []
            group = Group(None, specimens)
        elif segment.kind == "OBR":
            yield group
            group = Group(segment, list(specimens))
        elif segment.kind == "SPM":
            group.specimens.append(segment)
        elif segment.kind == "OBX":
            group.results.append(segment)
    yield group
