"""Sheets 6 and 7: every result with its interval and live formulas, and the two-way tables with kappa and chi-square."""

from __future__ import annotations

from collections.abc import Sequence

from lims.excel.book import Cell
from lims.excel.charts import AMBER, TEAL, Cells, Frame, Series, bar_chart
from lims.excel.look import HEAD, LABEL, META, NUMBER
from lims.marks import N_
from lims.rounds.report.canvas import Paper, number, pair, text
from lims.statistics.agreement import McNemar, mcnemar
from lims.statistics.kappa import cohen_kappa
from lims.statistics.outcome import NotCalculable
from lims.validation.analysis.design import StudyInput
from lims.validation.analysis.outcome import Result, Table
from lims.validation.report import formulas
from lims.validation.report.desk import FIGURE, StudyDesk, level_of
from lims.validation.report.working import DIFFERENCE, PERCENT, Ranges, X, Y

COLUMNS = {"x": "D", "n": "E", "confidence": "L"}
HEADS = (
    N_("Characteristic"), N_("Part of the data"), N_("Level"), "x", "n", N_("Estimate"), "ƒ", N_("Lower limit"), "ƒ",
    N_("Upper limit"), "ƒ", N_("Confidence"), N_("Left out"), N_("Method"), N_("Clause"), N_("Notes"),
)  # fmt: skip
PRECISION = ("precision", "precision_verification")
ITEMS = {
    "lod": "detection_limit", "lob": "detection_limit", "hit_rate": "detection_limit", "loq": "detection_limit",
    "unaffected_agents": "cross_reactivity", "interference_percent": "cross_reactivity", "exclusivity": "cross_reactivity",
}  # fmt: skip
CHART_ROWS, ROW_HEIGHT = 16, 15.0
SHARE = NUMBER.but(format="0.0")


def write_results(desk: StudyDesk, ranges: Sequence[Ranges | None]) -> None:
    """Sheet 6."""
    paper, words = desk.sheet("results", (30, 18, 10, 8, 8, *[12] * 6, 10, 8, 18, 24, 36), landscape=True), desk.words
    paper.sheet.blank()
    for part, found, where in zip(desk.report.parts, desk.analyses, ranges, strict=True):
        first = paper.section(N_("Results: %(design)s"), design=part.name)
        paper.head(word if word == "ƒ" else words.head(word) for word in HEADS)
        for one in found.results:
            row = write_result(desk, paper, one, formula_of(part.study, one, where, paper.sheet.count + 1))
            item = "precision" if one.characteristic.startswith(("sd_rep", "sd_within", "cv_", "rsd_")) else ITEMS.get(one.characteristic)
            if item is not None:
                desk.mark(item, paper, row, row)
        desk.mark("result_tables", paper, first)


def write_result(desk: StudyDesk, paper: Paper, one: Result, live: dict[str, str]) -> int:
    """One result in one row."""
    cells: list[Cell | None] = [
        text(desk.characteristic(one.characteristic)), text(desk.part(one)), level_of(one.level), number(one.x), number(one.n),
    ]  # fmt: skip
    for name in ("estimate", "lower", "upper"):
        value = getattr(one, name)
        cells += pair(value, live[name], FIGURE) if value is not None and name in live else [number(value, FIGURE), None]
    cells += [
        Cell(one.confidence, NUMBER), number(one.left_out), text(one.method.replace("_", " ")), text(one.clause),
        text(desk.reasons(one.reasons)),
    ]  # fmt: skip
    return paper.sheet.fitted_row(cells)


def formula_of(study: StudyInput, one: Result, where: Ranges | None, row: int) -> dict[str, str]:
    """The formulas of a result; none where a spreadsheet has not the method."""
    if one.x is not None:
        return formulas.of_share(one, row, COLUMNS) if one.n else {}
    if where is None or one.stratum or one.n == 0:
        return {}
    confidence = f"{COLUMNS['confidence']}{row}"
    if study.family == "method_comparison":
        return _of_comparison(study, one, where.whole, confidence)
    if study.family in ("linearity", "pcr_efficiency") and one.method == "least_squares":
        return formulas.of_line(one.characteristic, where.whole[X], where.whole[Y], confidence)
    if study.family == "chemistry" and one.characteristic == "r2":
        return formulas.of_line("r2", where.whole[X], where.whole[Y], confidence) if where.whole else {}
    at = where.levels.get(one.level)
    return {} if at is None or study.family not in (*PRECISION, "chemistry") else _of_level(one, where, at, confidence)


def _of_comparison(study: StudyInput, one: Result, at: dict[str, str], confidence: str) -> dict[str, str]:
    options, name = study.options, one.characteristic
    multiplier = f"{options.bland_altman_multiplier:f}"
    if name == "bias":
        return formulas.of_mean(at[DIFFERENCE], confidence)
    if name == "bias_percent":
        return formulas.of_mean(at[PERCENT], confidence)
    if name == "sd_differences":
        return {"estimate": f"=STDEV({at[DIFFERENCE]})"}
    if name in ("loa_lower", "loa_upper"):
        sign = "-" if name == "loa_lower" else "+"
        return formulas.of_agreement_limit(at[DIFFERENCE], sign, multiplier, confidence, options.bland_altman_variance)
    if name == "slope" and options.regression == "deming":
        return formulas.of_deming(at[X], at[Y], f"{options.deming_ratio:f}")
    return {}


