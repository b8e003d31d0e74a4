"""What a participant reports: versions of a draft, hand-over to the authoriser, signature by a second person of the laboratory."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.session import Actor, reading, transaction
from lims.errors import Conflict, Invalid, RuleViolation
from lims.marks import N_
from lims.rounds.lifecycle.participants import SubmissionCheck, check_submission, may_become
from lims.rounds.models import Participant, ReportedValue, Round, Submission
from lims.rounds.queries import records, visible
from lims.rounds.service.common import open_round, person, refuse_who_knows
from lims.rounds.service.enrolment import become
from lims.rounds.service.entries import COPIED, Entry, Problem, checked_head, checked_values, content_hash, problems
from lims.rounds.service.lock import close_if_due
from lims.signatures.service import sign
from lims.words import translate


def save_draft(actor: Actor, round_id: uuid.UUID, entry: Entry) -> Submission:
    """Save a new version of the own laboratory's results; the person who saves is its analyst."""
    permit(actor, "rounds.submit")
    close_if_due(round_id)
    with transaction(actor, "saved results of a round") as session:
        row, own = _own_part(session, actor, round_id)
        accepted_now(row, own, actor, clock.now())
        newest = records.newest_version(session, row, own)
        _refuse_other_editor(newest, entry)
        saved = Submission(
            status="draft", head=checked_head(entry.head), is_independent=entry.is_independent, analyst_id=person(actor),
            analyst_name=actor.name,
        )  # fmt: skip
        rows = checked_values(entry, records.item_codes_of(session, own))
        _add_version(session, row, own, saved, rows)
        if own.state in ("received", "could_not_test"):
            become(actor, own, "draft")
        return saved


def hand_over(actor: Actor, round_id: uuid.UUID) -> Submission:
    """Hand the newest version to the authoriser; refused with every reason why it could not be signed."""
    permit(actor, "rounds.submit")
    close_if_due(round_id)
    with transaction(actor, "handed results of a round to the authoriser") as session:
        row, own = _own_part(session, actor, round_id)
        accepted_now(row, own, actor, clock.now())
        newest = records.newest_version(session, row, own)
        values = records.values_of(session, newest) if newest else []
        _refuse_problems(actor, problems(row, newest, values, records.item_codes_of(session, own)))
        if newest is None or newest.status != "draft":
            raise RuleViolation("rounds.nothing_new", N_("The newest version was handed over already. Save a change first."))
        return _copy(session, row, own, newest, values, status="handed_over")


def sign_submission(actor: Actor, round_id: uuid.UUID, password: str, *, version: int) -> Submission:
    """Sign the version that was read, as a person who did not enter it; the server's clock decides whether it is on time."""
    permit(actor, "rounds.sign")
    close_if_due(round_id)
    with transaction(actor, "signed the results of a round") as session:
        row, own = _own_part(session, actor, round_id)
        now = clock.now()
        check = accepted_now(row, own, actor, now)
        newest = records.newest_version(session, row, own)
        if newest is None or newest.status != "handed_over":
            raise RuleViolation("rounds.not_handed_over", N_("The technician has not handed the results over. Ask for it, then sign."))
        if version != newest.version:
            sentence = N_("You looked at version %(seen)s; version %(now)s is the newest. Look at it, then sign.")
            raise Conflict("rounds.other_version", sentence, seen=version, now=newest.version)
        if actor.user_id in {one.analyst_id for one in records.versions_of(session, own)}:
            raise RuleViolation("rounds.own_entry", N_("You entered results yourself, so another authoriser of the laboratory must sign."))
        values = records.values_of(session, newest)
        _refuse_problems(actor, problems(row, newest, values, records.item_codes_of(session, own)))
        meaning = N_("authorises the results and states that they were obtained independently")
        signature = sign(session, actor, "submission", newest.id, meaning, newest.content_hash, password)
        become(actor, own, "late" if check.acceptance == "late" else "submitted")
        return _copy(
            session, row, own, newest, values, status="signed", authoriser_id=person(actor), authoriser_name=actor.name,
            submitted_at=now, signature_id=signature.id,
        )  # fmt: skip


