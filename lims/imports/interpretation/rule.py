"""An assay rule as plain values: what a laboratory decided in advance about controls, cut-offs, replicates and repeats."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from lims.errors import Invalid
from lims.marks import N_
from lims.width import half_width

#: the kinds of controls, each with the role of the contract that it has in a file; an extraction control is known by its name only
CONTROLS = {"ntc": "ntc", "negative": "negative_control", "positive": "positive_control", "extraction": ""}
EXPECTATIONS = ("silent", "found", "internal")
COMBINATIONS = ("all_agree", "majority", "repeat")
MEANINGS = ("repeat", "report")
NEEDED_FOR = ("negative", "all")
MOST_TARGETS, MOST_REPLICATES, MOST_NAMES = 20, 12, 20


def key_of(text: str | None) -> str:
    """A target or a name as it is compared: trimmed, full width as ASCII, capitals as small letters."""
    return unicodedata.normalize("NFKC", text or "").strip().casefold()


@dataclass(frozen=True)
class Target:
    """Ct <= cut_off is positive, cut_off < Ct <= grey_to is the grey zone, beyond it negative; without grey_to there is no grey zone."""

    target: str
    cut_off: Decimal
    grey_to: Decimal | None = None

    @property
    def last(self) -> Decimal:
        """The last Ct that is not negative."""
        return self.cut_off if self.grey_to is None else self.grey_to


@dataclass(frozen=True)
class Window:
    """Limits of a Ct, both included; None is open."""

    low: Decimal | None = None
    high: Decimal | None = None

    def holds(self, value: Decimal) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True)
class Internal:
    """The internal control in each sample: its target, its Ct window, and whether a positive result needs it too."""

    target: str
    window: Window
    needed_for: str = "negative"


@dataclass(frozen=True)
class Control:
    """One kind of control: silent (no Ct, or one not before ``window.low``), found inside the window, or internal (silent on
    the targets while the internal control is found). ``names`` are sample texts by which it is known beside its role."""

    control: str
    expect: str
    window: Window = Window()
    names: tuple[str, ...] = ()
    is_required: bool = True


@dataclass(frozen=True)
class Curve:
    """What the standard curve of each target must reach; efficiency as a fraction (0.95 = 95 %)."""

    points: int
    efficiency: Window
    r2: Decimal


@dataclass(frozen=True)
class Rule:
    """The whole rule. ``positive_targets`` of the targets must be positive for a positive result; fewer but some: indeterminate."""

    name: str
    title: str
    analyte: str
    method: str
    targets: tuple[Target, ...]
    positive_targets: int
    internal: Internal | None
    replicates: int
    combine: str
    controls: tuple[Control, ...]
    curve: Curve | None
    invalid_means: str = "repeat"
    indeterminate_means: str = "repeat"


def rule_from(content: Mapping[str, Any]) -> Rule:
    """The rule of a content as it is kept and exported; raises Invalid naming the field that is wrong."""
    try:
        rule = _built(content)
    except (KeyError, TypeError, AttributeError) as error:
        raise Invalid("imports.rule_shape", N_("The rule is not complete: %(what)s."), what=str(error)[:80]) from error
    _check(rule)
    return rule


def _built(content: Mapping[str, Any]) -> Rule:
    internal, curve, replicates = content.get("internal"), content.get("curve"), content["replicates"]
    return Rule(
        name=str(content["name"]), title=str(content.get("title", "")), analyte=str(content["analyte"]), method=str(content["method"]),
        targets=tuple(_target(one) for one in content["targets"]), positive_targets=_whole(content["positive_targets"], "positive_targets"),
        internal=_internal(internal) if internal else None,
        replicates=_whole(replicates["count"], "replicates"), combine=str(replicates["combine"]),
        controls=tuple(_control(one) for one in content["controls"]),
        curve=_curve(curve) if curve else None,
        invalid_means=str(content["invalid_means"]), indeterminate_means=str(content["indeterminate_means"]),
    )  # fmt: skip


def _target(one: Mapping[str, Any]) -> Target:
    return Target(str(one["target"]).strip(), _needed(one["cut_off"], "targets"), _number(one.get("grey_to"), "targets"))


def _internal(one: Mapping[str, Any]) -> Internal:
    return Internal(str(one["target"]).strip(), _window(one, "internal_target"), str(one["needed_for"]))


def _control(one: Mapping[str, Any]) -> Control:
    names = tuple(str(name).strip() for name in one.get("names", ()) if str(name).strip())
    window = _window(one, f"control_{one['control']}")
    return Control(str(one["control"]), str(one["expect"]), window, names, one.get("required", True) is True)


def _curve(one: Mapping[str, Any]) -> Curve:
    window = Window(_number(one.get("efficiency_low"), "curve"), _number(one.get("efficiency_high"), "curve"))
    return Curve(_whole(one["points"], "curve"), window, _needed(one["r2"], "curve"))


def _window(one: Mapping[str, Any], field: str) -> Window:
    return Window(_number(one.get("ct_low"), field), _number(one.get("ct_high"), field))


def _number(text: Any, field: str) -> Decimal | None:
    if text is None or not str(text).strip():
        return None
    try:
        number = Decimal(half_width(str(text)).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not Decimal(0) <= number <= Decimal(100) or isinstance(text, float | bool):
        raise Invalid("imports.rule_number", N_("Read %(text)s, expected a number from 0 to 100."), field=field, text=str(text)[:40])
    return number


def _needed(text: Any, field: str) -> Decimal:
    number = _number(text, field)
    if number is None:
        raise Invalid("imports.rule_number_empty", N_("A number is empty; type it."), field=field)
    return number


def _whole(text: Any, field: str) -> int:
    number = _needed(text, field)
    if number != number.to_integral_value():
        raise Invalid("imports.rule_whole", N_("Read %(text)s, expected a whole number."), field=field, text=str(text)[:40])
    return int(number)


def _check(rule: Rule) -> None:
    """Refuse a rule that contradicts itself."""
    targets = [key_of(one.target) for one in rule.targets]
    internal = key_of(rule.internal.target) if rule.internal else ""
    kinds = [one.control for one in rule.controls]
    _refuse(not 1 <= len(targets) <= MOST_TARGETS or "" in targets, "targets", N_("Name from 1 to 20 targets."))
    _refuse(len(set(targets)) != len(targets), "targets", N_("A target stands twice."))
    _refuse(any(one.grey_to is not None and one.grey_to < one.cut_off for one in rule.targets), "targets",
            N_("A grey zone ends before its cut-off."))  # fmt: skip
    _refuse(not 1 <= rule.positive_targets <= len(targets), "positive_targets",
            N_("The number of positive targets must be from 1 to the number of targets."))  # fmt: skip
    _refuse(rule.internal is not None and (not internal or internal in targets), "internal_target",
            N_("The internal control needs a target of its own."))  # fmt: skip
    _refuse(not 1 <= rule.replicates <= MOST_REPLICATES, "replicates", N_("Replicates: from 1 to 12."))
    _refuse(rule.combine not in COMBINATIONS or rule.invalid_means not in MEANINGS or rule.indeterminate_means not in MEANINGS
            or (rule.internal is not None and rule.internal.needed_for not in NEEDED_FOR), "", N_("Choose from the list."))  # fmt: skip
    _refuse(not any(one.is_required for one in rule.controls), "controls", N_("At least one control must be required in every run."))
    _refuse(len(set(kinds)) != len(kinds), "controls", N_("A control stands twice."))
    for one in rule.controls:
        _check_control(one, rule)
    _check_curve(rule.curve)


def _check_control(one: Control, rule: Rule) -> None:
    field = f"control_{one.control}"
    _refuse(one.control not in CONTROLS or one.expect not in EXPECTATIONS, field, N_("Choose from the list."))
    _refuse(one.expect == "internal" and rule.internal is None, field, N_("The rule names no internal control."))
    _refuse(_is_empty(one.window), field, N_("A window ends before it begins."))
    _refuse(not CONTROLS[one.control] and not one.names, field, N_("Name the sample texts by which an extraction control is known."))
    _refuse(len(one.names) > MOST_NAMES, field, N_("At most 20 names."))


def _check_curve(curve: Curve | None) -> None:
    if curve is not None:
        _refuse(not 3 <= curve.points <= 100, "curve", N_("A standard curve needs at least 3 points."))
        _refuse(_is_empty(curve.efficiency), "curve", N_("A window ends before it begins."))
        _refuse(not Decimal(0) < curve.r2 <= 1, "curve", N_("R² must be above 0 and at most 1."))


def _is_empty(window: Window) -> bool:
    return window.low is not None and window.high is not None and window.low > window.high


def _refuse(is_wrong: bool, field: str, sentence: str) -> None:
    if is_wrong:
        raise Invalid("imports.rule_faulty", sentence, field=field)
