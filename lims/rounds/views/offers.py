"""What the reader can do with a round now: each act as a button, with the reason where it is blocked."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import url_for

from lims.db.session import Actor
from lims.rounds.lifecycle.gates import Gate
from lims.rounds.lifecycle.moves import Move
from lims.rounds.lifecycle.states import RoundState
from lims.rounds.lifecycle.words import describe_gate
from lims.rounds.queries import Bench, RoundView
from lims.web.language import _, current_language

#: gates that are met by the act itself: its dialog asks for them
IN_THE_ACT = frozenset(
    {"codes_drawn", "second_person", "witness_of_other_party", "reason_given", "code_typed", "qa_manager_of_other_party", "capa_opened"}
)
CANCELLABLE = ("planned", "designed", "enrolling", "preparing", "dispatched", "testing", "locked", "analysing", "reviewing")
WITHDRAWABLE = ("enrolling", "preparing", "dispatched", "testing", "locked")
BEFORE_DISPATCH = ("designed", "enrolling", "preparing")
Ahead = list[tuple[Move, list[Gate]]]


@dataclass(frozen=True)
class Offer:
    """One act. It opens the dialog of its code, leads to ``url``, or posts to it."""

    code: str
    label: str
    kind: str = "plain"
    icon: str = ""
    url: str = ""
    is_post: bool = False
    blocked: str = ""


def offers(actor: Actor, seen: RoundView, ahead: Ahead, bench: Bench | None, *, has_approved: bool, is_agreed: bool) -> list[Offer]:
    """The acts of this reader, the most important one last. ``has_approved``: the own organisation signed the protocol already."""
    found = _coordination(seen, ahead, is_agreed) if seen.viewer.is_coordinator else []
    return [*found, *_party(seen, ahead, has_approved, is_agreed), *_own_part(actor, bench)]


def unmet(seen: RoundView, ahead: Ahead, target: RoundState) -> str:
    """The sentences of the gates that stand before a move and that its dialog does not meet; empty when the way is free."""
    gates = next((gates for move, gates in ahead if move.target == target), [])
    zone = ZoneInfo(seen.round.zone)
    missing = [gate for gate in gates if gate.outcome == "unmet" and gate.code not in IN_THE_ACT]
    return " ".join(describe_gate(gate, current_language(), zone) for gate in missing)


def _coordination(seen: RoundView, ahead: Ahead, is_agreed: bool) -> list[Offer]:
    row = seen.round
    code, state = row.code, row.state
    found = []
    if state in CANCELLABLE:
        found.append(Offer("cancel", _("Cancel the round"), "quiet"))
    if state == "planned" or state == "designed" and not is_agreed:
        found.append(Offer("revise", _("Revise the plan"), icon="pen", url=url_for("rounds.revise", code=code)))
    else:
        found.append(Offer("items", _("Panel items"), icon="tube", url=url_for("rounds.items", code=code)))
    if row.codes_drawn_at is not None:
        found.append(Offer("packing", _("Packing"), icon="box", url=url_for("rounds.packing", code=code)))
    if state in BEFORE_DISPATCH and row.sealed_at is None:
        found.append(Offer("seal", _("Seal the truth"), icon="lock"))
    if state == "designed":
        where, blocked = url_for("rounds.open_enrolment", code=code), _before_enrolment(seen, ahead, is_agreed)
        found.append(Offer("open", _("Open the enrolment"), "primary", url=where, is_post=True, blocked=blocked))
    if state == "enrolling":
        found.append(Offer("prepare", _("Draw the codes"), "primary", blocked=unmet(seen, ahead, "preparing")))
    if state == "preparing":
        found.append(Offer("dispatch", _("Dispatch the round"), "primary", "truck", blocked=unmet(seen, ahead, "dispatched")))
    return found


def _party(seen: RoundView, ahead: Ahead, has_approved: bool, is_agreed: bool) -> list[Offer]:
    """The acts of a party's QA manager."""
    if not seen.viewer.is_party_qa:
        return []
    state = seen.round.state
    if state == "planned" or state == "designed" and not is_agreed:
        blocked = _("Your organisation has approved; the other party is still to sign.") if has_approved else ""
        return [Offer("approve", _("Approve the protocol"), "primary", "pen", blocked=blocked)]
    found = []
    if state == "preparing":
        found.append(Offer("amend", _("Amend the protocol"), "quiet", blocked=_results_exist(seen, ahead)))
    if state in ("dispatched", "testing"):
        found.append(Offer("withdraw_items", _("Withdraw the items"), "quiet"))
    if state in ("preparing", "dispatched", "testing", "locked"):
        found.append(Offer("extend", _("Extend the deadline"), icon="calendar"))
    return found


def _results_exist(seen: RoundView, ahead: Ahead) -> str:
    """Why the protocol stays as it is: results were signed under it, of a withdrawn panel too."""
    gates = next((gates for move, gates in ahead if move.target == "designed"), [])
    found = [gate for gate in gates if gate.code == "no_results_yet" and gate.outcome == "unmet"]
    return describe_gate(found[0], current_language(), ZoneInfo(seen.round.zone)) if found else ""


def _before_enrolment(seen: RoundView, ahead: Ahead, is_agreed: bool) -> str:
    """Why the enrolment cannot be opened: an amendment that waits, or gates that are not met."""
    if not is_agreed:
        return _("The amended protocol is not approved by every party yet.")
    return unmet(seen, ahead, "enrolling")


def _own_part(actor: Actor, bench: Bench | None) -> list[Offer]:
    """The acts of a laboratory that takes part or is invited."""
    if bench is None:
        return []
    own, state = bench.participant.state, bench.round.state
    found = []
    if "authoriser" in actor.roles and state == "enrolling" and own == "invited":
        found += [Offer("decline", _("Decline")), Offer("enrol", _("Enrol the laboratory"), "primary")]
    if "authoriser" in actor.roles and state in WITHDRAWABLE and own not in ("invited", "declined", "withdrawn"):
        found.append(Offer("withdraw", _("Withdraw"), "quiet"))
    is_expected = state in ("dispatched", "testing") and own in ("sent", "replacement")
    is_too_late = state == "locked" and own == "no_response" and bench.participant.received_at is None
    if actor.roles & {"technician", "authoriser"} and (is_expected or is_too_late):
        found.append(Offer("receive", _("Confirm the receipt"), "primary", "box"))
    return found
