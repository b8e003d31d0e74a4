"""Centre and scale of the results by the name that a case gives them; a name that is not known is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from lims.statistics import hampel, q_method, qn_sn, robust
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.reference.comparing import Case
from lims.statistics.reference.options import UnknownOption

Results = list[float]


def _part(found: object, name: str) -> Number:
    value: Number = found if isinstance(found, NotCalculable) else getattr(found, name)
    return value


# The first pattern that is found in the words of the option decides.
_CENTRES: Final[Mapping[str, Callable[[Results], Number]]] = {
    r"hampel|\bq\b": lambda x: _part(hampel.q_hampel(x), "x_star"),
    r"median": robust.median,
    r"algorithm ?a|robust|x\*": lambda x: _part(robust.algorithm_a(x), "x_star"),
    r"^(arithmetic |sample |ordinary )?(mean|average)": robust.mean,
}
_SCALES: Final[Mapping[str, Callable[[Results], Number]]] = {
    r"n ?iqr|normali[sz]ed i": robust.niqr,
    r"\bmad": lambda x: robust.made(x, robust.MADE_ISO),
    r"\bqn\b": lambda x: _part(qn_sn.qn(x), "scale"),
    r"\bsn\b": lambda x: _part(qn_sn.sn(x), "scale"),
    r"hampel|\bq\b": lambda x: _part(q_method.q_method(x), "s_star"),
    r"algorithm ?a|robust|s\*": lambda x: _part(robust.algorithm_a(x), "s_star"),
    r"^(sample |arithmetic |ordinary )?(sd|standard deviation|stdev)\b": robust.standard_deviation,
}


def centre(x: Results, options: Case) -> Number:
    """The centre that the options name; the arithmetic mean when they name none."""
    return _found("centre", options, _CENTRES, "mean, median, Algorithm A, Hampel")(x) if "centre" in options else robust.mean(x)


def scale(x: Results, options: Case) -> Number:
    """The scale that the options name; the sample SD when they name none."""
    known = "SD, nIQR, MADe, Algorithm A, Q, Qn, Sn"
    return _found("scale", options, _SCALES, known)(x) if "scale" in options else robust.standard_deviation(x)


def _found(name: str, options: Case, patterns: Mapping[str, Callable[[Results], Number]], known: str) -> Callable[[Results], Number]:
    words = re.sub(r"[\s_-]+", " ", str(options[name]).lower()).strip()
    for pattern, function in patterns.items():
        if re.search(pattern, words):
            return function
    raise UnknownOption(name, options[name], known)
