"""From the approval to the enrolment: the protocol is signed, laboratories are invited, and each answers for itself."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request, url_for

from lims.accounts import queries as accounts
from lims.accounts.access import requires
from lims.db.session import reading
from lims.errors import NotFound
from lims.rounds import service
from lims.rounds.models import Round
from lims.rounds.queries import records
from lims.rounds.views.acting import carry_out
from lims.rounds.views.base import attempt, blueprint, find_round, organised, reader, typed
from lims.rounds.views.showing import round_page
from lims.web.language import _


def in_dialog(row: Round, step: str, act: Any, done: str) -> Any:
    """Carry out an act of a dialog; a refusal opens the dialog again with what was typed."""
    return carry_out(step, act, done, url_for("rounds.show", code=row.code), lambda refusal: round_page(row, refusal))


@blueprint.post("/<code>/approve")
@requires("rounds.approve")
def approve(code: str) -> Any:
    """Sign the protocol for the own organisation."""
    row = find_round(code)
    done = _("You have approved the protocol of round %(code)s.", code=row.code)
    seen, password = request.form.get("seen", ""), request.form.get("password", "")
    return in_dialog(row, "approve", lambda: service.approve_protocol(reader(), row.id, password, seen=seen), done)


@blueprint.post("/<code>/invite")
@requires("rounds.plan")
def invite(code: str) -> Any:
    """Invite laboratories of the parties."""
    row = organised(find_round(code))
    chosen = _chosen(row)
    return attempt(row, lambda: service.invite(reader(), row.id, chosen), _("%(n)s laboratories are invited.", n=len(chosen)))


@blueprint.post("/<code>/open")
@requires("rounds.plan")
def open_enrolment(code: str) -> Any:
    """Let the invited laboratories enrol."""
    row = organised(find_round(code))
    done = _("The enrolment of round %(code)s is open.", code=row.code)
    return attempt(row, lambda: service.open_enrolment(reader(), row.id), done)


@blueprint.post("/<code>/enrol")
@requires("rounds.enrol")
def enrol(code: str) -> Any:
    """Enrol the own laboratory and answer the question about disclosure."""
    row = find_round(code)
    has_consented = request.form.get("consent") == "yes"
    done = _("Your laboratory is enrolled in round %(code)s.", code=row.code)
    return in_dialog(row, "enrol", lambda: service.enrol(reader(), row.id, has_consented=has_consented), done)


@blueprint.post("/<code>/decline")
@requires("rounds.enrol")
def decline(code: str) -> Any:
    """Decline the invitation."""
    row = find_round(code)
    done = _("The invitation to round %(code)s is declined.", code=row.code)
    return in_dialog(row, "decline", lambda: service.decline(reader(), row.id, typed("reason")), done)


@blueprint.post("/<code>/withdraw")
@requires("rounds.enrol")
def withdraw(code: str) -> Any:
    """Leave the round."""
    row = find_round(code)
    done = _("Your laboratory has withdrawn from round %(code)s.", code=row.code)
    return in_dialog(row, "withdraw", lambda: service.withdraw(reader(), row.id, typed("reason")), done)


def _chosen(row: Round) -> list[uuid.UUID]:
    """The ticked laboratories; one that belongs to no party is not there."""
    with reading() as session:
        own = {party.id for party in records.parties_of(session, row)}
        offered = {str(place.id): place.id for place in accounts.all_laboratories(session) if place.organisation_id in own}
    try:
        return [offered[one] for one in request.form.getlist("laboratory")]
    except KeyError:
        raise NotFound() from None
