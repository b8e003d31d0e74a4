"""Opinions, release by all parties, going back, follow-up, closing; the issued reports and the participant's own result."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, send_file, url_for
from sqlalchemy.orm import Session

from lims import blobs
from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.errors import NotFound
from lims.rounds import queries, service
from lims.rounds.lifecycle.words import describe_gate
from lims.rounds.models import Evaluation
from lims.rounds.queries import RoundView, critical, following, gates, joint, matters, records
from lims.rounds.queries import review as review_rows
from lims.rounds.queries.certificate import report_again
from lims.rounds.queries.report import score_of
from lims.rounds.views import joining, scores
from lims.rounds.views.acting import Refusal, carry_out, sentences, unit_text
from lims.rounds.views.base import blueprint, find_round, reader, typed
from lims.rounds.views.certifying import WORKBOOK, language_asked
from lims.rounds.views.judging import gate_lines, head_of, opinion_lines, seen_round
from lims.seals import sealer
from lims.web.language import _, current_language


@blueprint.get("/<code>/review")
@requires("rounds.view")
def review(code: str) -> str:
    """Opinions and releases on the newest score run, for those who judge."""
    return _review_page(code)


@blueprint.post("/<code>/review/opinion")
@requires("rounds.review")
def write_opinion(code: str) -> Any:
    """Sign an opinion; a refused one keeps its text."""
    text, seen, password = request.form.get("text", ""), request.form.get("seen", ""), request.form.get("password", "")
    done = _("Your opinion is signed.")
    return _carry_out(code, "opinion", lambda row_id: service.write_opinion(reader(), row_id, text, password, seen=seen), done)


@blueprint.post("/<code>/review/critical-error")
@requires("rounds.review")
def decide_critical_error(code: str) -> Any:
    """Sign the decision about a participant's critical error; a refused one keeps its text."""
    whose, decision, reason = typed("participant"), typed("decision"), typed("decision_reason")
    password, seen = request.form.get("password", ""), typed("seen")

    def act(row_id: Any) -> Any:
        return service.decide_critical_error(reader(), row_id, whose, decision, reason, password, seen=seen)

    return _carry_out(code, "critical", act, _("The decision about the critical error is signed."))


@blueprint.post("/<code>/review/release")
@requires("rounds.release")
def release(code: str) -> Any:
    """Sign the release for the own party; the last signature publishes."""
    seen, password = request.form.get("seen", ""), request.form.get("password", "")
    done = _("Your signature under the release is kept.")
    return _carry_out(code, "release", lambda row_id: service.release(reader(), row_id, password, blobs.store(), seen=seen), done)


@blueprint.post("/<code>/review/return")
@requires("rounds.release")
def return_to_analysis(code: str) -> Any:
    """Sign that the round goes back to the analysis."""
    reason, password, seen = typed("reason"), request.form.get("password", ""), typed("seen")
    done = _("Your signature under the return to the analysis is kept.")
    return _carry_out(code, "return", lambda row_id: service.return_to_analysis(reader(), row_id, reason, password, seen=seen), done)


@blueprint.post("/<code>/review/follow-up")
@requires("rounds.score")
def follow_up(code: str) -> Any:
    """Open the follow-up of a published round."""
    return _carry_out(code, "follow_up", lambda row_id: service.start_follow_up(reader(), row_id), _("The follow-up is open."))


@blueprint.post("/<code>/review/close")
@requires("rounds.release")
def close(code: str) -> Any:
    """Sign that the round is closed."""
    password = request.form.get("password", "")
    done = _("Your signature under the closing is kept.")
    return _carry_out(code, "close", lambda row_id: service.close_round(reader(), row_id, password, seen=typed("seen")), done)


@blueprint.get("/<code>/report")
@requires("rounds.report")
def report(code: str) -> str:
    """The issued reports of the round, newest first; NotFound before the first."""
    seen = seen_round(code)
    if not seen.reports:
        raise NotFound()
    names = {one.version: file_name(seen.round.code, one.version) for one in seen.reports}
    return render_template("rounds/report.html", **head_of(seen), names=names)


@blueprint.get("/<code>/report/<int:version>/workbook")
@requires("rounds.report")
def workbook(code: str, version: int) -> Any:
    """The bytes of one issue as they were released, or its numbers written anew in one language; the file is named by round and version."""
    language = language_asked()
    with reading() as session:
        row = queries.round_by_code(session, reader(), code)
        issue = queries.report_shown(session, reader(), row.id, version)
        again = None if language == "bilingual" else report_again(session, reader(), row.id, version, language)
    if again is not None:
        from lims.rounds.report import build

        name = file_name(row.code, version).replace(".xlsx", f"_{language}.xlsx")
        return send_file(BytesIO(build(again, sealer())), WORKBOOK, as_attachment=True, download_name=name)
    content = blobs.store().get(issue.blob_sha256)
    return send_file(BytesIO(content), WORKBOOK, as_attachment=True, download_name=file_name(row.code, version))


