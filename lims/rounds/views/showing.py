"""One round: how far it is, what the reader may know of it, and what can be done now."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request
from sqlalchemy.orm import Session

from lims.accounts import queries as accounts
from lims.accounts.access import current_actor, requires
from lims.accounts.models import Laboratory, Organisation
from lims.catalogue import queries as catalogue
from lims.db.session import reading
from lims.errors import NotFound
from lims.rounds import queries
from lims.rounds.models import Dispatch, Participant, Round
from lims.rounds.queries import Bench, Line, RoundView, matters, records
from lims.rounds.queries.joint import STEPS
from lims.rounds.report.terms import KINDS
from lims.rounds.views import agreed, joining, progress
from lims.rounds.views.acting import Refusal
from lims.rounds.views.base import (
    PARTICIPANT_RINGS,
    ROUND_RINGS,
    blueprint,
    find_round,
    participant_words,
    reader,
    show_deadline,
    state_words,
    time_left,
)
from lims.rounds.views.offers import Ahead, offers
from lims.web.language import _, current_language
from lims.web.panels import panels_of

ANSWERED = ("submitted", "late", "could_not_test")
ABSENT = ("invited", "declined", "withdrawn")


@dataclass(frozen=True)
class Scene:
    """Everything about one round that this reader may know, gathered in one reading."""

    seen: RoundView
    ahead: Ahead
    bench: Bench | None
    parties: list[Organisation]
    approved: frozenset[str]
    sent: dict[uuid.UUID, tuple[Participant, list[Dispatch]]]
    invitable: list[Laboratory]
    template: str
    protocol_hash: str
    boxes_hash: str
    panel: list[dict[str, Any]]
    joint: dict[str, dict[str, Any]]


@blueprint.get("/<code>")
@requires("rounds.view")
def show(code: str) -> Any:
    """The page of one round."""
    return round_page(find_round(code))


def round_page(row: Round, refusal: Refusal | None = None) -> str:
    """The page, with the dialog of a refused act open again and what was typed kept in it."""
    with reading() as session:
        scene = _scene(session, row)
    seen = scene.seen
    row, viewer = seen.round, seen.viewer
    own = next((party.code for party in scene.parties if party.id == current_actor().organisation_id), None)
    is_agreed = {party.code for party in scene.parties} <= scene.approved
    acts = offers(current_actor(), seen, scene.ahead, scene.bench, has_approved=own in scene.approved, is_agreed=is_agreed)
    open_acts = {one.code for one in acts if not one.blocked}
    return render_template(
        "rounds/show.html", row=row, seen=seen, title=row.title(current_language()), state=state_words(row.state),
        ring=ROUND_RINGS[row.state],
        scheme=seen.scheme.title(current_language()), steps=progress.steps(seen), gates=progress.gates_ahead(seen, scene.ahead),
        record=progress.record(seen), facts=_facts(scene), lines=[_line(line, scene) for line in seen.lines],
        items=seen.items if viewer.is_coordinator else [], bench=scene.bench, own_state=_own_state(scene.bench),
        turned_back=progress.turned_back(scene.bench),
        parties=_parties(scene), template=scene.template, offers=acts, open_acts=open_acts, deadline=show_deadline(row),
        local=row.deadline.astimezone(ZoneInfo(row.zone)), refusal=refusal, is_lost=refusal is not None and refusal.step not in open_acts,
        typed=request.form if refusal else {}, invitable=scene.invitable, panels=panels_of("round", current_actor(), row.id),
        protocol_hash=scene.protocol_hash, boxes_hash=scene.boxes_hash, joint=scene.joint,
        agreed={"rules": agreed.rules(row), "options": agreed.options(row), "panel": scene.panel},
    )  # fmt: skip


def _scene(session: Session, row: Round) -> Scene:
    actor = reader()
    seen = queries.show_round(session, actor, row.id)
    row, viewer = seen.round, seen.viewer
    try:
        bench = queries.own_bench(session, actor, row.id) if viewer.participant_id else None
    except NotFound:
        bench = None
    sent = queries.distribution(session, actor, row.id) if viewer.sees_map else []
    parties = records.parties_of(session, row)
    templates = catalogue.names(session, actor, "round_templates", [row.template_code])
    may_invite = viewer.is_coordinator and row.state in ("designed", "enrolling")
    return Scene(
        seen=seen, ahead=queries.moves_ahead(session, actor, row), bench=bench, parties=parties,
        approved=queries.standing(session, row) if viewer.sees_process else frozenset(),
        sent={one.id: (one, boxes) for one, _codes, boxes in sent}, invitable=_invitable(session, seen, parties) if may_invite else [],
        template=templates[row.template_code], protocol_hash=matters.of_protocol(session, row),
        boxes_hash=matters.of_boxes(session, row) if row.state == "preparing" else "",
        panel=agreed.panel(session, row) if viewer.sees_process and not viewer.is_coordinator else [],
        joint=joining.proposals(session, row, STEPS) if viewer.is_party_qa or viewer.is_coordinator else {},
    )  # fmt: skip


def _invitable(session: Session, seen: RoundView, parties: list[Organisation]) -> list[Laboratory]:
    """Laboratories of the parties that are not invited yet."""
    known = {line.laboratory.id for line in seen.lines if line.laboratory}
    own = {party.id for party in parties}
    return [place for place in accounts.all_laboratories(session) if place.organisation_id in own and place.id not in known]


def _facts(scene: Scene) -> list[tuple[str, Any, str]]:
    row, seen = scene.seen.round, scene.seen
    tongue = current_language()
    is_over = row.state not in ("planned", "designed", "enrolling", "preparing", "dispatched", "testing")
    facts = [
        (_("Deadline"), show_deadline(row), "" if is_over else time_left(row.deadline)),
        (_("Organiser"), seen.organiser.name(tongue), _("organiser takes part") if any(line.is_organiser for line in seen.lines) else ""),
        (_("Template"), row.template_code, _(KINDS[row.kind])),
        (_("Protocol"), _("version %(n)s", n=row.protocol_version), ""),
    ]
    if seen.state_counts:
        answered = sum(seen.state_counts.get(state, 0) for state in ANSWERED)
        count = sum(number for state, number in seen.state_counts.items() if state not in ABSENT)
        facts.append((_("Have submitted"), f"{answered} / {count}", ""))
    return facts


def _line(line: Line, scene: Scene) -> dict[str, Any]:
    part, boxes = scene.sent.get(line.id, (None, []))
    if part is None and line.is_own and scene.bench:
        part = scene.bench.participant
    return {
        "line": line, "name": line.laboratory.name(current_language()) if line.laboratory else "", "word": participant_words(line.state),
        "ring": PARTICIPANT_RINGS[line.state], "sent": scene.seen.round.dispatched_at if boxes or line.is_own else None,
        "temperature": part.arrival_temperature if part else "", "condition": part.arrival_condition if part else "",
        "is_packed": bool(boxes), "consent": _consent(line) if line.is_own or scene.seen.viewer.is_coordinator else "",
    }  # fmt: skip


def _consent(line: Line) -> str:
    return "" if line.has_consented is None else _("yes") if line.has_consented else _("no")


def _own_state(bench: Bench | None) -> tuple[str, str] | None:
    return (PARTICIPANT_RINGS[bench.participant.state], participant_words(bench.participant.state)) if bench else None


def _parties(scene: Scene) -> list[dict[str, Any]]:
    """What each party has signed, as far as the reader sees the process."""
    seen, tongue = scene.seen, current_language()
    found = []
    for party in scene.parties:
        lines = []
        if seen.viewer.sees_process:
            lines = [_approval(scene, party)]
            opinions = [one.user_name for one in seen.opinions if one.organisation_id == party.id]
            released = [one.user_name for one in seen.releases if one.organisation_id == party.id]
            lines += [_("opinion signed: %(person)s", person=person) for person in opinions]
            lines += [_("report released: %(person)s", person=person) for person in released]
        found.append({"side": party.side, "name": party.name(tongue), "lines": lines, "code": party.code})
    return found


def _approval(scene: Scene, party: Organisation) -> str:
    given = [one for one in scene.seen.approvals if one.step == "protocol" and one.organisation_id == party.id]
    if scene.seen.round.state in ("planned", "designed") and party.code not in scene.approved:
        return _("protocol not approved yet")
    return _("protocol approved: %(person)s", person=given[-1].user_name) if given else _("protocol not approved yet")
