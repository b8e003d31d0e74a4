"""Errors that own their sentence.

An error carries a stable code, an English sentence with named places, and the values for them. The sentence is the
msgid of the translation catalogue, so a screen, the API, the worker and the command line all speak the user's language.
"""

from __future__ import annotations

from lims.marks import N_


class LimsError(Exception):
    """What happened, which value, what was expected, what to do next.

    Parameters
    ----------
    code:
        Stable, dotted name (``samples.unknown_matrix``); never shown alone.
    sentence:
        English msgid with ``%(name)s`` places; must be a literal so that the extraction finds it.
    values:
        The values for the places.
    """

    status = 500

    def __init__(self, code: str, sentence: str, /, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.values = values

    def __str__(self) -> str:
        return self.sentence % self.values if self.values else self.sentence


class NotFound(LimsError):
    """The object does not exist for this actor; a foreign one and a missing one read the same."""

    status = 404

    def __init__(self, code: str = "not_found", sentence: str = N_("Nothing is kept here under this number."), /, **values: object) -> None:
        super().__init__(code, sentence, **values)


class Forbidden(LimsError):
    """The actor's roles do not allow the action."""

    status = 403


class Conflict(LimsError):
    """Somebody else changed the object, or the same thing exists already. ``field`` names the place on the form."""

    status = 409

    def __init__(self, code: str, sentence: str, /, field: str | None = None, **values: object) -> None:
        super().__init__(code, sentence, **values)
        self.field = field


class RuleViolation(LimsError):
    """A rule of the laboratory refuses the step."""

    status = 422


class Invalid(LimsError):
    """The input cannot be read as what it should be. ``field`` names the place on the form."""

    status = 400

    def __init__(self, code: str, sentence: str, /, field: str | None = None, **values: object) -> None:
        super().__init__(code, sentence, **values)
        self.field = field
