"""The live formulas: each recomputes one number of the score run from the cells beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lims.statistics.assessment.basis import censored_value
from lims.statistics.assessment.outcome import ItemScore, ItemStatistics
from lims.statistics.assessment.plan import Conventions, ScoringPlan

WINSORISING = 1.5
ALGORITHM_A_FACTOR = {"iso": "1.134", "exact": "1.13339265546"}


def is_in_summary(one: ItemScore, item: ItemStatistics) -> bool:
    """Whether a result took part in median, nIQR, x* and s*: valid, uncensored, and not the organiser's.

    A valid result has a difference to the assigned value, or lacks it only because the item has no assigned value.
    """
    if one.value is None or one.relation != "=" or "organiser" in one.marks:
        return False
    return one.d.value is not None or (item.x_pt.reason is not None and one.d.reason == item.x_pt.reason)


def used_value(one: ItemScore, item: ItemStatistics, plan: ScoringPlan) -> float | None:
    """What median and consensus took for a result; a censored one by the policy of the protocol."""
    is_scored = one.d.reason is not None and one.d.reason.code == "censored_has_no_score"
    if one.relation in ("<", ">") and one.value is not None and is_scored and "organiser" not in one.marks:
        return censored_value(plan, "<" if one.relation == "<" else ">", one.value)
    return one.value if is_in_summary(one, item) else None


def sigma_by_model(cells: Mapping[str, str], plan: ScoringPlan) -> str | None:
    """The formula of a sigma_pt that a model gave; None where a number was stated or a spreadsheet has not the inputs."""
    if plan.sigma_pt is not None:
        return None
    if plan.sigma_pt_route == "horwitz" and plan.mass_fraction_per_unit and "x_pt" in cells:
        c, unit = f"({cells['x_pt']}*{plan.mass_fraction_per_unit:f})", f"{plan.mass_fraction_per_unit:f}"
        return f"=IF({c}<1.2E-7,0.22*{c},IF({c}<=0.138,0.02*{c}^0.8495,0.01*SQRT({c})))/{unit}"
    if plan.sigma_pt_route == "precision_experiment" and plan.s_reproducibility is not None and plan.s_repeatability is not None:
        return f"=SQRT({plan.s_reproducibility:f}^2-{plan.s_repeatability:f}^2+{plan.s_repeatability:f}^2/{plan.replicates})"
    return None


def score(name: str, at: Mapping[str, str]) -> str:
    """The formula of one score; ``at`` names the cells: x, u, expanded_u of the row, x_pt and the other helpers of the item."""
    d = f"({at['x']}-{at['x_pt']})"
    return {
        "d": lambda: f"={at['x']}-{at['x_pt']}",
        "d_percent": lambda: f"=100*{d}/{at['x_pt']}",
        "pa": lambda: f"=100*{d}/{at['delta_e']}",
        "z": lambda: f"={d}/{at['sigma_pt']}",
        "z_prime": lambda: f"={d}/SQRT({at['sigma_pt']}^2+{at['u_x_pt']}^2)",
        "zeta": lambda: f"={d}/SQRT({at['u']}^2+{at['u_x_pt']}^2)",
        "en": lambda: f"={d}/SQRT({at['expanded_u']}^2+{at['expanded_u_x_pt']}^2)",
    }[name]()


def u_of_assigned_value(cells: Mapping[str, str]) -> str | None:
    """u(x_pt) = U/k, where the item names both."""
    if "expanded_u_x_pt" not in cells:
        return None
    return f"={cells['expanded_u_x_pt']}/{cells['k_x_pt']}"


def allowed_difference(cells: Mapping[str, str], percent: str) -> str | None:
    """The allowed difference as a percentage of x_pt."""
    return f"={percent}*ABS({cells['x_pt']})/100" if "x_pt" in cells else None


def u_of_consensus(cells: Mapping[str, str]) -> str:
    """u(x_pt) = 1.25 s*/sqrt(p)."""
    return f"=1.25*{cells['s_star']}/SQRT({cells['n']})"


def combined_u(cells: Mapping[str, str], parts: Sequence[str]) -> str:
    """u(x_pt) as the root of the sum of the squares of its stated parts."""
    return f"=SQRT(SUMSQ({','.join(cells[name] for name in parts if name in cells)}))"


def niqr(cells: str, quartiles: int) -> str:
    """0.7413 x IQR with the recorded kind of quartiles (7 inclusive, 6 exclusive)."""
    function = "QUARTILE" if quartiles == 7 else "_xlfn.QUARTILE.EXC"
    return f"=0.7413*({function}({cells},3)-{function}({cells},1))"


def s_star(winsorised_cells: str, conventions: Conventions) -> str:
    """Algorithm A's last step: the factor times the standard deviation of the winsorised values."""
    return f"={ALGORITHM_A_FACTOR[conventions.algorithm_a_factor]}*STDEV({winsorised_cells})"


def winsorised(at: Mapping[str, str], item: ItemStatistics) -> str:
    """The result drawn in to x* ± 1.5 s*."""
    if item.s_star.value is None:
        return ""
    reach = f"{WINSORISING}*{at['s_star']}"
    return f"=MIN(MAX({at['used']},{at['x_star']}-{reach}),{at['x_star']}+{reach})"


def winsorised_value(x: float | None, item: ItemStatistics) -> float | None:
    """The same in Python: the number that stands at the left of the formula."""
    if x is None or item.x_star.value is None or item.s_star.value is None:
        return None
    reach = WINSORISING * item.s_star.value
    return min(max(x, item.x_star.value - reach), item.x_star.value + reach)
