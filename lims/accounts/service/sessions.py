"""Signing in and out. A login session lives in the database: when it ends there, every copy of its cookie is dead."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta

from lims import clock
from lims.accounts import passwords, queries
from lims.accounts.models import LoginFailure, LoginSession, User
from lims.db.session import SYSTEM, Actor, reading, transaction
from lims.errors import Forbidden, NotFound, RuleViolation
from lims.marks import N_

IDLE_LIMIT = timedelta(hours=2)
ABSOLUTE_LIMIT = timedelta(hours=12)
SEEN_STEP = timedelta(minutes=1)
FAILURES_ALLOWED = 5
FAILURES_PER_ADDRESS = 30
LOCK = timedelta(minutes=15)


@dataclass(frozen=True)
class SignedIn:
    """A valid login session: its cookie's token, the actor, and what the person must still do."""

    token: str
    actor: Actor
    session_id: uuid.UUID
    must_change_password: bool


def sign_in(login: str, password: str, address: str, agent: str) -> SignedIn:
    """Check the password and open a login session with a new random token.

    Raises RuleViolation while the account or the address is locked (the right password too), Forbidden when login and
    password do not belong together; whether the account exists is not told, and an unknown one costs the same work.
    """
    login = queries.stored_login(login)
    _refuse_when_locked(login, address)
    with reading() as session:
        user = queries.user_by_login(session, login)
        is_right = passwords.matches(user.password_hash if user and user.is_enabled else None, password)
    if user is None or not is_right:
        with transaction(SYSTEM, "failed sign-in") as session:
            session.add(LoginFailure(login=login[:60], address=address[:60], at=clock.now()))
        raise Forbidden(
            "accounts.sign_in_failed",
            N_("User name and password do not belong together. After %(limit)s failures the account is locked for %(minutes)s minutes."),
            limit=FAILURES_ALLOWED, minutes=LOCK.seconds // 60,
        )  # fmt: skip
    _rehash_if_weak(user.id, password)
    return _open(user.id, user.laboratory_id, address, agent)


def signed_in(token: str) -> SignedIn | None:
    """The login session of a cookie's token while it is valid: not ended, not idle too long, person enabled."""
    now = clock.now()
    with reading() as session:
        row = queries.login_session(session, token)
        if row is None or row.ended_at or row.ends_at <= now or row.last_seen_at + IDLE_LIMIT <= now:
            return None
        user = queries.user_by_id(session, row.user_id)
        if user is None or not user.is_enabled:
            return None
        actor = queries.actor_for(session, user, row.laboratory_id, now)
        result = SignedIn(token, actor, row.id, user.must_change_password)
        is_stale = row.last_seen_at + SEEN_STEP <= now
    if is_stale:
        with transaction(actor, "used a login session") as session:
            seen = queries.login_session(session, token)
            if seen is not None and seen.ended_at is None:
                seen.last_seen_at = now
    return result


def owner_of_session(token: str) -> str:
    """Key of the person of a login session, ended or not; empty when there is none."""
    with reading() as session:
        row = queries.login_session(session, token)
        return str(row.user_id) if row else ""


def sign_out(token: str) -> None:
    """End the login session on the server."""
    with transaction(SYSTEM, "signed out") as session:
        row = queries.login_session(session, token)
        if row is not None and row.ended_at is None:
            row.ended_at, row.ended_why = clock.now(), "signed_out"


def end_session(actor: Actor, session_id: uuid.UUID) -> None:
    """End one of the actor's own login sessions, on whatever machine it is; another person's is NotFound."""
    with transaction(actor, "ended a login session") as session:
        row = session.get(LoginSession, session_id)
        if row is None or row.user_id != actor.user_id:
            raise NotFound()
        if row.ended_at is None:
            row.ended_at, row.ended_why = clock.now(), "ended_by_user"


def switch_laboratory(current: SignedIn, laboratory_id: uuid.UUID, address: str, agent: str) -> SignedIn:
    """Go on in another of the person's laboratories: the old login session ends, a new one with other roles begins."""
    with reading() as session:
        allowed = {row.id for row in queries.laboratories_of(session, current.actor.user_id or uuid.UUID(int=0), clock.now())}
    if laboratory_id not in allowed or current.actor.user_id is None:
        raise NotFound()
    sign_out(current.token)
    return _open(current.actor.user_id, laboratory_id, address, agent)


def end_all(session_owner: uuid.UUID, why: str, actor: Actor) -> None:
    """End every login session of a person (disabled, password or roles changed); joins the caller's transaction."""
    with transaction(actor, f"ended all login sessions: {why}") as session:
        for row in queries.open_sessions(session, session_owner, clock.now()):
            row.ended_at, row.ended_why = clock.now(), why


def forget_failures(login: str) -> None:
    """Lift the lock of an account; joins the caller's transaction."""
    with transaction(SYSTEM, "lifted a lock") as session:
        queries.delete_failures(session, login)


def _refuse_when_locked(login: str, address: str) -> None:
    since = clock.now() - LOCK
    with reading() as session:
        by_login = queries.failures_since(session, since, login=login[:60])
        by_address = queries.failures_since(session, since, address=address[:60])
    if by_address >= FAILURES_PER_ADDRESS:
        raise RuleViolation(
            "accounts.address_locked",
            N_("Too many failed sign-ins from this address. Wait %(minutes)s minutes."),
            minutes=LOCK.seconds // 60,
        )
    if by_login >= FAILURES_ALLOWED:
        raise RuleViolation(
            "accounts.locked",
            N_("Too many failed sign-ins. Wait %(minutes)s minutes, or ask your administrator for a new password."),
            minutes=LOCK.seconds // 60,
        )


def _rehash_if_weak(user_id: uuid.UUID, password: str) -> None:
    with reading() as session:
        user = session.get_one(User, user_id)
        is_weak = passwords.needs_rehash(user.password_hash)
    if is_weak:
        with transaction(SYSTEM, "stronger password hash") as session:
            session.get_one(User, user_id).password_hash = passwords.hash_password(password)


def _open(user_id: uuid.UUID, laboratory_id: uuid.UUID, address: str, agent: str) -> SignedIn:
    token = secrets.token_urlsafe(32)
    now = clock.now()
    with transaction(SYSTEM, "signed in") as session:
        user = session.get_one(User, user_id)
        row = LoginSession(
            token_hash=queries.token_hash(token), user_id=user_id, laboratory_id=laboratory_id, created_at=now, last_seen_at=now,
            ends_at=now + ABSOLUTE_LIMIT, address=address[:60], agent=agent[:200],
        )  # fmt: skip
        session.add(row)
        session.flush()
        return SignedIn(token, queries.actor_for(session, user, laboratory_id, now), row.id, user.must_change_password)
