"""ASTM E1381 framing, as an instrument or a terminal program left it in a file: frames, their numbers and checksums, joined records.

A frame is STX, a digit, text, ETB or ETX, two hexadecimal digits of checksum. ETB: the record goes on in the next frame. Files
without any frame hold the bare records.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from instruments.contract import Note, note
from instruments.messages.records import Delimiters, Places, Record

STX, ETX, ETB = "\x02", "\x03", "\x17"
_BODY_END = re.compile("[\x02\x03\x17]")
_SESSION = re.compile("[\x04\x05]")
_BETWEEN = re.compile("[\x04\x05\x06\x15\x00\r\n \t]*")
_CHECKSUM = re.compile("[0-9A-Fa-f]{2}")
_RECORD = re.compile(r"[^\r\n]+")


@dataclass
class Message:
    """The records from one header to the next. `fault` is why none of its results can be taken."""

    records: list[Record] = field(default_factory=list)
    fault: Note | None = None

    def blame(self, fault: Note) -> None:
        self.fault = self.fault or fault


@dataclass
class _Piece:
    """The text of one frame: where it starts in the file, and whether its end is the end of a record."""

    text: str
    offset: int
    is_last: bool
    fault: Note | None = None
    is_new_session: bool = False


def messages_of(text: str, encoding: str) -> tuple[list[Message], list[Note]]:
    """Every message of the file with its faults, and what a person must know of the framing."""
    places = Places(text)
    notes: list[Note] = []
    if STX in text:
        pieces: Iterator[_Piece] = _in_sequence(_frames(text, encoding, places), places, notes)
    else:
        notes.append(note("no_frames", "The file holds records without frames, so no checksum protects them."))
        pieces = iter([_Piece(text.lstrip("\ufeff"), len(text) - len(text.lstrip("\ufeff")), True)])
    return _messages(pieces, places), notes


def _frames(text: str, encoding: str, places: Places) -> Iterator[_Piece]:
    offset = 0
    is_new = True
    while True:
        start = text.find(STX, offset)
        between = text[offset : start if start >= 0 else len(text)]
        is_new = is_new or _SESSION.search(between) is not None
        fault = None if _BETWEEN.fullmatch(between.lstrip("\ufeff")) else _outside(places.line(offset))
        if start < 0:
            if fault is not None:
                yield _Piece("", len(text), True, fault, is_new)
            return
        end = _BODY_END.search(text, start + 1)
        if end is None or end[0] == STX:
            offset = end.start() if end else len(text)
            yield _Piece(text[start + 1 : offset], start + 1, True, fault or _cut(places.line(start)), is_new)
        else:
            offset = end.end()
            wrong = _checksum(text, start, end.end(), encoding, places)
            offset += 2 if _CHECKSUM.match(text, offset) else 0
            yield _Piece(text[start + 1 : end.start()], start + 1, end[0] == ETX, fault or wrong, is_new)
        is_new = False


def _outside(line: int) -> Note:
    return note(
        "text_outside_frames",
        "Text stands outside of the frames in line %(line)s. A frame was damaged; transmit the result again.",
        line=line,
    )


def _cut(line: int) -> Note:
    return note(
        "frame_not_ended",
        "The frame that begins in line %(line)s has no end (ETX or ETB): the message is incomplete. Transmit the result again.",
        line=line,
    )


def _checksum(text: str, start: int, end: int, encoding: str, places: Places) -> Note | None:
    """The sum of all bytes after STX up to and with ETX or ETB, modulo 256."""
    found = _CHECKSUM.match(text, end)
    computed = f"{sum(text[start + 1 : end].encode(encoding)) % 256:02X}"
    if found is None:
        return note(
            "checksum_absent",
            "Frame %(frame)s in line %(line)s has no checksum: the message is incomplete. Transmit the result again.",
            frame=text[start + 1 : start + 2],
            line=places.line(start),
        )
    if found[0].upper() == computed:
        return None
    return note(
        "checksum_wrong",
        "Frame %(frame)s in line %(line)s: checksum read %(read)s, expected %(computed)s. The message was damaged on its way and was not "
        "taken; transmit the result again.",
        frame=text[start + 1 : start + 2],
        line=places.line(start),
        read=found[0],
        computed=computed,
    )


def _in_sequence(pieces: Iterator[_Piece], places: Places, notes: list[Note]) -> Iterator[_Piece]:
    """Each piece without its frame number; a frame sent twice is taken once, a number that is missing is a fault."""
    last: tuple[int, str] | None = None
    for piece in pieces:
        number, body = piece.text[:1], piece.text[1:]
        if number not in tuple("01234567"):
            piece.fault = piece.fault or _numbered_wrongly(places.line(piece.offset))
            yield piece
            continue
        if last == (int(number), body) and piece.fault is None:
            notes.append(note("frame_repeated", "Frame %(frame)s in line %(line)s was sent twice and is taken once.", **_at(piece, places)))
            continue
        begins = piece.is_new_session or last is None or (number == "1" and body.startswith("H"))
        expected = 1 if begins else (last[0] + 1) % 8 if last else 1
        if int(number) != expected and not (begins and body.startswith("H")):
            piece.fault = piece.fault or _missing(piece, places, expected)
        last = int(number), body
        yield _Piece(body, piece.offset + 1, piece.is_last, piece.fault, piece.is_new_session)


def _at(piece: _Piece, places: Places) -> dict[str, object]:
    return {"frame": piece.text[:1], "line": places.line(piece.offset)}


def _numbered_wrongly(line: int) -> Note:
    return note("frame_number", "The frame in line %(line)s has no frame number (0 to 7). Transmit the result again.", line=line)


def _missing(piece: _Piece, places: Places, expected: int) -> Note:
    return note(
        "missing_frame",
        "Frame %(expected)s is missing before frame %(frame)s in line %(line)s. The message was not taken; transmit the result again.",
        expected=expected,
        **_at(piece, places),
    )


def _messages(pieces: Iterator[_Piece], places: Places) -> list[Message]:
    """Join what ETB split, cut at line ends, and start a message at each header."""
    found: list[Message] = []
    held: list[_Piece] = []
    for piece in pieces:
        if piece.is_new_session and held:
            _blame_last(found, _cut(places.line(held[0].offset)))
            _take(held, found, places)
            held = []
        held.append(piece)
        if piece.is_last or piece.text.endswith(("\r", "\n")):
            _take(held, found, places)
            held = []
    if held:
        held[-1].fault = held[-1].fault or _cut(places.line(held[0].offset))
        _take(held, found, places)
    return found


def _blame_last(found: list[Message], fault: Note) -> None:
    if not found:
        found.append(Message())
    found[-1].blame(fault)


def _take(pieces: list[_Piece], found: list[Message], places: Places) -> None:
    """The records of pieces that belong together. A fault counts for the message that the record stands in."""
    text = "".join(piece.text for piece in pieces)
    bounds, start = [], 0
    for piece in pieces:
        bounds.append((start, start + len(piece.text), piece))
        start += len(piece.text)
    number = 0
    for match in _RECORD.finditer(text):
        while bounds[number][1] <= match.start():
            number += 1
        begin, end, piece = bounds[number]
        _add(match[0], piece.offset + match.start() - begin, match.end() > end, found, places)
    for piece in pieces:
        if piece.fault is not None:
            _blame_last(found, piece.fault)


def _add(text: str, offset: int, is_joined: bool, found: list[Message], places: Places) -> None:
    if not text.strip():
        return
    delimiters = declared(text)
    if delimiters is not None or not found:
        found.append(Message())
    message = found[-1]
    used = delimiters or (message.records[0].delimiters if message.records else Delimiters("|", "^", "\\", "&"))
    message.records.append(Record(places.name(offset), text, used, is_joined))


def declared(text: str) -> Delimiters | None:
    """The delimiters of a header record: after H stand field, repeat, component and escape sign."""
    if not re.match(r"H[^A-Za-z0-9\s]{4,5}(?:[A-Za-z0-9]|$|\W)", text):
        return None
    field_sign, definition = text[1], text[2:].partition(text[1])[0]
    if len(definition) not in (3, 4):
        return None
    return Delimiters(field_sign, definition[1], definition[0], definition[2])
