"""The published reference cases of area 7, entered row by row as studies, give the published numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import lims.statistics
from lims.validation.analysis.design import AnalysisOptions, StudyInput
from lims.validation.analysis.outcome import Result, StudyAnalysis
from lims.validation.analysis.run import analyse
from tests.study_factory import call, measured_levels, measured_pairs, nested, numbered, series, two_by_two

FOLDER = Path(lims.statistics.__file__).parent / "cases"
Case = dict[str, Any]
Fields = dict[str, Any]


def result(found: StudyAnalysis, characteristic: str, variant: str = "plan") -> Result:
    every = found.results if variant == "plan" else found.sensitivity
    return next(one for one in every if one.characteristic == characteristic and one.variant == variant)


def ends(one: Result) -> list[float | None]:
    return [one.lower, one.upper]


def study(family: Any, rows: list[Case], confidence: float = 0.95, **options: Any) -> StudyAnalysis:
    return analyse(
        StudyInput(family, (), numbered(rows), options=AnalysisOptions(**options), confidence=Decimal(repr(confidence)))
    )  # fmt: skip


def _proportion(given: Case, options: Case) -> Fields:
    x, n = given["x"], given["n"]
    found = study("qualitative_agreement", two_by_two(x, 0, n - x, 0), given.get("conf", 0.95))
    exact, wilson = result(found, "ppa"), result(found, "ppa", "other_interval")
    return {"p": exact.estimate, "clopper_pearson": ends(exact), "wilson": ends(wilson)}


def _panel(given: Case, options: Case) -> Fields:
    found = study("food_kit", two_by_two(given["TP"], given["FP"], given["FN"], given["TN"]), given.get("conf", 0.95))
    fields: Fields = {}
    for field, name in (("sensitivity", "sensitivity"), ("specificity", "specificity"), ("accuracy", "relative_accuracy")):
        exact, wilson = result(found, name), result(found, name, "other_interval")
        fields[field] = {"est": exact.estimate, "clopper_pearson": ends(exact), "wilson": ends(wilson)}
    return {**fields, "kappa": result(found, "kappa").estimate}


def _lod(given: Case, options: Case) -> Fields:
    p = str(given.get("p", 0.95))
    rows = series(given["dose"], given["x"], given["n"])
    found = study("detection_limit", rows, given.get("conf", 0.95), lod_probability=Decimal(p), lod_link=options.get("link", "probit"))
    one = result(found, "lod")
    return {"lod": one.estimate, "ci_fieller": ends(one), "ci_delta": ends(result(found, "lod", "other_interval"))}


def _poisson(given: Case, options: Case) -> Fields:
    one = result(study("detection_limit", series(given["dose"], given["x"], given["n"]), lod_link="poisson"), "lod")
    return {"lod95": one.estimate, "lod95_ci": ends(one)}


def _bland_altman(given: Case, options: Case) -> Fields:
    multiplier = options.get("multiplier", 1.96)
    rows = measured_pairs(given["b"], given["a"])
    found = study("method_comparison", rows, bland_altman_multiplier=Decimal(str(multiplier)))
    bias, lower, upper = (result(found, name) for name in ("bias", "loa_lower", "loa_upper"))
    sd = result(found, "sd_differences").estimate
    return {"bias": bias.estimate, "bias_ci": ends(bias), "sd": sd, "loa": [lower.estimate, upper.estimate]}


def _regression(method: str) -> Callable[[Case, Case], Fields]:
    def fields(given: Case, options: Case) -> Fields:
        errors = "jackknife" if any(word in str(options).lower() for word in ("jackknife", "linnet")) else "analytical"
        confidence = float(options.get("conf", given.get("conf", 0.95)))
        ratio = Decimal(str(given.get("error_ratio", 1)))
        rows = measured_pairs(given["x"], given["y"])
        found = study("method_comparison", rows, confidence, regression=method, deming_ratio=ratio, deming_errors=errors)
        return {
            name: {"est": result(found, name).estimate, "ci": ends(result(found, name))} for name in ("intercept", "slope")
        }  # fmt: skip

    return fields


def _nested(given: Case, options: Case) -> Fields:
    site = given.get("site", ())
    found = study("precision", nested(given["y"], given["day"], given.get("run", ()), site))
    repeatability, within = result(found, "sd_repeatability").estimate, result(found, "sd_within_laboratory").estimate
    total = result(found, "sd_reproducibility" if site else "sd_within_laboratory").estimate
    assert repeatability is not None and total is not None
    return {
        "var_error": repeatability**2, "var_total": total**2, "mean": result(found, "mean").estimate,
        "repeatability_sd": repeatability, "within_lab_sd": within,
        "cv_total_pct": None if site else result(found, "cv_within_laboratory_percent").estimate,
    }  # fmt: skip


def _ep15(given: Case, options: Case) -> Fields:
    day = [number for number, group in enumerate(given["groups"]) for _ in group]
    found = study("precision_verification", nested([value for group in given["groups"] for value in group], day))
    sds = [result(found, name).estimate for name in ("sd_repeatability", "sd_within_laboratory")]
    assert sds[0] is not None and sds[1] is not None
    return {"var_within": sds[0] ** 2, "var_total": sds[1] ** 2}


def _linearity(given: Case, options: Case) -> Fields:
    found = study("linearity", measured_levels(given["x"], given["y"]))
    return {"intercept": result(found, "intercept").estimate, "slope": result(found, "slope").estimate, "r2": result(found, "r2").estimate}


def _efficiency(given: Case, options: Case) -> Fields:
    found = study("pcr_efficiency", measured_levels(given["log10_copies"], given["ct"]), level_scale="log10")
    names = ("slope", "intercept", "r2", "efficiency")
    return {**{name: result(found, name).estimate for name in names}, "efficiency_ci95": ends(result(found, "efficiency"))}


def _pod(given: Case, options: Case) -> Fields:
    rows = series([1.0], [given["x_candidate"]], [given["n_candidate"]])
    rows += series([1.0], [given["x_reference"]], [given["n_reference"]], of_comparator=True)
    found = study("pod", rows)
    one, two = result(found, "pod", "other_interval"), result(found, "pod_reference", "other_interval")
    difference = result(found, "dpod")
    return {
        "POD1": one.estimate, "POD1_ci": ends(one), "POD2": two.estimate, "POD2_ci": ends(two),
        "dPOD": difference.estimate, "dPOD_ci": ends(difference),
    }  # fmt: skip


def _lpod(given: Case, options: Case) -> Fields:
    from lims.validation.analysis.design import Strata

    rows = [
        {**row, "strata": Strata(site=str(site))}
        for site, (x, n) in enumerate(zip(given["x"], given["n"], strict=True))
        for row in series([1.0], [x], [n])
    ]
    return {"LPOD": result(study("pod", rows), "lpod").estimate}


def _rlod(given: Case, options: Case) -> Fields:
    dose = [float(place) for place in range(1, 1 + len(given["x_ref"]))]
    rows = series(dose, given["x_alt"], given["n_alt"]) + series(dose, given["x_ref"], given["n_ref"], of_comparator=True)
    one, narrow = result(study("relative_detection", rows), "rlod"), result(study("relative_detection", rows, 0.9), "rlod")
    return {"RLOD": one.estimate, "ci95": ends(one), "ci90": ends(narrow)}


def _roc(given: Case, options: Case) -> Fields:
    rows = [
        {"test": call(bool(label)), "comparator": call(bool(label)), "score": Decimal(repr(score))}
        for label, score in zip(given["label"], given["score"], strict=True)
    ]
    one = result(study("qualitative_agreement", rows), "roc_area")
    return {"auc": one.estimate, **({"ci95": ends(one)} if one.lower is not None else {})}


METHODS: dict[str, Callable[[Case, Case], Fields]] = {
    "binomial_ci": _proportion,
    "diagnostic_2x2": _panel,
    "lod95": _lod,
    "ed50": _lod,
    "lod95_poisson": _poisson,
    "bland_altman": _bland_altman,
    "deming": _regression("deming"),
    "deming_weighted": _regression("weighted_deming"),
    "passing_bablok": _regression("passing_bablok"),
    "nested_anova_20x2x2": _nested,
    "nested_anova_3x5x5": _nested,
    "nested_anova_unbalanced": _nested,
    "ep15_precision": _ep15,
    "ols": _linearity,
    "pcr_efficiency": _efficiency,
    "pod_dpod": _pod,
    "lpod": _lpod,
    "rlod": _rlod,
    "roc_auc_delong": _roc,
}


def cases() -> Iterator[Any]:
    for file in sorted(FOLDER.glob("7_*.json")):
        found = json.loads(file.read_text())
        for case in found if isinstance(found, list) else found.get("cases", [found]):
            if case["method"] in METHODS and not case.get("options", {}).get("natural_mortality"):
                yield pytest.param(case, id=case["id"])


def compare(expected: Any, got: Any, case: Case, path: str) -> int:
    """Compare what both have; how many numbers were compared."""
    if isinstance(expected, dict):
        return sum(compare(part, got[name], case, f"{path}.{name}") for name, part in expected.items() if name in got)
    if isinstance(expected, list):
        return sum(compare(*both, case, path) for both in zip(expected, got, strict=True))
    if expected is None:
        assert got is None, path
        return 1
    if got is None:
        return 0
    allowed = case.get("abs_tol", 0.0) + case.get("rel_tol", 0.0) * abs(expected)
    assert abs(got - expected) <= allowed + 1e-12, f"{path}: {got} instead of {expected}"
    return 1


@pytest.mark.parametrize("case", list(cases()))
def test_a_published_case_entered_as_a_study_gives_the_published_numbers(case: Case) -> None:
    got = METHODS[case["method"]](case["input"], case.get("options") or {})
    assert compare(case["expected"], got, case, case["id"]) > 0


def test_most_cases_of_the_area_are_entered_as_studies() -> None:
    assert len(list(cases())) >= 40


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = numbered(measured_pairs([1.0, 2.0, 3.5, 4.0, 6.0, 7.5], [1.1, 2.3, 3.2, 4.4, 5.9, 7.9]))
    one = StudyInput("method_comparison", (), rows)
    other = replace(one, observations=tuple(reversed(rows)))
    assert analyse(one).results == analyse(other).results
