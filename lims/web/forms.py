"""Forms with a CSRF token and messages in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, SelectChoice

from lims.errors import Conflict, Invalid, LimsError
from lims.web.language import _, current_language
from lims.words import say


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Codes and words as the choices of a select field."""
    return [SelectChoice(code, word) for code, word in pairs]


class Words:
    """WTForms' own messages through our catalogues."""

    def gettext(self, sentence: str) -> str:
        return _(sentence)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return _(singular if n == 1 else plural)


class Form(FlaskForm):
    """The base of all forms. Labels are msgids and are translated when the form is made."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Words:
            return Words()

        def render_field(self, field: Any, render_kw: Any) -> Any:
            return super().render_field(field, render_kw)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self:
            field.label.text = _(field.label.text)
            if field.description:
                field.description = _(field.description)

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate, and say what is wrong in the reader's language: a validator hands on its own sentence as it was written."""
        is_valid = bool(super().validate(extra_validators))
        for field in self:
            field.errors = [_(one) if isinstance(one, str) else one for one in field.errors]
        return is_valid

    def show(self, error: LimsError) -> None:
        """Put a refusal at the field it names, or above the form; what was typed stays."""
        sentence = say(error, current_language())
        name = error.field if isinstance(error, Invalid | Conflict) else None
        field: Field | None = self._fields.get(name) if name else None
        if field is None:
            self.form_errors.append(sentence)
        else:
            field.errors = [*field.errors, sentence]
