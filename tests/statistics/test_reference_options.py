"""Options of a reference case: every spelling that is clearly meant is understood, any other is named and never replaced by the default."""

from __future__ import annotations

from typing import Any

import pytest

from lims.statistics import qn_sn, robust
from lims.statistics.hampel import q_hampel
from lims.statistics.reference import METHODS, shipped_cases
from lims.statistics.reference.known_options import OPTIONS
from lims.statistics.reference.models import error_ratio, exponent, weights
from lims.statistics.reference.options import (
    UnknownOption,
    confidence,
    delta_e,
    link,
    number,
    quartile,
    read_options,
    switch,
)
from lims.statistics.reference.reading import read_input
from lims.statistics.reference.verifying import verify_case

CASES = list(shipped_cases())


def first(method: str, **options: Any) -> dict[str, Any]:
    """The first shipped case of the method, with these options in the place of its own."""
    case = next(case for case in CASES if case["method"] == method)
    return {**case, "options": {**(case.get("options") or {}), **options}}


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ("Probit", "probit"),
        ("Logit", "logit"),
        ("LOGIT", "logit"),
        ("logistic", "logit"),
        ("log-logistic", "logit"),
        ("complementary log-log", "cloglog"),
        ("C-log-log", "cloglog"),
        ("loglog(cloglog)", "cloglog"),
    ],
)
def test_a_link_is_understood_in_every_spelling(stated: str, meant: str) -> None:
    assert link({"link": stated}) == meant


@pytest.mark.parametrize(
    ("stated", "meant"),
    [("Type 6", 6), ("6", 6), (6, 6), ("type 7 (linear)", 7), ("type7", 7), ("QUARTILE.EXC", 6), ("numpy linear", 7), ("Minitab", 6)],
)
def test_a_quartile_rule_is_understood_by_number_and_by_program(stated: Any, meant: int) -> None:
    assert quartile({"quartile": stated}) == meant


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ("squared", "quadratic"),
        ("Quadratic", "quadratic"),
        ("1-((i-j)/(k-1))^2", "quadratic"),
        ("Fleiss-Cohen", "quadratic"),
        ("Cicchetti-Allison", "linear"),
        ("1 - |i - j| / (k - 1)", "linear"),
        ("LINEAR", "linear"),
        ("none", "unweighted"),
    ],
)
def test_weights_are_understood_in_words_and_as_a_formula(stated: str, meant: str) -> None:
    assert weights({"weights": stated}) == meant


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ("var(err x)/var(err y) = 2", 2.0),
        ("var(err y)/var(err x) = 2", 0.5),
        ("error.ratio = var(err x)/var(err y) = 2 (mcr)", 2.0),
        ("var(err_y)/var(err_x)=4", 0.25),
        ("sigma_y^2/sigma_x^2 = 4", 0.25),
        ("2", 2.0),
        (2, 2.0),
        ("= 2 (mcr)", 2.0),
    ],
)
def test_the_ratio_of_the_errors_is_never_inverted(stated: Any, meant: float) -> None:
    assert error_ratio({}, {"lambda": stated}) == meant


@pytest.mark.parametrize(
    ("stated", "meant"),
    [("1-exp(-lambda*x^b), b = 2", 2.0), ("b = 2", 2.0), ("b=1.5 (Uhlig)", 1.5), ("single-hit Poisson", 1.0), ("1-exp(-lambda*x)", 1.0)],
)
def test_the_exponent_of_a_poisson_model_is_read(stated: str, meant: float) -> None:
    assert exponent({"model": stated}) == meant


@pytest.mark.parametrize("place", ["conf", "confidence"])
@pytest.mark.parametrize("value", [0.9, 90, "90", "90 %", "0.9"])
def test_a_confidence_is_taken_under_both_names_as_share_or_percent(place: str, value: Any) -> None:
    assert confidence({place: value}, {}) == confidence({}, {place: value}) == pytest.approx(0.9)


def test_the_permitted_difference_is_an_input_a_number_or_a_multiple_of_sigma() -> None:
    given = {"x": [1.0, 2.0], "sigma_pt": 0.5}
    assert delta_e({**given, "delta_E": 4.0}, {"delta_E": "3*sigma_pt"}) == [4.0, 4.0]
    assert delta_e({**given, "delta_E": [4.0, 5.0]}, {}) == [4.0, 5.0]
    assert delta_e(given, {"delta_E": "2 sigma_pt"}) == delta_e(given, {"delta_E": 1}) == [1.0, 1.0]
    assert delta_e(given, {}) == [1.5, 1.5]
    assert delta_e({"x": [1.0]}, {}) == [None]


def test_numbers_and_switches_are_read_from_words() -> None:
    assert number({"k": "1.5"}, "k", 0.0) == 1.5 and switch({"trim": "False"}, "trim", True) is False
    with pytest.raises(UnknownOption):
        number({"k": "much"}, "k", 0.0)


