"""State codes of rounds and participants and their words (glossary: round_*, part_*)."""

from __future__ import annotations

from typing import Literal, get_args

from lims.marks import N_

RoundState = Literal[
    "planned", "designed", "enrolling", "preparing", "dispatched", "testing", "locked", "analysing", "reviewing", "published", "follow_up",
    "closed", "cancelled",
]
ParticipantState = Literal[
    "invited", "enrolled", "declined", "withdrawn", "sent", "received", "replacement", "draft", "submitted", "late", "could_not_test",
    "no_response",
]
ROUND_STATES: tuple[RoundState, ...] = get_args(RoundState)
PARTICIPANT_STATES: tuple[ParticipantState, ...] = get_args(ParticipantState)
TERMINAL_STATES: frozenset[RoundState] = frozenset({"closed", "cancelled"})

# Before these states nobody outside the organiser's work may see truth or other laboratories' results.
UNBLINDED_STATES: frozenset[RoundState] = frozenset({"analysing", "reviewing", "published", "follow_up", "closed"})
PUBLISHED_STATES: frozenset[RoundState] = frozenset({"published", "follow_up", "closed"})

ROUND_WORDS: dict[str, str] = {
    "planned": N_("planned"),
    "designed": N_("protocol approved"),
    "enrolling": N_("enrolling"),
    "preparing": N_("preparing items"),
    "dispatched": N_("dispatched"),
    "testing": N_("testing"),
    "locked": N_("locked"),
    "analysing": N_("analysing"),
    "reviewing": N_("under joint review"),
    "published": N_("published"),
    "follow_up": N_("follow-up"),
    "closed": N_("closed"),
    "cancelled": N_("cancelled"),
}
PARTICIPANT_WORDS: dict[str, str] = {
    "invited": N_("invited"),
    "enrolled": N_("enrolled"),
    "declined": N_("declined"),
    "withdrawn": N_("withdrawn from the round"),
    "sent": N_("items sent"),
    "received": N_("items received"),
    "replacement": N_("replacement requested"),
    "draft": N_("draft"),
    "submitted": N_("submitted"),
    "late": N_("late"),
    "could_not_test": N_("could not test"),
    "no_response": N_("no response (not submitted)"),
}
