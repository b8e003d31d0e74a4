"""Sheet 6 of a qualitative round: points of every participant with their formulas, and how hard each item was."""

from __future__ import annotations

from lims.excel.book import Cell, column_letter
from lims.excel.look import META, NUMBER
from lims.marks import N_
from lims.rounds.report import terms
from lims.rounds.report.canvas import Canvas, Desk, code, number, pair, text
from lims.rounds.report.numbers import decimals_to_show, plain_format
from lims.rounds.report.wording import MISSING
from lims.statistics.assessment.outcome import ItemStatistics, Overall, Tally

RECOMPUTED = "ƒ"
FORMULAS = N_("A column headed ƒ holds live formulas: each recomputes the number at its left from the other cells.")
TALLY = ("correct", "false_positive", "false_negative", "indeterminate", "invalid", "not_tested")
CALLED = ("correct", "false_positive", "false_negative", "indeterminate")
FIRST_ITEM = 3


def write_categories(desk: Desk) -> None:
    """Sheet 6."""
    items = [item.item_number for item in desk.report.score.items]
    canvas = desk.sheet("statistics", [12, 22, *[9] * len(items), *[11] * (6 + len(TALLY) + 1)], landscape=True)
    canvas.say(FORMULAS)
    _write_points(canvas, items)
    canvas.sheet.blank()
    _write_difficulty(canvas)


def _write_points(canvas: Canvas, items: list[int]) -> None:
    words, score = canvas.words, canvas.report.score
    heads = [words.head(N_("Code")), words.head(N_("State")), *[words.head(N_("Item %(item)s"), item=item) for item in items]]
    heads += [words.head(word) for word in (N_("Points"), RECOMPUTED, N_("Possible"), N_("Percent score"), RECOMPUTED)]
    heads += [words.head(terms.CATEGORIES[name]) for name in TALLY] + [words.head(word) for word in (N_("Total"), RECOMPUTED)]
    canvas.head(heads)
    canvas.repeat_head(canvas.sheet.count, len(score.overall))
    points = {(one.participant_code, one.item_number): one for one in score.scores}
    for overall in score.overall:
        row = canvas.sheet.count + 1
        one_by_one = [points.get((overall.participant_code, item)) for item in items]
        cells = [number(None if one is None else one.points, NUMBER.but(format="General")) for one in one_by_one]
        canvas.sheet.row(
            [
                code(overall.participant_code),
                text(words.label(terms.PARTICIPANT_STATES[overall.state])),
                *cells,
                *_percent(canvas, overall, row, len(items)),
                *_tally(overall.tally, row, FIRST_ITEM + len(items) + 5),
            ]
        )
    canvas.sheet.paragraph(
        words.say(
            N_("Points of core items only enter the score; a dash is left out of it. Percent score = 100 x points / possible points.")
        ),
        META,
    )


def _percent(canvas: Canvas, overall: Overall, row: int, n_items: int) -> list[Cell]:
    """Points, their sum as a formula, possible points, percent score, and its formula."""
    first, after = column_letter(FIRST_ITEM), FIRST_ITEM + n_items
    last, summed, possible = column_letter(after - 1), column_letter(after + 1), column_letter(after + 2)
    threshold = float(canvas.report.plan.percent_score_threshold)
    value = overall.percent_score.value
    look = NUMBER.but(format="0" if value is None else plain_format(decimals_to_show(value, (threshold,), 1)))
    look_points = NUMBER.but(format="General")
    return [
        *pair(overall.points, f"=SUM({first}{row}:{last}{row})", look_points),
        number(overall.points_possible, look_points),
        *pair(value, f"=100*{summed}{row}/{possible}{row}", look),
    ]


def _tally(tally: Tally | None, row: int, column: int) -> list[Cell]:
    """The six counts and their total, with a formula for the total."""
    if tally is None:
        return [number(None)] * (len(TALLY) + 2)
    counts = f"{column_letter(column)}{row}:{column_letter(column + len(TALLY) - 1)}{row}"
    return [*[number(getattr(tally, name)) for name in TALLY], *pair(tally.total, f"=SUM({counts})")]


def _write_difficulty(canvas: Canvas) -> None:
    words = canvas.words
    canvas.head(
        [
            words.head(word)
            for word in (
                N_("Item"),
                N_("Expected result or level"),
                N_("Reported"),
                N_("Valid"),
                N_("Correct"),
                N_("Calls"),
                N_("Share correct"),
                RECOMPUTED,
                N_("95 % CI from"),
                N_("95 % CI to"),
                N_("Results"),
            )
        ]
    )
    for item in canvas.report.score.items:
        canvas.sheet.row(_difficulty_row(canvas, item, canvas.sheet.count + 1))
    canvas.sheet.paragraph(words.say(N_("Calls and their correct ones are counted without the organiser's own results.")), META)


def _difficulty_row(canvas: Canvas, item: ItemStatistics, row: int) -> list[Cell]:
    """How many laboratories called the item right; counted as in the score run, without the organiser."""
    words, rate, look = canvas.words, item.correct_rate, NUMBER.but(format=plain_format(3))
    mine = [one.category for one in canvas.report.score.scores if one.item_number == item.item_number and "organiser" not in one.marks]
    calls = [category for category in mine if category in CALLED]
    expected = terms.RESULT_CODES.get(item.expected_code or "", item.expected_code or MISSING)
    counts = ", ".join(f"{one.code} {one.count}" for one in item.code_counts)
    note = counts if rate.reason is None else f"{counts}  {words.reason(rate.reason)}"
    return [
        Cell(item.item_number, NUMBER),
        text(words.label(expected)),
        Cell(item.n_reported, NUMBER),
        Cell(item.n_valid, NUMBER),
        Cell(calls.count("correct"), NUMBER),
        Cell(len(calls), NUMBER),
        *pair(rate.value, f"=E{row}/F{row}", look),
        number(rate.low, look),
        number(rate.high, look),
        Cell(note.strip() or MISSING, META.but(wrap=False)),
    ]
