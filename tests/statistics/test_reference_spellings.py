"""Options of a reference case: a known word with anything left over is another thing, and refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from lims.statistics import robust
from lims.statistics.intervals import normal_quantile
from lims.statistics.reference import shipped_cases
from lims.statistics.reference.models import error_ratio, ewma_limits, spearman_karber_z, wald
from lims.statistics.reference.options import UnknownOption, delta_e, is_higher, is_inclusive, quartile
from lims.statistics.reference.verifying import verify_case

CASES = list(shipped_cases())
LEFT_OVER = [
    *[("score_z", "scale", text) for text in ("nIQR type 6", "MAD", "SD of the mean", "Qn without correction", "robust", "2*SD", "-SD")],
    *[("score_z", "centre", text) for text in ("mean after removing outliers", "median of means", "trimmed mean", "robust median")],
    *[("cohen_kappa", "ci", text) for text in ("Wald, z=1.959964, ASE0 (not ASE)", "ASE bootstrap", "Wald on Fisher transform")],
    *[("cohen_kappa", "ci", text) for text in ("Wald, 0 %", "Wald, 90 %, z=1.96", "Wald, z=0, ASE", "95 % bootstrap", "")],
    *[("cohen_kappa", "weights", text) for text in ("linear and quadratic", "quadratic, capped", "not linear", "1-|i-j|/(k-1) squared")],
    *[("lod95", "link", text) for text in ("loglog", "log-log", "probit with estimated natural mortality", "logit2")],
    *[("lod95", "dose_scale", text) for text in ("log10; zero dose included with offset 1", "log10(dose + 1)", "linear spline")],
    *[
        ("lod95_poisson", "model", text)
        for text in ("1-exp(-lambda*x^b), b estimated", "b free", "1-exp(-lambda*x^2), b = 3", "Poisson, b", "")
    ],
    *[
        ("nested_anova_20x2x2", "model", text)
        for text in ("y ~ day/run, REML", "y ~ day/run, VCA type III", "y ~ day/run/rep", "log(y) ~ day/run")
    ],
    *[("deming", "lambda", text) for text in ("sd(err x)/sd(err y) = 2", "delta = 4", "CV ratio = 2", "var(err x)/var(err x) = 2", "-1")],
    ("deming", "ci", "Linnet jackknife, z"),
    ("deming", "ci", "analytical, bootstrap"),
    *[
        ("deming_known_errors", "model", text)
        for text in ("not functional", "maximum likelihood, structural", "functional relationship, OLS start")
    ],
    *[
        ("algorithm_a", "stop", text)
        for text in ("converged after 2 iterations", "third figure or 20 iterations", "converged (0.1 relative)")
    ],
    *[
        ("ewma", "limits", text)
        for text in ("asymptotic, 2*s", "exactly asymptotic", "asymptotic, 2*s*sqrt(lambda/(2-lambda))", "not exact")
    ],
    *[("homogeneity_factors", "F_factors", text) for text in ("exact but rounded to 2 decimals", "table values rounded to 3 decimals")],
    ("huber_proposal2", "factor", "exact (1.134)"),
    *[("median_made_niqr", "quartile", text) for text in ("type 6 (linear)", "not type 6", "type 6.5", "type 7, averaged", "type 66")],
    *[("roc_auc_delong", "direction", text) for text in ("higher or lower", "<>", "auto", "lower unless ties")],
    *[("u_xpt_negligible", "rule", text) for text in ("<= 0.1 sigma_pt", "<=>", "< u")],
    ("spearman_karber", "z", 0),
]


def first(method: str, options: dict[str, Any]) -> dict[str, Any]:
    """The first shipped case of the method, with these options in the place of its own."""
    case = next(case for case in CASES if case["method"] == method)
    return {**case, "options": {**(case.get("options") or {}), **options}}


@pytest.mark.parametrize(("method", "name", "value"), LEFT_OVER)
def test_words_with_something_left_over_are_refused_by_name(method: str, name: str, value: Any) -> None:
    found = verify_case(first(method, {name: value}))
    assert not found.is_passed and found.got == {}, found.got
    assert found.failed[0].reason.startswith(f"option {name}: read {value}, known: "), found.failed[0]


@pytest.mark.parametrize(("value", "share"), [("Wald, 90 %", 0.9), ("Wald", 0.95), ("Wald, z=1.959964, ASE (not ASE0)", 0.95)])
def test_the_interval_of_kappa_has_the_stated_confidence(value: str, share: float) -> None:
    assert wald({"ci": value}) == share


def test_a_stated_z_of_kappa_is_taken_as_it_stands() -> None:
    assert normal_quantile(wald({"ci": "Wald, z=1.645, ASE"})) == pytest.approx(1.645, rel=1e-12)
    wide, narrow = (verify_case(first("cohen_kappa", {"ci": f"Wald, z={z}"})).got for z in (1.959964, 1.645))
    half = [(found["ci95"][1] - found["ci95"][0]) / 2 for found in (wide, narrow)]
    assert half[1] / half[0] == pytest.approx(1.645 / 1.959964, rel=1e-6)


@pytest.mark.parametrize(
    ("value", "is_up"),
    [
        ("<", True),
        ("higher", True),
        ("lower scores are negative", True),
        ("higher is negative", False),
        (">", False),
        ("controls > cases", False),
    ],
)
def test_the_direction_of_a_score_is_what_the_words_mean(value: str, is_up: bool) -> None:
    assert is_higher({"direction": value}) is is_up
    case = next(case for case in CASES if case["method"] == "roc_auc_delong")
    plain, found = verify_case({**case, "options": {}}).got["auc"], verify_case({**case, "options": {"direction": value}}).got["auc"]
    assert found == pytest.approx(plain if is_up else 1.0 - plain)


def test_an_input_that_contradicts_an_option_is_refused() -> None:
    assert error_ratio({"error_ratio": 2}, {"lambda": "var(err x)/var(err y) = 2"}) == 2.0
    assert error_ratio({"error_ratio": 2}, {}) == 2.0
    with pytest.raises(UnknownOption, match="option lambda: read var"):
        error_ratio({"error_ratio": 4}, {"lambda": "var(err x)/var(err y) = 2"})
    with pytest.raises(UnknownOption, match="option z: read 2"):
        spearman_karber_z({}, {"z": 2, "conf": 0.9})
    assert (spearman_karber_z({}, {"z": 2}), spearman_karber_z({}, {"conf": 0.9})) == (2, normal_quantile(0.9))


def test_limits_of_an_ewma_have_the_stated_width() -> None:
    words = "asymptotic, 2*s*sqrt(lambda/(2-lambda))"
    assert ewma_limits({}, {"limits": words}) == ewma_limits({"L": 2}, {"limits": words}) == ("asymptotic", 2.0)
    assert ewma_limits({"L": 2.5}, {"limits": "time-varying"}) == ("exact", 2.5)


def test_other_spellings_that_are_clearly_meant_are_understood() -> None:
    assert is_inclusive({"rule": "u <= 0.3 sigma_pt"}) and not is_inclusive({"rule": "u < 0.3 sigma_pt"})
    assert quartile({"quartile": "(n+1)p"}) == 6
    assert (
        delta_e({"x": [1, 2], "x_pt": -50.0}, {"delta_E": "10%"})
        == delta_e({"x": [1, 2], "x_pt": 50}, {"delta_E": "10 % of x_pt"})
        == [5.0] * 2
    )
    assert delta_e({"x": [1, 2]}, {"delta_E": "10%"}) == [None, None]


def test_exact_factors_are_those_that_are_not_rounded() -> None:
    found = verify_case(first("algorithm_a", {"mad_factor": "exact", "s_factor": "exact"})).got
    x = next(case for case in CASES if case["method"] == "algorithm_a")["input"]["x"]
    exact = robust.algorithm_a(x, s_factor=robust.winsorised_factor(1.5), mad_factor=robust.MADE_EXACT, tolerance=1e-12)
    assert (found["x_star"], found["s_star"]) == (exact.x_star, exact.s_star)


def test_the_stated_value_and_sigma_are_a_centre_and_a_scale() -> None:
    case = {"id": "z", "method": "score_z", "input": {"x": [4.0, 6.0, 9.0], "x_pt": 5.0, "sigma_pt": 0.5}, "expected": {"z": []}}
    assert verify_case({**case, "options": {"centre": "x_pt", "scale": "sigma_pt"}}).got["z"] == [-2.0, 2.0, 8.0]
    assert verify_case({**case, "options": {"centre": "median", "scale": "sigma_pt"}}).got["z"] == [-4.0, 0.0, 6.0]
    none = verify_case({**case, "input": {"x": [4.0, 6.0, 9.0]}, "options": {"centre": "x_pt", "scale": "sigma_pt"}})
    assert none.got["z"] == [None] * 3 and none.reasons["z[1]"] == "assigned_value_missing"
