"""What a score run gives: every number with its value or its reason, ready for screen and report.

A number that cannot be given is a `Figure` or `Estimate` without value and with a `Reason`; nan and infinity never occur.
A `Reason` is a code with parameters; its sentence stands in `sentences.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lims.statistics.assessment.plan import AssignedValueRoute, ParticipantState, Side, SigmaRoute

Verdict = Literal["acceptable", "warning", "action", "not_evaluated", "no_response"]
Statistic = Literal["d", "d_percent", "pa", "z", "z_prime", "zeta", "en", "category", "percent_score"]
Category = Literal["correct", "false_positive", "false_negative", "indeterminate", "invalid", "not_tested"]
Mark = Literal["organiser", "late", "educational", "censored", "excluded", "informative", "needs_review"]
Band = Literal["none", "two", "small", "middle", "large"]  # n < 2, n = 2, n = 3-7, n = 8-11, n >= 12
TableKind = Literal["truth", "pair", "group"]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code with the parameters of its sentence."""

    code: str
    params: dict[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number or the reason why there is none. An informative number never carries a verdict."""

    value: float | None = None
    reason: Reason | None = None
    is_informative: bool = True


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its confidence interval, or the reason why it is not estimable."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: Reason | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How often a result code was reported for an item."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class UncertaintyParts:
    """Standard uncertainties of the assigned value: of its determination, from inhomogeneity, instability and transport (clause 7.2)."""

    u_char: Figure
    u_hom: Figure
    u_stab: Figure
    u_trans: Figure


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """Summary of one item over the participants with valid results."""

    item_number: int
    is_core: bool
    expected_code: str | None
    n_reported: int  # participants with anything reported for the item
    n_valid: int  # of them with a valid, uncensored, scored result
    n_evaluated: int  # of them all that can be judged: with the censored ones that lie certainly outside the acceptance range
    n_consensus: int  # of the valid ones without the organiser: the number in median, nIQR, x*, s*
    n_censored: int
    x_pt: Figure
    u_x_pt: Figure  # standard uncertainty, all stated parts together
    expanded_u_x_pt: Figure  # k_x_pt times it, or as the certificate of the assigned value states it
    u_parts: UncertaintyParts
    sigma_pt: Figure
    assigned_value_route: AssignedValueRoute
    sigma_pt_route: SigmaRoute
    is_u_negligible: bool | None
    delta_e: Figure
    median: Figure
    niqr: Figure
    x_star: Figure
    s_star: Figure
    algorithm_a_iterations: int | None
    lower_limit: Figure  # acceptance range of the chosen statistic where it has one for the item
    upper_limit: Figure
    chosen: Statistic | None
    why: tuple[Reason, ...]  # why this statistic, and what was refused
    code_counts: tuple[CodeCount, ...]
    correct_rate: Estimate  # item difficulty, qualitative


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One participant's result on one item."""

    participant_code: str
    item_number: int
    state: ParticipantState
    is_core: bool
    result_code: str | None
    relation: str
    value: float | None
    value_text: str | None
    u_reported: float | None  # standard uncertainty
    expanded_u: float | None
    k: float | None
    category: Category | None  # qualitative
    points: float | None  # qualitative: earned points, None when the item is left out
    d: Figure
    d_percent: Figure
    pa: Figure
    z: Figure
    z_prime: Figure
    zeta: Figure
    en: Figure
    chosen: Statistic | None
    verdict: Verdict
    reasons: tuple[Reason, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """correct + false_positive + false_negative + indeterminate + invalid + not_tested = total (core items)."""

    correct: int = 0
    false_positive: int = 0
    false_negative: int = 0
    indeterminate: int = 0
    invalid: int = 0
    not_tested: int = 0

    @property
    def total(self) -> int:
        return self.correct + self.false_positive + self.false_negative + self.indeterminate + self.invalid + self.not_tested


@dataclass(frozen=True, slots=True)
class Overall:
    """One participant's verdict for the round."""

    participant_code: str
    side: Side
    is_organiser: bool
    state: ParticipantState
    verdict: Verdict
    percent_score: Figure
    points: float | None
    points_possible: float | None
    tally: Tally | None  # qualitative, None when nothing was reported
    n_items_scored: int
    n_items_total: int  # core items
    reasons: tuple[Reason, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class McNemar:
    """Discordant pairs b (row first, column second category) and c, and the test chosen for them."""

    b: int
    c: int
    method: str  # exact | chi_square_corrected
    statistic: float | None
    p_value: float | None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class ThirdCategory:
    """Indeterminate results in PPA and NPA: the rule of the protocol, both figures the other way, and the results concerned."""

    rule: Literal["counted", "left_out"]
    ppa_otherwise: Estimate
    npa_otherwise: Estimate
    positives: int  # indeterminate results of the row side where the column side has positive, and negative
    negatives: int
    reference: int  # pairs in which the column side is indeterminate: in neither figure


@dataclass(frozen=True, slots=True)
class AgreementTable:
    """A k x k table with everything that has to stand beside kappa."""

    kind: TableKind
    row: str  # participant code or side
    column: str  # "expected", participant code or side
    categories: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]  # counts[row category][column category]
    n_pairs: int
    n_items: int  # distinct items behind the pairs; several laboratories share an item in a pooled table
    n_left_out: int
    n_rounds: int
    po: Estimate
    ppa: Estimate
    npa: Estimate
    third: ThirdCategory | None  # where the protocol makes indeterminate a category of its own
    kappa: Estimate
    kappa_se: float | None
    pabak: Figure
    prevalence_index: Figure
    bias_index: Figure
    mcnemar: McNemar | None
    warnings: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PairScore:
    """Two laboratories without a reference value: the difference and En, zeta between the two."""

    item_number: int
    first: str
    second: str
    d: Figure
    d_percent: Figure
    zeta: Figure
    en: Figure
    verdict: Verdict
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class LimitsOfAgreement:
    """Bland and Altman's limits between two laboratories over n split samples: bias, its SD, limits at 1.96 SD, each with its interval."""

    first: str
    second: str
    n: int
    bias: Estimate
    sd: Figure
    lower: Estimate
    upper: Estimate
    is_one_scale: bool  # logarithms, or one linear scale by the protocol; else a difference may depend on the level


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """One side in the group comparison; the figures carry a reason when the group is too small to be shown."""

    side: Side
    n_laboratories: int
    n_results: int
    mean: Figure
    sd: Figure
    correct_rate: Estimate


@dataclass(frozen=True, slots=True)
class EquivalenceTest:
    """Two one-sided tests of the bias against the limit of the protocol: the 90 % interval, the larger p, and what follows."""

    limit: float | None
    low: float | None
    high: float | None
    p: float | None
    verdict: Literal["equivalent", "not_equivalent", "inconclusive", "not_evaluated"]
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class GroupComparison:
    """Customs group beside CDC group for one item (quantitative), or over all core items (item_number None).

    Over all items of a quantitative round the bias is paired over the items; of a qualitative round, kappa between the groups.
    """

    item_number: int | None
    customs: GroupSummary
    cdc: GroupSummary
    bias: Estimate  # customs minus CDC
    equivalence: EquivalenceTest
    kappa: Estimate
    warnings: tuple[Reason, ...]