UNKNOWN = [
    ("lod95", "link", "cauchit"),
    ("lod95", "dose_scale", "square root"),
    ("lod95_poisson", "model", "beta-Poisson"),
    ("median_made_niqr", "quartile", "type 5"),
    ("median_made_niqr", "made_factor", "large"),
    ("cohen_kappa", "weights", "radical"),
    ("cohen_kappa", "ci", "bootstrap"),
    ("deming_known_errors", "model", "York 1966"),
    ("deming", "ci", "bootstrap"),
    ("ewma", "limits", "strange"),
    ("score_z", "centre", "trimmed mean"),
    ("score_z", "scale", "range"),
    ("homogeneity", "F_factors", "guessed"),
    ("score_percent_allowed", "delta_E", "10 % of something"),
    ("algorithm_a", "stop", "never"),
    ("qn_sn", "h", "n/3"),
    ("nested_anova_20x2x2", "model", "crossed"),
    ("roc_auc_delong", "direction", "sideways"),
    ("huber_proposal2", "factor", "rough"),
    ("passing_bablok", "conf", "high"),
]


@pytest.mark.parametrize(("method", "name", "value"), UNKNOWN)
def test_an_unknown_value_of_an_option_is_named_and_not_computed_with_the_default(method: str, name: str, value: str) -> None:
    found = verify_case(first(method, **{name: value}))
    assert not found.is_passed and found.got == {}
    assert found.failed[0].reason.startswith(f"option {name}: read {value}, known: "), found.failed[0]


def test_an_unknown_option_fails_a_case_that_expects_nothing_but_null() -> None:
    case = first("lod95", link="cauchit")
    assert not verify_case({**case, "expected": dict.fromkeys(case["expected"])}).is_passed


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_an_option_of_null_is_absent(case: dict[str, Any]) -> None:
    names = case.get("options") or {}
    absent = verify_case({**case, "options": {}})
    assert verify_case({**case, "options": dict.fromkeys([*names, "link", "weights", "conf"])}).got == absent.got


@pytest.mark.parametrize("scale", ["ln", "log10", "log10; zero dose excluded"])
def test_a_logarithmic_scale_of_the_dose_is_honoured(scale: str) -> None:
    assert verify_case(first("lod95", dose_scale=scale)).is_passed


def test_centre_and_scale_are_those_that_the_options_name() -> None:
    x = [4.0, 4.5, 4.7, 4.9, 5.0, 5.1, 5.3, 5.7, 9.2]
    case = {"id": "z", "method": "score_z", "input": {"x": x}, "expected": {"z": []}}
    found = verify_case({**case, "options": {"centre": "Hampel", "scale": "Q"}}).got
    hampel = q_hampel(x)
    assert (found["mean"], found["sd"]) == (hampel.x_star, hampel.s_star)
    found = verify_case({**case, "options": {"centre": "median", "scale": "Qn"}}).got
    assert (found["mean"], found["sd"]) == (robust.median(x), qn_sn.qn(x).scale)


def test_rounded_factors_are_the_table_values() -> None:
    printed = verify_case(first("homogeneity", F_factors="table values rounded to 2 decimals")).got
    assert verify_case(first("homogeneity", F_factors="rounded")).got == printed


METHODS_WITH_CASES = sorted({str(case["method"]) for case in CASES})


@pytest.mark.parametrize("method", METHODS_WITH_CASES)
def test_an_option_of_an_unknown_name_is_said_to_be_unsupported_and_the_figures_are_given_all_the_same(method: str) -> None:
    case = first(method, finesse="great")
    found = verify_case(case)
    assert not found.is_passed and found.got == verify_case(first(method)).got != {}
    (failure,) = found.failed
    assert (failure.field, failure.expected, failure.got) == ("options.finesse", "great", None)
    assert failure.reason.startswith(f"option finesse is not supported by {method}, known: ")


class Read(dict[str, Any]):
    """Options that remember what was asked of them."""

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(options)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)


@pytest.mark.parametrize("method", METHODS_WITH_CASES)
def test_the_list_of_options_is_what_the_method_asks_for(method: str) -> None:
    asked: set[str] = set()
    for case in (one for one in CASES if one["method"] == method):
        for without in (set(), set(case["input"]) & {"error_ratio"}):
            given = {name: value for name, value in case["input"].items() if name not in without}
            for options in (case.get("options") or {}, {}):
                read = Read(read_options(options))
                METHODS[method](read_input(method, given), read)
                asked |= read.names
    assert asked == set(OPTIONS.get(method, ()))


def test_the_rule_of_quartiles_of_type_8_gives_what_r_gives() -> None:
    cases = [one for one in CASES if "type8" in (one["expected"].get("niqr_other_quartiles") or {})]
    assert len(cases) > 5
    for case in cases:
        found = verify_case({**case, "options": {**(case.get("options") or {}), "quartile": "type 8"}}).got
        assert found["niqr"] == pytest.approx(case["expected"]["niqr_other_quartiles"]["type8"], rel=1e-9, abs=1e-12)


def test_a_linear_scale_of_the_dose_is_computed_on_the_dose_itself() -> None:
    given = {"dose": [0, 1, 2, 3, 4], "x": [1, 4, 7, 10, 10], "n": [10] * 5, "p": 0.95}
    case = {"id": "own", "method": "lod95", "input": given, "options": {"link": "probit", "dose_scale": "linear"}, "rel_tol": 1e-3}
    found = verify_case({**case, "expected": {"lod": 2.8139, "slope": 1.0714, "intercept": -1.3700, "log10_lod": None}})
    assert found.is_passed, found.failed
    assert found.reasons["log10_lod"]
    none = verify_case({**case, "input": {**given, "x": [0, 0, 0, 10, 10]}, "expected": {"lod": None, "slope": None, "se_lod": None}})
    assert none.is_passed
