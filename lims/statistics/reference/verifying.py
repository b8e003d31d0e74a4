"""The verification run: every case computed here and now and compared field by field (ISO/IEC 17025:2017, 7.11.2).

No case can stop the run. A malformed case, and a case whose computation breaks off, count as failed with the reason in words; a method
that is not in the table is named as unsupported and its case counts as failed too, and so does a case with an option that its method does
not take. `got` holds every field of the method, computed from input and options alone, also when `expected` is absent or wrong. What a
method refuses (a missing input, a table that is not square) is not calculable: every field of the method is null, which meets an expected
null and nothing else. `reasons` says why a null is null.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lims.statistics.reference import METHODS
from lims.statistics.reference.comparing import INFORMATIONAL, Case, Fields, differences, is_compared, plain
from lims.statistics.reference.known_options import unsupported
from lims.statistics.reference.options import UnknownOption, read_options
from lims.statistics.reference.reading import fields_of, read_input, reasons

REFUSED: Final = (KeyError, ValueError, OverflowError)  # an input that is absent, that no method can take, that is beyond all numbers
BROKEN: Final = (ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError)
NOT_COMPUTED: Final = "not computed"
WHOLE_CASE: Final = "(case)"  # stands for a field when the case as a whole cannot be met


@dataclass(frozen=True, slots=True)
class Failure:
    """One field that was not met. reason says why nothing was computed or compared; it is empty when the figures just differ."""

    id: str
    field: str
    expected: Any
    got: Any
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """The four keys of the agreed form, and the reason where there is one."""
        found = {"id": self.id, "field": self.field, "expected": storable(self.expected), "got": storable(self.got)}
        return {**found, "reason": self.reason} if self.reason else found


@dataclass(frozen=True, slots=True)
class Verified:
    """One case with everything that was computed for it; `failed` is empty when every expected field was met."""

    id: str
    method: str
    got: Fields
    failed: tuple[Failure, ...]
    is_supported: bool = True
    reasons: dict[str, str] = field(default_factory=dict)  # of the fields, or places in them, that are null

    @property
    def is_passed(self) -> bool:
        return not self.failed

    def as_json(self) -> dict[str, Any]:
        """id and got, and the reasons of what is null where there are any."""
        found = {"id": self.id, "got": storable(self.got)}
        return {**found, "reasons": self.reasons} if self.reasons else found


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of a run over many cases, in their order."""

    cases: tuple[Verified, ...]

    @property
    def total(self) -> int:
        return len(self.cases)

    @property
    def passed(self) -> int:
        return sum(case.is_passed for case in self.cases)

    @property
    def failed(self) -> tuple[Failure, ...]:
        return tuple(failure for case in self.cases for failure in case.failed)

    @property
    def unsupported(self) -> tuple[str, ...]:
        """The methods that are not in the table, each once, in the order of their names."""
        return tuple(sorted({case.method for case in self.cases if not case.is_supported}))

    @property
    def is_passed(self) -> bool:
        """All cases are met, and there was at least one: an empty run proves nothing."""
        return self.total > 0 and self.passed == self.total

    def as_json(self) -> dict[str, Any]:
        """The agreed form: total, passed, failed, unsupported, and each case's computed fields."""
        return {
            "total": self.total,
            "passed": self.passed,
            "failed": [failure.as_json() for failure in self.failed],
            "unsupported": list(self.unsupported),
            "cases": [case.as_json() for case in self.cases],
        }


def verify(cases: Iterable[Any]) -> Verification:
    """Compute and compare every case; never raises because of a case. Example: the 225 shipped cases are all passed."""
    return Verification(tuple(verify_case(case) for case in cases))


