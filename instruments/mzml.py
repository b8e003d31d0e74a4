"""Raw spectra and chromatograms (mzML and its relatives): recognised, and refused, because they hold no results."""

import re

from instruments.contract import Match, ParsedFile, ParseError, ParseOptions, RawFile, note

NAME = "mzml"
VERSION = "1"
TITLE = "Raw spectra (mzML, mzXML, ANDI and others): refused"
FORMATS = ("mzML", "mzXML", "mzData", "imzML", "mgf", "cdf", "jdx", "raw")
MATURITY = "tested on a real file"

_XML = re.compile(rb"<(indexedmzML|mzML|mzXML|msRun|mzData|mzIdentML|AnIML|animl)\b")
_KINDS = (
    (re.compile(rb"\ACDF[\x01\x02\x05]"), "ANDI (netCDF)"),
    (re.compile(rb"\A\x01\xa1F\x00i\x00n\x00n\x00i\x00g\x00a\x00n\x00"), "Thermo RAW"),
    (re.compile(rb"\A\x89HDF\r\n\x1a\n"), "HDF5"),
    (re.compile(rb"\AABIF"), "ABIF"),
    (re.compile(rb"\A(?:\xef\xbb\xbf)?\s*##(?:TITLE|JCAMP-?DX) *=", re.IGNORECASE), "JCAMP-DX"),
    (re.compile(rb"(?:\A|\n)BEGIN IONS\r?\n"), "MGF"),
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    kind = _kind(file)
    if kind is None:
        return Match(0)
    return Match(95, (note("raw_data", "The file begins as raw data of the kind %(kind)s.", kind=kind),))


def _kind(file: RawFile) -> str | None:
    head = file.content[:8000]
    found = _XML.search(head.replace(b"\0", b"")) if b"<" in head else None
    if found and re.match(
        rb"\s*<", head.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\0", b"")
    ):
        return found[1].decode("ascii").removeprefix("indexed")
    return next((kind for pattern, kind in _KINDS if pattern.search(head)), None)


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    raise ParseError(
        "raw_data_no_results",
        "The file holds raw data (%(kind)s): spectra or signals, no results. Evaluate it in its program and export the results.",
        kind=_kind(file) or TITLE,
    )
