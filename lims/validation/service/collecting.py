"""Data of a study: rows from grid, paste, sheet, uploads and rounds; exclusions, repeats, blinded readings, and the lock."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.canonical import digest, plain
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Invalid, NotFound, RuleViolation
from lims.marks import N_
from lims.validation.analysis.design import Observation
from lims.validation.analysis.values import reported
from lims.validation.lifecycle.states import COLLECTING
from lims.validation.models import (
    RETESTS,
    SOURCES,
    ValidationExclusion,
    ValidationReading,
    ValidationRetest,
    ValidationRow,
    ValidationStudy,
)
from lims.validation.queries import records
from lims.validation.service.common import led_study, move, open_study, person
from lims.validation.tables import is_discordant

#: why a row may be left out (coded; the words are the person's own)
EXCLUSION_REASONS = {
    "specimen": N_("specimen unsuitable"), "volume": N_("volume insufficient"), "label": N_("identity in doubt"),
    "control": N_("control of the run failed"), "protocol": N_("departure from the plan"), "consent": N_("consent withdrawn"),
}  # fmt: skip
MOST_AT_ONCE = 5000
READINGS = ("positive", "negative", "indeterminate", "invalid")


def open_collection(actor: Actor, study_id: uuid.UUID, reason: str = "") -> ValidationStudy:
    """Open the data collection of an approved plan, or again where the decision asks for more data."""
    permit(actor, "validation.plan")
    with transaction(actor, "opened the data collection of a validation study") as session:
        row = led_study(session, actor, study_id, ("plan_approved", "decision"))
        move(session, actor, row, "data_collection", reason=reason.strip())
        row.decision = ""
        session.flush()
        return row


def add_rows(
    actor: Actor, study_id: uuid.UUID, rows: Sequence[Observation], source: str = "manual", source_note: str = "", source_hash: str = "",
) -> list[ValidationRow]:  # fmt: skip
    """Add rows as they came; they are numbered on, hashed, and can never be changed."""
    permit(actor, "validation.collect")
    if source not in SOURCES or not rows or len(rows) > MOST_AT_ONCE:
        raise Invalid("validation.no_rows", N_("Rows: read %(n)s, expected 1 to %(most)s."), field="rows", n=len(rows), most=MOST_AT_ONCE)
    with transaction(actor, "added data to a validation study") as session:
        row = open_study(session, actor, study_id, COLLECTING)
        if records.content(session, row).is_blinded and source in ("manual", "paste", "sheet"):
            raise RuleViolation("validation.blinded", N_("The items of this study are read blinded. Enter results on the reading page."))
        return _add(session, actor, row, rows, source, source_note, source_hash)


def _add(
    session: Session, actor: Actor, row: ValidationStudy, rows: Sequence[Observation], source: str, note: str, source_hash: str
) -> list[ValidationRow]:
    first, added = records.last_number(session, row) + 1, []
    for number, one in enumerate(rows, first):
        content = plain(asdict(replace(one, number=number))) or {}
        raw = digest({"study": row.id, "row": content, "source": source, "note": note, "file": source_hash})
        added.append(
            ValidationRow(
                laboratory_id=actor.laboratory_id, study_id=row.id, cycle=row.cycle, number=number, content=content, raw_hash=raw,
                source=source, source_note=note, source_hash=source_hash, entered_at=clock.now(), user_id=person(actor),
                user_name=actor.name,
            )
        )  # fmt: skip
    session.add_all(added)
    session.flush()
    return added


def exclude_row(actor: Actor, study_id: uuid.UUID, number: int, reason_code: str, reason: str) -> ValidationExclusion:
    """Leave a row out of the analysis, with a coded reason and words; rows that were locked before stay in."""
    permit(actor, "validation.collect")
    if reason_code not in EXCLUSION_REASONS or not reason.strip():
        sentence = N_("Reason of the exclusion: it is empty. Choose a reason and write what happened.")
        raise Invalid("validation.exclusion_reason", sentence, field="reason")
    with transaction(actor, "left out a row of a validation study") as session:
        row = open_study(session, actor, study_id, COLLECTING)
        _unlocked_row(session, row, number)
        if number in {one.row_number for one in records.exclusions_of(session, row)}:
            raise Conflict("validation.excluded_already", N_("Row %(number)s is left out already."), number=number)
        one = ValidationExclusion(
            laboratory_id=actor.laboratory_id, study_id=row.id, row_number=number, reason_code=reason_code, reason=reason.strip(),
            excluded_at=clock.now(), user_id=person(actor), user_name=actor.name,
        )  # fmt: skip
        session.add(one)
        session.flush()
        return one


def retest_row(actor: Actor, study_id: uuid.UUID, number: int, kind: str, result: str, method_name: str = "") -> ValidationRetest:
    """Keep a repeat of a discordant result, or the third method's; the third comes after both repeats. What was before stays."""
    permit(actor, "validation.collect")
    if kind not in RETESTS or not reported(result).call:
        sentence = N_('Result of the repeat: read "%(read)s", expected positive, negative, indeterminate or invalid.')
        raise Invalid("validation.retest_result", sentence, field="result", read=result)
    with transaction(actor, "repeated a discordant result of a validation study") as session:
        row = open_study(session, actor, study_id, COLLECTING)
        if not is_discordant(records.observation_of(_unlocked_row(session, row, number))):
            raise RuleViolation(
                "validation.not_discordant", N_("Row %(number)s is not discordant: nothing is to be resolved."), number=number
            )
        known = {one.kind for one in records.retests_of(session, row) if one.row_number == number}
        if kind in known:
            raise Conflict("validation.retested_already", N_("This repeat of row %(number)s is kept already."), number=number)
        if kind == "third_method" and not known >= {"test_again", "reference_again"}:
            sentence = N_("Row %(number)s: repeat both methods first, then the third method decides.")
            raise RuleViolation("validation.repeat_first", sentence, number=number)
        one = ValidationRetest(
            laboratory_id=actor.laboratory_id, study_id=row.id, row_number=number, kind=kind, result=reported(result).call,
            method_name=method_name.strip(), retested_at=clock.now(), user_id=person(actor), user_name=actor.name,
        )  # fmt: skip
        session.add(one)
        session.flush()
        return one


