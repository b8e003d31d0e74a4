"""A study, its parties, the versions of its plan, and everything that was done or signed about it in one order."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Keyed, Owned, Versioned
from lims.validation.lifecycle.states import STUDY_STATES

#: what a step can be; ``move`` steps change the state, the others are acts and signatures
STEPS = (
    "move", "approve_plan", "drop_amendment", "opinion", "decision", "scope", "lot_check", "round_check", "agreement_check",
)  # fmt: skip


def one_of(column: str, words: tuple[str, ...]) -> str:
    """The SQL of a CHECK that ``column`` holds one of ``words``."""
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


class ValidationStudy(Owned, Versioned, Base):
    """One method under validation. ``laboratory_id`` is the laboratory that leads, ``organisation_id`` its organisation.

    ``cycle`` counts validations of the same method: a re-validation begins the next with a plan and data of its own.
    """

    __tablename__ = "validation_study"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(one_of("state", STUDY_STATES), name="state"),
        Index("ix_validation_study_state", "state", "id"),
        Index("ix_validation_study_laboratory_id", "laboratory_id"),
        Index("ix_validation_study_method_name", "method_name"),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(16))
    title_en: Mapped[str] = mapped_column(String(200))
    title_zh: Mapped[str] = mapped_column(String(200))
    template_code: Mapped[str] = mapped_column(String(20))
    method_name: Mapped[str] = mapped_column(String(200))
    comparator_name: Mapped[str] = mapped_column(String(200))
    measurand_code: Mapped[str] = mapped_column(String(40))
    matrix_code: Mapped[str] = mapped_column(String(40))
    ethics_number: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(16))
    cycle: Mapped[int] = mapped_column(default=1)
    plan_version: Mapped[int | None]  # the version that all parties approved
    locked_at: Mapped[datetime | None]  # the newest data lock of this cycle; criteria and rows up to it stand still for ever
    locked_rows: Mapped[int] = mapped_column(default=0)
    locked_hash: Mapped[str | None] = mapped_column(String(64))
    decision: Mapped[str] = mapped_column(String(24), default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))

    def title(self, language: str) -> str:
        return self.title_zh if language.startswith("zh") else self.title_en


class ValidationParty(Keyed, Base):
    """An organisation that validates together: its QA manager approves and decides, its reviewer writes an opinion."""

    __tablename__ = "validation_party"
    __table_args__ = (UniqueConstraint("study_id", "organisation_id"), Index("ix_validation_party_organisation_id", "organisation_id"))

    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("validation_study.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))


class ValidationPlan(Owned, Base):
    """One version of the plan with its criteria. Only ever added; ``content_hash`` is what the parties sign."""

    __tablename__ = "validation_plan"
    __table_args__ = (UniqueConstraint("study_id", "version"), Index("ix_validation_plan_laboratory_id", "laboratory_id"))

    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("validation_study.id"))
    cycle: Mapped[int]
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    is_amendment: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(400), default="")
    written_at: Mapped[datetime]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))


class ValidationStep(Owned, Base):
    """A move with its gates, or an act or signature. ``basis`` is the hash of exactly what was signed. Only ever added."""

    __tablename__ = "validation_step"
    __table_args__ = (
        UniqueConstraint("study_id", "place"),
        CheckConstraint(one_of("step", STEPS), name="step"),
        Index("ix_validation_step_laboratory_id", "laboratory_id"),
    )

    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("validation_study.id"))
    cycle: Mapped[int]
    place: Mapped[int]  # in the one order of everything about the study
    step: Mapped[str] = mapped_column(String(20))
    source: Mapped[str | None] = mapped_column(String(16))
    target: Mapped[str | None] = mapped_column(String(16))
    basis: Mapped[str] = mapped_column(String(64), default="")
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(String(2000), default="")
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    done_at: Mapped[datetime]
    signature_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("signature.id"))


class AuthorisedScope(Owned, Base):
    """Where the method may be used, as all parties signed it. Only ever added; the newest version of a study in use counts."""

    __tablename__ = "authorised_scope"
    __table_args__ = (UniqueConstraint("study_id", "version"), Index("ix_authorised_scope_laboratory_id", "laboratory_id"))

    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("validation_study.id"))
    version: Mapped[int]
    cycle: Mapped[int]
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    authorised_at: Mapped[datetime]
