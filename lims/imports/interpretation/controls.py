"""The run comes first: each control and the standard curve by the rule, and what follows for the whole run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from lims.imports.interpretation.curve import judge_curve
from lims.imports.interpretation.findings import INVALID, NOT_JUDGED, VALID, ControlFinding, Read, RunFinding, Sentence, say
from lims.imports.interpretation.rule import CONTROLS, Control, Rule, Window, key_of
from lims.marks import N_

#: the worst first
_WORST = (INVALID, NOT_JUDGED, VALID)


def worst(verdicts: Iterable[str]) -> str:
    """The worst of several verdicts; of none: not judged."""
    known = set(verdicts)
    return next((one for one in _WORST if one in known), NOT_JUDGED)


def control_of(rule: Rule, one: Read) -> str:
    """Which control of the rule a reading belongs to, by its sample text or its role; empty for a sample."""
    name = key_of(one.name)
    named = next((known.control for known in rule.controls if name and name in map(key_of, known.names)), "")
    return named or next((control for control, role in CONTROLS.items() if role and role == one.role), "")


def judge_run(rule: Rule, readings: Sequence[Read]) -> RunFinding:
    """Valid when every control of the rule holds; invalid when one fails; not judged when one is absent or has no usable Ct."""
    of_controls: dict[str, list[Read]] = {}
    for one in readings:
        if one.quantity == "ct":
            of_controls.setdefault(control_of(rule, one), []).append(one)
    found = [_judge(rule, one, of_controls.get(one.control, [])) for one in rule.controls]
    controls = [one for one in found if one is not None]
    if rule.curve is not None:
        controls += [judge_curve(rule.curve, target.target, readings) for target in rule.targets]
    return RunFinding(worst(one.verdict for one in controls), tuple(controls))


def _judge(rule: Rule, control: Control, readings: list[Read]) -> ControlFinding | None:
    if not readings:
        absent = say("control_absent", N_("The rule requires this control, but the file has no Ct reading of it."))
        return ControlFinding(control.control, NOT_JUDGED, (absent,)) if control.is_required else None
    steps = [step for target in rule.targets for step in _on_target(control, target.target, readings)]
    if control.expect == "internal" and rule.internal is not None:
        steps += _steps(rule.internal.target, readings, rule.internal.window, is_found=True)
    return ControlFinding(control.control, worst(verdict for verdict, _step in steps), tuple(step for _verdict, step in steps))


def _on_target(control: Control, target: str, readings: list[Read]) -> list[tuple[str, Sentence]]:
    is_found = control.expect == "found"
    window = Window() if control.expect == "internal" else control.window
    return _steps(target, readings, window, is_found)


def _steps(target: str, readings: list[Read], window: Window, is_found: bool) -> list[tuple[str, Sentence]]:
    here = sorted((one for one in readings if key_of(one.target) == key_of(target)), key=lambda one: (one.source, one.raw))
    if not here:
        return [(NOT_JUDGED, say("control_no_reading", N_("%(target)s: the control has no Ct reading of this target."), target=target))]
    return [(_found if is_found else _silent)(target, one, window) for one in here]


def _found(target: str, one: Read, window: Window) -> tuple[str, Sentence]:
    limits = {"target": target, "raw": one.raw, "source": one.source, "low": _limit(window.low), "high": _limit(window.high)}
    value = one.number
    if one.status == "value" and value is not None:
        if window.holds(value):
            return VALID, say("control_in_window", N_("%(target)s: Ct %(raw)s (%(source)s) lies in %(low)s to %(high)s."), **limits)
        return INVALID, say("control_off_window", N_("%(target)s: Ct %(raw)s (%(source)s) lies outside %(low)s to %(high)s."), **limits)
    if one.status in ("not_detected", "invalid"):
        return INVALID, say("control_not_found", N_("%(target)s: %(raw)s (%(source)s), but the rule expects a Ct."), **limits)
    return NOT_JUDGED, _unusable(limits)


def _silent(target: str, one: Read, window: Window) -> tuple[str, Sentence]:
    limits = {"target": target, "raw": one.raw, "source": one.source, "low": _limit(window.low)}
    value = one.number
    is_late = value is not None and window.low is not None and value >= window.low
    if one.status == "not_detected":
        return VALID, say("control_silent", N_("%(target)s: no amplification (%(raw)s, %(source)s), as the rule expects."), **limits)
    if is_late and (one.status == "value" or one.comparator == ">"):
        return VALID, say("control_late", N_("%(target)s: Ct %(raw)s (%(source)s) comes not before %(low)s."), **limits)
    if one.status == "value" and value is not None:
        return INVALID, say("control_amplified", N_("%(target)s: Ct %(raw)s (%(source)s), but the rule expects none."), **limits)
    if one.status == "invalid":
        return INVALID, say(
            "control_unusable", N_("%(target)s: the instrument calls the reading not usable (%(raw)s, %(source)s)."), **limits
        )
    return NOT_JUDGED, _unusable(limits)


def _unusable(values: dict[str, str]) -> Sentence:
    return say("control_no_value", N_('%(target)s: "%(raw)s" (%(source)s) gives no Ct to judge the control by.'), **values)


def _limit(value: Decimal | None) -> str:
    return "…" if value is None else str(value)
