"""Forms of signing in, setting up and looking after people."""

from __future__ import annotations

from typing import Any

from wtforms import PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from lims.marks import N_
from lims.web.forms import Form, options
from lims.web.language import _

#: the sides of a partner
SIDES = {"customs": N_("Customs"), "cdc": N_("CDC"), "other": N_("Other")}


class _SideForm(Form):
    """A form on which the side of a partner is chosen."""

    side = SelectField(N_("Side"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.side.choices = options((code, _(word)) for code, word in SIDES.items())


class SignInForm(Form):
    """User name and password."""

    login = StringField(N_("User name"), [InputRequired(), Length(max=60)], render_kw={"autocomplete": "username", "autocapitalize": "off"})
    password = PasswordField(N_("Password"), [InputRequired(), Length(max=256)], render_kw={"autocomplete": "current-password"})


class PasswordForm(Form):
    """Changing the own password."""

    old = PasswordField(N_("Current password"), [InputRequired()], render_kw={"autocomplete": "current-password"})
    password = PasswordField(
        N_("New password"), [InputRequired(), Length(max=256)],
        description=N_("10 characters or more; several words are easy to remember."),
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip


class SetupForm(_SideForm):
    """The first administrator, organisation and laboratory of an empty installation."""

    token = StringField(N_("Setup token"), [InputRequired()], description=N_("Printed by the command lims init; it works once, for a day."))
    organisation_code = StringField(N_("Organisation code"), [InputRequired(), Length(max=12)])
    organisation_en = StringField(N_("Organisation name, English"), [InputRequired(), Length(max=120)])
    organisation_zh = StringField(N_("Organisation name, Chinese"), [InputRequired(), Length(max=120)])
    side = SelectField(N_("Side"))
    laboratory_code = StringField(
        N_("Laboratory code"), [InputRequired(), Length(max=8)], description=N_("2 to 8 letters and digits; it begins every sample number.")
    )
    laboratory_en = StringField(N_("Laboratory name, English"), [InputRequired(), Length(max=120)])
    laboratory_zh = StringField(N_("Laboratory name, Chinese"), [InputRequired(), Length(max=120)])
    login = StringField(N_("User name"), [InputRequired(), Length(max=60)], render_kw={"autocomplete": "username"})
    name = StringField(N_("Name"), [InputRequired(), Length(max=120)])
    password = PasswordField(N_("New password"), [InputRequired(), Length(max=256)], render_kw={"autocomplete": "new-password"})


class UserForm(Form):
    """A new person with roles in one laboratory."""

    login = StringField(N_("User name"), [InputRequired(), Length(max=60)])
    name = StringField(N_("Name"), [InputRequired(), Length(max=120)])
    laboratory = SelectField(N_("Laboratory"), [InputRequired()])
    roles = SelectMultipleField(N_("Roles"), [InputRequired()])


class OrganisationForm(_SideForm):
    """A new partner."""

    code = StringField(N_("Organisation code"), [InputRequired(), Length(max=12)])
    name_en = StringField(N_("Name, English"), [InputRequired(), Length(max=120)])
    name_zh = StringField(N_("Name, Chinese"), [InputRequired(), Length(max=120)])
    side = SelectField(N_("Side"))


class LaboratoryForm(Form):
    """A new laboratory."""

    organisation = SelectField(N_("Organisation"), [InputRequired()])
    code = StringField(
        N_("Laboratory code"), [InputRequired(), Length(max=8)], description=N_("2 to 8 letters and digits; it begins every sample number.")
    )
    name_en = StringField(N_("Name, English"), [InputRequired(), Length(max=120)])
    name_zh = StringField(N_("Name, Chinese"), [InputRequired(), Length(max=120)])
