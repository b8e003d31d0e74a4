"""The standing agreement, one execution of it, its items, and what was approved and moved."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Keyed, Owned, Versioned
from lims.rounds.lifecycle.states import ROUND_STATES
from lims.rounds.lifecycle.units import convertible

APPROVAL_STEPS = (
    "protocol", "deadline", "dispatch", "unblind", "score_check", "return", "close", "cancel", "amend", "withdraw_items", "critical_error",
)  # fmt: skip


def one_of(column: str, words: tuple[str, ...]) -> str:
    """The SQL of a CHECK that ``column`` holds one of ``words``."""
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


class Scheme(Owned, Versioned, Base):
    """A standing agreement to compare one measurand in one matrix; ``laboratory_id`` is the laboratory that drew it up."""

    __tablename__ = "scheme"
    __table_args__ = (Index("ix_scheme_laboratory_id", "laboratory_id"),)

    code: Mapped[str] = mapped_column(String(20), unique=True)
    title_en: Mapped[str] = mapped_column(String(200))
    title_zh: Mapped[str] = mapped_column(String(200))
    measurand_code: Mapped[str] = mapped_column(String(40))
    matrix_code: Mapped[str] = mapped_column(String(40))

    def title(self, language: str) -> str:
        return self.title_zh if language.startswith("zh") else self.title_en


class SchemeParty(Keyed, Base):
    """A party of the agreement; its QA manager approves, its reviewer writes an opinion, its QA manager releases."""

    __tablename__ = "scheme_party"
    __table_args__ = (UniqueConstraint("scheme_id", "organisation_id"), Index("ix_scheme_party_organisation_id", "organisation_id"))

    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))


class Round(Owned, Versioned, Base):
    """One execution of a scheme. ``laboratory_id`` is the organiser's laboratory, ``protocol`` what was agreed before any result.

    ``protocol`` holds ``scoring`` (a scoring plan as JSON) and the words ``purpose``, ``design``, ``contacts``, ``conduct_rules``,
    ``assigned_value`` and ``sigma_pt``.
    """

    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"truth_hash"})  # few truths are possible: all can be tried

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(one_of("state", ROUND_STATES), name="state"),
        CheckConstraint("kind IN ('qualitative', 'quantitative')", name="kind"),
        Index("ix_round_state", "state", "id"),
        Index("ix_round_deadline", "state", "deadline"),
        Index("ix_round_scheme_id", "scheme_id", "id"),
        Index("ix_round_laboratory_id", "laboratory_id"),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    code: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    title_en: Mapped[str] = mapped_column(String(200))
    title_zh: Mapped[str] = mapped_column(String(200))
    measurand_code: Mapped[str] = mapped_column(String(40))
    matrix_code: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(40))
    template_code: Mapped[str] = mapped_column(String(20))
    month: Mapped[str] = mapped_column(String(7))
    protocol: Mapped[dict[str, Any]]
    protocol_version: Mapped[int] = mapped_column(default=1)
    batch: Mapped[int] = mapped_column(default=1)  # goes up when the codes drawn so far become void
    deadline: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    truth_hash: Mapped[str | None] = mapped_column(String(64))
    sealed_at: Mapped[datetime | None]
    sealed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("app_user.id"))
    sealed_after: Mapped[int | None]  # place of the last move or approval before the seal
    codes_drawn_at: Mapped[datetime | None]
    codes_drawn_after: Mapped[int | None]
    dispatched_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    unblinded_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    def title(self, language: str) -> str:
        return self.title_zh if language.startswith("zh") else self.title_en

    @property
    def units(self) -> tuple[str, ...]:
        """The units that may be reported: that of the round first; a logarithm is never converted."""
        return (self.unit,) if self.protocol["scoring"].get("is_log10") else convertible(self.unit)

    @property
    def late_policy(self) -> str:
        return str(self.protocol["scoring"]["late_policy"])


class RoundMove(Owned, Base):
    """A move of the round's state with its gates as they stood, the waived ones with their reason. Only ever added."""

    __tablename__ = "round_move"
    __table_args__ = (UniqueConstraint("round_id", "number"), UniqueConstraint("round_id", "place"))

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    place: Mapped[int]  # in the one order of the round's moves and approvals
    source: Mapped[str | None] = mapped_column(String(16))
    target: Mapped[str] = mapped_column(String(16))
    moved_at: Mapped[datetime]
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    second_user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("app_user.id"))
    second_user_name: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(String(400), default="")
    gates: Mapped[list[Any]]


class RoundApproval(Owned, Base):
    """A signed yes of one person for one step. ``basis`` names exactly what was approved: when that changes, the yes no longer counts."""

    __tablename__ = "round_approval"
    __table_args__ = (
        UniqueConstraint("round_id", "place"),
        Index("ix_round_approval_round_id", "round_id", "step"),
        CheckConstraint(one_of("step", APPROVAL_STEPS), name="step"),
    )
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"terms"})  # a participant's code may stand there; ``basis`` covers it

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    place: Mapped[int]  # in the one order of the round's moves and approvals
    step: Mapped[str] = mapped_column(String(16))
    basis: Mapped[str] = mapped_column(String(64))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    approved_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(400), default="")
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what else a joint step fixes, such as the new deadline
    signature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature.id"))


class EndedBatch(Owned, Base):
    """What held of the round until its codes became void: protocol, seal and days of one batch. Only ever added."""

    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"truth_hash"})  # as in the round
    __tablename__ = "ended_batch"
    __table_args__ = (UniqueConstraint("round_id", "batch"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    batch: Mapped[int]
    protocol: Mapped[dict[str, Any]]
    protocol_version: Mapped[int]
    truth_hash: Mapped[str | None] = mapped_column(String(64))
    sealed_at: Mapped[datetime | None]
    sealed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("app_user.id"))
    sealed_after: Mapped[int | None]
    codes_drawn_at: Mapped[datetime | None]
    codes_drawn_after: Mapped[int | None]
    dispatched_at: Mapped[datetime | None]
    ended_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(400))


class PTItem(Owned, Versioned, Base):
    """One item of one batch of the panel; the items of a batch that was withdrawn stay as they were sealed.

    The truth never enters the audit trail; ``Round.truth_hash`` proves that it stayed the same.
    """

    __tablename__ = "pt_item"
    __table_args__ = (UniqueConstraint("round_id", "batch", "number"), Index("ix_pt_item_laboratory_id", "laboratory_id"))
    CRITERIA: ClassVar[tuple[str, ...]] = ("number", "is_core", "weight", "sigma_pt")
    TRUTH: ClassVar[tuple[str, ...]] = (
        "expected_code", "is_strong", "x_pt", "expanded_u_x_pt", "k_x_pt", "level_en", "level_zh", "description",
    )  # fmt: skip
    unaudited_columns: ClassVar[frozenset[str]] = frozenset(TRUTH)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    batch: Mapped[int]
    number: Mapped[int]
    is_core: Mapped[bool] = mapped_column(default=True)
    weight: Mapped[Decimal] = mapped_column(default=Decimal("1"))
    expected_code: Mapped[str | None] = mapped_column(String(16))
    is_strong: Mapped[bool] = mapped_column(default=False)
    x_pt: Mapped[Decimal | None]
    expanded_u_x_pt: Mapped[Decimal | None]
    k_x_pt: Mapped[Decimal] = mapped_column(default=Decimal("2"))
    sigma_pt: Mapped[Decimal | None]
    level_en: Mapped[str] = mapped_column(String(120), default="")
    level_zh: Mapped[str] = mapped_column(String(120), default="")
    description: Mapped[str] = mapped_column(String(400), default="")
