"""State codes of studies (glossary: val_*), the words of decisions, and what may happen to plan and data in which state."""

from __future__ import annotations

from typing import Literal, get_args

from lims.marks import N_

StudyState = Literal[
    "registered", "planned", "plan_approved", "data_collection", "data_locked", "analysis", "review", "decision", "authorised",
    "surveillance", "withdrawn",
]  # fmt: skip
Decision = Literal["approved", "approved_with_limits", "more_data", "rejected"]
STUDY_STATES: tuple[StudyState, ...] = get_args(StudyState)
DECISIONS: tuple[Decision, ...] = get_args(Decision)
FAVOURABLE: frozenset[str] = frozenset({"approved", "approved_with_limits"})

#: a plan is drafted here, and amended by both parties there; afterwards criteria stand still
DRAFTING: tuple[StudyState, ...] = ("registered", "planned")
AMENDABLE: tuple[StudyState, ...] = ("plan_approved", "data_collection")
COLLECTING: tuple[StudyState, ...] = ("data_collection",)
IN_USE: tuple[StudyState, ...] = ("authorised", "surveillance")
#: before these states nobody has looked at what the data say
OPENED: tuple[StudyState, ...] = ("analysis", "review", "decision", "authorised", "surveillance", "withdrawn")

STUDY_WORDS: dict[str, str] = {
    "registered": N_("registered"),
    "planned": N_("plan in preparation"),
    "plan_approved": N_("plan approved"),
    "data_collection": N_("data collection"),
    "data_locked": N_("data locked"),
    "analysis": N_("analysis"),
    "review": N_("technical review"),
    "decision": N_("decision"),
    "authorised": N_("authorised for use"),
    "surveillance": N_("surveillance"),
    "withdrawn": N_("withdrawn"),
}
DECISION_WORDS: dict[str, str] = {
    "approved": N_("approved"),
    "approved_with_limits": N_("approved with limits"),
    "more_data": N_("more data needed"),
    "rejected": N_("rejected"),
}
