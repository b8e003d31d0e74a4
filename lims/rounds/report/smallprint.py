"""The small-number rule in words, reasons, and the recorded choices."""

from __future__ import annotations

from collections.abc import Iterable

from lims.marks import N_
from lims.rounds.report.canvas import Canvas
from lims.rounds.report.wording import Words
from lims.rounds.scoring.sentences import describe
from lims.statistics.assessment.outcome import Figure, Reason
from lims.statistics.assessment.round_score import Option
from lims.words import translate


def small_number_note(canvas: Canvas) -> str:
    """n and the rule, what was concluded, what was not, in this order."""
    score, parts = canvas.report.score, []
    for language in canvas.words.languages:
        said = [describe(reason, language) for reason in score.conclusions]
        if score.not_concluded:
            said.append(translate(N_("Not concluded from this round:"), language))
            said += [f"–  {describe(reason, language)}" for reason in score.not_concluded]
        parts.append("\n".join(said))
    return "\n\n".join(dict.fromkeys(parts))


def option_rows(options: Iterable[Option]) -> list[tuple[str, str]]:
    """The choices by name, as they were stored with the score run."""
    return sorted((option.name, option.value) for option in options)


def joined_reasons(words: Words, reasons: Iterable[Reason]) -> str:
    """Each reason once, below each other."""
    return "\n".join(dict.fromkeys(words.reason(reason) for reason in reasons))


def missing_figures(words: Words, figures: Iterable[tuple[str, str, Figure]]) -> list[tuple[str, str, str]]:
    """(statistics, reason, participants) for the figures that could not be given; what reads the same stands together."""
    found: dict[tuple[str, str], list[str]] = {}
    for statistic, participant, figure in figures:
        if figure.value is None and figure.reason is not None:
            found.setdefault((statistic, words.reason(figure.reason)), []).append(participant)
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (statistic, reason), participants in found.items():
        together.setdefault((reason, tuple(participants)), []).append(statistic)
    return [(", ".join(statistics), reason, ", ".join(participants)) for (reason, participants), statistics in together.items()]
