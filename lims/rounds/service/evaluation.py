"""Unblinding with a witness, score runs as immutable versions, their check by a second person, and the start of the review."""

from __future__ import annotations

import tomllib
import uuid
from importlib.metadata import PackageNotFoundError, version

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.canonical import digest
from lims.db.session import Actor, transaction
from lims.errors import NotFound, RuleViolation
from lims.jobs.models import Job
from lims.jobs.service import ClaimedJob, Progress, enqueue, finish
from lims.marks import N_
from lims.paths import shared_path
from lims.rounds.models import Evaluation, Round
from lims.rounds.queries import gates, matters, records, visible
from lims.rounds.queries.scoring import ScoringInput, scoring_input
from lims.rounds.scoring.stored import to_json
from lims.rounds.service.common import (
    move,
    open_round,
    organised_round,
    person,
    record_approval,
    refuse_unseen,
    refuse_who_reported,
    require_party,
    require_state,
)
from lims.rounds.service.desk import screen_for
from lims.rounds.service.enrolment import truth_hash
from lims.rounds.service.lock import close_if_due
from lims.signatures.service import witness
from lims.statistics.assessment.round_score import RoundScore

EVALUATE = "rounds.evaluate"
RUN_CHANGED = N_(
    "Not signed: the newest score run of round %(code)s changed since you opened the page. It is shown as it stands now: read it again and "
    "sign again."
)


def unblind(actor: Actor, round_id: uuid.UUID, witness_login: str, witness_password: str) -> Round:
    """Open the whole round at once; a QA manager of another party witnesses and signs with the own name and password."""
    permit(actor, "rounds.score")
    close_if_due(round_id)
    screen_for(actor, round_id)
    with transaction(actor, "unblinded a round") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("locked",))
        refuse_who_reported(session, actor, row)
        _refuse_broken_seal(session, row)
        second = witness(witness_login, witness_password)
        permit(second, "rounds.witness")
        refuse_who_reported(session, second, row)
        party = next((one.code for one in records.parties_of(session, row) if one.id == second.organisation_id), None)
        record_approval(session, second, row, "unblind", row.truth_hash or "", N_("witnesses the unblinding"), witness_password)
        move(session, actor, row, "analysing", second=second, witness_party=party)
        row.unblinded_at = clock.now()
        return row


def request_evaluation(actor: Actor, round_id: uuid.UUID, reason: str = "") -> Job:
    """Ask the worker for a score run; ask again after a change and a new version is made."""
    permit(actor, "rounds.score")
    with transaction(actor, "asked for a score run") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("analysing",))
        refuse_who_reported(session, actor, row)
        return enqueue(session, actor, EVALUATE, row.id, {"reason": reason})


def evaluate_round_job(job: ClaimedJob, progress: Progress) -> None:
    """The worker's handler: the score run and the end of its job are one transaction, so a killed worker leaves all or nothing."""
    progress(0, 2)
    with transaction(job.actor, "scored a round") as session:
        if not finish(session, job):
            return
        evaluate_round(job.actor, job.subject_id, str(job.payload.get("reason", "")))


def evaluate_round(actor: Actor, round_id: uuid.UUID, reason: str = "") -> Evaluation:
    """Score the round as it stands and keep the run as a new version with input, hash, outcome and software version."""
    permit(actor, "rounds.score")
    with transaction(actor, "scored a round") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("analysing",))
        refuse_who_reported(session, actor, row)
        _refuse_broken_seal(session, row)
        given = scoring_input(session, actor, row)
        run = _run(session, actor, row, given, _outcome(given))
        run.reason = reason
        session.add(run)
        session.flush()
        return run


def check_evaluation(actor: Actor, round_id: uuid.UUID, password: str, *, seen: str) -> Evaluation:
    """A second person signs that the newest score run was checked; not the one who started it, nobody whose results stand in it.

    ``seen`` is the hash of the score run that the person looked at; Conflict when another is the newest by now.
    """
    permit(actor, "rounds.check")
    with transaction(actor, "checked a score run") as session:
        row = open_round(session, actor, round_id)
        require_party(session, actor, row)
        require_state(row, actor, ("analysing",))
        refuse_who_reported(session, actor, row)
        run = newest_run(session, actor, row)
        if run.started_by_id == actor.user_id:
            raise RuleViolation("rounds.own_run", N_("You started this score run; a second person must check it."))
        refuse_unseen(row, seen, matters.of_run(run), RUN_CHANGED)
        meaning = N_("has checked the score run")
        record_approval(session, actor, row, "score_check", run.outcome_hash, meaning, password, content_hash=seen)
        return run


def start_review(actor: Actor, round_id: uuid.UUID) -> Round:
    """Hand the checked score run to the reviewers of both parties."""
    permit(actor, "rounds.score")
    with transaction(actor, "opened the review of a round") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("analysing",))
        move(session, actor, row, "reviewing")
        return row


def newest_run(session: Session, actor: Actor, row: Round) -> Evaluation:
    """The newest score run, if it still matches data and rules; a stale one is refused."""
    if not visible.viewer_of(session, actor, row).sees_drafts:
        raise NotFound()
    run = records.newest_evaluation(session, row)
    if run is None:
        raise RuleViolation("rounds.no_run", N_("Round %(code)s has no score run yet."), code=row.code)
    if gates.is_stale(session, actor, row, run):
        raise RuleViolation(
            "rounds.stale", N_("Data or rules of round %(code)s changed after score run %(version)s. Evaluate again."), code=row.code,
            version=run.version
        )
    return run


def _outcome(given: ScoringInput) -> RoundScore:
    from lims.statistics.assessment.run import score  # scipy is loaded where a score is computed, not where a page is shown

    return score(given.plan, given.items, given.participants, given.reported)


def _run(session: Session, actor: Actor, row: Round, given: ScoringInput, outcome: RoundScore) -> Evaluation:
    content = to_json(outcome)
    newest = records.newest_evaluation(session, row)
    return Evaluation(
        laboratory_id=row.laboratory_id, round_id=row.id, version=(newest.version if newest else 0) + 1, n_scored=outcome.n_scored,
        protocol_version=row.protocol_version, options={one.name: one.value for one in outcome.options},
        input_text=given.text, input_hash=given.hash, outcome=content, outcome_hash=digest(content), software_version=_software_version(),
        started_by_id=person(actor), started_by_name=actor.name, created_at=clock.now(),
    )  # fmt: skip


def _software_version() -> str:
    """The version of the program, as packaged or as the checkout names it."""
    try:
        return version("lims")
    except PackageNotFoundError:
        project = tomllib.loads(shared_path("pyproject.toml").read_text("utf-8"))
        return str(project["project"]["version"])


def _refuse_broken_seal(session: Session, row: Round) -> None:
    if row.truth_hash != truth_hash(records.items_of(session, row)):
        raise RuleViolation(
            "rounds.seal_broken",
            N_("The truth of round %(code)s is not what was sealed. Nothing is scored with it; report this at once."), code=row.code,
        )  # fmt: skip
