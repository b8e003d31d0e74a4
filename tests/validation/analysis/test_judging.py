"""Verdicts: never "met" when the interval crosses the limit, whatever the numbers; worst part decides; codes say why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.validation.analysis.design import AnalysisOptions, Criterion, Exclusion, Strata, StudyInput, json_of
from lims.validation.analysis.judging import judge, verdicts, worst
from lims.validation.analysis.outcome import Result, StudyAnalysis, analysis_of
from lims.validation.analysis.run import analyse
from lims.validation.analysis.values import reported
from tests.study_factory import at_least, at_most, between, call, measured_pairs, numbered, series, two_by_two

FIGURE = st.floats(-1e6, 1e6, allow_nan=False)


def measured(estimate: float, lower: float | None, upper: float | None) -> Result:
    return Result("figure", "method", "clause", 10, estimate=estimate, lower=lower, upper=upper)


def exact(value: float) -> Decimal:
    return Decimal(repr(value))


@given(limit=FIGURE, estimate=FIGURE, below=st.floats(0, 1e3), above=st.floats(0, 1e3))
def test_met_means_that_the_whole_interval_is_on_the_right_side(limit: float, estimate: float, below: float, above: float) -> None:
    lower, upper = estimate - below, estimate + above
    near = 1e-9 * abs(limit)
    found = judge(Criterion("C", "figure", "at_least", exact(limit)), measured(estimate, lower, upper)).verdict
    assert (found == "met") == (lower >= limit - near)
    assert (found == "not_met") == (upper < limit - near)
    turned = judge(Criterion("C", "figure", "at_most", exact(-limit)), measured(-estimate, -upper, -lower)).verdict
    assert turned == found


@given(limit=FIGURE, width=st.floats(0, 1e3), estimate=FIGURE, half=st.floats(0, 1e3))
def test_a_range_is_met_only_from_inside(limit: float, width: float, estimate: float, half: float) -> None:
    criterion = Criterion("C", "figure", "between", exact(limit), exact(limit + width))
    found = judge(criterion, measured(estimate, estimate - half, estimate + half)).verdict
    near = 1e-9 * (abs(limit) + width)
    if found == "met":
        assert estimate - half >= limit - near and estimate + half <= limit + width + near
    if limit <= estimate <= limit + width:
        assert found != "not_met"


@given(estimate=FIGURE, limit=FIGURE)
def test_without_an_interval_a_bound_is_never_met(estimate: float, limit: float) -> None:
    found = judge(Criterion("C", "figure", "at_least", exact(limit)), measured(estimate, None, None))
    assert found.verdict == "not_shown" and found.reasons[-1].code == "no_interval"


@settings(deadline=None, max_examples=60)
@given(a=st.integers(0, 120), c=st.integers(0, 20), limit=st.integers(50, 99))
def test_a_wider_confidence_never_makes_a_criterion_easier(a: int, c: int, limit: int) -> None:
    rows, said = numbered(two_by_two(a, 0, c, 5)), []
    for confidence in ("0.80", "0.95", "0.99"):
        criterion = at_least("ppa", f"0.{limit}", confidence=Decimal(confidence))
        said.append(analyse(StudyInput("qualitative_agreement", (criterion,), rows)).overall)
    assert said.count("met") in (0, *(range(1, 4))) and [one == "met" for one in said] == sorted(
        [one == "met" for one in said], reverse=True
    )


def test_nineteen_of_twenty_meets_the_counting_rule_but_does_not_show_ninety_five_percent() -> None:
    rows = numbered(series([100.0], [19], [20]))
    level = Decimal("100.0")
    counted, shown = at_least("hit_rate", "0.95", role="estimate", level=level), at_least("hit_rate", "0.95", level=level)
    assert analyse(StudyInput("detection_limit", (counted,), rows)).overall == "met"
    assert analyse(StudyInput("detection_limit", (shown,), rows)).overall == "not_shown"


def _sites(bad: int) -> StudyInput:
    rows = [
        {**row, "strata": Strata(site=site)} for site, misses in (("A", 0), ("B", bad)) for row in two_by_two(80 - misses, 0, misses, 80)
    ]
    criteria = (at_least("ppa", "0.90", by="site"), at_least("npa", "0.90"))
    return StudyInput("multi_site", criteria, numbered(rows), strata=("site",))


@pytest.mark.parametrize(("bad", "expected"), [(0, "met"), (6, "not_shown"), (30, "not_met")])
def test_no_site_may_fall_below_the_limit(bad: int, expected: str) -> None:
    found = analyse(_sites(bad))
    assert verdicts(found.judgements) == {"PPA": expected, "NPA": "met"} and found.overall == expected
    assert [(one.decides.value, one.decides.n) for one in found.judgements if one.criterion == "PPA"] == [("A", 80), ("B", 80)]


def test_rows_without_a_stratum_are_a_part_of_their_own_and_not_dropped() -> None:
    study = replace(_sites(0), observations=numbered(two_by_two(80, 0, 0, 80)))
    assert [one.decides.n for one in analyse(study).judgements if one.criterion == "PPA"] == [80]


def test_a_criterion_of_something_the_design_does_not_give_is_not_shown() -> None:
    found = analyse(StudyInput("qualitative_agreement", (at_most("rlod", "1.5"),), numbered(two_by_two(9, 0, 0, 9))))
    assert found.overall == "not_shown" and found.judgements[0].reasons[0].code == "no_such_result"


@pytest.mark.parametrize(("n", "expected"), [(15, "not_shown"), (50, "met")])
def test_perfect_agreement_shows_a_kappa_only_with_enough_pairs(n: int, expected: str) -> None:
    rows = numbered(two_by_two(n, 0, 0, n))
    bound, counted = at_least("kappa", "0.80"), at_least("kappa", "0.80", role="estimate")
    asymptotic = at_least("kappa_asymptotic", "0.80")
    assert analyse(StudyInput("qualitative_agreement", (bound,), rows)).overall == expected
    assert analyse(StudyInput("qualitative_agreement", (counted,), rows)).overall == "met"
    assert analyse(StudyInput("qualitative_agreement", (asymptotic,), rows)).overall == "not_shown"


def test_a_claim_stands_until_it_is_refuted() -> None:
    rows = numbered([{"test": reported(text), "day": str(place % 5), "level": Decimal(1)} for place, text in enumerate(
        ["9.9", "10.3", "9.6", "10.2", "10.1", "9.8", "10.4", "9.7", "10.0", "10.2"])])  # fmt: skip
    for claim, expected in (("0.20", "met"), ("0.05", "not_met")):
        criterion = at_most("sd_repeatability", claim, role="not_refuted", confidence=Decimal("0.90"))
        assert analyse(StudyInput("precision_verification", (criterion,), rows)).overall == expected


def _sensitive() -> StudyAnalysis:
    rows: list[dict[str, Any]] = two_by_two(60, 0, 1, 60)
    rows += [{"test": reported("±"), "comparator": call(True)}, {"test": reported("invalid"), "comparator": call(True)}]
    rows += [{"test": call(False), "comparator": call(True), "resolved": call(False)}]
    study = StudyInput("qualitative_agreement", (at_least("ppa", "0.85"),), numbered(rows), (Exclusion(61, "haemolysed"),))
    return analyse(study)


def test_sensitivity_analyses_are_made_and_decide_nothing() -> None:
    found = _sensitive()
    ppa = {one.variant: (one.x, one.n) for one in found.sensitivity if one.characteristic == "ppa"}
    assert ppa["all_rows"] == (60, 62) and ppa["indeterminate_positive"] == (61, 62) and ppa["indeterminate_negative"] == (60, 62)
    assert ppa["resolved"] == (60, 60) and ppa["other_interval"] == (60, 61)
    assert {one.decides.variant for one in found.judgements} == {"plan"}
    assert (found.flow.rows, found.flow.excluded, found.flow.invalid, found.flow.indeterminate, found.flow.counted) == (124, 1, 1, 1, 121)


def test_an_analysis_goes_to_json_and_back_unchanged() -> None:
    found = _sensitive()
    assert analysis_of(json_of(found)) == found


def test_censored_results_follow_the_recorded_rule() -> None:
    rows = numbered([*measured_pairs([1.0, 2.0, 3.0, 4.0], [1.5, 2.5, 3.5, 4.5]), {"test": reported("<5"), "comparator": reported("3")}])
    said = {
        rule: next(one for one in analyse(StudyInput("method_comparison", (), rows, options=AnalysisOptions(censored=rule))).results
                   if one.characteristic == "bias")
        for rule in ("left_out", "half_of_limit", "limit")
    }  # fmt: skip
    assert [said[rule].estimate for rule in said] == [0.5, pytest.approx(0.3), pytest.approx(0.8)]
    assert (said["left_out"].n, said["left_out"].left_out) == (4, 1)


def test_the_ct_bands_hold_every_ct_once() -> None:
    rows = [{**row, "ct": Decimal(ct)} for ct in ("24.9", "25", "30", "33", "33.1") for row in two_by_two(1, 0, 0, 0)]
    found = analyse(StudyInput("qualitative_agreement", (), numbered(rows), strata=("ct_band",)))
    assert {(one.value, one.n) for one in found.results if one.characteristic == "ppa" and one.stratum} == {
        ("< 25", 1), ("25–30", 1), ("30–33", 2), ("> 33", 1)}  # fmt: skip


@given(st.lists(st.sampled_from(["met", "not_met", "not_shown"])))
def test_the_worst_part_decides(found: list[Any]) -> None:
    assert worst(found) == ("not_met" if "not_met" in found else "not_shown" if "not_shown" in found or not found else "met")


def test_equivalence_needs_the_whole_interval_inside() -> None:
    rows = numbered(measured_pairs([10.0, 20.0, 30.0, 40.0], [10.1, 19.9, 30.2, 40.0]))
    for low, high, expected in (("-1", "1", "met"), ("-0.1", "0.1", "not_shown"), ("5", "6", "not_met")):
        assert analyse(StudyInput("method_comparison", (between("bias", low, high),), rows)).overall == expected
