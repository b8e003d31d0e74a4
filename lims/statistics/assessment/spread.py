"""sigma_pt by the route of the protocol: a stated number, or a model whose inputs the protocol states (ISO 13528:2022, clause 8)."""

from __future__ import annotations

from lims.statistics.assessment.outcome import Figure
from lims.statistics.assessment.plan import ItemPlan, ScoringPlan
from lims.statistics.assessment.reading import figure, refused
from lims.statistics.outcome import NotCalculable
from lims.statistics.sigma import sigma_by_horwitz, sigma_from_precision, sigma_from_previous_rounds


def sigma_of(plan: ScoringPlan, item: ItemPlan, x_pt: Figure, s_star: Figure) -> Figure:
    """sigma_pt of one item; a number stated for the item or the round stands before any model, zero is a reason, never a divisor.

    A model that depends on the level takes the assigned value; one without its inputs gives `sigma_pt_missing`. Horwitz and Thompson's
    curve is of mass fractions, never of logarithms.
    """
    if plan.sigma_pt_route == "none":
        return refused("sigma_pt_missing")
    if plan.sigma_pt_route == "this_round":
        return s_star
    value = item.sigma_pt if item.sigma_pt is not None else plan.sigma_pt
    if value is not None:
        return figure(float(value)) if value > 0 else refused("sigma_pt_not_positive", value=float(value))
    if plan.sigma_pt_route == "horwitz":
        return _by_horwitz(plan, x_pt)
    if plan.sigma_pt_route == "precision_experiment":
        return _by_precision(plan)
    return _by_earlier_rounds(plan, x_pt) if plan.sigma_pt_route == "previous_rounds" else refused("sigma_pt_missing")


def _by_horwitz(plan: ScoringPlan, x_pt: Figure) -> Figure:
    if plan.mass_fraction_per_unit is None or plan.mass_fraction_per_unit <= 0:
        return refused("sigma_pt_missing")
    if plan.is_log10:
        return refused("horwitz_of_log_value")
    return x_pt if x_pt.value is None else figure(sigma_by_horwitz(x_pt.value, float(plan.mass_fraction_per_unit)))


def _by_precision(plan: ScoringPlan) -> Figure:
    if plan.s_reproducibility is None or plan.s_repeatability is None:
        return refused("sigma_pt_missing")
    found = sigma_from_precision(float(plan.s_reproducibility), float(plan.s_repeatability), plan.replicates)
    if isinstance(found, NotCalculable):
        return figure(found)
    return figure(found.sigma_pt) if found.sigma_pt > 0 else refused("sigma_pt_not_positive", value=found.sigma_pt)


def _by_earlier_rounds(plan: ScoringPlan, x_pt: Figure) -> Figure:
    if not plan.earlier_rounds:
        return refused("sigma_pt_missing")
    rounds = plan.earlier_rounds
    found = sigma_from_previous_rounds([float(one.x_pt) for one in rounds], [float(one.sd) for one in rounds])
    return figure(found if isinstance(found, NotCalculable) else found.sigma_at(x_pt.value))
