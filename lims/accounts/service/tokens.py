"""Bearer tokens for programs."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

from lims import clock
from lims.accounts import queries
from lims.accounts.models import ApiToken
from lims.accounts.service.gate import permit
from lims.db.session import Actor, reading, transaction
from lims.errors import NotFound

LIFETIME = timedelta(days=180)


def create_token(actor: Actor, user_id: uuid.UUID, name: str) -> str:
    """Make a token that acts as the person in the person's own laboratory; it is shown once and kept as a hash."""
    permit(actor, "accounts.token")
    token = secrets.token_urlsafe(32)
    with transaction(actor, "made an API token") as session:
        user = queries.user_by_id(session, user_id)
        if user is None:
            raise NotFound()
        session.add(
            ApiToken(
                laboratory_id=user.laboratory_id,
                user_id=user.id,
                token_hash=queries.token_hash(token),
                name=name,
                ends_at=clock.now() + LIFETIME,
            )
        )
    return token


def bearer(token: str) -> Actor | None:
    """The actor of a bearer token while it is valid and its person enabled."""
    now = clock.now()
    with reading() as session:
        row = queries.api_token(session, token)
        if row is None or row.revoked_at or row.ends_at <= now:
            return None
        user = queries.user_by_id(session, row.user_id)
        return queries.actor_for(session, user, row.laboratory_id, now) if user and user.is_enabled else None
