"""Small things every page needs: a flash after an act, a safe way back, whole-page helpers."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import flash, request, session

from lims.errors import LimsError
from lims.web.language import current_language
from lims.words import say


def said(sentence: str, kind: str = "ok") -> None:
    """Show a translated sentence on the next page; kind is ok, info, warn or error."""
    flash(sentence, kind)


def said_refusal(error: LimsError) -> None:
    """Show a refusal on the next page in the reader's language."""
    flash(say(error, current_language()), "error")


def flashes() -> list[tuple[str, str]]:
    """The sentences for this page, as (kind, text); each is shown once."""
    entries: list[tuple[str, str]] = session.pop("_flashes", [])
    return [(kind, text) for kind, text in entries]


def own_path(url: str | None, otherwise: str = "/") -> str:
    """``url`` when it is a path of this site, else ``otherwise``: a link never leads elsewhere after a sign-in."""
    if not url or not url.startswith("/") or url.startswith(("//", "/\\")):
        return otherwise
    if any(ord(character) < 33 or character == "\\" for character in url):
        return otherwise
    parts = urlsplit(url)
    return otherwise if parts.scheme or parts.netloc else url


def remote_address() -> str:
    """The address of the client, as the trusted proxy tells it."""
    return request.remote_addr or "unknown"
