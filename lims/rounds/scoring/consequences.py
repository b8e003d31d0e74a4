"""What a verdict asks for: the fields of a corrective action and of a self-check, and the words of their steps."""

from __future__ import annotations

from collections.abc import Mapping

from lims.marks import N_

#: the record in the order of the steps; every field is the laboratory's own text
FIELDS: dict[str, str] = {
    "immediate_correction": N_("Immediate correction"),
    "reports_affected": N_("Reports affected and customers told"),
    "look_back": N_("Scope of the look-back on reported samples"),
    "cause_code": N_("Cause"),
    "analysis": N_("Analysis of the cause"),
    "action": N_("Action"),
    "owner": N_("Responsible function"),
    "evidence": N_("Evidence"),
    "effectiveness_kind": N_("Way of the effectiveness check"),
    "effectiveness": N_("Result of the effectiveness check"),
}
SELF_CHECK = ("immediate_correction", "cause_code", "analysis", "evidence")
CHOSEN = ("cause_code", "effectiveness_kind")
EFFECTIVENESS: dict[str, str] = {
    "measurement_audit": N_("measurement audit"), "repeat_item": N_("repeat blind item"), "next_round": N_("next round"),
}  # fmt: skip
CASE_KINDS: dict[str, str] = {"capa": N_("corrective action"), "self_check": N_("self-check")}
CASE_STATES: dict[str, str] = {
    "open": N_("not closed yet"), "filled": N_("waiting for the reviewer"), "confirmed": N_("closed, effect confirmed"),
    "void": N_("dropped: verdict corrected"),
}  # fmt: skip
STEP_WORDS: dict[str, str] = {
    "handed_over": N_("handed to the reviewer"), "confirmed": N_("effect confirmed"), "returned": N_("given back"),
}  # fmt: skip
OBJECTION_KINDS: dict[str, str] = {"appeal": N_("appeal"), "complaint": N_("complaint")}
OUTCOMES: dict[str, str] = {
    "upheld": N_("upheld"), "partly": N_("partly upheld"), "rejected": N_("rejected"), "answered": N_("answered"),
}  # fmt: skip
LONGEST = 4000


def fields_of(kind: str) -> tuple[str, ...]:
    """The fields of a case of this kind."""
    return SELF_CHECK if kind == "self_check" else tuple(FIELDS)


def missing(kind: str, content: Mapping[str, str]) -> tuple[str, ...]:
    """The fields without which the record is not handed over."""
    return tuple(name for name in fields_of(kind) if not str(content.get(name, "")).strip())
