"""An upload and its assay rule: which one, what it says, who took another result, and what becomes a result."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.permissions import is_allowed
from lims.accounts.service import permit
from lims.canonical import digest
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Invalid, RuleViolation
from lims.imports import queries, rule_queries
from lims.imports.interpretation import RECORDED, REPEAT, VALID, Interpretation, Read, interpret, rule_from
from lims.imports.interpretation.controls import control_of
from lims.imports.interpretation.findings import INVALID, NEGATIVE, NOT_JUDGED, SampleFinding
from lims.imports.interpretation.rule import Rule, key_of
from lims.imports.models import AssayRule, InterpretationOverride, ReadingDecision, Upload, UploadReading
from lims.marks import N_
from lims.results.service import NewResult
from lims.signatures.service import sign, witness

SUBJECT = "interpretation"
MEANING = N_("takes another result than the assay rule gives")
#: the code of a recorded result in the list of result values, and its status
CODES = {"positive": "POS", NEGATIVE: "NEG", "indeterminate": "IND", INVALID: "INV"}
STATUSES = {NEGATIVE: "not_detected", INVALID: "invalid"}
#: a key of readings that no sample is decided for begins so
OPEN = "?"


@dataclass(frozen=True)
class Outcome:
    """The result of one sample: what the rule computed, and what counts after an override."""

    finding: SampleFinding
    sample_id: uuid.UUID | None
    override: InterpretationOverride | None = None

    @property
    def result(self) -> str:
        return self.override.chosen if self.override else self.finding.result


@dataclass(frozen=True)
class Interpreted:
    """An upload as its rule sees it; ``is_current`` tells whether the version still holds."""

    rule: AssayRule
    found: Interpretation
    outcomes: tuple[Outcome, ...]
    is_current: bool


def reasoning_hash(finding: SampleFinding) -> str:
    """The hash over a computed result and every step that led to it."""
    return digest({"result": finding.result, "steps": finding.reasoning()})


def interpretation_of(session: Session, actor: Actor, upload: Upload) -> Interpreted | None:
    """What the upload's rule says of it as its readings are decided now; None without a rule."""
    if upload.rule_id is None:
        return None
    row = rule_queries.rule(session, actor, upload.rule_id)
    rule = rule_from(row.content)
    found = interpret(rule, _reads(rule, queries.readings(session, upload.id, actor), queries.decisions(session, upload.id, actor)))
    overrides = {one.sample_id: one for one in rule_queries.overrides(session, actor, upload.id) if one.rule_id == row.id}
    is_current = any(one.id == row.id for one in rule_queries.in_use(session, actor, clock.now()))
    return Interpreted(row, found, tuple(_outcome(one, found, overrides) for one in found.samples), is_current)


def _outcome(finding: SampleFinding, found: Interpretation, overrides: dict[uuid.UUID, InterpretationOverride]) -> Outcome:
    sample_id = None if finding.sample.startswith(OPEN) else uuid.UUID(finding.sample)
    override = overrides.get(sample_id) if sample_id else None
    if override is not None and (found.run.verdict != VALID or override.reasoning_hash != reasoning_hash(finding)):
        override = None
    return Outcome(finding, sample_id, override)


def choose_fitting_rule(session: Session, actor: Actor, upload: Upload) -> None:
    """Take the only rule in use whose targets are all in the file; of several the one with most targets, else leave it to a person."""
    present = {key_of(row.target or row.channel) for row in queries.readings(session, upload.id, actor) if row.quantity == "ct"}
    fitting: dict[int, list[AssayRule]] = {}
    for row in rule_queries.in_use(session, actor, clock.now()):
        rule = rule_from(row.content)
        wanted = {key_of(one.target) for one in rule.targets} | ({key_of(rule.internal.target)} if rule.internal else set())
        if wanted <= present:
            fitting.setdefault(len(wanted), []).append(row)
    best = fitting[max(fitting)] if fitting else []
    upload.rule_id = best[0].id if len(best) == 1 else None


