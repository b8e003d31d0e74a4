"""What a score run is given: the protocol's rules, the items, the participants and what they reported.

Plain frozen values, nothing from the database. Decimal numbers of the protocol are `Decimal`; reported numbers stay the text
that the participant signed (`value`, `expanded_u`, `k`, `replicates`, `ct`), so that the input hash covers what was sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal["qualitative", "quantitative"]
AssignedValueRoute = Literal["crm", "formulation", "reference_laboratory", "expert_laboratories", "consensus", "none"]
SigmaRoute = Literal["regulation", "perception", "previous_rounds", "horwitz", "precision_experiment", "this_round", "none"]
IndeterminatePolicy = Literal["half", "zero", "exclude"]
MissingPolicy = Literal["not_counted", "counts_as_zero"]
LatePolicy = Literal["refuse", "list", "score_marked"]
ScoringRule = Literal["percent", "core", "all", "weighted"]  # (a) to (d) of the panel designs
CriticalErrorPolicy = Literal["none", "review", "action"]
AgreementIndeterminate = Literal["left_out", "third_category"]
IndeterminateAgainst = Literal["counted", "left_out"]
IndeterminateScope = Literal["weak_positive", "all"]
Preference = Literal["by_table", "en", "zeta", "z", "pa"]
ConsensusEstimator = Literal["algorithm_a", "q_hampel", "median_niqr"]
CensoringPolicy = Literal["by_limits", "not_evaluated"]
CensoredValues = Literal["deleted", "sign_ignored", "half_value"]
OverallRule = Literal["worst", "percent"]
Side = Literal["customs", "cdc"]
ParticipantState = Literal["submitted", "late", "could_not_test", "no_response", "withdrawn"]
Relation = Literal["=", "<", ">"]
Exclusion = Literal["", "excluded_invalid", "not_scored"]


@dataclass(frozen=True, slots=True)
class SmallNumberRule:
    """Borders of the decision table; defaults to be verified against the standard, stored with every score run."""

    informative_from: int = 8  # median and nIQR are shown as information from here
    consensus_from: int = 12  # consensus values and z against them are allowed from here
    external_z_from: int = 3  # z with external x_pt and sigma_pt is a verdict from here
    kappa_pairs: int = 30  # fewer pairs: kappa carries a warning
    mcnemar_exact_below: int = 25  # discordant pairs
    split_pairs: int = 20  # Bland-Altman needs this many split samples
    group_from: int = 5  # a group below this yields no group statistic


@dataclass(frozen=True, slots=True)
class Conventions:
    """Choices that the standards leave open; printed in every report."""

    quartiles: Literal[6, 7] = 7
    made_factor: Literal["exact", "iso"] = "exact"
    algorithm_a_factor: Literal["iso", "exact"] = "iso"
    algorithm_a_stopping: Literal["convergence", "third_figure"] = "convergence"
    u_negligible: Literal["strict", "inclusive"] = "strict"  # u < 0.3 sigma_pt, or the older u <= 0.3 sigma_pt
    u_negligible_factor: Decimal = Decimal("0.3")
    confidence: Decimal = Decimal("0.95")
    binomial_interval: Literal["wilson", "clopper_pearson"] = "wilson"  # of shares: correct results, po, PPA, NPA
    # Of these one choice only is open to a round so far; recorded, so that every report says what was done.
    niqr_factor: Literal["0.7413"] = "0.7413"
    u_consensus: Literal["1.25 s*/sqrt(p)"] = "1.25 s*/sqrt(p)"
    q_differences: Literal["merged at the decimals of the data"] = "merged at the decimals of the data"
    hampel: Literal["1.5 3 4.5, root nearest the median"] = "1.5 3 4.5, root nearest the median"
    kappa_interval: Literal["Fleiss-Cohen-Everitt 1969"] = "Fleiss-Cohen-Everitt 1969"
    equivalence_alpha: Literal["0.05"] = "0.05"  # of each of the two one-sided tests
    bland_altman_multiplier: Literal["1.96"] = "1.96"
    bland_altman_variance: Literal["1999"] = "1999"
    homogeneity_criterion: Literal["expanded"] = "expanded"  # on s_s: 0.3 sigma_pt, then sqrt(F1 (0.3 sigma_pt)^2 + F2 s_w^2)
    homogeneity_factors: Literal["exact"] = "exact"
    stability_rule: Literal["plain"] = "plain"  # difference of the means up to 0.3 sigma_pt


@dataclass(frozen=True, slots=True)
class EarlierRound:
    """Assigned value and robust standard deviation of an earlier round, in the unit of the measurand."""

    x_pt: Decimal
    sd: Decimal


@dataclass(frozen=True, slots=True)
class ScoringPlan:
    """The protocol's statistical part, fixed before any result exists."""

    kind: Kind
    measurand: str
    unit: str = "1"  # UCUM
    is_log10: bool = False
    design: Literal["panel", "split"] = "panel"  # split: routine samples tested by both sides, truth unknown
    assigned_value_route: AssignedValueRoute = "formulation"
    consensus_estimator: ConsensusEstimator = "algorithm_a"  # gives x* and s* where the results of the round give either
    sigma_pt_route: SigmaRoute = "perception"
    sigma_pt: Decimal | None = None  # a stated number stands before the models below
    mass_fraction_per_unit: Decimal | None = None  # Horwitz and Thompson: 0.000001 for mg/kg
    s_reproducibility: Decimal | None = None  # precision experiment: s_R, s_r and the replicates behind a reported result
    s_repeatability: Decimal | None = None
    replicates: int = 1
    earlier_rounds: tuple[EarlierRound, ...] = ()  # a line through two or more of them gives sigma_pt at the assigned value
    delta_e: Decimal | None = None  # allowed difference in the unit of the measurand
    delta_e_percent: Decimal | None = None  # or in percent of x_pt; delta_e wins when both stand
    k: Decimal = Decimal("2")  # coverage factor that is usual in the round; each reported U names its own
    equivalence_limit: Decimal | None = None  # bias between the sides that does not matter, in the unit of the measurand
    is_one_scale: bool = False  # the items lie on one linear scale, so that differences may be averaged over them
    censoring_policy: CensoringPolicy = "by_limits"  # or never judged
    censored_in_consensus: CensoredValues = "deleted"  # what median and consensus make of "<" and ">"
    percent_score_threshold: Decimal = Decimal("80")
    minimum_share: Decimal = Decimal("0.8")  # of the core items that must count for an overall verdict; verify against the standard
    indeterminate_policy: IndeterminatePolicy = "half"
    missing_policy: MissingPolicy = "not_counted"
    late_policy: LatePolicy = "list"
    scoring_rule: ScoringRule = "percent"
    critical_error: CriticalErrorPolicy = "review"  # missed strong positive; in rule (d) also a negative called positive
    agreement_indeterminate: AgreementIndeterminate = "left_out"
    agreement_third_category: IndeterminateAgainst = "counted"  # in PPA and NPA, neither positive nor negative; the other way stands beside
    indeterminate_scope: IndeterminateScope = "weak_positive"  # on other items an indeterminate result earns nothing
    preferred_statistic: Preference = "by_table"  # taken where the decision table permits it
    overall_rule: OverallRule = "worst"  # quantitative: worst item verdict, or percent of acceptable items against the threshold
    small_numbers: SmallNumberRule = SmallNumberRule()
    conventions: Conventions = Conventions()

    @property
    def has_sigma_model(self) -> bool:
        """The inputs of the model stand there that the route to sigma_pt names."""
        given = {
            "horwitz": self.mass_fraction_per_unit is not None, "previous_rounds": len(self.earlier_rounds) > 1,
            "precision_experiment": self.s_reproducibility is not None and self.s_repeatability is not None,
        }  # fmt: skip
        return self.sigma_pt_route == "this_round" or given.get(self.sigma_pt_route, False)


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """One item of the panel. `expected_code` for qualitative items, `x_pt` for quantitative ones."""

    number: int
    is_core: bool = True  # an educational item is shown and not scored
    expected_code: str | None = None
    is_strong: bool = False  # a strong positive: missing it is a critical error
    weight: Decimal = Decimal("1")  # used by scoring rule (d)
    x_pt: Decimal | None = None
    expanded_u_x_pt: Decimal | None = None
    k_x_pt: Decimal = Decimal("2")
    u_hom: Decimal | None = None  # standard uncertainties from the homogeneity, stability and transport records; None: not stated
    u_stab: Decimal | None = None
    u_trans: Decimal | None = None
    sigma_pt: Decimal | None = None  # overrides the plan's sigma_pt for this item
    level_en: str = ""
    level_zh: str = ""


@dataclass(frozen=True, slots=True)
class ParticipantInput:
    """One participant under the round's code; no name ever enters a score run."""

    code: str
    side: Side
    state: ParticipantState
    is_organiser: bool = False


@dataclass(frozen=True, slots=True)
class ReportedInput:
    """What one participant reported for one item (the last signed version at the lock)."""

    participant_code: str
    item_number: int
    result_code: str | None = None
    relation: Relation = "="
    value: str | None = None
    expanded_u: str | None = None
    k: str | None = None
    unit: str | None = None  # UCUM; must stand there and equal the plan's unit to be scored
    replicates: tuple[str, ...] = ()
    ct: str | None = None
    exclusion: Exclusion = ""  # decision of the blunder desk
