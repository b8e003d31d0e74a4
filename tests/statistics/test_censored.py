"""Censored results: reading keeps the sign, each policy is named, and the choice matters."""

import pytest

from lims.statistics import reference
from lims.statistics.algorithm_a import AlgorithmA
from lims.statistics.censored import POLICIES, Reported, read_reported, treat, under_every_policy
from lims.statistics.outcome import NotCalculable


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("12", Reported("=", 12.0)),
        (12, Reported("=", 12.0)),
        (" 1.5e-3 ", Reported("=", 0.0015)),
        ("<10", Reported("<", 10.0)),
        ("< 2.70", Reported("<", 2.7)),
        ("<=5", Reported("<", 5.0)),
        ("≤5", Reported("<", 5.0)),
        ("＜5", Reported("<", 5.0)),
        (">1000", Reported(">", 1000.0)),
        (">= 1000", Reported(">", 1000.0)),
        ("＞1000", Reported(">", 1000.0)),
        ("≥.5", Reported(">", 0.5)),
    ],
)
def test_a_result_is_read_with_its_sign(raw: str | float, expected: Reported) -> None:
    assert read_reported(raw) == expected
    assert expected.is_censored is (expected.relation != "=")


@pytest.mark.parametrize("raw", ["", "<", "ND", "12,5", "5 mg", "1e999", "<<5", "nan", float("inf")])
def test_what_is_no_result_is_not_guessed(raw: str | float) -> None:
    assert read_reported(raw) == NotCalculable("result_not_readable", {"text": str(raw)})


def test_no_result_is_no_text() -> None:
    assert read_reported(None) == NotCalculable("reported_value_missing")


@pytest.mark.assurance("R8")
def test_trap_ignoring_deleting_and_halving_give_visibly_different_results() -> None:
    case = next(case for case in reference.shipped_cases() if case["method"] == "censored_results")
    results = [read_reported(raw) for raw in case["input"]["raw"]]
    found = under_every_policy([result for result in results if isinstance(result, Reported)])
    runs = [found[policy].run for policy in POLICIES]
    assert all(isinstance(run, AlgorithmA) for run in runs)
    assert [round(run.x_star, 1) for run in runs] == [26.0, 26.8, 24.0]
    assert [round(run.s_star, 1) for run in runs] == [7.2, 5.3, 8.6]


def test_a_policy_says_what_it_touched() -> None:
    results = [Reported("<", 10.0), Reported("=", 12.0), Reported(">", 100.0)]
    assert treat(results, "deleted").values == (12.0,)
    assert treat(results, "sign_ignored").values == (10.0, 12.0, 100.0)
    assert treat(results, "half_value").values == (5.0, 12.0, 100.0)
    found = treat(results, "deleted")
    assert (found.policy, found.p, found.p_reported, found.below, found.above) == ("deleted", 1, 3, 1, 1)


def test_without_results_each_policy_gives_the_reason() -> None:
    assert {effect.run.code for effect in under_every_policy([]).values()} == {"too_few_values"}
    with pytest.raises(ValueError, match="a policy of"):
        treat([], "zero")
