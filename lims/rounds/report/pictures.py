"""Sheet 7: native charts with the data they draw below them: sorted scores with their limits, results by item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from lims.excel.book import Cell
from lims.excel.charts import AMBER, CRIMSON, GREY, TEAL, Cells, Frame, Series, bar_chart, line_chart
from lims.excel.look import BRAND, INK, META, NUMBER
from lims.marks import N_
from lims.rounds.report import terms
from lims.rounds.report.canvas import Canvas, Desk, code, number
from lims.rounds.report.numbers import LIMITS, decimals_of, plain_format, score_format
from lims.rounds.report.wording import MISSING
from lims.rounds.scoring.outcome import ItemScore, ItemStatistics, Statistic

CHART_ROWS = 22
ROW_HEIGHT = 15.0
WIDTHS = (14, *[11] * 11)
SCORE_ORDER: tuple[Statistic, ...] = ("z", "z_prime", "zeta", "en", "pa")
OTHER_CHARTS = N_("Bland-Altman and trend charts need split samples or earlier rounds; they are not part of this round.")


@dataclass(frozen=True)
class Axis:
    """The range of a score chart: wide enough for all limits; what lies beyond is drawn at the edge and named in words."""

    limits: tuple[float, ...]
    bound: float

    def clipped(self, value: float) -> float:
        """The value, or the edge it would pass."""
        return max(-self.bound, min(self.bound, value))


def write_charts(desk: Desk) -> None:
    """Sheet 7."""
    canvas = desk.sheet("charts", WIDTHS, landscape=True)
    canvas.say(OTHER_CHARTS)
    items = desk.report.score.items
    if desk.report.plan.kind == "qualitative":
        _write_categories(canvas, items)
        _write_percent_scores(canvas)
        return
    for item in items:
        scores = [one for one in desk.report.score.scores if one.item_number == item.item_number]
        _write_scores(canvas, item, scores)
        _write_values(canvas, item, scores)


def drawn_statistic(item: ItemStatistics, scores: Sequence[ItemScore]) -> Statistic | None:
    """The deciding score of the item, or the first one that anybody has."""
    order = (item.chosen, *SCORE_ORDER) if item.chosen in SCORE_ORDER else SCORE_ORDER
    return next((name for name in order if name is not None and any(getattr(one, name).value is not None for one in scores)), None)


def _axis(statistic: Statistic, values: Sequence[float]) -> Axis:
    limits = LIMITS[statistic]
    base, most = limits[-1] * 4 / 3 if limits[-1] > 1 else 2.0, max(map(abs, values), default=0.0)
    return Axis(limits, base if most <= base else min(ceil(most / limits[0]) * limits[0], 2 * base))


def _write_scores(canvas: Canvas, item: ItemStatistics, scores: Sequence[ItemScore]) -> None:
    statistic = drawn_statistic(item, scores)
    if statistic is None:
        return
    found = sorted(
        ((getattr(one, statistic).value, one) for one in scores if getattr(one, statistic).value is not None),
        key=lambda pair: (pair[0], pair[1].participant_code),
    )
    axis, words, name = _axis(statistic, [value for value, _ in found]), canvas.words, terms.STATISTICS[statistic]
    title = words.say(
        N_("Item %(item)s: %(score)s by laboratory, sorted, n = %(n)s"), " / ", item=item.item_number, score=name, n=len(found)
    )
    _chart_place(canvas, title)
    _beyond(canvas, axis, found)
    verdicts = list(terms.VERDICTS)[:4]
    marks = [verdict for verdict in verdicts if any(one.verdict == verdict for _, one in found)]
    limits = sorted({sign * limit for limit in axis.limits for sign in (1, -1)})
    first = (
        canvas.head(
            [
                words.head(N_("Code")),
                name,
                *[_verdict_words(canvas, mark) for mark in marks],
                *[f"{limit:+g}".replace("-", "−") for limit in limits],
            ]
        )
        + 1
    )
    look = NUMBER.but(format=score_format(None))
    for value, one in found:
        canvas.sheet.row(
            [
                code(one.participant_code),
                number(value, NUMBER.but(format=score_format(value, axis.limits))),
                *[Cell(axis.clipped(value) if one.verdict == mark else None, look) for mark in marks],
                *[Cell(limit, look) for limit in limits],
            ]
        )
    _score_chart(canvas, title, name, axis, marks, limits, first)


def _score_chart(canvas: Canvas, title: str, name: str, axis: Axis, marks: list[str], limits: list[float], first: int) -> None:
    last, sheet = canvas.sheet.count, canvas.sheet.title
    style = {"acceptable": (TEAL, "circle"), "warning": (AMBER, "triangle"), "action": (CRIMSON, "square"), "not_evaluated": (GREY, "dash")}
    series = [
        Series(_verdict_words(canvas, mark), Cells(sheet, 3 + k, first, last), style[mark][0], style[mark][1], None, True)  # type: ignore[arg-type]
        for k, mark in enumerate(marks)
    ]
    for k, limit in enumerate(limits):
        is_action = abs(limit) == axis.limits[-1]
        word = canvas.words.label(N_("action limit") if is_action else N_("warning limit"))
        series.append(
            Series(
                f"{word} {limit:+g}".replace("-", "−"),
                Cells(sheet, 3 + len(marks) + k, first, last),
                CRIMSON if is_action else AMBER,
                None,
                "solid" if is_action else "dash",
            )
        )
    frame = Frame(
        title,
        canvas.words.label(N_("laboratory (code)")),
        name,
        -axis.bound,
        axis.bound,
        axis.limits[0] if axis.bound > 4 else 1.0,
        '+0;"−"0;0',
    )
    canvas.sheet.chart(line_chart(frame, Cells(sheet, 1, first, last), series), f"A{first - CHART_ROWS - 2}")


def _verdict_words(canvas: Canvas, verdict: str) -> str:
    sign = terms.VERDICTS[verdict]
    return f"{sign.letter} {canvas.words.label(sign.word)}"


def _chart_place(canvas: Canvas, title: str) -> None:
    """A printed page of its own for the chart, and the free rows it covers."""
    canvas.sheet.page_break()
    for _ in range(CHART_ROWS):
        canvas.sheet.row((), ROW_HEIGHT)


def _beyond(canvas: Canvas, axis: Axis, found: Sequence[tuple[float, ItemScore]]) -> None:
    """One row: the scores that the axis cannot hold, in words; a finding must not depend on the size of a picture."""
    beyond = [f"{one.participant_code} {value:+.2f}".replace("-", "−") for value, one in found if abs(value) > axis.bound]
    said = (
        canvas.words.say(N_("Beyond the axis, drawn at its edge: %(list)s"), " / ", list=", ".join(beyond))
        if beyond
        else canvas.words.say(N_("All scores lie on the axis."), " / ")
    )
    canvas.sheet.paragraph(said, META)


def _write_values(canvas: Canvas, item: ItemStatistics, scores: Sequence[ItemScore]) -> None:
    """Reported values in ascending order with the assigned value and the acceptance range."""
    found = sorted(
        (one for one in scores if one.value is not None and one.relation == "="), key=lambda one: (one.value, one.participant_code)
    )
    if not found:
        return
    words, unit = canvas.words, canvas.report.protocol.unit_text or canvas.report.plan.unit
    title = words.say(N_("Item %(item)s: reported values, sorted, n = %(n)s"), " / ", item=item.item_number, n=len(found))
    _chart_place(canvas, title)
    censored = [f"{one.participant_code} {one.relation} {one.value_text}" for one in scores if one.relation != "="]
    canvas.sheet.paragraph(words.say(N_("Censored values, not drawn: %(list)s"), " / ", list=", ".join(censored) or MISSING), META)
    lines = [
        (words.label(word), figure.value, colour, line)
        for word, figure, colour, line in (
            (N_("assigned value"), item.x_pt, INK, "solid"),
            (N_("lower limit"), item.lower_limit, AMBER, "dash"),
            (N_("upper limit"), item.upper_limit, AMBER, "dash"),
        )
        if figure.value is not None
    ]
    first = canvas.head([words.head(N_("Code")), words.head(N_("Reported value")), *[line[0] for line in lines]]) + 1
    look = NUMBER.but(format=plain_format(decimals_of([one.value_text or "" for one in found])))
    for one in found:
        canvas.sheet.row([code(one.participant_code), number(one.value, look), *[Cell(value, NUMBER) for _, value, _, _ in lines]])
    last, sheet = canvas.sheet.count, canvas.sheet.title
    series = [Series(words.label(N_("Reported value")), Cells(sheet, 2, first, last), BRAND, "circle")]
    series += [
        Series(word, Cells(sheet, 3 + k, first, last), colour, None, line)  # type: ignore[arg-type]
        for k, (word, _, colour, line) in enumerate(lines)
    ]
    frame = Frame(title, words.label(N_("laboratory (code)")), f"{canvas.report.plan.measurand}, {unit}", number_format=look.format)
    canvas.sheet.chart(line_chart(frame, Cells(sheet, 1, first, last), series), f"A{first - CHART_ROWS - 2}")


def _write_categories(canvas: Canvas, items: Sequence[ItemStatistics]) -> None:
    """How many laboratories were right, and how the others were wrong, item by item."""
    words, scores = canvas.words, canvas.report.score.scores
    colours = {
        "correct": TEAL,
        "false_positive": CRIMSON,
        "false_negative": "E07A8E",
        "indeterminate": AMBER,
        "invalid": GREY,
        "not_tested": "C9CCD1",
    }
    used = [name for name in colours if any(one.category == name for one in scores)]
    title = words.say(N_("Results by item: number of laboratories, n = %(n)s"), " / ", n=canvas.report.score.n_scored)
    _chart_place(canvas, title)
    canvas.sheet.blank()
    first = canvas.head([words.head(N_("Item")), *[words.head(terms.CATEGORIES[name]) for name in used]]) + 1
    for item in items:
        mine: list[str | None] = [one.category for one in scores if one.item_number == item.item_number]
        canvas.sheet.row([code(f"{item.item_number} {item.expected_code or ''}".strip()), *[number(mine.count(name)) for name in used]])
    last, sheet = canvas.sheet.count, canvas.sheet.title
    series = [Series(words.label(terms.CATEGORIES[name]), Cells(sheet, 2 + k, first, last), colours[name]) for k, name in enumerate(used)]
    frame = Frame(title, words.label(N_("item and expected result")), words.label(N_("laboratories")), low=0, number_format="0")
    canvas.sheet.chart(bar_chart(frame, Cells(sheet, 1, first, last), series), f"A{first - CHART_ROWS - 2}")


def _write_percent_scores(canvas: Canvas) -> None:
    found = sorted(
        ((one.percent_score.value, one) for one in canvas.report.score.overall if one.percent_score.value is not None),
        key=lambda pair: (pair[0], pair[1].participant_code),
    )
    if not found:
        return
    words, threshold = canvas.words, float(canvas.report.plan.percent_score_threshold)
    title = words.say(N_("Percent score by laboratory, sorted, n = %(n)s"), " / ", n=len(found))
    _chart_place(canvas, title)
    canvas.sheet.blank()
    marks = [verdict for verdict in terms.VERDICTS if any(one.verdict == verdict for _, one in found)]
    first = canvas.head([words.head(N_("Code")), *[_verdict_words(canvas, mark) for mark in marks], words.head(N_("Threshold"))]) + 1
    for value, one in found:
        canvas.sheet.row(
            [code(one.participant_code), *[Cell(value if one.verdict == mark else None, NUMBER) for mark in marks], Cell(threshold, NUMBER)]
        )
    last, sheet = canvas.sheet.count, canvas.sheet.title
    style = {"acceptable": (TEAL, "circle"), "warning": (AMBER, "triangle"), "action": (CRIMSON, "square")}
    series = [
        Series(_verdict_words(canvas, mark), Cells(sheet, 2 + k, first, last), *style.get(mark, (GREY, "dash")), None, True)  # type: ignore[arg-type]
        for k, mark in enumerate(marks)
    ]
    series.append(Series(words.label(N_("Threshold")), Cells(sheet, 2 + len(marks), first, last), INK, None, "dash"))
    frame = Frame(title, words.label(N_("laboratory (code)")), "%", 0, 105, 20, "0")
    canvas.sheet.chart(line_chart(frame, Cells(sheet, 1, first, last), series), f"A{first - CHART_ROWS - 2}")