def choose_rule(actor: Actor, upload_id: uuid.UUID, rule_id: uuid.UUID | None) -> Upload:
    """Interpret an upload under review by a rule in use, or by none with None."""
    permit(actor, "imports.accept")
    with transaction(actor, "chose the assay rule of an upload") as session:
        upload = queries.upload(session, actor, upload_id, is_locked=True)
        _refuse_unless_under_review(upload)
        if rule_id is not None:
            rule_queries.rule(session, actor, rule_id)
            if all(one.id != rule_id for one in rule_queries.in_use(session, actor, clock.now())):
                raise RuleViolation("imports.rule_not_in_use", N_("This version of the rule is not in use now; choose another."))
        upload.rule_id = rule_id
        return upload


@dataclass(frozen=True)
class Proof:
    """The second person at the same screen."""

    login: str
    password: str


def override_interpretation(
    actor: Actor, upload_id: uuid.UUID, sample_id: uuid.UUID, chosen: str, reason: str, second: Proof, *, seen: str
) -> InterpretationOverride:
    """Take another result than the rule gives: an authoriser with a reason, and a second person who signs and did not upload the file.

    ``seen`` is the hash of the reasoning that both read. What was not judged, and a run that does not count, cannot be overridden.
    """
    permit(actor, "imports.override_interpretation")
    with transaction(actor, f"overrode an interpretation: {reason.strip()[:300]}") as session:
        upload = queries.upload(session, actor, upload_id, is_locked=True)
        _refuse_unless_under_review(upload)
        made = interpretation_of(session, actor, upload)
        outcome = next((one for one in made.outcomes if one.sample_id == sample_id), None) if made else None
        if made is None or outcome is None:
            raise RuleViolation("imports.no_interpretation", N_("The rule gives no interpretation of this sample in this upload."))
        _refuse_override(made, outcome, chosen, reason, seen)
        other = witness(second.login, second.password)
        _refuse_second(actor, other, upload)
        hashed = reasoning_hash(outcome.finding)
        signed = digest({"upload": upload.id, "sample": sample_id, "rule": made.rule.content_hash, "reasoning": hashed,
                         "computed": outcome.finding.result, "chosen": chosen, "reason": reason.strip()})  # fmt: skip
        signature = sign(session, other, SUBJECT, upload.id, MEANING, signed, second.password)
        row = InterpretationOverride(
            laboratory_id=upload.laboratory_id, upload_id=upload.id, sample_id=sample_id, rule_id=made.rule.id,
            computed=outcome.finding.result, chosen=chosen, reasoning_hash=hashed, reason=reason.strip()[:400], asked_by=actor.user_id,
            asker_name=actor.name, signed_by=other.user_id, signer_name=other.name, signed_at=clock.now(), signature_id=signature.id,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row


def _refuse_override(made: Interpreted, outcome: Outcome, chosen: str, reason: str, seen: str) -> None:
    if made.found.run.verdict != VALID:
        raise RuleViolation("imports.override_run", N_("The run does not count; no single result of it can be overridden. Repeat the run."))
    if outcome.finding.result == NOT_JUDGED:
        raise RuleViolation("imports.override_unread", N_("What was not read cannot be overridden. Read or test the sample again."))
    if seen != reasoning_hash(outcome.finding):
        raise Conflict(
            "imports.override_changed", N_("The interpretation changed since you opened the page. Read it again and sign again.")
        )
    if chosen not in (*RECORDED, REPEAT) or chosen == outcome.result:
        raise Invalid("imports.override_choice", N_("Choose another result than the one that stands."), field="chosen")
    if not reason.strip():
        raise Invalid("imports.override_why", N_("Reason: empty. Say why another result is taken than the rule gives."), field="reason")


def _refuse_second(actor: Actor, other: Actor, upload: Upload) -> None:
    if other.user_id in (actor.user_id, upload.uploaded_by):
        raise RuleViolation(
            "imports.override_second", N_("A second person must sign: neither who overrides the result nor who uploaded the file.")
        )
    if other.laboratory_id != actor.laboratory_id or not is_allowed(other.roles, "imports.sign_override"):
        raise RuleViolation("imports.override_role", N_("An authoriser or the QA manager of this laboratory must sign as second person."))


def refuse_blocked(made: Interpreted) -> None:
    """Refuse to accept an upload whose rule is out of use or whose run does not count by it."""
    for sentence, values in rule_blockers(made):
        raise RuleViolation("imports.rule_blocks", sentence, **values)


def rule_blockers(made: Interpreted) -> list[tuple[str, dict[str, object]]]:
    """What the rule itself says against accepting, as sentences with their values."""
    named = {"name": made.rule.name, "version": made.rule.version}
    found: list[tuple[str, dict[str, object]]] = []
    if not made.is_current:
        found.append((N_("The rule %(name)s, version %(version)s, is not in use any more; choose another"), named))
    if made.found.run.verdict == INVALID:
        found.append((N_("By the rule %(name)s the run does not count: every sample is repeated"), named))
    elif made.found.run.verdict != VALID:
        found.append((N_("By the rule %(name)s the run is not judged: a control is missing"), named))
    elif not any(one.result in RECORDED and one.sample_id for one in made.outcomes):
        found.append((N_("The rule %(name)s gives no result for a sample"), named))
    return found


def recorded(made: Interpreted) -> dict[uuid.UUID, NewResult]:
    """The results to record, by sample; what is to be repeated or was not judged gives none."""
    return {one.sample_id: _result(made, one) for one in made.outcomes if one.sample_id and one.result in RECORDED}


def _result(made: Interpreted, one: Outcome) -> NewResult:
    override = one.override
    reasoning: dict[str, Any] = {
        "rule": f"{made.rule.name} {made.rule.version}", "run": made.found.run.verdict, "computed": one.finding.result,
        "steps": one.finding.reasoning(),
    }  # fmt: skip
    if override is not None:
        reasoning["override"] = {"id": str(override.id), "chosen": override.chosen, "reason": override.reason,
                                 "asked_by": override.asker_name, "signed_by": override.signer_name}  # fmt: skip
    return NewResult(
        sample_id=uuid.UUID(one.finding.sample),
        target=made.rule.analyte,
        quantity="qualitative",
        status=STATUSES.get(one.result, "value"),
        value_text=CODES[one.result],
        reasoning=reasoning,
    )


def _reads(rule: Rule, rows: Sequence[UploadReading], decided: dict[uuid.UUID, ReadingDecision]) -> list[Read]:
    """The readings under the key of their sample. A row that was put aside or left out belongs to none, a control always stays."""
    keys = {row.id: _key(row, decided.get(row.id)) for row in rows if row.role == "unknown"}
    by_text: dict[tuple[str, str | None], set[str]] = {}
    for row in rows:
        if key := keys.get(row.id):
            by_text.setdefault((row.sample or "", row.position), set()).add(key)
            by_text.setdefault((row.sample or "", None), set()).add(key)
    found = []
    for row in rows:
        one = _read(row)
        key = keys.get(row.id) if row.role == "unknown" else _shared(by_text, row)
        if key or control_of(rule, one) or row.role not in ("unknown", "internal_control"):
            found.append(replace(one, sample=key or ""))
    return found


def _shared(by_text: dict[tuple[str, str | None], set[str]], row: UploadReading) -> str | None:
    """The sample that an internal control's reading belongs to: by text and well, else by the text alone."""
    for place in (row.position, None):
        found = by_text.get((row.sample or "", place), set())
        if len(found) == 1:
            return next(iter(found))
    return None


def _key(row: UploadReading, decision: ReadingDecision | None) -> str | None:
    if decision is None:
        return OPEN + (row.sample or "")
    return str(decision.sample_id) if decision.decision == "match" else None


def _read(row: UploadReading) -> Read:
    return Read(
        sample="", name=row.sample or "", role=row.role, target=row.target or row.channel or "", quantity=row.quantity,
        status=row.status, value=row.value, comparator=row.comparator, raw=row.raw, source=row.source, position=row.position,
    )  # fmt: skip


def _refuse_unless_under_review(upload: Upload) -> None:
    if upload.state != "review":
        raise RuleViolation(
            "imports.not_in_review", N_("Upload %(number)s is no longer under review; nothing was changed."), number=upload.number
        )
