"""Sheet 8: native charts above the numbers they draw: detection limit with its band, regression, Bland-Altman, ROC."""

from __future__ import annotations

from collections.abc import Sequence

from lims.excel.book import Cell
from lims.excel.charts import AMBER, CRIMSON, GREY, TEAL, Cells, Frame, Series, scatter_chart
from lims.excel.look import INK, NUMBER
from lims.marks import N_
from lims.rounds.report.canvas import HEADER_ROWS, Paper
from lims.validation.analysis.outcome import Curve, Result, StudyAnalysis
from lims.validation.report.desk import StudyDesk

CHART_ROWS, ROW_HEIGHT = 22, 15.0
SHOWN = NUMBER.but(format="0.0###")
LOWER, UPPER = N_("lower limit"), N_("upper limit")


def write_charts(desk: StudyDesk) -> None:
    """Sheet 8."""
    paper, drawn = desk.sheet("charts", tuple([14] * 9), landscape=True), 0
    for part, found in zip(desk.report.parts, desk.analyses, strict=True):
        curves = {one.name: one for one in found.curves}
        if "lod" in curves:
            drawn += _detection(paper, part.name, curves["lod"], found)
        if "pairs" in curves:
            drawn += _regression(paper, part.name, curves["pairs"], curves.get("regression"))
        if "differences" in curves:
            drawn += _differences(paper, part.name, curves["differences"], found)
        if "roc" in curves:
            drawn += _roc(paper, part.name, curves["roc"])
    if not drawn:
        paper.sheet.blank()
        paper.note(desk.words.say(N_("This study has no curve to draw; the two-way tables carry their own charts.")))


def _detection(paper: Paper, name: str, curve: Curve, found: StudyAnalysis) -> int:
    """The fitted curve with its band, and the observed hit rates."""
    rates = [
        one for one in found.results if one.characteristic == "hit_rate" and not one.stratum and one.level and one.estimate is not None
    ]
    words, top = paper.words, _room(paper, name)
    lines = _columns(paper, (N_("Level"), N_("fitted"), LOWER, UPPER), (curve.x, curve.y, curve.lower, curve.upper))
    points = _columns(
        paper, (N_("Level"), N_("hit rate")), ([float(one.level) for one in rates if one.level], [one.estimate or 0.0 for one in rates])
    )
    series = [
        (Series(words.label(N_("fitted")), lines[1], TEAL, line="solid"), lines[0]),
        (Series(words.label(LOWER), lines[2], GREY, line="dash"), lines[0]),
        (Series(words.label(UPPER), lines[3], GREY, line="dash"), lines[0]),
        (Series(words.label(N_("hit rate")), points[1], CRIMSON, "circle"), points[0]),
    ]
    frame = Frame(words.label(N_("Probability of detection with its confidence band")), words.label(N_("Level")), "P", 0, 1, 0.1, "0.0")
    paper.sheet.chart(scatter_chart(frame, series, log_x=True), f"A{top}")
    return 1


def _regression(paper: Paper, name: str, pairs: Curve, line: Curve | None) -> int:
    words, top = paper.words, _room(paper, name)
    points = _columns(paper, ("x", "y"), (pairs.x, pairs.y))
    series = [(Series(words.label(N_("results")), points[1], TEAL, "circle"), points[0])]
    if line is not None:
        ends = _columns(paper, ("x", N_("line")), (line.x, line.y))
        series.append((Series(words.label(N_("line")), ends[1], INK, line="solid"), ends[0]))
    frame = Frame(words.label(N_("Results and fitted line")), "x", "y")
    paper.sheet.chart(scatter_chart(frame, series), f"A{top}")
    return 1


def _differences(paper: Paper, name: str, curve: Curve, found: StudyAnalysis) -> int:
    """Bland and Altman's plot: differences over means, bias and limits of agreement as lines."""
    words, top = paper.words, _room(paper, name)
    points = _columns(paper, (N_("Mean of both"), N_("Difference")), (curve.x, curve.y))
    series = [(Series(words.label(N_("Difference")), points[1], TEAL, "circle"), points[0])]
    ends = (min(curve.x), max(curve.x))
    for code, word, colour in (("bias", N_("mean difference"), INK), ("loa_lower", N_("lower limit of agreement"), AMBER),
                               ("loa_upper", N_("upper limit of agreement"), AMBER)):  # fmt: skip
        one = _whole(found, code)
        if one is not None and one.estimate is not None:
            cells = _columns(paper, (N_("Mean of both"), word), (ends, (one.estimate, one.estimate)))
            series.append((Series(words.label(word), cells[1], colour, line="solid" if code == "bias" else "dash"), cells[0]))
    frame = Frame(words.label(N_("Differences over means (Bland-Altman)")), words.label(N_("Mean of both")), words.label(N_("Difference")))
    paper.sheet.chart(scatter_chart(frame, series), f"A{top}")
    return 1


def _roc(paper: Paper, name: str, curve: Curve) -> int:
    words, top = paper.words, _room(paper, name)
    points = _columns(paper, (N_("false positive rate"), N_("sensitivity")), (curve.x, curve.y))
    frame = Frame(words.label(N_("ROC curve")), words.label(N_("false positive rate")), words.label(N_("sensitivity")), 0, 1, 0.2, "0.0")
    paper.sheet.chart(scatter_chart(frame, [(Series("ROC", points[1], TEAL, "circle", "solid"), points[0])]), f"A{top}")
    return 1


def _whole(found: StudyAnalysis, code: str) -> Result | None:
    return next((one for one in found.results if one.characteristic == code and not one.stratum), None)


def _room(paper: Paper, name: str) -> int:
    """A heading and the rows that the chart lies over; gives the first of them."""
    if paper.sheet.count > HEADER_ROWS:
        paper.sheet.page_break()
    paper.section(N_("Chart: %(design)s"), design=name)
    top = paper.sheet.count + 1
    for _ in range(CHART_ROWS):
        paper.sheet.row((), ROW_HEIGHT)
    return top


def _columns(paper: Paper, heads: Sequence[str], columns: Sequence[Sequence[float]]) -> list[Cells]:
    """A table of numbers; gives the cells of each column."""
    first = paper.head(paper.words.head(word) for word in heads) + 1
    for row in zip(*columns, strict=True):
        paper.sheet.row([Cell(value, SHOWN) for value in row])
    return [Cells(paper.sheet.title, column, first, paper.sheet.count) for column in range(1, len(columns) + 1)]
