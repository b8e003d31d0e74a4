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
from lims.rounds.models import Round, RoundMove
from lims.rounds.queries import RoundView
from lims.rounds.views.base import state_words
from lims.rounds.views.offers import IN_THE_ACT, Ahead
from lims.web.language import _, current_language, current_zone

STEPS = tuple(state for state in ROUND_STATES if state != "cancelled")
APPROVED = {
    "protocol": N_("protocol signed"), "deadline": N_("later deadline approved"), "dispatch": N_("second person at the dispatch"),
    "unblind": N_("witness of the unblinding"), "score_check": N_("score run checked"), "return": N_("return to the analysis approved"),
    "close": N_("closing approved"), "cancel": N_("cancellation approved"),
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
    """Moves and approvals, newest first, with persons and with the gates that were waived."""
    row = seen.round
    entries = [_moved(move) for move in seen.moves]
    entries += [
        {
            "instant": one.approved_at, "text": Markup('<span class="strong">{}</span>').format(_(APPROVED[one.step])),
            "facts": [("user", one.user_name, False), ("lock", _("signed"), False), *([("pen", one.reason, False)] if one.reason else [])],
        }
        for one in seen.approvals
    ]  # fmt: skip
    if seen.viewer.is_coordinator or seen.viewer.is_auditor:
        known = ((row.sealed_at, N_("truth sealed")), (row.codes_drawn_at, N_("codes drawn")))
        entries += [{"instant": at, "text": Markup('<span class="strong">{}</span>').format(_(words))} for at, words in known if at]
    return sorted(entries, key=lambda entry: entry["instant"])[::-1]


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
    text = Markup('<span class="strong">{}</span>').format(state_words(move.target))
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
