"""Rounds for programs: what may be seen, the own results as a draft, scores and report after publication. Signing stays with persons."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

from flask import jsonify, request, send_file, url_for
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import RAISE

from lims import blobs
from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.errors import Invalid, NotFound
from lims.rounds import queries
from lims.rounds.api.schemas import (
    DraftSchema,
    KeyHeaders,
    OneRoundSchema,
    RoundFilterSchema,
    RoundPageSchema,
    ScoresSchema,
    SubmissionSchema,
)
from lims.rounds.models import Participant, Round
from lims.rounds.queries.exchange import codes_by_number, own_parts
from lims.rounds.service import Entry, ValueEntry, programs
from lims.rounds.service.entries import HEAD
from lims.web.errors import request_number
from lims.web.language import current_language
from lims.words import say

blueprint = Blueprint("rounds_api", __name__, url_prefix="/rounds", description="Rounds of the token's laboratory")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def seen_first(view: Callable[..., Any]) -> Callable[..., Any]:
    """Look for the round before the body is read: a foreign round is not found, whatever was sent."""

    @wraps(view)
    def looked(self: MethodView, *args: Any, code: str, **kwargs: Any) -> Any:
        with reading() as session:
            queries.round_by_code(session, current_actor(), code)
        return view(self, *args, code=code, **kwargs)

    return looked


@blueprint.route("")
class Rounds(MethodView):
    """All rounds that the token's person may see."""

    @requires("rounds.view")
    @blueprint.arguments(RoundFilterSchema, location="query", unknown=RAISE)
    @blueprint.response(200, RoundPageSchema)
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One page of rounds, newest first."""
        with reading() as session:
            page = queries.list_rounds(
                session, current_actor(), states=tuple(asked["state"]), text=asked["q"], after=asked["after"], limit=asked["limit"]
            )
            own = own_parts(session, current_actor(), page.rows)
        kept = {name: value for name, value in asked.items() if value and name != "after"}
        following = url_for("rounds_api.Rounds", after=page.later, _external=True, **kept) if page.later else None
        return {"rounds": [_plain(row, own.get(row.id)) for row in page.rows], "next": following}


@blueprint.route("/<code>")
class OneRound(MethodView):
    """One round by its code."""

    @requires("rounds.view")
    @blueprint.response(200, OneRoundSchema)
    def get(self, code: str) -> dict[str, Any]:
        """The round, and the own item codes where the laboratory takes part."""
        actor = current_actor()
        with reading() as session:
            row = queries.round_by_code(session, actor, code)
            own = own_parts(session, actor, [row]).get(row.id)
            bench = queries.own_bench(session, actor, row.id) if queries.viewer_of(session, actor, row).participant_id else None
        codes = [one.code for one in bench.codes] if bench else []
        is_open = bench is not None and bench.check.acceptance != "refused"
        return {**_plain(row, own), "item_codes": codes, "takes_results": is_open}


@blueprint.route("/<code>/submission")
class OwnSubmission(MethodView):
    """The own laboratory's results of a round."""

    @requires("rounds.submit")
    @blueprint.response(200, SubmissionSchema)
    def get(self, code: str) -> dict[str, Any]:
        """The newest version."""
        return programs.own_draft(current_actor(), _round(code).id)

    @requires("rounds.submit")
    @seen_first
    @blueprint.arguments(DraftSchema)
    @blueprint.arguments(KeyHeaders, location="headers")
    @blueprint.response(200, SubmissionSchema)
    def put(self, typed: dict[str, Any], headers: dict[str, Any], code: str) -> dict[str, Any]:
        """Save the draft as a new version; a person hands it over and another one signs."""
        values = tuple(map(_entry, typed["values"]))
        entry = Entry(values, typed["head"], is_independent=typed["is_independent"], base_version=typed["base_version"])
        return programs.put_draft(current_actor(), _round(code).id, entry, headers["idempotency_key"])


