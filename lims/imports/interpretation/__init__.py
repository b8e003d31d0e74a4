"""Interpretation by an assay rule. Pure: a rule and readings in; the verdict on the run first, then a result for each sample.

A run that fails gives no result: every sample is to be repeated. What was not read is never "not detected".
"""

from __future__ import annotations

from collections.abc import Sequence

from lims.imports.interpretation.controls import control_of, judge_run
from lims.imports.interpretation.findings import (
    INVALID,
    NOT_JUDGED,
    RECORDED,
    REPEAT,
    RESULTS,
    VALID,
    Interpretation,
    Read,
    SampleFinding,
    say,
)
from lims.imports.interpretation.rule import Rule, rule_from
from lims.imports.interpretation.samples import judge_sample
from lims.marks import N_

__all__ = ["INVALID", "NOT_JUDGED", "RECORDED", "REPEAT", "RESULTS", "VALID", "Interpretation", "Read", "Rule", "interpret", "rule_from"]

SAMPLE_ROLES = ("unknown", "internal_control")


def interpret(rule: Rule, readings: Sequence[Read]) -> Interpretation:
    """What the rule says of a run and of each of its samples; the order of the readings changes nothing."""
    run = judge_run(rule, readings)
    samples: dict[str, list[Read]] = {}
    for one in readings:
        if one.role in SAMPLE_ROLES and not control_of(rule, one):
            samples.setdefault(one.sample, []).append(one)
    kept = {name: found for name, found in samples.items() if any(one.role == "unknown" for one in found)}
    if run.verdict == VALID:
        return Interpretation(run, tuple(judge_sample(rule, name, kept[name]) for name in sorted(kept)))
    if run.verdict == INVALID:
        result, why = REPEAT, say("run_invalid", N_("The run does not count, so it gives no result: repeat the sample."))
    else:
        result, why = NOT_JUDGED, say("run_not_judged", N_("The run is not judged, so it gives no result."))
    return Interpretation(run, tuple(SampleFinding(name, result, (), (why,)) for name in sorted(kept)))
