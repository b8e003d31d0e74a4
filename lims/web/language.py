"""The language of a request: the person's choice, the browser's cookie, or what the browser prefers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, has_request_context, request, session

from lims.words import DEFAULT_LANGUAGE, LANGUAGES, translate

WEEKDAYS = {"zh_CN": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def current_language() -> str:
    """zh_CN or en; Chinese where nothing is known."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    known: str | None = g.get("language")
    if known is None:
        chosen = g.get("person_language") or session.get("language")
        known = g.language = chosen if chosen in LANGUAGES else _preferred()
    return known


def choose_language(language: str) -> None:
    """Use ``language`` for this browser from now on; an unknown one is ignored."""
    if language in LANGUAGES:
        session["language"] = g.language = language


_PLACE = re.compile(r"line (\d+)(?: column (\d+))?")


def place_words(source: str | None) -> str:
    """The place of a reading in its file, as instruments name it ("line 12"), in the reader's language."""
    found = _PLACE.fullmatch(source or "")
    if found is None:
        return source or "–"
    line, column = found.groups()
    return _("line %(line)s, column %(column)s", line=line, column=column) if column else _("line %(line)s", line=line)


def step_words(step: Mapping[str, Any]) -> str:
    """One kept step of a reasoning (sentence and values) in the reader's language, places and calls in it too."""
    sentence = step["sentence"]
    values = {name: _PLACE.sub(lambda found: place_words(found[0]), str(value)) for name, value in step["values"].items()}
    if "call" in values:
        word = values["call"].replace("_", " ")
        values["call"] = _(word)
    return _(sentence, **values) if values else _(sentence)


def _(sentence: object, /, **values: Any) -> str:
    """The sentence in the language of the request."""
    return translate(sentence, current_language(), **values)


def current_zone() -> ZoneInfo:
    """The zone in which this request shows times: the laboratory's."""
    return ZoneInfo(g.get("zone") or "Asia/Shanghai")


def zone_label(instant: datetime, zone: ZoneInfo) -> str:
    """The zone in words with its offset: ``Beijing time, UTC+8``."""
    offset = instant.astimezone(zone).utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset is not None else 0
    text = f"UTC{'−' if minutes < 0 else '+'}{abs(minutes) // 60}" + (f":{abs(minutes) % 60:02d}" if minutes % 60 else "")
    return f"{_('Beijing time')} {text}" if zone.key == "Asia/Shanghai" else f"{zone.key} {text}"


def show_instant(instant: datetime | None, with_zone: bool = False, with_seconds: bool = False) -> str:
    """``2026-05-22 17:00`` in the laboratory's zone, a dash for none; deadlines add weekday and zone."""
    if instant is None:
        return "–"
    local = instant.astimezone(current_zone())
    clock = local.strftime("%H:%M:%S" if with_seconds else "%H:%M")
    if not with_zone:
        return f"{local:%Y-%m-%d} {clock}"
    day = WEEKDAYS[current_language()][local.weekday()]
    weekday = f"周{day}" if current_language() == "zh_CN" else day
    return f"{local:%Y-%m-%d} {weekday} {clock} ({zone_label(instant, current_zone())})"


def show_day(instant: datetime | None) -> str:
    """``2026-05-22`` in the laboratory's zone, a dash for none."""
    return "–" if instant is None else f"{instant.astimezone(current_zone()):%Y-%m-%d}"


def show_number(value: float | Decimal | None, places: int = 2) -> str:
    """A number with fixed decimals and a real minus sign; a dash for none."""
    return "–" if value is None else f"{value:.{places}f}".replace("-", "−")


def show_score(value: float | Decimal | None, limits: tuple[float, ...] = (2.0, 3.0)) -> str:
    """A score with its sign and two decimals, more where rounding would carry it across a limit."""
    if value is None:
        return "–"
    places = 2
    number = float(value)
    while places < 8 and any((abs(number) < limit) != (abs(round(number, places)) < limit) for limit in limits if abs(number) != limit):
        places += 1
    return f"{number:+.{places}f}".replace("-", "−")


def _preferred() -> str:
    best = request.accept_languages.best_match(["zh-CN", "zh", "zh-TW", "zh-HK", "en"])
    return "en" if best == "en" else DEFAULT_LANGUAGE
