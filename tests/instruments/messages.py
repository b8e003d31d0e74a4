"""Messages as instruments send them, made for one test: frames with right numbers and checksums, segments with their line ends."""

from __future__ import annotations

from instruments.contract import ParsedFile, ParseError, ParseOptions, RawFile, Reading
from instruments.registry import parse

HEADER, END = r"H|\^&|7||Analyser^2.1||||||||P|LIS2-A2|20261124083000", "L|1|N"
MSH = r"MSH|^~\&|Analyser|LAB|LIS|LAB|20261124083000||ORU^R01|{number}|P|2.5.1||||||{charset}"


def frame(number: int, text: bytes, end: bytes = b"\x03") -> bytes:
    body = b"%d" % (number % 8) + text + end
    return b"\x02" + body + b"%02X" % (sum(body) % 256) + b"\r\n"


def framed(*records: str, encoding: str = "utf-8") -> bytes:
    """Each record in a frame of its own."""
    frames = [frame(number, f"{record}\r".encode(encoding)) for number, record in enumerate(records, 1)]
    return b"\x05" + b"".join(frames) + b"\x04"


def split(*records: str, size: int) -> bytes:
    """All records as one text in frames of `size` bytes, joined by ETB."""
    text = "".join(f"{record}\r" for record in records).encode()
    parts = [text[start : start + size] for start in range(0, len(text), size)]
    frames = [frame(number, part, b"\x17" if number < len(parts) else b"\x03") for number, part in enumerate(parts, 1)]
    return b"\x05" + b"".join(frames) + b"\x04"


def segments(*lines: str, number: str = "1", charset: str = "", encoding: str = "utf-8") -> bytes:
    header = MSH.format(number=number, charset=charset).rstrip("|") if not charset else MSH.format(number=number, charset=charset)
    return "".join(f"{line}\r" for line in (header, *lines)).encode(encoding)


def read(content: bytes, **answers: str) -> ParsedFile:
    return parse(RawFile("message.txt", content), ParseOptions(**answers)).file


def one(content: bytes, **answers: str) -> Reading:
    (reading,) = read(content, **answers).readings
    return reading


def refusal(content: bytes, **answers: str) -> ParseError:
    try:
        found = read(content, **answers)
    except ParseError as error:
        return error
    raise AssertionError(f"not refused: {found.readings}")
