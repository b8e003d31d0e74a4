"""The web application: configuration, database, audit, door, blueprints, error pages, security headers."""

from __future__ import annotations

import importlib
from datetime import timedelta
from typing import Any

from flask import Flask, g, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect

from lims import blobs, clock, seals
from lims.accounts import access, queries
from lims.accounts.permissions import is_allowed
from lims.audit import listener
from lims.db.engine import Database
from lims.db.session import bind, reading
from lims.jobs.queries import open_count
from lims.paths import PACKAGE, shared_path
from lims.rounds.lifecycle import periods
from lims.samples.lifecycle.open_loop import hours_of
from lims.settings import Settings, secret_key
from lims.version import program_version
from lims.web import errors, headers, language, pages
from lims.web.api import register_api
from lims.web.navigation import GROUPS, entries

#: modules that hold a ``blueprint`` for people, in the order of the navigation
SCREENS = [
    "lims.health", "lims.home.views", "lims.accounts.views", "lims.jobs.views", "lims.catalogue.views", "lims.samples.views",
    "lims.storage.views", "lims.custody.views", "lims.imports.views", "lims.results.views", "lims.rounds.views",
    "lims.validation.views",
    "lims.audit.views", "lims.verification.views", "lims.rounds.views.verifying", "lims.rounds.views.following",
    "lims.rounds.views.following_appeals", "lims.rounds.views.following_trends",
]  # fmt: skip
#: modules that hold a ``blueprint`` for programs
INTERFACES: list[str] = ["lims.samples.api", "lims.rounds.api"]
#: modules that register panels on lower slices' pages
PANELS: list[str] = ["lims.storage.panels", "lims.results.panels"]


def open_database(settings: Settings) -> Database:
    """Open the database of the settings and make it the one of this process, with its audit trail."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.url, is_wal_allowed=bool(settings.sqlite_wal_reason))
    bind(database)
    blobs.use(settings.blobs)
    seals.use(settings.home)
    periods.use(settings.capa_due_days, settings.capa_limit_days, settings.appeal_days)
    listener.install()
    return database


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """The application for ``settings``; ``database`` is given where it is open already (tests)."""
    if database is None:
        database = open_database(settings)
    bind(database)
    blobs.use(settings.blobs)
    seals.use(settings.home)
    periods.use(settings.capa_due_days, settings.capa_limit_days, settings.appeal_days)
    listener.install()
    app = Flask("lims", template_folder=str(shared_path("templates")), static_folder=str(PACKAGE / "static"))
    _configure(app, settings)
    csrf = CSRFProtect(app)
    headers.register_headers(app)
    access.register_access(app)
    for name in SCREENS:
        app.register_blueprint(importlib.import_module(name).blueprint)
    interfaces = [importlib.import_module(name).blueprint for name in INTERFACES]
    register_api(app, interfaces)
    describe: Any = app.view_functions["api-docs.openapi_json"]  # a method takes no declaration, a function does
    app.view_functions["api-docs.openapi_json"] = access.requires("home.view")(lambda: describe())
    errors.register_errors(app)  # after the interface for programs, which brings handlers of its own
    for interface in interfaces:
        csrf.exempt(interface)
    for name in PANELS:
        importlib.import_module(name)
    _register_words(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    hours_of(settings.open_loop_hours)  # refused at the start, not on the page
    app.config.update(
        SECRET_KEY=secret_key(settings),
        DEBUG=settings.debug,
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1_000_000,
        MAX_FORM_MEMORY_SIZE=8_000_000,
        SESSION_COOKIE_NAME="__Host-lims" if settings.public else "lims",
        SESSION_COOKIE_SECURE=settings.public,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.public,
        LIMS_SETTINGS=settings,
        LIMS_VERSION=program_version(),
    )
    if settings.trusted_proxy:
        from werkzeug.middleware.proxy_fix import ProxyFix

        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]


def _register_words(app: Flask) -> None:
    """What templates may say: translated words, instants in the laboratory's zone, the shell's own numbers."""
    app.jinja_env.globals.update(_=language._)
    app.jinja_env.filters.update(
        instant=language.show_instant, day=language.show_day, number=language.show_number, score=language.show_score,
        place=language.place_words,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_shell)


def _shell() -> dict[str, Any]:
    """The context of every page."""
    context: dict[str, Any] = {
        "language": language.current_language(), "flashes": pages.flashes(), "version": program_version(), "actor": None, "navigation": [],
        "waiting_count": 0, "job_count": 0,
    }  # fmt: skip
    if g.get("actor") is None or not current_user.is_authenticated:
        return context
    with reading() as session:
        laboratories = queries.laboratories_of(session, g.actor.user_id, clock.now())
        tongue = context["language"]
        context.update(
            actor={
                "name": g.actor.name, "laboratory": g.laboratory.name(tongue), "side": g.laboratory.side,
                "laboratories": [(row.id, row.name(tongue), row.side) for row in laboratories], "roles": g.actor.roles,
            },
            navigation=_navigation(),
            job_count=open_count(session, g.actor),
        )  # fmt: skip
        from lims.home.queries import shown_waiting_count

        context["waiting_count"] = shown_waiting_count(session, g.actor)
    return context


def _navigation() -> list[tuple[str, list[tuple[str, str, str, bool, int, list[Any]]]]]:
    from flask import request

    groups: dict[str, list[Any]] = {group: [] for group in GROUPS}
    here = (request.endpoint or "").partition(".")[0]
    for place in entries():
        if place.parent is None and is_allowed(g.actor.roles, place.action):
            is_here = here == place.endpoint.partition(".")[0]
            below = [
                (language._(child.label), url_for(child.endpoint), child.endpoint == request.endpoint)
                for child in entries()
                if is_here and child.parent == place.endpoint and is_allowed(g.actor.roles, child.action)
            ]
            groups[place.group].append((language._(place.label), url_for(place.endpoint), place.icon, is_here, 0, below))
    return [(language._(group), places) for group, places in groups.items() if places]
