"""The seam of a validation study: design, criteria, rows, strata, exclusions and every convention, as frozen plain values.

`StudyInput` is all that an analysis takes; `outcome.StudyAnalysis` is all that it gives. Both go to canonical JSON and back (`json_of`,
`study_of`), so that a stored analysis can be computed again anywhere and compared.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal, get_args

from lims.canonical import canonical
from lims.rounds.report.restored import restored
from lims.validation.analysis.values import Reported

Family = Literal[
    "qualitative_agreement",
    "detection_limit",
    "blank_and_detection",
    "inclusivity",
    "interference",
    "precision",
    "precision_verification",
    "method_comparison",
    "linearity",
    "pcr_efficiency",
    "pod",
    "relative_detection",
    "food_kit",
    "paired_specimens",
    "two_readers",
    "multi_site",
    "chemistry",
]
FAMILIES: Final[tuple[str, ...]] = get_args(Family)

TEMPLATE_FAMILIES: Final[dict[str, Family]] = {
    "VQ_AGREE": "qualitative_agreement",
    "VQ_VERIFY": "qualitative_agreement",
    "VQ_LOD": "detection_limit",
    "VQ_C50": "detection_limit",
    "VQ_CROSS": "interference",
    "VQ_REPEAT": "precision",
    "VQ_MULTI": "multi_site",
    "VF_CFDA": "food_kit",
    "VM_16140": "relative_detection",
    "VM_SLV": "pod",
    "VC_CHEM": "chemistry",
    "VS_MATRIX": "paired_specimens",
    "VQ_LOB": "blank_and_detection",
    "VQ_INCL": "inclusivity",
    "VN_EP05": "precision",
    "VN_EP15": "precision_verification",
    "VN_EP09": "method_comparison",
    "VN_LINEAR": "linearity",
    "VN_PCR_EFF": "pcr_efficiency",
    "VQ_READERS": "two_readers",
}
"""Code of a template in the catalogue -> the design family that analyses it."""

Comparator = Literal["at_least", "at_most", "between"]
BoundRole = Literal["bound", "estimate", "not_refuted"]
"""bound: the whole interval must lie on the right side (the claim is shown); estimate: the point estimate decides (counts of a standard
such as "19 of 20"); not_refuted: met unless the whole interval lies on the wrong side (verification of somebody else's claim, EP15)."""
Stratum = Literal["", "ct_band", "site", "lot", "operator", "specimen", "onset", "agent"]
STRATA: Final[tuple[str, ...]] = ("ct_band", "site", "lot", "operator", "specimen", "onset", "agent")
Role = Literal["sample", "blank", "target", "non_target", "interferent", "weak", "spiked", "calibration"]


@dataclass(frozen=True)
class Criterion:
    """One acceptance criterion of the plan. Without `by` it is asked of all rows together, else of each stratum (each must meet it).

    limit and upper are in the characteristic's own unit: shares between 0 and 1, percent where the name ends in `_percent`, else the
    study's unit. level restricts it to one level (concentration). confidence is two-sided.
    """

    code: str
    characteristic: str
    comparator: Comparator
    limit: Decimal
    upper: Decimal | None = None
    confidence: Decimal = Decimal("0.95")
    role: BoundRole = "bound"
    by: Stratum = ""
    level: Decimal | None = None

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1:
            raise ValueError(f"{self.code}: a confidence between 0 and 1 is expected, not {self.confidence}")
        if (self.upper is None) == (self.comparator == "between") or (self.upper is not None and self.upper < self.limit):
            raise ValueError(f"{self.code}: two ordered limits are expected for between, one for at_least and at_most")


@dataclass(frozen=True)
class Strata:
    """Where a row belongs; an empty text is "not recorded"."""

    ct_band: str = ""
    site: str = ""
    lot: str = ""
    operator: str = ""
    specimen: str = ""
    onset: str = ""


@dataclass(frozen=True)
class Observation:
    """One row of the locked data.

    test: the method under validation. comparator: the reference method or assigned value. second: the paired result that belongs to
    neither: the second blinded reader, the second specimen type, the result without the interferent. level: concentration, dose or
    assigned value. The day and run are those of a precision design. ct: of the reference, for the bands of the options. score: the
    measured signal behind a yes/no result. resolved: what the comparator says after the discordant result was resolved.
    """

    number: int
    item: str
    test: Reported
    comparator: Reported | None = None
    second: Reported | None = None
    level: Decimal | None = None
    role: Role = "sample"
    agent: str = ""
    day: str = ""
    run: str = ""
    ct: Decimal | None = None
    score: Decimal | None = None
    resolved: Reported | None = None
    strata: Strata = field(default_factory=Strata)


@dataclass(frozen=True)
class Exclusion:
    """A row left out, with its coded reason; the row stays in the data and in the analysis "with all rows"."""

    number: int
    reason_code: str
    reason: str = ""


@dataclass(frozen=True)
class AnalysisOptions:
    """Every convention of an analysis, explicit and recorded with it; the defaults are those of the design documents."""

    proportion_interval: Literal["clopper_pearson", "wilson"] = "clopper_pearson"
    indeterminate: Literal["left_out", "as_positive", "as_negative", "as_disagreement"] = "left_out"
    censored: Literal["left_out", "half_of_limit", "limit"] = "left_out"
    lod_link: Literal["probit", "logit", "cloglog", "poisson"] = "probit"
    lod_interval: Literal["fieller", "delta"] = "fieller"
    lod_probability: Decimal = Decimal("0.95")
    lob_rule: Literal["nonparametric", "parametric"] = "nonparametric"
    lob_alpha: Decimal = Decimal("0.05")
    lod_beta: Decimal = Decimal("0.05")
    regression: Literal["passing_bablok", "deming", "weighted_deming"] = "passing_bablok"
    deming_ratio: Decimal = Decimal("1")
    deming_errors: Literal["analytical", "jackknife"] = "jackknife"
    bland_altman_multiplier: Decimal = Decimal("1.96")
    bland_altman_variance: Literal["1999", "1986"] = "1999"
    decision_levels: tuple[Decimal, ...] = ()
    allowed_difference_percent: Decimal | None = None
    linearity_alpha: Decimal = Decimal("0.05")
    chi_square_correction: bool = True
    paired_data: bool = False
    ct_edges: tuple[Decimal, ...] = (Decimal(25), Decimal(30), Decimal(33))
    readers_rule: Literal["first", "both_positive", "either_positive"] = "first"
    higher_is_positive: bool = True
    level_scale: Literal["linear", "log10"] = "linear"
    claimed_lob: Decimal | None = None
    bootstrap_draws: int = 999
    bootstrap_seed: int = 20260101


@dataclass(frozen=True)
class StudyInput:
    """Everything an analysis takes: plan and locked data. strata: which splits are computed besides the whole."""

    family: Family
    criteria: tuple[Criterion, ...]
    observations: tuple[Observation, ...]
    exclusions: tuple[Exclusion, ...] = ()
    strata: tuple[Stratum, ...] = ()
    options: AnalysisOptions = field(default_factory=AnalysisOptions)
    unit: str = ""
    confidence: Decimal = Decimal("0.95")

    def __post_init__(self) -> None:
        numbers = {row.number for row in self.observations}
        if len(numbers) < len(self.observations):
            raise ValueError("each row has a number of its own")
        if stray := {one.number for one in self.exclusions} - numbers:
            raise ValueError(f"exclusions of rows that are not there: {sorted(stray)}")
        if len({one.code for one in self.criteria}) < len(self.criteria):
            raise ValueError("each criterion has a code of its own")


def json_of(value: Any) -> str:
    """Canonical JSON of a study or an analysis: equal content, equal text."""
    return canonical(asdict(value))


def study_of(text: str) -> StudyInput:
    """The study that the JSON states; ValueError names what is not of its kind."""
    return restored(StudyInput, json.loads(text))
