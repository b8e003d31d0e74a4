"""All laboratories at once: a histogram of each item's results, and a map of all scores coloured by their limits."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

from lims.excel.book import Cell, column_letter
from lims.excel.charts import Frame
from lims.excel.look import BRAND, NUMBER, formatted
from lims.marks import N_
from lims.rounds.report import terms
from lims.rounds.report.canvas import Canvas, code
from lims.rounds.report.drawing import Column, draw
from lims.rounds.report.numbers import LIMITS, decimals_of, score_format
from lims.rounds.report.wording import MISSING
from lims.statistics.assessment.outcome import ItemScore, ItemStatistics, Statistic

SCORE_ORDER: tuple[Statistic, ...] = ("z", "z_prime", "zeta", "en", "pa")
FEWEST_BARS, MOST_BARS, ITEMS_BESIDE = 5, 12, 11


def drawn_statistic(item: ItemStatistics, scores: Sequence[ItemScore]) -> Statistic | None:
    """The deciding score of the item, or the first one that anybody has."""
    order = (item.chosen, *SCORE_ORDER) if item.chosen in SCORE_ORDER else SCORE_ORDER
    return next((name for name in order if name is not None and any(getattr(one, name).value is not None for one in scores)), None)


def draw_histogram(canvas: Canvas, item: ItemStatistics, scores: Sequence[ItemScore]) -> None:
    """How often which values were reported; from as many results as a median is shown for."""
    found = [one for one in scores if one.value is not None and one.relation == "="]
    values = [one.value for one in found if one.value is not None]
    if len(values) < canvas.report.plan.small_numbers.informative_from or max(values) == min(values):
        return
    words, decimals = canvas.words, decimals_of([one.value_text or "" for one in found])
    labels, counts = bars(values, decimals)
    title = words.head(N_("Item %(item)s: histogram of reported values, n = %(n)s"), item=item.item_number, n=len(values))
    unit = canvas.report.protocol.unit_text or canvas.report.plan.unit
    frame = Frame(title, f"{canvas.report.plan.measurand}, {unit}", words.label(N_("laboratories")), 0, None, None, "0")
    column = Column(words.head(N_("Number of results")), counts, NUMBER, BRAND, bar=True)
    draw(canvas, frame, words.head(N_("Range")), labels, [column], words.label(N_("A value on a border counts in the upper range.")))


def bars(values: Sequence[float], decimals: int) -> tuple[list[str], list[int]]:
    """Ranges of equal width over all values, about as many as the root of their number, and how many values lie in each."""
    low, high = min(values), max(values)
    number = min(max(ceil(sqrt(len(values))), FEWEST_BARS), MOST_BARS)
    width = (high - low) / number
    counts = [0] * number
    for value in values:
        counts[min(int((value - low) / width), number - 1)] += 1
    edges = [f"{low + place * width:.{decimals + 1}f}" for place in range(number + 1)]
    return [f"{first} – {last}" for first, last in zip(edges, edges[1:], strict=False)], counts


def write_heat_map(canvas: Canvas) -> None:
    """Laboratories and items with the score that decides, or the first that anybody has; colours follow the cell's number."""
    score = canvas.report.score
    by_item = {item.item_number: [one for one in score.scores if one.item_number == item.item_number] for item in score.items}
    drawn = [(item, drawn_statistic(item, by_item[item.item_number])) for item in score.items]
    shown = [(item, statistic) for item, statistic in drawn if statistic is not None]
    for place in range(0, len(shown), ITEMS_BESIDE):
        _write_part(canvas, shown[place : place + ITEMS_BESIDE])


def _write_part(canvas: Canvas, columns: Sequence[tuple[ItemStatistics, Statistic]]) -> None:
    words, sheet, score = canvas.words, canvas.sheet, canvas.report.score
    sheet.page_break()
    canvas.section(N_("Map of the scores"))
    heads = [words.head(N_("Item %(item)s"), item=item.item_number) + f"\n{terms.STATISTICS[name]}" for item, name in columns]
    first = canvas.head([words.head(N_("Code")), *heads]) + 1
    found = {(one.participant_code, one.item_number): one for one in score.scores}
    for one in score.overall:
        cells = [_cell(found.get((one.participant_code, item.item_number)), name) for item, name in columns]
        sheet.row([code(one.participant_code), *cells])
    for place, (_item, name) in enumerate(columns, 2):
        _colour(canvas, column_letter(place), first, LIMITS[name])
    canvas.say(N_("Colours follow the number in the cell: beyond the action limit, beyond the warning limit, within."))


def _cell(one: ItemScore | None, name: Statistic) -> Cell:
    value = None if one is None else getattr(one, name).value
    return Cell(MISSING if value is None else value, formatted(NUMBER, score_format(value, LIMITS[name])))


def _colour(canvas: Canvas, letter: str, first: int, limits: Sequence[float]) -> None:
    """Action from the outermost limit on (En and PA: beyond it), warning beyond the inner one, else within."""
    cells, top = f"{letter}{first}:{letter}{canvas.sheet.count}", f"{letter}{first}"
    beyond = ">=" if len(limits) > 1 else ">"
    rules = [("action", f"AND(ISNUMBER({top}),ABS({top}){beyond}{limits[-1]:g})")]
    if len(limits) > 1:
        rules.append(("warning", f"AND(ISNUMBER({top}),ABS({top})>{limits[0]:g})"))
    rules.append(("acceptable", f"ISNUMBER({top})"))
    for verdict, formula in rules:
        sign = terms.VERDICTS[verdict]
        canvas.sheet.colour(cells, formula, sign.ink, sign.fill or "FFFFFF")
