"""What the gates of a study look at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """The study as it stands; parties are codes of organisations."""

    parties: frozenset[str] = frozenset()
    has_plan: bool = False
    criteria: int = 0
    plan_approved_by: frozenset[str] = frozenset()
    has_open_amendment: bool = False
    rows: int = 0
    open_readings: tuple[str, ...] = ()  # codes that one reader has read and the other has not
    open_discordants: tuple[str, ...] = ()  # codes without the third method, where the plan asks for it
    analysis_version: int = 0
    is_analysis_fresh: bool = False
    opinions: frozenset[str] = frozenset()
    decision: str = ""
    decided_by: frozenset[str] = frozenset()
    scope_signed_by: frozenset[str] = frozenset()
    surveillance_records: int = 0
    reason: str = ""
