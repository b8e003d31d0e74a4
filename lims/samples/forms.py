"""Forms of samples. The fields of a kind come from its field table, the choices from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import Field as FormField
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField

from lims.catalogue.queries import Choice
from lims.marks import N_
from lims.samples.lifecycle import kinds
from lims.samples.lifecycle.draft import NewSample
from lims.samples.lifecycle.fields import CHOICE, Field, Problem, plain_digits
from lims.samples.lifecycle.receipt import DECISIONS, Decision, Receipt
from lims.web.forms import Form, options
from lims.web.language import _, current_zone, zone_label

_INSTANT = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})[T ]+(\d{1,2}:\d{2})(?::\d{2})?")
NOTHING = ("", "–")
AMOUNT_QUANTITIES = frozenset({"volume", "mass", "count", "ratio"})
GROUPS = (
    (N_("Identity"), ("external_number", "matrix", "purpose", "confidentiality")),
    (N_("Origin"), ("sending_organisation", "sending_laboratory", "port", "sampling_point", "sampled_at", "sampler")),
    (N_("Amount"), ("quantity", "unit", "container", "medium")),
    (N_("Request"), ("analytes", "priority", "due_at", "event_number")),
    (N_("Safety and transport"), ("hazard_class", "biosafety_level", "transport_category", "permit_number", "inactivation",
                                  "transport_condition", "logger_number")),
    (N_("Storage and remarks"), ("location", "remarks")),
)  # fmt: skip


class SampleForm(Form):
    """The common fields of a sample."""

    external_number = StringField(N_("External no. or tube barcode"), description=N_("Kept exactly as given, leading zeros too"))
    matrix = SelectField(N_("Matrix"), validate_choice=False)
    purpose = SelectField(N_("Purpose"), validate_choice=False, default="monitoring")
    confidentiality = SelectField(N_("Confidentiality"), validate_choice=False, default="own_organisation")
    sending_organisation = StringField(N_("Sending organisation"))
    sending_laboratory = StringField(N_("Sending laboratory"))
    port = SelectField(N_("Port"), validate_choice=False)
    sampling_point = StringField(N_("Sampling point"))
    sampled_at = StringField(N_("Sampled at"))
    sampler = StringField(N_("Sampler"), description=N_("Role or staff code, no name of a traveller"))
    quantity = StringField(N_("Quantity"))
    unit = SelectField(N_("Unit"), validate_choice=False)
    container = StringField(N_("Container"))
    medium = StringField(N_("Medium"))
    analytes = SelectMultipleField(N_("Analytes"), validate_choice=False)
    priority = SelectField(N_("Priority"), validate_choice=False, default="routine")
    due_at = StringField(N_("Result due at"))
    event_number = StringField(N_("Event no."))
    hazard_class = SelectField(N_("Hazard class (2006 list)"), validate_choice=False)
    biosafety_level = SelectField(N_("Biosafety level"), validate_choice=False)
    transport_category = SelectField(N_("Transport class"), validate_choice=False)
    permit_number = StringField(N_("Permit no."))
    inactivation = StringField(N_("Inactivation record"))
    transport_condition = SelectField(N_("Transport condition"), validate_choice=False)
    logger_number = StringField(N_("Temperature logger no."))
    location = StringField(N_("Storage place"))
    remarks = TextAreaField(N_("Remarks"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in (self.sampled_at, self.due_at):
            field.label.text = in_zone(field.label.text)
        self.matrix.flags.required = True
        self.purpose.choices = options(words(kinds.PURPOSES))
        self.priority.choices = options(words(kinds.PRIORITIES))
        self.confidentiality.choices = options(words(kinds.CONFIDENTIALITY))
        self.hazard_class.choices = options([NOTHING, *((code, code) for code in kinds.HAZARD_CLASSES)])
        self.biosafety_level.choices = options([NOTHING, *((code, code) for code in kinds.BIOSAFETY_LEVELS)])
        self.transport_condition.choices = options([NOTHING, *words(kinds.TRANSPORT_CONDITIONS)])

    def offer(self, kind: kinds.Kind, lists: dict[str, list[Choice]], analytes: list[Choice]) -> None:
        """Take the choices of the catalogue that this kind may use, by field."""
        own = [
            one for one in lists["matrix"]
            if kind.takes(str(one.columns.get("group", "")), str(one.columns.get("source_kind", "")))
        ]  # fmt: skip
        self.matrix.choices = options([NOTHING, *pairs(own)])
        amounts = [one for one in lists["unit"] if one.columns.get("quantity") in AMOUNT_QUANTITIES]
        self.unit.choices = options([NOTHING, *((one.code, str(one.columns.get("display", one.code))) for one in amounts)])
        self.port.choices = options([NOTHING, *pairs(lists["port"])])
        self.transport_category.choices = options([NOTHING, *pairs(lists["transport_category"])])
        self.analytes.choices = options(pairs(analytes))

    def draft(self, kind: kinds.Kind) -> tuple[NewSample, list[Problem]]:
        """What was typed, and what could not be read as an instant."""
        instants, problems = {}, []
        for name in ("sampled_at", "due_at"):
            instants[name], problem = read_instant(name, self[name].data)
            problems += [problem] if problem else []
        details = {one.code: self[one.code].data for one in kind.fields}
        names = {name for _title, group in GROUPS for name in group} - {"sampled_at", "due_at", "analytes"}
        texts = {name: (self[name].data or "").strip() for name in names}
        return NewSample(kind=kind.code, details=details, analytes=tuple(self.analytes.data or ()), **texts, **instants), problems  # type: ignore[arg-type]


@cache
def sample_form(kind: kinds.Kind) -> type[SampleForm]:
    """The form of one kind: the common fields and the kind's own."""
    return type("SampleFormOf" + kind.code, (SampleForm,), {one.code: _form_field(one) for one in kind.fields})


