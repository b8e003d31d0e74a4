"""The options of a case, read in every spelling that is clearly meant. What is not understood is refused by name, never replaced."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from lims.statistics import kappa, robust
from lims.statistics.binomial_glm import Link
from lims.statistics.reference.comparing import Case

Known = TypeVar("Known")
FIGURE: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
CONFIDENCE: Final = 0.95
_LINKS: Final[Mapping[str, Link]] = {
    "probit": "probit",
    "logit": "logit",
    "logistic": "logit",
    "cloglog": "cloglog",
    "complementaryloglog": "cloglog",
    "loglogistic": "logit",
    "loglog": "cloglog",
}


class UnknownOption(Exception):
    """An option whose value is not understood; the case is failed with these words."""

    def __init__(self, name: str, read: Any, known: str) -> None:
        super().__init__(f"option {name}: read {read}, known: {known}")


def read_options(options: Case | None) -> dict[str, Any]:
    """The options of a case; one that is null is absent."""
    return {name: value for name, value in (options or {}).items() if value is not None}


def _letters(value: Any) -> str:
    """Small letters and digits alone: Cicchetti-Allison is cicchettiallison."""
    return re.sub(r"[^a-z0-9]", "", str(value).lower())


def choice(options: Case, name: str, known: Mapping[str, Known], default: Known) -> Known:
    """The known value whose spelling (small letters and digits) begins the option; the default when the option is absent."""
    if name not in options:
        return default
    letters = _letters(options[name])
    for spelling, value in known.items():
        if letters.startswith(spelling):
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


def switch(options: Case, name: str, default: bool) -> bool:
    """true or false, also written as a word."""
    value = options.get(name, default)
    if isinstance(value, bool):
        return value
    return choice(options, name, {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}, default)


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
    known = dict.fromkeys(("log10", "ln", "loge", "naturallog", "decadic"), False) | dict.fromkeys(("linear", "none", "identity"), True)
    if "dose_scale" not in options:
        return False
    letters = _letters(options["dose_scale"])
    for spelling, value in known.items():
        if letters.startswith(spelling):
            return value
    raise UnknownOption("dose_scale", options["dose_scale"], "log10, ln, linear")


def wald(options: Case) -> None:
    """The interval of kappa is Wald's by the standard error that holds under the alternative; another one is not computed."""
    choice(options, "ci", {"wald": "Wald by ASE", "ase": "Wald by ASE", "fleisscohen": "Wald by ASE", "largesample": "Wald by ASE"}, "")


def functional_relationship(options: Case) -> None:
    """Maximum likelihood of the functional relationship is the only model with known errors."""
    words = _letters(options.get("model", "functionalrelationship"))
    if "maximumlikelihood" not in words and "functional" not in words:
        raise UnknownOption("model", options["model"], "maximum likelihood functional relationship")


def quartile(options: Case) -> robust.QuartileRule:
    """Type 6, 7 or 8 of Hyndman and Fan, by number or by the program that has it."""
    if "quartile" not in options:
        return 7
    value = options["quartile"]
    words = str(value).lower().strip()
    stated = re.search(r"type[\s_-]*(\d+)", words) or re.match(r"(\d+)(?:\.0)?\b", words)
    kind = stated.group(1) if stated else ""
    if kind == "6" or (not kind and re.search(r"\bexc\b|minitab|spss|weibull", words)):
        return 6
    if kind == "7" or (not kind and re.search(r"\binc\b|\blinear\b|numpy", words)):
        return 7
    if kind == "8" or (not kind and re.search(r"median[\s_-]*unbiased", words)):
        return 8
    raise UnknownOption("quartile", value, "type 6, type 7, type 8")


def weights(options: Case) -> kappa.Weights:
    """Unweighted, linear (Cicchetti and Allison) or quadratic (Fleiss and Cohen), in words or as the formula."""
    if "weights" not in options:
        return "unweighted"
    words = re.sub(r"\s", "", str(options["weights"]).lower())
    letters = _letters(words)
    is_quadratic = (
        any(word in letters for word in ("quadratic", "squared", "fleisscohen")) or "^2" in words or "²" in words or "**2" in words
    )
    is_linear = any(word in letters for word in ("linear", "cicchetti", "absolute")) or (not is_quadratic and "|i-j|" in words)
    is_unweighted = letters in ("unweighted", "none", "identity", "nominal", "no", "false")
    if is_quadratic + is_linear + is_unweighted != 1:
        raise UnknownOption("weights", options["weights"], "unweighted, linear, quadratic")
    return "unweighted" if is_unweighted else "linear" if is_linear else "quadratic"


