"""What `lims instruments list` and `lims instruments parse` print: plain values, no database."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from instruments.contract import ParseError, ParseOptions, RawFile
from instruments.registry import Parsed, parse, parsers


def list_parsers() -> list[dict[str, Any]]:
    """Name, title, version, formats and maturity of every parser."""
    return [
        {
            "name": parser.NAME,
            "title": parser.TITLE,
            "version": parser.VERSION,
            "formats": list(parser.FORMATS),
            "maturity": parser.MATURITY,
        }
        for parser in parsers()
    ]


def parse_file(path: str, parser: str | None = None, profile: str | None = None, **answers: str | None) -> dict[str, Any]:
    """Read the file at `path`; `profile` is the path of a profile's JSON; `answers` are the fields of ParseOptions.

    The result is the JSON of one file, or {"refused": {...}} when it is refused or a person must be asked.
    """
    try:
        file = RawFile(Path(path).name, _bytes(path))
        options = ParseOptions(profile=None if profile is None else _profile_text(profile), **answers)
        return as_json(file, parse(file, options, parser))
    except ParseError as error:
        return {"refused": error.as_json()}


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ParseError("not_readable_file", "The file %(path)s cannot be read: %(fault)s.", path=path, fault=error.strerror) from error


def _profile_text(path: str) -> str:
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParseError("profile_not_json", "The profile is not JSON: %(fault)s.", fault="not UTF-8") from error


def as_json(file: RawFile, parsed: Parsed) -> dict[str, Any]:
    """One file as plain values, sentences in English."""
    read = parsed.file
    return {
        "parser": read.parser,
        "parser_version": read.parser_version,
        "score": parsed.match.score,
        "reasons": [str(reason) for reason in parsed.match.reasons],
        "sha256": file.sha256,
        "encoding": read.encoding,
        "delimiter": read.delimiter,
        "decimal_mark": read.decimal_mark,
        "sheet": read.sheet,
        "profile": read.profile,
        "run": asdict(read.run),
        "rows": {
            "seen": read.rows_seen,
            "used": read.rows_used,
            "skipped": [{"where": each.where, "reason": str(each.reason), "code": each.reason.code} for each in read.skipped],
        },
        "readings": [asdict(reading) | {"flags": list(reading.flags)} for reading in read.readings],
        "controls": [{"name": each.name, "verdict": each.verdict, "reason": str(each.reason)} for each in read.controls],
        "warnings": [str(each) for each in read.warnings],
        "unread": [str(each) for each in read.unread],
    }
