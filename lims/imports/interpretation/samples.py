"""From the readings of one sample to its result by the rule, each step with its reading and its limit."""

from __future__ import annotations

from collections.abc import Sequence

from lims.imports.interpretation.findings import (
    INDETERMINATE,
    INVALID,
    NEGATIVE,
    NOT_JUDGED,
    POSITIVE,
    REPEAT,
    Read,
    SampleFinding,
    Sentence,
    TargetFinding,
    say,
)
from lims.imports.interpretation.rule import Internal, Rule, Target, key_of
from lims.marks import N_

FOUND, LOST, UNSEEN = "found", "lost", "unseen"
_STEPS = {
    "not_detected": N_("%(target)s: no amplification (%(raw)s, %(source)s): negative."),
    "unusable": N_("%(target)s: the instrument calls the reading not usable (%(raw)s, %(source)s)."),
    "no_ct": N_('%(target)s: "%(raw)s" (%(source)s) gives no Ct; that is not "not detected".'),
    "within": N_("%(target)s: Ct %(raw)s (%(source)s) is not above the cut-off %(cut_off)s: positive."),
    "beyond": N_("%(target)s: Ct %(raw)s (%(source)s) is above %(last)s: negative."),
    "grey": N_("%(target)s: Ct %(raw)s (%(source)s) is above the cut-off %(cut_off)s, not above %(last)s: grey zone."),
    "censored": N_("%(target)s: Ct %(raw)s (%(source)s) can lie on both sides of the limits: indeterminate."),
}


def judge_sample(rule: Rule, sample: str, readings: Sequence[Read]) -> SampleFinding:
    """The result of one sample of a valid run; ``readings`` are all of the sample, those of the internal control among them."""
    targets = tuple(_judge_target(rule, one, _of(one.target, readings)) for one in rule.targets)
    result, sentences = _together(rule, [one.call for one in targets])
    if rule.internal is not None:
        result, steps = _with_internal(rule.internal, result, readings)
        sentences += steps
    for unclear, meaning, sentence in (
        (INDETERMINATE, rule.indeterminate_means, N_("Indeterminate: by the rule the test is repeated.")),
        (INVALID, rule.invalid_means, N_("Invalid: by the rule the test is repeated.")),
    ):
        if result == unclear and meaning == "repeat":
            return SampleFinding(sample, REPEAT, targets, (*sentences, say(f"{unclear}_repeat", sentence)))
    return SampleFinding(sample, result, targets, tuple(sentences))


def _of(target: str, readings: Sequence[Read]) -> list[Read]:
    here = (one for one in readings if one.quantity == "ct" and key_of(one.target) == key_of(target))
    return sorted(here, key=lambda one: (one.source, one.position or "", one.raw))


def _judge_target(rule: Rule, target: Target, readings: list[Read]) -> TargetFinding:
    if len(readings) < rule.replicates:
        few = say("too_few", N_("%(target)s: %(count)s Ct readings, the rule needs %(needed)s; what was not read is not \"not detected\"."),
                  target=target.target, count=len(readings), needed=rule.replicates)  # fmt: skip
        steps = tuple(_call(target, one)[1] for one in readings)
        return TargetFinding(target.target, NOT_JUDGED, (*steps, few))
    calls = [_call(target, one) for one in readings]
    call = _combined(rule.combine, [one for one, _step in calls])
    steps = tuple(step for _call_, step in calls)
    if len(calls) > 1:
        steps += (_combination(rule.combine, target, call),)
    return TargetFinding(target.target, call, steps)


def _call(target: Target, one: Read) -> tuple[str, Sentence]:
    """What one reading says of its target: positive, grey zone, negative, not usable, or nothing."""
    call, code = _placed(target, one)
    values = {"target": target.target, "raw": one.raw, "source": one.source, "cut_off": str(target.cut_off), "last": str(target.last)}
    return call, say(code, _STEPS[code], **values)


