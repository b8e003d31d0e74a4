"""The small-number rule in words, reasons, and the recorded choices."""

from __future__ import annotations

from collections.abc import Iterable

from lims.marks import N_
from lims.rounds.report.canvas import Canvas
from lims.rounds.report.wording import Words
from lims.rounds.scoring.outcome import Figure, Option, Reason


def small_number_note(canvas: Canvas) -> str:
    """n and the rule, what was concluded, what was not, in this order."""
    words, score = canvas.words, canvas.report.score
    parts = [words.reason(reason) for reason in score.conclusions]
    if score.not_concluded:
        parts.append(words.say(N_("Not concluded from this round:")))
        parts += [words.reason(reason) for reason in score.not_concluded]
    return "\n".join(parts)


def option_rows(options: Iterable[Option]) -> list[tuple[str, str]]:
    """The choices by name, as they were stored with the score run."""
    return sorted((option.name, option.value) for option in options)


def joined_reasons(words: Words, reasons: Iterable[Reason]) -> str:
    """Each reason once, below each other."""
    return "\n".join(dict.fromkeys(words.reason(reason) for reason in reasons))


def missing_figures(words: Words, figures: Iterable[tuple[str, str, Figure]]) -> list[tuple[str, str, str]]:
    """(statistic, reason, participants) for the figures that could not be given; equal reasons stand together."""
    found: dict[tuple[str, str], list[str]] = {}
    for statistic, participant, figure in figures:
        if figure.value is None and figure.reason is not None:
            found.setdefault((statistic, words.reason(figure.reason)), []).append(participant)
    return [(statistic, reason, ", ".join(participants)) for (statistic, reason), participants in found.items()]
