"""What the evaluation page shows of agreement: tables with all that belongs beside kappa, its intervals, and the two groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lims.rounds.report import terms
from lims.rounds.report.between_two import LEVELS_DIFFER, LIMITS_MEANING
from lims.rounds.views.acting import sentences
from lims.rounds.views.scores import percent, said
from lims.statistics.assessment.outcome import AgreementTable, EquivalenceTest, Figure, GroupComparison, GroupSummary
from lims.statistics.assessment.outcome import Estimate as Given
from lims.statistics.assessment.round_score import RoundScore
from lims.web.charts import Estimate, Forest, forest
from lims.web.language import _, show_number

EXPECTED = "expected"


def against_truth(score: RoundScore) -> dict[str, Any] | None:
    """The table of all laboratories against the expected results; None where the run has none."""
    found = [one for one in score.agreement if one.kind == "truth"]
    whole = next((one for one in found if one.row == "all"), found[0] if len(found) == 1 else None)
    return table(whole) if whole else None


def groups_table(score: RoundScore) -> dict[str, Any] | None:
    """Customs group against CDC group, where the run has such a table."""
    found = next((one for one in score.agreement if one.kind == "group"), None)
    return table(found) if found else None


def table(one: AgreementTable) -> dict[str, Any]:
    """One table with its sums and measures as text."""
    return {
        "row": _party(one.row), "column": _party(one.column), "categories": [_(terms.CALLS.get(name, name)) for name in one.categories],
        "rows": [(_(terms.CALLS.get(name, name)), counts, sum(counts)) for name, counts in zip(one.categories, one.counts, strict=True)],
        "sums": [sum(counts) for counts in zip(*one.counts, strict=True)], "n": one.n_pairs, "left_out": one.n_left_out,
        "measures": [
            (_("Agreement"), *_share(one.po)), (_("Positive agreement PPA"), *_share(one.ppa)),
            (_("Negative agreement NPA"), *_share(one.npa)), *_otherwise(one),
            ("kappa", *_kappa(one.kappa)), ("PABAK", *_figure(one.pabak)),
        ],
        "warnings": sentences(said(reason) for reason in one.warnings),
    }  # fmt: skip


def _otherwise(one: AgreementTable) -> list[tuple[str, str, str]]:
    """PPA and NPA with indeterminate results treated the other way, where they are a category of their own."""
    if one.third is None:
        return []
    ppa, npa = terms.OTHERWISE[one.third.rule]
    return [(_(ppa), *_share(one.third.ppa_otherwise)), (_(npa), *_share(one.third.npa_otherwise))]


def kappas(score: RoundScore) -> Forest | None:
    """Kappa of each laboratory against the expected results with its interval, or why there is none."""
    found = [one for one in score.agreement if one.kind == "truth" and one.row != "all"]
    return forest([_estimate(one) for one in found]) if found else None


def kappa_sentence(score: RoundScore) -> str:
    """What the chart of kappa shows, for who does not see it."""
    found = [one for one in score.agreement if one.kind == "truth" and one.row != "all"]
    full = sum(one.po.value == 1 for one in found)
    return _("Kappa of %(n)s laboratories against the expected results; %(full)s agree on every item.", n=len(found), full=full)


def pairs(score: RoundScore) -> list[dict[str, str]]:
    """Agreement of each pair of laboratories, in one line each."""
    return [
        {
            "pair": f"{one.row} – {one.column}", "agree": f"{sum(one.counts[k][k] for k in range(len(one.counts)))}/{one.n_pairs}",
            "kappa": _kappa(one.kappa)[0], "interval": _kappa(one.kappa)[1], "pabak": _figure(one.pabak)[0],
        }
        for one in score.agreement if one.kind == "pair"
    ]  # fmt: skip


def split_rows(score: RoundScore) -> list[dict[str, Any]]:
    """Two laboratories without a reference value: difference and scores between them."""
    return [
        {
            "item": one.item_number, "pair": f"{one.first} – {one.second}", "d": show_number(one.d.value),
            "zeta": show_number(one.zeta.value), "en": show_number(one.en.value), "verdict": one.verdict,
        }
        for one in score.pairs
    ]  # fmt: skip


def limits_of_agreement(score: RoundScore) -> dict[str, Any] | None:
    """Bland and Altman's limits between two laboratories, each with its interval; None below the number of split samples."""
    found = score.limits_of_agreement
    if found is None:
        return None
    lines = ((_("mean difference"), found.bias), (_("lower limit"), found.lower), (_("upper limit"), found.upper))
    notes = [_(LIMITS_MEANING)] if found.is_one_scale else [_(LIMITS_MEANING), _(LEVELS_DIFFER)]
    return {
        "pair": f"{found.first} – {found.second}", "n": found.n, "sd": show_number(found.sd.value),
        "lines": [(word, *_measure(one, show_number)) for word, one in lines], "notes": sentences(notes),
    }  # fmt: skip


