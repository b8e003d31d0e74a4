"""Organisations, laboratories, people, their roles, and the login sessions that end on the server."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lims.db.base import Base, Keyed, Owned, Versioned


class Organisation(Keyed, Versioned, Base):
    """A partner: a customs authority or a disease-control authority."""

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("side IN ('customs', 'cdc', 'other')", name="side"),)

    code: Mapped[str] = mapped_column(String(12), unique=True)
    name_en: Mapped[str] = mapped_column(String(120))
    name_zh: Mapped[str] = mapped_column(String(120))
    side: Mapped[str] = mapped_column(String(10))

    def name(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") else self.name_en


class Laboratory(Keyed, Versioned, Base):
    """A laboratory of an organisation. ``zone`` is the IANA time zone in which its times are shown."""

    __tablename__ = "laboratory"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name_en: Mapped[str] = mapped_column(String(120))
    name_zh: Mapped[str] = mapped_column(String(120))
    zone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    organisation: Mapped[Organisation] = relationship(lazy="joined")

    def name(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") else self.name_en

    @property
    def side(self) -> str:
        return self.organisation.side


class User(Keyed, Versioned, Base):
    """A person who signs in. ``laboratory_id`` is the laboratory opened at sign-in."""

    __tablename__ = "app_user"
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"password_hash"})

    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    laboratory_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("laboratory.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str | None] = mapped_column(String(8))
    laboratory: Mapped[Laboratory] = relationship(lazy="joined")


class Membership(Owned, Base):
    """One role of one person in one laboratory, from a day and perhaps until one."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "laboratory_id", "role"), Index("ix_membership_laboratory_id", "laboratory_id"))

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    role: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class LoginSession(Keyed, Base):
    """A sign-in. The cookie holds a random token; only its SHA-256 is kept here."""

    __tablename__ = "login_session"
    is_audited: ClassVar[bool] = False

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    laboratory_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("laboratory.id"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(60))
    agent: Mapped[str] = mapped_column(String(200))


class LoginFailure(Keyed, Base):
    """A failed sign-in, counted per account and per address; a table, so that it survives a restart."""

    __tablename__ = "login_failure"
    __table_args__ = (Index("ix_login_failure_login", "login", "at"), Index("ix_login_failure_address", "address", "at"))
    is_audited: ClassVar[bool] = False

    login: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]


class ApiToken(Owned, Base):
    """A bearer token of a person for programs; only its SHA-256 is kept."""

    __tablename__ = "api_token"
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"token_hash"})

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SetupToken(Keyed, Base):
    """The one-time token with which the first administrator is made on an empty installation."""

    __tablename__ = "setup_token"
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"token_hash"})

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