def declare_could_not_test(actor: Actor, round_id: uuid.UUID, reason: str) -> Participant:
    """State that the laboratory could not test the items at all, and why; not a failure and not silence."""
    permit(actor, "rounds.sign")
    close_if_due(round_id)
    with transaction(actor, reason) as session:
        row, own = _own_part(session, actor, round_id)
        accepted_now(row, own, actor, clock.now())
        if not reason.strip():
            raise Invalid("rounds.reason", N_("Reason: it is empty. Say why the items could not be tested."), field="reason")
        become(actor, own, "could_not_test")
        own.reason = reason.strip()
        return own


def submission_problems(actor: Actor, round_id: uuid.UUID) -> list[Problem]:
    """Why the own laboratory's newest version cannot be submitted yet; empty when it can."""
    permit(actor, "rounds.view")
    with reading() as session:
        row = visible.round_by_id(session, actor, round_id)
        own = records.participant_of(session, row, actor.laboratory_id)
        newest = records.newest_version(session, row, own)
        values = records.values_of(session, newest) if newest else []
        return problems(row, newest, values, records.item_codes_of(session, own))


def _own_part(session: Session, actor: Actor, round_id: uuid.UUID) -> tuple[Round, Participant]:
    row = open_round(session, actor, round_id)
    own = records.participant_of(session, row, actor.laboratory_id)
    refuse_who_knows(session, actor, row)
    return row, own


def accepted_now(row: Round, own: Participant, actor: Actor, now: datetime) -> SubmissionCheck:
    """Whether the round takes anything from this participant now; the sentence of the refusal says why not."""
    check = check_submission(row.state, row.late_policy, now, row.deadline)  # type: ignore[arg-type]
    if check.acceptance == "refused":
        local = row.deadline.astimezone(ZoneInfo(row.zone))
        raise RuleViolation(
            f"rounds.{check.code}", N_("%(why)s The deadline of round %(code)s was %(deadline)s."),
            why=translate(check.sentence, actor.language),
            code=row.code, deadline=f"{local:%Y-%m-%d %H:%M:%S} ({row.zone})",
        )  # fmt: skip
    if check.acceptance == "late" and not may_become(own.state, "late"):  # type: ignore[arg-type]
        raise RuleViolation("rounds.locked", N_("The round is locked and your results are in; they cannot be changed any more."))
    if own.received_at is None or own.state not in ("received", "draft", "submitted", "could_not_test", "no_response", "late"):
        raise RuleViolation("rounds.no_receipt", N_("Confirm the receipt of the items first; then results can be entered."))
    return check


def _refuse_other_editor(newest: Submission | None, entry: Entry) -> None:
    now = newest.version if newest else 0
    if entry.base_version is not None and entry.base_version != now:
        raise Conflict(
            "rounds.other_editor",
            N_("Somebody saved version %(now)s while you worked on version %(seen)s. Nothing was lost: look at both, then save again."),
            now=now, seen=entry.base_version,
        )  # fmt: skip


def _refuse_problems(actor: Actor, found: list[Problem]) -> None:
    if found:
        sentences = " ".join(one.say(actor.language) for one in found)
        raise Invalid(
            "rounds.incomplete", N_("The results cannot be submitted yet. %(problems)s"), field=found[0].field, problems=sentences,
        )  # fmt: skip


def _copy(session: Session, row: Round, own: Participant, newest: Submission, values: list[ReportedValue], **changed: Any) -> Submission:
    fields = ("status", "head", "is_independent", "analyst_id", "analyst_name")
    saved = Submission(**{name: getattr(newest, name) for name in fields} | changed)
    rows = [{name: getattr(value, name) for name in COPIED} for value in values]
    _add_version(session, row, own, saved, rows)
    return saved


def _add_version(
    session: Session, row: Round, own: Participant, saved: Submission, rows: list[dict[str, Any]],
) -> None:
    """Add one version with its values; rows of earlier versions stay as they are."""
    saved.laboratory_id, saved.round_id, saved.participant_id = own.laboratory_id, row.id, own.id
    earlier = records.versions_of(session, own)
    saved.version, saved.batch = (earlier[0].version if earlier else 0) + 1, row.batch
    saved.protocol_version, saved.saved_at = row.protocol_version, clock.now()
    values = [ReportedValue(laboratory_id=own.laboratory_id, **columns) for columns in rows]
    saved.content_hash = content_hash(row, own.code, saved, values)
    session.add(saved)
    session.flush()
    for value in values:
        value.submission_id = saved.id
    session.add_all(values)
    session.flush()
