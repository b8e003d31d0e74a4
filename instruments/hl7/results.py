"""OBX segments as readings: whose specimen, which test, what was found."""

import re
from collections.abc import Sequence

from instruments.contract import Note, ParseOptions, Reading, note
from instruments.controls import role_of_name
from instruments.hl7.segments import Group, Message, groups_of
from instruments.messages import genexpert
from instruments.messages.collecting import Row, too_long, trusted
from instruments.messages.records import Record, first_filled, unescaped
from instruments.messages.results import meaning, quantity_of, settled, unit_of, with_status
from instruments.values import Outcome

_TEXTS = ("", "NM", "ST", "TX", "FT", "IS", "ID")
_CODED = ("CE", "CWE", "CNE", "CF")
_CODE_WITHOUT_NAME = re.compile(r"\d+(?:-\d)?")
_HOUSEKEEPING = frozenset({"H_RACK", "H_TUBE", "H_INID", "H_INST"})


def rows_of(message: Message, number: int, options: ParseOptions) -> list[Row]:
    """Every OBX of the message; when the message has a fault, each says it."""
    fault = message.fault or _unsound(message)
    is_genexpert = "genexpert" in message.header.raw(2).casefold()
    rows = []
    for order, group in enumerate(groups_of(message)):
        sample, trouble = _specimen(group)
        for segment in group.results:
            why = fault or trouble or _not_whole(segment) or too_long(segment.raw(5)) or too_long(segment.raw(3))
            outcome, part = (why, "") if why else _reading(segment, sample, group, message, options)
            where = f"{number} {order}" if sample is None else ""
            rows.append(Row(segment.where, outcome, number, message.msh(10), segment.component(11), f"{where}{part}"))
    return genexpert.with_calls(rows) if is_genexpert else rows


def _unsound(message: Message) -> Note | None:
    header = message.header
    if header.kind not in ("MSH", "H"):
        return note("no_message_header", "The text in %(where)s stands before any message header (MSH).", where=header.where)
    if not header.delimiters.are_sound:
        return note("delimiters_unsound", "The header in %(where)s declares delimiters that cannot be told apart.", where=header.where)
    if message.is_short_form and message.segments[-1].kind != "L":
        return note(
            "no_terminator",
            "The message that begins in %(where)s has no terminator record (L): it is incomplete. Transmit the result again.",
            where=header.where,
        )
    kind = message.msh(9).upper()
    if not message.is_short_form and kind not in ("ORU", "OUL"):
        return note(
            "not_a_result_message",
            'The message in %(where)s is of the type "%(type)s", no result (ORU).',
            where=header.where,
            type=kind or "-",
        )
    return None


def _not_whole(segment: Record) -> Note | None:
    """The last line of a file without an end may have been cut in the middle of its value."""
    if not segment.is_ended:
        return note("segment_not_ended", "The last segment has no line end: its value may be cut off. Transmit the result again.")
    return None if len(segment.fields) > 5 else note(
        "record_too_short", "The result record has only %(count)s fields; its value is missing.", count=len(segment.fields)
    )  # fmt: skip


def _specimen(group: Group) -> tuple[str | None, Note | None]:
    """The specimen number (SPM-2), else the filler's number (OBR-3), else the placer's (OBR-2); two specimens are a doubt."""
    numbers = {number for one in group.specimens if (number := _of_specimen(one))}
    if len(numbers) > 1:
        return None, note(
            "several_specimens", "One order names several specimens (%(numbers)s); whose result this is cannot be known.",
            numbers=", ".join(sorted(numbers)),
        )  # fmt: skip
    if numbers:
        return numbers.pop(), None
    order = group.order
    return (first_filled([order.component(3), order.component(2)]) or None, None) if order else (None, None)


def _of_specimen(segment: Record) -> str:
    pairs = segment.raw(2).split(segment.delimiters.component)
    return first_filled(unescaped(pair.split(segment.delimiters.sub)[0], segment.delimiters).strip() for pair in pairs)