def read_item(actor: Actor, study_id: uuid.UUID, item: str, reader: int, result: str) -> ValidationReading:
    """Keep what one of two readers saw. Nobody reads an item twice, and nobody is both readers; the second reading makes the row."""
    permit(actor, "validation.collect")
    item, call = item.strip(), reported(result).call
    if not item or reader not in (1, 2) or call not in READINGS:
        sentence = N_('Reading: read "%(read)s", expected an item code and positive, negative, indeterminate or invalid.')
        raise Invalid("validation.reading", sentence, field="result", read=f"{item} {result}".strip())
    with transaction(actor, "read an item of a validation study") as session:
        row = open_study(session, actor, study_id, COLLECTING)
        known = [one for one in records.readings_of(session, row) if one.item == item]
        if reader in {one.reader for one in known} or actor.user_id in {one.user_id for one in known}:
            raise Conflict("validation.read_already", N_("Item %(item)s: you or this reader have read it already."), item=item)
        others = {one.user_id for one in records.readings_of(session, row) if one.reader != reader}
        if actor.user_id in others:
            raise RuleViolation("validation.one_reader", N_("You read as the other reader of this study. Another person must read here."))
        one = ValidationReading(
            laboratory_id=actor.laboratory_id, study_id=row.id, cycle=row.cycle, item=item, reader=reader, result=call,
            read_at=clock.now(), user_id=person(actor), user_name=actor.name,
        )  # fmt: skip
        session.add(one)
        session.flush()
        if known:
            by_reader = {other.reader: other.result for other in (*known, one)}
            made = Observation(0, item, reported(by_reader[1]), second=reported(by_reader[2]))
            _add(session, actor, row, [made], "reading", "", "")
        return one


def lock_data(actor: Actor, study_id: uuid.UUID) -> ValidationStudy:
    """Lock the data: from now on neither criteria nor rows can change; their hash is kept."""
    permit(actor, "validation.plan")
    with transaction(actor, "locked the data of a validation study") as session:
        row = led_study(session, actor, study_id, COLLECTING)
        move(session, actor, row, "data_locked")
        row.locked_at, row.locked_rows = clock.now(), records.last_number(session, row)
        row.locked_hash = records.data_hash(session, row)
        session.flush()
        return row


def _unlocked_row(session: Session, row: ValidationStudy, number: int) -> ValidationRow:
    found = next((one for one in records.rows_of(session, row) if one.number == number), None)
    if found is None:
        raise NotFound()
    if number <= row.locked_rows:
        raise RuleViolation("validation.row_locked", N_("Row %(number)s was locked and analysed. It stays as it is."), number=number)
    return found
