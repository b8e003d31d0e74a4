"""Which options each method of the reference cases takes, by name. An option of any other name is said to be unsupported, never ignored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from lims.statistics.reference.comparing import Case

_CONFIDENCE: Final = ("conf", "confidence")
_WITH_CONFIDENCE: Final = (
    "binomial_ci", "diagnostic_2x2", "lpod", "passing_bablok", "pcr_efficiency", "pod_dpod",
)  # fmt: skip
_ALGORITHM_A: Final = ("k", "mad_factor", "s_factor", "stop")
_DOSES: Final = (*_CONFIDENCE, "dose_scale", "link", "natural_mortality")
_NESTED: Final = (*_CONFIDENCE, "model")
_OWN: Final[Mapping[str, tuple[str, ...]]] = {
    "algorithm_a": _ALGORITHM_A,
    "algorithm_a_edge": _ALGORITHM_A,
    "algorithm_s": ("eta", "xi"),
    "bland_altman": (*_CONFIDENCE, "multiplier"),
    "chance_corrected_multi_rater": (*_CONFIDENCE, "weights"),
    "cohen_kappa": ("ci", "weights"),
    "deming": (*_CONFIDENCE, "ci", "lambda"),
    "deming_weighted": (*_CONFIDENCE, "lambda"),
    "deming_known_errors": (*_CONFIDENCE, "model"),
    "ed50": _DOSES,
    "ewma": ("limits",),
    "homogeneity": ("F_factors",),
    "homogeneity_factors": ("F_factors",),
    "huber_proposal2": ("factor", "k"),
    "kappa_degenerate": ("ci", "weights"),
    "lod95": _DOSES,
    "lod95_poisson": (*_CONFIDENCE, "b", "model"),
    "median_made_niqr": ("made_factor", "niqr_factor", "quartile"),
    "nested_anova_20x2x2": _NESTED,
    "nested_anova_3x5x5": _NESTED,
    "nested_anova_unbalanced": _NESTED,
    "paired_zb_zw": ("quartile",),
    "q_hampel": ("decimals",),
    "q_method_replicates": ("decimals",),
    "q_method_trap": ("decimals",),
    "qn_sn": ("finite_corr", "h", "qn_constant", "sn_constant"),
    "roc_auc_delong": ("direction",),
    "score_percent_allowed": ("delta_E",),
    "score_z": ("centre", "scale"),
    "spearman_karber": (*_CONFIDENCE, "log_dose", "trim", "z"),
    "u_xpt_negligible": ("rule",),
}
OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {**dict.fromkeys(_WITH_CONFIDENCE, _CONFIDENCE), **_OWN}


def unsupported(method: str, options: Case) -> Iterable[tuple[str, str]]:
    """Each option of a case that its method does not take, and the sentence that says so."""
    known = OPTIONS.get(method, ())
    for name in options:
        if name not in known:
            yield name, f"option {name} is not supported by {method}, known: {', '.join(known) or 'none'}"
