"""Sheet 9: tables of agreement with kappa and all that has to stand beside it, and the two groups side by side."""

from __future__ import annotations

from dataclasses import dataclass

from lims.excel.book import Cell, column_letter
from lims.excel.look import LABEL, NUMBER, TEXT
from lims.marks import N_
from lims.rounds.report import terms
from lims.rounds.report.canvas import Canvas, Desk, number, pair
from lims.rounds.report.groups import write_groups
from lims.rounds.report.numbers import plain_format
from lims.rounds.report.smallprint import joined_reasons
from lims.rounds.report.wording import Term
from lims.statistics.assessment.outcome import AgreementTable, Estimate, Figure, McNemar

MEASURE = NUMBER.but(format=plain_format(3))
KINDS = {
    "truth": N_("%(row)s against the expected results"),
    "pair": N_("%(row)s and %(column)s"),
    "group": N_("%(row)s and %(column)s"),
}
NO_TABLE = N_("agreement of categories belongs to qualitative rounds and to split samples; this round is quantitative.")


def write_agreement(desk: Desk) -> None:
    """Sheet 9."""
    score = desk.report.score
    widest = max((len(table.categories) for table in score.agreement), default=2)
    canvas = desk.sheet("agreement", (34, *[11] * max(widest + 2, 4), 34), landscape=widest > 3)
    if not score.agreement:
        canvas.not_part(NO_TABLE)
    else:
        canvas.say(
            N_("Kappa never stands alone: the table, the agreement, PPA, NPA and PABAK belong to it, and no verdict is drawn from it.")
        )
    for table in score.agreement:
        _write_table(canvas, table)
    if score.groups:
        write_groups(canvas)


@dataclass(frozen=True)
class _Places:
    """Where the counts and their sums stand."""

    counts: tuple[tuple[str, ...], ...]
    row_sums: tuple[str, ...]
    column_sums: tuple[str, ...]
    n: str

    @property
    def observed(self) -> str:
        """Sum of the diagonal over n."""
        return f"(({'+'.join(self.counts[k][k] for k in range(len(self.counts)))})/{self.n})"

    @property
    def by_chance(self) -> str:
        """Sum of the products of the margins over n squared."""
        products = "+".join(f"{row}*{column}" for row, column in zip(self.row_sums, self.column_sums, strict=True))
        return f"(({products})/{self.n}^2)"


def _party(name: str) -> str:
    """A group or a word of the catalogue, translated inside its sentence; a participant's code stays as it is."""
    word = {**terms.SIDES, "expected": N_("expected"), "all": N_("all laboratories")}.get(name)
    return name if word is None else Term(word)


def _write_table(canvas: Canvas, table: AgreementTable) -> None:
    words = canvas.words
    row, column = _party(table.row), _party(table.column)
    canvas.section(KINDS[table.kind], row=row, column=column)
    categories = [words.label(terms.CALLS.get(name, name)) for name in table.categories]
    canvas.head([f"{words.label(row)} ↓\n{words.label(column)} →", *categories, words.head(N_("sum"))])
    places = _write_counts(canvas, table, categories)
    left_out = words.say(
        N_("%(pairs)s pairs, %(left_out)s left out, %(rounds)s round(s)"),
        " / ",
        pairs=table.n_pairs,
        left_out=table.n_left_out,
        rounds=table.n_rounds,
    )
    canvas.sheet.paragraph(left_out)
    _write_measures(canvas, table, places)
    if table.warnings:
        canvas.note(joined_reasons(words, table.warnings))


def _write_counts(canvas: Canvas, table: AgreementTable, categories: list[str]) -> _Places:
    k, sheet, first = len(table.categories), canvas.sheet, canvas.sheet.count + 1
    counts = tuple(tuple(f"{column_letter(2 + j)}{first + i}" for j in range(k)) for i in range(k))
    sums = column_letter(2 + k)
    for name, row, cells in zip(categories, table.counts, counts, strict=True):
        sheet.row([Cell(name, LABEL), *[Cell(count, NUMBER) for count in row], *pair(sum(row), f"=SUM({cells[0]}:{cells[-1]})")])
    totals = [sum(row[j] for row in table.counts) for j in range(k)]
    sheet.row(
        [
            Cell(canvas.words.label(N_("sum")), LABEL),
            *[Cell(total, NUMBER) for total in totals],
            *pair(table.n_pairs, f"=SUM({counts[0][0]}:{counts[-1][-1]})"),
        ]
    )
    return _Places(
        counts,
        tuple(f"{sums}{first + i}" for i in range(k)),
        tuple(f"{column_letter(2 + j)}{first + k}" for j in range(k)),
        f"{sums}{first + k}",
    )


