"""Who is asking: a person by cookie, a program by bearer token; and which action each route declares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from lims.accounts import queries, service
from lims.accounts.permissions import ACTIONS
from lims.accounts.service.sessions import SignedIn
from lims.db.session import Actor, reading
from lims.web import kept
from lims.web.errors import SENTENCES, answer, is_api
from lims.web.language import _

View = TypeVar("View", bound=Callable[..., Any])

#: routes that answer without a sign-in; a test holds this list
PUBLIC_ENDPOINTS = frozenset({"static", "accounts.login", "accounts.setup", "accounts.language", "health.healthz"})
#: routes open to a person who must first change the password
FIRST_ENDPOINTS = PUBLIC_ENDPOINTS | {"accounts.password", "accounts.logout"}


class Person(UserMixin):
    """A signed-in person for Flask-Login; its id is the random token of the login session, never the user's key."""

    def __init__(self, signed_in: SignedIn) -> None:
        self.signed_in = signed_in

    def get_id(self) -> str:
        return self.signed_in.token


def requires(action: str) -> Callable[[View], View]:
    """Declare which action a route performs; the door asks for it before the view runs."""
    if action not in ACTIONS:
        raise KeyError(action)

    def declare(view: View) -> View:
        view.required_action = action  # type: ignore[attr-defined]
        return view

    return declare


def current_actor() -> Actor:
    """The actor of this request; only inside a route that requires an action."""
    actor: Actor = g.actor
    return actor


def current_sign_in() -> SignedIn:
    """The login session of this request."""
    signed_in: SignedIn = current_user.signed_in
    return signed_in


def owner_of_ended() -> str:
    """Key of the person of the ended login session in this browser's cookie, to which the form's own token is bound; empty when unknown."""
    token = session.get("_user_id")
    return service.owner_of_session(token) if token else ""


def enter(signed_in: SignedIn) -> None:
    """Let the person in with a fresh cookie."""
    login_user(Person(signed_in))


def leave() -> None:
    """End the login session on the server and forget the cookie."""
    if current_user.is_authenticated:
        service.sign_out(current_sign_in().token)
    logout_user()


def action_of(app: Flask, endpoint: str, method: str) -> str | None:
    """The action that a route declares, on its function or on the method of its class."""
    view: Any = app.view_functions[endpoint]
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        view = getattr(view_class, method.lower(), view)
    action: str | None = getattr(view, "required_action", None)
    return action


def register_access(app: Flask) -> None:
    """Guard the door: every route but the public ones needs a sign-in and the action it declares."""
    manager = LoginManager(app)

    @manager.user_loader
    def _load(token: str) -> Person | None:
        signed_in = service.signed_in(token)
        return Person(signed_in) if signed_in else None

    @app.before_request
    def _door() -> Any:
        _identify()
        if request.endpoint is None or request.endpoint in PUBLIC_ENDPOINTS:
            return None
        if g.actor is None:
            return _ask_to_sign_in()
        if current_user.is_authenticated and current_sign_in().must_change_password and request.endpoint not in FIRST_ENDPOINTS:
            return redirect(url_for("accounts.password"))
        action = action_of(app, request.endpoint, "GET" if request.method in ("HEAD", "OPTIONS") else request.method)
        if action is None:
            return answer(404, _(SENTENCES[404]))
        service.permit(g.actor, action)
        return None


def _identify() -> None:
    """Find the actor, the laboratory's zone and the person's language."""
    g.actor, g.is_bearer, g.zone, g.person_language = None, False, None, None
    if request.endpoint == "static":
        return
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if request.path.startswith("/api/") and scheme.lower() == "bearer":
        g.actor = service.bearer(token.strip())
        g.is_bearer = g.actor is not None
    elif current_user.is_authenticated and not (request.path.startswith("/api/") and request.method not in ("GET", "HEAD", "OPTIONS")):
        g.actor = current_sign_in().actor  # a program that writes shows a token: a cookie could be sent by a foreign page
    if g.actor is None:
        return
    g.person_language = g.actor.language or None
    with reading() as session:
        laboratory = queries.laboratory(session, g.actor.laboratory_id)
        g.zone, g.laboratory = laboratory.zone, laboratory


def _ask_to_sign_in() -> Any:
    if is_api():
        return answer(401, _(SENTENCES[401]))
    if kept.may_be_kept():  # the browser sends the form again, to the sign-in page, which carries it on
        return redirect(url_for("accounts.login", next=request.path, path=request.path), 307)
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.login", next=back))
