"""A parser as another package would bring it."""

from __future__ import annotations

from instruments.contract import Match, ParsedFile, ParseOptions, RawFile, Reading

NAME = "other"
VERSION = "1"
TITLE = "Another instrument"
FORMATS = ("txt",)
MATURITY = "test"


def recognises(file: RawFile, options: ParseOptions) -> Match:
    return Match(90 if file.content.startswith(b"OTHER") else 0)


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    sample, value = file.content.decode().split("\n")[1].split()
    return ParsedFile(
        NAME,
        VERSION,
        (Reading(None, sample, "unknown", None, None, "other", value, "value", value, None, None, 1, (), "line 2"),),
        1,
        1,
        (),
    )
