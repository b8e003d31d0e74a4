"""Who is a control, and whether it behaved: judged by the rules of the format before anything is matched to a sample."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from instruments.contract import ControlVerdict, Note, Reading, note
from instruments.text import LONGEST_HEADING, half_width
from instruments.values import folded

ROLE_NAMES: Mapping[str, tuple[str, ...]] = {
    "ntc": ("ntc", "no template control", "无模板对照", "空白对照"),
    "negative_control": ("nc", "neg", "negative control", "neg control", "control neg", "controlneg", "阴性对照", "阴性质控"),
    "positive_control": (
        "pc",
        "pos",
        "positive control",
        "pos control",
        "control pos",
        "controlpos",
        "阳性对照",
        "阳性质控",
        "强阳性对照",
        "弱阳性对照",
    ),
    "blank": ("blank", "reagent blank", "空白", "试剂空白"),
    "qc": ("qc", "质控", "质控品", "kontrole"),
}
_PHRASES: Mapping[str, str] = {"no template control": "ntc", "non template control": "ntc", "无模板对照": "ntc"}
TITLES = {"ntc": "NTC", "negative_control": "NC", "positive_control": "PC"}

#: what is said where none of a group of controls is in the file
ABSENT: Mapping[tuple[str, ...], Note] = {
    ("ntc", "negative_control"): note(
        "control_absent",
        "The file holds neither a no-template control nor a negative control. The run cannot be accepted without a reason.",
    ),
    ("negative_control",): note(
        "control_absent",
        "The file holds no negative control. The run cannot be accepted without a reason.",
    ),
    ("positive_control",): note(
        "control_absent",
        "The file holds no positive control. The run cannot be accepted without a reason.",
    ),
    ("positive_control", "standard"): note(
        "control_absent",
        "The file holds neither a positive control nor a standard. The run cannot be accepted without a reason.",
    ),
    ("positive_control", "standard", "calibrator"): note(
        "control_absent",
        "The file holds no positive control, no standard and no calibrator. The run cannot be accepted without a reason.",
    ),
}
ABSENT_OTHER = note("control_absent", "The file lacks a control that this kind of run needs. The run cannot be accepted without a reason.")


@dataclass(frozen=True)
class ControlRules:
    """Controls that must stay silent, controls that must be found, and groups of roles of which one must be in the file."""

    silent: tuple[str, ...] = ("ntc", "negative_control")
    found: tuple[str, ...] = ("positive_control",)
    required: tuple[tuple[str, ...], ...] = (("ntc", "negative_control"), ("positive_control",))
    internal_targets: frozenset[str] = frozenset()


def role_of_name(text: str, names: Mapping[str, tuple[str, ...]] = ROLE_NAMES) -> str | None:
    """The role a sample text names, with or without a running number ("NTC 2", "阴性对照-1"), or by a phrase that has one meaning only."""
    return _usual_role(text) if names is ROLE_NAMES and len(text) <= LONGEST_HEADING else _role_of_name(text, names)


@lru_cache(maxsize=4096)
def _usual_role(text: str) -> str | None:
    return _role_of_name(text, ROLE_NAMES)


def _role_of_name(text: str, names: Mapping[str, tuple[str, ...]]) -> str | None:
    bare = re.sub(r"[\s_\-#]*\d{0,2}$", "", half_width(text).strip()).casefold()
    bare = re.sub(r"[\s_\-]+", " ", bare)
    exact = next((role for role, words in names.items() if bare in words), None)
    return exact or next((role for phrase, role in _PHRASES.items() if phrase in bare and names is ROLE_NAMES), None)


def role_of(task: str, sample: str | None, roles: Mapping[str, str], warnings: dict[str, Note]) -> tuple[str, tuple[str, ...]]:
    """The role the task names ("Unkn-12" is "unkn"); a name like NTC counts where the task says unknown."""
    key = folded(task)
    role = roles.get(key) or roles.get(re.sub(r"[\s-]*\d+$", "", key))
    if role is None:
        if task:
            warnings[task] = note("unknown_task", 'The task "%(task)s" is not known; its wells are read as samples.', task=task)
        role = "unknown"
    by_name = role_of_name(sample) if sample and role == "unknown" else None
    return (by_name, ("role from name",)) if by_name else (role, ())


def judge(readings: Iterable[Reading], rules: ControlRules) -> tuple[ControlVerdict, ...]:
    """One verdict for each control of the file, and one "absent" for each group that must be there and is not."""
    groups: dict[tuple[str, str], list[Reading]] = {}
    for reading in readings:
        if reading.role in (*rules.silent, *rules.found) and (reading.target or "").casefold() not in rules.internal_targets:
            groups.setdefault((reading.role, reading.sample or TITLES.get(reading.role, reading.role)), []).append(reading)
    verdicts = [_verdict(role, name, group, rules) for (role, name), group in groups.items()]
    present = {reading.role for reading in readings}
    for group in rules.required:
        if not present.intersection(group):
            verdicts.append(
                ControlVerdict(
                    TITLES.get(group[0], group[0]),
                    "absent",
                    ABSENT.get(group, ABSENT_OTHER),
                )
            )
    return tuple(verdicts)


def _verdict(role: str, name: str, group: list[Reading], rules: ControlRules) -> ControlVerdict:
    unusable = [reading for reading in group if reading.status in ("missing", "invalid")]
    if unusable:
        return _fails(
            name,
            note(
                "control_unusable",
                "%(count)s of %(total)s readings have no usable result (first: %(where)s).",
                count=len(unusable),
                total=len(group),
                where=unusable[0].source,
            ),
        )
    if role in rules.silent:
        loud = [reading for reading in group if reading.status != "not_detected"]
        if loud:
            return _fails(
                name,
                note(
                    "control_not_silent",
                    "%(target)s was found in a negative control: %(raw)s (%(where)s).",
                    target=loud[0].target or loud[0].channel or "-",
                    raw=loud[0].raw,
                    where=loud[0].source,
                ),
            )
        return _passes(name, note("control_silent", "Nothing was found in %(total)s of %(total)s readings.", total=len(group)))
    silent = [reading for reading in group if reading.status != "value"]
    if silent:
        return _fails(
            name,
            note(
                "control_not_found",
                "%(target)s was not found in a positive control: %(raw)s (%(where)s).",
                target=silent[0].target or silent[0].channel or "-",
                raw=silent[0].raw,
                where=silent[0].source,
            ),
        )
    return _passes(name, note("control_found", "The target was found in %(total)s of %(total)s readings.", total=len(group)))


def _passes(name: str, reason: Note) -> ControlVerdict:
    return ControlVerdict(name, "pass", reason)


def _fails(name: str, reason: Note) -> ControlVerdict:
    return ControlVerdict(name, "fail", reason)
