"""The plan of a study, and what each template of the catalogue proposes: criteria, strata and conventions to start from. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Final

from lims.canonical import plain
from lims.rounds.report.restored import restored
from lims.validation.analysis.design import TEMPLATE_FAMILIES, AnalysisOptions, Criterion, Family, Stratum


@dataclass(frozen=True)
class StudyPlan:
    """Everything agreed before a result exists; the parties sign its hash."""

    family: Family
    criteria: tuple[Criterion, ...]
    strata: tuple[Stratum, ...] = ()
    options: AnalysisOptions = field(default_factory=AnalysisOptions)
    unit: str = ""
    confidence: Decimal = Decimal("0.95")
    planned_rows: int = 0
    purpose: str = ""
    intended_use: str = ""
    principle: str = ""
    comparator_reason: str = ""
    design: str = ""
    is_blinded: bool = False
    resolves_discordants: bool = False


def content_of(plan: StudyPlan) -> dict[str, Any]:
    """The plan as JSON's own types."""
    return plain(asdict(plan)) or {}


def plan_of(content: dict[str, Any]) -> StudyPlan:
    """The plan that its JSON states."""
    return restored(StudyPlan, content)


#: what each family can be held to
CHARACTERISTICS: Final[dict[str, tuple[str, ...]]] = {
    "qualitative_agreement": ("ppa", "npa", "opa", "kappa", "pabak", "ppa_weak", "invalid_rate", "roc_area"),
    "multi_site": ("ppa", "npa", "opa", "kappa", "ppa_homogeneity_p", "npa_homogeneity_p", "invalid_rate"),
    "food_kit": ("sensitivity", "specificity", "false_negative_rate", "false_positive_rate", "relative_accuracy", "chi_square"),
    "detection_limit": ("hit_rate", "lod"),
    "blank_and_detection": ("lob", "lod", "blanks_below_claim", "low_above_claim"),
    "inclusivity": ("inclusivity", "exclusivity"),
    "interference": ("false_results", "unaffected_agents", "interference_percent"),
    "precision": ("category_agreement", "sd_repeatability", "sd_within_laboratory", "cv_repeatability_percent",
                  "cv_within_laboratory_percent", "cv_reproducibility_percent"),
    "precision_verification": ("sd_repeatability", "sd_within_laboratory", "bias", "bias_percent"),
    "method_comparison": ("slope", "intercept", "bias", "bias_percent", "loa_lower", "loa_upper", "within_allowed", "bias_at_level"),
    "linearity": ("r2", "slope", "lack_of_fit_p", "largest_curve_deviation_percent", "deviation_percent"),
    "pcr_efficiency": ("efficiency", "r2", "slope"),
    "pod": ("pod", "dpod", "lpod"),
    "relative_detection": ("rlod", "pod"),
    "paired_specimens": ("detection_difference", "mcnemar_p", "detection_first", "detection_second"),
    "two_readers": ("reader_agreement", "kappa", "ppa", "npa"),
    "chemistry": ("r2", "calibration_levels", "recovery_percent", "rsd_repeatability_percent", "rsd_within_laboratory_percent",
                  "rsd_reproducibility_percent", "bias_percent", "loq"),
}  # fmt: skip


def _at_least(code: str, name: str, limit: str, **more: Any) -> Criterion:
    return Criterion(code, name, "at_least", Decimal(limit), **more)


def _at_most(code: str, name: str, limit: str, **more: Any) -> Criterion:
    return Criterion(code, name, "at_most", Decimal(limit), **more)


def _between(code: str, name: str, lower: str, upper: str, **more: Any) -> Criterion:
    return Criterion(code, name, "between", Decimal(lower), Decimal(upper), **more)


#: (criteria, planned rows, strata) of each template: configurable defaults, to be verified against the standard
_DEFAULTS: Final[dict[str, tuple[tuple[Criterion, ...], int, tuple[Stratum, ...]]]] = {
    "VQ_AGREE": ((_at_least("A1", "ppa", "0.90"), _at_least("A2", "npa", "0.90"), _at_least("A3", "kappa", "0.80", role="estimate")),
                 100, ("ct_band", "site", "lot")),
    "VQ_VERIFY": ((_at_least("A1", "opa", "1", role="estimate"),), 15, ()),
    "VQ_LOD": ((_at_least("A1", "hit_rate", "0.95", role="estimate"),), 20, ()),
    "VQ_C50": ((_at_least("A1", "hit_rate", "0.95", role="estimate"),), 120, ()),
    "VQ_CROSS": ((_at_most("A1", "false_results", "0", role="estimate"),), 30, ()),
    "VQ_REPEAT": ((_at_least("A1", "category_agreement", "1", role="estimate"),), 18, ("site", "lot", "operator")),
    "VQ_MULTI": ((_at_least("A1", "ppa", "0.85", by="site"), _at_least("A2", "npa", "0.85", by="site")), 100, ("site",)),
    "VF_CFDA": ((_at_most("A1", "false_negative_rate", "0.05", role="estimate"),
                 _at_most("A2", "false_positive_rate", "0.15", role="estimate"), _at_most("A3", "chi_square", "3.84", role="estimate")),
                100, ()),
    "VM_16140": ((_at_most("A1", "rlod", "1.5", role="estimate"),), 60, ()),
    "VM_SLV": ((_between("A1", "dpod", "-0.20", "0.20"),), 60, ()),
    "VC_CHEM": ((_at_least("A1", "calibration_levels", "5", role="estimate"), _at_least("A2", "r2", "0.99", role="estimate"),
                 _between("A3", "recovery_percent", "80", "110", role="estimate"),
                 _at_most("A4", "rsd_repeatability_percent", "10", role="estimate")), 30, ()),
    "VS_MATRIX": ((_between("A1", "detection_difference", "-0.10", "0.10"),), 30, ("site",)),
    "VQ_LOB": ((_at_least("A1", "low_above_claim", "0.95", role="estimate"),), 120, ()),
    "VQ_INCL": ((_at_least("A1", "inclusivity", "1", role="estimate"), _at_least("A2", "exclusivity", "1", role="estimate")), 80, ()),
    "VN_EP05": ((_at_most("A1", "cv_repeatability_percent", "5", role="estimate"),), 80, ()),
    "VN_EP15": ((_at_most("A1", "sd_repeatability", "0.2", role="not_refuted"),), 25, ()),
    "VN_EP09": ((_between("A1", "slope", "0.90", "1.10"), _between("A2", "bias", "-0.25", "0.25")), 40, ("site",)),
    "VN_LINEAR": ((_at_least("A1", "r2", "0.98", role="estimate"),), 15, ()),
    "VN_PCR_EFF": ((_between("A1", "efficiency", "0.90", "1.10", role="estimate"), _at_least("A2", "r2", "0.98", role="estimate")), 15, ()),
    "VQ_READERS": ((_at_least("A1", "reader_agreement", "0.90"), _at_least("A2", "kappa", "0.80", role="estimate")), 60, ()),
}  # fmt: skip
BLINDED: Final[Sequence[str]] = ("VQ_READERS",)


def default_plan(template_code: str) -> StudyPlan:
    """What the template proposes, to be edited; KeyError for a code that is no template with an analysis."""
    criteria, rows, strata = _DEFAULTS[template_code]
    family = TEMPLATE_FAMILIES[template_code]
    is_blinded = template_code in BLINDED
    return StudyPlan(
        family, criteria, strata, planned_rows=rows, is_blinded=is_blinded, resolves_discordants=family == "qualitative_agreement"
    )
