"""ASTM E1394 / LIS2-A2 messages kept as files, with or without the frames of E1381."""

import re

from instruments.astm.frames import Message, declared, messages_of
from instruments.astm.results import rows_of
from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, RunInfo, note, refused
from instruments.messages.collecting import Origin, Row, collected
from instruments.messages.records import first_filled, iso_time, other_records
from instruments.text import decode

NAME = "astm"
VERSION = "1"
TITLE = "ASTM E1394 / LIS2-A2 messages (Sysmex, cobas, GeneXpert and others)"
FORMATS = ("txt", "astm", "log")
MATURITY = "tested on real files"

_HEADER = re.compile(rb"(?:^|[\x02\r\n][0-7]?|^\xef\xbb\xbf)H([^A-Za-z0-9\s])[^A-Za-z0-9\s]{3}")
_JOIN = re.compile(rb"\x17[0-9A-Fa-f]{2}[\r\n]*\x02[0-7]")
_READ = frozenset({"H", "O", "R", "L"})


def recognises(file: RawFile, options: ParseOptions) -> Match:
    head = _JOIN.sub(b"", file.content[:100_000])
    found = _HEADER.search(head[:2_000])
    if found is None or file.content.startswith((b"PK", b"\xd0\xcf")):
        return Match(0)
    sign = re.escape(found[1])
    if re.search(rb"[\r\n](?:OBX|OBR)" + sign, file.content[:1_000_000]):
        return Match(0)
    kinds = {one.decode() for one in re.findall(rb"[\x02\r\n][0-7]?([POQRCML])" + sign, head)}
    if not kinds & {"O", "R", "L", "P"}:
        return Match(0)
    reason = note(
        "message_header", "The header of the message names its delimiters, and records follow: %(kinds)s.", kinds=", ".join(sorted(kinds))
    )
    return Match(95 if kinds & {"O", "R"} else 70, (reason,))


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    decoded = decode(file.content, options.encoding)
    messages, notes = messages_of(decoded.text, decoded.encoding)
    messages = [message for message in messages if message.records or message.fault]
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for number, message in enumerate(messages, 1):
        if not message.records:
            continue
        found = rows_of(message, number, options)
        text = "\r".join(record.text for record in message.records)
        first = seen.setdefault(text, number)
        rows += found if first == number else [_again(row) for row in found]
    if not rows:
        raise _without_results(messages)
    faults = [message.fault for message in messages if message.fault]
    unread = other_records([record for message in messages for record in message.records], _READ)
    run = _run(messages)
    return collected(Origin(NAME, VERSION, decoded.encoding, run, options.decimal_mark), rows, [*notes, *faults], unread)


def _again(row: Row) -> Row:
    same = note("identical_message", "The same message stands in the file before; it is taken once.")
    return Row(row.where, row.outcome if isinstance(row.outcome, Note) else same)


def _without_results(messages: list[Message]) -> ParseError:
    fault = next((message.fault for message in messages if message.fault), None)
    if fault is not None:
        return refused(fault)
    return ParseError("no_results", "The message holds no results. Nothing was taken.")


def _run(messages: list[Message]) -> RunInfo:
    records = [record for message in messages for record in message.records]
    header = next((record for record in records if declared(record.text)), None)
    if header is None:
        return RunInfo()
    names = [one for one in header.components(4) if one]
    versions = [one for one in names if re.fullmatch(r"\d+(?:\.\d+)+\w*", one)]
    results = [record for record in records if record.kind == "R"]
    started, zone = iso_time(first_filled(result.component(12) or result.component(11) for result in results) or header.component(13))
    operator = first_filled(result.component(10) for result in results)
    return RunInfo(
        instrument=" ".join([one for one in names if one not in versions][:3]) or None,
        software=first_filled(versions) or None,
        operator=operator or None,
        started_at=started,
        zone=zone,
    )