def show_problems(form: Form, problems: Iterable[Problem]) -> None:
    """Put each problem at its field, or above the form; what was typed stays."""
    for problem in problems:
        sentence = _(problem.sentence, **problem.values)
        field: FormField | None = form._fields.get(problem.field)
        if field is None:
            form.form_errors.append(sentence)
        else:
            field.errors = [*field.errors, sentence]


class ReceiptForm(Form):
    """What is written down when a sample arrives."""

    received_at = StringField(N_("Received at"))
    handed_over_by = StringField(N_("Handed over by"), description=N_("Courier or role"))
    arrival_temperature = StringField(N_("Arrival temperature"))
    condition = SelectField(N_("Condition"), validate_choice=False, default="intact")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.received_at.label.text = in_zone(self.received_at.label.text)
        self.condition.choices = options(words(kinds.CONDITIONS))

    def receipt(self, decision: Decision | None, raw_code: str) -> tuple[Receipt, list[Problem]]:
        """What was typed, and what could not be read as an instant."""
        at, problem = read_instant("received_at", self.received_at.data)
        texts = {name: (self[name].data or "").strip() for name in ("handed_over_by", "arrival_temperature", "condition")}
        return Receipt(received_at=at, decision=decision, raw_code=raw_code, **texts), [problem] if problem else []


class DecisionForm(Form):
    """Accept, accept with deviation, or reject."""

    decision = RadioField(N_("Decision"), validate_choice=False, default="accepted")
    reason_code = SelectField(N_("Reason"), validate_choice=False)
    note = TextAreaField(N_("Note"), description=N_("What was found; a deviation prints on the report"))

    def offer(self, reasons: list[Choice], *, may_wait: bool) -> None:
        """Take the catalogue's reasons; ``may_wait`` offers to decide later."""
        marked = [(one.code, _reason_words(one)) for one in reasons]
        self.reason_code.choices = options([NOTHING, *marked])
        self.decision.choices = options([*words(DECISIONS), *([("", _("Decide later"))] if may_wait else [])])

    def decided(self) -> Decision | None:
        """The decision that was chosen; None for later."""
        code = self.decision.data or ""
        reason = (self.reason_code.data or "") if code != "accepted" else ""
        return Decision(code, reason, (self.note.data or "").strip()) if code else None


class ArrivalForm(ReceiptForm, DecisionForm):
    """Arrival and decision on one page."""


def read_instant(name: str, text: str | None) -> tuple[datetime | None, Problem | None]:
    """A time typed as ``2026-05-22 08:30`` in the laboratory's zone."""
    plain = plain_digits(text or "")
    if not plain:
        return None, None
    match = _INSTANT.fullmatch(plain)
    try:
        if match is None:
            raise ValueError
        day, clock = match.groups()
        return datetime.strptime(f"{day} {clock}", "%Y-%m-%d %H:%M").replace(tzinfo=current_zone()), None
    except ValueError:
        return None, Problem(name, N_("Read %(read)s, expected a day and a time such as 2026-05-22 08:30."), {"read": text})


def in_zone(label: str) -> str:
    """The label with the zone in which its time is typed."""
    zone: ZoneInfo = current_zone()
    return f"{label} ({zone_label(datetime.now(zone), zone)})"


def words(names: dict[str, str]) -> list[tuple[str, str]]:
    """A table of codes and msgids as translated choices."""
    return [(code, _(name)) for code, name in names.items()]


def pairs(choices: Iterable[Choice]) -> list[tuple[str, str]]:
    """Entries of the catalogue as choices."""
    return [(one.code, one.name) for one in choices]


def _reason_words(reason: Choice) -> str:
    only = "" if reason.columns.get("may_accept_with_deviation") == "Y" else _(" (rejection only)")
    return f"{reason.code} {reason.name}{only}"


def _form_field(one: Field) -> FormField:
    if one.takes == CHOICE:
        return _TranslatedSelect(one.label, choices=one.choices, is_required=one.is_required, description=one.hint)
    return _TypedField(one.label, is_required=one.is_required, description=one.hint)


class _TypedField(StringField):
    """A text field that says whether it is needed."""

    def __init__(self, *args: Any, is_required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.flags.required = is_required


class _TranslatedSelect(SelectField):
    """A choice whose words are msgids."""

    def __init__(self, *args: Any, choices: tuple[tuple[str, str], ...] = (), is_required: bool = False, **kwargs: Any) -> None:
        named = options([NOTHING, *((code, _(name)) for code, name in choices)])
        super().__init__(*args, choices=named, validate_choice=False, **kwargs)
        self.flags.required = is_required
