"""Forms of boxes: begin one, how it travels, what was found at its receipt."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectField, StringField, TextAreaField

from lims.custody.lifecycle import boxes
from lims.custody.lifecycle.boxes import Arrival, Transport
from lims.custody.lifecycle.transport import ORDER, PACKAGINGS, UN_NUMBERS
from lims.marks import N_
from lims.samples.lifecycle.kinds import CONDITIONS, TRANSPORT_CONDITIONS
from lims.samples.lifecycle.numbers import clean_code
from lims.web.forms import Form, options
from lims.web.language import _

NOTHING = ("", "–")


class NewBoxForm(Form):
    """For whom, and what for."""

    receiver = SelectField(N_("Receiver"))
    purpose = SelectField(N_("Purpose of the box"))

    def offer(self, laboratories: list[tuple[str, str]]) -> None:
        """The laboratories that may receive."""
        self.receiver.choices = options(laboratories)
        self.purpose.choices = options((code, _(name)) for code, name in boxes.PURPOSES.items())


class TransportForm(Form):
    """How the box travels."""

    category = SelectField(N_("Transport class of the box"))
    packaging = SelectField(N_("Packaging"))
    condition = SelectField(N_("Transport condition"))
    logger_number = StringField(N_("Temperature logger no."))
    permit_number = StringField(N_("Transport permit no."), description=N_("For hazard class 1 or 2, or category A"))
    escort = StringField(N_("Escort"))
    second_escort = StringField(N_("Second escort"))
    dry_ice_kg = StringField(N_("Dry ice, net weight in kg"))
    is_dry_ice_marked = BooleanField(N_("The UN1845 mark is on the box"))
    carrier = StringField(N_("Carrier"))
    waybill = StringField(N_("Waybill"))
    remarks = StringField(N_("Remarks"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = options([NOTHING, *((code, f"{code} {UN_NUMBERS[code]}") for code in reversed(ORDER))])
        self.packaging.choices = options([NOTHING, *((code, _(name)) for code, name in PACKAGINGS.items())])
        self.condition.choices = options([NOTHING, *((code, _(name)) for code, name in TRANSPORT_CONDITIONS.items())])

    def transport(self) -> Transport:
        """What was typed."""
        return Transport(**{name: self[name].data or "" for name in Transport.__dataclass_fields__ if name != "is_dry_ice_marked"},
                         is_dry_ice_marked=bool(self.is_dry_ice_marked.data))  # fmt: skip


class ReceiptForm(Form):
    """The box as a whole; what was found at each place stands in fields named after the place."""

    scanned = TextAreaField(N_("Scan the tubes, one after the other"))
    counted = StringField(N_("Tubes counted"))
    temperature = StringField(N_("Temperature at arrival"))
    condition = SelectField(N_("Condition of the box"))
    surplus = TextAreaField(N_("Surplus tubes, one code a line"))
    note = StringField(N_("Note"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.condition.choices = options((code, _(name)) for code, name in CONDITIONS.items())

    def arrival(self, numbers: dict[str, int], marks: dict[int, tuple[str, str]]) -> Arrival:
        """What was typed: a scan of a place nobody marked otherwise means that it arrived; a scan of none is surplus.

        ``numbers`` are the codes of the manifest, own and external, with their places.
        """
        found, surplus = dict(marks), lines(self.surplus.data)
        for code in lines(self.scanned.data):
            place = numbers.get(clean_code(code).upper())
            if place is None:
                surplus = [*surplus, code]
            elif found.get(place, (boxes.NOT_SCANNED, ""))[0] == boxes.NOT_SCANNED:
                found[place] = (boxes.ARRIVED, found.get(place, ("", ""))[1])
        return Arrival(
            self.counted.data or "", self.temperature.data or "", self.condition.data or "", found, tuple(dict.fromkeys(surplus)),
            self.note.data or "",
        )  # fmt: skip


def lines(text: str | None) -> list[str]:
    """The lines of a text that are not empty."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
