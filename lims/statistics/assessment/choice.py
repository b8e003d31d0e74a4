"""Which statistic may decide: the decision table for the number of laboratories (domain rules 5.1), with a reason for every refusal."""

from __future__ import annotations

from dataclasses import dataclass

from lims.statistics.assessment.basis import Basis
from lims.statistics.assessment.outcome import Band, Reason, Statistic
from lims.statistics.assessment.plan import ScoringPlan, SmallNumberRule

Refusals = dict[Statistic, Reason | None]  # None: the statistic may decide


def band_of(n: int, rule: SmallNumberRule) -> Band:
    """The column of the decision table for n laboratories with valid, scored results."""
    if n < 2:
        return "none"
    if n < rule.external_z_from:
        return "two"
    if n < rule.informative_from:
        return "small"
    return "middle" if n < rule.consensus_from else "large"


def _against_reference(plan: ScoringPlan, basis: Basis, u_is_reported: bool) -> Reason | None:
    """En and zeta need a reported U and a reference value with U that is not made of the same results."""
    if not u_is_reported:
        return Reason("u_reported_value_missing")
    if plan.assigned_value_route == "consensus":
        return Reason("consensus_is_no_reference")
    return basis.x_pt.reason or basis.u_x_pt.reason


def _against_sigma(plan: ScoringPlan, basis: Basis) -> Reason | None:
    """z and z' need sigma_pt and x_pt from outside and 3 laboratories, or 12 where the results of the round make either."""
    rule = plan.small_numbers
    if plan.assigned_value_route == "consensus" or plan.sigma_pt_route == "this_round":
        if basis.n_consensus < rule.consensus_from:
            return Reason("consensus_refused", {"n": basis.n_consensus, "least": rule.consensus_from})
    elif basis.n_evaluated < rule.external_z_from:
        return Reason("too_few_for_z", {"n": basis.n_evaluated, "least": rule.external_z_from})
    return basis.x_pt.reason or basis.sigma_pt.reason


def refusals(plan: ScoringPlan, basis: Basis, u_is_reported: bool) -> Refusals:
    """For each statistic that could give a verdict: None when it may, otherwise why not."""
    reference, sigma = _against_reference(plan, basis, u_is_reported), _against_sigma(plan, basis)
    use_z_prime = basis.is_u_negligible is False
    not_z = sigma or (Reason("u_not_negligible") if use_z_prime else None)
    not_z_prime = sigma or basis.u_x_pt.reason or (None if use_z_prime else Reason("u_negligible"))
    return {
        "en": reference, "zeta": reference, "z": not_z, "z_prime": not_z_prime, "pa": basis.x_pt.reason or basis.delta_e.reason,
    }


_BY_TABLE: dict[Band, tuple[Statistic, ...]] = {
    "none": ("en", "pa"),
    "two": ("en", "pa"),
    "small": ("en", "z", "z_prime", "pa"),
    "middle": ("en", "z", "z_prime", "pa"),
    "large": ("z", "z_prime", "en", "pa"),
}
_PREFERRED: dict[str, tuple[Statistic, ...]] = {
    "by_table": (), "en": ("en",), "zeta": ("zeta",), "z": ("z", "z_prime"), "pa": ("pa",),
}
_WHY: dict[Statistic, str] = {
    "en": "chosen_en", "zeta": "chosen_zeta", "z": "chosen_z", "z_prime": "chosen_z_prime", "pa": "chosen_pa",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The deciding statistic (None: nothing may decide), why it, and why not each of the others."""

    chosen: Statistic | None
    why: tuple[Reason, ...]
    why_not: Refusals


def choices(plan: ScoringPlan, basis: Basis) -> dict[bool, Choice]:
    """The choice for a laboratory that reports its uncertainty (True) and for one that does not (False)."""
    return {u_is_reported: choose(plan, basis, u_is_reported) for u_is_reported in (True, False)}


def choose(plan: ScoringPlan, basis: Basis, u_is_reported: bool) -> Choice:
    """Take the protocol's preference where the table permits it, else the first of the table that is permitted."""
    why_not = refusals(plan, basis, u_is_reported)
    order = (*_PREFERRED[plan.preferred_statistic], *_BY_TABLE[band_of(basis.n_evaluated, plan.small_numbers)])
    chosen = next((statistic for statistic in order if why_not[statistic] is None), None)
    reasons: list[Reason] = []
    if chosen is None:
        reasons.append(Reason("no_criterion"))
    else:
        reasons.append(Reason(_WHY[chosen], {"n": basis.n_evaluated}))
    if chosen == "z" and basis.u_x_pt.value is None:
        reasons.append(Reason("u_x_pt_not_stated"))
    passed_over = order if chosen is None else order[: order.index(chosen)]
    for statistic in dict.fromkeys(passed_over):
        reason = why_not[statistic]
        if reason is not None and reason.code not in ("u_not_negligible", "u_negligible") and reason not in reasons:
            reasons.append(reason)
    return Choice(chosen, tuple(reasons), why_not)
