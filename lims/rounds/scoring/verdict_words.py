"""The words of the verdicts, in their one place: sentences of the score run, workbook and certificate all take them from here."""

from __future__ import annotations

from lims.marks import N_

VERDICT_WORDS: dict[str, str] = {
    "acceptable": N_("satisfactory"), "warning": N_("questionable"), "action": N_("unsatisfactory"),
    "not_evaluated": N_("not evaluated"), "no_response": N_("not submitted"),
}  # fmt: skip
LIMIT_WORDS: dict[str, str] = {"acceptable": N_("acceptable"), "action": N_("not acceptable")}
BY_LIMIT = ("d_percent", "pa")


def word_of(verdict: str, chosen: str | None = None) -> str:
    """The verdict's word; where an allowed difference decides the words are acceptable and not acceptable."""
    return LIMIT_WORDS.get(verdict, VERDICT_WORDS[verdict]) if chosen in BY_LIMIT else VERDICT_WORDS[verdict]
