"""Sheets 3 to 5: the items, the participants by code, and every reported value as submitted."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lims.excel.book import Cell
from lims.excel.look import CODE, NUMBER, TEXT, formatted
from lims.marks import N_
from lims.rounds.report import terms
from lims.rounds.report.canvas import Canvas, Desk, code, number, text
from lims.rounds.report.facts import ItemFacts, ParticipantFacts, SubmittedValue
from lims.rounds.report.numbers import decimals_of, plain_format
from lims.rounds.report.uncertainty import write_parts
from lims.rounds.report.wording import MISSING, Words
from lims.statistics.assessment.plan import ItemPlan

NOT_RECORDED = N_("not recorded")


def write_items(desk: Desk) -> None:
    """Sheet 3."""
    canvas = desk.sheet("items", (7, 13, 17, 10, 8, 6, 19, 19, 19, 19, 19), landscape=True)
    canvas.sheet.blank()
    facts = {item.number: item for item in desk.report.items}
    canvas.table(
        (
            N_("Item"),
            N_("Label"),
            N_("Expected result or level"),
            N_("Assigned value"),
            N_("U"),
            N_("k"),
            N_("Description"),
            N_("Preparation"),
            N_("Homogeneity"),
            N_("Stability"),
            N_("Metrological traceability"),
        ),
        [_item_row(canvas, plan, facts.get(plan.number, ItemFacts(plan.number, ""))) for plan in desk.report.item_plans],
    )
    canvas.sheet.repeat(1, 4)
    canvas.sheet.blank()
    canvas.say(N_("Core items are scored; an educational item is shown and not scored. U is the expanded uncertainty with its own k."))
    if desk.report.plan.kind == "quantitative":
        write_parts(canvas)


def _item_row(canvas: Canvas, plan: ItemPlan, facts: ItemFacts) -> list[Cell]:
    words = canvas.words
    level = words.label(terms.RESULT_CODES.get(plan.expected_code, plan.expected_code)) if plan.expected_code else _level(words, plan)
    if not plan.is_core:
        level = f"{level}\n{words.label(terms.MARKS['educational'])}"
    said = [
        value or words.say(NOT_RECORDED)
        for value in (facts.description, facts.preparation, facts.homogeneity, facts.stability, facts.traceability)
    ]
    return [
        number(plan.number),
        code(facts.label),
        text(level),
        _decimal(plan.x_pt),
        _decimal(plan.expanded_u_x_pt),
        _decimal(plan.k_x_pt if plan.expanded_u_x_pt is not None else None),
        *[text(value) for value in said],
    ]


def _level(words: Words, plan: ItemPlan) -> str:
    levels = {"zh_CN": plan.level_zh, "en": plan.level_en}
    return "\n".join(dict.fromkeys(level for language in words.languages if (level := levels[language])))


def _decimal(value: Decimal | None) -> Cell:
    if value is None:
        return Cell(MISSING, NUMBER)
    return Cell(value, formatted(NUMBER, plain_format(decimals_of([str(value)]))))


def write_participants(desk: Desk) -> None:
    """Sheet 4."""
    has_identity = any(one.identity for one in desk.report.participants)
    canvas = desk.sheet("participants", (12, 14, 18, 16, 18, 14, 22, 18, 9, 26, *((26,) if has_identity else ())), landscape=True)
    canvas.say(
        N_("Participants stand under their code; a laboratory's name is printed only where it signed the consent for this round.")
        if has_identity
        else N_("Participants stand under their code.")
    )
    heads = (
        N_("Code"),
        N_("Group"),
        N_("State"),
        N_("Mark"),
        N_("Received"),
        N_("Arrival temperature"),
        N_("Condition on arrival"),
        N_("Submitted"),
        N_("Version"),
        N_("Reason"),
        *((N_("Laboratory"),) if has_identity else ()),
    )
    canvas.table(heads, [_participant_row(canvas, one, has_identity) for one in desk.report.participants])
    canvas.sheet.repeat(1, 4)


def _participant_row(canvas: Canvas, one: ParticipantFacts, has_identity: bool) -> list[Cell]:
    words = canvas.words
    mark = words.label(terms.MARKS["organiser"]) if one.is_organiser else ""
    return [
        code(one.code),
        text(words.label(terms.SIDES[one.side])),
        text(words.label(terms.PARTICIPANT_STATES[one.state])),
        text(mark),
        text(words.date(one.received_at)),
        text(one.arrival_temperature),
        text(one.arrival_condition),
        text(words.date(one.submitted_at)),
        number(one.submission_version),
        text(one.reason),
        *([text(one.identity)] if has_identity else []),
    ]


RESULT_HEADS = {
    "participant_code": N_("Code"),
    "item_number": N_("Item"),
    "result_code": N_("Result"),
    "relation": N_("Relation"),
    "value": N_("Value as submitted"),
    "number": N_("The same as a number"),
    "unit": N_("Unit"),
    "expanded_u": N_("U"),
    "k": N_("k"),
    "replicates": N_("Replicates"),
    "ct": N_("Ct"),
    "internal_control": N_("Internal control"),
    "method": N_("Method"),
    "kit": N_("Kit"),
    "kit_lot": N_("Kit lot"),
    "instrument": N_("Instrument"),
    "remark": N_("Remark"),
}
RESULT_WIDTHS = {
    "result_code": 24,
    "item_number": 6,
    "relation": 9,
    "k": 6,
    "ct": 9,
    "replicates": 22,
    "method": 18,
    "kit": 18,
    "remark": 24,
    "instrument": 16,
}
AS_CODE = ("participant_code", "value", "expanded_u", "k", "ct")
ALWAYS = ("participant_code", "item_number")


def write_results(desk: Desk) -> None:
    """Sheet 5. Columns in which nobody reported anything are left out, so that the rest can be read on paper."""
    submitted = desk.report.submitted
    columns = [name for name in RESULT_HEADS if name in ALWAYS or any(_reported(one, name) for one in submitted)]
    canvas = desk.sheet("results", [RESULT_WIDTHS.get(name, 13) for name in columns], landscape=len(columns) > 7)
    canvas.say(N_("Every value stands exactly as it was submitted, as text: digits, sign and unit."))
    canvas.head([desk.words.head(RESULT_HEADS[name]) for name in columns])
    canvas.sheet.repeat(1, 4)
    for row in _result_rows(desk, columns):
        canvas.sheet.row(row)
    if not submitted:
        canvas.say(N_("Nothing was submitted."))


def _reported(one: SubmittedValue, name: str) -> bool:
    return bool(one.value) if name in ("relation", "number") else bool(getattr(one, name))


def _result_rows(desk: Desk, columns: list[str]) -> Iterator[list[Cell]]:
    spoken = {result: f"{result}  {desk.words.label(word)}" for result, word in terms.RESULT_CODES.items()}
    for one in sorted(desk.report.submitted, key=lambda one: (one.participant_code, one.item_number)):
        yield [_result_cell(one, name, spoken) for name in columns]


def _result_cell(one: SubmittedValue, name: str, spoken: dict[str, str]) -> Cell:
    if name == "number":
        return _as_number(one.value)
    value = getattr(one, name)
    if name == "item_number":
        return Cell(value, NUMBER)
    if name == "relation":
        return text(value if one.value else "")
    if name == "replicates":
        return text("; ".join(value))
    if name == "result_code":
        return text(spoken.get(value, value))
    return Cell(value or MISSING, CODE if name in AS_CODE else TEXT)


def _as_number(submitted: str) -> Cell:
    """The submitted digits as a number, shown with the same decimals; a dash where they are none."""
    try:
        value = Decimal(submitted)
    except ArithmeticError:
        return Cell(MISSING, NUMBER)
    return _decimal(value if value.is_finite() else None)