def _placed(target: Target, one: Read) -> tuple[str, str]:
    number = one.number
    if one.status == "not_detected":
        return NEGATIVE, "not_detected"
    if one.status == "invalid":
        return INVALID, "unusable"
    if number is None or one.status not in ("value", "censored"):
        return NOT_JUDGED, "no_ct"
    is_exact = one.status == "value"
    if number <= target.cut_off and (is_exact or one.comparator == "<"):
        return POSITIVE, "within"
    if number > target.last and is_exact or number >= target.last and one.comparator == ">":
        return NEGATIVE, "beyond"
    return INDETERMINATE, "grey" if is_exact else "censored"


def _combined(combine: str, calls: list[str]) -> str:
    """The call of several replicates; one that is empty or not usable stands for all of them."""
    for unclear in (NOT_JUDGED, INVALID):
        if unclear in calls:
            return unclear
    if len(set(calls)) == 1:
        return calls[0]
    if combine == "majority":
        return next((one for one in (POSITIVE, NEGATIVE) if 2 * calls.count(one) > len(calls)), INDETERMINATE)
    return REPEAT if combine == "repeat" else INDETERMINATE


def _combination(combine: str, target: Target, call: str) -> Sentence:
    sentences = {
        "all_agree": N_("%(target)s: all replicates must agree: %(call)s."),
        "majority": N_("%(target)s: the majority of the replicates counts: %(call)s."),
        "repeat": N_("%(target)s: replicates that differ are repeated: %(call)s."),
    }
    return say(f"replicates_{combine}", sentences[combine], target=target.target, call=call)


def _together(rule: Rule, calls: list[str]) -> tuple[str, list[Sentence]]:
    """The result of all targets together."""
    for unclear in (NOT_JUDGED, INVALID, REPEAT):
        if unclear in calls:
            return unclear, []
    positive = calls.count(POSITIVE)
    result = POSITIVE if positive >= rule.positive_targets else INDETERMINATE if positive or INDETERMINATE in calls else NEGATIVE
    sentences = {
        POSITIVE: N_("%(count)s of %(all)s targets are positive, %(needed)s are needed: positive."),
        INDETERMINATE: N_("%(count)s of %(all)s targets are positive, %(needed)s are needed, but not all are negative: indeterminate."),
        NEGATIVE: N_("No target is positive or in the grey zone: negative."),
    }
    step = say(f"targets_{result}", sentences[result], count=positive, all=len(calls), needed=rule.positive_targets)
    return result, [step]


def _with_internal(internal: Internal, result: str, readings: Sequence[Read]) -> tuple[str, list[Sentence]]:
    state, step = _internal(internal, _of(internal.target, readings))
    if state == FOUND or result in (NOT_JUDGED, INVALID, REPEAT):
        return result, [step]
    if result == POSITIVE and internal.needed_for == "negative":
        return result, [step, say("internal_not_needed", N_("A positive result stands without the internal control."))]
    return (INVALID if state == LOST else NOT_JUDGED), [step]


def _internal(internal: Internal, readings: list[Read]) -> tuple[str, Sentence]:
    """Found when each of its readings lies in the window; unseen when there is none, or none that says anything."""
    states = [_seen(internal, one) for one in readings]
    shown = {"target": internal.target, "raw": ", ".join(f"{one.raw or '–'} ({one.source})" for one in readings),
             "low": str(internal.window.low or "…"), "high": str(internal.window.high or "…")}  # fmt: skip
    if not states:
        return UNSEEN, say("internal_absent", N_("Internal control %(target)s: no Ct reading."), **shown)
    if LOST in states:
        return LOST, say("internal_lost", N_("Internal control %(target)s: %(raw)s is not in %(low)s to %(high)s."), **shown)
    if UNSEEN in states:
        return UNSEEN, say("internal_unseen", N_("Internal control %(target)s: %(raw)s gives no Ct to judge by."), **shown)
    return FOUND, say("internal_found", N_("Internal control %(target)s: %(raw)s lies in %(low)s to %(high)s."), **shown)


def _seen(internal: Internal, one: Read) -> str:
    if one.status == "value" and one.number is not None:
        return FOUND if internal.window.holds(one.number) else LOST
    return LOST if one.status in ("not_detected", "invalid") else UNSEEN
