"""A number or its reason."""

import math
import subprocess
import sys
from pathlib import Path

import pytest

from lims.statistics import outcome
from lims.statistics.outcome import NotCalculable, finite, is_number, known

ROOT = Path(__file__).parents[2]


def test_known_gives_all_numbers_in_order() -> None:
    assert known(("reported_value_missing", 2), ("assigned_value_missing", 1.5)) == [2.0, 1.5]


def test_known_gives_the_first_reason() -> None:
    assert known(("reported_value_missing", 1.0), ("sigma_pt_missing", None)) == NotCalculable("sigma_pt_missing")
    handed_on = NotCalculable("too_few_values", {"n": 1, "least": 2})
    assert known(("assigned_value_missing", handed_on), ("sigma_pt_missing", None)) is handed_on


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_known_treats_nan_and_infinity_as_absent(value: float) -> None:
    assert known(("sigma_pt_missing", value)) == NotCalculable("value_not_finite", {"quantity": "sigma_pt"})


def test_a_result_that_overflows_is_a_reason() -> None:
    assert finite(1e308 * 10, "z") == NotCalculable("result_not_finite", {"quantity": "z"})
    assert finite(1.0, "z") == 1.0


def test_only_a_number_is_a_number() -> None:
    assert is_number(0.0)
    assert not is_number(None)
    assert not is_number(NotCalculable("no_pairs"))


def test_every_reason_code_is_given_somewhere() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "lims/statistics").rglob("*.py") if path.name != "outcome.py")
    source += (ROOT / "lims/statistics/outcome.py").read_text("utf-8").split("REASON_CODES", 1)[1]
    assert [code for code in outcome.REASON_CODES if f'"{code}"' not in source] == []


@pytest.mark.parametrize(
    "statement",
    ["import lims", "import lims.statistics.reference, lims.statistics.agreement, lims.statistics.assigned"]
    + (["import lims.cli"] if (ROOT / "lims/cli.py").exists() else []),
)
def test_importing_does_not_import_scipy(statement: str) -> None:
    program = f"import sys; {statement}; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
