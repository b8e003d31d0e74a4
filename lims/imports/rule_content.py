"""A rule's content and the fields of its page: from one to the other, without a database and without a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

CONTROLS = ("ntc", "negative", "positive", "extraction")
#: what a new rule begins with; every figure is for the laboratory to set
BLANK: dict[str, Any] = {
    "name": "", "title": "", "analyte": "", "method": "QPCR", "targets": [], "positive_targets": "1", "internal": None,
    "replicates": {"count": "1", "combine": "all_agree"},
    "controls": [
        {"control": "ntc", "expect": "silent", "ct_low": None, "ct_high": None, "names": ["NTC"], "required": True},
        {"control": "positive", "expect": "found", "ct_low": None, "ct_high": None, "names": ["PC"], "required": True},
    ],
    "curve": None, "invalid_means": "repeat", "indeterminate_means": "repeat",
}  # fmt: skip


def fields_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the page as the content has them."""
    internal, curve, replicates = content.get("internal") or {}, content.get("curve") or {}, content["replicates"]
    plain = ("name", "title", "analyte", "method", "positive_targets", "invalid_means", "indeterminate_means")
    fields: dict[str, Any] = {
        **{name: content.get(name, "") for name in plain},
        "targets": "\n".join("; ".join(filter(None, map(_text, (one["target"], one["cut_off"], one.get("grey_to")))))
                             for one in content["targets"]),
        "internal_target": internal.get("target", ""), "internal_low": internal.get("ct_low"), "internal_high": internal.get("ct_high"),
        "needed_for": internal.get("needed_for", "negative"), "replicates": replicates["count"], "combine": replicates["combine"],
        "has_curve": bool(curve), "curve": curve.get("points"), "curve_low": curve.get("efficiency_low"),
        "curve_high": curve.get("efficiency_high"), "curve_r2": curve.get("r2"),
    }  # fmt: skip
    known = {one["control"]: one for one in content["controls"]}
    for control in CONTROLS:
        one = known.get(control, {})
        fields |= {
            f"control_{control}": one.get("expect", ""), f"low_{control}": one.get("ct_low"), f"high_{control}": one.get("ct_high"),
            f"names_{control}": "; ".join(one.get("names", ())), f"required_{control}": one.get("required", control not in known),
        }  # fmt: skip
    return fields


def content_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The content that the page's fields make; whether it is a rule is judged elsewhere."""
    plain = ("name", "title", "analyte", "method", "positive_targets", "invalid_means", "indeterminate_means")
    controls = [_control(control, fields) for control in CONTROLS if fields[f"control_{control}"]]
    curve = {
        "points": _text(fields["curve"]), "efficiency_low": _blank(fields["curve_low"]), "efficiency_high": _blank(fields["curve_high"]),
        "r2": _text(fields["curve_r2"]),
    }  # fmt: skip
    internal = {
        "target": _text(fields["internal_target"]), "ct_low": _blank(fields["internal_low"]), "ct_high": _blank(fields["internal_high"]),
        "needed_for": fields["needed_for"],
    }  # fmt: skip
    return {
        **{name: _text(fields[name]) for name in plain},
        "targets": [_target(line) for line in _text(fields["targets"]).splitlines() if line.strip()],
        "internal": internal if internal["target"] else None,
        "replicates": {"count": _text(fields["replicates"]), "combine": fields["combine"]},
        "controls": controls, "curve": curve if fields["has_curve"] else None,
    }  # fmt: skip


def _target(line: str) -> dict[str, Any]:
    """ "ORF1ab; 38; 40": the target, its cut-off, and where the grey zone ends."""
    parts = [part.strip() for part in re.split(r"[;；\t]", line)] + ["", ""]
    return {"target": parts[0], "cut_off": parts[1], "grey_to": _blank("; ".join(filter(None, parts[2:])))}


def _control(control: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    names = [name.strip() for name in re.split(r"[;；\r\n]", _text(fields[f"names_{control}"])) if name.strip()]
    return {
        "control": control, "expect": fields[f"control_{control}"], "ct_low": _blank(fields[f"low_{control}"]),
        "ct_high": _blank(fields[f"high_{control}"]), "names": names, "required": bool(fields[f"required_{control}"]),
    }  # fmt: skip


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _blank(value: Any) -> str | None:
    return _text(value) or None
