"""The core obeys the protocol's choices: estimator, censored results, ways to sigma_pt, one scale, limits of agreement."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lims.statistics.assessment.basis import censored_value
from lims.statistics.assessment.plan import EarlierRound, ReportedInput, SigmaRoute
from lims.statistics.assessment.run import score
from lims.statistics.bland_altman import bland_altman
from tests.scoring_factory import item, participants, quantitative, reason_codes, values

NUMBERS = [5.0 + 0.1 * n for n in range(12)]
CONSENSUS: dict[str, Any] = {"assigned_value_route": "consensus", "sigma_pt_route": "this_round", "sigma_pt": None}


def with_censored(**changes: Any) -> Any:
    reported = [*values(NUMBERS), *(ReportedInput(f"A{n}", 1, None, "<", "4.0", unit="1") for n in (13, 14))]
    return score(quantitative(**CONSENSUS, **changes), [item(x_pt=None)], participants(14), reported)


@pytest.mark.parametrize(("policy", "median", "n"), [("deleted", 5.55, 12), ("sign_ignored", 5.45, 14), ("half_value", 5.45, 14)])
def test_trap_censored_results_move_the_consensus_by_the_policy_of_the_protocol(policy: str, median: float, n: int) -> None:
    found = with_censored(censored_in_consensus=policy).items[0]
    assert found.median.value == pytest.approx(median) and found.n_consensus == n


def test_the_policies_are_tried_and_what_they_would_change_is_said() -> None:
    found = with_censored()
    assert {one.value for one in found.sensitivity if one.option == "censored_in_consensus"} == {"sign_ignored", "half_value"}
    assert ("censored_in_consensus", "deleted") in [(one.name, one.value) for one in found.options]
    tried = {one.option for one in found.sensitivity}
    assert {"conventions.made_factor", "conventions.algorithm_a_stopping"} <= tried


def test_half_of_a_limit_on_a_logarithmic_scale_is_log10_of_two_less() -> None:
    plain, log = (quantitative(censored_in_consensus="half_value", is_log10=is_log) for is_log in (False, True))
    assert (censored_value(plain, "<", 4.0), censored_value(plain, ">", 4.0)) == (2.0, 4.0)
    assert censored_value(log, "<", 4.0) == pytest.approx(4.0 - 0.30103) and censored_value(log, ">", 4.0) == 4.0


def test_limits_in_the_place_of_numbers_do_not_make_a_consensus_of_too_few() -> None:
    reported = [*values(NUMBERS[:11]), ReportedInput("A12", 1, None, "<", "4.0", unit="1")]
    plan = quantitative(**CONSENSUS, censored_in_consensus="sign_ignored")
    assert score(plan, [item(x_pt=None)], participants(12), reported).items[0].x_star.value is None


def sigma(route: SigmaRoute, x_pt: str = "46.2", **changes: Any) -> Any:
    plan = quantitative(sigma_pt_route=route, **{"sigma_pt": None, **changes})
    return score(plan, [item(x_pt=Decimal(x_pt))], participants(3), values([45, 46, 47])).items[0].sigma_pt


def test_sigma_by_horwitz_takes_the_assigned_value_as_a_mass_fraction() -> None:
    assert sigma("horwitz", "2.99", mass_fraction_per_unit=Decimal("0.000001")).value == pytest.approx(0.40561, abs=5e-6)
    assert sigma("horwitz").reason.code == "sigma_pt_missing"
    assert sigma("horwitz", mass_fraction_per_unit=Decimal("0.000001"), is_log10=True).reason.code == "horwitz_of_log_value"


def test_sigma_from_a_precision_experiment_is_that_of_the_mean_of_the_replicates() -> None:
    given = {"s_reproducibility": Decimal("23.2"), "s_repeatability": Decimal("14.3")}
    assert sigma("precision_experiment", replicates=2, **given).value == pytest.approx(20.9, abs=0.05)
    wrong = sigma("precision_experiment", s_reproducibility=Decimal("1"), s_repeatability=Decimal("2"))
    assert wrong.reason.code == "precision_inconsistent"


def test_sigma_from_earlier_rounds_lies_on_their_line_at_the_assigned_value() -> None:
    rounds = (EarlierRound(Decimal("10"), Decimal("1")), EarlierRound(Decimal("50"), Decimal("5")))
    assert sigma("previous_rounds", "20", earlier_rounds=rounds).value == pytest.approx(2.0)
    assert sigma("previous_rounds", earlier_rounds=rounds[:1]).reason.code == "too_few_values"


@pytest.mark.parametrize("route", ["horwitz", "precision_experiment", "previous_rounds", "perception"])
def test_a_stated_number_stands_before_any_model(route: SigmaRoute) -> None:
    assert sigma(route, sigma_pt=Decimal("3")).value == 3.0
    assert sigma(route).value is None


def test_items_on_one_linear_scale_are_pooled_where_the_protocol_says_so() -> None:
    items = [item(number=number) for number in (1, 2, 3)]
    given = [4.5, 4.6] * 5
    reported = [
        ReportedInput(one.participant_code, number, value=str(float(one.value or 0) + 0.01 * number * (place % 2)), unit="1")
        for number in (1, 2, 3) for place, one in enumerate(values(given))
    ]  # fmt: skip
    apart = score(quantitative(), items, participants(10), reported).groups[-1]
    shared = score(quantitative(is_one_scale=True, equivalence_limit=Decimal("0.3")), items, participants(10), reported).groups[-1]
    assert apart.bias.value is None and shared.bias.value == pytest.approx(-0.12)
    assert shared.equivalence.verdict == "equivalent"


def split(n: int, **changes: Any) -> Any:
    plan = quantitative(design="split", assigned_value_route="none", **changes)
    items = [item(number=number, x_pt=None) for number in range(1, n + 1)]
    first, second = [4.0 + 0.1 * n for n in range(n)], [4.0 + 0.1 * n + 0.03 * ((n * 7) % 5 - 1) for n in range(n)]
    reported = [
        ReportedInput(code, number, value=str(own[number - 1]), unit="1")
        for code, own in (("A01", first), ("A02", second)) for number in range(1, n + 1)
    ]  # fmt: skip
    return score(plan, items, participants(2), reported), bland_altman([float(str(x)) for x in first], [float(str(x)) for x in second])


def test_two_laboratories_with_twenty_split_samples_have_limits_of_agreement() -> None:
    found, expected = split(20, is_log10=True)
    limits = found.limits_of_agreement
    assert limits is not None and not isinstance(expected, tuple)
    assert (limits.n, limits.first, limits.second, limits.is_one_scale) == (20, "A01", "A02", True)
    assert [limits.bias.value, limits.lower.value, limits.upper.value] == pytest.approx([expected.bias, expected.lower, expected.upper])
    assert limits.lower.low == pytest.approx(expected.lower_interval.lower)


def test_nineteen_split_samples_have_none_and_that_is_said() -> None:
    found, _ = split(19)
    assert found.limits_of_agreement is None and "too_few_split_samples" in reason_codes(found.not_concluded)


def test_two_laboratories_a_tenth_apart_throughout_have_no_spread_from_binary_decimals() -> None:
    items = [item(number=number, x_pt=None) for number in range(1, 21)]
    reported = [
        ReportedInput(code, number, value=str(Decimal(number) / 10 + shift), unit="1")
        for code, shift in (("A01", Decimal("100.1")), ("A02", Decimal("100")))
        for number in range(1, 21)
    ]
    found = score(quantitative(design="split", assigned_value_route="none", is_log10=True), items, participants(2), reported)
    limits = found.limits_of_agreement
    assert limits is not None and limits.bias.value == pytest.approx(0.1, abs=1e-12)
    assert limits.sd.value == 0.0 and limits.lower.value == limits.upper.value == limits.bias.value


def test_every_convention_that_an_evaluation_uses_is_recorded_with_it() -> None:
    found = {
        one.name.removeprefix("conventions."): one.value
        for one in score(quantitative(), [item()], participants(3), values([4.5, 4.6, 4.4])).options
    }
    recorded = {
        "quartiles": "7",
        "niqr_factor": "0.7413",
        "made_factor": "exact",
        "algorithm_a_factor": "iso",
        "algorithm_a_stopping": "convergence",
        "u_consensus": "1.25 s*/sqrt(p)",
        "u_negligible": "strict",
        "q_differences": "merged at the decimals of the data",
        "hampel": "1.5 3 4.5, root nearest the median",
        "binomial_interval": "wilson",
        "kappa_interval": "Fleiss-Cohen-Everitt 1969",
        "bland_altman_multiplier": "1.96",
        "bland_altman_variance": "1999",
        "homogeneity_criterion": "expanded",
        "homogeneity_factors": "exact",
        "stability_rule": "plain",
        "equivalence_alpha": "0.05",
        "confidence": "0.95",
    }
    assert {name: found[name] for name in recorded} == recorded


def test_the_recorded_interval_of_shares_is_the_one_that_is_computed() -> None:
    from lims.statistics.assessment.plan import Conventions
    from lims.statistics.intervals import clopper_pearson, wilson
    from tests.scoring_factory import panel, qualitative, run_panel

    for name, interval in (("wilson", wilson), ("clopper_pearson", clopper_pearson)):
        plan = qualitative(conventions=Conventions(binomial_interval=name))  # type: ignore[arg-type]
        found = run_panel(plan, panel("POS", "NEG", "NEG"), ["POS NEG NEG"] * 7 + ["NEG NEG NEG"] * 2)
        rate, one = found.items[0].correct_rate, found.agreement[1]
        expected = interval(7, 9, 0.95)
        assert not isinstance(expected, tuple) and (rate.low, rate.high, rate.method) == (expected.lower, expected.upper, name)
        assert one.npa.method == one.po.method == name
