"""Centre and scale of the results by the name that a case gives them; a name that is not known is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from lims.statistics import hampel, q_method, qn_sn, robust
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.reference.comparing import Case
from lims.statistics.reference.options import UnknownOption, plain

Results = list[float]


def _part(found: object, name: str) -> Number:
    value: Number = found if isinstance(found, NotCalculable) else getattr(found, name)
    return value


# Whole names, as `plain` leaves them. What follows a name (a type of quartiles, a mean of it) makes it another estimator.
_OF_RESULTS: Final = r"(?:ofthe(?:results|data|sample))?"
_CENTRES: Final[Mapping[str, Callable[[Results], Number]]] = {
    rf"(?:arithmetic|sample|ordinary)?(?:mean|average){_OF_RESULTS}": robust.mean,
    rf"(?:sample)?median{_OF_RESULTS}": robust.median,
    r"(?:robust(?:mean|average))?(?:iso13528)?algorithma(?:mean|x\*)?|robust(?:mean|average)|x\*(?:algorithma)?": (
        lambda x: _part(robust.algorithm_a(x), "x_star")
    ),
    r"(?:q/?)?hampel(?:mean|estimator|location)?": lambda x: _part(hampel.q_hampel(x), "x_star"),
}
_SCALES: Final[Mapping[str, Callable[[Results], Number]]] = {
    rf"(?:arithmetic|sample|ordinary)?(?:sd|standarddeviation|stdev)(?:sd)?(?:n1)?{_OF_RESULTS}": robust.standard_deviation,
    r"niqr(?:type7)?|normali[sz]ed(?:iqr|interquartilerange)(?:niqr)?": robust.niqr,
    r"made(?:1\.483)?|1\.483\*?mad": lambda x: robust.made(x, robust.MADE_ISO),
    r"(?:robust(?:sd|standarddeviation))?(?:iso13528)?algorithma(?:sd|s\*)?|robust(?:sd|standarddeviation)|s\*(?:algorithma)?": (
        lambda x: _part(robust.algorithm_a(x), "s_star")
    ),
    r"q(?:method)?|(?:q/?)?hampel": lambda x: _part(q_method.q_method(x), "s_star"),
    r"qn(?:scale|estimator)?": lambda x: _part(qn_sn.qn(x), "scale"),
    r"sn(?:scale|estimator)?": lambda x: _part(qn_sn.sn(x), "scale"),
}
_STATED: Final = {"centre": r"xpt|(?:the)?assignedvalue(?:xpt)?", "scale": r"(?:sigma|σ)pt"}


def without_stated(options: Case) -> tuple[Case, set[str]]:
    """The options without those that name the stated x_pt or sigma_pt of the input, and the names of these."""
    stated = {name for name, words in _STATED.items() if name in options and re.fullmatch(words, plain(options[name]))}
    return {name: value for name, value in options.items() if name not in stated}, stated


def centre(x: Results, options: Case) -> Number:
    """The centre that the options name; the arithmetic mean when they name none."""
    return _found("centre", options, _CENTRES, "mean, median, Algorithm A, Hampel, x_pt")(x) if "centre" in options else robust.mean(x)


def scale(x: Results, options: Case) -> Number:
    """The scale that the options name; the sample SD when they name none."""
    known = "SD, nIQR, MADe, Algorithm A, Q, Qn, Sn, sigma_pt"
    return _found("scale", options, _SCALES, known)(x) if "scale" in options else robust.standard_deviation(x)


def _found(name: str, options: Case, patterns: Mapping[str, Callable[[Results], Number]], known: str) -> Callable[[Results], Number]:
    for pattern, function in patterns.items():
        if re.fullmatch(pattern, plain(options[name])):
            return function
    raise UnknownOption(name, options[name], known)
