"""Quantitative scoring: the decision table, published cases, boundaries, small numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lims.rounds.scoring.sentences import describe
from lims.statistics.assessment.plan import ItemPlan, ReportedInput, SmallNumberRule
from lims.statistics.assessment.round_score import RoundScore
from lims.statistics.assessment.run import score
from tests.scoring_factory import first, item, overall_of, participants, quantitative, reason_codes, reference_case, run_values, values


def run_case(case: dict, **plan: object) -> RoundScore:
    given = case["input"]
    one = item(
        x_pt=Decimal(str(given["x_pt"])), expanded_u_x_pt=Decimal(str(given["U_xpt"])), k_x_pt=Decimal(str(given["k_xpt"])),
    )
    sigma = Decimal(str(given["sigma_pt"])) if "sigma_pt" in given else None
    return run_values(quantitative(sigma_pt=sigma, **plan), one, given["x"], u=given["U"], k=given["k"])


def close(case: dict, got: list[float | None], field: str) -> None:
    for one, wanted in zip(got, case["expected"][field], strict=True):
        assert one is not None
        assert abs(one - wanted) <= case.get("abs_tol", 0) + case.get("rel_tol", 0) * abs(wanted)


@pytest.mark.assurance("R8")
@pytest.mark.parametrize("case_id", ["sc-e4-z_prime", "sc-e4full-z_prime"])
def test_z_prime_of_the_mercury_round_is_as_published_and_decides(case_id: str) -> None:
    case = reference_case("2_scores__score_z_prime", case_id)
    found = run_case(case)
    close(case, [one.z_prime.value for one in found.scores], "z_prime")
    assert found.items[0].is_u_negligible is False
    assert {one.chosen for one in found.scores} == {"z_prime"}
    assert not any(one.z_prime.is_informative for one in found.scores)
    assert all(one.z.is_informative for one in found.scores)


@pytest.mark.assurance("R8")
@pytest.mark.parametrize("case_id", ["sc-e4-zeta", "sc-e4full-zeta"])
def test_zeta_of_the_mercury_round_is_as_published(case_id: str) -> None:
    case = reference_case("2_scores__score_zeta", case_id)
    close(case, [one.zeta.value for one in run_case(case).scores], "zeta")


@pytest.mark.assurance("R8")
def test_en_and_z_of_lead_in_wine_are_as_published_each_with_its_own_k() -> None:
    en, z = reference_case("2_scores__score_En", "sc-k30-En"), reference_case("2_scores__score_z", "sc-k30-z")
    zeta = reference_case("2_scores__score_zeta_en", "sc-k30-zeta-en")
    found = run_case(en)
    close(en, [one.en.value for one in found.scores], "En")
    close(z, [one.z.value for one in found.scores], "z")
    close({**zeta, "rel_tol": 1e-6}, [one.zeta.value for one in found.scores], "zeta")  # the case gives u itself, here it is U / k
    assert found.band == "middle"
    assert {one.chosen for one in found.scores} == {"en"}


@pytest.mark.assurance("R8")
def test_percent_of_the_allowed_difference_is_as_published() -> None:
    case = reference_case("2_scores__score_percent_allowed", "sc-k30-PA")
    sigma = Decimal(str(case["input"]["sigma_pt"]))
    found = run_case(case, delta_e=3 * sigma, preferred_statistic="pa")
    close(case, [one.pa.value for one in found.scores], "PA")
    assert {one.chosen for one in found.scores} == {"pa"}


@pytest.mark.assurance("R8")
def test_signals_stand_at_two_and_three_exactly() -> None:
    case = reference_case("2_scores__score_signals", "sc-boundary")
    sigma, x_pt = Decimal("1"), Decimal("10")
    results = [x_pt + Decimal(str(z)) for z in case["input"]["z"]]
    found = run_values(quantitative(sigma_pt=sigma), item(x_pt=x_pt), results)
    assert [one.verdict for one in found.scores] == case["expected"]["signal"]


@pytest.mark.parametrize(("x", "verdict"), [
    ("5.00", "acceptable"), ("4.00", "acceptable"), ("5.0000001", "warning"), ("5.2499999", "warning"), ("5.25", "action"),
    ("3.75", "action"),
])
def test_boundaries_are_exact_in_decimal_though_not_in_binary(x: str, verdict: str) -> None:
    assert first(run_values(quantitative(), item(), [x, "4.5", "4.5"])).verdict == verdict
    odd = run_values(quantitative(sigma_pt=Decimal("0.1")), item(x_pt=Decimal("0.1")), ["0.3", "0.4", "0.1"])
    assert [one.verdict for one in odd.scores] == ["acceptable", "action", "acceptable"]


@pytest.mark.parametrize("n", range(1, 15))
def test_the_statistic_follows_the_number_of_laboratories(n: int) -> None:
    """Domain table 5.1: with U En below 12, z from 12; without U PA below 3, z above."""
    reference = item(expanded_u_x_pt=Decimal("0.06"))
    with_u = run_values(quantitative(delta_e=Decimal("0.5")), reference, ["4.6"] * n, u=["0.2"] * n)
    without = run_values(quantitative(delta_e=Decimal("0.5")), reference, ["4.6"] * n)
    assert {one.chosen for one in with_u.scores} == {"en" if n < 12 else "z"}
    assert {one.chosen for one in without.scores} == {"pa" if n < 3 else "z"}
    assert with_u.band == ("none" if n < 2 else "two" if n < 3 else "small" if n < 8 else "middle" if n < 12 else "large")
    assert (without.items[0].median.value is not None) == (n >= 8)
    assert (without.items[0].x_star.value is not None) == (n >= 12)


@pytest.mark.parametrize("n", range(2, 15))
def test_consensus_is_refused_below_twelve_and_the_reason_says_why(n: int) -> None:
    """Pain 1: a laboratory at twice the target never comes out acceptable by peer z."""
    plan = quantitative(assigned_value_route="consensus", sigma_pt_route="this_round", sigma_pt=None)
    results = ["9.0", *(f"4.{40 + index}" for index in range(n - 1))]
    found = run_values(plan, item(x_pt=None), results)
    if n < 12:
        assert {one.verdict for one in found.scores} == {"not_evaluated"}
        assert all(one.z.value is None and one.z_prime.value is None for one in found.scores)
        assert "no_consensus" in reason_codes(found.not_concluded)
    else:
        assert first(found).verdict == "action"
        assert found.items[0].x_pt.value == found.items[0].x_star.value
    assert first(found).verdict != "acceptable"


def test_a_laboratory_at_twice_the_target_is_unsatisfactory_with_an_external_criterion_at_any_number() -> None:
    for n in range(1, 16):
        plan = quantitative(delta_e=Decimal("0.5"))
        found = run_values(plan, item(), ["9.0", *["4.5"] * (n - 1)])
        assert overall_of(found).verdict == "action"


def test_a_target_without_a_range_is_not_compared_by_equality() -> None:
    """Pain 2."""
    found = run_values(quantitative(sigma_pt=None, sigma_pt_route="none"), item(), ["4.50", "4.51", "4.50"])
    assert {one.verdict for one in found.scores} == {"not_evaluated"}
    assert "no_criterion" in reason_codes(first(found).reasons)
    assert "items_without_criterion" in reason_codes(found.not_concluded)


@pytest.mark.parametrize("sigma", ["0", "-0.1"])
def test_zero_spread_gives_not_evaluated_and_never_zero_or_infinity(sigma: str) -> None:
    """Pain 8."""
    found = run_values(quantitative(sigma_pt=Decimal(sigma)), item(), ["4.5"] * 5)
    assert {one.verdict for one in found.scores} == {"not_evaluated"}
    assert "sigma_pt_not_positive" in reason_codes(first(found).reasons)
    same = run_values(
        quantitative(sigma_pt=None, sigma_pt_route="this_round", assigned_value_route="consensus"), item(x_pt=None), ["4.5"] * 14,
    )
    assert {one.verdict for one in same.scores} == {"not_evaluated"}
    assert same.items[0].s_star.reason is not None and same.items[0].s_star.reason.code == "zero_spread"


def test_both_uncertainties_zero_is_not_evaluated() -> None:
    found = run_values(quantitative(), item(expanded_u_x_pt=Decimal(0)), ["4.5", "4.6", "4.7"], u=["0", "0.1", "0.1"])
    assert [one.verdict for one in found.scores] == ["not_evaluated", "acceptable", "action"]


def test_the_organiser_is_scored_and_marked_but_left_out_of_the_consensus() -> None:
    plan = quantitative(assigned_value_route="consensus", sigma_pt_route="this_round", sigma_pt=None)
    people = participants(13)
    organiser = [type(who)(who.code, who.side, who.state, who.code == "A13") for who in people]
    results = [f"4.{40 + index}" for index in range(12)] + ["9.0"]
    with_organiser = score(plan, [item(x_pt=None)], organiser, values(results))
    without = score(plan, [item(x_pt=None)], people[:12], values(results[:12]))
    assert with_organiser.items[0].x_star == without.items[0].x_star
    assert with_organiser.items[0].n_consensus == 12 and with_organiser.items[0].n_valid == 13
    assert overall_of(with_organiser, "A13").verdict == "action"
    assert "organiser" in overall_of(with_organiser, "A13").marks


def test_eleven_and_the_organiser_are_too_few_for_a_consensus() -> None:
    plan = quantitative(assigned_value_route="consensus", sigma_pt_route="this_round", sigma_pt=None)
    people = [type(who)(who.code, who.side, who.state, who.code == "A12") for who in participants(12)]
    found = score(plan, [item(x_pt=None)], people, values([f"4.{40 + index}" for index in range(12)]))
    assert found.items[0].x_pt.reason is not None and found.items[0].x_pt.reason.code == "consensus_refused"


def test_z_prime_takes_over_when_u_reaches_three_tenths_of_sigma() -> None:
    for u, chosen in (("0.1499", "z"), ("0.15", "z_prime"), ("0.16", "z_prime")):
        found = run_values(quantitative(), item(expanded_u_x_pt=Decimal(u)), ["4.5", "4.6", "4.7"])
        assert first(found).chosen == chosen  # u = U / 2 against 0.3 * 0.25 = 0.075


def test_a_unit_other_than_the_plan_blocks_scoring_and_nothing_else() -> None:
    plan = quantitative(unit="mg/kg")
    reported = [
        ReportedInput("A01", 1, value="4.5", unit="ug/kg"), ReportedInput("A02", 1, value="4.5", unit="mg/kg"),
        ReportedInput("A03", 1, value="4,5", unit="mg/kg"), ReportedInput("A04", 1, value="4.6", unit="mg/kg"),
        ReportedInput("A05", 1, value="4.6", unit="mg/kg"),
    ]
    found = score(plan, [item()], participants(5), reported)
    assert [one.verdict for one in found.scores] == ["not_evaluated", "acceptable", "not_evaluated", "acceptable", "acceptable"]
    assert reason_codes(found.scores[0].reasons) == ["unit_differs"]
    assert reason_codes(found.scores[2].reasons) == ["value_unreadable"]
    assert found.n_scored == 3


def test_a_value_without_unit_is_not_scored() -> None:
    reported = [ReportedInput("A01", 1, value="4.5"), *(ReportedInput(f"A0{n}", 1, value="4.5", unit="mg/kg") for n in (2, 3, 4))]
    found = score(quantitative(unit="mg/kg"), [item()], participants(4), reported)
    assert [one.verdict for one in found.scores] == ["not_evaluated", *["acceptable"] * 3]
    assert reason_codes(found.scores[0].reasons) == ["unit_missing"]
    assert describe(found.scores[0].reasons[0], "en") == "The result was reported without a unit, expected mg/kg; it is not scored."


@pytest.mark.parametrize("k", ["2", "3"])
def test_an_uncertainty_without_its_coverage_factor_is_never_scored_with_one_of_the_protocol(k: str) -> None:
    reference = item(expanded_u_x_pt=Decimal("0.06"))
    found = run_values(quantitative(k=Decimal(k)), reference, ["4.6"] * 4, u=["0.2"] * 4, k=[None, "2", "2", "2"])
    odd = found.scores[0]
    assert (odd.expanded_u, odd.k, odd.u_reported) == (0.2, None, None)
    for figure in (odd.en, odd.zeta):
        assert figure.value is None and figure.reason is not None
        assert describe(figure.reason, "en") == "U = 0.2 was reported without its coverage factor k; no score that needs U is given."
    assert odd.chosen == "z" and "coverage_factor_not_reported" in reason_codes(odd.reasons)
    assert [one.chosen for one in found.scores[1:]] == ["en"] * 3


def test_where_only_scores_with_uncertainty_could_decide_a_missing_k_leaves_the_result_not_evaluated() -> None:
    plan = quantitative(sigma_pt=None, sigma_pt_route="none")
    found = run_values(plan, item(expanded_u_x_pt=Decimal("0.06")), ["4.6"] * 4, u=["0.2"] * 4, k=[None, "2", "2", "2"])
    assert [one.verdict for one in found.scores] == ["not_evaluated", *["acceptable"] * 3]
    assert "coverage_factor_not_reported" in reason_codes(found.scores[0].reasons)


@pytest.mark.parametrize(("code", "relation"), [("ND", "="), ("LOQLT", "="), ("LOQLT", ">"), ("GTMAX", "="), ("GTMAX", "<")])
def test_a_limit_written_as_a_measured_number_is_never_scored_as_one(code: str, relation: str) -> None:
    odd = ReportedInput("A01", 1, result_code=code, relation=relation, value="4.5", unit="1")  # type: ignore[arg-type]
    others = [ReportedInput(f"A0{number}", 1, value="4.5", unit="1") for number in (2, 3, 4, 5)]
    found = score(quantitative(), [item()], participants(5), [odd, *others])
    assert found.scores[0].verdict == "not_evaluated"
    assert reason_codes(found.scores[0].reasons) == ["value_contradicts_code"]
    assert found.n_scored == 4


def test_percentages_of_logarithms_are_not_given() -> None:
    found = run_values(quantitative(is_log10=True, delta_e_percent=Decimal(10)), item(), ["4.6", "4.5", "4.4"])
    assert first(found).d_percent.reason is not None and first(found).d_percent.reason.code == "percent_of_log_value"
    assert first(found).pa.value is None
    plain = run_values(quantitative(delta_e_percent=Decimal(10)), item(), ["4.6", "4.5", "4.4"])
    assert first(plain).pa.value == pytest.approx(100 * 0.1 / 0.45)


def test_the_protocols_preference_holds_only_where_the_table_permits_it() -> None:
    two = run_values(quantitative(preferred_statistic="z", delta_e=Decimal("0.5")), item(), ["4.6", "4.7"])
    assert {one.chosen for one in two.scores} == {"pa"}
    assert "too_few_for_z" in reason_codes(first(two).reasons)
    three = run_values(
        quantitative(preferred_statistic="z"), item(expanded_u_x_pt=Decimal("0.06")), ["5.1", "4.7", "4.5"], u=["0.9", "0.1", "0.1"],
    )
    assert first(three).chosen == "z" and first(three).verdict == "warning"


def test_laboratories_without_u_are_judged_by_z_beside_those_with_en_and_it_is_said() -> None:
    found = run_values(quantitative(), item(expanded_u_x_pt=Decimal("0.06")), ["4.6"] * 4, u=["0.2", "0.2", "0.2", None])
    assert [one.chosen for one in found.scores] == ["en", "en", "en", "z"]
    assert "mixed_statistics" in reason_codes(found.items[0].why)


def test_the_borders_are_options_of_the_plan_and_stand_in_the_record() -> None:
    rule = SmallNumberRule(consensus_from=5, informative_from=4)
    plan = quantitative(assigned_value_route="consensus", sigma_pt_route="this_round", sigma_pt=None, small_numbers=rule)
    found = run_values(plan, item(x_pt=None), ["4.4", "4.5", "4.6", "4.55", "4.45"])
    assert found.items[0].x_pt.value is not None
    assert {"small_numbers.consensus_from": "5", "conventions.quartiles": "7"}.items() <= {o.name: o.value for o in found.options}.items()


def test_two_laboratories_without_reference_are_compared_with_each_other() -> None:
    plan = quantitative(assigned_value_route="none", design="split", delta_e=Decimal("0.3"))
    items = [ItemPlan(1), ItemPlan(2)]
    reported = [
        ReportedInput("A01", 1, value="4.5", expanded_u="0.1", k="2", unit="1"),
        ReportedInput("A02", 1, value="4.7", expanded_u="0.1", k="2", unit="1"),
        ReportedInput("A01", 2, value="4.5", unit="1"), ReportedInput("A02", 2, value="4.7", unit="1"),
    ]
    found = score(plan, items, participants(2), reported)
    assert [one.verdict for one in found.pairs] == ["action", "acceptable"]
    assert found.pairs[0].en.value == pytest.approx(-0.2 / (0.02 ** 0.5))
    assert {one.verdict for one in found.overall} == {"not_evaluated"}
    assert "too_few_split_samples" in reason_codes(found.not_concluded)


def test_the_round_takes_the_worst_item_or_the_percentage_the_protocol_states() -> None:
    items = [item(number=number) for number in (1, 2, 3, 4, 5)]
    reported = [
        ReportedInput(code, number, value="5.1" if code == "A01" and number == 1 else "4.5", unit="1")
        for code in ("A01", "A02", "A03") for number in (1, 2, 3, 4, 5)
    ]
    worst = score(quantitative(), items, participants(3), reported)
    percent = score(quantitative(overall_rule="percent"), items, participants(3), reported)
    assert overall_of(worst).verdict == "warning"
    assert overall_of(percent).verdict == "acceptable" and overall_of(percent).percent_score.value == 80.0
