"""The form of a participant's results: the head of the method and the grid of the own item codes, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy.orm import Session
from wtforms import BooleanField, SelectField, StringField

from lims.catalogue import queries as catalogue
from lims.db.session import Actor
from lims.marks import N_
from lims.rounds.exchange.proposals import NO_TARGET
from lims.rounds.lifecycle import units
from lims.rounds.lifecycle.entering import CALLED, MEASURED, is_number, plain
from lims.rounds.lifecycle.units import unit_text
from lims.rounds.models import Round
from lims.rounds.queries import Bench
from lims.rounds.queries.exchange import asked_targets
from lims.rounds.report.terms import RESULT_CODES
from lims.rounds.service import Entry, ValueEntry
from lims.rounds.service.entries import HEAD, entered_value
from lims.rounds.views.acting import Refusal, listed
from lims.web.forms import Form
from lims.web.language import _

NOTHING = ("", "–")
RELATIONS = (("=", "="), ("<", "<"), (">", ">"))
PLAIN = ("result_code", "relation", "value", "unit", "expanded_u", "k", "internal_control", "could_not_test", "remark")


class HeadForm(Form):
    """The method and its reagents; only method and date are needed."""

    method_code = SelectField(N_("Method"), validate_choice=False)
    tested_on = StringField(N_("Test date"), description=N_("As 2026-05-20"))
    tested_by = StringField(N_("Tested by"))
    standard_no = StringField(N_("Standard no."))
    instrument = StringField(N_("Instrument"))
    instrument_no = StringField(N_("Instrument no."))
    extraction_kit = StringField(N_("Extraction kit"))
    extraction_lot = StringField(N_("Extraction kit lot"))
    amplification_kit = StringField(N_("Amplification kit"))
    amplification_lot = StringField(N_("Amplification kit lot"))
    amplification_expiry = StringField(N_("Amplification kit expiry"))
    cut_off = StringField(N_("Cut-off rule"))
    lod = StringField(N_("Limit of detection"))
    loq = StringField(N_("Limit of quantification"))
    qc_result = StringField(N_("Result of the controls"))
    deviations = StringField(N_("Deviations from the protocol"))
    is_independent = BooleanField(
        N_("The items were tested independently, as routine samples; no result was exchanged with another laboratory.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method_code.flags.required = self.tested_on.flags.required = True

    def offer(self, methods: list[tuple[str, str]]) -> None:
        """Take the methods of the catalogue; a method that is not among them stays as it was."""
        known = {code for code, _name in methods}
        own = [(self.method_code.data, self.method_code.data)] if self.method_code.data and self.method_code.data not in known else []
        self.method_code.choices = [NOTHING, *own, *methods]

    def head(self) -> dict[str, str]:
        """What was typed, by field of the head."""
        return {name: (self[name].data or "").strip() for name in HEAD}


def head_form(session: Session, actor: Actor, bench: Bench, *, is_typed: bool = False) -> HeadForm:
    """The head as typed, or as the newest version has it."""
    newest = bench.newest
    saved = {**newest.head, "is_independent": newest.is_independent} if newest else {}
    form = HeadForm() if is_typed else HeadForm(formdata=None, data=saved)
    form.offer([(one.code, one.name) for one in catalogue.choices(session, actor, "methods")])
    return form


def targets(session: Session, actor: Actor, bench: Bench) -> tuple[str, ...]:
    """The targets whose cycles are asked for: those of the measurand and those that were reported."""
    return asked_targets(session, actor, bench.round, bench.values.values()) if bench.round.kind == "qualitative" else ()


def columns(row: Round, asked: tuple[str, ...]) -> list[tuple[str, str, str, str | None]]:
    """The columns of the grid: name of the field, kind, heading, unit."""
    if row.kind == "qualitative":
        cycles = [(f"ct-{one}", "number", _("target") if one == NO_TARGET else one, "Ct") for one in asked]
        own = [("result_code", "called", _("Result"), None), *cycles]
        own.append(("internal_control", "number", _("Internal control"), "Ct"))
    else:
        unit = unit_text(row.unit)
        own = [
            ("relation", "relation", _("Relation"), None), ("value", "number", _("Value"), unit),
            ("expanded_u", "number", _("Expanded uncertainty U"), unit), ("k", "number", "k", None),
            ("replicates", "number", _("Replicates"), ";"), ("result_code", "measured", _("Result code"), None),
        ]  # fmt: skip
        if len(row.units) > 1:
            own.insert(2, ("unit", "unit", _("Unit"), None))
    return [*own, ("could_not_test", "text", _("Could not be tested because"), None), ("remark", "text", _("Remark"), None)]


def values_of(bench: Bench) -> dict[str, ValueEntry]:
    """The newest version's values as they were entered, by item code; empty ones where nothing was."""
    return {one.code: entered_value(one.code, bench.values.get(one.code)) for one in bench.codes}


