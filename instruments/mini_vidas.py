"""bioMérieux mini VIDAS: its own form of message, fields with a two-letter code between RS and a bar; it is no ASTM.

GS and two hexadecimal digits end a message: the sum of all bytes from the first RS up to and with GS, modulo 256.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from instruments.contract import Match, Note, ParsedFile, ParseOptions, RawFile, Reading, RunInfo, note
from instruments.controls import role_of_name
from instruments.messages.collecting import Origin, Row, collected, trusted
from instruments.messages.records import Places
from instruments.messages.results import meaning, settled
from instruments.text import decode

NAME = "mini_vidas"
VERSION = "1"
TITLE = "bioMérieux mini VIDAS"
FORMATS = ("txt",)
MATURITY = "tested on a real file"

RS = "\x1e"
_MARKER = re.compile(rb"\A(?:\xef\xbb\xbf)?[\s\x05\x02]*\x1emt[a-z]{3}\|")
_MESSAGE = re.compile("\x1emt")
_FIELD = re.compile("\x1e([a-z][a-z0-9])([^\x1e]*)")
_READ = frozenset({"mt", "ci", "rt", "rn", "tt", "td", "ql", "qn", "y3"})
_PERSON = frozenset({"pi", "pn", "pb", "ps"})


@dataclass(frozen=True)
class _Message:
    """One result: its fields by code, where it begins, its checksum as read and as computed (nothing read: its end is not there)."""

    fields: dict[str, str]
    where: str
    read: str
    computed: str


def recognises(file: RawFile, options: ParseOptions) -> Match:
    if _MARKER.match(file.content[:200]) is None:
        return Match(0)
    return Match(95, (note("vidas_message", "The message consists of fields with two-letter codes, as a mini VIDAS writes them."),))


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    decoded = decode(file.content, options.encoding)
    messages = list(_messages(decoded.text, decoded.encoding))
    rows = [row for number, message in enumerate(messages) for row in _rows(message, number, options)]
    others = sorted({code for message in messages for code in message.fields} - _READ - _PERSON)
    unread = [note("unread_fields", "Fields that were not read: %(fields)s.", fields=", ".join(others))] if others else []
    return collected(Origin(NAME, VERSION, decoded.encoding, _run(messages, options), options.decimal_mark), rows, [], unread)


def _messages(text: str, encoding: str) -> Iterator[_Message]:
    places = Places(text)
    starts = [found.start() for found in _MESSAGE.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        body, sign, after = text[start:end].partition("\x1d")
        checksum = re.match(r"[0-9A-Fa-f]{2}(?=[\s\x02-\x05]*$)", after)
        fields = {found[1]: found[2].strip("\r\n").removesuffix("|") for found in reversed(list(_FIELD.finditer(body)))}
        computed = f"{sum((body + sign).encode(encoding)) % 256:02x}"
        yield _Message(fields, places.name(start), checksum[0].lower() if checksum else "", computed)


def _rows(message: _Message, number: int, options: ParseOptions) -> Iterator[Row]:
    """A message is one row with up to two readings: the finding in words and the number."""
    fault = _fault(message)
    if fault is not None:
        yield Row(message.where, fault, number)
        return
    sample = message.fields.get("ci", "").strip() or None
    group = "" if sample else str(number)
    for code, quantity in (("ql", "qualitative"), ("qn", "other")):
        raw = message.fields.get(code, "")
        if raw.strip():
            yield Row(message.where, trusted(_reading(message, sample, raw, quantity, options)), number, group=group)


def _fault(message: _Message) -> Note | None:
    kind = message.fields.get("mt", "")
    if kind != "rsl":
        return note(
            "not_a_result_message", 'The message in %(where)s is of the type "%(type)s", no result (ORU).', where=message.where, type=kind
        )
    if not message.read:
        return note(
            "vidas_not_ended",
            "The message in %(where)s has no end (GS and checksum): it is incomplete. Transmit the result again.",
            where=message.where,
        )
    if message.read != message.computed:
        return note(
            "vidas_checksum_wrong",
            "The message in %(where)s: checksum read %(read)s, expected %(computed)s. It was damaged and was not taken; transmit "
            "the result again.",
            where=message.where,
            read=message.read,
            computed=message.computed,
        )
    return _no_result(message)


def _no_result(message: _Message) -> Note | None:
    if (
        not (message.fields.get("rn") or message.fields.get("rt"))
        or not (message.fields.get("ql", "") + message.fields.get("qn", "")).strip()
    ):
        return note("no_test_or_result", "The message names no test or carries no result.")
    return None


def _reading(message: _Message, sample: str | None, raw: str, quantity: str, options: ParseOptions) -> Reading:
    outcome = meaning(raw, quantity, options.decimal_mark)
    kind, status, value, comparator = settled(outcome, quantity)
    target = (message.fields.get("rn") or message.fields["rt"]).strip()
    role = (role_of_name(sample) if sample else None) or "unknown"
    unit = message.fields.get("y3", "").strip() or None if quantity == "other" else None
    return Reading(None, sample, role, target, None, kind, raw, status, value, comparator, unit, None, outcome.flags, message.where)


def _run(messages: list[_Message], options: ParseOptions) -> RunInfo:
    fields = messages[0].fields if messages else {}
    started = _iso(fields.get("td", ""), fields.get("tt", ""), options.date_order)
    return RunInfo("mini VIDAS", started_at=started, zone="local" if started else None)


def _iso(day: str, time: str, order: str | None) -> str | None:
    """Day first or month first only when the numbers prove it, or a person said so."""
    found = re.fullmatch(r"(\d\d)/(\d\d)/(\d\d) (\d\d:\d\d)", f"{day.strip()} {time.strip()}")
    if found is None:
        return None
    first, second = int(found[1]), int(found[2])
    proven = "dmy" if first > 12 >= second else "mdy" if second > 12 >= first else order
    if proven not in ("dmy", "mdy"):
        return None
    month, date = (second, first) if proven == "dmy" else (first, second)
    return f"20{found[3]}-{month:02d}-{date:02d}T{found[4]}" if 1 <= month <= 12 and 1 <= date <= 31 else None
