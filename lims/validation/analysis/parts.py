"""The rows that count for one part of a study, and how a share or a measured figure of them becomes a result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lims.statistics.intervals import Interval, proportion
from lims.statistics.outcome import NotCalculable, Number
from lims.validation.analysis.design import AnalysisOptions, Observation, Stratum
from lims.validation.analysis.outcome import Curve, Reason, Result, Table, Variant
from lims.validation.analysis.values import Reported

Pair = tuple[bool, bool]


@dataclass(frozen=True)
class Part:
    """The rows of one stratum (or all), with the conventions and the confidence that its results are wanted at."""

    rows: tuple[Observation, ...]
    options: AnalysisOptions
    confidence: float
    stratum: Stratum = ""
    value: str = ""
    variant: Variant = "plan"

    def where(self, keep: Callable[[Observation], bool]) -> Part:
        """The same part with fewer rows."""
        return replace(self, rows=tuple(row for row in self.rows if keep(row)))

    def levels(self) -> list[tuple[Decimal | None, Part]]:
        """The part split by level, lowest first; rows without a level come first as a level None."""
        known = sorted({row.level for row in self.rows if row.level is not None})
        named: list[Decimal | None] = [None] if any(row.level is None for row in self.rows) else []
        return [(level, replace(self, rows=tuple(row for row in self.rows if row.level == level))) for level in [*named, *known]]

    def share(self, characteristic: str, x: int, n: int, clause: str, *, empty: str = "no_trials", level: Decimal | None = None) -> Result:
        """x of n with the recorded interval."""
        method = self.options.proportion_interval
        found = proportion(x, n, self.confidence, method)
        if isinstance(found.value, NotCalculable) or isinstance(found.interval, NotCalculable):
            return self._made(characteristic, method, clause, n, x=x, level=level, reasons=(Reason(empty),))
        ends = found.interval
        return self._made(characteristic, method, clause, n, x=x, level=level, estimate=found.value, lower=ends.lower, upper=ends.upper)

    def figure(
        self, characteristic: str, estimate: Number, interval: Interval | NotCalculable | None, method: str, clause: str, n: int,
        level: Decimal | None = None, notes: Sequence[Reason] = (),
    ) -> Result:  # fmt: skip
        """A measured figure; without interval where none is defined (None) or the reason says why."""
        reasons = [*notes, *(reason_of(one) for one in (estimate, interval) if isinstance(one, NotCalculable))]
        ends = interval if isinstance(interval, Interval) else None
        value = None if isinstance(estimate, NotCalculable) else float(estimate)
        return self._made(
            characteristic, method, clause, n, level=level, estimate=value, lower=None if ends is None else ends.lower,
            upper=None if ends is None else ends.upper, reasons=_once(reasons),
        )  # fmt: skip

    def _made(self, characteristic: str, method: str, clause: str, n: int, **others: object) -> Result:
        return Result(
            characteristic, method, clause, n, left_out=max(0, len(self.rows) - n), confidence=self.confidence, stratum=self.stratum,
            value=self.value, variant=self.variant, **others,  # type: ignore[arg-type]
        )  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What a family's computation gives for one part."""

    results: tuple[Result, ...]
    tables: tuple[Table, ...] = ()
    curves: tuple[Curve, ...] = ()


def reason_of(lack: NotCalculable) -> Reason:
    """The reason of the statistics as a reason of the study."""
    return Reason(lack.code, dict(lack.params))


def is_positive(result: Reported | None, options: AnalysisOptions, other: Reported | None = None) -> bool | None:
    """A yes/no result as a truth value; None where it cannot count. An indeterminate one follows the recorded rule."""
    if result is None or result.call in ("", "invalid"):
        return None
    if result.call != "indeterminate":
        return result.call == "positive"
    if options.indeterminate == "as_disagreement":
        against = None if other is None or other.call not in ("positive", "negative") else other.call
        return None if against is None else against == "negative"
    return {"as_positive": True, "as_negative": False}.get(options.indeterminate)


def pairs_of(rows: Iterable[Observation], options: AnalysisOptions) -> list[Pair]:
    """(test, comparator) of the rows where both count; an indeterminate comparator never does."""
    found = []
    for row in rows:
        against = None if row.comparator is None or row.comparator.call not in ("positive", "negative") else row.comparator
        test = is_positive(row.test, options, against)
        if test is not None and against is not None:
            found.append((test, against.call == "positive"))
    return found


def cells(pairs: Iterable[Pair]) -> tuple[int, int, int, int]:
    """a, b, c, d: both positive; first only; second only; both negative."""
    counted = [0, 0, 0, 0]
    for first, second in pairs:
        counted[(0 if second else 1) if first else (2 if second else 3)] += 1
    return counted[0], counted[1], counted[2], counted[3]


def table_of(part: Part, name: str, pairs: Sequence[Pair]) -> Table:
    """The pairs as a two-by-two table."""
    a, b, c, d = cells(pairs)
    words = ("positive", "negative")
    return Table(name, words, words, ((a, b), (c, d)), part.stratum, part.value)


def number(result: Reported | None, options: AnalysisOptions) -> float | None:
    """The number of a measured result; one with < or > by the recorded rule, a text that is no number as None."""
    if result is None or result.value is None:
        return None
    if not result.is_censored or options.censored == "limit":
        return float(result.value)
    return float(result.value) / 2.0 if options.censored == "half_of_limit" and result.relation == "<" else None


def measured(row: Observation, options: AnalysisOptions) -> float | None:
    """The number of a row: of its result, or of the signal behind a yes/no result."""
    value = number(row.test, options)
    if value is None and row.test.value is None and row.score is not None:
        return float(row.score)
    return value


def _once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    kept: list[Reason] = []
    for reason in reasons:
        if reason not in kept:
            kept.append(reason)
    return tuple(kept)
