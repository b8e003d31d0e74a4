"""What result lists say of patients is blanked before a file is kept: known columns of known lists, below their heading.

Nothing moves: each line keeps its fields. In a line with another number of fields than its heading, the cells to which a person's
text can have moved are blanked too.
"""

import codecs
import re
from collections.abc import Sequence

from instruments.messages.persons import Blanked
from instruments.messages.persons import without_persons as without_message_persons
from instruments.text import heading_key

#: headings that only the list of one family has (Access, Sysmex), and headings of persons in them
_LISTS = tuple(frozenset(map(heading_key, words)) for words in (("Reagent Pack Lot #", "Pipettor"), ("GB/M", "GR/M"), ("WBC/M", "RBC/M")))
_PERSONS = frozenset(
    heading_key(word)
    for word in (
        *("Patient ID", "Patient Name", "Name", "First Name", "Last Name", "Date of Birth", "Birth Date", "Birth", "Sex", "Age"),
        *("Patient Comment", "Patient Comments", "Doctor", "Physician", "ID Patient", "Nom Patient", "Date de naiss.", "Sexe"),
        *("Commentaire Patient", "Médecin"),
    )
)
_HEADS = 40  # the heading stands in the first lines
_LINE_END = re.compile(rb"(\r\n|\n|\r)")


def without_persons(content: bytes) -> Blanked:
    """A message or a known list without its persons; every other file as it is."""
    done = without_message_persons(content)
    if done.records or content.startswith((b"PK", b"\xd0\xcf")):
        return done
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if content.startswith(mark) and len(content) % 2 == 0:
            found = _in_list(content[2:].decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass"))
            packed = mark + found.content.decode("utf-8", "surrogatepass").encode(encoding, "surrogatepass")
            return Blanked(packed, found.records) if found.records else Blanked(content, 0)
    return _in_list(content)


def _in_list(content: bytes) -> Blanked:
    pieces = _LINE_END.split(content)
    for number in range(0, min(len(pieces), 2 * _HEADS), 2):
        for sign in (b",", b";", b"\t"):
            headings = [heading_key(_words(field)) for field in _fields(pieces[number], sign)]
            if any(words <= set(headings) for words in _LISTS):
                columns = [place for place, key in enumerate(headings) if key in _PERSONS]
                return _blanked(pieces, number, sign, columns, len(headings)) if columns else Blanked(content, 0)
    return Blanked(content, 0)


def _blanked(pieces: list[bytes], heading: int, sign: bytes, columns: Sequence[int], width: int) -> Blanked:
    done, count = list(pieces), 0
    for number in range(heading + 2, len(pieces), 2):
        fields = _fields(pieces[number], sign)
        places = {place for place in _places(fields, columns, width) if fields[place].strip(b' "')}
        if places:
            count += 1
            done[number] = sign.join(b"" if place in places else field for place, field in enumerate(fields))
    return Blanked(b"".join(done), count) if count else Blanked(b"".join(pieces), 0)


def _places(fields: Sequence[bytes], columns: Sequence[int], width: int) -> set[int]:
    """Where persons may stand: their columns; in a line of another width as far as cells can have moved; behind an open quotation mark."""
    moved = 0 if len(fields) == width + 1 else len(fields) - width
    around = range(min(moved, 0), max(moved, 0) + 1)
    places = {column + step for column in columns for step in around}
    is_open = sum(field.count(b'"') for field in fields) % 2 == 1
    return {place for place in places if 0 <= place < len(fields)} | ({len(fields) - 1} if is_open else set())


def _fields(line: bytes, sign: bytes) -> list[bytes]:
    """The fields of a line as they are written, quotation marks included; a sign inside of quotation marks divides nothing."""
    fields: list[bytes] = []
    start, is_quoted = 0, False
    for place, byte in enumerate(line):
        if byte == 0x22:
            is_quoted = not is_quoted
        elif byte == sign[0] and not is_quoted:
            fields.append(line[start:place])
            start = place + 1
    return [*fields, line[start:]]


def _words(field: bytes) -> str:
    bare = field.removeprefix(codecs.BOM_UTF8).strip().strip(b'"')
    try:
        return bare.decode("utf-8")
    except UnicodeDecodeError:
        return bare.decode("cp1252", "replace")
