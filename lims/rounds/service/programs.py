"""Results sent by a program: the same checks as the page, and one answer for one key however often it is sent."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.canonical import digest
from lims.db.session import Actor, reading, transaction
from lims.errors import Conflict, Forbidden
from lims.marks import N_
from lims.rounds.models import RememberedAnswer, Round, Submission
from lims.rounds.queries import exchange as forms
from lims.rounds.queries import records
from lims.rounds.service.common import refuse_who_knows
from lims.rounds.service.entries import Entry, entered_value, without_blanks
from lims.rounds.service.lock import close_if_due
from lims.rounds.service.submission import save_draft, submission_problems


def put_draft(actor: Actor, round_id: uuid.UUID, entry: Entry, key: str) -> dict[str, Any]:
    """Save what the program sent as a version, or give the answer again that this key got; the same content makes no version.

    Raises Conflict when the key was used for something else.
    """
    permit(actor, "rounds.submit")
    close_if_due(round_id)
    if actor.laboratory_id is None:
        raise Forbidden("rounds.no_laboratory", N_("Results belong to a laboratory; use a token of one of its persons."))
    entry = without_blanks(entry)
    asked = digest({"round": str(round_id), "entry": _plain(entry), "base_version": entry.base_version})
    with transaction(actor, "saved results of a round") as session:
        kept = forms.remembered(session, actor, key)
        if kept is not None:
            if kept.request_hash != asked:
                raise Conflict(
                    "rounds.key_used", N_("The key %(key)s was used for another request. Take a new key for new content."), key=key,
                )  # fmt: skip
            return kept.answer
        row, own = forms.own_part(session, actor, round_id)
        newest = records.newest_version(session, row, own)
        if newest is None or _plain(entry) != _plain(entry_of(session, newest)):
            newest = save_draft(actor, round_id, entry)
        answer = described(session, actor, row, newest)
        session.add(
            RememberedAnswer(
                laboratory_id=actor.laboratory_id, key=key, request_hash=asked, answer=answer, answered_at=clock.now(),
            )
        )  # fmt: skip
        return answer


def own_draft(actor: Actor, round_id: uuid.UUID) -> dict[str, Any]:
    """The newest version of the own laboratory as plain values; version 0 before the first."""
    permit(actor, "rounds.submit")
    with reading() as session:
        row, own = forms.own_part(session, actor, round_id)
        refuse_who_knows(session, actor, row)
        return described(session, actor, row, records.newest_version(session, row, own))


def entry_of(session: Session, saved: Submission) -> Entry:
    """A version as it was entered."""
    values = tuple(entered_value(one.code, one) for one in records.values_of(session, saved))
    return without_blanks(Entry(values, {name: str(text) for name, text in saved.head.items()}, is_independent=saved.is_independent))


def described(session: Session, actor: Actor, row: Round, saved: Submission | None) -> dict[str, Any]:
    """A version for a program, with what hinders its hand-over."""
    entry = entry_of(session, saved) if saved else Entry(())
    problems = [
        {"field": one.field, "item_code": one.item_code, "message": one.say(actor.language)} for one in submission_problems(actor, row.id)
    ]
    return {
        "round": row.code, "version": saved.version if saved else 0, "status": saved.status if saved else "none",
        "protocol_version": saved.protocol_version if saved else row.protocol_version,
        "saved_at": saved.saved_at.isoformat() if saved else None, "analyst": saved.analyst_name if saved else "",
        "content_hash": saved.content_hash if saved else "", "problems": problems, **_plain(entry),
    }  # fmt: skip


def _plain(entry: Entry) -> dict[str, Any]:
    """Head, statement and values as plain values, the items by code."""
    values = [
        {
            "item_code": one.code.strip().upper(), "result_code": one.result_code, "relation": one.relation, "value": one.value,
            "unit": one.unit, "expanded_u": one.expanded_u, "k": one.k, "replicates": list(one.replicates), "ct": dict(one.ct),
            "internal_control": one.internal_control, "could_not_test": one.could_not_test, "remark": one.remark,
        }
        for one in sorted(entry.values, key=lambda one: one.code.strip().upper())
    ]  # fmt: skip
    head = {name: text.strip() for name, text in sorted(entry.head.items()) if text.strip()}
    return {"head": head, "is_independent": entry.is_independent, "values": values}
