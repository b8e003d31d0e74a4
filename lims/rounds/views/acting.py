"""What the pages of submitting, judging and releasing share: a refusal that stays on its page, and small words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import redirect

from lims.errors import Invalid, LimsError
from lims.rounds.lifecycle.units import unit_text
from lims.web.language import current_language
from lims.web.pages import said
from lims.words import say

__all__ = ["Refusal", "carry_out", "listed", "refused", "sentences", "unit_text"]


@dataclass(frozen=True)
class Refusal:
    """A step that was refused: which one, the sentence, and the place on the form where it is known."""

    step: str
    sentence: str
    status: int
    code: str
    field: str = ""
    item: str = ""


def refused(step: str, act: Callable[[], Any]) -> Refusal | None:
    """Do the act; a refusal comes back with its sentence, what is not there for the reader stays not found."""
    try:
        act()
    except LimsError as error:
        if error.status in (404, 500):
            raise
        field = (error.field or "") if isinstance(error, Invalid) else ""
        return Refusal(step, say(error, current_language()), error.status, error.code, field, str(error.values.get("code", "")))
    return None


def carry_out(step: str, act: Callable[[], Any], done: str, then: str, page: Callable[[Refusal], str]) -> Any:
    """Do the act and go on with a sentence, or show the page again with the refusal on it."""
    refusal = refused(step, act)
    if refusal is not None:
        return page(refusal), refusal.status
    said(done)
    return redirect(then)


def listed(words: Iterable[str]) -> str:
    """Words one after the other, as the language separates them."""
    return ("、" if current_language() == "zh_CN" else ", ").join(words)


def sentences(parts: Iterable[str]) -> str:
    """Sentences one after the other: Chinese ones without blanks between them."""
    return ("" if current_language() == "zh_CN" else " ").join(parts)
