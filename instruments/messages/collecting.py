"""From the rows of messages to one file: repeated messages, corrections, contradictions, replicates, rows that cannot be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from instruments.contract import Note, ParsedFile, ParseError, Reading, RunInfo, Skipped, note, refused
from instruments.controls import ControlRules, judge
from instruments.messages.records import MOST_IN_A_FIELD
from instruments.text import has_control_characters

CONTROLS = ControlRules(required=())  # a message carries one specimen; the run's controls are other messages
_LIMITS = {"sample": 255, "target": 120, "unit": 30, "raw": MOST_IN_A_FIELD}


@dataclass(frozen=True)
class Row:
    """One result record: the reading it gave or why it gave none; which message it came in, and what makes two the same."""

    where: str
    outcome: Reading | Note
    message: int = 0
    control_id: str = ""
    status: str = ""
    group: str = ""  # parts of a test, orders without a specimen number: what else tells two readings apart

    @property
    def reading(self) -> Reading:
        if isinstance(self.outcome, Note):
            raise TypeError("the row gave no reading")
        return self.outcome

    @property
    def key(self) -> tuple[object, ...]:
        one = self.reading
        return one.sample, one.role, one.target, one.channel, one.quantity, self.group


@dataclass(frozen=True)
class Origin:
    """Which parser read the file, and how."""

    parser: str
    version: str
    encoding: str
    run: RunInfo
    decimal_mark: str | None


def too_long(text: str) -> Note | None:
    """Why a field is not even looked at: a picture, a report, an attack."""
    if len(text) <= MOST_IN_A_FIELD:
        return None
    return note("field_too_long", "A field has more than %(limit)s characters.", limit=MOST_IN_A_FIELD)


def trusted(reading: Reading) -> Reading | Note:
    """The reading, or why its texts cannot be kept: hidden characters, or a text far longer than any result."""
    for name, limit in _LIMITS.items():
        text = getattr(reading, name) or ""
        if len(text) > limit:
            return note("field_too_long", "A field has more than %(limit)s characters.", limit=limit)
    if has_control_characters(reading.sample or ""):
        return note("id_control_characters", "The sample number in %(where)s holds invisible control characters.", where=reading.source)
    if has_control_characters(f"{reading.raw}{reading.target or ''}{reading.unit or ''}"):
        return note("control_characters", "The row holds invisible control characters.")
    return reading


def collected(origin: Origin, rows: Sequence[Row], warnings: Sequence[Note], unread: Sequence[Note]) -> ParsedFile:
    """All rows as one file. When no row could be used, the file is refused with the first reason."""
    faulty = {row.where: row.outcome for row in rows if isinstance(row.outcome, Note)}
    kept = [row for row in rows if row.where not in faulty]
    skipped = [Skipped(where, reason) for where, reason in faulty.items()]
    if not kept:
        raise _nothing(skipped)
    settled, said = _corrected(kept)
    settled, conflicts = _contradicted(settled)
    readings = _numbered(settled)
    order = {row.where: number for number, row in enumerate(rows)}
    return ParsedFile(
        origin.parser,
        origin.version,
        readings,
        len({row.where for row in rows}),
        len({row.where for row in kept}),
        tuple(sorted(skipped, key=lambda one: order[one.where])),
        origin.run,
        origin.encoding,
        None,
        origin.decimal_mark or ".",
        controls=judge(readings, CONTROLS),
        warnings=(*warnings, *said, *conflicts, *_about(readings)),
        unread=tuple(unread),
    )


def _nothing(skipped: Sequence[Skipped]) -> ParseError:
    if skipped:
        return refused(skipped[0].reason, skipped[0].where)
    return ParseError("no_results", "The message holds no results. Nothing was taken.")


def _corrected(rows: list[Row]) -> tuple[list[Row], list[Note]]:
    """A correction never overwrites in silence: what it corrects stays, marked invalid, and a person is told."""
    before: dict[tuple[object, ...], list[int]] = {}
    found, notes = list(rows), []
    for number, row in enumerate(rows):
        earlier = before.setdefault(row.key, [])
        if row.status == "C" and earlier:
            for one in earlier:
                found[one] = _void(found[one], "corrected later")
            notes.append(
                note(
                    "correction",
                    "The result in %(later)s corrects the one in %(earlier)s: %(old)s became %(new)s. Compare both before you accept.",
                    later=row.where,
                    earlier=rows[earlier[-1]].where,
                    old=rows[earlier[-1]].reading.raw.strip(),
                    new=row.reading.raw.strip(),
                )
            )
            earlier.clear()
        earlier.append(number)
    return found, notes


def _contradicted(rows: list[Row]) -> tuple[list[Row], list[Note]]:
    """Two messages with one control number that say different things of one test: none of them can be believed."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for number, row in enumerate(rows):
        if row.control_id and row.reading.status != "invalid":
            groups.setdefault((row.control_id, row.key), []).append(number)
    found = list(rows)
    wrong = [
        numbers
        for numbers in groups.values()
        if len({rows[number].message for number in numbers}) > 1 and len({rows[number].reading.raw.strip() for number in numbers}) > 1
    ]
    for number in (number for numbers in wrong for number in numbers):
        found[number] = _void(found[number], "contradicting rows")
    if not wrong:
        return found, []
    return found, [
        note(
            "contradicting_messages",
            "Two messages with the control number %(number)s say different things; their results are marked invalid.",
            number=rows[wrong[0][0]].control_id,
        )
    ]


def _void(row: Row, flag: str) -> Row:
    one = row.reading
    return replace(row, outcome=replace(one, status="invalid", value=None, comparator=None, flags=(*one.flags, flag)))


def _numbered(rows: Sequence[Row]) -> tuple[Reading, ...]:
    """Running numbers of repeated measurements; a corrected result is not counted."""
    counts: dict[tuple[object, ...], int] = {}
    readings = []
    for row in rows:
        one = row.reading
        if "corrected later" not in one.flags:
            counts[row.key] = counts.get(row.key, 0) + 1
        readings.append(one if one.replicate is not None else replace(one, replicate=counts.get(row.key, 1)))
    return tuple(readings)


def _about(readings: Sequence[Reading]) -> list[Note]:
    notes = []
    nameless = sum(one.sample is None for one in readings)
    if nameless:
        notes.append(note("no_specimen_number", "%(count)s results name no specimen; match them by hand.", count=nameless))
    if any("joined frames" in one.flags for one in readings):
        notes.append(
            note("joined_frames", "Some records came in several frames and were joined; compare their values with the instrument.")
        )
    if any("preliminary" in one.flags for one in readings):
        notes.append(note("preliminary", "Some results are preliminary; the final ones are still to come."))
    return notes
