"""The options of a case, read in every spelling that is clearly meant. What is not understood is refused by name, never replaced."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from lims.statistics import robust
from lims.statistics.binomial_glm import Link
from lims.statistics.reference.comparing import Case

Known = TypeVar("Known")
FIGURE: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
CONFIDENCE: Final = 0.95
# Whole spellings as `plain` leaves them, as patterns.
_LINKS: Final[Mapping[str, Link]] = {
    "probit": "probit",
    "logit|logistic|loglogistic": "logit",
    "cloglog|complementaryloglog|(?:complementaryloglog|loglog)cloglog|cloglogcomplementaryloglog": "cloglog",
}
_DOSE_SCALES: Final[Mapping[str, bool]] = {
    r"(?:log10|lg|ln|loge|decadic(?:log(?:arithm)?)?|natural(?:log(?:arithm)?))(?:dose|ofdose)?(?:zerodoses?excluded)?": False,
    r"linear|none|identity": True,
}
_QUARTILES: Final[Mapping[robust.QuartileRule, str]] = {
    6: r"(?:type)?6(?:\.0)?|(?:position)?weibull|minitab|spss|(?:excel)?(?:quartile\.)?exc|hyndmanfantype6",
    7: r"(?:type)?7(?:\.0)?|linear|numpy(?:linear)?|(?:excel)?(?:quartile\.)?inc|(?:excel)?quartile|rdefault|hyndmanfantype7",
    8: r"(?:type)?8(?:\.0)?|medianunbiased|numpymedianunbiased|hyndmanfantype8",
}
_SCORES: Final = r"(?:scores?|values?)?(?:is|are|means?|=)?"
_DIRECTIONS: Final[Mapping[str, bool]] = {
    rf"<|controls?<(?:cases?)?|cases?>controls?|negatives?<positives?|higher|higher{_SCORES}positives?|lower{_SCORES}negatives?": True,
    rf">|controls?>(?:cases?)?|cases?<controls?|negatives?>positives?|lower|lower{_SCORES}positives?|higher{_SCORES}negatives?": False,
}
_RULES: Final[Mapping[str, bool]] = {
    rf"(?:u(?:xpt)?)?{sign}(?:0?\.3\*?(?:sigma|σ)(?:pt)?)?": value for sign, value in (("(?:<=|≤)", True), ("<", False))
}


class UnknownOption(Exception):
    """An option whose value is not understood; the case is failed with these words."""

    def __init__(self, name: str, read: Any, known: str) -> None:
        super().__init__(f"option {name}: read {read}, known: {known}")


def read_options(options: Case | None) -> dict[str, Any]:
    """The options of a case; one that is null is absent."""
    return {name: value for name, value in (options or {}).items() if value is not None}


def plain(value: Any) -> str:
    """Small letters without spaces, hyphens, brackets and marks of punctuation: Cicchetti-Allison is cicchettiallison, * / < = stay."""
    return re.sub(r"(?<=[\w)])\s*-|[\s_,;:'\"()\[\]]", "", str(value).lower())


def choice(options: Case, name: str, known: Mapping[str, Known], default: Known) -> Known:
    """The known value whose pattern is the whole option, as `plain` reads it; the default when the option is absent."""
    if name not in options:
        return default
    words = plain(options[name])
    for spelling, value in known.items():
        if re.fullmatch(spelling, words):
            return value
    raise UnknownOption(name, options[name], ", ".join(dict.fromkeys(str(value) for value in known.values())))


def number(options: Case, name: str, default: float) -> float:
    """A number, also written as text."""
    value = options.get(name, default)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(FIGURE, value.strip()):
        return float(value)
    raise UnknownOption(name, value, "a number")


def factor(options: Case, name: str, default: float, exact: float) -> float:
    """A factor, or the word exact for the one that is not rounded."""
    return exact if name in options and plain(options[name]) == "exact" else number(options, name, default)


def switch(options: Case, name: str, default: bool) -> bool:
    """true or false, also written as a word."""
    value = options.get(name, default)
    if isinstance(value, bool):
        return value
    return choice(options, name, {"true|yes|1": True, "false|no|0": False}, default)


def confidence(given: Case, options: Case) -> float:
    """The confidence of a case: an option or an input, conf or confidence, as a share or in percent."""
    name, place = next(((key, place) for place in (options, given) for key in ("conf", "confidence") if key in place), ("conf", {}))
    value = place.get(name, CONFIDENCE)
    if isinstance(value, str) and value.strip().endswith("%"):
        return number({name: value.strip().removesuffix("%").strip()}, name, CONFIDENCE) / 100.0
    share = float(number({name: value}, name, CONFIDENCE))
    return share / 100.0 if 1.0 < share < 100.0 else share


def link(options: Case) -> Link:
    """probit, logit or complementary log-log."""
    return choice(options, "link", _LINKS, "probit")


def is_linear_dose(options: Case) -> bool:
    """Whether the fit is one of the dose itself; else of its logarithm, with figures named by log10, whichever logarithm a case states."""
    if "dose_scale" in options and not any(re.fullmatch(one, plain(options["dose_scale"])) for one in _DOSE_SCALES):
        raise UnknownOption("dose_scale", options["dose_scale"], "log10, ln, linear")
    return choice(options, "dose_scale", _DOSE_SCALES, False)


def quartile(options: Case) -> robust.QuartileRule:
    """Type 6, 7 or 8 of Hyndman and Fan, by number or by the program that has it; every part of the words must name the same one."""
    if "quartile" not in options:
        return 7
    words = re.sub(r"[\s_'\"-]", "", str(options["quartile"]).lower()).replace("(n+1)p", "weibull").replace("(n+1)*p", "weibull")
    parts = [part for part in re.split(r"[(),;:/]", words) if part]
    for rule, spelling in _QUARTILES.items():
        if parts and all(re.fullmatch(spelling, part) for part in parts):
            return rule
    raise UnknownOption("quartile", options["quartile"], "type 6, type 7, type 8")


def delta_e(given: Case, options: Case) -> list[float | None]:
    """The permitted difference of each result: an input, a number, or a multiple of sigma_pt "3*sigma_pt" (usual), "10%" of x_pt."""
    count, sigma = len(given["x"]), given.get("sigma_pt")
    stated = given.get("delta_E")
    if stated is not None:
        return list(stated) if isinstance(stated, list) else [stated] * count
    rule = re.sub(r"\s", "", str(options.get("delta_E", "3*sigma_pt")))
    share = re.fullmatch(rf"({FIGURE})%(?:of(?:x_?pt|theassignedvalue))?", rule)
    if share is not None:
        x_pt = given.get("x_pt")
        return [None if x_pt is None else abs(float(share.group(1)) / 100.0 * x_pt)] * count
    found = re.fullmatch(rf"({FIGURE})?([*x×·]?(?:sigma_pt|sigma|σ_?pt|σ))?", rule)
    if found is None or not rule:
        raise UnknownOption("delta_E", options["delta_E"], "a number, a multiple of sigma_pt such as 3*sigma_pt, a percentage of x_pt")
    multiple = float(found.group(1) or 1.0)
    return [multiple if not found.group(2) else None if sigma is None else multiple * sigma] * count


def is_inclusive(options: Case) -> bool:
    """Whether the rule of a negligible uncertainty includes its limit: <= instead of <."""
    return choice(options, "rule", _RULES, False)


def is_higher(options: Case) -> bool:
    """Whether positives score higher. "<": negatives score lower than positives."""
    return choice(options, "direction", _DIRECTIONS, True)


def is_plain_half(options: Case) -> bool:
    """Whether h of Qn is p / 2 as first printed, and not floor(p / 2) + 1."""
    words = re.sub(r"[\s\[\]]", "", str(options.get("h", "floor(n/2)+1")).lower())
    found = re.fullmatch(r"(?:floor\()?[np]/2\)?(\+1)?", words)
    if found is None:
        raise UnknownOption("h", options["h"], "floor(n/2)+1, floor(n/2)")
    return found.group(1) is None
