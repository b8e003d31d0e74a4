"""Pages of comparison rounds: list, plan, show, enrol, send, and the acts of each step."""

from lims.marks import N_
from lims.rounds.views import (
    annual,
    archiving,
    certifying,
    desk_questions,
    enrolling,
    exchanging,
    following,
    following_appeals,
    following_panel,
    following_trends,
    judging,
    linking,
    listing,
    meeting,
    planning,
    preparing,
    receiving,
    releasing,
    sending,
    showing,
    stocking,
    submitting,
    taking_over,
    turning_back,
)
from lims.rounds.views.base import blueprint
from lims.web.navigation import entry

__all__ = [
    "receiving", "stocking", "annual", "archiving", "blueprint", "certifying", "desk_questions", "enrolling", "exchanging",
    "following", "following_appeals",
    "following_panel",
    "following_trends", "judging", "linking", "listing", "meeting", "planning", "preparing",
    "releasing", "sending", "showing", "submitting",
    "taking_over", "turning_back",
]  # fmt: skip

entry(N_("Work"), N_("Rounds"), "rounds.index", "rounds.view", "rings", 40)
entry(N_("Work"), N_("New round"), "rounds.new", "rounds.plan", "plus", 10, parent="rounds.index")
