"""Options of a case that state a model or a formula. Only whole spellings are understood; anything that is left over is refused by name."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from lims.statistics import kappa, monitoring
from lims.statistics.intervals import normal_quantile
from lims.statistics.reference.comparing import Case
from lims.statistics.reference.options import CONFIDENCE, FIGURE, UnknownOption, choice, confidence, number, plain

_SQUARED: Final = r"(?:\^2|²|\*\*2)"
_LINEAR: Final = r"1-\|i-j\|/\(k-1\)"
_QUADRATIC: Final = rf"1-(?:\([(|]i-j[)|]/\(k-1\)\){_SQUARED}|[(|]i-j[)|]{_SQUARED}/\(k-1\){_SQUARED})"
_WEIGHTS: Final[Mapping[str, kappa.Weights]] = {
    r"unweighted|none|identity|nominal|no|false": "unweighted",
    rf"(?:linear|absolute|cicchetti-?allison)(?:weights)?(?:\((?:{_LINEAR}|cicchetti-?allison)\))?|{_LINEAR}": "linear",
    rf"(?:quadratic|squared|fleiss-?cohen)(?:weights)?(?:\((?:{_QUADRATIC}|fleiss-?cohen)\))?|{_QUADRATIC}": "quadratic",
}
_WALD: Final = rf"(?:wald|largesample|fleisscohen)?(?:interval|ci)?(?:({FIGURE})%)?(?:z=({FIGURE}))?(?:(?:with|by)?ase(?:notase0)?)?"
_VARIANCE: Final = rf"(?:var\((?:err(?:or)?(?:of)?)?(?P<%s>[xy])\)|(?:sigma|σ|s)(?P<%s2>[xy]){_SQUARED})"
_RATIO: Final = rf"(?:(?:error\.?ratio|lambda)=)?(?:{_VARIANCE % ('a', 'a')}/{_VARIANCE % ('b', 'b')}=)?=?(?P<figure>{FIGURE})(?:\(mcr\))?"
_KNOWN_ERRORS: Final = r"(?:withknown(?:perpoint)?(?:sds?|errors|standarddeviations|uncertainties))?"
_HIT: Final = r"single-?hit(?:poisson)?(?:model)?|poisson(?:model)?"
_UHLIG: Final = r"uhlig(?:etal\.?)?,?(?:2015)?"
_EXPONENT: Final = (
    rf"(?:(?:1-exp\(-(?:lambda|λ)\*?(?:x|dose)(?:(?:\^|\*\*)(?:b|(?P<power>{FIGURE})))?\)|{_HIT})?[,;]?(?:b=(?P<b>{FIGURE}))?)"
    rf"(?:\((?:{_HIT}|{_UHLIG}|(?:{_HIT})[;,]{_UHLIG})\))?"
)
_ASYMPTOTIC: Final = rf"(?:asymptotic|steadystate)(?:limits)?(?:(l|{FIGURE})\*?(?:s|sigma)\*?sqrtlambda/2lambda)?"


def weights(options: Case) -> kappa.Weights:
    """Unweighted, linear (Cicchetti and Allison) or quadratic (Fleiss and Cohen), in words or as the formula."""
    words = re.sub(r"\s", "", str(options.get("weights", "unweighted")).lower()).replace("\N{MINUS SIGN}", "-")
    for pattern, value in _WEIGHTS.items():
        if re.fullmatch(pattern, words):
            return value
    raise UnknownOption("weights", options["weights"], "unweighted, linear, quadratic")


def wald(options: Case) -> float:
    """The confidence of Wald's interval of kappa, by the standard error that holds under the alternative; no other interval is computed.

    z = 1.645 is taken as it stands; six decimals or more that are those of the usual quantile stand for it.
    """
    if "ci" not in options:
        return CONFIDENCE
    stated = re.fullmatch(_WALD, plain(options["ci"]))
    known = "Wald by ASE, Wald by ASE with z = a number, Wald by ASE, 95 %"
    if stated is None or not stated.group(0):
        raise UnknownOption("ci", options["ci"], known)
    percent, z = stated.groups()
    share = float(percent) / 100.0 if percent else _share_of(z) if z else CONFIDENCE
    if not 0.0 < share < 1.0 or (percent and z and abs(normal_quantile(share) - float(z)) > 0.005):
        raise UnknownOption("ci", options["ci"], known)
    return share


def _share_of(z: str) -> float:
    decimals = len(z.partition(".")[2])
    usual = round(normal_quantile(CONFIDENCE), decimals) == float(z) and decimals >= 6
    return CONFIDENCE if usual else math.erf(float(z) / math.sqrt(2.0))


def error_ratio(given: Case, options: Case) -> float:
    """var(error of x) / var(error of y): of the input, or the figure behind the option's words; the words may state y / x instead."""
    known = "var(err x)/var(err y) = a number, var(err y)/var(err x) = a number"
    stated = given.get("error_ratio")
    if "lambda" not in options:
        return 1.0 if stated is None else float(stated)
    found = re.fullmatch(_RATIO, re.sub(r"[\s_]", "", str(options["lambda"]).lower()))
    if found is None or float(found["figure"]) <= 0.0:
        raise UnknownOption("lambda", options["lambda"], known)
    over, under = found["a"] or found["a2"], found["b"] or found["b2"]
    if over and over == under:
        raise UnknownOption("lambda", options["lambda"], known)
    ratio = 1.0 / float(found["figure"]) if over == "y" else float(found["figure"])
    if stated is not None and not _is_usable(stated):
        return float(stated)  # no figure to contradict; the method says why
    if stated is not None and not math.isclose(ratio, float(stated), rel_tol=1e-9):
        raise UnknownOption("lambda", options["lambda"], f"the error_ratio {stated} of the input")
    return ratio