def typed_values(bench: Bench, asked: tuple[str, ...], form: Mapping[str, str]) -> dict[str, ValueEntry]:
    """What the form carries, by item code. The unit is the round's own wherever a number stands."""
    found = {}
    for one in bench.codes:
        given: dict[str, Any] = {name: form.get(f"{one.code}-{name}", "").strip() for name in PLAIN}
        ct = {target: form.get(f"{one.code}-ct-{target}", "").strip() for target in asked}
        given["relation"] = given["relation"] or "="
        given["unit"] = (given["unit"] or bench.round.unit) if given["value"] else ""
        parts = form.get(f"{one.code}-replicates", "").replace("；", ";").split(";")
        replicates = tuple(part.strip() for part in parts if part.strip())
        found[one.code] = ValueEntry(one.code, ct={target: text for target, text in ct.items() if text}, replicates=replicates, **given)
    return found


def entry_of(values: Mapping[str, ValueEntry], form: HeadForm, base_version: int | None) -> Entry:
    """One save of the form."""
    return Entry(tuple(values.values()), form.head(), is_independent=bool(form.is_independent.data), base_version=base_version)


def is_unchanged(bench: Bench, entry: Entry) -> bool:
    """Whether the form says what the newest version says already."""
    newest = bench.newest
    if newest is None:
        return False
    head = {name: text for name, text in entry.head.items() if text}
    is_same_head = head == dict(newest.head) and entry.is_independent == newest.is_independent
    return is_same_head and {one.code: one for one in entry.values} == values_of(bench)


def rows(bench: Bench, asked: tuple[str, ...], values: Mapping[str, ValueEntry], refusal: Refusal | None) -> list[dict[str, Any]]:
    """The grid with the given values; a refusal stands under the row it names, a newer version under each row that differs."""
    newest = values_of(bench)
    is_conflict = refusal is not None and refusal.code == "rounds.other_editor"
    shown = []
    for one in bench.codes:
        value, wrong = values[one.code], refusal.field if refusal and refusal.item == one.code else ""
        cells = [_cell(one.code, value, column, wrong, bench.round.units) for column in columns(bench.round, asked)]
        line: dict[str, Any] = {"head": one.code, "cells": cells}
        if wrong and refusal:
            line["message"] = ("error", refusal.sentence)
        elif is_conflict and value != newest[one.code]:
            line["message"] = ("warn", _other_version(bench, asked, newest[one.code]))
        elif conversion := _conversion(bench.round, value):
            line["message"] = ("warn", _("For the scoring: %(conversion)s.", conversion=conversion))
        shown.append(line)
    return shown


def text_of(value: ValueEntry, name: str) -> str:
    """What stands in one cell."""
    if name == "replicates":
        return "; ".join(value.replicates)
    return value.ct.get(name[3:], "") if name.startswith("ct-") else str(getattr(value, name))


def _conversion(row: Round, value: ValueEntry) -> str:
    """In figures, how the value is scored where its unit is not that of the round; empty where nothing is converted."""
    is_converted = value.unit in row.units and is_number(value.value)
    return units.said(plain(value.value), value.unit, row.unit) if is_converted else ""


def _cell(
    code: str, value: ValueEntry, column: tuple[str, str, str, str | None], wrong: str, offered_units: tuple[str, ...]
) -> dict[str, Any]:
    name, kind, _heading, _unit = column
    cell: dict[str, Any] = {"name": f"{code}-{name}", "value": text_of(value, name), "numeric": kind == "number"}
    if kind == "relation":
        cell["options"] = RELATIONS
    elif kind in ("called", "measured"):
        offered = CALLED if kind == "called" else MEASURED
        cell["options"] = [NOTHING, *((one, f"{one} {_(RESULT_CODES[one])}") for one in offered)]
    elif kind == "unit":
        cell["value"] = cell["value"] or offered_units[0]
        cell["options"] = [(unit, unit_text(unit) or "1") for unit in dict.fromkeys([*offered_units, cell["value"]])]
    if wrong == name:
        cell["state"] = "err"
    return cell


def _other_version(bench: Bench, asked: tuple[str, ...], value: ValueEntry) -> Markup:
    """What the version saved meanwhile says on this item."""
    number, person = (bench.newest.version, bench.newest.analyst_name) if bench.newest else (0, "")
    parts = [f"{heading} {text_of(value, name)}" for name, _kind, heading, _unit in columns(bench.round, asked) if text_of(value, name)]
    said = _("Version %(version)s of %(person)s says", version=number, person=person)
    return Markup("<b>{}</b> {}").format(said, escape(listed(parts) or _("nothing")))
