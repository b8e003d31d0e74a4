"""Forms of the store."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, StringField, TextAreaField

from lims.marks import N_
from lims.storage.lifecycle.places import LEVELS
from lims.web.forms import Form, options
from lims.web.language import _


class PlaceForm(Form):
    """A new place."""

    level = SelectField(N_("Level"))
    code = StringField(N_("Code"), description=N_("Letters, digits, hyphens; the path of the place is what is scanned"))
    name = StringField(N_("Name"))
    temperature = StringField(N_("Temperature, ℃"))
    capacity = StringField(N_("Room for how many"), default="20")
    rows = StringField(N_("Rows of a storage box"), default="9")
    columns = StringField(N_("Columns of a storage box"), default="9")

    def __init__(self, level: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = LEVELS[level]
        self.level.choices = options([(level, _(name))])

    def numbers(self) -> dict[str, int]:
        """Capacity, rows and columns; what is no number counts as none."""
        return {name: int(self[name].data) if (self[name].data or "").isdecimal() else 0 for name in ("capacity", "rows", "columns")}


class PoolForm(Form):
    """A new pool."""

    parts = TextAreaField(N_("Sources, one number and amount a line"), description=N_("Such as CUSA-26-TRV-000001-6.01 0.2"))
