"""Sheet 7: sorted scores with their limits, reported values, results by item; each chart above its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from lims.excel.charts import AMBER, CRIMSON, GREY, TEAL, Frame
from lims.excel.look import BRAND, INK, NUMBER, formatted
from lims.marks import N_
from lims.rounds.report import terms
from lims.rounds.report.canvas import Canvas, Desk
from lims.rounds.report.crowds import draw_histogram, drawn_statistic, write_heat_map
from lims.rounds.report.drawing import Column, draw, limit_columns, verdict_columns
from lims.rounds.report.numbers import LIMITS, decimals_of, plain_format, score_format
from lims.rounds.report.smallprint import small_number_note
from lims.rounds.report.wording import MISSING
from lims.statistics.assessment.outcome import ItemScore, ItemStatistics, Statistic

WIDTHS = (14, *[11] * 11)
OTHER_CHARTS = N_("Bland-Altman and trend charts need split samples or earlier rounds; they are not part of this round.")
LABORATORY = N_("laboratory (code)")
CATEGORY_COLOURS = {
    "correct": TEAL,
    "false_positive": CRIMSON,
    "false_negative": "E07A8E",
    "indeterminate": AMBER,
    "invalid": GREY,
    "not_tested": "C9CCD1",
}


@dataclass(frozen=True)
class Axis:
    """The range of a score chart: wide enough for all limits; what lies beyond is drawn at the edge and named in words."""

    limits: tuple[float, ...]
    bound: float
    step: float

    def clipped(self, value: float) -> float:
        """The value, or the edge it would pass."""
        return max(-self.bound, min(self.bound, value))


def write_charts(desk: Desk) -> None:
    """Sheet 7."""
    canvas = desk.sheet("charts", WIDTHS, landscape=True)
    canvas.note(small_number_note(canvas))
    canvas.say(OTHER_CHARTS)
    if desk.report.plan.kind == "qualitative":
        _draw_categories(canvas)
        _draw_percent_scores(canvas)
        return
    for item in desk.report.score.items:
        scores = [one for one in desk.report.score.scores if one.item_number == item.item_number]
        _draw_scores(canvas, item, scores)
        _draw_values(canvas, item, scores)
        draw_histogram(canvas, item, scores)
    write_heat_map(canvas)


def axis_of(statistic: Statistic, values: Sequence[float]) -> Axis:
    """-4 to 4 for z, z' and zeta, -2 to 2 for En, -200 to 200 for PA; up to twice as wide where a score needs it."""
    limits = LIMITS[statistic]
    base = limits[-1] + limits[0] if len(limits) == 1 else 4.0
    most = max(map(abs, values), default=0.0)
    step = 100.0 if statistic == "pa" else 1.0
    return Axis(limits, base if most <= base else min(ceil(most / step) * step, 2 * base), step)


def _draw_scores(canvas: Canvas, item: ItemStatistics, scores: Sequence[ItemScore]) -> None:
    statistic = drawn_statistic(item, scores)
    if statistic is None:
        return
    words, name = canvas.words, terms.STATISTICS[statistic]
    found = [(getattr(one, statistic).value, one) for one in scores if getattr(one, statistic).value is not None]
    found.sort(key=lambda pair: (pair[0], pair[1].participant_code))
    values = [value for value, _ in found]
    axis = axis_of(statistic, values)
    title = words.head(N_("Item %(item)s: %(score)s by laboratory, sorted, n = %(n)s"), item=item.item_number, score=name, n=len(found))
    columns = [
        Column(name, values, [formatted(NUMBER, score_format(value, axis.limits)) for value in values]),
        *verdict_columns(canvas, [one.verdict for _, one in found], [axis.clipped(value) for value in values]),
        *limit_columns(canvas, axis.limits, len(found)),
    ]
    frame = Frame(title, words.label(LABORATORY), name, -axis.bound, axis.bound, axis.step, '+0;"−"0;0')
    draw(canvas, frame, words.head(N_("Code")), [one.participant_code for _, one in found], columns, _beyond(canvas, axis, found))


