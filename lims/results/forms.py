"""The form that corrects a result."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import Length

from lims.marks import N_
from lims.web.forms import Form


class AmendForm(Form):
    """The corrected value and why."""

    value = StringField(N_("Corrected value"), [Length(max=120)], description=N_("A number, < or > with a number, or ND for not detected"))
    reason = StringField(N_("Reason"), [Length(max=400)], description=N_("Printed with both versions"))
