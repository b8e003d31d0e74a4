r"""What messages say of persons is blanked before a file is kept: whatever stands behind the running number of the record.

HL7: PID, PD1, NK1, MRG, GT1, IN1, IN2. ASTM: P. Both: comments typed at the instrument ("Notes^"). mini VIDAS: pi, pn, pb, ps.
Lines stay where they are. The checksum of an ASTM frame or of a mini VIDAS message is moved by what was taken away: one that was
right stays right, and one that was wrong stays wrong.
"""

import re
from dataclasses import dataclass, field

_SEARCHED = 2_000
_SIGN = rb"([!-/:-@\[-`{-~])"
_HEADER = re.compile(rb"(?:\A|\xef\xbb\xbf|[\x02\x05\x0b\r\n ][0-7]?)(?:MSH|H)(?=" + _SIGN * 4 + rb")")
_VIDAS = re.compile(rb"\A(?:\xef\xbb\xbf)?[\s\x05\x02]*\x1emt[a-z]{3}\|")
_VIDAS_MESSAGE = re.compile(rb"(\x1emt[^\x1d]*)(\x1d)?([0-9A-Fa-f]{2})?")
_VIDAS_PERSON = re.compile(rb"\x1e(pi|pn|pb|ps)[^\x1e|]+")
_FRAME = re.compile(rb"\x02([0-7])([^\x02\x03\x17]*)([\x03\x17]?)([0-9A-Fa-f]{2})?")
_BETWEEN_RECORDS = re.compile(rb"([\r\n\x0b\x1c]+)")
_NUMBERED, _OTHERS = rb"(?:PID|NK1|GT1|IN1|P)", rb"(?:PD1|MRG|IN2)"
_HEAD = 400  # so much of a record shows its kind


@dataclass(frozen=True)
class Blanked:
    """The file as it may be kept, and how many records were blanked."""

    content: bytes = field(repr=False)
    records: int


def without_persons(content: bytes) -> Blanked:
    """A message without its persons; every other file as it is."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if content.startswith(mark) and len(content) % 2 == 0:
            text = content[2:].decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass")
            found = without_persons(text)
            packed = mark + found.content.decode("utf-8", "surrogatepass").encode(encoding, "surrogatepass")
            return Blanked(packed, found.records) if found.records else Blanked(content, 0)
    if _VIDAS.match(content):
        return _vidas(content)
    headers = [found.groups() for found in _HEADER.finditer(content, 0, _SEARCHED + 10) if len(set(found.groups())) == 4]
    if not headers:
        return Blanked(content, 0)
    signs = {header[0] for header in headers}
    signs |= {found[1] for found in _HEADER.finditer(content) if len(set(found.groups())) == 4}
    blanker = _Blanker(b"[" + b"".join(re.escape(sign) for sign in sorted(signs)) + b"]")
    done = _FRAME.sub(blanker.frame, content) if re.search(rb"\x02[0-7]", content) else blanker.text(content)
    return Blanked(done if blanker.records else content, blanker.records)


class _Blanker:
    """Goes through the records in order; a record may be spread over frames."""

    def __init__(self, sign: bytes) -> None:
        other = b"[^" + sign[1:]
        self._person = re.compile(rb"[ \t\xef\xbb\xbf]*(?:" + _NUMBERED + sign + rb"\d{0,9}|" + _OTHERS + sign + rb")")
        self._notes = re.compile(rb"(?:NTE|C)" + (sign + other + rb"{0,40}") * 2 + sign + rb"Notes(?=[^A-Za-z])")
        self._begin()
        self.records = 0

    def _begin(self) -> None:
        self._head, self._kept, self._is_counted = b"", 0, False

    def frame(self, found: re.Match[bytes]) -> bytes:
        """One ASTM frame; its checksum changes by as much as its bytes do."""
        body = self.text(found[2], is_open=found[3] == b"\x17")
        checksum = found[4] or b""
        if checksum and body != found[2]:
            checksum = b"%02X" % ((int(checksum, 16) + sum(body) - sum(found[2])) % 256)
        return b"\x02" + found[1] + body + found[3] + checksum

    def text(self, body: bytes, is_open: bool = False) -> bytes:
        """Text of records; when `is_open`, its last record goes on in the next text."""
        pieces = _BETWEEN_RECORDS.split(body)
        done = []
        for number, piece in enumerate(pieces):
            if number % 2:
                done.append(piece)
                self._begin()
            else:
                done.append(self._piece(piece))
        if not is_open:
            self._begin()
        return b"".join(done)

    def _piece(self, piece: bytes) -> bytes:
        self._head += piece[: max(0, _HEAD - len(self._head))]
        most = self._most(self._head)
        left = piece if most is None else piece[: max(0, most - self._kept)]
        if len(left) < len(piece) and not self._is_counted:
            self._is_counted, self.records = True, self.records + 1
        self._kept += len(left)
        return left

    def _most(self, head: bytes) -> int | None:
        """How many bytes of the record may stay; None: all of it."""
        found = self._person.match(head) or self._notes.match(head)
        return found.end() if found else None


def _vidas(content: bytes) -> Blanked:
    count = 0

    def blanked(found: re.Match[bytes]) -> bytes:
        nonlocal count
        body, number = _VIDAS_PERSON.subn(lambda person: b"\x1e" + person[1], found[1])
        count += number
        checksum = found[3] or b""
        if checksum and number:
            checksum = b"%02x" % ((int(checksum, 16) + sum(body) - sum(found[1])) % 256)
        return body + (found[2] or b"") + checksum

    return Blanked(_VIDAS_MESSAGE.sub(blanked, content), count)
