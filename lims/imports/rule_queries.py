"""Looking up assay rules: always inside the actor's own laboratory."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lims.db.keyset import Page, page_of
from lims.db.session import Actor
from lims.errors import NotFound
from lims.imports.models import AssayRule, AssayRuleDraft, AssayRuleWithdrawal, InterpretationOverride
from lims.marks import N_

MOST_DRAFTS = 200
MOST_IN_USE = 500
OPEN = ("draft", "proposed")


def rule(session: Session, actor: Actor, rule_id: uuid.UUID) -> AssayRule:
    """One approved version of the actor's laboratory; raises NotFound."""
    row = session.scalar(_own(actor).where(AssayRule.id == rule_id))
    if row is None:
        raise NotFound("imports.no_rule", N_("No such assay rule in this laboratory."))
    return row


def draft(session: Session, actor: Actor, draft_id: uuid.UUID, *, is_locked: bool = False) -> AssayRuleDraft:
    """One draft of the actor's laboratory; raises NotFound. ``is_locked`` holds it against other writers."""
    query = select(AssayRuleDraft).where(AssayRuleDraft.id == draft_id, AssayRuleDraft.laboratory_id == actor.laboratory_id)
    row = session.scalar(query.with_for_update() if is_locked else query)
    if row is None:
        raise NotFound("imports.no_rule", N_("No such assay rule in this laboratory."))
    return row


def drafts(session: Session, actor: Actor) -> list[AssayRuleDraft]:
    """The drafts that people work on or that wait for a signature, newest first."""
    query = select(AssayRuleDraft).where(AssayRuleDraft.laboratory_id == actor.laboratory_id, AssayRuleDraft.state.in_(OPEN))
    return list(session.scalars(query.order_by(AssayRuleDraft.id.desc()).limit(MOST_DRAFTS)))


def page(session: Session, actor: Actor, cursor: str | None, at: datetime | None, text: str = "") -> Page[AssayRule]:
    """One page of versions, newest first: those in use at an instant, or with ``at`` None all of them."""
    return page_of(session, _filtered(actor, at, text), [AssayRule.id], cursor)


def all_rows(session: Session, actor: Actor, at: datetime | None, text: str = "", limit: int = 5000) -> list[AssayRule]:
    """The newest versions for an export."""
    return list(session.scalars(_filtered(actor, at, text).order_by(AssayRule.id.desc()).limit(limit)))


def in_use(session: Session, actor: Actor, at: datetime) -> list[AssayRule]:
    """The versions that hold at an instant: of each name the newest active one that was not withdrawn."""
    return list(session.scalars(_filtered(actor, at, "").order_by(AssayRule.name).limit(MOST_IN_USE)))


def last_version(session: Session, actor: Actor, name: str) -> int:
    """The number of the newest version of a name; 0 when there is none."""
    query = select(func.max(AssayRule.version)).where(AssayRule.laboratory_id == actor.laboratory_id, AssayRule.name == name)
    return session.scalar(query) or 0


def withdrawals(session: Session, actor: Actor, rule_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, AssayRuleWithdrawal]:
    """Which of these versions were withdrawn, when and why."""
    query = select(AssayRuleWithdrawal).where(
        AssayRuleWithdrawal.laboratory_id == actor.laboratory_id, AssayRuleWithdrawal.rule_id.in_(list(rule_ids))
    )
    return {row.rule_id: row for row in session.scalars(query)}


def overrides(session: Session, actor: Actor, upload_id: uuid.UUID) -> list[InterpretationOverride]:
    """The overrides of an upload, oldest first."""
    query = select(InterpretationOverride).where(
        InterpretationOverride.upload_id == upload_id, InterpretationOverride.laboratory_id == actor.laboratory_id
    )
    return list(session.scalars(query.order_by(InterpretationOverride.id)))


def _own(actor: Actor) -> Select[Any]:
    return select(AssayRule).where(AssayRule.laboratory_id == actor.laboratory_id)


def _filtered(actor: Actor, at: datetime | None, text: str) -> Select[Any]:
    query = _own(actor)
    if at is not None:
        newer = aliased(AssayRule)
        is_replaced = exists().where(
            newer.laboratory_id == AssayRule.laboratory_id, newer.name == AssayRule.name, newer.version > AssayRule.version,
            newer.active_from <= at, ~_is_withdrawn(newer),
        )  # fmt: skip
        query = query.where(AssayRule.active_from <= at, ~_is_withdrawn(AssayRule), ~is_replaced)
    if text:
        wanted = text.lower()
        columns = (AssayRule.name, AssayRule.title, AssayRule.analyte, AssayRule.method)
        query = query.where(or_(*(func.lower(one).contains(wanted, autoescape=True) for one in columns)))
    return query


def _is_withdrawn(row: Any) -> Any:
    return exists().where(AssayRuleWithdrawal.rule_id == row.id)
