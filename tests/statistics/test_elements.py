"""One value where the shipped cases have a list, and a list where they have one value: computed for each element in its place."""

from __future__ import annotations

from typing import Any

import pytest

from lims.statistics import precision, reference
from lims.statistics.reference.elements import SPREADING
from lims.statistics.reference.published import groups_of
from lims.statistics.reference.reading import fields_of
from lims.statistics.reference.verifying import Verified, verify_case

CASES = list(reference.shipped_cases())
SINGLE: list[tuple[str, dict[str, Any]]] = [
    ("ep15_upper_verification_limit", {"claim": 2, "df": 20, "alpha": 0.05, "n_samples": 1}),
    ("sigma_horwitz", {"c_mass_fraction": 1e-6}),
    ("grubbs_critical", {"p": 9}),
    ("mandel_h_critical", {"p": 8}),
    ("mandel_k_critical", {"p": 8, "n": 3}),
    ("cochran_critical", {"p": 5, "n": 3}),
    ("cochran_critical_duplicates", {"g": 10, "n": 2}),
    ("homogeneity_factors", {"g": 10, "m": 2}),
    ("u_xpt_negligible", {"u": 0.01, "sigma_pt": 0.25}),
    ("u_xpt_robust", {"s_star": 1.84, "p": 12}),
    ("sigma_perception", {"x_pt": 46.2, "percent": 22}),
    ("sigma_from_precision", {"s_R": 23.2, "s_r": 14.3, "m": 2}),
    ("score_signals", {"z": 2.5}),
    ("score_z", {"x": 2.5, "x_pt": 2, "sigma_pt": 0.25}),
    ("score_z_prime", {"x": 2.5, "x_pt": 2, "sigma_pt": 0.25, "u_xpt": 0.1}),
    ("score_zeta", {"x": 2.5, "u": 0.1, "x_pt": 2, "u_xpt": 0.1}),
    ("score_En", {"x": 2.5, "U": 0.2, "x_pt": 2, "U_xpt": 0.2}),
    ("score_zeta_en", {"x": 2.5, "u": 0.1, "k": 2, "x_pt": 2, "U_xpt": 0.2, "k_xpt": 2}),
    ("score_percent_difference", {"x": 2.5, "x_pt": 2}),
    ("score_percent_allowed", {"x": 2.5, "x_pt": 2, "sigma_pt": 0.25}),
]


def computed(method: str, given: dict[str, Any]) -> Verified:
    return verify_case({"id": "a", "method": method, "input": given, "expected": dict.fromkeys(fields_of(method))})


@pytest.mark.parametrize(("method", "given"), SINGLE, ids=[method for method, _ in SINGLE])
def test_single_values_give_single_fields_and_lists_of_one_lists_of_one(method: str, given: dict[str, Any]) -> None:
    single = computed(method, given)
    assert not any(isinstance(single.got[name], list) or single.got[name] is None for name in fields_of(method) if name != "sd")
    spreading = {key: [value] if key in SPREADING[method] else value for key, value in given.items()}
    listed = computed(method, spreading).got
    for name in fields_of(method):
        if name not in ("mean", "sd"):
            expected = [[single.got[name]]] if {"p", "n"} == SPREADING[method] else [single.got[name]]
            assert listed[name] == expected, name


def test_every_method_whose_inputs_spread_is_tried() -> None:
    assert {method for method, _ in SINGLE} | {"shewhart_z"} == SPREADING.keys() <= reference.METHODS.keys()


