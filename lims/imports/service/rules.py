"""Assay rules: drafted by one person, approved by another with a signature, active from an instant, never changed after it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.canonical import digest
from lims.catalogue import queries as catalogue
from lims.db.base import new_key
from lims.db.session import Actor, reading, transaction
from lims.errors import Conflict, Forbidden, Invalid, RuleViolation
from lims.imports import rule_queries as queries
from lims.imports.interpretation import rule_from
from lims.imports.models import AssayRule, AssayRuleDraft, AssayRuleWithdrawal
from lims.marks import N_
from lims.signatures.service import sign

NAME = re.compile(r"[a-z0-9][a-z0-9_]{1,39}")
SUBJECT = "assay_rule"
MEANING = N_("approves this version of the assay rule")


def content_hash(content: Mapping[str, Any]) -> str:
    """The hash under which a content is signed and recorded on results."""
    return digest(dict(content))


def start_rule(actor: Actor, content: Mapping[str, Any]) -> AssayRuleDraft:
    """A draft with this content, which need not be complete yet."""
    permit(actor, "imports.rules")
    with transaction(actor, "began an assay rule") as session:
        row = AssayRuleDraft(
            laboratory_id=actor.laboratory_id, name=str(content.get("name", ""))[:40], state="draft", content=dict(content),
            drafted_by=_person(actor), drafter_name=actor.name, changed_at=clock.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row


def next_rule_version(actor: Actor, rule_id: uuid.UUID) -> AssayRuleDraft:
    """A draft with what an approved version says."""
    permit(actor, "imports.rules")
    with reading() as session:
        content = dict(queries.rule(session, actor, rule_id).content)
    return start_rule(actor, content)


def change_rule(actor: Actor, draft_id: uuid.UUID, content: Mapping[str, Any]) -> AssayRuleDraft:
    """Keep a draft as it stands on its page; only its own person changes it. Raises Invalid at the field that is wrong."""
    permit(actor, "imports.rules")
    with transaction(actor, "changed a draft of an assay rule") as session:
        row = _own_draft(session, actor, draft_id)
        _check(session, actor, content)
        row.name, row.content, row.changed_at = str(content["name"]), dict(content), clock.now()
        return row


def propose_rule(actor: Actor, draft_id: uuid.UUID) -> AssayRuleDraft:
    """Hand a draft over for approval; from now on it does not change."""
    permit(actor, "imports.rules")
    with transaction(actor, "handed an assay rule over for approval") as session:
        row = _own_draft(session, actor, draft_id)
        _check(session, actor, row.content)
        row.state, row.returned, row.changed_at = "proposed", "", clock.now()
        return row


def discard_rule(actor: Actor, draft_id: uuid.UUID) -> None:
    """Give up a draft; the row stays readable in the audit trail."""
    permit(actor, "imports.rules")
    with transaction(actor, "discarded a draft of an assay rule") as session:
        _own_draft(session, actor, draft_id).state = "discarded"


def return_rule(actor: Actor, draft_id: uuid.UUID, reason: str) -> AssayRuleDraft:
    """Give a proposed rule back to its person, with a reason; its own person may take it back so."""
    permit(actor, "imports.rules")
    with transaction(actor, f"gave an assay rule back: {reason.strip()[:300]}") as session:
        row = _proposed(session, actor, draft_id)
        if not reason.strip():
            raise Invalid("imports.rule_return_reason", N_("Reason: empty. Say what must be changed."), field="reason")
        row.state, row.returned = "draft", reason.strip()[:400]
        return row


def approve_rule(actor: Actor, draft_id: uuid.UUID, password: str, *, seen: str, active_from: datetime | None = None) -> AssayRule:
    """Sign a proposed rule as its next version: somebody else than its drafter, who saw the content with the hash ``seen``."""
    permit(actor, "imports.approve_rule")
    with transaction(actor, "approved an assay rule") as session:
        row = _proposed(session, actor, draft_id)
        if row.drafted_by == actor.user_id:
            raise RuleViolation("imports.own_rule", N_("You drafted this rule; another person must approve it."))
        content, now = dict(row.content), clock.now()
        digested = content_hash(content)
        if seen != digested:
            raise Conflict("imports.rule_changed", N_("The rule changed since you opened the page. Read it again and sign again."))
        if active_from is not None and active_from < now:
            active_from = None
        _check(session, actor, content)
        key = new_key()
        signature = sign(session, actor, SUBJECT, key, MEANING, digested, password)
        rule = AssayRule(
            id=key, laboratory_id=row.laboratory_id, name=row.name, version=queries.last_version(session, actor, row.name) + 1,
            title=str(content["title"])[:120], analyte=content["analyte"], method=content["method"], content=content,
            content_hash=digested, active_from=active_from or now, drafted_by=row.drafted_by, drafter_name=row.drafter_name,
            approved_by=_person(actor), approver_name=actor.name, approved_at=now, signature_id=signature.id,
        )  # fmt: skip
        row.state = "approved"
        session.add(rule)
        session.flush()
        return rule


def withdraw_rule(actor: Actor, rule_id: uuid.UUID, reason: str) -> None:
    """Take a version out of use with a reason; the one before it holds again. What was interpreted with it stays."""
    permit(actor, "imports.approve_rule")
    with transaction(actor, f"withdrew an assay rule: {reason.strip()[:300]}") as session:
        row = queries.rule(session, actor, rule_id)
        if not reason.strip():
            raise Invalid("imports.rule_withdraw_reason", N_("Reason: empty. Say why the rule is withdrawn."), field="reason")
        if queries.withdrawals(session, actor, [row.id]):
            raise RuleViolation("imports.rule_withdrawn", N_("This version is withdrawn already."))
        session.add(
            AssayRuleWithdrawal(
                laboratory_id=row.laboratory_id, rule_id=row.id, reason=reason.strip()[:400], withdrawn_by=_person(actor),
                withdrawer_name=actor.name, withdrawn_at=clock.now(),
            )
        )  # fmt: skip


def _own_draft(session: Session, actor: Actor, draft_id: uuid.UUID) -> AssayRuleDraft:
    row = queries.draft(session, actor, draft_id, is_locked=True)
    if row.state != "draft":
        raise RuleViolation("imports.rule_not_draft", N_("This rule is no draft any more; nothing was changed."))
    if row.drafted_by != actor.user_id:
        raise RuleViolation("imports.rule_of_another", N_("This is the draft of %(name)s, who alone changes it."), name=row.drafter_name)
    return row


def _proposed(session: Session, actor: Actor, draft_id: uuid.UUID) -> AssayRuleDraft:
    row = queries.draft(session, actor, draft_id, is_locked=True)
    if row.state != "proposed":
        raise RuleViolation("imports.rule_not_proposed", N_("This rule does not wait for approval; nothing was changed."))
    return row


def _check(session: Session, actor: Actor, content: Mapping[str, Any]) -> None:
    """Refuse a rule that contradicts itself, or that names nothing of the catalogue."""
    rule = rule_from(content)
    if not NAME.fullmatch(rule.name):
        raise Invalid("imports.rule_name", N_("Short name: 2 to 40 small letters, digits and _."), field="name")
    if not rule.title.strip():
        raise Invalid("imports.rule_title", N_("Name on lists: empty."), field="title")
    measurand = catalogue.measurands(session, actor, [rule.analyte]).get(rule.analyte)
    method = catalogue.find(session, actor, "methods", rule.method)
    for field, entry, code in (("analyte", measurand, rule.analyte), ("method", method, rule.method)):
        if entry is None or entry.retired_at is not None:
            raise Invalid("imports.rule_code", N_("The catalogue has no code %(code)s in use."), field=field, code=code)


def _person(actor: Actor) -> uuid.UUID:
    if actor.user_id is None or actor.laboratory_id is None:
        raise Forbidden("imports.nobody_rules", N_("Only a person of a laboratory can work on assay rules."))
    return actor.user_id