def verify_case(case: Any) -> Verified:
    """Compute one case and compare it with what it expects."""
    if not isinstance(case, Mapping):
        return _refused("", {}, f"a mapping is expected as a case, not a {type(case).__name__}")
    name, lack = str(case.get("id", "")), _lack(case)
    if lack:
        return _refused(name, case, lack)
    if case["method"] not in METHODS:
        failure = Failure(name, WHOLE_CASE, case.get("expected"), None, f"the method {case['method']} is not supported")
        return Verified(name, case["method"], {}, (failure,), is_supported=False)
    try:
        options = read_options(case.get("options"))
        found = METHODS[case["method"]](read_input(case["method"], case["input"]), options)
        got = {name: plain(value) for name, value in found.items()}
    except UnknownOption as error:
        return _refused(name, case, str(error))
    except BROKEN as error:
        return _broken_off(name, case, error)
    unread = tuple(Failure(name, f"options.{key}", options[key], None, why) for key, why in unsupported(case["method"], options))
    return Verified(name, case["method"], got, (*unread, *_compared(name, case, got)), reasons=reasons_of(found))


def reasons_of(found: Fields) -> dict[str, str]:
    """The reason of every null in the fields of a method."""
    return {place: why for name, value in found.items() for place, why in reasons(name, value).items()}


def _broken_off(name: str, case: Case, error: Exception) -> Verified:
    """Nothing was computed. A refused input leaves every field of the method null; another error fails the whole case."""
    method, why = case["method"], f"the computation broke off: {type(error).__name__}: {error}"
    if not isinstance(error, REFUSED):
        return _refused(name, case, why)
    got: Fields = dict.fromkeys(fields_of(method))
    found = _compared(name, case, got)
    own = ("", NOT_COMPUTED)
    failed = tuple(Failure(name, one.field, one.expected, one.got, why if one.reason in own else one.reason) for one in found)
    return Verified(name, method, got, failed, reasons=dict.fromkeys(got, why))


def _lack(case: Case) -> str:
    if case.get("malformed"):
        return str(case["malformed"])
    if not isinstance(case.get("method"), str):
        return "the name of a method is expected as `method`"
    if not isinstance(case.get("input"), Mapping):
        return "a mapping is expected as `input`"
    return "" if isinstance(case.get("options") or {}, Mapping) else "a mapping is expected as `options`"


def _refused(name: str, case: Case, reason: str) -> Verified:
    """A case for which nothing was computed: each field it expects is failed, or the case as a whole when it names none."""
    expected, method = case.get("expected"), str(case.get("method", ""))
    fields = [field for field in expected if field not in INFORMATIONAL] if isinstance(expected, Mapping) else []
    if not isinstance(expected, Mapping) or not fields:
        return Verified(name, method, {}, (Failure(name, WHOLE_CASE, expected, None, reason),))
    return Verified(name, method, {}, tuple(Failure(name, field, expected[field], None, reason) for field in fields))


def _compared(name: str, case: Case, got: Fields) -> tuple[Failure, ...]:
    expected = case.get("expected")
    if not isinstance(expected, Mapping) or not is_compared(expected):
        return (Failure(name, WHOLE_CASE, expected, None, "nothing was compared: fields are expected as `expected`"),)
    try:
        found = differences(case, got)
    except BROKEN as error:
        return (Failure(name, WHOLE_CASE, expected, None, f"the comparison broke off: {type(error).__name__}: {error}"),)
    return tuple(Failure(name, one.field, one.expected, one.got, "" if _has(got, one.field) else NOT_COMPUTED) for one in found)


def _has(got: Mapping[str, Any], field: str) -> bool:
    if field in got:
        return True
    head, _, rest = field.partition(".")
    return bool(rest) and isinstance(got.get(head), Mapping) and _has(got[head], rest)


def storable(value: Any) -> Any:
    """The value as strict JSON can carry it; nan and infinity, which no function of this package should give, become words."""
    if isinstance(value, Mapping):
        return {str(key): storable(element) for key, element in value.items()}
    if isinstance(value, list | tuple):
        return [storable(element) for element in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
