"""The gate: every service verb begins with ``permit``, so the web, the command line and the worker pass the same one."""

from __future__ import annotations

from typing import Any

from lims.accounts.permissions import ACTIONS, is_allowed
from lims.db.session import Actor
from lims.errors import Forbidden, NotFound
from lims.marks import N_


def permit(actor: Actor, action: str, owner: Any = None) -> None:
    """Refuse ``action`` where the actor's roles do not allow it.

    ``owner`` is an object with a ``laboratory_id``; another laboratory's object is NotFound, never Forbidden, so that
    the answer does not tell that it exists. The system itself (first start, migrations, worker) passes.
    """
    if owner is not None and "system" not in actor.roles and owner.laboratory_id != actor.laboratory_id:
        raise NotFound()
    if "system" not in actor.roles and not is_allowed(actor.roles, action):
        raise Forbidden(
            "accounts.not_permitted",
            N_(
                "Your roles in this laboratory do not include this step (%(action)s needs: %(roles)s). "
                "Ask your administrator or hand it to a person who has the role."
            ),
            action=action,
            roles=", ".join(sorted(ACTIONS[action])),
        )


def require_roles(actor: Actor, roles: set[str]) -> None:
    """Refuse where the actor holds none of ``roles`` now."""
    if not actor.roles & (roles | {"system"}):
        raise Forbidden("accounts.role_missing", N_("This step needs one of these roles: %(roles)s."), roles=", ".join(sorted(roles)))
