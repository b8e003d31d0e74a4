"""Two laboratories without a reference value: the scores between the two, on the statistics sheet."""

from __future__ import annotations

from collections.abc import Mapping

from lims.excel.book import Cell
from lims.excel.look import LABEL, NUMBER
from lims.marks import N_
from lims.rounds.report import formulas, terms
from lims.rounds.report.canvas import Canvas, code, pair, score_pair
from lims.rounds.report.columns import Columns
from lims.rounds.report.numbers import LIMITS, plain_format
from lims.rounds.scoring.verdict_words import word_of
from lims.statistics.assessment.outcome import LimitsOfAgreement, PairScore

RECOMPUTED = "ƒ"
SHOWN = NUMBER.but(format=plain_format(3))
LIMITS_MEANING = N_("About 95 % of the differences between the two laboratories on samples of this kind lie between the limits.")
LEVELS_DIFFER = N_("The protocol does not say that the samples lie on one scale: the difference may depend on the level.")
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
    first = canvas.sheet.count + 1
    for one in pairs:
        sign = terms.VERDICTS[one.verdict]
        at = _cells(columns, rows[(one.first, one.item_number)], rows[(one.second, one.item_number)])
        canvas.sheet.row(
            [Cell(one.item_number, NUMBER), code(one.first), code(one.second), *_scores(one, names, at), Cell(sign.letter, sign.look)]
        )
        canvas.sheet.paragraph("\n".join([_verdict(canvas, one), *(words.reason(reason) for reason in one.reasons)]))


    if canvas.report.score.limits_of_agreement is not None:
        _write_limits(canvas, canvas.report.score.limits_of_agreement, f"$D${first}:$D${canvas.sheet.count}")


def _write_limits(canvas: Canvas, found: LimitsOfAgreement, d: str) -> None:
    """Bland and Altman's limits with the formulas that recompute them from the column of differences."""
    words, t, n = canvas.words, f"TINV(0.05,COUNT({d})-1)", f"COUNT({d})"
    mean, sd = f"AVERAGE({d})", f"STDEV({d})"
    error = f"{t}*{sd}*SQRT(1/{n}+1.96^2/(2*({n}-1)))"
    canvas.section(N_("Limits of agreement (Bland and Altman), %(first)s minus %(second)s"), first=found.first, second=found.second)
    canvas.sheet.row([Cell("n", LABEL), *pair(found.n, f"={n}")])
    canvas.sheet.row([Cell("s(D)", LABEL), *pair(found.sd.value, f"={sd}", SHOWN)])
    canvas.head([words.head(word) for word in ("D", N_("Value"), RECOMPUTED, N_("95 % CI from"), RECOMPUTED, N_("95 % CI to"), RECOMPUTED)])
    for label, one, centre, half in (
        (N_("mean"), found.bias, mean, f"{t}*{sd}/SQRT({n})"), (N_("lower limit"), found.lower, f"{mean}-1.96*{sd}", error),
        (N_("upper limit"), found.upper, f"{mean}+1.96*{sd}", error),
    ):  # fmt: skip
        cells = [*pair(one.value, f"={centre}", SHOWN), *pair(one.low, f"={centre}-{half}", SHOWN)]
        canvas.sheet.row([Cell(words.label(label), LABEL), *cells, *pair(one.high, f"={centre}+{half}", SHOWN)])
    canvas.say(LIMITS_MEANING)
    if not found.is_one_scale:
        canvas.say(LEVELS_DIFFER)


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
