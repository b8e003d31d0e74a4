"""Forms of uploads: the files, and a person's answers to what a file alone does not say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import IntegerField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange

from instruments.registry import parsers
from lims.imports.worklist import SIZES
from lims.marks import N_
from lims.web.forms import Form, options
from lims.web.language import _

AUTOMATIC = ("", N_("Recognise it"))
ENCODINGS = (AUTOMATIC, ("utf-8", "UTF-8"), ("gb18030", "GBK / GB18030"), ("utf-16-le", "UTF-16"), ("cp1252", "Windows-1252"))
DELIMITERS = (AUTOMATIC, (",", N_("comma")), (";", N_("semicolon")), ("\t", N_("tab")), ("|", N_("vertical bar")))
DECIMAL_MARKS = (AUTOMATIC, (".", N_("point")), (",", N_("comma")))
DATE_ORDERS = (AUTOMATIC, ("ymd", N_("year, month, day")), ("dmy", N_("day, month, year")), ("mdy", N_("month, day, year")))
ANSWERS = ("parser", "encoding", "delimiter", "decimal_mark", "sheet", "date_order")


class AnswersForm(Form):
    """How to read a file; everything may be left to the program."""

    parser = SelectField(N_("Read as"), default="")
    encoding = SelectField(N_("Encoding"), default="")
    delimiter = SelectField(N_("Delimiter"), default="")
    decimal_mark = SelectField(N_("Decimal mark"), default="")
    sheet = StringField(N_("Sheet"), description=N_("Name of the sheet of a workbook; empty: recognise it"))
    date_order = SelectField(N_("Order of dates"), default="")

    def __init__(self, *args: Any, profiles: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = ((one.NAME, _(one.TITLE)) for one in parsers())
        self.parser.choices = options([(AUTOMATIC[0], _(AUTOMATIC[1])), *profiles, *known])
        offers = {"encoding": ENCODINGS, "delimiter": DELIMITERS, "decimal_mark": DECIMAL_MARKS, "date_order": DATE_ORDERS}
        for name, offered in offers.items():
            self[name].choices = options((value, _(word)) for value, word in offered)

    def answers(self) -> dict[str, Any]:
        """What the person answered, without the empty ones."""
        given = {name: self[name].data for name in ANSWERS}
        return {name: value if name == "delimiter" else value.strip() for name, value in given.items() if value}


class UploadForm(AnswersForm):
    """Several files at once, read with the same answers."""

    files = MultipleFileField(N_("Files"), description=N_("Exports of the instrument as they are: text, CSV or Excel, at most 50 MB each"))


class WorklistForm(Form):
    """The plan of a run beside its samples."""

    title = StringField(N_("Title"))
    method = StringField(N_("Method"))
    targets = StringField(N_("Targets"), description=N_("As the instrument names them, with commas between: N, ORF1ab"))
    size = SelectField(N_("Plate"), default="96")
    replicates = IntegerField(N_("Wells for each sample"), default=1, validators=[InputRequired(), NumberRange(1, 8)])
    ntc = IntegerField(N_("No-template controls"), default=1, validators=[InputRequired(), NumberRange(0, 24)])
    positive = IntegerField(N_("Positive controls"), default=1, validators=[InputRequired(), NumberRange(0, 24)])
    numbers = TextAreaField(N_("Further sample numbers"), description=N_("Scanned or typed, own or external numbers, one to a line"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.size.choices = options((str(size), str(size)) for size in SIZES)
