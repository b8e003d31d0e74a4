"""Lock, unblind, evaluate, check, open the review; and the page of one score run, under codes only."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from lims.accounts.access import current_actor, requires
from lims.catalogue import queries as catalogue
from lims.db.session import reading
from lims.errors import NotFound
from lims.jobs import queries as jobs
from lims.jobs.models import Job
from lims.jobs.views import sentence_of
from lims.rounds import queries, service
from lims.rounds.lifecycle.words import describe_gate
from lims.rounds.models import Evaluation
from lims.rounds.queries import RoundView, following, gates, matters, records, review
from lims.rounds.queries.report import score_of
from lims.rounds.report import terms
from lims.rounds.service.evaluation import EVALUATE
from lims.rounds.views import agreement, scores
from lims.rounds.views.acting import Refusal, carry_out, unit_text
from lims.rounds.views.base import (
    ROUND_RINGS,
    blueprint,
    find_round,
    participant_words,
    reader,
    show_deadline,
    state_words,
    time_left,
    typed,
)
from lims.web.language import _

STEPS = ("testing", "locked", "analysing", "reviewing", "published")
DESK_STATES = ("testing", "locked", "analysing", "reviewing", "published", "follow_up", "closed")


@blueprint.get("/<code>/evaluation")
@requires("rounds.view")
def desk(code: str) -> Any:
    """Lock, unblinding and evaluation for those who run or judge the round; others come to the published score run."""
    seen = seen_round(code)
    if not is_desk(seen):
        if not seen.evaluations:
            raise NotFound()
        return redirect(url_for("rounds.evaluation", code=code, version=seen.evaluations[0].version))
    return _desk_page(code)


@blueprint.post("/<code>/lock")
@requires("rounds.score")
def lock(code: str) -> Any:
    """Lock before the deadline, when everybody has submitted."""
    row = find_round(code)
    return _carry_out(code, "lock", lambda: service.lock_round(reader(), row.id), _("Round %(code)s is locked.", code=row.code))


@blueprint.post("/<code>/unblind")
@requires("rounds.score")
def unblind(code: str) -> Any:
    """Open the round in the presence of a witness, who signs with the own name and password."""
    row = find_round(code)
    login, password = typed("login"), request.form.get("password", "")
    done = _("Round %(code)s is unblinded.", code=row.code)
    return _carry_out(code, "unblind", lambda: service.unblind(reader(), row.id, login, password), done)


@blueprint.post("/<code>/evaluate")
@requires("rounds.score")
def evaluate(code: str) -> Any:
    """Ask the worker for a score run."""
    row, reason = find_round(code), typed("reason")
    return _carry_out(code, "evaluate", lambda: service.request_evaluation(reader(), row.id, reason), _("The score run is queued."))


@blueprint.post("/<code>/check")
@requires("rounds.check")
def check(code: str) -> Any:
    """Sign that the score run of the page was checked."""
    row, seen, password = find_round(code), request.form.get("seen", ""), request.form.get("password", "")
    done = _("The score run is checked.")
    return _carry_out(code, "check", lambda: service.check_evaluation(reader(), row.id, password, seen=seen), done)


@blueprint.post("/<code>/start-review")
@requires("rounds.score")
def start_review(code: str) -> Any:
    """Hand the checked score run to the reviewers."""
    row = find_round(code)
    done = _("Round %(code)s is under joint review.", code=row.code)
    return _carry_out(code, "start_review", lambda: service.start_review(reader(), row.id), done)


@blueprint.get("/<code>/evaluation/<int:version>")
@requires("rounds.view")
def evaluation(code: str, version: int) -> str:
    """One score run: what was used, what is not concluded, plot, verdicts, items, agreement, groups, opinions."""
    seen = seen_round(code)
    run = next((one for one in seen.evaluations if one.version == version), None)
    if run is None:
        raise NotFound()
    score = score_of(run)
    shown = scores.shown_statistic(score, request.args.get("score", ""))
    columns, rows = scores.heat(score, shown)
    with reading() as session:
        measurand = _measurand(session, seen)
        opinions = opinion_lines(session, seen, run)
        appealed, changed = appealed_codes(session, seen), review.overrides_of(session, run)
        is_stale = seen.viewer.sees_drafts and run is seen.evaluations[0] and gates.is_stale(session, reader(), seen.round, run)
    return render_template(
        "rounds/evaluation.html", **head_of(seen), run=run, score=score, shown=shown, note=scores.note(score), measurand=measurand,
        unit=unit_text(seen.round.unit), switch=scores.switch(seen.round, run, score, shown), plot=scores.plot(score, shown),
        plot_sentence=scores.plot_sentence(score, shown) if shown else "", word=scores.statistic_word(shown) if shown else "",
        limits=scores.LIMITS.get(shown or ""), columns=columns, rows=rows, conclusions=scores.conclusions(score), agreement=agreement,
        scores=scores, opinions=opinions, is_stale=is_stale, is_newest=run is seen.evaluations[0], options=options_of(run),
        states=[(participant_words(one.state), one.count) for one in score.state_counts if one.count and one.state != "submitted"],
        changed=changed, appealed=appealed, route=_routes(score), chosen=scores.statistic_word(scores.chosen_statistic(score) or "–"),
        is_informative=shown is not None and shown != scores.chosen_statistic(score),
    )  # fmt: skip


def seen_round(code: str) -> RoundView:
    """The round as the reader may see it."""
    with reading() as session:
        return queries.show_round(session, reader(), queries.round_by_code(session, reader(), code).id)


def is_desk(seen: RoundView) -> bool:
    """Whether the reader runs or judges the round in its present state."""
    viewer = seen.viewer
    return seen.round.state in DESK_STATES and (viewer.is_coordinator or viewer.is_auditor or viewer.sees_drafts)


def head_of(seen: RoundView) -> dict[str, Any]:
    """What every page of judging shows at its head."""
    row = seen.round
    return {"row": row, "seen": seen, "state": state_words(row.state), "ring": ROUND_RINGS[row.state], "viewer": seen.viewer}


def opinion_lines(session: Session, seen: RoundView, run: Evaluation) -> list[dict[str, Any]]:
    """The signed opinions on a score run: side, function and text; the name for those who judge."""
    found = records.opinions_of(session, run)
    places = records.laboratories(session, [one.laboratory_id for one in found])
    functions = {"reviewer": _("Expert reviewer"), "qa_manager": _("QA manager")}
    return [
        {
            "side": places[one.laboratory_id].side, "function": functions[one.function],
            "name": one.user_name if seen.viewer.sees_drafts else "", "text": one.text, "signed_at": one.signed_at,
        }
        for one in found
    ]  # fmt: skip


def appealed_codes(session: Session, seen: RoundView) -> list[str]:
    """The codes whose appeal is not decided: their verdicts are shown with it."""
    open_appeals = following.open_appeals(session, seen.round)
    return sorted(one.code or "" for one in records.participants_of(session, seen.round) if one.id in open_appeals)


def options_of(run: Evaluation) -> list[tuple[str, str]]:
    """The recorded choices of the protocol, as they were stored."""
    return sorted((name, str(value)) for name, value in run.options.items())


def gate_lines(session: Session, seen: RoundView) -> list[tuple[str, list[dict[str, Any]]]]:
    """The forward moves from here with their gates as sentences."""
    actor, zone = reader(), ZoneInfo(seen.round.zone)
    ahead = queries.moves_ahead(session, actor, seen.round)
    return [
        (
            state_words(move.target),
            [{"ok": gate.outcome != "unmet", "text": describe_gate(gate, actor.language, zone)} for gate in found],
        )
        for move, found in ahead if move.direction == "forward"
    ]  # fmt: skip


def _carry_out(code: str, step: str, act: Any, done: str) -> Any:
    return carry_out(step, act, done, url_for("rounds.desk", code=code), lambda refusal: _desk_page(code, refusal))


def _desk_page(code: str, refusal: Refusal | None = None) -> str:
    seen = seen_round(code)
    if not is_desk(seen):
        raise NotFound()
    with reading() as session:
        ahead = gate_lines(session, seen)
        job = jobs.latest_for(session, EVALUATE, seen.round.id) if seen.viewer.is_coordinator else None
        runs = _runs(session, seen)
    roles = current_actor().roles
    return render_template(
        "rounds/desk.html", **head_of(seen), refusal=refusal, ahead=ahead, job=_job(job, seen), runs=runs, steps=_steps(seen),
        deadline=show_deadline(seen.round), left=time_left(seen.round.deadline), counts=_counts(seen),
        may_run=seen.viewer.is_coordinator, may_check=bool(roles & {"coordinator", "reviewer", "qa_manager"}), check=_check(runs),
    )  # fmt: skip


def _runs(session: Session, seen: RoundView) -> list[dict[str, Any]]:
    """The score runs with who checked them, newest first."""
    checks = {one.basis: one for one in seen.approvals if one.step == "score_check"}
    stale = bool(seen.evaluations) and seen.viewer.sees_drafts and gates.is_stale(session, reader(), seen.round, seen.evaluations[0])
    return [
        {"run": run, "check": checks.get(run.outcome_hash), "stale": stale and place == 0, "newest": place == 0}
        for place, run in enumerate(seen.evaluations)
    ]  # fmt: skip


def _check(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The run that may be checked now, and why the reader may not."""
    if not runs:
        return {"run": None, "blocked": _("There is no score run yet.")}
    newest = runs[0]
    own = newest["run"].started_by_id == current_actor().user_id
    blocked = _("You started this score run; a second person must check it.") if own else ""
    is_open = newest["check"] is None and not newest["stale"]
    return {"run": newest["run"], "is_open": is_open, "blocked": blocked, "seen": matters.of_run(newest["run"])}


