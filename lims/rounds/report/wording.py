"""The report's words in one language or in both."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from lims.marks import N_
from lims.rounds.report.facts import Language
from lims.rounds.scoring.sentences import describe
from lims.statistics.assessment.outcome import Reason
from lims.words import translate

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
MISSING = "–"


class Term(str):
    """A word of the catalogue standing inside another sentence; it is translated with it."""

    __slots__ = ()


class Words:
    """Speaks the report's language. In a bilingual report Chinese stands first, English follows."""

    def __init__(self, language: Language, time_zone: str) -> None:
        self.languages = ("zh_CN", "en") if language == "bilingual" else (language,)
        self.zone = ZoneInfo(time_zone)
        self.time_zone = time_zone

    def say(self, sentence: str, between: str = "\n", /, **values: object) -> str:
        """A sentence; each language on a line of its own, a word that reads the same in both only once."""
        said = [
            translate(sentence, language, **{name: self._value(value, language) for name, value in values.items()})
            for language in self.languages
        ]
        return between.join(dict.fromkeys(said))

    def head(self, word: str, /, **values: object) -> str:
        """A heading over a column: the languages below each other."""
        return self.say(word, "\n", **values)

    def label(self, word: str, /, **values: object) -> str:
        """A heading in one line."""
        return self.say(word, " ", **values)

    def reason(self, reason: Reason) -> str:
        """The sentence of a reason, in one line."""
        return " / ".join(dict.fromkeys(describe(reason, language) for language in self.languages))

    def text(self, text: str) -> str:
        """What somebody wrote, or a dash."""
        return text or MISSING

    def instant(self, instant: datetime | None) -> str:
        """Date, weekday, time and zone, as every deadline carries them."""
        if instant is None:
            return MISSING
        local = instant.astimezone(self.zone)
        offset = local.strftime("%z")
        return f"{local:%Y-%m-%d} ({self.label(WEEKDAYS[local.weekday()])}) {local:%H:%M} UTC{offset[:3]}:{offset[3:]} {self.time_zone}"

    def date(self, instant: datetime | None) -> str:
        """Date and time in the round's zone, for rows of tables."""
        return MISSING if instant is None else f"{instant.astimezone(self.zone):%Y-%m-%d %H:%M}"

    @staticmethod
    def _value(value: object, language: str) -> object:
        return translate(value, language) if isinstance(value, Term) else value
