"""The words a sample is found by: whole codes, their parts, and pairs of neighbouring Chinese characters.

Pairs make two-character words findable inside longer ones (the pair in the middle of a four-character name), which
neither SQLite's nor PostgreSQL's trigram search can do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 80
MOST = 80
_RUNS = re.compile(r"([㐀-鿿豈-﫿]+)|([0-9a-z_](?:[0-9a-z_./+-]*[0-9a-z_])?)")
_PARTS = re.compile(r"[./+-]")


def words_of(texts: Iterable[str]) -> set[str]:
    """The words to keep for one sample; at most ``MOST`` of them, the first texts first."""
    words: dict[str, None] = {}
    for text in texts:
        for han, run in _runs(text):
            words.update(dict.fromkeys(_pairs(han) if han else _code(run)))
    return set(list(words)[:MOST])


def terms_of(text: str) -> list[tuple[str, bool]]:
    """The words of a question, each with whether it may be the beginning of a longer word."""
    terms: dict[str, bool] = {}
    for han, run in _runs(text):
        if han:
            terms.update(dict.fromkeys(_pairs(han), len(han) == 1))
        else:
            terms[run[:LONGEST]] = True
    return list(terms.items())[:8]


def _runs(text: str) -> list[tuple[str, str]]:
    return [(match[1] or "", match[2] or "") for match in _RUNS.finditer(unicodedata.normalize("NFKC", text).lower())]


def _pairs(han: str) -> list[str]:
    return [han] if len(han) == 1 else [han[i : i + 2] for i in range(len(han) - 1)]


def _code(run: str) -> list[str]:
    parts = [part for part in _PARTS.split(run) if len(part) >= 3 and part != run]
    return [word[:LONGEST] for word in (run, *parts)]