def _write_measures(canvas: Canvas, table: AgreementTable, at: _Places) -> None:
    words = canvas.words
    canvas.head([words.head(word) for word in (N_("Measure"), N_("Value"), "ƒ", N_("95 % CI from"), N_("95 % CI to"))])
    k = len(table.categories)
    (a, b), (c, d) = at.counts[0][:2], at.counts[1][:2]
    _estimate(canvas, N_("percent agreement (as a share)"), table.po, f"={at.observed}")
    _against_reference(canvas, table, at)
    _estimate(canvas, N_("Cohen's kappa"), table.kappa, f"=({at.observed}-{at.by_chance})/(1-{at.by_chance})")
    _figure(canvas, N_("PABAK"), table.pabak, f"=({k}*{at.observed}-1)/({k}-1)")
    _figure(canvas, N_("prevalence index"), table.prevalence_index, f"=({a}-{d})/{at.n}")
    _figure(canvas, N_("bias index"), table.bias_index, f"=({b}-{c})/{at.n}")
    if table.mcnemar is not None:
        _mcnemar(canvas, table.mcnemar, b, c)


def _against_reference(canvas: Canvas, table: AgreementTable, at: _Places) -> None:
    """PPA and NPA, and both again the other way where indeterminate is a category of its own."""
    (a, b), (c, d) = at.counts[0][:2], at.counts[1][:2]
    formulas = {
        "left_out": (f"={a}/({a}+{c})", f"={d}/({b}+{d})"),
        "counted": (f"={a}/{at.column_sums[0]}", f"={d}/{at.column_sums[1]}"),
    }
    third = table.third
    ppa, npa = formulas["left_out" if third is None else third.rule]
    _estimate(canvas, N_("positive percent agreement (PPA)"), table.ppa, ppa)
    _estimate(canvas, N_("negative percent agreement (NPA)"), table.npa, npa)
    if third is not None:
        ppa, npa = formulas["left_out" if third.rule == "counted" else "counted"]
        for name, one, formula in zip(terms.OTHERWISE[third.rule], (third.ppa_otherwise, third.npa_otherwise), (ppa, npa), strict=True):
            _estimate(canvas, name, one, formula)


def _estimate(canvas: Canvas, word: str, estimate: Estimate, formula: str) -> None:
    words = canvas.words
    note = words.label(terms.INTERVALS.get(estimate.method, "")) if estimate.reason is None else words.reason(estimate.reason)
    if estimate.value is None:
        note = f"{words.say(N_('not estimable'), ' ')}: {note}"
    limits = [number(limit, MEASURE) for limit in (estimate.low, estimate.high)]
    canvas.sheet.fitted_row(
        [
            Cell(words.label(word), LABEL),
            *pair(estimate.value, formula, MEASURE),
            *limits,
            *[None] * (canvas.columns - 6),
            Cell(note or None, TEXT),
        ]
    )


def _figure(canvas: Canvas, word: str, figure: Figure, formula: str) -> None:
    _estimate(canvas, word, Estimate(value=figure.value, reason=figure.reason if figure.value is None else None), formula)


def _mcnemar(canvas: Canvas, test: McNemar, b: str, c: str) -> None:
    words = canvas.words
    corrected = f"MAX(ABS({b}-{c})-1,0)^2/({b}+{c})"
    exact = f"=IF({b}+{c}=0,1,MIN(1,2*BINOMDIST(MIN({b},{c}),{b}+{c},0.5,TRUE)))"
    p_formula = exact if test.method == "exact" else f"=CHIDIST({corrected},1)"
    if test.statistic is not None:
        _figure(canvas, N_("McNemar's chi-squared, corrected"), Figure(test.statistic), f"={corrected}")
    _figure(canvas, N_("McNemar's test, p"), Figure(test.p_value, test.reason), p_formula)
    canvas.sheet.paragraph(
        words.say(
            N_("discordant pairs: %(b)s and %(c)s; method: %(method)s"),
            " / ",
            b=test.b,
            c=test.c,
            method=Term(terms.MCNEMAR_METHODS.get(test.method, test.method)),
        )
    )
