"""The words of verdicts, states and rules, each with its sign: letter and colour, so that either may fail."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lims.excel.look import Look
from lims.marks import N_
from lims.rounds.scoring.verdict_words import VERDICT_WORDS


@dataclass(frozen=True)
class VerdictSign:
    """How a verdict looks and reads."""

    letter: str
    word: str
    ink: str
    fill: str | None
    hatched: bool = False
    dashed: bool = False

    @cached_property
    def cell(self) -> Look:
        """The look of one item's verdict in a grid."""
        return self.look.but(bold=False, wrap=False)

    @cached_property
    def look(self) -> Look:
        """The cell's look: tint, dark text, the letter does the rest."""
        return Look(
            bold=True,
            ink=self.ink,
            fill=self.fill,
            hatched=self.hatched,
            align="center",
            vertical="center",
            border="dashed" if self.dashed else "thin",
        )


VERDICTS = {
    verdict: VerdictSign(letter, VERDICT_WORDS[verdict], ink, fill, hatched=verdict == "not_evaluated", dashed=verdict == "no_response")
    for verdict, letter, ink, fill in (
        ("acceptable", "S", "075A5F", "DEF0F0"),
        ("warning", "Q", "734700", "FCEFD2"),
        ("action", "U", "8C0C26", "FAE3E7"),
        ("not_evaluated", "–", "484E57", None),
        ("no_response", "N", "475162", None),
    )
}
"""Verdict code -> sign, in the order of the glossary."""

PARTICIPANT_STATES = {
    "submitted": N_("submitted"),
    "late": N_("late"),
    "could_not_test": N_("could not test"),
    "no_response": N_("no response (not submitted)"),
    "withdrawn": N_("withdrawn"),
}
SIDES = {"customs": N_("customs group"), "cdc": N_("CDC group")}
STATUSES = {"interim": N_("interim"), "final": N_("final"), "corrected": N_("corrected")}
KINDS = {"qualitative": N_("qualitative"), "quantitative": N_("quantitative")}
CATEGORIES = {
    "correct": N_("correct"),
    "false_positive": N_("false positive"),
    "false_negative": N_("false negative"),
    "indeterminate": N_("indeterminate"),
    "invalid": N_("invalid"),
    "not_tested": N_("not tested"),
}
RESULT_CODES = {
    "POS": N_("positive"),
    "WPOS": N_("weak positive"),
    "IND": N_("indeterminate"),
    "NEG": N_("negative"),
    "INV": N_("invalid"),
    "DET": N_("detected"),
    "ND": N_("not detected"),
    "LOQLT": N_("below limit of quantification"),
    "GTMAX": N_("above measuring range"),
    "NT": N_("not tested"),
}
CALLS = {"positive": N_("positive"), "negative": N_("negative"), "indeterminate": N_("indeterminate")}
STATISTICS = {
    "d": "D",
    "d_percent": "D %",
    "pa": "PA %",
    "z": "z",
    "z_prime": "z′",
    "zeta": "ζ",
    "en": "En",
    "category": N_("category"),
    "percent_score": N_("percent score"),
}
ASSIGNED_VALUE_ROUTES = {
    "crm": N_("certified reference material"),
    "formulation": N_("formulation"),
    "reference_laboratory": N_("reference laboratory"),
    "expert_laboratories": N_("expert laboratories"),
    "consensus": N_("consensus value of the participants"),
    "none": N_("no assigned value"),
}
SIGMA_ROUTES = {
    "regulation": N_("regulation"),
    "perception": N_("fitness for purpose"),
    "previous_rounds": N_("earlier rounds"),
    "horwitz": N_("Horwitz or Thompson model"),
    "precision_experiment": N_("precision experiment"),
    "this_round": N_("results of this round"),
    "none": N_("not fixed"),
}
MARKS = {
    "organiser": N_("organiser takes part"),
    "late": N_("late"),
    "educational": N_("educational item, not scored"),
    "censored": N_("censored value"),
    "excluded": N_("excluded"),
    "informative": N_("informative only"),
    "needs_review": N_("goes to review"),
}
LATE_POLICIES = {
    "refuse": N_("late results are refused"),
    "list": N_("late results are accepted and listed, not scored"),
    "score_marked": N_("late results are scored with a mark until unblinding"),
}
MISSING_POLICIES = {
    "not_counted": N_("a missing result is never counted and never in a denominator"),
    "counts_as_zero": N_("a missing result counts as 0 points"),
}
INDETERMINATE_POLICIES = {
    "half": N_("indeterminate counts half a point"),
    "zero": N_("indeterminate counts 0 points"),
    "exclude": N_("indeterminate is left out"),
}
INDETERMINATE_SCOPES = {
    "weak_positive": N_("this holds for weak positive items only; elsewhere indeterminate earns nothing"),
    "all": N_("this holds for all items"),
}
AGREEMENT_INDETERMINATE = {
    "left_out": N_("pairs with an indeterminate result are left out of the tables of agreement and counted"),
    "third_category": N_("indeterminate is a third category of the tables of agreement"),
}
THIRD_CATEGORY = {
    "counted": N_("as a third category it counts against PPA and NPA; both without it stand beside"),
    "left_out": N_("as a third category it is left out of PPA and NPA; both with it counted against stand beside"),
}
OTHERWISE = {  # what PPA and NPA the other way are called, by the rule of the protocol
    "counted": (N_("PPA without indeterminate results"), N_("NPA without indeterminate results")),
    "left_out": (N_("PPA with indeterminate results counted against"), N_("NPA with indeterminate results counted against")),
}
OVERALL_RULES = {
    "worst": N_("the worst item verdict is the overall verdict"),
    "percent": N_("the percentage of acceptable items is compared with the threshold"),
}
SCORING_RULES = {
    "percent": N_("percent score with a threshold"),
    "core": N_("all core items correct"),
    "all": N_("all items correct"),
    "weighted": N_("weighted score"),
}
INTERVALS = {
    "wilson": N_("Wilson interval"),
    "clopper_pearson": N_("exact interval (Clopper-Pearson)"),
    "wald": N_("interval by the large-sample standard error"),
    "welch": N_("interval by Welch"),
    "paired": N_("interval by Student, paired over the items"),
    "group_kappa": N_("interval by leaving out one item at a time"),
    "cluster_bootstrap": N_("interval by drawing the items again"),
}
MCNEMAR_METHODS = {"exact": N_("exact"), "chi_square_corrected": N_("chi-squared with continuity correction")}
EQUIVALENCE = {
    "equivalent": N_("equivalent: the 90 % interval lies within the limit of the protocol"),
    "not_equivalent": N_("not equivalent: the 90 % interval lies beyond the limit of the protocol"),
    "inconclusive": N_("not shown: the 90 % interval crosses the limit of the protocol"),
    "not_evaluated": N_("equivalence was not tested"),
}
CONSENSUS_ESTIMATORS = {
    "algorithm_a": N_("Algorithm A (x*, s*)"),
    "q_hampel": N_("Q method and Hampel (x*, s*)"),
    "median_niqr": N_("median and nIQR"),
}
CENSORING_POLICIES = {
    "by_limits": N_("judged where they lie certainly outside the acceptance range, else not evaluated"),
    "not_evaluated": N_("never evaluated"),
}
CENSORED_VALUES = {
    "deleted": N_("left out of median and consensus"),
    "sign_ignored": N_("their limit enters median and consensus"),
    "half_value": N_("half the limit of < enters median and consensus"),
}
