"""A rule for two targets with an internal control, and readings to be judged by it."""

from __future__ import annotations

from typing import Any

from lims.imports import service
from lims.imports.interpretation import Read, Rule, rule_from
from lims.imports.models import AssayRule
from tests.factories import PASSWORD, OneLaboratory

CONTENT: dict[str, Any] = {
    "name": "ncov", "title": "SARS-CoV-2, two targets", "analyte": "SARSCOV2", "method": "QRTPCR",
    "targets": [{"target": "ORF1ab", "cut_off": "38", "grey_to": "40"}, {"target": "N", "cut_off": "38", "grey_to": "40"}],
    "positive_targets": 2,
    "internal": {"target": "RNase P", "ct_low": None, "ct_high": "38", "needed_for": "negative"},
    "replicates": {"count": 1, "combine": "all_agree"},
    "controls": [
        {"control": "ntc", "expect": "silent", "ct_low": "40", "ct_high": None, "names": ["NTC"], "required": True},
        {"control": "positive", "expect": "found", "ct_low": "20", "ct_high": "32", "names": ["PC"], "required": True},
    ],
    "curve": None, "invalid_means": "repeat", "indeterminate_means": "repeat",
}  # fmt: skip


def rule_with(**changes: Any) -> Rule:
    return rule_from({**CONTENT, **changes})


def read(sample: str, target: str, text: str, role: str = "unknown", number: int = 0, parts: Any = None) -> Read:
    """A Ct reading; ND, "", "!", <40 and >40 are what they look like."""
    status, value, comparator = parts or parts_of(text)
    place = f"{sample} {target}" + (f" {number}" if number else "")
    return Read(sample, sample, role, target, "ct", status, value, comparator, text, place, f"{sample}{number}")


def parts_of(text: str) -> tuple[str, str | None, str | None]:
    words = {"ND": "not_detected", "": "missing", "!": "invalid"}
    if text in words:
        return words[text], None, None
    return ("censored", text[1:], text[0]) if text[0] in "<>" else ("value", text, None)


def control_reads(**changes: str | None) -> list[Read]:
    """A no-template control and a positive control as the rule wants them; ``NTC="20"`` changes one, None takes it out."""
    texts = {"NTC": "ND", "PC": "26.00", **changes}
    roles = {"NTC": "ntc", "PC": "positive_control"}
    return [read(name, target, text, roles[name]) for name, text in texts.items() if text is not None for target in ("ORF1ab", "N")]


def run_table(rows: dict[str, tuple[str, str, str]], ntc: str = "Undetermined") -> bytes:
    """A generic table: for each sample the Ct of ORF1ab, N and RNase P, with a positive and a no-template control."""
    lines = ["Well,Sample,Task,Target,Ct"]
    for place, (sample, cts) in enumerate(rows.items(), 1):
        lines += [f"A{place},{sample},UNKNOWN,{name},{ct}" for name, ct in zip(("ORF1ab", "N", "RNase P"), cts, strict=True)]
    for target in ("ORF1ab", "N"):
        lines += [f"G12,PC,Positive Control,{target},24.00", f"H12,NTC,NTC,{target},{ntc}"]
    return "\r\n".join([*lines, ""]).encode()


def approved(lab: OneLaboratory, **changes: Any) -> AssayRule:
    """The rule drafted by the technician and signed by the authoriser, in use from now."""
    draft = service.start_rule(lab["technician"], {**CONTENT, **changes})
    service.propose_rule(lab["technician"], draft.id)
    return service.approve_rule(lab["authoriser"], draft.id, PASSWORD, seen=service.content_hash(draft.content))