def _of_level(one: Result, where: Ranges, at: dict[str, str], confidence: str) -> dict[str, str]:
    name = one.characteristic
    if name == "mean":
        return {"estimate": f"=AVERAGE({at[Y]})"}
    if name == "recovery_percent":
        return formulas.of_mean(at[PERCENT], confidence)
    if name not in ("sd_repeatability", "cv_repeatability_percent", "rsd_repeatability_percent"):
        return {}
    groups = where.days if one.method in ("one_way_anova", "nested_anova_sites") else where.runs
    found = formulas.of_sd(at[Y], confidence) if one.method == "sample_sd" else formulas.of_groups(groups.get(one.level, []), confidence)
    if name == "sd_repeatability":
        return found
    return {end: f"=100*{formula[1:]}/ABS(AVERAGE({at[Y]}))" for end, formula in found.items()}


def write_tables(desk: StudyDesk) -> None:
    """Sheet 7."""
    paper = desk.sheet("tables", (26, *[13] * 8))
    tables = [(part.name, table) for part, found in zip(desk.report.parts, desk.analyses, strict=True) for table in found.tables]
    for name, table in tables:
        first = paper.section(N_("Table: %(design)s"), design=name)
        _table(desk, paper, table)
        desk.mark("result_tables", paper, first)
    if not tables:
        paper.sheet.blank()
        paper.note(desk.words.say(N_("This study has no two-way tables.")))


def _table(desk: StudyDesk, paper: Paper, table: Table) -> None:
    words = desk.words
    (a, b), (c, d) = table.counts
    where = words.label(N_("all rows")) if not table.stratum else table.value or words.label(N_("not recorded"))
    paper.sheet.fitted_row(
        [
            Cell(where, LABEL),
            *[Cell(words.head(word), HEAD) for word in (N_("reference positive"), N_("reference negative"), N_("all"))],
            Cell("ƒ", HEAD),
        ]
    )
    top = paper.sheet.row([Cell(words.label(N_("test positive")), LABEL), Cell(a, NUMBER), Cell(b, NUMBER), *_sum(a + b, paper)])
    low = paper.sheet.row([Cell(words.label(N_("test negative")), LABEL), Cell(c, NUMBER), Cell(d, NUMBER), *_sum(c + d, paper)])
    n = f"(B{top}+C{top}+B{low}+C{low})"
    po = f"((B{top}+C{low})/{n})"
    pe = f"(((B{top}+C{top})*(B{top}+B{low})+(B{low}+C{low})*(C{top}+C{low}))/{n}^2)"
    kappa, test = cohen_kappa([[a, b], [c, d]]), mcnemar([[a, b], [c, d]])
    if kappa.reason is None and not isinstance(kappa.kappa, NotCalculable):
        paper.sheet.row([Cell(words.label(N_("Cohen's kappa")), LABEL), *pair(kappa.kappa, f"=({po}-{pe})/(1-{pe})", FIGURE)])
    if isinstance(test, McNemar) and not isinstance(test.chi2_corrected, NotCalculable):
        chi2 = f"=MAX(ABS(C{top}-B{low})-1,0)^2/(C{top}+B{low})"
        paper.sheet.row([Cell(words.label(N_("chi-square of the discordant results")), LABEL), *pair(test.chi2_corrected, chi2, FIGURE)])
    _mosaic(paper, table, top)


def _sum(value: int, paper: Paper) -> list[Cell]:
    row = paper.sheet.count + 1
    return pair(value, f"=B{row}+C{row}")


def _mosaic(paper: Paper, table: Table, top: int) -> None:
    """The columns of the table as bars that fill up to 100 %: how the comparator's positives and negatives were called."""
    words, (first, second) = paper.words, table.counts
    if not all(one + other for one, other in zip(first, second, strict=True)):
        return
    paper.sheet.fitted_row([Cell(words.head(N_("Comparator")), HEAD), Cell(words.head(N_("called positive, %")), HEAD), Cell("ƒ", HEAD),
                     Cell(words.head(N_("called negative, %")), HEAD), Cell("ƒ", HEAD)])  # fmt: skip
    start = paper.sheet.count + 1
    for place, name in enumerate((N_("reference positive"), N_("reference negative"))):
        letter, whole = "BC"[place], first[place] + second[place]
        shares = [100.0 * first[place] / whole, 100.0 * second[place] / whole]
        total = f"({letter}{top}+{letter}{top + 1})"
        cells = [
            cell for row, share in zip((top, top + 1), shares, strict=True) for cell in pair(share, f"=100*{letter}{row}/{total}", SHARE)
        ]
        paper.sheet.row([Cell(words.label(name), LABEL), *cells])
    title, sheet = paper.sheet.title, paper.sheet
    series = [
        Series(words.label(word), Cells(title, column, start, start + 1), colour)
        for word, column, colour in ((N_("called positive, %"), 2, TEAL), (N_("called negative, %"), 4, AMBER))
    ]
    frame = Frame(
        words.label(N_("How the reference's results were called")), words.label(N_("Comparator")), "%", 0, 100, 20, "0", width=15, height=8
    )
    anchor = sheet.count + 2
    sheet.chart(bar_chart(frame, Cells(title, 1, start, start + 1), series), f"A{anchor}")
    for _ in range(CHART_ROWS):
        sheet.row((), ROW_HEIGHT)
    sheet.paragraph("", META)
