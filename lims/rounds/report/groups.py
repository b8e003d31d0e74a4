"""On sheet 9: customs group and CDC group side by side, the bias between them, its test of equivalence, and kappa between the groups."""

from __future__ import annotations

from collections.abc import Sequence

from lims.excel.book import Cell
from lims.excel.look import LABEL, NUMBER
from lims.marks import N_
from lims.rounds.report import terms
from lims.rounds.report.canvas import Canvas, number, pair, text
from lims.rounds.report.numbers import plain_format, score_format
from lims.rounds.report.smallprint import joined_reasons
from lims.rounds.report.wording import MISSING
from lims.statistics.assessment.outcome import EquivalenceTest, Estimate, Figure, GroupComparison, GroupSummary

MEASURE = NUMBER.but(format=plain_format(3))
MEAN_COLUMN = "D"


def write_groups(canvas: Canvas) -> None:
    """One block an item, or one over all core items."""
    words = canvas.words
    canvas.section(N_("Customs group and CDC group"))
    for comparison in canvas.report.score.groups:
        name = (
            words.label(N_("Item %(item)s"), item=comparison.item_number)
            if comparison.item_number is not None
            else words.label(N_("all core items"))
        )
        canvas.head([name, *[words.head(word) for word in (N_("Laboratories"), N_("Results"), *_group_figures(canvas))]])
        rows = [canvas.sheet.fitted_row(_group_row(canvas, group)) for group in (comparison.customs, comparison.cdc)]
        if canvas.report.plan.kind == "quantitative":
            _bias(canvas, comparison, rows)
            _equivalence(canvas, comparison.equivalence)
        else:
            _kappa(canvas, comparison.kappa)
        if comparison.warnings:
            canvas.note(joined_reasons(words, comparison.warnings))


def _group_figures(canvas: Canvas) -> tuple[str, ...]:
    return (N_("Share correct"),) if canvas.report.plan.kind == "qualitative" else (N_("Mean"), N_("SD"))


def _group_row(canvas: Canvas, group: GroupSummary) -> list[Cell | None]:
    words = canvas.words
    figures: tuple[Figure | Estimate, ...] = (group.correct_rate,) if canvas.report.plan.kind == "qualitative" else (group.mean, group.sd)
    reasons = [figure.reason for figure in figures if figure.value is None and figure.reason is not None]
    return [
        Cell(words.label(terms.SIDES[group.side]), LABEL),
        Cell(group.n_laboratories, NUMBER),
        Cell(group.n_results, NUMBER),
        *[number(figure.value, MEASURE) for figure in figures],
        *[None] * (canvas.columns - 4 - len(figures)),
        text(joined_reasons(words, reasons) or MISSING),
    ]


def _line(canvas: Canvas, heads: Sequence[str], label: str, cells: Sequence[Cell], said: str) -> None:
    """A head and one row: label, cells, and a text in the last column."""
    words = canvas.words
    canvas.head([words.head(word) for word in heads])
    gap: list[Cell | None] = [None] * (canvas.columns - len(cells) - 2)
    canvas.sheet.fitted_row([Cell(words.label(label), LABEL), *cells, *gap, text(said or MISSING)])


def _note(canvas: Canvas, estimate: Estimate) -> str:
    method = terms.INTERVALS.get(estimate.method, "")
    return canvas.words.reason(estimate.reason) if estimate.reason else canvas.words.label(method) if method else ""


def _bias(canvas: Canvas, comparison: GroupComparison, rows: Sequence[int]) -> None:
    """Customs minus CDC; of one item the difference of the two means above, with its formula."""
    bias = comparison.bias
    look = MEASURE.but(format=score_format(bias.value))
    is_of_means = comparison.customs.mean.value is not None and comparison.cdc.mean.value is not None
    value = [number(bias.value, look), Cell(None, NUMBER)]
    if is_of_means:
        value = pair(bias.value, f"={MEAN_COLUMN}{rows[0]}-{MEAN_COLUMN}{rows[1]}", look)
    limits = [number(limit, MEASURE.but(format=score_format(limit))) for limit in (bias.low, bias.high)]
    heads = (N_("Difference of the groups"), N_("Value"), "ƒ", N_("95 % CI from"), N_("95 % CI to"))
    _line(canvas, heads, N_("customs minus CDC"), [*value, *limits], _note(canvas, bias))


def _equivalence(canvas: Canvas, test: EquivalenceTest) -> None:
    """Two one-sided tests at 5 % against the limit of the protocol."""
    words = canvas.words
    cells = [number(test.limit), *[number(limit, MEASURE.but(format=score_format(limit))) for limit in (test.low, test.high)]]
    cells.append(number(test.p, NUMBER.but(format="0.0000")))
    said = words.label(terms.EQUIVALENCE[test.verdict]) if test.reason is None else words.reason(test.reason)
    heads = (N_("Test of equivalence (two one-sided tests)"), N_("Limit ±"), N_("90 % CI from"), N_("90 % CI to"), "p")
    _line(canvas, heads, N_("difference within the limit"), cells, said)


def _kappa(canvas: Canvas, kappa: Estimate) -> None:
    """Agreement between the two groups over the items, each group with all its laboratories."""
    cells = [number(value, MEASURE) for value in (kappa.value, kappa.low, kappa.high)]
    heads = (N_("Kappa between the groups"), N_("Value"), N_("95 % CI from"), N_("95 % CI to"))
    _line(canvas, heads, N_("kappa of the groups, over the items"), cells, _note(canvas, kappa))
