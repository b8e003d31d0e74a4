"""Opinions of the reviewers, release by the QA managers of all parties, publication, going back, follow-up, closing, cancelling."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from lims import clock, seals
from lims.accounts.service import permit
from lims.blobs import BlobStore
from lims.canonical import digest
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Invalid, RuleViolation
from lims.marks import N_
from lims.rounds.lifecycle.states import RoundState
from lims.rounds.models import Evaluation, Opinion, Release, Report, Round
from lims.rounds.queries import joint, matters, records, review
from lims.rounds.queries.report import report_input
from lims.rounds.service.common import (
    approve_jointly,
    judged,
    move,
    open_round,
    organised_round,
    person,
    refuse_closed,
    refuse_unseen,
    refuse_who_reported,
    require_party,
    require_state,
)
from lims.rounds.service.consequences import drop_cleared, open_cases
from lims.rounds.service.evaluation import RUN_CHANGED, newest_run
from lims.rounds.service.reviewing import keep_declaration, refuse_conflicted, refuse_unnamed
from lims.signatures.service import sign, witness


def write_opinion(actor: Actor, round_id: uuid.UUID, text: str, password: str, *, seen: str) -> Opinion:
    """Sign an opinion on the newest score run, as a reviewer of one party who neither reported nor ran the round.

    ``seen`` is the hash of the score run that the person judged; Conflict when another is the newest by now. The signature declares
    that there is no conflict of interest, where nothing was declared before.
    """
    permit(actor, "rounds.review")
    with transaction(actor, "signed an opinion on a round") as session:
        row = open_round(session, actor, round_id)
        require_party(session, actor, row)
        require_state(row, actor, ("reviewing",))
        refuse_who_reported(session, actor, row)
        refuse_conflicted(session, actor, row)
        refuse_unnamed(session, actor, row)
        if not text.strip():
            raise Invalid("rounds.opinion", N_("Opinion: it is empty. Write what you found on items, methods and verdicts."), field="text")
        run = newest_run(session, actor, row)
        _refuse_who_ran(actor, row, run)
        refuse_unseen(row, seen, matters.of_run(run), RUN_CHANGED)
        if records.releases_of(session, run):
            raise Conflict(
                "rounds.released_opinions",
                N_("A party has released this score run with the opinions as they stand. Return it to the analysis to add another."),
            )
        if actor.user_id in {one.user_id for one in records.opinions_of(session, run)}:
            raise Conflict("rounds.opinion_signed", N_("You have signed an opinion on this score run already."))
        if actor.user_id not in review.declarations(session, row):
            keep_declaration(session, actor, row, "", has_conflict=False)
        content = digest({"round": row.code, "score_run": seen, "reviewer": actor.name, "text": text.strip()})
        signature = sign(session, actor, "evaluation", run.id, N_("signs the reviewer's opinion"), content, password)
        opinion = Opinion(
            laboratory_id=actor.laboratory_id, round_id=row.id, evaluation_id=run.id, organisation_id=actor.organisation_id,
            user_id=person(actor),
            user_name=actor.name, function="reviewer" if "reviewer" in actor.roles else "qa_manager", text=text.strip(),
            content_hash=content,
            signed_at=signature.signed_at, signature_id=signature.id,
        )  # fmt: skip
        session.add(opinion)
        session.flush()
        return opinion


def release(actor: Actor, round_id: uuid.UUID, password: str, blobs: BlobStore, *, seen: str) -> Round:
    """Sign the release for the own party; the last party's signature publishes: the report is built and kept in the file store.

    ``seen`` is the hash of the score run with its opinions as the person saw them; Conflict when they are others by now.
    """
    permit(actor, "rounds.release")
    with transaction(actor, "released a round") as session:
        row = open_round(session, actor, round_id)
        require_party(session, actor, row)
        require_state(row, actor, ("reviewing",))
        refuse_who_reported(session, actor, row)
        run = newest_run(session, actor, row)
        refuse_closed(actor, row, judged(session, actor, row, "published"), but=("approved_by_all",))
        _sign_release(session, actor, row, run, password, seen)
        codes = {party.id: party.code for party in records.parties_of(session, row)}
        released = frozenset(codes[one.organisation_id] for one in records.releases_of(session, run))
        if released == frozenset(codes.values()):
            move(session, actor, row, "published", approved_by=released)
            row.published_at = clock.now()
            drop_cleared(session, row, run)
            _issue_report(session, actor, row, run, blobs)
        return row


def return_to_analysis(actor: Actor, round_id: uuid.UUID, reason: str, password: str, *, seen: str) -> Round:
    """Sign for the own party that the round goes back to the analysis; with all parties it does, and a new score run follows."""
    return _joint_move(actor, round_id, "return", "analysing", ("reviewing", "published", "follow_up"), reason.strip(), password, seen)


def start_follow_up(actor: Actor, round_id: uuid.UUID) -> Round:
    """Open the follow-up of a published round in which a verdict needs action."""
    permit(actor, "rounds.score")
    with transaction(actor, "opened the follow-up of a round") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("published",))
        run = records.newest_evaluation(session, row)
        if run is not None:
            open_cases(session, actor, row, run)
        move(session, actor, row, "follow_up")
        return row


def close_round(actor: Actor, round_id: uuid.UUID, password: str, *, seen: str) -> Round:
    """Sign for the own party that the round is closed; with all parties it is."""
    return _joint_move(actor, round_id, "close", "closed", ("published", "follow_up"), "", password, seen)


def cancel_round(
    actor: Actor, round_id: uuid.UUID, typed_code: str, reason: str, other_login: str, other_password: str, *, seen: str
) -> Round:
    """Cancel before publication: the code is typed to confirm, and the QA manager of another party signs the reason at the same screen."""
    permit(actor, "rounds.cancel")
    reason = reason.strip()
    with transaction(actor, reason) as session:
        row = organised_round(session, actor, round_id)
        other = witness(other_login, other_password)
        permit(other, "rounds.release")
        party = next((one.code for one in records.parties_of(session, row) if one.id == other.organisation_id), None)
        found = judged(session, actor, row, "cancelled", reason=reason, is_code_typed=typed_code.strip() == row.code, witness_party=party)
        refuse_closed(actor, row, found)
        approve_jointly(session, other, row, "cancel", N_("agrees to cancel the round"), reason, other_password, seen)
        move(session, actor, row, "cancelled", second=other, reason=reason, is_code_typed=True, witness_party=party)
        return row


def _joint_move(
    actor: Actor, round_id: uuid.UUID, step: str, target: RoundState, states: tuple[RoundState, ...], reason: str, password: str,
    seen: str,
) -> Round:  # fmt: skip
    """One party's signature under a joint move; the last one carries it out."""
    permit(actor, "rounds.release")
    with transaction(actor, reason or "closed") as session:
        row = open_round(session, actor, round_id)
        require_party(session, actor, row)
        require_state(row, actor, states)
        refuse_closed(actor, row, judged(session, actor, row, target, reason=reason), but=("approved_by_all",))
        meaning = {"return": N_("agrees to go back to the analysis"), "close": N_("agrees to close the round")}[step]
        yes = approve_jointly(session, actor, row, step, meaning, reason, password, seen)
        if {party.code for party in records.parties_of(session, row)} <= yes:
            move(session, actor, row, target, reason=reason, approved_by=yes)
        return row


