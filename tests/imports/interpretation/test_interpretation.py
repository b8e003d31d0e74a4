"""An assay rule judges the run before any sample, and never takes for "not detected" what was not read."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.errors import Invalid
from lims.imports.interpretation import Interpretation, Read, interpret, rule_from
from tests.imports.rules import CONTENT, control_reads, read, rule_with

RANK = {"negative": 0, "indeterminate": 1, "positive": 2}
CTS = st.decimals(min_value=Decimal("1"), max_value=Decimal("50"), places=2)
READINGS = st.one_of(
    CTS.map(lambda ct: ("value", str(ct), None)),
    st.sampled_from([("not_detected", None, None), ("invalid", None, None), ("missing", None, None)]),
    st.tuples(st.just("censored"), CTS.map(str), st.sampled_from("<>")),
)


def result_of(found: Interpretation, sample: str = "S1") -> str:
    return next(one.result for one in found.samples if one.sample == sample)


def codes_of(found: Interpretation, sample: str = "S1") -> list[str]:
    return [step["code"] for step in next(one for one in found.samples if one.sample == sample).reasoning()]


def sample_reads(orf: str, n: str, internal: str = "25.00", sample: str = "S1") -> list[Read]:
    return [read(sample, "ORF1ab", orf), read(sample, "N", n), read(sample, "RNase P", internal)]


@pytest.mark.parametrize(
    ("orf", "n", "internal", "expected"),
    [
        ("24.10", "25.00", "25.00", "positive"), ("38.00", "38", "25.00", "positive"), ("38.01", "24", "25.00", "indeterminate"),
        ("40.00", "40.00", "25.00", "indeterminate"), ("40.01", "41", "25.00", "negative"), ("ND", "ND", "25.00", "negative"),
        ("ND", "24", "25.00", "indeterminate"), ("ND", "ND", "ND", "invalid"), ("ND", "ND", "38.5", "invalid"),
        ("24", "24", "ND", "positive"), ("ND", "ND", "", "not_judged"), ("", "24", "25.00", "not_judged"), ("!", "24", "25", "invalid"),
        (">40", ">40", "25.00", "negative"), (">37", "ND", "25.00", "indeterminate"), ("0.0", "ND", "25", "not_judged"),
        ("-1.00", "24", "25", "not_judged"),
    ],
)  # fmt: skip
def test_two_targets_and_an_internal_control_give_the_result_of_the_table(orf: str, n: str, internal: str, expected: str):
    rule = rule_with(invalid_means="report", indeterminate_means="report")
    assert result_of(interpret(rule, control_reads() + sample_reads(orf, n, internal))) == expected


def test_the_reasoning_names_reading_and_limit_in_order():
    found = interpret(rule_with(indeterminate_means="report"), control_reads() + sample_reads("39.20", "24.00"))
    assert codes_of(found) == ["grey", "within", "targets_indeterminate", "internal_found"]
    step = found.samples[0].targets[0].sentences[0]
    assert str(step) == "ORF1ab: Ct 39.20 (S1 ORF1ab) is above the cut-off 38, not above 40: grey zone."


def test_indeterminate_and_invalid_are_repeated_where_the_rule_says_so():
    for reads in (sample_reads("39", "24"), sample_reads("ND", "ND", "ND")):
        assert result_of(interpret(rule_with(), control_reads() + reads)) == "repeat"


@pytest.mark.parametrize(
    ("changes", "verdict", "code"),
    [
        ({}, "valid", ""), ({"NTC": "39.9"}, "invalid", "control_amplified"), ({"NTC": None}, "not_judged", "control_absent"),
        ({"NTC": ""}, "not_judged", "control_no_value"), ({"PC": "ND"}, "invalid", "control_not_found"),
        ({"PC": "33"}, "invalid", "control_off_window"), ({"PC": "!"}, "invalid", "control_not_found"),
        ({"NTC": "41", }, "valid", "control_late"),
    ],
)  # fmt: skip
def test_the_run_is_judged_by_its_controls(changes: dict[str, str | None], verdict: str, code: str):
    found = interpret(rule_with(), control_reads(**changes) + sample_reads("24", "24"))
    assert found.run.verdict == verdict
    assert not code or code in [step.code for one in found.run.controls for step in one.sentences]
    assert result_of(found) == {"valid": "positive", "invalid": "repeat", "not_judged": "not_judged"}[verdict]


def test_a_control_is_known_by_its_name_where_the_file_calls_it_a_sample():
    named = [Read(**{**vars(one), "role": "unknown", "sample": one.name}) for one in control_reads(NTC="20")]
    found = interpret(rule_with(), named + sample_reads("24", "24"))
    assert found.run.verdict == "invalid"
    assert [one.sample for one in found.samples] == ["S1"]


def test_an_extraction_control_is_silent_on_the_targets_and_shows_the_internal_control():
    rule = rule_with(controls=[*CONTENT["controls"], {"control": "extraction", "expect": "internal", "names": ["EC"], "required": True}])
    assert interpret(rule, control_reads() + sample_reads("ND", "ND", "25", "EC")).run.verdict == "valid"
    assert interpret(rule, control_reads() + sample_reads("ND", "ND", "ND", "EC")).run.verdict == "invalid"
    assert interpret(rule, control_reads() + sample_reads("30", "ND", "25", "EC")).run.verdict == "invalid"


@pytest.mark.parametrize(
    ("combine", "calls", "expected"),
    [
        ("all_agree", ("24", "24", "24"), "positive"), ("all_agree", ("24", "24", "ND"), "indeterminate"),
        ("majority", ("24", "24", "ND"), "positive"), ("majority", ("24", "39", "ND"), "indeterminate"),
        ("repeat", ("24", "24", "ND"), "repeat"), ("majority", ("24", "24", ""), "not_judged"), ("majority", ("24", "24", "!"), "invalid"),
        ("majority", ("24", "24"), "not_judged"),
    ],
)  # fmt: skip
def test_replicates_are_combined_as_the_rule_says(combine: str, calls: tuple[str, ...], expected: str):
    rule = rule_with(
        targets=[{"target": "N", "cut_off": "38", "grey_to": "40"}], positive_targets=1, internal=None, invalid_means="report",
        indeterminate_means="report", replicates={"count": 3, "combine": combine},
    )  # fmt: skip
    reads = [read("S1", "N", text, number=place) for place, text in enumerate(calls)]
    assert result_of(interpret(rule, control_reads() + reads)) == expected


def curve_reads(step: str) -> list[Read]:
    reads = []
    for power in range(5):
        ct = Decimal("18") + Decimal(step) * power
        for target in ("ORF1ab", "N"):
            reads.append(read(f"STD{power}", target, str(ct), role="standard"))
            amount = read(f"STD{power}", target, str(10 ** (6 - power)), role="standard")
            reads.append(Read(**{**vars(amount), "quantity": "copies"}))
    return reads


@pytest.mark.parametrize(("step", "verdict"), [("3.32", "valid"), ("4.20", "invalid"), ("-3.32", "invalid")])
def test_the_standard_curve_needs_its_efficiency(step: str, verdict: str):
    rule = rule_with(curve={"points": 4, "efficiency_low": "0.90", "efficiency_high": "1.10", "r2": "0.99"})
    assert interpret(rule, control_reads() + curve_reads(step)).run.verdict == verdict
    assert interpret(rule, control_reads() + curve_reads(step)[:6]).run.verdict == "not_judged"


def of_parts(orf: Any, n: Any, internal: Any) -> list[Read]:
    parts = {"ORF1ab": orf, "N": n, "RNase P": internal}
    return [read("S1", target, "x", parts=part) for target, part in parts.items() if part is not None]


@given(orf=READINGS, n=READINGS, internal=READINGS, order=st.randoms(use_true_random=False))
def test_the_order_of_the_readings_changes_nothing(orf: Any, n: Any, internal: Any, order: Any):
    reads = control_reads() + of_parts(orf, n, internal) + curve_reads("3.32")
    shuffled = list(reads)
    order.shuffle(shuffled)
    rule = rule_with(curve={"points": 4, "efficiency_low": "0.90", "efficiency_high": "1.10", "r2": "0.99"})
    assert interpret(rule, shuffled) == interpret(rule, reads)


@given(low=CTS, high=CTS, n=READINGS)
def test_a_later_ct_never_makes_a_sample_more_positive(low: Decimal, high: Decimal, n: Any):
    rule = rule_with(invalid_means="report", indeterminate_means="report")
    low, high = sorted((low, high))
    earlier, later = (
        result_of(interpret(rule, control_reads() + of_parts(("value", str(ct), None), n, ("value", "25", None)))) for ct in (low, high)
    )
    assert earlier == later or RANK[earlier] >= RANK[later]


@given(orf=READINGS, n=READINGS, internal=READINGS, broken=st.sampled_from([{"NTC": "20"}, {"PC": "ND"}, {"NTC": None}, {"PC": ""}]))
def test_a_run_that_is_not_valid_gives_no_result(orf: Any, n: Any, internal: Any, broken: dict[str, str | None]):
    found = interpret(rule_with(), control_reads(**broken) + of_parts(orf, n, internal))
    assert {one.result for one in found.samples} <= {"repeat", "not_judged"}


@given(present=READINGS, internal=READINGS)
def test_a_target_that_was_not_read_is_not_judged(present: Any, internal: Any):
    rule = rule_with(invalid_means="report", indeterminate_means="report")
    assert result_of(interpret(rule, control_reads() + of_parts(present, None, internal))) == "not_judged"


@given(orf=READINGS, n=READINGS)
def test_negative_needs_the_internal_control(orf: Any, n: Any):
    rule = rule_with(invalid_means="report", indeterminate_means="report")
    for internal in (None, ("missing", None, None), ("not_detected", None, None)):
        assert result_of(interpret(rule, control_reads() + of_parts(orf, n, internal))) != "negative"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"targets": []}, "targets"), ({"targets": [{"target": "N", "cut_off": "x"}]}, "targets"),
        ({"targets": [{"target": "N", "cut_off": "40", "grey_to": "38"}]}, "targets"),
        ({"targets": [{"target": "N", "cut_off": "38"}, {"target": " n ", "cut_off": "38"}]}, "targets"),
        ({"positive_targets": 3}, "positive_targets"), ({"controls": []}, "controls"),
        ({"controls": [{"control": "extraction", "expect": "silent", "names": [], "required": True}]}, "control_extraction"),
        ({"controls": [{"control": "ntc", "expect": "found", "ct_low": "30", "ct_high": "20"}]}, "control_ntc"),
        ({"replicates": {"count": 0, "combine": "majority"}}, "replicates"), ({"curve": {"points": 2, "r2": "0.9"}}, "curve"),
        ({"internal": {"target": "N", "needed_for": "negative"}}, "internal_target"), ({"targets": [{"target": "N"}]}, None),
        ({"targets": [{"target": "N", "cut_off": "NaN"}]}, "targets"), ({"targets": [{"target": "N", "cut_off": 38.5}]}, "targets"),
    ],
)  # fmt: skip
def test_a_rule_that_contradicts_itself_is_refused_at_its_field(change: dict[str, Any], field: str | None):
    with pytest.raises(Invalid) as refused:
        rule_from({**copy.deepcopy(CONTENT), **change})
    assert refused.value.field == field