@pytest.mark.parametrize(
    ("method", "given", "field", "value"),
    [
        ("ep15_upper_verification_limit", {"claim": 2, "df": 20, "alpha": 0.05, "n_samples": 1}, "uvl", 2.50640909846062),
        ("sigma_horwitz", {"c_mass_fraction": 1e-6}, "rsd_pct", 15.997),
        ("cochran_critical", {"p": 2, "n": 2}, "p95", 0.998458666866564),
        ("cochran_critical", {"p": [2, 3], "n": 2}, "p95", [0.998458666866564, 0.966944444444444]),
        ("cochran_critical", {"p": 2, "n": [2, 3]}, "p95", [0.998458666866564, 0.975]),
        ("grubbs_critical", {"p": 4}, "upper_5pct", 1.48125),
        ("shewhart_z", {"z": 3.5}, "action_single_1based", [1]),
        ("score_signals", {"z": 2.5}, "signal", "warning"),
        ("u_xpt_robust", {"s_star": [1.84, 1.84], "p": [8, 12]}, "u", [0.81317279836453, 0.66395]),
        ("sigma_perception", {"x_pt": [10, 20], "percent": 22}, "sigma_pt", [2.2, 4.4]),
        ("score_z", {"x": [2.5, 3], "x_pt": [2, 2], "sigma_pt": 0.25}, "z", [2, 4]),
        ("u_xpt_negligible", {"u": [0.01, 0.2], "sigma_pt": [0.25]}, "negligible", [True, False]),
        ("u_xpt_negligible", {"u": [0.01, 0.2], "sigma_pt": [0.25]}, "limit", [0.075]),
    ],
)
def test_a_figure_is_the_one_of_its_place(method: str, given: dict[str, Any], field: str, value: Any) -> None:
    case = {"id": "a", "method": method, "input": given, "expected": {field: value}, "rel_tol": 1e-4}
    assert verify_case(case).failed == ()


def test_lists_of_different_length_and_no_values_have_their_reason() -> None:
    found = computed("score_z", {"x": [2.5, 3, 4], "x_pt": [2, 2], "sigma_pt": 0.25})
    assert found.got["z"] is None and "`x` 3, `x_pt` 2" in found.reasons["z"]
    assert computed("sigma_horwitz", {"c_mass_fraction": []}).got["rsd_pct"] == []


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_no_kind_of_value_breaks_a_case_off(case: reference.Case) -> None:
    for key, value in case["input"].items():
        for other in (10**400, -(10**400), [value], [value, value], {"a": 1}, [{"a": 1}], value[0] if isinstance(value, list) else value):
            found = verify_case({**case, "input": {**case["input"], key: other}})
            assert found.got.keys() >= set(fields_of(case["method"])), (key, found.failed)


@pytest.mark.parametrize(
    ("method", "given", "fields"),
    [
        ("median_made_niqr", {"x": [1, None, 3, 4]}, ("n", "median", "mad_raw", "niqr", "q1")),
        ("algorithm_a", {"x": [1, None, 3, 4]}, ("x_star", "s_star", "u_xpt")),
        ("small_p", {"x": [1, None]}, ("s",)),
        ("bland_altman", {"a": [1, None, 3], "b": [1, 2, 3]}, ("n", "bias", "sd", "loa")),
        ("homogeneity", {"samples": [[1, 2], [None, 3]], "sigma_pt": 1}, ("mean", "s_w", "F")),
    ],
)
def test_a_result_that_is_missing_is_named_as_missing_and_nothing_is_counted(
    method: str, given: dict[str, Any], fields: tuple[str, ...]
) -> None:
    found = computed(method, given)
    for name in fields:
        assert found.got[name] is None and found.reasons[name] == "reported_value_missing", name


@pytest.mark.parametrize("p", [8.5, "eight", True, 10**400])
def test_a_number_of_laboratories_that_is_not_whole_gives_no_uncertainty(p: Any) -> None:
    found = computed("u_xpt_robust", {"s_star": 1.84, "p": p})
    assert found.got["u"] is None and found.reasons["u"] == "value_not_finite quantity=count"


def test_glucose_material_c_is_as_printed() -> None:
    found = precision.precision_e691(groups_of("i57-e691-glucose", "C"))
    assert (found.mean, found.s_x_bar, found.s_r, found.s_big_r) == pytest.approx((134.72625, 1.73973, 1.54343, 2.14820), rel=1e-5)
