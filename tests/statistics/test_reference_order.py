"""All shipped cases give the same figures, to the last digit, on a second run and with their results in another order.

Rows that belong together (the two results of a pair, dose with counts) are moved together; results within a laboratory and laboratories
change places; figures that come one for each row have to come in the new order, and a position has to follow its row.
"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from lims.statistics import reference

CASES = list(reference.shipped_cases())
Given = dict[str, Any]
Order = list[int]

# Here the order of the list is part of what is measured; only the second run is compared.
ORDER_IS_MEANING = {
    "cusum": "each value is added to the sum of the earlier ones",
    "ewma": "later values weigh more",
    "shewhart_z": "two SUCCESSIVE warnings are a signal",
}
NO_LIST = {  # numbers and names only: nothing stands in an order
    "binomial_ci", "diagnostic_2x2", "iso5725_precision_table", "pod_dpod", "sigma_from_precision", "sigma_perception", "u_xpt_robust",
}  # fmt: skip
SEPARATE = {"stability": ("y1", "y2"), "stability_t_test": ("means1", "means2")}  # two lists without pairs
GROUPS = {"q_method_replicates", "anova_oneway", "homogeneity", "cochran", "iso5725_precision", "ep15_precision"}
TABLES = {"cohen_kappa", "kappa_degenerate", "gwet_ac1_pabak_scott", "mcnemar"}
GRIDS = {"cochran_critical": "np", "mandel_k_critical": "p"}  # critical values for a grid of sizes
RATINGS = {"chance_corrected_multi_rater", "krippendorff_alpha"}


def rows_of(given: Given) -> int:
    return max((len(value) for value in given.values() if isinstance(value, list)), default=0)


def picked(value: Any, order: Order) -> Any:
    return [value[place] for place in order] if isinstance(value, list) and len(value) == len(order) else value


def mixed(case: reference.Case, random: Random) -> tuple[Given, Order]:
    """The input in another order, and which row stands where now."""
    given, method = case["input"], case["method"]
    order = random.sample(range(rows_of(given)), rows_of(given))
    if method in SEPARATE:
        return {key: random.sample(value, len(value)) if key in SEPARATE[method] else value for key, value in given.items()}, []
    if method in TABLES:
        return {"table": reordered_table(case, order)}, []
    if method in RATINGS:
        (key, rows), other = next(iter(given.items())), list(range(len(next(iter(given.values()))[0])))
        random.shuffle(other)
        return {key: [[row[place] for place in other] for row in picked(rows, order)]}, []
    if method in GRIDS:
        return {key: picked(value, order) if key == "p" else value for key, value in given.items()}, order
    found = {key: picked(value, order) for key, value in given.items()}
    if method in GROUPS:
        key = next(key for key in ("groups", "samples") if key in found)
        found[key] = [random.sample(group, len(group)) for group in found[key]]
    return found, order


def reordered_table(case: reference.Case, order: Order) -> list[list[int]]:
    """Categories change places on both sides; ordered ones can only be read from the other end."""
    table = case["input"]["table"]
    if not str(case.get("options", {}).get("weights", "unweighted")).startswith("unweighted"):
        order = list(range(len(table)))[::-1]
    return [[table[row][column] for column in order] for row in order]


def follows(field: str, first: Any, other: Any, order: Order) -> bool:
    """Is the figure the same, the list in the new order, the position at the row it belonged to?"""
    if field.endswith("_1based") and isinstance(first, int):
        return order[other - 1] == first - 1
    if field.startswith(("p9", "k9")) and isinstance(first, list) and first and isinstance(first[0], list):
        return other == [picked(row, order) for row in first]
    return bool(other == picked(first, order))


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_second_run_gives_the_same_figures(case: reference.Case) -> None:
    assert reference.compute(case) == reference.compute(case)


ORDERED = [case for case in CASES if case["method"] not in ORDER_IS_MEANING and case["method"] not in NO_LIST]


@pytest.mark.parametrize("case", ORDERED, ids=[case["id"] for case in ORDERED])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_figures_of_a_case_do_not_depend_on_the_order_of_its_results(case: reference.Case, seed: int) -> None:
    given, order = mixed(case, Random(seed))
    first, other = reference.compute(case), reference.compute({**case, "input": given})
    assert first.keys() == other.keys()
    assert [field for field in first if not follows(field, first[field], other[field], order)] == []


def test_every_case_is_either_moved_or_named_with_its_reason() -> None:
    named = ORDER_IS_MEANING.keys() | NO_LIST
    assert named <= reference.METHODS.keys() and len(ORDERED) + sum(case["method"] in named for case in CASES) == 225
    for case in CASES:
        assert (case["method"] in NO_LIST) <= (rows_of(case["input"]) == 0 or case["method"] == "iso5725_precision_table")
