"""zeta and En of a reference case: each laboratory's missing uncertainty comes from its own other one."""

from __future__ import annotations

from typing import Any

import pytest

from lims.statistics.reference.verifying import verify_case

GIVEN: dict[str, Any] = {
    "x": [10.5, 10.5, 10.5], "x_pt": 10.0, "u": [0.3, None, 0.3], "U": [None, 0.6, 0.6], "k": [2, 2, None], "U_xpt": 0.8, "k_xpt": 2,
}  # fmt: skip
ZETA, EN = 0.5 / 0.5, 0.5 / 1.0


def figures(method: str, field: str, **changed: Any) -> Any:
    return verify_case({"id": "a", "method": method, "input": {**GIVEN, **changed}, "expected": {}}).got[field]


@pytest.mark.parametrize("method", ["score_zeta", "score_zeta_en"])
def test_zeta_takes_u_or_U_over_k_for_each_laboratory(method: str) -> None:
    assert figures(method, "zeta") == pytest.approx([ZETA] * 3)


@pytest.mark.parametrize("method", ["score_En", "score_zeta_en"])
def test_en_takes_U_or_k_times_u_for_each_laboratory(method: str) -> None:
    assert figures(method, "En") == pytest.approx([EN] * 3)


def test_one_k_is_taken_for_all() -> None:
    assert figures("score_zeta", "zeta", u=None, U=[0.6] * 3, k=2) == pytest.approx([ZETA] * 3)
    assert figures("score_En", "En", u=[0.3] * 3, U=None, k=2) == pytest.approx([EN] * 3)


def test_the_assigned_value_falls_back_the_same_way() -> None:
    assert figures("score_zeta", "zeta", u_xpt=0.4, U_xpt=None) == pytest.approx([ZETA] * 3)
    assert figures("score_En", "En", u_xpt=0.4, U_xpt=None) == pytest.approx([EN] * 3)


def test_what_nobody_stated_stays_not_calculable() -> None:
    assert figures("score_zeta", "zeta", u=None, k=[2, None, 2], U=[0.6, 0.6, None]) == [pytest.approx(ZETA), None, None]
    assert figures("score_En", "En", u=[0.3, 0.3, None], U=None, k=[2, None, 2]) == [pytest.approx(EN), None, None]
    assert figures("score_En", "En", U_xpt=None, u_xpt=0.4, k_xpt=None) == [None, None, None]
