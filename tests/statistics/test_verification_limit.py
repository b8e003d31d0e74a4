"""Upper verification limit of EP15-A3."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.outcome import NotCalculable
from lims.statistics.verification_limit import precision_verdict, upper_verification_limit


@pytest.mark.assurance("R8")
def test_twenty_degrees_of_freedom_give_the_printed_factor() -> None:
    assert upper_verification_limit(1.0, 20) == pytest.approx(1.25, abs=5e-3)
    assert upper_verification_limit(2.0, 20) == pytest.approx(2.50640909846062)


def test_several_samples_share_alpha_and_widen_the_limit() -> None:
    assert upper_verification_limit(1.0, 20, samples=5) == upper_verification_limit(1.0, 20, alpha=0.01)


def test_what_has_no_limit_is_a_reason() -> None:
    assert upper_verification_limit(1.0, 0) == NotCalculable("no_degrees_of_freedom")
    assert upper_verification_limit(None, 20) == NotCalculable("sigma_pt_missing")
    assert upper_verification_limit(-1.0, 20) == NotCalculable("scale_negative")
    with pytest.raises(ValueError, match="alpha"):
        upper_verification_limit(1.0, 20, samples=0)


@pytest.mark.parametrize(("observed", "verdict"), [(0.9, "verified"), (1.0, "verified"), (1.1, "verified_by_limit"), (1.3, "not_verified")])
def test_the_verdict_compares_with_the_claim_first_and_then_with_the_limit(observed: float, verdict: str) -> None:
    assert precision_verdict(observed, 1.0, 1.25) == verdict


def test_without_an_observed_spread_there_is_no_verdict() -> None:
    assert precision_verdict(None, 1.0, 1.25) == NotCalculable("scale_missing")


@given(st.floats(1, 500), st.floats(1.01, 3))
def test_more_degrees_of_freedom_bring_the_limit_nearer_to_the_claim(df: float, times: float) -> None:
    near, far = upper_verification_limit(1.0, df * times), upper_verification_limit(1.0, df)
    assert isinstance(near, float) and isinstance(far, float) and 1.0 < near < far
