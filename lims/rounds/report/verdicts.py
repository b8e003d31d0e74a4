"""Sheet 8: the verdict of every participant on every item, the acceptance ranges, and the reasons in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lims.excel.book import Cell, column_letter
from lims.excel.look import META, NUMBER, TEXT, formatted
from lims.marks import N_
from lims.rounds.report import terms
from lims.rounds.report.canvas import Canvas, Desk, code, number, pair, text
from lims.rounds.report.facts import Override, RoundReport
from lims.rounds.report.numbers import LIMITS, decimals_to_show, plain_format, score_format
from lims.rounds.report.smallprint import joined_reasons
from lims.rounds.report.wording import MISSING, Words
from lims.rounds.scoring.changes import sensitivity_lines
from lims.rounds.scoring.verdict_words import word_of
from lims.statistics.assessment.outcome import ItemScore, ItemStatistics, Overall, Statistic, Verdict

SIGNED = ("d", "d_percent", "pa", "z", "z_prime", "zeta", "en")
RECOMPUTED = "ƒ"
SAID_IN_PROTOCOL = ("rule_worst", "rule_core", "rule_all")
NO_OVERRIDE = N_("No verdict was changed by hand.")


def write_verdicts(desk: Desk) -> None:
    """Sheet 8."""
    items = desk.report.score.items
    canvas = desk.sheet(
        "verdicts",
        [12, 15, *[max(10, 44 / max(len(items), 1))] * len(items), *[11] * len(_count_heads(desk.report)), 22, 30],
        landscape=True,
    )
    canvas.sheet.paragraph(_legend(desk.words), META)
    _write_grid(canvas, items)
    _write_ranges(canvas, items)
    _write_reasons(canvas)
    _write_sensitivity(canvas)
    _write_overrides(canvas)


def verdict_word(words: Words, verdict: Verdict, chosen: Statistic | None) -> str:
    """The verdict's word; where an allowed difference decides the words are acceptable and not acceptable."""
    return words.label(word_of(verdict, chosen))


def _legend(words: Words) -> str:
    return "   ".join(f"{sign.letter} {words.label(sign.word)}" for sign in terms.VERDICTS.values())


def _write_grid(canvas: Canvas, items: tuple[ItemStatistics, ...]) -> None:
    words, score = canvas.words, canvas.report.score
    canvas.head(
        [
            words.head(N_("Code")),
            words.head(N_("Group")),
            *[words.head(N_("Item %(item)s"), item=item.item_number) for item in items],
            *[words.head(word) for word in _count_heads(canvas.report)],
            words.head(N_("Overall")),
            words.head(N_("Marks and reasons")),
        ]
    )
    canvas.repeat_head(canvas.sheet.count, len(score.overall))
    found = {(one.participant_code, one.item_number): one for one in score.scores}
    acceptable = Counter(one.participant_code for one in score.scores if one.is_core and one.verdict == "acceptable")
    for overall in score.overall:
        cells = [_item_cell(found.get((overall.participant_code, item.item_number))) for item in items]
        canvas.sheet.fitted_row(
            [
                code(overall.participant_code),
                text(words.label(terms.SIDES[overall.side])),
                *cells,
                *_count_cells(canvas, overall, acceptable[overall.participant_code], 3 + len(items)),
                *_overall_cells(words, overall),
            ]
        )


def _item_cell(one: ItemScore | None) -> Cell:
    """The deciding number with the verdict's letter in front of it, or the letter and the result."""
    if one is None:
        return Cell(MISSING, TEXT)
    sign = terms.VERDICTS[one.verdict]
    look = sign.cell
    if one.chosen in SIGNED and (value := getattr(one, one.chosen).value) is not None:
        return Cell(value, formatted(look, score_format(value, LIMITS.get(one.chosen, ()), sign.letter)))
    shown = one.result_code or ("" if one.value_text is None else f"{'' if one.relation == '=' else one.relation + ' '}{one.value_text}")
    return Cell(f"{sign.letter} {shown}".strip(), look)


def _count_heads(report: RoundReport) -> tuple[str, ...]:
    if report.plan.kind == "qualitative":
        return N_("Items scored"), N_("Core items"), N_("Percent score")
    return N_("Items scored"), N_("Core items"), N_("Acceptable items"), N_("Percent acceptable"), RECOMPUTED


