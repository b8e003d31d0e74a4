"""A reviewer's decision about a critical error that the protocol sends to review."""

from __future__ import annotations

import uuid

from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Invalid, NotFound, RuleViolation
from lims.marks import N_
from lims.rounds.models import Round
from lims.rounds.queries import critical, matters
from lims.rounds.service.common import (
    open_round,
    record_approval,
    refuse_unseen,
    refuse_who_reported,
    require_party,
    require_state,
)
from lims.rounds.service.evaluation import RUN_CHANGED, newest_run
from lims.rounds.service.reviewing import refuse_conflicted


def decide_critical_error(actor: Actor, round_id: uuid.UUID, code: str, decision: str, reason: str, password: str, *, seen: str) -> Round:
    """Sign what a participant's critical error means, with the reason; the computed verdict stays beside it.

    ``seen`` is the hash of the score run that the person judged; Conflict when another is the newest by now.
    """
    permit(actor, "rounds.review")
    reason = reason.strip()
    with transaction(actor, "decided about a critical error") as session:
        row = open_round(session, actor, round_id)
        require_party(session, actor, row)
        require_state(row, actor, ("reviewing",))
        refuse_who_reported(session, actor, row)
        refuse_conflicted(session, actor, row)
        run = newest_run(session, actor, row)
        if run.started_by_id == actor.user_id or "coordinator" in actor.roles and actor.organisation_id == row.organisation_id:
            sentence = N_("You ran round %(code)s or its scoring, so you cannot review it. Another person must do it.")
            raise RuleViolation("rounds.ran_the_round", sentence, code=row.code)
        refuse_unseen(row, seen, matters.of_run(run), RUN_CHANGED)
        case = next((one for one in critical.cases(session, row, run) if one.code == code), None)
        if case is None:
            raise NotFound()
        if case.decided is not None:
            raise Conflict("rounds.critical_decided", N_("This critical error was decided already; the decision stands on the page."))
        if not reason or decision not in critical.DECISIONS:
            sentence = N_("Critical error of %(participant)s: choose the decision and write its reason.")
            raise Invalid("rounds.critical_reason", sentence, field="decision_reason", participant=code)
        basis, terms = critical.content(run, code, decision, reason), {"participant": code, "decision": decision}
        record_approval(session, actor, row, critical.STEP, basis, N_("decides about a critical error"), password, reason, terms=terms)
        return row
