"""What follows a verdict: a corrective action for each one that needs action, a self-check by decision, and their way to the end.

The laboratory writes every version; its authoriser hands over; a reviewer of another party, never of the own laboratory, confirms the
effect or gives the record back.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.models import Laboratory
from lims.accounts.service import permit
from lims.canonical import digest
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from lims.marks import N_
from lims.rounds.lifecycle.periods import periods
from lims.rounds.models import CapaCase, CapaRecord, CapaStep, Evaluation, Participant, Round
from lims.rounds.queries import critical, following, records
from lims.rounds.queries.following import Filed
from lims.rounds.scoring.consequences import EFFECTIVENESS, FIELDS, LONGEST, fields_of, missing
from lims.rounds.service.common import organised_round, person, require_state
from lims.signatures.service import sign
from lims.words import translate


def open_cases(session: Session, actor: Actor, row: Round, run: Evaluation) -> list[CapaCase]:
    """A corrective action for each verdict of the run that needs action and has none yet."""
    known = {one.participant_id for one in following.cases_of(session, row) if one.kind == "capa" and one.state != "void"}
    parts = {one.code: one for one in records.participants_of(session, row)}
    verdicts = critical.standing_verdicts(session, row, run)
    bad = [parts[code] for code, verdict in verdicts.items() if verdict == "action" and parts[code].id not in known]
    return [_open(session, actor, row, run, one, "capa", "action") for one in bad]


def drop_cleared(session: Session, row: Round, run: Evaluation) -> None:
    """After a corrected report: an open case whose verdict is no longer the same is dropped and stays on record."""
    verdicts = critical.standing_verdicts(session, row, run)
    codes = {one.id: one.code for one in records.participants_of(session, row)}
    for one in following.cases_of(session, row):
        if one.state in following.OPEN_STATES and verdicts.get(codes[one.participant_id] or "") != one.verdict:
            one.state, one.closed_at = "void", clock.now()
    session.flush()


def open_self_check(actor: Actor, round_id: uuid.UUID, participant_code: str, reason: str) -> CapaCase:
    """Ask a laboratory with a questionable verdict for a self-check, by the coordinator's decision."""
    permit(actor, "capa.open")
    with transaction(actor, "asked a laboratory for a self-check") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("published", "follow_up"))
        run = records.newest_evaluation(session, row)
        part = next((one for one in records.participants_of(session, row) if one.code == participant_code.strip().upper()), None)
        if run is None or part is None:
            raise NotFound()
        verdict = next((one["verdict"] for one in run.outcome["overall"] if one["participant_code"] == part.code), "")
        if verdict != "warning":
            sentence = N_("A self-check is asked for after a questionable verdict; %(code)s has another one.")
            raise RuleViolation("capa.not_questionable", sentence, code=part.code)
        if part.id in {one.participant_id for one in following.cases_of(session, row) if one.state != "void"}:
            raise Conflict("capa.open_already", N_("A case of %(code)s in this round exists already."), code=part.code)
        return _open(session, actor, row, run, part, "self_check", "warning", reason)


def _open(
    session: Session, actor: Actor, row: Round, run: Evaluation, part: Participant, kind: str, verdict: str, reason: str = ""
) -> CapaCase:
    now, number = clock.now(), len(following.cases_of(session, row)) + 1
    items = [one["item_number"] for one in run.outcome["scores"] if one["participant_code"] == part.code and one["verdict"] == verdict]
    opened = CapaCase(
        laboratory_id=part.laboratory_id, round_id=row.id, participant_id=part.id, evaluation_id=run.id, number=f"{row.code}-C{number}",
        kind=kind, verdict=verdict, item_numbers=sorted(items), state="open", reason=reason.strip(), opened_at=now,
        opened_by_name=actor.name, due_at=now + periods().capa_due, limit_at=now + periods().capa_limit,
    )  # fmt: skip
    session.add(opened)
    session.flush()
    return opened


def save_case(actor: Actor, case_id: uuid.UUID, content: Mapping[str, str], *, seen: int) -> CapaRecord:
    """Keep the next version of the record; ``seen`` is the version that the person began with."""
    permit(actor, "capa.fill")
    with transaction(actor, "wrote the record of a corrective action") as session:
        filed = _own_case(session, actor, case_id)
        if filed.row.state != "open":
            raise RuleViolation("capa.not_open", N_("Case %(number)s is not open for writing."), number=filed.row.number)
        texts = {name: str(content.get(name, "")).strip() for name in fields_of(filed.row.kind)}
        _refuse_texts(texts)
        newest = next(iter(following.records_of(session, case_id)), None)
        version = newest.version if newest else 0
        if seen != version:
            sentence = N_("Somebody saved version %(now)s of the record while you wrote. Look at both, then save again.")
            raise Conflict("capa.other_version", sentence, now=version)
        kept = CapaRecord(
            laboratory_id=filed.row.laboratory_id, case_id=case_id, version=version + 1, content=texts,
            content_hash=digest({"case": filed.row.number, "content": texts}), user_id=person(actor), user_name=actor.name,
            saved_at=clock.now(),
        )  # fmt: skip
        session.add(kept)
        session.flush()
        return kept


