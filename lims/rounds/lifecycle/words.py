"""The texts of gates and of the fields they name, in the reader's language."""

from __future__ import annotations

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from lims.marks import N_
from lims.rounds.lifecycle.gates import Gate
from lims.rounds.lifecycle.states import PARTICIPANT_WORDS, ROUND_WORDS
from lims.words import translate

BEIJING = ZoneInfo("Asia/Shanghai")

OUTCOME_WORDS: dict[str, str] = {"met": N_("met"), "unmet": N_("not met"), "waived": N_("waived")}

# Fields that the gates plan_complete and protocol_complete name as missing.
FIELD_WORDS: dict[str, str] = {
    "measurand": N_("analyte"),
    "matrix": N_("matrix"),
    "organiser": N_("organiser"),
    "month": N_("month"),
    "template": N_("template"),
    "purpose": N_("purpose"),
    "items": N_("items"),
    "assigned_value_route": N_("route of the assigned value"),
    "sigma_pt_route": N_("route of the standard deviation for proficiency assessment"),
    "statistics": N_("statistics"),
    "verdict_limits": N_("verdict limits"),
    "indeterminate_policy": N_("scoring of indeterminate results"),
    "missing_policy": N_("scoring of missing results"),
    "late_policy": N_("late policy"),
    "deadline": N_("deadline"),
    "zone": N_("time zone of the deadline"),
    "contacts": N_("contacts"),
}
# What a preparation record is judged by, as the gates name it when it was changed after the record.
RECORD_WORDS: dict[str, str] = {"expected_code": N_("expected result"), "x_pt": N_("assigned value"), "sigma_pt": "σ(pt)"}
PLAN_FIELDS = ("measurand", "matrix", "organiser", "month", "template")
PROTOCOL_FIELDS = tuple(name for name in FIELD_WORDS if name not in PLAN_FIELDS)


def _word(value: object, language: str, zone: tzinfo) -> object:
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        offset = local.strftime("%z")
        return f"{local:%Y-%m-%d %H:%M} UTC{offset[:3]}:{offset[3:]}"
    if isinstance(value, tuple):
        return (translate(N_(", "), language)).join(str(_word(part, language, zone)) for part in value)
    words: dict[str, str] = {**PARTICIPANT_WORDS, **FIELD_WORDS, **RECORD_WORDS, **ROUND_WORDS}
    return translate(words[value], language) if isinstance(value, str) and value in words else value


def describe_gate(gate: Gate, language: str, zone: tzinfo = BEIJING) -> str:
    """The gate's sentence in `language`: state and field codes as words, instants with hour and zone."""
    return translate(gate.sentence, language, **{name: _word(value, language, zone) for name, value in gate.params.items()})
