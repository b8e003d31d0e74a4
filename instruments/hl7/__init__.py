"""HL7 version 2 result messages (ORU) kept as files, with or without MLLP marks; and the form of Sysmex that begins with H."""

import re

from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, RunInfo, note, refused
from instruments.hl7.results import rows_of
from instruments.hl7.segments import Message, decoded, messages_of
from instruments.messages.collecting import Origin, Row, collected
from instruments.messages.records import first_filled, iso_time, other_records

NAME = "hl7"
VERSION = "1"
TITLE = "HL7 v2 result messages (ORU: R01, R30, R32)"
FORMATS = ("hl7", "txt", "oru")
MATURITY = "tested on real files"

_HEADER = re.compile(rb"\A(?:\xef\xbb\xbf)?[\s\x0b]*(?:MSH|H|FHS|BHS)([^A-Za-z0-9\s])[^A-Za-z0-9\s]{2,4}")
_READ = frozenset({"MSH", "H", "OBR", "OBX", "SPM", "L"})


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _HEADER.match(file.content[:2_000])
    if found is None:
        return Match(0)
    head = file.content[:1_000_000]
    kinds = {one.decode() for one in re.findall(rb"[\r\n]\s*([A-Z][A-Z0-9]{2})" + re.escape(found[1]), head)}
    is_short = re.match(rb"\A(?:\xef\xbb\xbf)?[\s\x0b]*H[^A-Za-z0-9\s]", head) is not None
    if is_short and not kinds & {"OBX", "OBR"}:
        return Match(0)
    reason = note(
        "message_header", "The header of the message names its delimiters, and records follow: %(kinds)s.", kinds=", ".join(sorted(kinds))
    )
    return Match(95, (reason,))


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    text = decoded(file.content, options.encoding)
    messages = messages_of(text.text)
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for number, message in enumerate(messages, 1):
        found = rows_of(message, number, options)
        first = seen.setdefault("\r".join(segment.text for segment in message.segments), number)
        rows += found if first == number else [_again(row) for row in found]
    if not rows:
        raise _without_results(messages)
    faults = [message.fault for message in messages if message.fault]
    unread = other_records([segment for message in messages for segment in message.segments], _READ)
    origin = Origin(NAME, VERSION, text.encoding, _run(messages), options.decimal_mark)
    return collected(origin, rows, [*faults, *_about(messages)], unread)


def _again(row: Row) -> Row:
    same = note("identical_message", "The same message stands in the file before; it is taken once.")
    return Row(row.where, row.outcome if isinstance(row.outcome, Note) else same)


def _without_results(messages: list[Message]) -> ParseError:
    fault = next((message.fault for message in messages if message.fault), None)
    return refused(fault) if fault else ParseError("no_results", "The message holds no results. Nothing was taken.")


def _about(messages: list[Message]) -> list[Note]:
    notes = []
    if any(message.msh(11).upper() in ("T", "D") for message in messages):
        notes.append(note("training", "The sender marks messages as training or test (MSH-11); they are no results of a specimen."))
    for message in messages:
        for segment in message.segments:
            placer, filler = (segment.component(2), segment.component(3)) if segment.kind == "OBR" else ("", "")
            if placer and filler and placer != filler and not any(one.kind == "SPM" for one in message.segments):
                notes.append(
                    note(
                        "two_numbers",
                        "The order in %(where)s has two numbers, %(placer)s and %(filler)s; the second was taken as the specimen's.",
                        where=segment.where,
                        placer=placer,
                        filler=filler,
                    )
                )
    return notes[:20]


def _run(messages: list[Message]) -> RunInfo:
    segments = [segment for message in messages for segment in message.segments]
    results = [segment for segment in segments if segment.kind == "OBX"]
    first = messages[0]
    started, zone = iso_time(
        first_filled(
            [
                *(segment.component(14) for segment in results),
                *(segment.component(7) for segment in segments if segment.kind == "OBR"),
                first.msh(7),
            ]
        )
    )
    names = [] if first.is_short_form else [one for one in first.header.components(2) if one]
    observer = next((one for segment in results if (one := segment.components(16)) and any(one)), [])
    return RunInfo(
        instrument=" ".join(names[:2]) or None,
        software=names[2] if len(names) > 2 else None,
        operator=" ".join(filter(None, observer)) or None,
        started_at=started,
        zone=zone,
    )