def hand_over_case(actor: Actor, case_id: uuid.UUID, password: str) -> CapaStep:
    """Sign the newest version as the laboratory's authoriser and hand it to the reviewer of the other party."""
    permit(actor, "capa.hand_over")
    with transaction(actor, "handed over a corrective action") as session:
        filed = _own_case(session, actor, case_id)
        if filed.row.state != "open":
            raise RuleViolation("capa.not_open", N_("Case %(number)s is not open for writing."), number=filed.row.number)
        newest = next(iter(following.records_of(session, case_id)), None)
        lacking = missing(filed.row.kind, newest.content if newest else {})
        if newest is None or lacking:
            fields = translate(N_(", "), actor.language).join(translate(FIELDS[name], actor.language) for name in lacking)
            raise Invalid("capa.incomplete", N_("The record is not complete. Missing: %(fields)s."), field=lacking[0], fields=fields)
        filed.row.state = "filled"
        return _sign(session, actor, filed.row, newest, "handed_over", "", N_("hands over a corrective action"), password)


def judge_case(actor: Actor, case_id: uuid.UUID, step: str, text: str, password: str, *, seen: str) -> CapaStep:
    """Confirm the effect, or give the record back with a reason, as a reviewer of another party."""
    permit(actor, "capa.confirm")
    with transaction(actor, "judged a corrective action") as session:
        filed = following.case(session, actor, case_id)
        _refuse_own(session, actor, filed)
        newest = next(iter(following.records_of(session, case_id)), None)
        if filed.row.state != "filled" or newest is None:
            raise RuleViolation("capa.not_filled", N_("The laboratory has not handed case %(number)s over."), number=filed.row.number)
        if newest.content_hash != seen:
            raise Conflict("capa.changed", N_("The record of case %(number)s changed since you opened the page."), number=filed.row.number)
        if step not in ("confirmed", "returned") or (step == "returned" and not text.strip()):
            raise Invalid("capa.judgement", N_("Judgement: choose one; what is given back needs a reason."), field="text")
        filed.row.state = "confirmed" if step == "confirmed" else "open"
        filed.row.closed_at = clock.now() if step == "confirmed" else None
        meaning = N_("confirms the effect of a corrective action") if step == "confirmed" else N_("gives a corrective action back")
        return _sign(session, actor, filed.row, newest, step, text, meaning, password)


def _own_case(session: Session, actor: Actor, case_id: uuid.UUID) -> Filed:
    """The case of the own laboratory."""
    filed = following.case(session, actor, case_id)
    if filed.row.laboratory_id != actor.laboratory_id:
        raise NotFound()
    return filed


def _refuse_own(session: Session, actor: Actor, filed: Filed) -> None:
    """The own laboratory never, and the own party only where the agreement has no other."""
    place: Laboratory = records.laboratories(session, [filed.row.laboratory_id])[filed.row.laboratory_id]
    is_own_party = place.organisation_id == actor.organisation_id and len(records.parties_of(session, filed.round)) > 1
    if place.id == actor.laboratory_id or is_own_party or actor.user_id in records.people_who_reported(session, filed.round):
        raise Forbidden("capa.own_side", N_("A reviewer of another party confirms the effect; nobody does it for the own side."))


def _refuse_texts(texts: Mapping[str, str]) -> None:
    too_long = next((name for name, text in texts.items() if len(text) > LONGEST), None)
    if too_long:
        sentence = N_("The text is longer than %(limit)s characters. Shorten it.")
        raise Invalid("capa.too_long", sentence, field=too_long, limit=LONGEST)
    if texts.get("effectiveness_kind") and texts["effectiveness_kind"] not in EFFECTIVENESS:
        raise Invalid("capa.effectiveness", N_("Way of the effectiveness check: choose one of the list."), field="effectiveness_kind")


def _sign(
    session: Session, actor: Actor, row: CapaCase, record: CapaRecord, step: str, text: str, meaning: str, password: str
) -> CapaStep:
    content = digest({"case": row.number, "record": record.content_hash, "step": step, "text": text.strip()})
    signature = sign(session, actor, "capa_case", row.id, meaning, content, password)
    values: dict[str, Any] = {"user_id": person(actor), "user_name": actor.name, "organisation_id": actor.organisation_id}
    kept = CapaStep(
        laboratory_id=actor.laboratory_id, case_id=row.id, record_id=record.id, step=step, text=text.strip(),
        signed_at=signature.signed_at, content_hash=content, signature_id=signature.id, **values,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return kept