def error_ratio(given: Case, options: Case) -> float:
    """var(error of x) / var(error of y): of the input, or the figure behind the option's words; the words may state y / x instead."""
    if given.get("error_ratio") is not None:
        return float(given["error_ratio"])
    if "lambda" not in options:
        return 1.0
    words = str(options["lambda"]).lower()
    stated = re.fullmatch(rf"(?:(.*)=)?\s*({FIGURE})\s*(?:\([^()]*\))?\s*", words)
    if stated is None or float(stated.group(2)) == 0.0:
        raise UnknownOption("lambda", options["lambda"], "var(err x)/var(err y) = a number, var(err y)/var(err x) = a number")
    sides = re.search(r"([xy])(?![a-z])[^a-z/]*/[^=]*?([xy])(?![a-z])", stated.group(1) or "")
    ratio = float(stated.group(2))
    return 1.0 / ratio if sides is not None and sides.groups() == ("y", "x") else ratio


def exponent(options: Case) -> float:
    """b of 1 - exp(-lambda x^b): stated as b = 2 or in the formula; the single-hit model has 1."""
    if "model" not in options:
        return number(options, "b", 1.0)
    words = re.sub(r"\s", "", str(options["model"]).lower())
    stated = re.search(rf"\bb=({FIGURE})", words) or re.search(rf"x(?:\^|\*\*)({FIGURE})", words)
    if stated:
        return float(stated.group(1))
    if "beta" in words or not re.search(r"exp\(|single|poisson", words):
        raise UnknownOption("model", options["model"], "1-exp(-lambda*x^b), b = a number")
    return number(options, "b", 1.0)


def delta_e(given: Case, options: Case) -> list[float | None]:
    """The permitted difference of each result: an input, a number, or a multiple of sigma_pt such as "3*sigma_pt" (the usual one)."""
    count, sigma = len(given["x"]), given.get("sigma_pt")
    stated = given.get("delta_E")
    if stated is not None:
        return list(stated) if isinstance(stated, list) else [stated] * count
    rule = re.sub(r"\s", "", str(options.get("delta_E", "3*sigma_pt")))
    found = re.fullmatch(rf"({FIGURE})?([*x×·]?(?:sigma_pt|sigma|σ_?pt|σ))?", rule)
    if found is None or not rule:
        raise UnknownOption("delta_E", options["delta_E"], "a number, a multiple of sigma_pt such as 3*sigma_pt")
    factor = float(found.group(1) or 1.0)
    return [factor if not found.group(2) else None if sigma is None else factor * sigma] * count


def is_inclusive(options: Case) -> bool:
    """Whether the rule of a negligible uncertainty includes its limit: <= instead of <."""
    return _sign(options, "rule", {"<=": True, "≤": True, "<": False}, False)


def is_higher(options: Case) -> bool:
    """Whether positives score higher. "<": negatives score lower than positives."""
    return _sign(options, "direction", {"<": True, "higher": True, "controls<": True, ">": False, "lower": False, "controls>": False}, True)


def is_plain_half(options: Case) -> bool:
    """Whether h of Qn is p / 2 as first printed, and not floor(p / 2) + 1."""
    words = re.sub(r"[\s\[\]]", "", str(options.get("h", "floor(n/2)+1")).lower())
    found = re.fullmatch(r"(?:floor\()?[np]/2\)?(\+1)?", words)
    if found is None:
        raise UnknownOption("h", options["h"], "floor(n/2)+1, floor(n/2)")
    return found.group(1) is None


def _sign(options: Case, name: str, known: Mapping[str, bool], default: bool) -> bool:
    words = re.sub(r"\s", "", str(options.get(name, ""))).lower()
    if name not in options:
        return default
    for spelling, value in known.items():
        if words.startswith(spelling):
            return value
    raise UnknownOption(name, options[name], ", ".join(known))