def _beyond(canvas: Canvas, axis: Axis, found: Sequence[tuple[float, ItemScore]]) -> str:
    """The scores that the axis cannot hold, in words: a finding must not depend on the size of a picture."""
    beyond = [f"{one.participant_code} {value:+.2f}".replace("-", "−") for value, one in found if abs(value) > axis.bound]
    if not beyond:
        return canvas.words.label(N_("All scores lie on the axis."))
    return canvas.words.label(N_("Beyond the axis, drawn at its edge: %(list)s"), list=", ".join(beyond))


def _draw_values(canvas: Canvas, item: ItemStatistics, scores: Sequence[ItemScore]) -> None:
    """Reported values in ascending order with the assigned value and the acceptance range."""
    valued = sorted(((one.value, one) for one in scores if one.value is not None), key=lambda pair: (pair[0], pair[1].participant_code))
    found = [(value, one) for value, one in valued if one.relation == "="]
    if not found:
        return
    words, unit = canvas.words, canvas.report.protocol.unit_text or canvas.report.plan.unit
    decimals = decimals_of([one.value_text or "" for _, one in found])
    look = NUMBER.but(format=plain_format(decimals))
    columns = [Column(words.head(N_("Reported value")), [value for value, _ in found], look, BRAND, "circle")]
    if item.x_pt.value is not None:
        columns.append(Column(words.head(N_("assigned value")), [item.x_pt.value] * len(found), look, INK, line="solid"))
    for word, limit in ((N_("lower limit"), item.lower_limit.value), (N_("upper limit"), item.upper_limit.value)):
        if limit is not None:
            columns.append(Column(words.head(word), [limit] * len(found), look, AMBER, line="dash"))
    low, high = _range([value for column in columns for value in column.values if value is not None], decimals)
    title = words.head(N_("Item %(item)s: reported values, sorted, n = %(n)s"), item=item.item_number, n=len(found))
    censored = [f"{one.participant_code} {one.relation} {one.value_text}" for _, one in valued if one.relation != "="]
    frame = Frame(title, words.label(LABORATORY), f"{canvas.report.plan.measurand}, {unit}", low, high, None, look.format)
    note = words.label(N_("Censored values, not drawn: %(list)s"), list=", ".join(censored) or MISSING)
    draw(canvas, frame, words.head(N_("Code")), [one.participant_code for _, one in found], columns, note)


def _range(values: Sequence[float], decimals: int) -> tuple[float, float]:
    """The axis around the values with a little room, on a digit that people report."""
    room = (max(values) - min(values)) * 0.08 or abs(max(values)) * 0.05 or 1.0
    return round(min(values) - room, decimals), round(max(values) + room, decimals)


def _draw_categories(canvas: Canvas) -> None:
    """How many laboratories were right, and how the others were wrong, item by item."""
    words, score = canvas.words, canvas.report.score
    counts = Counter((one.item_number, one.category) for one in score.scores)
    columns = [
        Column(words.head(terms.CATEGORIES[name]), values, NUMBER, colour, bar=True)
        for name, colour in CATEGORY_COLOURS.items()
        if any(values := [counts[item.item_number, name] for item in score.items])  # type: ignore[index]
    ]
    if not columns:
        return
    title = words.head(N_("Results by item: number of laboratories, n = %(n)s"), n=score.n_scored)
    frame = Frame(title, words.label(N_("item and expected result")), words.label(N_("laboratories")), 0, None, None, "0")
    draw(canvas, frame, words.head(N_("Item")), [f"{item.item_number} {item.expected_code or ''}".strip() for item in score.items], columns)


def _draw_percent_scores(canvas: Canvas) -> None:
    words, threshold = canvas.words, float(canvas.report.plan.percent_score_threshold)
    found = [(one.percent_score.value, one) for one in canvas.report.score.overall if one.percent_score.value is not None]
    found.sort(key=lambda pair: (pair[0], pair[1].participant_code))
    if not found:
        return
    columns = verdict_columns(canvas, [one.verdict for _, one in found], [value for value, _ in found])
    columns.append(Column(words.head(N_("Threshold")), [threshold] * len(found), NUMBER, INK, line="dash"))
    title = words.head(N_("Percent score by laboratory, sorted, n = %(n)s"), n=len(found))
    frame = Frame(title, words.label(LABORATORY), "%", 0, 105, 20, "0")
    draw(canvas, frame, words.head(N_("Code")), [one.participant_code for _, one in found], columns)
