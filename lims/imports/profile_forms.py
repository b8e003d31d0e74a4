"""Forms of profiles: the example to begin with, a profile's file, and the page of a profile apart from its columns."""

from __future__ import annotations

from wtforms import BooleanField, FileField, SelectField, StringField, TextAreaField

from lims.imports.forms import DATE_ORDERS, DECIMAL_MARKS
from lims.marks import N_
from lims.web.forms import Form, options
from lims.web.language import _

PROVED = N_("proved by each column, or asked for")
WIDE = (
    ("", N_("one row for each sample and analyte")),
    ("named", N_("analytes across, named in the heading: Pb (mg/kg), FAM (N)")),
    ("every_other", N_("analytes across: every other heading is an analyte")),
)
BETWEEN = N_("one on each line, or between semicolons")


class ExampleForm(Form):
    """A file as the instrument writes it."""

    example = FileField(N_("Example file"), description=N_("A real export: text, CSV or Excel, at most 5 MB"))


class ProfileFileForm(Form):
    """A profile that was exported here or in another laboratory."""

    profile = FileField(N_("Profile file"), description=N_("JSON, as exported on the page of a profile"))


class ProfileForm(Form):
    """Everything of a profile but the meaning of its columns."""

    name = StringField(N_("Short name"), description=N_("small letters, digits and _, such as icp_water"))
    title = StringField(N_("Name on lists"), description=N_("Instrument and program, as people call them"))
    example = FileField(N_("Another example"))
    wide = SelectField(N_("Form of the table"), default="")
    file_words = TextAreaField(N_("Words above the table"), description=N_("If any are given, one of them must stand above the headings"))
    decimal_mark = SelectField(N_("Decimal mark"), default="")
    date_order = SelectField(N_("Order of dates"), default="")
    units = TextAreaField(N_("Units"), description=N_("As the file writes it = UCUM code, one on each line: mg/kg = mg/kg"))
    no_call = TextAreaField(N_("Ct texts: not detected"), description=BETWEEN)
    not_detected = TextAreaField(N_("Other texts: not detected"), description=BETWEEN)
    missing = TextAreaField(N_("Texts: no result"), description=BETWEEN)
    positive = TextAreaField(N_("Calls: positive"), description=BETWEEN)
    negative = TextAreaField(N_("Calls: negative"), description=BETWEEN)
    unknown = TextAreaField(N_("Task: sample"), description=BETWEEN)
    ntc = TextAreaField(N_("Task: no-template control"), description=BETWEEN)
    negative_control = TextAreaField(N_("Task: negative control"), description=BETWEEN)
    positive_control = TextAreaField(N_("Task: positive control"), description=BETWEEN)
    standard = TextAreaField(N_("Task: standard"), description=BETWEEN)
    blank = TextAreaField(N_("Task: blank"), description=BETWEEN)
    qc = TextAreaField(N_("Task: quality control"), description=BETWEEN)
    internal_targets = TextAreaField(N_("Targets that are internal controls"), description=BETWEEN)
    needs_negative = BooleanField(N_("A no-template or negative control must be in the file"))
    needs_positive = BooleanField(N_("A positive control must be in the file"))
    summary_words = TextAreaField(N_("Rows that are no samples begin with"), description=BETWEEN)
    end_words = TextAreaField(N_("The table ends at"), description=BETWEEN)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.wide.choices = options((value, _(word)) for value, word in WIDE)
        self.decimal_mark.choices = options([("", _(PROVED)), *((value, _(word)) for value, word in DECIMAL_MARKS[1:])])
        self.date_order.choices = options([("", _(PROVED)), *((value, _(word)) for value, word in DATE_ORDERS[1:])])


class NothingForm(Form):
    """A button alone."""
