"""Statistics' proportions and intervals as estimates: value and both limits, or the reason."""

from __future__ import annotations

from lims.statistics.assessment.outcome import Estimate, Reason
from lims.statistics.intervals import Interval, Proportion
from lims.statistics.outcome import NotCalculable


def reason_of(lack: NotCalculable) -> Reason:
    """A statistic's reason as a reason of the score run; the codes are the same."""
    return Reason(lack.code, dict(lack.params))


def estimate(found: Proportion) -> Estimate:
    """A proportion with its confidence interval; an empty denominator is a reason, never 0."""
    if isinstance(found.value, NotCalculable):
        return Estimate(reason=reason_of(found.value), method=found.method)
    if not isinstance(found.interval, Interval):
        return Estimate(found.value, reason=reason_of(found.interval), method=found.method)
    return Estimate(found.value, found.interval.lower, found.interval.upper, None, found.method)


def without_interval(found: Proportion, reason: Reason) -> Estimate:
    """The proportion alone, where its pairs are not independent and an interval would claim too much."""
    if isinstance(found.value, NotCalculable):
        return Estimate(reason=reason_of(found.value), method=found.method)
    return Estimate(found.value, None, None, reason, found.method)
