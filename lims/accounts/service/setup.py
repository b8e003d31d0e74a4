"""The first administrator of an empty installation: no default account, a one-time token that expires."""

from __future__ import annotations

import secrets
from datetime import timedelta

from lims import clock
from lims.accounts import queries
from lims.accounts.models import SetupToken, User
from lims.accounts.service.people import add_laboratory, add_organisation, add_user
from lims.db.session import SYSTEM, reading, transaction
from lims.errors import Conflict, Forbidden
from lims.marks import N_

LIFETIME = timedelta(hours=24)


def make_setup_token() -> str:
    """A token with which the first administrator is made; refused when somebody has an account already."""
    with reading() as session:
        if not queries.is_empty(session):
            raise Conflict("accounts.not_empty", N_("This installation has accounts already. Sign in as an administrator instead."))
    token = secrets.token_urlsafe(24)
    with transaction(SYSTEM, "made the setup token") as session:
        session.add(SetupToken(token_hash=queries.token_hash(token), ends_at=clock.now() + LIFETIME))
    return token


def claim_setup_token(token: str, login: str, name: str, password: str, organisation: dict[str, str], laboratory: dict[str, str]) -> User:
    """Spend the token: the first organisation, its laboratory and its administrator are made in one transaction.

    ``organisation`` holds code, name_en, name_zh, side; ``laboratory`` holds code, name_en, name_zh. Raises Forbidden
    for a token that is wrong, used or late.
    """
    with transaction(SYSTEM, "first administrator") as session:
        row = queries.setup_token(session, token)
        if row is None or row.used_at or row.ends_at <= clock.now() or not queries.is_empty(session):
            raise Forbidden(
                "accounts.setup_token", N_("This setup token is wrong, used or older than a day. Make a new one with: lims init")
            )
        row.used_at = clock.now()
        partner = add_organisation(SYSTEM, **organisation)
        session.flush()
        place = add_laboratory(SYSTEM, partner.id, **laboratory)
        return add_user(SYSTEM, login, name, place.id, ["administrator"], password, must_change_password=False)
