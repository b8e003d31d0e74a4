"""One table from errors to answers: a page for people, JSON for programs; never a trace, a query or a path."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from flask import Flask, g, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from lims.errors import LimsError
from lims.marks import N_
from lims.web.language import _, current_language
from lims.words import say

log = logging.getLogger(__name__)
#: where a schema found the field: no part of a path
_PLACES = frozenset({"json", "query", "headers", "_schema"})

SENTENCES = {
    400: N_("This request cannot be read. Go back, load the page again and repeat the step."),
    401: N_("Sign in first."),
    403: N_("Your roles do not include this page."),
    404: N_("There is nothing here for you. Check the number, or open it from its list."),
    405: N_("This address cannot be used in this way. Open the page and use its buttons."),
    409: N_("Somebody else changed this at the same time. Load the page again, compare, and save again."),
    413: N_("The upload is larger than %(limit)s MB. Split the file or export fewer rows."),
    415: N_("This kind of content is not read here."),
    422: N_("The input does not fit the expected form."),
    429: N_("Too many requests. Wait a minute and try again."),
    500: N_("Not saved. The fault is ours; keep the number below and tell your administrator. Go back: your input is still there."),
}
HEADINGS = {
    400: N_("Cannot be read"), 401: N_("Sign in"), 403: N_("Not for your role"), 404: N_("Not found"), 405: N_("Not in this way"),
    409: N_("Changed meanwhile"), 413: N_("Too large"), 422: N_("Not possible now"), 429: N_("Too fast"), 500: N_("Our fault"),
}  # fmt: skip


def request_number() -> str:
    """The number of this request, shown on error pages and in the log."""
    number: str = g.setdefault("request_number", secrets.token_hex(4).upper())
    return number


def is_api() -> bool:
    """Whether a program asks, not a person."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def answer(status: int, sentence: str, code: str = "", problems: list[dict[str, str]] | None = None) -> Any:
    """The error page or its JSON, in the reader's language; ``problems`` name the fields of a program's body by their paths."""
    if is_api():
        content: dict[str, Any] = {"code": code or str(status), "message": sentence, "request": request_number()}
        return jsonify({"error": content | ({"problems": problems} if problems else {})}), status
    heading = _(HEADINGS.get(status, HEADINGS[500]))
    return render_template("errors/error.html", status=status, title=heading, sentence=sentence, request_number=request_number()), status


def _fields(messages: Any, path: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """The messages of a schema, one by one, with the path of each field: ``values.2.item_code``."""
    if isinstance(messages, dict):
        return [one for name, inner in messages.items() for one in _fields(inner, path if name in _PLACES else (*path, str(name)))]
    return [{"field": ".".join(path), "message": _(str(text))} for text in (messages if isinstance(messages, list) else [messages])]


def register_errors(app: Flask) -> None:
    """Answer every error of the application from the table."""

    @app.errorhandler(LimsError)
    def _own(error: LimsError) -> Any:
        if error.status >= 500:
            log.error("request %s: %s", request_number(), error.code, exc_info=error)
        return answer(error.status, say(error, current_language()), error.code)

    @app.errorhandler(StaleDataError)
    def _stale(_error: StaleDataError) -> Any:
        return answer(409, _(SENTENCES[409]), "conflict")

    @app.errorhandler(CSRFError)
    def _csrf(_error: CSRFError) -> Any:
        return answer(400, _(SENTENCES[400]), "csrf")

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        status = error.code or 500
        if status < 400:
            return error
        limit = app.config["MAX_CONTENT_LENGTH"] // 1_000_000
        sentence = _(SENTENCES.get(status, SENTENCES[400]), **({"limit": limit} if status == 413 else {}))
        return answer(status, sentence, problems=_fields(getattr(error, "data", {}).get("messages", {})))

    @app.errorhandler(Exception)
    def _fault(error: Exception) -> Any:
        log.error("request %s failed", request_number(), exc_info=error)
        return answer(500, _(SENTENCES[500]), "fault")
