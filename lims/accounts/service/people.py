"""Organisations, laboratories, people and their roles: the administrator's use cases, and one's own password."""

from __future__ import annotations

import uuid

from lims import clock
from lims.accounts import passwords, queries
from lims.accounts.models import Laboratory, Membership, Organisation, User
from lims.accounts.permissions import ROLES
from lims.accounts.service.gate import permit
from lims.accounts.service.sessions import end_all, forget_failures
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Forbidden, Invalid, NotFound
from lims.marks import N_
from lims.words import LANGUAGES


def add_organisation(actor: Actor, code: str, name_en: str, name_zh: str, side: str) -> Organisation:
    """Register a partner; ``side`` is customs, cdc or other."""
    permit(actor, "accounts.manage")
    code = code.strip().upper()
    if not code.isascii() or not code.isalnum() or not 2 <= len(code) <= 12:
        raise Invalid(
            "accounts.organisation_code", N_("Code: read %(code)s, expected 2 to 12 letters A-Z and digits."), field="code", code=code
        )
    with transaction(actor, "registered an organisation") as session:
        if queries.organisation_by_code(session, code):
            raise Conflict("accounts.organisation_taken", N_("Code %(code)s is in use already. Choose another."), field="code", code=code)
        organisation = Organisation(code=code, name_en=name_en, name_zh=name_zh, side=side)
        session.add(organisation)
        session.flush()
        return organisation


def add_laboratory(
    actor: Actor, organisation_id: uuid.UUID, code: str, name_en: str, name_zh: str, zone: str = "Asia/Shanghai"
) -> Laboratory:
    """Register a laboratory; its code becomes the prefix of its sample numbers and is never changed."""
    permit(actor, "accounts.manage")
    code = code.strip()
    if not code.isascii() or not code.isalnum() or not 2 <= len(code) <= 8:
        raise Invalid(
            "accounts.laboratory_code", N_("Code: read %(code)s, expected 2 to 8 letters A-Z and digits."), field="code", code=code
        )
    with transaction(actor, "registered a laboratory") as session:
        if queries.laboratory_by_code(session, code.upper()):
            raise Conflict(
                "accounts.laboratory_taken", N_("Code %(code)s is in use already. Choose another."), field="code", code=code.upper()
            )
        row = Laboratory(organisation_id=organisation_id, code=code.upper(), name_en=name_en, name_zh=name_zh, zone=zone)
        session.add(row)
        session.flush()
        session.refresh(row)
        return row


def add_user(
    actor: Actor, login: str, name: str, laboratory_id: uuid.UUID, roles: list[str], password: str, *, must_change_password: bool = True
) -> User:
    """Register a person with a first password and roles in one laboratory. No mail is needed: hand the password over."""
    permit(actor, "accounts.manage")
    login = queries.stored_login(login)
    if not login.isascii() or not 2 <= len(login) <= 60 or any(c.isspace() for c in login):
        raise Invalid(
            "accounts.login",
            N_("User name: read %(login)s, expected 2 to 60 letters, digits, dots or hyphens."),
            field="login",
            login=login,
        )
    passwords.check_strength(password, (login, name))
    with transaction(actor, f"registered user {login}") as session:
        if queries.user_by_login(session, login):
            raise Conflict("accounts.login_taken", N_("User name %(login)s is in use already. Choose another."), field="login", login=login)
        user = User(
            login=login, name=name, laboratory_id=laboratory_id, password_hash=passwords.hash_password(password),
            must_change_password=must_change_password,
        )  # fmt: skip
        session.add(user)
        session.flush()
        for role in dict.fromkeys(roles):
            give_role(actor, user.id, laboratory_id, role)
        return user


def give_role(actor: Actor, user_id: uuid.UUID, laboratory_id: uuid.UUID, role: str) -> Membership:
    """Give a person a role in a laboratory from now on; nobody gives one to himself."""
    permit(actor, "accounts.manage")
    if role not in ROLES:
        raise Invalid(
            "accounts.role", N_("Role: read %(role)s, expected one of %(roles)s."), field="roles", role=role, roles=", ".join(ROLES)
        )
    if actor.user_id == user_id:
        raise Forbidden("accounts.own_role", N_("Nobody changes the own roles. Another administrator must do it."))
    with transaction(actor, f"gave the role {role}") as session:
        if queries.membership(session, user_id, laboratory_id, role):
            raise Conflict("accounts.role_held", N_("The person has this role in this laboratory already."), field="roles")
        row = Membership(user_id=user_id, laboratory_id=laboratory_id, role=role, starts_at=clock.now())
        session.add(row)
        end_all(user_id, "roles_changed", actor)
        return row


def reset_password(actor: Actor, user_id: uuid.UUID) -> str:
    """Give a person a new random password, shown once; the person must change it, all sign-ins end, and a lock is lifted."""
    permit(actor, "accounts.manage")
    password = passwords.random_password()
    with transaction(actor, "reset a password") as session:
        user = _user(session.get(User, user_id))
        user.password_hash, user.must_change_password = passwords.hash_password(password), True
        forget_failures(user.login)
        end_all(user_id, "password_reset", actor)
    return password


def change_password(actor: Actor, old: str, new: str) -> None:
    """Change the own password; every login session of the person ends, this one too."""
    with transaction(actor, "changed the own password") as session:
        user = _user(queries.user_by_id(session, actor.user_id))
        if not passwords.matches(user.password_hash, old):
            raise Invalid("accounts.old_password", N_("Current password: it does not match. Type it again."), field="old")
        passwords.check_strength(new, (user.login, user.name))
        user.password_hash, user.must_change_password = passwords.hash_password(new), False
        end_all(user.id, "password_changed", actor)


def disable_user(actor: Actor, user_id: uuid.UUID) -> None:
    """Close an account: it cannot sign in any more and all its login sessions end now."""
    permit(actor, "accounts.manage")
    if actor.user_id == user_id:
        raise Forbidden("accounts.own_account", N_("Nobody disables the own account. Another administrator must do it."))
    with transaction(actor, "disabled an account") as session:
        _user(session.get(User, user_id)).is_enabled = False
        end_all(user_id, "disabled", actor)


def set_language(actor: Actor, language: str) -> None:
    """Remember the language of a person's screens."""
    if language not in LANGUAGES:
        raise Invalid("accounts.language", N_("Language: read %(language)s, expected zh_CN or en."), field="language", language=language)
    with transaction(actor, "chose a language") as session:
        _user(queries.user_by_id(session, actor.user_id)).language = language


def _user(user: User | None) -> User:
    if user is None:
        raise NotFound()
    return user
