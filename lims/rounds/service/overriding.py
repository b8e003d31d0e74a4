"""A verdict changed by the review: reviewers of two parties sign the reason; the computed verdict stays visible beside it."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from lims.accounts.service import permit
from lims.canonical import digest
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Invalid, NotFound, RuleViolation
from lims.marks import N_
from lims.rounds.models import Evaluation, Round, VerdictOverride
from lims.rounds.queries import matters, records, review
from lims.rounds.service.common import open_round, person, refuse_unseen, refuse_who_reported, require_party, require_state
from lims.rounds.service.evaluation import RUN_CHANGED, newest_run
from lims.rounds.service.reviewing import refuse_conflicted
from lims.signatures.service import sign, witness

CHANGES = ("acceptable", "warning", "action", "not_evaluated")


def override_verdict(
    actor: Actor, round_id: uuid.UUID, participant_code: str, item_number: int, changed_to: str, reason: str, password: str,
    second_login: str, second_password: str, *, seen: str,
) -> VerdictOverride:  # fmt: skip
    """Change one verdict of the newest score run (item 0: the overall one); a reviewer of another party signs at the same screen."""
    permit(actor, "rounds.review")
    reason = reason.strip()
    with transaction(actor, "changed a verdict in the review") as session:
        row = open_round(session, actor, round_id)
        require_party(session, actor, row)
        require_state(row, actor, ("reviewing",))
        run = newest_run(session, actor, row)
        refuse_unseen(row, seen, matters.of_run(run), RUN_CHANGED)
        _refuse_judge(session, actor, row, run)
        computed = _computed(run, participant_code, item_number)
        _refuse_change(session, run, participant_code, item_number, computed, changed_to, reason)
        second = witness(second_login, second_password)
        permit(second, "rounds.review")
        require_party(session, second, row)
        _refuse_judge(session, second, row, run)
        if second.organisation_id == actor.organisation_id:
            raise RuleViolation("review.same_party", N_("The second signature must come from a reviewer of another party."))
        content = digest({"score_run": seen, "code": participant_code, "item": item_number, "from": computed, "to": changed_to,
                          "reason": reason})  # fmt: skip
        meaning = N_("changes a verdict in the review")
        first, other = (
            sign(session, who, "evaluation", run.id, meaning, content, word)
            for who, word in ((actor, password), (second, second_password))
        )
        kept = VerdictOverride(
            laboratory_id=actor.laboratory_id, round_id=row.id, evaluation_id=run.id, participant_code=participant_code,
            item_number=item_number, computed=computed, changed_to=changed_to, reason=reason, organisation_id=actor.organisation_id,
            user_id=person(actor), user_name=actor.name, second_organisation_id=second.organisation_id, second_user_id=person(second),
            second_user_name=second.name, changed_at=first.signed_at, content_hash=content, signature_id=first.id,
            second_signature_id=other.id,
        )  # fmt: skip
        session.add(kept)
        session.flush()
        return kept


def _refuse_judge(session: Session, actor: Actor, row: Round, run: Evaluation) -> None:
    """Nobody who reported, ran the round or declared a conflict changes a verdict."""
    refuse_who_reported(session, actor, row)
    refuse_conflicted(session, actor, row)
    if run.started_by_id == actor.user_id or ("coordinator" in actor.roles and actor.organisation_id == row.organisation_id):
        sentence = N_("You ran round %(code)s or its scoring, so you cannot review it. Another person must do it.")
        raise RuleViolation("rounds.ran_the_round", sentence, code=row.code)
    if records.releases_of(session, run):
        sentence = N_("A party has released this score run. Return it to the analysis to change a verdict.")
        raise Conflict("review.released", sentence)


def _computed(run: Evaluation, code: str, item_number: int) -> str:
    pool = run.outcome["scores"] if item_number else run.outcome["overall"]
    mine = [one for one in pool if one["participant_code"] == code and (not item_number or one["item_number"] == item_number)]
    if not mine:
        raise NotFound()
    return str(mine[0]["verdict"])


def _refuse_change(session: Session, run: Evaluation, code: str, item: int, computed: str, changed_to: str, reason: str) -> None:
    if changed_to not in CHANGES or changed_to == computed:
        raise Invalid("review.verdict", N_("Verdict: choose one that differs from the computed one."), field="changed_to")
    if not reason:
        raise Invalid("review.reason", N_("Reason: it is empty. Write why the computed verdict does not stand."), field="override_reason")
    if any(one.participant_code == code and one.item_number == item for one in review.overrides_of(session, run)):
        raise Conflict("review.overridden", N_("This verdict was changed already; a new score run is needed to change it again."))
