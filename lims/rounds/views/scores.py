"""What the evaluation page shows of a stored score run: the note, the plot, the verdicts, the items. Codes only, no names."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import url_for

from lims.marks import N_
from lims.rounds.models import Evaluation, Round
from lims.rounds.report import terms
from lims.rounds.scoring.changes import sensitivity_lines
from lims.rounds.scoring.flags import flag_lines
from lims.rounds.scoring.sentences import describe
from lims.rounds.views.acting import listed, sentences
from lims.statistics.assessment.outcome import Figure, ItemScore, ItemStatistics, Overall, Reason
from lims.statistics.assessment.round_score import RoundScore
from lims.web.charts import Laboratory, Score, ZPlot, zplot
from lims.web.language import _, current_language, show_number, show_score

#: statistic -> limits of warning and action on the plot, and how far the sheet reaches
LIMITS: dict[str, tuple[float | None, float, float]] = {
    "z": (2.0, 3.0, 4.0), "z_prime": (2.0, 3.0, 4.0), "zeta": (2.0, 3.0, 4.0), "en": (None, 1.0, 2.0),
}  # fmt: skip
WITHOUT_ORGANISER = N_(
    "The organiser takes part: its results are left out of consensus, median and group values, for which %(n)s results remain."
)
PARTS = ("u_char", "u_hom", "u_stab", "u_trans")
SWITCH = ("z", "z_prime", "zeta", "en", "d", "d_percent", "pa")


def said(reason: Reason) -> str:
    """The sentence of a reason in the reader's language."""
    return describe(reason, current_language())


def statistic_word(name: str) -> str:
    """The name of a statistic as people write it."""
    return _(terms.STATISTICS.get(name, name))


def note(score: RoundScore) -> dict[str, Any]:
    """How many laboratories, which rule, what was used, what is not concluded and why."""
    used = [said(reason) for reason in score.conclusions if reason.code.startswith("decided_")]
    rule = [said(reason) for reason in score.conclusions if reason.code.startswith("band_")]
    has_consensus = any(one.assigned_value_route == "consensus" for one in score.items)
    if score.kind == "quantitative" and any(reason.code == "organiser_left_out" for reason in score.conclusions):
        left = min((item.n_consensus for item in score.items if item.is_core), default=0)
        rule.append(_(WITHOUT_ORGANISER, n=left))
    head = _("%(n)s laboratories with valid results: no consensus value is used", n=score.n_scored)
    if has_consensus:
        head = _("%(n)s laboratories with valid results: consensus values are used", n=score.n_scored)
    why = list(dict.fromkeys(said(reason) for item in score.items for reason in item.why))
    return {
        "kind": "info" if score.band == "large" else "warn", "head": head, "used": sentences([*rule, *used]),
        "not_concluded": sentences(said(reason) for reason in score.not_concluded), "why": sentences(why),
    }  # fmt: skip


def sensitivity(score: RoundScore) -> list[str]:
    """What other choices would change, as sentences."""
    return sensitivity_lines(score, current_language())


def conclusions(score: RoundScore) -> list[str]:
    """The conclusions of the run as sentences."""
    return [said(reason) for reason in score.conclusions]


def statistics_of(score: RoundScore) -> list[str]:
    """The statistics that have a number in this run, in the order of the switch."""
    return [name for name in SWITCH if any(getattr(one, name).value is not None for one in score.scores)]


def chosen_statistic(score: RoundScore) -> str | None:
    """The statistic that decided on most results."""
    decided = [one.chosen for one in score.scores if one.chosen]
    return max(sorted(set(decided)), key=decided.count) if decided else None


def shown_statistic(score: RoundScore, asked: str) -> str | None:
    """The statistic asked for, else the deciding one; None for a qualitative run."""
    there = statistics_of(score)
    if asked in there:
        return asked
    chosen = chosen_statistic(score)
    return chosen if chosen in there else (there[0] if there else None)


