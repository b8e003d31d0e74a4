"""Signing: the password is asked for again, and name, roles, time, meaning and content hash are kept."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts import passwords, queries
from lims.accounts.models import LoginFailure
from lims.accounts.service.sessions import FAILURES_ALLOWED, LOCK
from lims.db.session import SYSTEM, Actor, reading, remember_although_refused, transaction
from lims.errors import Forbidden
from lims.marks import N_
from lims.signatures.models import Signature


def prove(actor: Actor, password: str) -> None:
    """Check the actor's password again.

    Raises Forbidden when it does not match, and while the account is locked after too many failures.
    """
    with reading() as session:
        user = queries.user_by_id(session, actor.user_id)
        failures = queries.failures_since(session, clock.now() - LOCK, login=actor.login)
        may_sign = user is not None and user.is_enabled and not user.must_change_password and failures < FAILURES_ALLOWED
        is_right = may_sign and user is not None and passwords.matches(user.password_hash, password)
    if is_right:
        return
    remember_although_refused(lambda: _count_failure(actor.login))
    raise Forbidden(
        "signatures.password",
        N_("Not signed: the password does not match. Type it again; after %(limit)s failures the account is locked for a while."),
        limit=FAILURES_ALLOWED,
    )


def witness(login: str, password: str) -> Actor:
    """The second person at the same screen, signing under the own name: the actor of login and password.

    Counts and refuses failures exactly as a sign-in does, and opens no login session.
    """
    with reading() as session:
        user = queries.user_by_login(session, login)
        laboratory_id = user.laboratory_id if user else None
        actor = queries.actor_for(session, user, laboratory_id, clock.now()) if user and laboratory_id else None
    if actor is None:
        actor = Actor(user_id=None, name="", laboratory_id=None, organisation_id=None, login=login.strip()[:60])
    prove(actor, password)
    return actor


def sign(session: Session, actor: Actor, subject: str, subject_id: uuid.UUID, meaning: str, content_hash: str, password: str) -> Signature:
    """Sign ``subject`` inside the caller's transaction; the password is checked again first."""
    if actor.user_id is None or actor.laboratory_id is None or actor.organisation_id is None:
        raise Forbidden("signatures.nobody", N_("Only a person can sign."))
    prove(actor, password)
    row = Signature(
        laboratory_id=actor.laboratory_id, user_id=actor.user_id, name=actor.name, roles=", ".join(sorted(actor.roles)),
        organisation_id=actor.organisation_id, subject=subject, subject_id=subject_id, meaning=meaning, content_hash=content_hash,
        signed_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _count_failure(login: str) -> None:
    with transaction(SYSTEM, "failed signature") as session:
        session.add(LoginFailure(login=login, address="signature", at=clock.now()))
