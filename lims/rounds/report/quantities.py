"""Sheet 6 of a quantitative round: per item the helper cells, every score with its formula, the robust summary with its formula."""

from __future__ import annotations

from collections.abc import Sequence

from lims.excel.book import Cell, column_letter
from lims.excel.look import HELPER, LABEL, META, NUMBER, SECTION, formatted
from lims.marks import N_
from lims.rounds.report import formulas, terms
from lims.rounds.report.between_two import write_pair_scores
from lims.rounds.report.canvas import Canvas, Desk, code, number, pair, score_pair, text
from lims.rounds.report.columns import Columns
from lims.rounds.report.numbers import LIMITS, decimals_of, plain_format
from lims.rounds.report.smallprint import missing_figures
from lims.rounds.report.wording import MISSING
from lims.rounds.scoring.flags import NONE_FOUND, NOTHING_CHANGED, flag_line
from lims.statistics.assessment.outcome import Figure, ItemScore, ItemStatistics
from lims.statistics.assessment.plan import ItemPlan

SCORES = ("d", "d_percent", "pa", "z", "z_prime", "zeta", "en")
FIRST_BLOCK = 4
PARTS = (("u_hom", N_("u_hom, between units")), ("u_stab", N_("u_stab, in storage")), ("u_trans", N_("u_trans, in transport")))
ESTIMATED = {
    "algorithm_a": (N_("x* (Algorithm A)"), N_("s* (Algorithm A)")),
    "q_hampel": (N_("x* (Hampel)"), N_("s* (Q method)")),
    "median_niqr": (N_("x* (median)"), N_("s* (nIQR)")),
}
ROUNDED = ("x_pt", "u_x_pt", "u_char", "u_hom", "u_stab", "u_trans", "expanded_u_x_pt", "median", "niqr", "x_star", "s_star", "delta_e")
FIRST_COLUMNS = ("code", "state", "submitted", "x", "used")
VALUE_COLUMN = column_letter(FIRST_COLUMNS.index("x") + 1)
FORMULAS = N_("A column headed ƒ holds live formulas: each recomputes the number at its left from the other cells.")
WIDTHS = {"code": 10, "state": 18, "submitted": 11, "x": 10.5, "used": 10.5, "k": 6}
HEADS = {
    "code": N_("Code"),
    "state": N_("State and marks"),
    "submitted": N_("As submitted"),
    "x": N_("x, or value of the row"),
    "used": N_("x in the summary"),
    "w": N_("x drawn in"),
    "expanded_u": N_("U(x)"),
    "k": N_("k"),
    "u": N_("u(x)"),
}


def columns_of(desk: Desk) -> Columns:
    """The columns this round needs: a score that nobody has is left out."""
    score = desk.report.score
    names = list(FIRST_COLUMNS)
    if desk.report.plan.consensus_estimator == "algorithm_a" and any(item.s_star.value is not None for item in score.items):
        names += ["w", "w="]
    if any(one.expanded_u is not None for one in score.scores):
        names += ["expanded_u", "k", "u", "u="]
    for name in SCORES:
        if any(getattr(one, name).value is not None for one in score.scores):
            names += [name, name + "="]
    return Columns(tuple(names))


def write_quantities(desk: Desk) -> None:
    """Sheet 6."""
    columns = columns_of(desk)
    canvas = desk.sheet("statistics", [WIDTHS.get(name, 8.5) for name in columns.names], landscape=True)
    canvas.say(FORMULAS)
    canvas.head([_heading(canvas, name) for name in columns.names])
    canvas.sheet.repeat(1, canvas.sheet.count)
    plans = {plan.number: plan for plan in desk.report.item_plans}
    rows: dict[tuple[str, int], int] = {}
    for item in desk.report.score.items:
        scores = [one for one in desk.report.score.scores if one.item_number == item.item_number]
        rows |= _Block(canvas, columns, item, plans[item.item_number], scores).write()
    if desk.report.score.pairs:
        write_pair_scores(canvas, columns, rows)
    _write_flags(canvas)


def _write_flags(canvas: Canvas) -> None:
    """The signs of slips in the scored results, each with its evidence."""
    canvas.section(N_("Signs of slips in the scored results"))
    flags = canvas.report.score.flags
    for one in flags:
        canvas.sheet.paragraph("\n".join(dict.fromkeys(flag_line(one, language) for language in canvas.words.languages)))
    canvas.say(NOTHING_CHANGED if flags else NONE_FOUND)


def _heading(canvas: Canvas, name: str) -> str:
    if name.endswith("="):
        return "ƒ " + _heading(canvas, name[:-1]).replace("\n", " ")
    return terms.STATISTICS.get(name) or canvas.words.head(HEADS[name])