def switch(row: Round, run: Evaluation, score: RoundScore, shown: str | None) -> list[tuple[str, str, bool]]:
    """The links that change the score of plot and table."""
    here = partial(url_for, "rounds.evaluation", code=row.code, version=run.version)
    return [(statistic_word(name), here(score=name), name == shown) for name in statistics_of(score)]


def plot(score: RoundScore, name: str | None) -> ZPlot | None:
    """The scores of each laboratory on each item; None where the statistic has no limits of its own."""
    if name not in LIMITS:
        return None
    warning, action, span = LIMITS[name]
    groups = [
        Laboratory(one.participant_code, [_mark(part, name) for part in scores_of(score, one.participant_code)])
        for one in score.overall if one.state not in ("no_response", "withdrawn", "could_not_test")
    ]  # fmt: skip
    return zplot(groups, warning=warning, action=action, span=span) if groups else None


def plot_sentence(score: RoundScore, name: str) -> str:
    """What the plot shows, for who does not see it."""
    outside = [one.participant_code for one in score.overall if one.verdict in ("warning", "action")]
    inside = sum(one.verdict == "acceptable" for one in score.overall)
    if not outside:
        return _("%(score)s of %(n)s laboratories; all are satisfactory.", score=statistic_word(name), n=inside)
    return _(
        "%(score)s by laboratory: %(inside)s satisfactory; questionable or unsatisfactory: %(outside)s.",
        score=statistic_word(name), inside=inside, outside=listed(outside),
    )  # fmt: skip


def heat(score: RoundScore, name: str | None) -> tuple[list[tuple[str, str]], list[dict[str, Any]]]:
    """Columns and rows of the table of verdicts; the small text is the shown statistic or the reported code."""
    columns = [(str(item.item_number), item.expected_code or _figure(item.x_pt)) for item in score.items]
    rows = [
        {
            "name": one.participant_code, "side": one.side, "overall": one.verdict, "word": None,
            "cells": [(part.verdict, _small(part, name)) for part in scores_of(score, one.participant_code)] or _nothing(one, score),
            "scored": "–" if one.state == "no_response" else f"{one.n_items_scored}/{one.n_items_total}",
        }
        for one in score.overall
    ]  # fmt: skip
    return columns, rows


def scores_of(score: RoundScore, code: str) -> list[ItemScore]:
    """One participant's scores by item."""
    return sorted((one for one in score.scores if one.participant_code == code), key=lambda one: one.item_number)


def item_rows(score: RoundScore) -> list[dict[str, Any]]:
    """The quantitative items: assigned value, its uncertainty and way, the spread, what the participants gave."""
    return [
        {
            "item": item.item_number, "x_pt": _figure(item.x_pt), "u": _figure(item.u_x_pt, 3), "sigma": _figure(item.sigma_pt, 3),
            "route": _(terms.ASSIGNED_VALUE_ROUTES[item.assigned_value_route]), "sigma_route": _(terms.SIGMA_ROUTES[item.sigma_pt_route]),
            "n": item.n_valid, "n_reported": item.n_reported, "median": _figure(item.median), "niqr": _figure(item.niqr, 3),
            "x_star": _figure(item.x_star), "s_star": _figure(item.s_star, 3), "low": _figure(item.lower_limit),
            "high": _figure(item.upper_limit), "statistic": statistic_word(item.chosen) if item.chosen else "–",
        }
        for item in score.items
    ]  # fmt: skip


def item_reasons(score: RoundScore) -> str:
    """Why figures of the table of items are missing, each reason once."""
    missing = [getattr(item, name) for item in score.items for name in ("x_pt", "u_x_pt", "sigma_pt", "median", "niqr", "x_star", "s_star")]
    return sentences(dict.fromkeys(said(one.reason) for one in missing if one.value is None and one.reason is not None))