def _refuse_who_ran(actor: Actor, row: Round, run: Evaluation) -> None:
    is_coordinator = "coordinator" in actor.roles and actor.organisation_id == row.organisation_id
    if is_coordinator or run.started_by_id == actor.user_id:
        raise RuleViolation(
            "rounds.ran_the_round", N_("You ran round %(code)s or its scoring, so you cannot review it. Another person must do it."),
            code=row.code,
        )  # fmt: skip


def _sign_release(session: Session, actor: Actor, row: Round, run: Evaluation, password: str, seen: str) -> None:
    if actor.organisation_id in {one.organisation_id for one in records.releases_of(session, run)}:
        raise Conflict("rounds.released", N_("Your organisation has released this score run already; the other parties are still to sign."))
    content = matters.of_release(session, row, run)
    sentence = N_(
        "Not signed: the score run of round %(code)s or its opinions changed since you opened the page. "
        "It is shown as it stands now: read it again and sign again."
    )
    refuse_unseen(row, seen, content, sentence)
    signature = sign(session, actor, "evaluation", run.id, N_("releases the report"), content, password)
    session.add(
        Release(
            laboratory_id=actor.laboratory_id, round_id=row.id, evaluation_id=run.id, organisation_id=actor.organisation_id,
            user_id=person(actor),
            user_name=actor.name, content_hash=content, signed_at=signature.signed_at, signature_id=signature.id,
        )
    )  # fmt: skip
    session.flush()


def _issue_report(session: Session, actor: Actor, row: Round, run: Evaluation, blobs: BlobStore) -> None:
    """Build the workbook from the stored score run and keep its bytes; an earlier issue stays readable."""
    from lims.rounds.report import build  # openpyxl is loaded where a workbook is made

    earlier = records.reports_of(session, row)
    version = (earlier[0].version if earlier else 0) + 1
    number = f"{row.code}-{version}"
    returns = [words for published, words in joint.returns(session, row) if 0 < published == version - 1]
    report = Report(
        laboratory_id=row.laboratory_id, round_id=row.id, evaluation_id=run.id, version=version, number=number, issued_at=row.published_at,
        changes="; ".join(returns),
    )  # fmt: skip
    report.blob_sha256 = blobs.put(build(report_input(session, actor, row, run, report), seals.sealer()))
    session.add(report)
    session.flush()