class _Block:
    """One item on the statistics sheet."""

    def __init__(self, canvas: Canvas, columns: Columns, item: ItemStatistics, plan: ItemPlan, scores: Sequence[ItemScore]) -> None:
        self.canvas, self.columns, self.item, self.plan, self.scores = canvas, columns, item, plan, scores
        self.decimals = decimals_of([one.value_text or "" for one in scores] + [str(plan.x_pt or "")])
        self.cells: dict[str, str] = {}

    def write(self) -> dict[tuple[str, int], int]:
        """The item's helper cells, rows of participants, summary, and what could not be given; says who stands in which row."""
        sheet, words = self.canvas.sheet, self.canvas.words
        if self.scores and sheet.count > FIRST_BLOCK:
            sheet.page_break()
        sheet.blank()
        sheet.heading(f"{words.label(N_('Item %(item)s'), item=self.item.item_number)}  {self._level()}".rstrip(), SECTION)
        self._helpers()
        first = sheet.count + 1
        self._foresee_summary(first)
        for one in self.scores:
            write = sheet.fitted_row if one.state != "submitted" or one.marks else sheet.row
            write(self._score_row(one, sheet.count + 1))
        self._summary(first, sheet.count)
        self._missing()
        return {(one.participant_code, one.item_number): first + offset for offset, one in enumerate(self.scores)}

    def _level(self) -> str:
        levels = {"zh_CN": self.plan.level_zh, "en": self.plan.level_en}
        return " ".join(dict.fromkeys(levels[language] for language in self.canvas.words.languages if levels[language]))

    def _helpers(self) -> None:
        item, plan, words = self.item, self.plan, self.canvas.words
        self._row("x_pt", N_("assigned value x_pt"), item.x_pt, note=words.label(terms.ASSIGNED_VALUE_ROUTES[item.assigned_value_route]))
        if plan.expanded_u_x_pt is not None:
            self._row("expanded_u_x_pt", N_("U(x_pt)"), Figure(float(plan.expanded_u_x_pt)))
            self._row("k_x_pt", N_("k of U(x_pt)"), Figure(float(plan.k_x_pt)))
        if item.assigned_value_route != "consensus":
            self._uncertainty("u_char", formulas.u_of_assigned_value(self.cells))
        rules = self.canvas.report.plan
        model = formulas.sigma_by_model(self.cells, rules) if plan.sigma_pt is None else None
        self._row("sigma_pt", N_("sigma_pt"), item.sigma_pt, model, note=words.label(terms.SIGMA_ROUTES[item.sigma_pt_route]))
        if item.delta_e.value is not None:
            percent = None if rules.delta_e is not None else formulas.allowed_difference(self.cells, str(rules.delta_e_percent))
            self._row("delta_e", N_("allowed difference"), item.delta_e, percent)

    def _stated(self) -> list[tuple[str, str]]:
        """The parts beside u_char that the protocol states."""
        return [(name, label) for name, label in PARTS if getattr(self.item.u_parts, name).value is not None]

    def _uncertainty(self, label: str, formula: str | None) -> None:
        """u(x_pt), made of its parts where the protocol states any beside that of the determination; then U(x_pt) is k times it."""
        item, parts = self.item, self._stated()
        if not parts:
            self._row("u_x_pt", N_("u(x_pt)") if label == "u_char" else label, item.u_x_pt, formula, note=self._negligible())
            return
        self._row("u_char", label, item.u_parts.u_char, formula)
        for name, word in parts:
            self._row(name, word, getattr(item.u_parts, name))
        combined = formulas.combined_u(self.cells, ["u_char", *(name for name, _ in parts)])
        self._row("u_x_pt", N_("u(x_pt), all parts"), item.u_x_pt, combined, note=self._negligible())
        if item.expanded_u_x_pt.value is not None:
            if "k_x_pt" not in self.cells:
                self._row("k_x_pt", N_("k of U(x_pt)"), Figure(float(self.plan.k_x_pt)))
            product = f"={self.cells['k_x_pt']}*{self.cells['u_x_pt']}"
            self._row("expanded_u_x_pt", N_("U(x_pt), all parts"), item.expanded_u_x_pt, product)

    def _negligible(self) -> str:
        if self.item.is_u_negligible is None:
            return ""
        return self.canvas.words.label(
            N_("negligible against sigma_pt") if self.item.is_u_negligible else N_("not negligible against sigma_pt")
        )

    def _row(self, name: str, label: str, figure: Figure, formula: str | None = None, note: str = "") -> None:
        """A row of the helper list: label, value, its formula, a note; the value's place is kept by name."""
        words = self.canvas.words
        look = HELPER.but(format=plain_format(self.decimals + 2) if name in ROUNDED else "General")
        if figure.value is None and figure.reason is not None:
            note = words.reason(figure.reason)
        value = pair(figure.value, formula, look) if formula else [number(figure.value, look), Cell(None, NUMBER)]
        row = self.canvas.sheet.row(
            [
                Cell(words.label(label), LABEL.but(wrap=False)),
                Cell(None, LABEL),
                Cell(None, LABEL),
                *value,
                Cell(note or None, META.but(wrap=False)),
            ]
        )
        if figure.value is not None:
            self.cells[name] = f"${VALUE_COLUMN}${row}"

    def _foresee_summary(self, first: int) -> None:
        """x* and s* stand below the participants, whose winsorised values point at them."""
        if self.columns.has("w") and self.item.s_star.value is not None:
            last = first + len(self.scores) - 1
            self.cells["x_star"], self.cells["s_star"] = f"${VALUE_COLUMN}${last + 4}", f"${VALUE_COLUMN}${last + 5}"
        if self.item.assigned_value_route == "consensus" and self.item.u_x_pt.value is not None:
            parts = len(self._stated())
            self.cells["u_x_pt"] = f"${VALUE_COLUMN}${first + len(self.scores) + 5 + (parts + 1 if parts else 0)}"

    def _score_row(self, one: ItemScore, row: int) -> list[Cell]:
        at = self.cells | self.columns.cells(row)
        look = formatted(NUMBER, plain_format(decimals_of([one.value_text or ""])))
        used = formulas.used_value(one, self.item, self.canvas.report.plan)
        cells = [
            code(one.participant_code),
            text(self._state(one)),
            code(_submitted(one)),
            number(one.value if one.relation == "=" else None, look),
            number(used, look),
        ]
        if self.columns.has("w"):
            cells += pair(formulas.winsorised_value(used, self.item), formulas.winsorised(at, self.item), look)
        if self.columns.has("u"):
            cells += [number(one.expanded_u), number(one.k), *pair(one.u_reported, f"={at['expanded_u']}/{at['k']}")]
        for name in SCORES:
            if self.columns.has(name):
                value = getattr(one, name).value
                cells += score_pair(value, formulas.score(name, at) if value is not None else "", LIMITS.get(name, ()))
        return cells

    def _state(self, one: ItemScore) -> str:
        said = [terms.PARTICIPANT_STATES[one.state]] if one.state != "submitted" else []
        return ", ".join(self.canvas.words.label(word) for word in [*said, *(terms.MARKS[mark] for mark in one.marks if mark != one.state)])

    def _summary(self, first: int, last: int) -> None:
        item, used = self.item, f"{self.columns.letter('used')}{first}:{self.columns.letter('used')}{last}"
        quartiles = self.canvas.report.plan.conventions.quartiles
        self._row("n", N_("results in the summary"), Figure(item.n_consensus), f"=COUNT({used})")
        self._row("median", N_("median"), item.median, f"=MEDIAN({used})")
        self._row("niqr", N_("nIQR"), item.niqr, formulas.niqr(used, quartiles))
        x_word, s_word = ESTIMATED[self.canvas.report.plan.consensus_estimator]
        if item.s_star.value is None:
            if item.s_star.reason is not None:
                self._row("s_star", s_word, item.s_star)
            return
        x_formula, s_formula = self._estimated(first, last, used)
        self._row("x_star", x_word, item.x_star, x_formula, note=self._iterations())
        self._row("s_star", s_word, item.s_star, s_formula)
        if item.assigned_value_route == "consensus":
            self._uncertainty("u_char = 1.25 s*/√p" if self._stated() else "u(x_pt) = 1.25 s*/√p", formulas.u_of_consensus(self.cells))

    def _estimated(self, first: int, last: int, used: str) -> tuple[str | None, str | None]:
        """The formulas of x* and s* by the estimator of the protocol; Q and Hampel have none that a spreadsheet could compute."""
        plan = self.canvas.report.plan
        if plan.consensus_estimator == "algorithm_a":
            wins = f"{self.columns.letter('w')}{first}:{self.columns.letter('w')}{last}"
            return f"=AVERAGE({wins})", formulas.s_star(wins, plan.conventions)
        if plan.consensus_estimator == "median_niqr":
            return f"=MEDIAN({used})", formulas.niqr(used, plan.conventions.quartiles)
        return None, None

    def _iterations(self) -> str:
        if self.item.algorithm_a_iterations is None:
            return ""
        return self.canvas.words.label(N_("%(n)s iterations; the formulas show the last step"), n=self.item.algorithm_a_iterations)

    def _missing(self) -> None:
        figures = [(terms.STATISTICS[name], one.participant_code, getattr(one, name)) for name in SCORES for one in self.scores]
        for statistic, reason, participants in missing_figures(self.canvas.words, figures):
            self.canvas.sheet.paragraph(f"{statistic} {MISSING}  {reason}  ({participants})", META)


def _submitted(one: ItemScore) -> str:
    if one.value_text is None:
        return MISSING
    return one.value_text if one.relation == "=" else f"{one.relation} {one.value_text}"
