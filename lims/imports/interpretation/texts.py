"""The command line's way in: a rule's file and readings as plain values, each sample under its text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from lims.errors import Invalid
from lims.imports.interpretation import interpret, rule_from
from lims.imports.interpretation.findings import Read
from lims.marks import N_


def interpret_texts(rule_text: bytes, readings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The interpretation as plain values, sentences in English. Raises Invalid for a file that is no rule."""
    try:
        content = json.loads(rule_text.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Invalid("imports.rule_no_json", N_("The file is no assay rule: it is not JSON in UTF-8.")) from error
    if not isinstance(content, dict):
        raise Invalid("imports.rule_no_json", N_("The file is no assay rule: it is not JSON in UTF-8."))
    found = interpret(rule_from(content), [_read(one) for one in readings])
    controls = [{"name": one.name, "result": one.verdict, "why": [str(step) for step in one.sentences]} for one in found.run.controls]
    samples = [
        {"name": one.sample, "result": one.result, "why": [step["sentence"] % step["values"] for step in one.reasoning()]}
        for one in found.samples
    ]
    return {"run": {"verdict": found.run.verdict, "controls": controls}, "samples": samples}


def _read(one: Mapping[str, Any]) -> Read:
    name = one["sample"] or ""
    return Read(
        sample=name, name=name, role=one["role"], target=one["target"] or one["channel"] or "", quantity=one["quantity"],
        status=one["status"], value=one["value"], comparator=one["comparator"], raw=one["raw"], source=one["source"],
        position=one["position"],
    )  # fmt: skip