@blueprint.get("/<code>/mine")
@requires("rounds.view")
def mine(code: str) -> str:
    """The own laboratory's result by the newest issued report, also while that is corrected."""
    seen = seen_round(code)
    run = next((one for one in seen.evaluations if seen.reports and one.id == seen.reports[0].evaluation_id), None)
    if seen.viewer.participant_id is None or run is None:
        raise NotFound()
    with reading() as session:
        bench = queries.own_bench(session, reader(), seen.round.id)
        numbers = {item.id: item.number for item in seen.items}
        appealed = bool(following.open_appeals(session, seen.round).get(bench.participant.id))
        changed = [one for one in review_rows.overrides_of(session, run) if one.participant_code == bench.participant.code]
    score = score_of(run)
    own = next((one for one in score.overall if one.participant_code == bench.participant.code), None)
    if own is None:
        raise NotFound()
    codes = {numbers[one.item_id]: one.code for one in bench.codes}
    return render_template(
        "rounds/mine.html", **head_of(seen), run=run, own=own, bench=bench, note=scores.note(score), appealed=appealed,
        changed=changed,
        lines=scores.own_rows(score, own.participant_code, codes, unit_text(seen.round.unit)),
        why=sentences(scores.said(reason) for reason in own.reasons),
    )  # fmt: skip


def file_name(code: str, version: int) -> str:
    """The name of a workbook; nobody's identity stands in it."""
    return f"{code}_report_v{version}.xlsx"


def _carry_out(code: str, step: str, act: Callable[[Any], Any], done: str) -> Any:
    row = find_round(code)
    return carry_out(step, lambda: act(row.id), done, url_for("rounds.show" if step == "close" else "rounds.review", code=code),
                     lambda refusal: _review_page(code, refusal))  # fmt: skip


def _review_page(code: str, refusal: Refusal | None = None) -> str:
    seen = seen_round(code)
    if not seen.viewer.sees_drafts or not seen.evaluations:
        raise NotFound()
    run = seen.evaluations[0]
    with reading() as session:
        opinions = opinion_lines(session, seen, run)
        ahead = gate_lines(session, seen)
        parties = _parties(session, seen, run)
        returning, closing = (sorted(joint.signed_by(session, seen.round, step)) for step in ("return", "close"))
        found = critical.cases(session, seen.round, run)
        proposed = joining.proposals(session, seen.round, ("return", "close"))
        close_blocked = _close_blocked(session, seen, closing)
        is_stale = gates.is_stale(session, reader(), seen.round, run)
        matter = {"run": matters.of_run(run), "release": matters.of_release(session, seen.round, run)}
    return render_template(
        "rounds/review.html", **head_of(seen), run=run, refusal=refusal, opinions=opinions, ahead=ahead, parties=parties, is_stale=is_stale,
        text=request.form.get("text", "") if refusal and refusal.step == "opinion" else "", returning=returning, closing=closing,
        may=_may(seen, parties, opinions, close_blocked), overall=_overall(run), actions=_actions(run), matter=matter,
        joint=proposed, critical=found, decisions={name: _(words) for name, words in critical.DECISIONS.items()},
        typed=request.form if refusal and refusal.step == "critical" else {},
        typed_reason=typed("reason") if refusal and refusal.step == "return" else "",
    )  # fmt: skip


def _parties(session: Session, seen: RoundView, run: Evaluation) -> list[dict[str, Any]]:
    """Each party with its opinion and its release."""
    opinions = {one.organisation_id for one in records.opinions_of(session, run)}
    releases = {one.organisation_id: one for one in records.releases_of(session, run)}
    return [
        {
            "name": party.name_zh if reader().language == "zh_CN" else party.name_en, "has_opinion": party.id in opinions,
            "release": releases.get(party.id), "is_own": party.id == current_actor().organisation_id,
        }
        for party in records.parties_of(session, seen.round)
    ]  # fmt: skip


def _close_blocked(session: Session, seen: RoundView, closing: list[str]) -> str:
    """Why the reader cannot sign the closing now: the conditions that are not met, or the own signature that stands."""
    own = next((one.code for one in records.parties_of(session, seen.round) if one.id == current_actor().organisation_id), None)
    if own in closing:
        return _("Your organisation has signed the closing already; the other parties are still to sign.")
    gates_of = {move.target: found for move, found in queries.moves_ahead(session, reader(), seen.round)}
    missing = [gate for gate in gates_of.get("closed", []) if gate.outcome == "unmet" and gate.code != "approved_by_all"]
    return sentences(describe_gate(gate, current_language(), ZoneInfo(seen.round.zone)) for gate in missing)


def _may(seen: RoundView, parties: list[dict[str, Any]], opinions: list[dict[str, Any]], close_blocked: str) -> dict[str, Any]:
    """What the reader can do here, and why not."""
    roles, state = current_actor().roles, seen.round.state
    own = next((party for party in parties if party["is_own"]), None)
    is_judge = bool(roles & {"reviewer", "qa_manager"}) and own is not None
    lacking = [party["name"] for party in parties if not party["has_opinion"]]
    blocked = ""
    if lacking:
        blocked = _("The opinion of %(parties)s is missing.", parties=", ".join(lacking))
    elif own and own["release"]:
        blocked = _("Your organisation has released this score run already; the other parties are still to sign.")
    viewer = seen.viewer
    return {
        "opine": state == "reviewing" and is_judge and not viewer.is_coordinator, "release": state == "reviewing" and viewer.is_party_qa,
        "release_blocked": blocked, "return": state in ("reviewing", "published", "follow_up") and viewer.is_party_qa,
        "close": state in ("published", "follow_up") and viewer.is_party_qa, "close_blocked": close_blocked,
        "follow_up": state == "published" and viewer.is_coordinator,
        "has_signed": any(one["name"] == current_actor().name for one in opinions),
    }  # fmt: skip


def _overall(run: Evaluation) -> list[dict[str, str]]:
    return [{"code": one.participant_code, "side": one.side, "verdict": one.verdict} for one in score_of(run).overall]


def _actions(run: Evaluation) -> int:
    return sum(one.verdict == "action" for one in score_of(run).overall)
