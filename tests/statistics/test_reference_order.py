"""The cases of homogeneity, stability and precision give the same figures, to the last digit, again and in another order."""

from random import Random
from typing import Any

import pytest

from lims.statistics import reference

CASES = [case for case in reference.shipped_cases() if case["area"].startswith(("4_", "5_"))]
PER_LABORATORY = ("h", "k", "lab_means", "lab_sds")


def mixed(name: str, value: Any, random: Random) -> Any:
    if name in ("samples", "groups"):
        return [random.sample(group, len(group)) for group in random.sample(value, len(value))]
    return random.sample(value, len(value)) if name in ("means", "means1", "means2", "x", "y1", "y2") else value


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_figures_of_a_case_do_not_depend_on_the_order_of_its_results(case: reference.Case) -> None:
    first, random = reference.compute(case), Random(4)
    other = reference.compute({**case, "input": {name: mixed(name, value, random) for name, value in case["input"].items()}})
    assert reference.compute(case) == first
    for field, value in first.items():
        if field in PER_LABORATORY:
            assert sorted(map(str, other[field])) == sorted(map(str, value))
        elif not field.endswith("_1based"):
            assert other[field] == value, field