def _reading(segment: Record, sample: str | None, group: Group, message: Message, options: ParseOptions) -> tuple[Reading | Note, str]:
    is_genexpert = "genexpert" in message.header.raw(2).casefold()
    kind = segment.component(2).upper()
    if kind not in (*_TEXTS, *_CODED, "SN"):
        return note("not_a_result_type", "The value is of the type %(type)s (a picture, a file, a date), no result.", type=kind), ""
    unit = segment.component(6)
    target, part, quantity = _genexpert_test(segment) if is_genexpert else (*_test(segment), quantity_of(unit))
    if target in _HOUSEKEEPING:
        return note("housekeeping", "The record names rack, tube or instrument, no result."), ""
    raw = segment.raw(5)
    outcome = _found(segment, kind, quantity, message.is_short_form, options)
    if is_genexpert and quantity == "other" and not any(segment.components(5)[1:]):
        quantity = "qualitative"
    shown, status, value, comparator = settled(outcome, quantity)
    sub_id = segment.component(4)
    flags = (*outcome.flags, *_in_plain(segment, outcome), *_flags(segment, message), *((part,) if part else ()))
    reading = Reading(
        None, sample, _role(target, sample, group, message, is_genexpert), target or None, None, shown, raw, status, value, comparator,
        unit_of(unit, quantity) if shown != "qualitative" else unit or None,
        int(sub_id) if not is_genexpert and re.fullmatch(r"[1-9]\d?", sub_id) else None, flags, segment.where,
    )  # fmt: skip
    return trusted(with_status(reading, segment.component(11))), part


def _found(segment: Record, kind: str, quantity: str, is_short_form: bool, options: ParseOptions) -> Outcome:
    mark = options.decimal_mark
    if segment.delimiters.repeat in segment.raw(5):
        return Outcome("invalid", flags=("several values",))
    texts = segment.components(5)
    if kind == "SN":
        return _structured(texts, quantity, mark)
    if kind in _CODED:
        return meaning(first_filled([*texts[1:2], *texts[:1], *texts[4:5], *texts[3:4]]), quantity, mark)
    filled = [text for text in (texts[:2] if is_short_form else texts) if text]
    return meaning(filled[0] if filled else "", quantity, mark) if len(filled) < 2 else Outcome("invalid", flags=("several values",))


def _structured(texts: Sequence[str], quantity: str, mark: str | None) -> Outcome:
    """SN: comparator, number, separator, number. A ratio is a finding in words; a range is no number."""
    comparator, first, between, second = [*texts, "", "", "", ""][:4]
    if not between and not second:
        return meaning(f"{comparator}{first}" if comparator not in ("", "=") else first, quantity, mark)
    if between in (":", "/") and comparator in ("", "=") and re.fullmatch(r"\d+", first) and re.fullmatch(r"\d+", second):
        return Outcome("value", is_qualitative=True)
    return Outcome("invalid", flags=("several values",))


def _test(segment: Record) -> tuple[str, str]:
    """The test's code, or its name where the code is a bare number or a LOINC code; and a sub-number that tells two results apart."""
    test, sub_id = [*segment.components(3), "", "", "", "", ""], segment.component(4)
    code = test[0] or test[3]
    if code and not _CODE_WITHOUT_NAME.fullmatch(code):
        return code, "" if sub_id.isdigit() else sub_id
    is_name = bool(sub_id) and not sub_id.isdigit()
    name = first_filled([test[1], test[4], sub_id if is_name else "", code])
    return name, sub_id if is_name and name != sub_id else ""


def _genexpert_test(segment: Record) -> tuple[str, str, str]:
    """OBX-3: panel and part; OBX-4: analyte, and behind it Ct or end point."""
    signs = segment.delimiters
    panel = [unescaped(one, signs).strip() for one in segment.raw(3).split(signs.sub)]
    analyte = [unescaped(one, signs).strip(f" {signs.component}") for one in segment.raw(4).split(signs.sub)]
    quantity = genexpert.QUANTITIES.get(analyte[1].casefold() if len(analyte) > 1 else "", "other")
    part = panel[1] if len(panel) > 1 else panel[0]
    return analyte[0] or part, part, quantity


def _in_plain(segment: Record, outcome: Outcome) -> tuple[str, ...]:
    """A text that is no result, with its escapes resolved, so that a person can read it."""
    plain = unescaped(segment.raw(5), segment.delimiters)
    return (plain,) if "text not known" in outcome.flags and plain != segment.raw(5) else ()


def _flags(segment: Record, message: Message) -> tuple[str, ...]:
    found = [flag for one in segment.repetitions(8) if (flag := one.split(segment.delimiters.component)[0].strip()) not in ("", "N")]
    return (*found, *(("training",) if message.msh(11).upper() in ("T", "D") else ()))


def _role(target: str, sample: str | None, group: Group, message: Message, is_genexpert: bool) -> str:
    if any(one.component(11).upper() == "Q" for one in group.specimens) or message.msh(16) == "2":
        return "qc"
    if message.msh(16) == "1":
        return "calibrator"
    if is_genexpert and target.casefold() in genexpert.INTERNAL:
        return "internal_control"
    return (role_of_name(sample) if sample else None) or "unknown"
