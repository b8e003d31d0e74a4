"""Words in the reader's language, without any web framework.

The catalogues are the ``.po`` files of ``lims/translations/<language>/``, one per slice, read once when the first
sentence is asked for. English is the language of the sources and needs none.
"""

from __future__ import annotations

from functools import cache

from lims.marks import N_
from lims.paths import PACKAGE
from lims.singular import singular

LANGUAGES = {"zh_CN": "中文", "en": "English"}
DEFAULT_LANGUAGE = "zh_CN"

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "N_", "catalogue", "say", "translate"]


@cache
def catalogue(language: str) -> dict[str, str]:
    """English sentence -> sentence in ``language``, over the catalogues of all slices. Empty for English."""
    from babel.messages.pofile import read_po  # a hundred milliseconds that only readers of Chinese pay

    sentences: dict[str, str] = {}
    for path in sorted((PACKAGE / "translations" / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string and not message.fuzzy:
                    sentences[str(message.id)] = str(message.string)
    return sentences


def translate(sentence: object, language: str, /, **values: object) -> str:
    """The sentence in ``language`` with its values filled in; an untranslated one stays English.

    Values that are sentences themselves must be translated by the caller first.
    """
    text = catalogue(language).get(str(sentence), str(sentence))
    if not values:
        return text
    return (singular(text, values) if language == "en" else text) % values


def say(error: Exception, language: str) -> str:
    """The sentence of a LimsError in ``language``; of any other exception its own text."""
    sentence = getattr(error, "sentence", None)
    if sentence is None:
        return str(error)
    return translate(sentence, language, **getattr(error, "values", {}))
