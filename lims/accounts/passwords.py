"""Passwords: argon2id, exact bytes, no composition rules, common and context words refused (policy "asvs")."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lims.errors import Invalid
from lims.marks import N_
from lims.paths import PACKAGE

MINIMUM = 10
MAXIMUM = 256
PRODUCT_WORDS = ("lims", "laboratory", "customs", "password", "海关", "疾控")

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """The hash that is verified for an unknown account, so that it costs the same work."""
    return _hasher.hash(secrets.token_urlsafe(24))


@cache
def common_words() -> frozenset[str]:
    """The bundled list of common passwords, lower case."""
    return frozenset((PACKAGE / "accounts" / "data" / "common_passwords.txt").read_text("utf-8").split())


def hash_password(password: str) -> str:
    """The argon2id hash with its own salt and parameters."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; for None (no such account) the same work is done and it is False."""
    try:
        return _hasher.verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Whether the parameters have become stronger since this hash was made."""
    return _hasher.check_needs_rehash(password_hash)


def check_strength(password: str, own_words: tuple[str, ...] = ()) -> None:
    """Refuse a password that is short, endless, common, or built on the product's or the person's own words."""
    if not MINIMUM <= len(password) <= MAXIMUM:
        raise Invalid(
            "accounts.password_length",
            N_("Password: %(length)s characters read, %(minimum)s to %(maximum)s expected. Several words in a row are easy to remember."),
            field="password", length=len(password), minimum=MINIMUM, maximum=MAXIMUM,
        )  # fmt: skip
    lowered = password.lower()
    stripped = lowered.strip("0123456789!@#$%^&*._- ")
    words = {word.lower() for word in (*PRODUCT_WORDS, *own_words) if len(word) > 1}
    if lowered in common_words() or stripped in common_words() or stripped in words or lowered in words:
        raise Invalid(
            "accounts.password_common",
            N_("Password: this one is among the first that are tried. Choose another, for example four unrelated words."),
            field="password",
        )


def random_password() -> str:
    """A random password of 16 characters without look-alikes."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(16))
