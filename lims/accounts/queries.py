"""Looking up people, laboratories and login sessions."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lims.accounts.models import ApiToken, Laboratory, LoginFailure, LoginSession, Membership, Organisation, SetupToken, User
from lims.db.session import Actor


def token_hash(token: str) -> str:
    """What is kept of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()


def stored_login(login: str) -> str:
    """The login name as it is kept: in lower case, without blanks around it."""
    return login.strip().lower()


def user_by_login(session: Session, login: str) -> User | None:
    """The account with this login name, however it is typed."""
    return session.scalar(select(User).where(User.login == stored_login(login)))


def user_by_id(session: Session, user_id: uuid.UUID | None) -> User | None:
    """The account with this key."""
    return session.get(User, user_id) if user_id else None


def roles_of(session: Session, user_id: uuid.UUID, laboratory_id: uuid.UUID, at: datetime) -> frozenset[str]:
    """The roles the person holds in the laboratory at an instant."""
    rows = session.execute(
        select(Membership.role, Membership.ends_at).where(
            Membership.user_id == user_id, Membership.laboratory_id == laboratory_id, Membership.starts_at <= at
        )
    )
    return frozenset(role for role, ends_at in rows if ends_at is None or ends_at > at)


def laboratories_of(session: Session, user_id: uuid.UUID, at: datetime) -> list[Laboratory]:
    """The laboratories in which the person holds a role now, by code."""
    rows = session.scalars(
        select(Laboratory).join(Membership, Membership.laboratory_id == Laboratory.id)
        .where(Membership.user_id == user_id, Membership.starts_at <= at).order_by(Laboratory.code).distinct()
    )  # fmt: skip
    return [laboratory for laboratory in rows if roles_of(session, user_id, laboratory.id, at)]


def actor_for(session: Session, user: User, laboratory_id: uuid.UUID, at: datetime) -> Actor:
    """The person as an actor in one laboratory, with the roles held there now."""
    laboratory = session.get_one(Laboratory, laboratory_id)
    return Actor(
        user_id=user.id, name=user.name, laboratory_id=laboratory.id, organisation_id=laboratory.organisation_id,
        roles=roles_of(session, user.id, laboratory.id, at), language=user.language or "", login=user.login,
    )  # fmt: skip


def login_session(session: Session, token: str) -> LoginSession | None:
    """The login session of a cookie's token, ended or not."""
    return session.scalar(select(LoginSession).where(LoginSession.token_hash == token_hash(token)))


def open_sessions(session: Session, user_id: uuid.UUID, at: datetime) -> list[LoginSession]:
    """The person's sign-ins that have not ended, newest first."""
    return list(
        session.scalars(
            select(LoginSession).where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None), LoginSession.ends_at > at)
            .order_by(LoginSession.created_at.desc()).limit(50)
        )
    )  # fmt: skip


def api_token(session: Session, token: str) -> ApiToken | None:
    """The bearer token, revoked or not."""
    return session.scalar(select(ApiToken).where(ApiToken.token_hash == token_hash(token)))


def setup_token(session: Session, token: str) -> SetupToken | None:
    """The one-time token of an empty installation, used or not; held until the transaction ends, so that it works once."""
    return session.scalar(select(SetupToken).where(SetupToken.token_hash == token_hash(token)).with_for_update())


def failures_since(session: Session, since: datetime, login: str | None = None, address: str | None = None) -> int:
    """How many sign-ins of an account, or from an address, failed since an instant."""
    query = select(func.count()).select_from(LoginFailure).where(LoginFailure.at > since)
    if login is not None:
        query = query.where(LoginFailure.login == login)
    if address is not None:
        query = query.where(LoginFailure.address == address)
    return session.scalar(query) or 0


def delete_failures(session: Session, login: str) -> None:
    """Forget the failed sign-ins of an account."""
    session.execute(delete(LoginFailure).where(LoginFailure.login == login))


def is_empty(session: Session) -> bool:
    """Whether nobody has an account yet."""
    return session.scalar(select(User.id).limit(1)) is None


def has_been_used(session: Session, known: frozenset[str]) -> bool:
    """Whether anybody signed in, holds a token, or has an account other than the ``known`` ones."""
    asked = (select(LoginSession.id), select(ApiToken.id), select(SetupToken.id), select(User.id).where(User.login.not_in(known)))
    return any(session.scalar(query.limit(1)) is not None for query in asked)


def laboratory(session: Session, laboratory_id: uuid.UUID) -> Laboratory:
    """One laboratory; raises NoResultFound for an unknown key."""
    return session.get_one(Laboratory, laboratory_id)


def laboratory_by_code(session: Session, code: str) -> Laboratory | None:
    """The laboratory with this code."""
    return session.scalar(select(Laboratory).where(Laboratory.code == code))


def organisation_by_code(session: Session, code: str) -> Organisation | None:
    """The organisation with this code."""
    return session.scalar(select(Organisation).where(Organisation.code == code))


def membership(session: Session, user_id: uuid.UUID, laboratory_id: uuid.UUID, role: str) -> Membership | None:
    """A role of a person in a laboratory, past or present."""
    query = select(Membership).where(Membership.user_id == user_id, Membership.laboratory_id == laboratory_id, Membership.role == role)
    return session.scalar(query)


def all_laboratories(session: Session) -> list[Laboratory]:
    """Every laboratory, by code; a register of partners, known to all of them."""
    return list(session.scalars(select(Laboratory).order_by(Laboratory.code)))


def all_organisations(session: Session) -> list[Organisation]:
    """Every organisation, by code."""
    return list(session.scalars(select(Organisation).order_by(Organisation.code)))


def people_with_role(session: Session, laboratory_id: uuid.UUID, role: str, at: datetime) -> list[User]:
    """The enabled people who hold a role in a laboratory now, by name."""
    rows = session.scalars(
        select(User).join(Membership, Membership.user_id == User.id)
        .where(Membership.laboratory_id == laboratory_id, Membership.role == role, Membership.starts_at <= at, User.is_enabled)
        .order_by(User.name)
    )  # fmt: skip
    return [user for user in rows if role in roles_of(session, user.id, laboratory_id, at)]


def people(session: Session) -> list[tuple[User, list[Membership]]]:
    """Every account with its roles, by login name: the administrator's list."""
    users = list(session.scalars(select(User).order_by(User.login).limit(500)))
    memberships = session.scalars(select(Membership).where(Membership.user_id.in_([user.id for user in users])))
    by_user: dict[uuid.UUID, list[Membership]] = {}
    for membership in memberships:
        by_user.setdefault(membership.user_id, []).append(membership)
    return [(user, by_user.get(user.id, [])) for user in users]