def _count_cells(canvas: Canvas, overall: Overall, acceptable: int, column: int) -> list[Cell]:
    """Items scored, core items and the percent score; in a quantitative round with the formula that recomputes it."""
    value, row = overall.percent_score.value, canvas.sheet.count + 1
    look = NUMBER.but(
        format="0.0" if value is None else plain_format(decimals_to_show(value, (float(canvas.report.plan.percent_score_threshold),), 1))
    )
    counts = [Cell(overall.n_items_scored, NUMBER), Cell(overall.n_items_total, NUMBER)]
    if canvas.report.plan.kind == "qualitative":
        return [*counts, number(value, look)]
    formula = f"=100*{column_letter(column + 2)}{row}/{column_letter(column)}{row}"
    return [*counts, number(None if value is None else acceptable), *pair(value, formula, look)]


def _overall_cells(words: Words, overall: Overall) -> list[Cell]:
    sign = terms.VERDICTS[overall.verdict]
    marks = [words.label(terms.MARKS[mark]) for mark in overall.marks]
    reasons = [reason for reason in overall.reasons if reason.code not in SAID_IN_PROTOCOL]
    return [
        Cell(f"{sign.letter}  {words.label(sign.word)}", sign.look),
        text("\n".join([*marks, *filter(None, [joined_reasons(words, reasons)])])),
    ]


def _write_ranges(canvas: Canvas, items: tuple[ItemStatistics, ...]) -> None:
    words = canvas.words
    canvas.section(N_("Criterion and acceptance range per item"))
    if canvas.report.plan.kind == "qualitative":
        canvas.say(N_("A result is correct when its category is that of the expected result. Weak positive counts as positive."))
        return
    for item in items:
        chosen = MISSING if item.chosen is None else terms.STATISTICS[item.chosen]
        if item.lower_limit.value is not None and item.upper_limit.value is not None:
            limits = f"{item.lower_limit.value:.6g} – {item.upper_limit.value:.6g}"
        else:
            limits = words.reason(item.lower_limit.reason) if item.lower_limit.reason is not None else MISSING
        canvas.sheet.fact(
            text(words.label(N_("Item %(item)s"), item=item.item_number)),
            text(f"{chosen};  {words.label(N_('acceptance range'))}: {limits}\n{joined_reasons(words, item.why)}"),
        )


def _write_reasons(canvas: Canvas) -> None:
    rows = list(_reason_rows(canvas))
    if not rows:
        return
    canvas.section(N_("Not satisfactory, not evaluated, or marked: the reason"))
    for head, said in rows:
        canvas.sheet.fact(head, said)


def _reason_rows(canvas: Canvas) -> Iterator[tuple[Cell, Cell]]:
    """One row per participant and reason; items with the same words stand together."""
    words = canvas.words
    found: dict[tuple[str, str], list[int]] = {}
    for one in canvas.report.score.scores:
        marks = [words.label(terms.MARKS[mark]) for mark in one.marks if mark not in ("educational", "organiser")]
        if one.verdict == "acceptable" and not marks:
            continue
        said = "\n".join(
            [
                f"{terms.VERDICTS[one.verdict].letter} {verdict_word(words, one.verdict, one.chosen)}",
                *marks,
                joined_reasons(words, one.reasons),
            ]
        )
        found.setdefault((one.participant_code, said.strip()), []).append(one.item_number)
    for (participant, said), numbers in found.items():
        yield code(participant), text(f"{words.label(N_('Item %(item)s'), item=', '.join(map(str, numbers)))}: {said}")


def _write_sensitivity(canvas: Canvas) -> None:
    canvas.section(N_("What other choices would change"))
    said = [line for language in canvas.words.languages for line in sensitivity_lines(canvas.report.score, language)]
    canvas.sheet.paragraph("\n".join(dict.fromkeys(said)) or canvas.words.say(N_("No other choice applies.")), META)


def _write_overrides(canvas: Canvas) -> None:
    words, overrides = canvas.words, canvas.report.overrides
    canvas.section(N_("Verdicts changed by hand"))
    if not overrides:
        canvas.say(NO_OVERRIDE)
        return
    for one in overrides:
        canvas.sheet.fact(code(one.participant_code), text(changed_words(words, one)))


def changed_words(words: Words, one: Override) -> str:
    """A changed verdict with the computed one, the reason, and who signed."""
    item = "" if one.item_number is None else words.label(N_("Item %(item)s"), item=one.item_number) + ": "
    return words.say(
        N_("%(item)s%(computed)s changed to %(changed_to)s; reason: %(reason)s; signed: %(signed)s"), item=item, computed=one.computed,
        changed_to=one.changed_to, reason=one.reason, signed=f"{one.signed_by} {words.date(one.signed_at)}",
    )  # fmt: skip
