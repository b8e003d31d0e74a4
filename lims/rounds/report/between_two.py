"""Two laboratories without a reference value: the scores between the two, on the statistics sheet."""

from __future__ import annotations

from collections.abc import Mapping

from lims.excel.book import Cell
from lims.excel.look import NUMBER
from lims.marks import N_
from lims.rounds.report import formulas, terms
from lims.rounds.report.canvas import Canvas, code, score_pair
from lims.rounds.report.columns import Columns
from lims.rounds.report.numbers import LIMITS
from lims.rounds.scoring.verdict_words import word_of
from lims.statistics.assessment.outcome import PairScore

RECOMPUTED = "ƒ"
NAMES = ("d", "d_percent", "zeta", "en")


def write_pair_scores(canvas: Canvas, columns: Columns, rows: Mapping[tuple[str, int], int]) -> None:
    """One row per item: first minus second laboratory, by code; D % is in percent of the second."""
    words, pairs = canvas.words, canvas.report.score.pairs
    names = [name for name in NAMES if any(getattr(one, name).value is not None for one in pairs)]
    canvas.section(N_("Between the two laboratories"))
    heads = [words.head(word) for word in (N_("Item"), N_("First laboratory"), N_("Second laboratory"))]
    for name in names:
        heads += [terms.STATISTICS[name], RECOMPUTED]
    canvas.head([*heads, words.head(N_("Verdict"))])
    for one in pairs:
        sign = terms.VERDICTS[one.verdict]
        at = _cells(columns, rows[(one.first, one.item_number)], rows[(one.second, one.item_number)])
        canvas.sheet.row(
            [Cell(one.item_number, NUMBER), code(one.first), code(one.second), *_scores(one, names, at), Cell(sign.letter, sign.look)]
        )
        canvas.sheet.paragraph("\n".join([_verdict(canvas, one), *(words.reason(reason) for reason in one.reasons)]))


def _cells(columns: Columns, first: int, second: int) -> dict[str, str]:
    """The second laboratory stands where the assigned value stands in the other scores."""
    at = {"x": f"{columns.letter('x')}{first}", "x_pt": f"{columns.letter('x')}{second}"}
    if columns.has("u"):
        at |= {"u": f"{columns.letter('u')}{first}", "u_x_pt": f"{columns.letter('u')}{second}"}
        at |= {"expanded_u": f"{columns.letter('expanded_u')}{first}", "expanded_u_x_pt": f"{columns.letter('expanded_u')}{second}"}
    return at


def _scores(one: PairScore, names: list[str], at: Mapping[str, str]) -> list[Cell]:
    cells: list[Cell] = []
    for name in names:
        value = getattr(one, name).value
        cells += score_pair(value, "" if value is None else formulas.score(name, at), LIMITS.get(name, ()))
    return cells


def _verdict(canvas: Canvas, one: PairScore) -> str:
    """The verdict's word: acceptable where the allowed difference decided, satisfactory where En did."""
    sign = terms.VERDICTS[one.verdict]
    return f"{sign.letter} {canvas.words.label(word_of(one.verdict, 'pa' if one.en.value is None else 'en'))}"