@blueprint.route("/<code>/scores")
class OwnScores(MethodView):
    """The own scores, once the round is published."""

    @requires("rounds.view")
    @blueprint.response(200, ScoresSchema)
    def get(self, code: str) -> dict[str, Any]:
        """The scores under the newest issued report; not found before."""
        actor = current_actor()
        with reading() as session:
            row = queries.round_by_code(session, actor, code)
            viewer = queries.viewer_of(session, actor, row)
            if not viewer.is_published or viewer.participant_id is None:
                raise NotFound()
            run, score = queries.score_shown(session, actor, row)
            bench = queries.own_bench(session, actor, row.id)
            codes = codes_by_number(session, row, bench.codes)
        own = next((one for one in score.overall if one.participant_code == bench.participant.code), None)
        if own is None:
            raise NotFound()
        items = [one for one in score.scores if one.participant_code == own.participant_code]
        return {
            "round": row.code, "participant_code": own.participant_code, "evaluation": run.version, "verdict": own.verdict,
            "percent_score": own.percent_score.value, "items": [_score(one, codes) for one in items],
        }  # fmt: skip


@blueprint.route("/<code>/report")
class IssuedReport(MethodView):
    """The newest issued report."""

    @requires("rounds.report")
    @blueprint.response(200, content_type=WORKBOOK)
    def get(self, code: str) -> Any:
        """The workbook as it was released; not found before publication."""
        with reading() as session:
            row = queries.round_by_code(session, current_actor(), code)
            issue = queries.report_shown(session, current_actor(), row.id)
        content = blobs.store().get(issue.blob_sha256)
        return send_file(BytesIO(content), WORKBOOK, as_attachment=True, download_name=f"{row.code}_report_v{issue.version}.xlsx")


@blueprint.errorhandler(Invalid)
def refused(error: Invalid) -> Any:
    """A refusal with the path of the field in the body, in the caller's language."""
    sentence = say(error, current_language())
    problems = [{"field": _path(error), "message": sentence}] if error.field else []
    return jsonify({"error": {"code": error.code, "message": sentence, "request": request_number(), "problems": problems}}), error.status


def _path(error: Invalid) -> str:
    """Where the refused field stands in the body: ``values.2.expanded_u``, or ``head.field``."""
    sent = request.get_json(silent=True) or {}
    code, field = str(error.values.get("code", "")), error.field or ""
    places = [place for place, one in enumerate(sent.get("values", [])) if str(one.get("item_code", "")).strip().upper() == code]
    if not code or not places:
        return f"head.{field}" if field in HEAD or field == "head" else field
    name = "item_code" if field == "code" else field.replace("ct-", "ct.", 1) if field.startswith("ct-") else field
    return f"values.{places[-1]}.{name}"


def _round(code: str) -> Round:
    with reading() as session:
        return queries.round_by_code(session, current_actor(), code)


def _entry(sent: dict[str, Any]) -> ValueEntry:
    rest = {name: value for name, value in sent.items() if name not in ("item_code", "replicates")}
    return ValueEntry(sent["item_code"], replicates=tuple(sent["replicates"]), **rest)


def _plain(row: Round, own: Participant | None) -> dict[str, Any]:
    return {
        "code": row.code, "title": row.title(current_language()), "kind": row.kind, "state": row.state, "measurand": row.measurand_code,
        "unit": row.unit, "deadline": row.deadline, "zone": row.zone, "protocol_version": row.protocol_version,
        "participant_code": own.code if own else None, "participant_state": own.state if own else None,
        "url": url_for("rounds_api.OneRound", code=row.code, _external=True),
    }  # fmt: skip


def _score(one: Any, codes: dict[int, str]) -> dict[str, Any]:
    statistic = one.chosen if one.chosen and one.chosen != "category" else None
    return {
        "item_code": codes.get(one.item_number, ""), "result_code": one.result_code, "relation": one.relation, "value": one.value_text,
        "statistic": one.chosen, "score": getattr(one, statistic).value if statistic else None, "points": one.points,
        "verdict": one.verdict, "reasons": [reason.code for reason in one.reasons],
    }  # fmt: skip
