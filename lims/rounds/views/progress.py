"""How far a round is: its twelve steps, the gates of the next move, and its record."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from lims.marks import N_
from lims.rounds.lifecycle.gates import Gate
from lims.rounds.lifecycle.moves import Move
from lims.rounds.lifecycle.states import ROUND_STATES
from lims.rounds.lifecycle.words import describe_gate
from lims.rounds.models import EndedBatch, Round, RoundApproval, RoundMove
from lims.rounds.queries import Bench, RoundView
from lims.rounds.views.base import state_words
from lims.rounds.views.offers import IN_THE_ACT, Ahead
from lims.web.language import _, current_language, current_zone

STEPS = tuple(state for state in ROUND_STATES if state != "cancelled")
TOLD_IN = {
    "designed": ("designed", "enrolling", "preparing"), "preparing": ("preparing", "dispatched", "testing"), "testing": ("testing",),
    "analysing": ("analysing", "reviewing"),
}  # fmt: skip
APPROVED = {
    "protocol": N_("protocol signed"), "deadline": N_("later deadline approved"), "dispatch": N_("second person at the dispatch"),
    "unblind": N_("witness of the unblinding"), "score_check": N_("score run checked"), "return": N_("return to the analysis approved"),
    "critical_error": N_("critical error decided"), "close": N_("closing approved"), "cancel": N_("cancellation approved"),
    "amend": N_("amendment of the protocol approved"), "withdraw_items": N_("withdrawal of the items approved"),
}  # fmt: skip


def steps(seen: RoundView) -> list[tuple[str, str, str]]:
    """Word, day and status of each of the twelve states; days of the past as recorded, the deadline as the day of the lock."""
    row = seen.round
    days = _days(row, seen.moves)
    last = seen.moves[-1].source if row.state == "cancelled" and seen.moves else row.state
    place = STEPS.index(last) if last in STEPS else 0
    found = []
    for number, state in enumerate(STEPS):
        is_over = number < place or row.state in ("closed", "cancelled") and number == place
        status = "done" if is_over else "now" if number == place else "later"
        day = days.get(state) if status != "later" else row.deadline if state == "locked" else None
        found.append((state_words(state), _short_day(day), status))
    return found


def gates_ahead(seen: RoundView, ahead: Ahead) -> dict[str, Any] | None:
    """The next forward move with its gates; None where the reader sees none or nothing follows."""
    forward = [(move, gates) for move, gates in ahead if move.direction == "forward"]
    if not forward:
        return None
    move, gates = min(forward, key=lambda pair: sum(gate.outcome == "unmet" for gate in pair[1]))
    zone = ZoneInfo(seen.round.zone)
    rows = [_gate(gate, zone) for gate in gates]
    return {
        "title": _("Before \"%(state)s\"", state=state_words(move.target)), "rows": sorted(rows, key=lambda row: str(row["ok"])),
        "met": sum(row["ok"] is True for row in rows), "count": len(rows), "note": _who(move),
    }  # fmt: skip


def record(seen: RoundView) -> list[dict[str, Any]]:
    """Moves and approvals, newest first, with persons and with the gates that were waived; in the order in which they happened."""
    placed = [((move.place, 0, move.moved_at), _moved(move)) for move in seen.moves]
    placed += [((one.place, 0, one.approved_at), _approved(one)) for one in seen.approvals]
    if seen.viewer.is_coordinator or seen.viewer.is_auditor:
        batches: list[EndedBatch | Round] = [*seen.ended, seen.round]
        known = [(one.codes_drawn_at, one.codes_drawn_after, N_("codes drawn")) for one in batches]
        known += [(one.sealed_at, one.sealed_after, N_("truth sealed")) for one in batches]
        placed += [((after or 0, 1, at), {"instant": at, "text": _strong(_(words))}) for at, after, words in known if at]
    return [entry for _place, entry in sorted(placed, key=lambda pair: pair[0])][::-1]


def turned_back(bench: Bench | None) -> str:
    """What a participant is told of the last move back, as long as it matters; empty otherwise."""
    move = bench.turned_back if bench else None
    if move is None or bench is None or bench.round.state not in TOLD_IN.get(move.target, ()):
        return ""
    said = {
        "designed": _("The protocol is being amended. Your enrolment stays; read the new version when the enrolment opens again."),
        "preparing": _(
            "The items were withdrawn: do not test them. A new box with new codes follows; results reported so far do not count."
        ),
        "testing": _("The deadline was extended and results are taken again."),
        "analysing": _("The evaluation was opened again; a new score run follows."),
    }[move.target]
    reason = "" if move.target == "analysing" else _("Reason: %(reason)s", reason=move.reason)
    return f"{said} {reason}".strip()


def _strong(words: str) -> Markup:
    return Markup('<span class="strong">{}</span>').format(words)


def _approved(one: RoundApproval) -> dict[str, Any]:
    facts = [("user", one.user_name, False), ("lock", _("signed"), False), *([("pen", one.reason, False)] if one.reason else [])]
    return {"instant": one.approved_at, "text": _strong(_(APPROVED[one.step])), "facts": facts}


def _gate(gate: Gate, zone: ZoneInfo) -> dict[str, Any]:
    text = describe_gate(gate, current_language(), zone)
    if gate.outcome == "unmet" and gate.code in IN_THE_ACT:
        return {"ok": None, "text": text, "note": _("given with this step")}
    return {"ok": gate.outcome != "unmet", "text": text, "note": _("waived") if gate.outcome == "waived" else ""}


def _who(move: Move) -> str:
    """Who starts the move."""
    if move.is_joint:
        return _("The QA manager of each party signs; the last signature moves the round.")
    return _("The round moves by itself.") if move.who == "automatic" else _("The coordinator moves the round.")


def _moved(move: RoundMove) -> dict[str, Any]:
    text = _strong(state_words(move.target))
    if move.reason:
        text += Markup('<div class="soft">{}</div>').format(move.reason)
    facts: list[tuple[str, str, bool]] = [("user", move.user_name or _("by itself"), False)]
    if move.second_user_name:
        facts.append(("people", move.second_user_name, False))
    waived = sum(gate["outcome"] == "waived" for gate in move.gates)
    if waived:
        facts.append(("alert", _("%(n)s conditions waived", n=waived), True))
    is_back = move.source in STEPS and move.target in STEPS and STEPS.index(move.target) < STEPS.index(move.source)
    return {"instant": move.moved_at, "kind": "dev" if is_back or move.target == "cancelled" else None, "text": text, "facts": facts}


def _days(row: Round, moves: list[RoundMove]) -> dict[str, datetime | None]:
    """When the round last came into each state, as far as the reader may know."""
    known = {
        "planned": row.created_at, "dispatched": row.dispatched_at, "locked": row.locked_at, "analysing": row.unblinded_at,
        "published": row.published_at,
    }  # fmt: skip
    return {**known, **{move.target: move.moved_at for move in moves}}


def _short_day(instant: datetime | None) -> str:
    return f"{instant.astimezone(current_zone()):%m-%d}" if instant else ""
