"""What the gates look at: plain facts of one round at one instant, gathered by the service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OpenItems:
    """Items without a passed record that stands; of these, those whose record became stale, and what was changed after it."""

    items: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """`approved_by`, `second_*` and `reason` belong to the move that is being checked, not to an earlier one."""

    now: datetime
    parties: frozenset[str]  # every party of the agreement, by organisation key
    coordinator_party: str
    approved_by: frozenset[str] = frozenset()  # parties whose QA manager approved this move
    second_person_is_other: bool = False  # a second person, not the one who starts the move, confirmed it
    witness_party: str | None = None  # party of the witness (unblinding) or of the second QA manager (cancellation)
    reason: str = ""
    is_code_typed: bool = False

    missing_plan_fields: tuple[str, ...] = ()
    missing_protocol_fields: tuple[str, ...] = ()
    deadline: datetime | None = None
    n_submissions: int = 0  # participants whose signed results count for the present batch
    n_submissions_ever: int = 0  # participants who signed results of any batch, a withdrawn one included

    n_invited: int = 0  # laboratories invited
    are_conduct_rules_shown: bool = False
    n_enrolled: int = 0
    n_enrolled_organisations: int = 0
    are_codes_drawn: bool = False
    not_homogeneous: OpenItems | None = None  # None where no record exists at all
    not_stable: OpenItems | None = None  # the same for stability in transport
    short_of_stock: OpenItems | None = None  # items whose units do not cover the need; None where no stock is entered
    is_truth_sealed: bool = False
    n_distribution_records: int = 0
    n_receipts: int = 0
    n_testing: int = 0  # participants who received items and neither withdrew nor finished
    n_without_state: int = 0  # participants who would leave the lock without one of the five states
    n_open_blunder_questions: int = 0
    is_unblinded: bool = False

    has_score_run: bool = False
    is_score_run_stale: bool = False
    is_score_run_checked: bool = False  # by a person other than the one who ran it
    opinions_signed_by: frozenset[str] = frozenset()  # parties with a reviewer's signed opinion on this score run
    undecided: tuple[str, ...] = ()  # participant codes whose critical error waits for a reviewer's decision
    n_action_verdicts: int = 0
    n_without_case: int = 0  # verdicts that need action and have no corrective action yet
    n_open_cases: int = 0
    n_open_objections: int = 0
    n_minutes: int = 0  # versions of the minutes of the review meeting
    no_meeting: str = ""  # why the protocol holds no review meeting; empty: it holds one
