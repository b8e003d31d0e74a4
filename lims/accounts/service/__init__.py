"""Use cases of accounts: the gate every verb passes, signing in and out, people and their passwords."""

from lims.accounts.service.gate import permit, require_roles
from lims.accounts.service.people import (
    add_laboratory,
    add_organisation,
    add_user,
    change_password,
    disable_user,
    give_role,
    reset_password,
    set_language,
)
from lims.accounts.service.sessions import end_session, owner_of_session, sign_in, sign_out, signed_in, switch_laboratory
from lims.accounts.service.setup import claim_setup_token, make_setup_token
from lims.accounts.service.tokens import bearer, create_token

__all__ = [
    "add_laboratory", "add_organisation", "add_user", "bearer", "change_password", "claim_setup_token", "create_token", "disable_user",
    "end_session", "give_role", "make_setup_token", "owner_of_session", "permit", "require_roles", "reset_password", "set_language",
    "sign_in", "sign_out", "signed_in", "switch_laboratory",
]  # fmt: skip