def _is_usable(stated: Any) -> bool:
    return isinstance(stated, int | float) and math.isfinite(stated) and stated > 0


def functional_relationship(options: Case) -> None:
    """Maximum likelihood of the functional relationship is the only model with known errors."""
    functional = rf"(?:maximumlikelihood|ml)?functionalrelationship(?:model)?{_KNOWN_ERRORS}"
    choice(options, "model", {rf"{functional}|maximumlikelihood{_KNOWN_ERRORS}": "maximum likelihood functional relationship"}, "")


def exponent(options: Case) -> float:
    """b of 1 - exp(-lambda x^b): stated as b = 2 or in the formula; the single-hit model has 1."""
    given = number(options, "b", 1.0)
    if "model" not in options:
        return given
    found = re.fullmatch(_EXPONENT, re.sub(r"\s", "", str(options["model"]).lower()))
    figures = {float(figure) for figure in (found["b"], found["power"]) if figure} if found else set()
    figures |= {given} if "b" in options else set()
    if found is None or not found.group(0) or len(figures) > 1:
        raise UnknownOption("model", options["model"], "1-exp(-lambda*x^b), b = a number")
    return figures.pop() if figures else given


def spearman_karber_z(given: Case, options: Case) -> float:
    """z as stated, or of the confidence; both at once must agree."""
    if "z" not in options:
        return normal_quantile(confidence(given, options))
    z = number(options, "z", 0.0)
    is_both = any(name in place for place in (given, options) for name in ("conf", "confidence"))
    if not z > 0.0 or (is_both and not math.isclose(z, normal_quantile(confidence(given, options)), rel_tol=1e-6)):
        raise UnknownOption("z", options["z"], "a number above 0, without a confidence that contradicts it")
    return z


def nested_factors(options: Case, usual: tuple[str, ...]) -> tuple[str, str]:
    """The two factors of the model "y ~ day/run", outer first; without such an option the usual ones of the method."""
    if "model" not in options:
        return usual[0], usual[1]
    stated = re.fullmatch(r"y\s*~\s*(\w+)\s*/\s*(\w+)\s*(?:,\s*anova(?:[\s-]*type[\s-]*(?:1|i))?)?", str(options["model"]).strip(), re.I)
    if stated is None:
        raise UnknownOption("model", options["model"], "y ~ outer factor/inner factor")
    return stated.group(1), stated.group(2)


def ewma_limits(given: Case, options: Case) -> tuple[monitoring.Limits, float]:
    """Exact or asymptotic limits with their width, which words and input may state; both at once must agree."""
    width = float(given.get("L", monitoring.EWMA_WIDTH))
    words = plain(options.get("limits", "exact"))
    if re.fullmatch(r"(?:exact|timevarying|exacttimevarying)(?:limits)?", words):
        return "exact", width
    stated = re.fullmatch(_ASYMPTOTIC, words)
    if stated is None:
        raise UnknownOption("limits", options["limits"], "exact, asymptotic")
    own = width if stated.group(1) in (None, "l") else float(stated.group(1))
    if "L" in given and not _is_usable(width):
        return "asymptotic", width
    if "L" in given and own != width:
        raise UnknownOption("limits", options["limits"], f"the width L = {width:g} of the input")
    return "asymptotic", own
