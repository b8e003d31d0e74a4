"""What other choices would change, in words: one sentence for each choice that changes a verdict, one for all that change none."""

from __future__ import annotations

from lims.marks import N_
from lims.rounds.scoring.verdict_words import VERDICT_WORDS
from lims.statistics.assessment.round_score import Alternative, RoundScore, VerdictChange
from lims.words import translate

CHOICES: dict[tuple[str, str], str] = {
    ("preferred_statistic", "en"): N_("En deciding"),
    ("preferred_statistic", "zeta"): N_("zeta deciding"),
    ("preferred_statistic", "z"): N_("z or z′ deciding"),
    ("preferred_statistic", "pa"): N_("the allowed difference deciding"),
    ("conventions.u_negligible", "inclusive"): N_("an uncertainty of exactly 0.3 sigma counted as negligible"),
    ("conventions.u_negligible", "strict"): N_("an uncertainty of exactly 0.3 sigma counted as not negligible"),
    ("consensus_estimator", "algorithm_a"): N_("a consensus by Algorithm A"),
    ("consensus_estimator", "q_hampel"): N_("a consensus by Q/Hampel"),
    ("consensus_estimator", "median_niqr"): N_("a consensus by median and nIQR"),
    ("conventions.algorithm_a_factor", "exact"): N_("the exact factor in Algorithm A"),
    ("conventions.algorithm_a_factor", "iso"): N_("the factor 1.134 in Algorithm A"),
    ("conventions.made_factor", "exact"): N_("the exact factor of MADe at the start of Algorithm A"),
    ("conventions.made_factor", "iso"): N_("the factor 1.483 of MADe at the start of Algorithm A"),
    ("conventions.algorithm_a_stopping", "convergence"): N_("Algorithm A run until nothing moves"),
    ("conventions.algorithm_a_stopping", "third_figure"): N_("Algorithm A stopped when the third figure stands"),
    ("censored_in_consensus", "deleted"): N_("results with < or > left out of the consensus"),
    ("censored_in_consensus", "sign_ignored"): N_("the limit of results with < or > taken into the consensus"),
    ("censored_in_consensus", "half_value"): N_("half the limit of results with < taken into the consensus"),
    ("conventions.quartiles", "6"): N_("quartiles by rule 6"),
    ("conventions.quartiles", "7"): N_("quartiles by rule 7"),
    ("without_most_distant", ""): N_("a consensus without the most distant laboratory"),
    ("indeterminate_policy", "half"): N_("half the points for an indeterminate result"),
    ("indeterminate_policy", "zero"): N_("no points for an indeterminate result"),
    ("indeterminate_policy", "exclude"): N_("indeterminate results left out"),
    ("missing_policy", "not_counted"): N_("missing results not counted"),
    ("missing_policy", "counts_as_zero"): N_("missing results counted as 0"),
    ("scoring_rule", "percent"): N_("the percent score deciding"),
    ("scoring_rule", "core"): N_("all core items having to be correct"),
    ("scoring_rule", "all"): N_("all items having to be correct"),
    ("scoring_rule", "weighted"): N_("the weighted score deciding"),
}
MOST = 20  # changes named in a sentence; further ones are counted


def sensitivity_lines(score: RoundScore, language: str) -> list[str]:
    """The sentences for screen and report; nothing when no alternative applies."""
    lines = [_changed(one, language) for one in score.sensitivity if one.changes]
    still = [_choice(one, language) for one in score.sensitivity if not one.changes]
    if still:
        lines.append(translate(N_("No verdict would differ with: %(choices)s."), language, choices="; ".join(still)))
    return lines


def _choice(one: Alternative, language: str) -> str:
    return translate(CHOICES[one.option, one.value], language)


def _changed(one: Alternative, language: str) -> str:
    named = "; ".join(_change(change, language) for change in one.changes[:MOST])
    if len(one.changes) > MOST:
        named += "; " + translate(N_("%(n)s more"), language, n=len(one.changes) - MOST)
    sentence = N_("With %(choice)s these verdicts would differ: %(changes)s.")
    return translate(sentence, language, choice=_choice(one, language), changes=named)


def _change(change: VerdictChange, language: str) -> str:
    words = {"who": change.participant_code, "old": translate(VERDICT_WORDS[change.verdict], language)}
    words["new"] = translate(VERDICT_WORDS[change.alternative], language)
    if change.item_number is None:
        return translate(N_("%(who)s %(new)s instead of %(old)s"), language, **words)
    return translate(N_("%(who)s item %(item)s %(new)s instead of %(old)s"), language, item=change.item_number, **words)