def groups(score: RoundScore) -> list[dict[str, Any]]:
    """Customs group beside CDC group, per item or over all; where every group is too small one line stands for all items."""
    shown = [_comparison(one, score.kind == "qualitative") for one in score.groups]
    has_numbers = any(part["first"] != "–" for one in shown for part in one["sides"])
    return shown if has_numbers else [{**shown[0], "item": _("all core items")}]


def group_reasons(shown: list[dict[str, Any]]) -> str:
    """Why groups are not shown or not compared, each reason once."""
    return sentences(dict.fromkeys(reason for one in shown for reason in one["reasons"]))


def _comparison(one: GroupComparison, is_panel: bool) -> dict[str, Any]:
    bias = one.bias
    difference = ""
    if bias.value is not None:
        difference = show_number(bias.value)
        if bias.low is not None and bias.high is not None:
            ends = {"low": show_number(bias.low), "high": show_number(bias.high)}
            difference = _("%(value)s, 95 %% CI %(low)s to %(high)s", value=difference, **ends)
    reasons = [said(reason) for reason in one.warnings]
    found = [one.kappa.reason] if is_panel else [bias.reason, one.equivalence.reason]
    reasons += [said(reason) for reason in found if reason is not None]
    return {
        "item": str(one.item_number) if one.item_number is not None else _("all core items"),
        "sides": [_group(part, is_panel) for part in (one.customs, one.cdc)], "difference": difference,
        "equivalence": "" if is_panel else _equivalence(one.equivalence), "kappa": _group_kappa(one) if is_panel else "",
        "reasons": list(dict.fromkeys(reasons)),
    }  # fmt: skip


def _equivalence(test: EquivalenceTest) -> str:
    """What the two one-sided tests show against the limit of the protocol; nothing where nothing could be tested."""
    if test.p is None or test.low is None or test.high is None:
        return ""
    ends = {"low": show_number(test.low), "high": show_number(test.high), "limit": show_number(test.limit), "p": f"{test.p:.3g}"}
    return f"{_(terms.EQUIVALENCE[test.verdict])} " + _("(±%(limit)s; 90 %% CI %(low)s to %(high)s; p = %(p)s)", **ends)


def _group_kappa(one: GroupComparison) -> str:
    """Kappa between the groups with its interval; empty where the groups are not shown."""
    if one.kappa.value is None:
        return ""
    value, interval = _kappa(one.kappa)
    return f"{value} ({interval})" if interval else value


def _group(part: GroupSummary, is_panel: bool) -> dict[str, Any]:
    first = _share(part.correct_rate)[0] if is_panel else show_number(part.mean.value)
    is_shown = (part.correct_rate if is_panel else part.mean).value is not None
    return {
        "side": part.side, "n": part.n_laboratories, "first": first if is_shown else "–",
        "sd": "" if is_panel else show_number(part.sd.value),
    }  # fmt: skip


def _estimate(one: AgreementTable) -> Estimate:
    agree = sum(one.counts[k][k] for k in range(len(one.counts)))
    kappa = one.kappa
    if kappa.value is None:
        return Estimate(one.row, None, text=said(kappa.reason) if kappa.reason else _("not estimable"))
    if kappa.low == kappa.high:
        return Estimate(one.row, kappa.value, text=_("%(n)s of %(of)s, no interval", n=agree, of=one.n_pairs))
    return Estimate(one.row, kappa.value, kappa.low, kappa.high)


def _share(estimate: Given) -> tuple[str, str]:
    """A share in percent and its interval, or why it is not estimable."""
    return _measure(estimate, percent)


def _kappa(estimate: Given) -> tuple[str, str]:
    return _measure(estimate, show_number)


def _measure(estimate: Given, write: Callable[[float], str]) -> tuple[str, str]:
    reason = said(estimate.reason) if estimate.reason else ""
    if estimate.value is None:
        return _("not estimable"), reason
    if estimate.low is None or estimate.high is None or estimate.low == estimate.high:
        return write(estimate.value), reason
    return write(estimate.value), _("%(low)s to %(high)s", low=write(estimate.low), high=write(estimate.high))


def _figure(figure: Figure) -> tuple[str, str]:
    if figure.value is None:
        return _("not estimable"), said(figure.reason) if figure.reason else ""
    return show_number(figure.value), ""


def _party(name: str) -> str:
    words = {**terms.SIDES, EXPECTED: _("expected"), "all": _("all laboratories")}
    return _(words[name]) if name in words else name
