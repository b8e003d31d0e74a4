"""What a person typed into a form that arrived after the sign-in had ended: carried, sealed, over the sign-in page and sent again."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

MOST_CHARACTERS = 200_000
SECONDS = 3600
#: never carried: secrets, and the token that belongs to the old page
LEFT_OUT = frozenset({"csrf_token", "next", "kept"})


@dataclass(frozen=True)
class Kept:
    """Who typed, for which page, and what."""

    owner: str
    path: str
    fields: list[tuple[str, str]]


def may_be_kept() -> bool:
    """Whether this request is a form of plain texts without a password or a file, sent by a page that exists."""
    is_small = sum(len(name) + len(value) for name, value in request.form.items(multi=True)) <= MOST_CHARACTERS
    is_secret = any("password" in name or name == "token" for name in request.form)
    is_form = request.method == "POST" and bool(request.form) and not request.files
    return is_form and is_small and not is_secret and page_of(request.path) != ""


def page_of(path: str) -> str:
    """The path itself where it has a page to look at; empty otherwise."""
    try:
        current_app.url_map.bind("localhost").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return ""
    return path


def seal(path: str, owner: str) -> str:
    """The typed fields of this request for ``path`` with the person who typed them, sealed; empty without fields or owner."""
    fields = [[name, value] for name, value in request.form.items(multi=True) if name not in LEFT_OUT]
    return _sealer().dumps([owner, path, fields]) if owner and fields and page_of(path) else ""


def opened(sealed: str) -> Kept | None:
    """What stands in a sealed text; None when it is none of ours, or too old."""
    try:
        owner, path, fields = _sealer().loads(sealed, max_age=SECONDS)
    except (BadData, ValueError):
        return None
    return Kept(str(owner), str(path), [(str(name), str(value)) for name, value in fields])


def _sealer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kept-form")