def part_rows(score: RoundScore) -> list[dict[str, Any]]:
    """The quantitative items: the parts of the uncertainty of the assigned value, and whether it counts against sigma_pt."""
    words = {True: _("negligible"), False: _("not negligible"), None: "–"}
    return [
        {
            "item": item.item_number, "parts": [_figure(getattr(item.u_parts, name), 4) for name in PARTS], "u": _figure(item.u_x_pt, 4),
            "expanded": _figure(item.expanded_u_x_pt, 4), "size": words[item.is_u_negligible],
        }
        for item in score.items
    ]  # fmt: skip


def part_reasons(score: RoundScore) -> str:
    """Why parts are missing, each reason once."""
    missing = [getattr(item.u_parts, name) for item in score.items for name in PARTS]
    return sentences(dict.fromkeys(said(one.reason) for one in missing if one.value is None and one.reason is not None))


def signs(score: RoundScore) -> list[str]:
    """The signs of slips in the scored results, with their evidence."""
    return flag_lines(score.flags, current_language())


def called_rows(score: RoundScore) -> list[dict[str, Any]]:
    """The qualitative items: what was expected, how often each code was reported, how many were correct."""
    rows = []
    for item in score.items:
        parts = [one for one in score.scores if one.item_number == item.item_number]
        counts = listed(f"{one.code} {one.count}" for one in item.code_counts)
        correct = sum(one.category == "correct" for one in parts)
        rows.append(
            {
                "item": item.item_number, "expected": _code(item.expected_code), "counts": counts or "–", "n": item.n_valid,
                "correct": correct,
            }
        )  # fmt: skip
    return rows


def own_rows(score: RoundScore, code: str, item_codes: dict[int, str], unit: str) -> list[dict[str, Any]]:
    """One participant's results with what was expected, the score, the verdict and its reasons."""
    items = {item.item_number: item for item in score.items}
    return [
        {
            "item": part.item_number, "code": item_codes.get(part.item_number, "–"), "reported": _reported(part, unit),
            "expected": _reference(items[part.item_number]), "score": _small(part, part.chosen) if part.chosen != "category" else "–",
            "statistic": statistic_word(part.chosen) if part.chosen else "–", "verdict": part.verdict,
            "why": sentences(said(reason) for reason in part.reasons),
        }
        for part in scores_of(score, code)
    ]  # fmt: skip


def percent(value: float) -> str:
    """A share as a percentage."""
    return f"{value * 100:.0f} %"


def _mark(part: ItemScore, name: str) -> Score:
    figure: Figure = getattr(part, name)
    verdict = part.verdict if part.chosen == name or figure.value is None else _by_limits(figure.value, name)
    text = show_score(figure.value) if figure.value is not None else _reported(part, "")
    return Score(str(part.item_number), figure.value, verdict, text)


def _by_limits(value: float, name: str) -> str:
    """Where a statistic that decided nothing lies between its limits."""
    warning, action, _span = LIMITS[name]
    if abs(value) >= action if warning is not None else abs(value) > action:
        return "action"
    return "warning" if warning is not None and abs(value) > warning else "acceptable"


def _nothing(one: Overall, score: RoundScore) -> list[tuple[str, str]]:
    return [(one.verdict, "") for _item in score.items]


def _small(part: ItemScore, name: str | None) -> str:
    if name is not None and name in SWITCH:
        figure: Figure = getattr(part, name)
        if figure.value is not None:
            return show_score(figure.value) if name in LIMITS or name == "d" else show_number(figure.value, 1)
    return _reported(part, "")


def _reported(part: ItemScore, unit: str) -> str:
    if part.value_text:
        relation = "" if part.relation == "=" else f"{part.relation} "
        return f"{relation}{part.value_text} {unit}".strip()
    return part.result_code or "–"


def _reference(item: ItemStatistics) -> str:
    return _code(item.expected_code) if item.expected_code else _figure(item.x_pt)


def _code(code: str | None) -> str:
    return f"{code} {_(terms.RESULT_CODES[code])}" if code in terms.RESULT_CODES else code or "–"


def _figure(figure: Figure, places: int = 2) -> str:
    return show_number(figure.value, places)