def _job(job: Job | None, seen: RoundView) -> dict[str, Any] | None:
    """The score run on its way or failed; nothing once it is done."""
    if job is None or job.state == "done" or seen.round.state != "analysing":
        return None
    own = job.user_id == current_actor().user_id
    return {"job": job, "sentence": sentence_of(job), "url": url_for("jobs.state", job_id=job.id) if own else ""}


def _steps(seen: RoundView) -> list[tuple[str, str, str]]:
    """The states from testing to published, with the day on which each was reached."""
    now = {"follow_up": "published", "closed": "published"}.get(seen.round.state, seen.round.state)
    place, reached = STEPS.index(now), {move.target: move.moved_at for move in seen.moves}
    is_past = seen.round.published_at is not None and now == "published"
    zone = ZoneInfo(seen.round.zone)
    return [
        (
            state_words(name), f"{reached[name].astimezone(zone):%m-%d}" if name in reached and at <= place else "",
            "done" if at < place or (is_past and at == place) else "now" if at == place else "later",
        )
        for at, name in enumerate(STEPS)
    ]  # fmt: skip


def _counts(seen: RoundView) -> list[tuple[str, str]]:
    return [(participant_words(state), str(count)) for state, count in sorted(seen.state_counts.items())]


def _measurand(session: Session, seen: RoundView) -> str:
    code = seen.round.measurand_code
    found = catalogue.measurands(session, reader(), [code]).get(code)
    return found.name(reader().language) if found else code


def _routes(score: Any) -> str:
    """The ways of the assigned values, each once."""
    return ", ".join(dict.fromkeys(_(terms.ASSIGNED_VALUE_ROUTES[one.assigned_value_route]) for one in score.items))
