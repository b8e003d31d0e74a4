"""R records as readings: whose specimen, which test, what was found."""

from collections.abc import Sequence
from dataclasses import dataclass

from instruments.astm.frames import Message
from instruments.contract import Note, ParseOptions, Reading, note
from instruments.controls import role_of_name
from instruments.messages import genexpert
from instruments.messages.collecting import Row, too_long, trusted
from instruments.messages.records import Record, first_filled
from instruments.messages.results import meaning, quantity_of, settled, unit_of, with_status

_SYSMEX_KINDS = ("A", "B", "M", "C")  # how the specimen number was read; it stands behind rack, tube and number


@dataclass
class Order:
    """The order that the following results belong to."""

    sample: str | None = None
    is_qc: bool = False
    number: int = 0


def rows_of(message: Message, number: int, options: ParseOptions) -> list[Row]:
    """Every R record of the message; when the message has a fault, each says it."""
    fault = message.fault or _unsound(message)
    is_genexpert = "genexpert" in sender(message).casefold()
    rows, order = [], Order()
    control_id = message.records[0].component(2) if message.records else ""
    for record in message.records:
        if record.kind == "P":
            order = Order(number=order.number)
        elif record.kind == "O":
            order = Order(sample_of(record), _is_qc(record), order.number + 1)
        elif record.kind == "R":
            outcome, group = (fault, "") if fault else _reading(record, order, is_genexpert, options)
            where = f"{number} {order.number}" if order.sample is None else ""
            rows.append(Row(record.where, outcome, number, control_id, record.component(8), f"{where}{group}"))
    return genexpert.with_calls(rows) if is_genexpert else rows


def sender(message: Message) -> str:
    return message.records[0].raw(4) if message.records else ""


def _unsound(message: Message) -> Note | None:
    first, last = message.records[0], message.records[-1]
    if first.kind != "H":
        return note("no_header", "Results in %(where)s stand before any header record (H); the beginning is missing.", where=first.where)
    if not first.delimiters.are_sound:
        return note("delimiters_unsound", "The header in %(where)s declares delimiters that cannot be told apart.", where=first.where)
    if last.kind != "L":
        return note(
            "no_terminator",
            "The message that begins in %(where)s has no terminator record (L): it is incomplete. Transmit the result again.",
            where=first.where,
        )
    if last.component(2) not in ("", "N", "F", "1", "0"):
        return note(
            "broken_off",
            "The sender broke the message off (terminator %(termination)s in %(where)s). Transmit the result again.",
            termination=last.component(2),
            where=last.where,
        )
    return None


def sample_of(record: Record) -> str | None:
    """The specimen number: as ordered (O.3), else as the instrument read it (O.4)."""
    return _specimen(record.components(2)) or _specimen(record.components(3)) or None


def _specimen(components: Sequence[str]) -> str:
    if len(components) > 3 and components[3] in _SYSMEX_KINDS and components[2]:
        return components[2]
    return components[0] or first_filled(components[2:3])


def _is_qc(record: Record) -> bool:
    return record.component(11).upper() == "Q"


def _reading(record: Record, order: Order, is_genexpert: bool, options: ParseOptions) -> tuple[Reading | Note, str]:
    if fault := _too_short(record) or too_long(record.raw(3)) or too_long(record.raw(2)):
        return fault, ""
    test = record.components(2)
    target, part, quantity = _genexpert_test(test) if is_genexpert else (_target(test), "", quantity_of(record.component(4)))
    raw = record.raw(3)
    if record.delimiters.repeat in raw:
        return _several(record, order, target, quantity), part
    texts = record.components(3)
    if sum(bool(text) for text in texts) > 1:
        return _several(record, order, target, quantity), part
    outcome = meaning(first_filled(texts), quantity, options.decimal_mark)
    kind, status, value, comparator = settled(outcome, _spoken(quantity, is_genexpert, texts))
    flags = (*outcome.flags, *_flags(record), *((part,) if part else ()))
    reading = Reading(
        None, order.sample, _role(target, order, is_genexpert), target or None, None, kind, raw, status, value, comparator,
        unit_of(record.component(4), quantity) if kind != "qualitative" else record.component(4) or None,
        None, flags, record.where,
    )  # fmt: skip
    return trusted(with_status(reading, record.component(8))), part


def _too_short(record: Record) -> Note | None:
    count = len(record.fields)
    if count > 3:
        return None
    return note("record_too_short", "The result record has only %(count)s fields; its value is missing.", count=count)


def _spoken(quantity: str, is_genexpert: bool, texts: Sequence[str]) -> str:
    """A GeneXpert result without Ct or end point is a finding in words, also when it is empty or void."""
    return "qualitative" if is_genexpert and quantity == "other" and not any(texts[1:]) else quantity


def _several(record: Record, order: Order, target: str, quantity: str) -> Reading | Note:
    unit = unit_of(record.component(4), quantity)
    role = _role(target, order, False)
    flags = ("several values", *_flags(record))
    return trusted(
        Reading(
            None, order.sample, role, target or None, None, quantity, record.raw(3), "invalid", None, None, unit, None, flags, record.where
        )
    )


def _flags(record: Record) -> tuple[str, ...]:
    """The instrument's abnormal flags without "normal", and that the record was joined."""
    found = [one.strip() for one in record.repetitions(6) if one.strip() not in ("", "N")]
    return (*found, *(("joined frames",) if record.is_joined else ()))


def _target(test: Sequence[str]) -> str:
    """The universal test number: the maker's code is its fourth component, with some makers the fifth."""
    return first_filled([*test[3:5], *test[:3], *test[5:]])


def _genexpert_test(test: Sequence[str]) -> tuple[str, str, str]:
    """Target, part of the test, quantity: panel, part, assay, version, analyte, Ct or end point."""
    padded = [*test, *[""] * 8]
    quantity = genexpert.QUANTITIES.get(padded[7].casefold(), "other")
    return padded[6] or ("" if padded[4] == "" else padded[3]), padded[3], quantity


def _role(target: str, order: Order, is_genexpert: bool) -> str:
    if order.is_qc:
        return "qc"
    if is_genexpert and target.casefold() in genexpert.INTERNAL:
        return "internal_control"
    return (role_of_name(order.sample) if order.sample else None) or "unknown"
