"""The states of a sample and the moves between them (domain guide 3.4). A move not listed is refused."""

from __future__ import annotations

from lims.errors import RuleViolation
from lims.marks import N_

REGISTERED, IN_TRANSIT, RECEIVED = "registered", "in_transit", "received"
ACCEPTED, ACCEPTED_DEVIATION, REJECTED = "accepted", "accepted_deviation", "rejected"
UNDER_TEST, RETEST, REFERRED, TESTED = "under_test", "retest", "referred", "tested"
REVIEWED, REPORTED, CORRECTED, RETAINED = "reviewed", "reported", "corrected", "retained"
TRANSFERRED, DISPOSED, RETURNED, CANCELLED, LOST = "transferred", "disposed", "returned", "cancelled", "lost"

_AFTER_REPORT = (RETAINED, TRANSFERRED, DISPOSED, CORRECTED, RETEST, LOST)
NEXT: dict[str, tuple[str, ...]] = {
    REGISTERED: (IN_TRANSIT, RECEIVED, CANCELLED),
    IN_TRANSIT: (RECEIVED, LOST),
    RECEIVED: (ACCEPTED, ACCEPTED_DEVIATION, REJECTED, LOST),
    ACCEPTED: (UNDER_TEST, REFERRED, CANCELLED, LOST),
    ACCEPTED_DEVIATION: (UNDER_TEST, REFERRED, CANCELLED, LOST),
    UNDER_TEST: (TESTED, RETEST, LOST),
    RETEST: (TESTED, LOST),
    REFERRED: (RECEIVED, TESTED, LOST),
    TESTED: (REVIEWED, RETEST),
    REVIEWED: (REPORTED, CORRECTED, RETEST),
    REPORTED: _AFTER_REPORT,
    CORRECTED: _AFTER_REPORT,
    RETAINED: (DISPOSED, TRANSFERRED, RETEST, LOST),
    REJECTED: (RETURNED, DISPOSED),
    TRANSFERRED: (),
    DISPOSED: (),
    RETURNED: (),
    CANCELLED: (),
    LOST: (),
}
STATES = tuple(NEXT)
TERMINAL = frozenset(state for state, following in NEXT.items() if not following)

#: a sample in one of these states waits for results
AWAITS_RESULTS = (ACCEPTED, ACCEPTED_DEVIATION, UNDER_TEST, RETEST)
#: further results are ordinary: several tests of one sample
TAKES_RESULTS = (*AWAITS_RESULTS, TESTED)
#: a further result opens the sample again; it is reviewed again, and its report becomes a corrected one
OPENS_AGAIN = (REVIEWED, REPORTED, CORRECTED, RETAINED)

#: The msgid of each state's name, and the ring that draws it.
NAMES = {
    REGISTERED: N_("Registered"),
    IN_TRANSIT: N_("In transit"),
    RECEIVED: N_("Received, awaiting check"),
    ACCEPTED: N_("Awaiting test"),
    ACCEPTED_DEVIATION: N_("Accepted with deviation"),
    UNDER_TEST: N_("Under test"),
    RETEST: N_("Retest"),
    REFERRED: N_("Referred"),
    TESTED: N_("Tested"),
    REVIEWED: N_("Reviewed"),
    REPORTED: N_("Reported"),
    CORRECTED: N_("Report corrected"),
    RETAINED: N_("Retained"),
    REJECTED: N_("Rejected"),
    TRANSFERRED: N_("Transferred"),
    DISPOSED: N_("Disposed of"),
    RETURNED: N_("Returned"),
    CANCELLED: N_("Cancelled"),
    LOST: N_("Lost or destroyed"),
}
RINGS = {
    REGISTERED: "dashed", IN_TRANSIT: "empty", RECEIVED: "empty", ACCEPTED: "quarter", ACCEPTED_DEVIATION: "triangle",
    UNDER_TEST: "half", RETEST: "half", REFERRED: "half", TESTED: "three", REVIEWED: "three", REPORTED: "full", CORRECTED: "full",
    RETAINED: "full", REJECTED: "cross", TRANSFERRED: "full", DISPOSED: "full", RETURNED: "full", CANCELLED: "cross", LOST: "cross",
}  # fmt: skip


def moves(status: str, has_been_reported: bool) -> tuple[str, ...]:
    """The states that may follow. A sample that was reported before ends in ``corrected``, never in a second silent report."""
    following = NEXT[status]
    if status != REVIEWED:
        return following
    unwanted = REPORTED if has_been_reported else CORRECTED
    return tuple(state for state in following if state != unwanted)


def way_to_tested(status: str) -> tuple[str, ...]:
    """The moves that a result brings about; a sample that is tested already stays so."""
    if status in (ACCEPTED, ACCEPTED_DEVIATION):
        return UNDER_TEST, TESTED
    if status in OPENS_AGAIN:
        return RETEST, TESTED
    return () if status == TESTED else (TESTED,)


def check_move(number: str, status: str, to: str, has_been_reported: bool) -> None:
    """Raise RuleViolation when ``to`` may not follow."""
    if to not in moves(status, has_been_reported):
        raise RuleViolation(
            "samples.move_refused",
            N_("%(number)s: its state does not allow this step. Open the sample to see what comes next."),
            number=number,
            status=status,
            to=to,
        )
