"""Forms of samples. The fields of a kind come from its field table, the choices from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import Field as FormField
from wtforms import FileField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField

from lims.catalogue.queries import Choice
from lims.marks import N_
from lims.samples.lifecycle import kinds
from lims.samples.lifecycle.common import COMMON, DEFAULTS, columns
from lims.samples.lifecycle.draft import NewSample
from lims.samples.lifecycle.fields import CHOICE, INSTANT, LISTED, MANY, NOTE, Field, Problem, plain_digits
from lims.samples.lifecycle.receipt import DECISIONS, Decision, Receipt
from lims.samples.service.checks import takes
from lims.web.forms import Form, options
from lims.web.language import _, current_zone, zone_label

_INSTANT = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})[T ]+(\d{1,2}:\d{2})(?::\d{2})?")
NOTHING = ("", "–")
INSTANTS = tuple(one.code for one in COMMON if one.takes == INSTANT)


class SampleForm(Form):
    """The fields of one kind of sample; made from the description by ``sample_form``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in INSTANTS:
            self[name].label.text = in_zone(self[name].label.text)

    def offer(self, kind: kinds.Kind, lists: dict[str, list[Choice]], analytes: list[Choice]) -> None:
        """Take the choices of the catalogue that this kind may use, by field."""
        for one in columns(kind):
            if one.takes == LISTED:
                self[one.code].choices = options([NOTHING, *offered(kind, one, lists[one.list_code])])
        self["analytes"].choices = options(pairs(analytes))

    def draft(self, kind: kinds.Kind) -> tuple[NewSample, list[Problem]]:
        """What was typed, and what could not be read as an instant."""
        instants, problems = {}, []
        for name in INSTANTS:
            instants[name], problem = read_instant(name, self[name].data)
            problems += [problem] if problem else []
        details = {one.code: self[one.code].data for one in kind.fields}
        texts = {one.code: (self[one.code].data or "").strip() for one in COMMON if one.takes not in (INSTANT, MANY)}
        analytes = tuple(self["analytes"].data or ())
        return NewSample(kind=kind.code, details=details, analytes=analytes, **texts, **instants), problems  # type: ignore[arg-type]


@cache
def sample_form(kind: kinds.Kind) -> type[SampleForm]:
    """The form of one kind: the common fields and the kind's own."""
    return type("SampleFormOf" + kind.code, (SampleForm,), {one.code: _form_field(one) for one in columns(kind)})


def offered(kind: kinds.Kind, one: Field, entries: Iterable[Choice]) -> list[tuple[str, str]]:
    """The entries of a list that a field of this kind takes: code and name."""
    if one.code == "unit":
        return [(entry.code, str(entry.columns.get("display", entry.code))) for entry in entries if takes(kind, one, entry)]
    return pairs(entry for entry in entries if takes(kind, one, entry))


class SheetForm(Form):
    """A filled sheet, and the kind where the sheet does not tell it."""

    file = FileField(N_("File"), description=N_("A filled template, or a sheet with the same headings"))
    kind = SelectField(N_("Kind"), validate_choice=False, description=N_("Only where neither the template nor the headings tell it"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.file.flags.required = True
        self.kind.choices = options([("", _("as the sheet says")), *((one.code, _(one.name)) for one in kinds.KINDS.values())])


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
    told: dict[str, Any] = {"is_required": one.is_required, "description": one.hint}
    if one.takes == CHOICE:
        return _TranslatedSelect(one.label, choices=one.choices, default=DEFAULTS.get(one.code), **told)
    if one.takes == LISTED:
        return _TranslatedSelect(one.label, **told)
    if one.takes == MANY:
        return SelectMultipleField(one.label, validate_choice=False)
    return TextAreaField(one.label) if one.takes == NOTE else _TypedField(one.label, **told)


class _TypedField(StringField):
    """A text field that says whether it is needed."""

    def __init__(self, *args: Any, is_required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.flags.required = is_required


class _TranslatedSelect(SelectField):
    """A choice whose words are msgids."""

    def __init__(self, *args: Any, choices: tuple[tuple[str, str], ...] = (), is_required: bool = False, **kwargs: Any) -> None:
        nothing = [] if kwargs.get("default") else [NOTHING]
        named = options([*nothing, *((code, _(name)) for code, name in choices)])
        super().__init__(*args, choices=named, validate_choice=False, **kwargs)
        self.flags.required = is_required
