"""Signing in and out, the own account, and the administrator's people and laboratories."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, session, url_for

from lims import clock
from lims.accounts import queries, service
from lims.accounts.access import current_actor, current_sign_in, enter, leave, owner_of_ended, requires
from lims.accounts.forms import LaboratoryForm, OrganisationForm, PasswordForm, SetupForm, SignInForm, UserForm
from lims.accounts.passwords import random_password
from lims.accounts.permissions import ROLES
from lims.db.session import reading
from lims.errors import LimsError
from lims.marks import N_
from lims.web import kept
from lims.web.forms import options
from lims.web.language import _, choose_language, current_language
from lims.web.navigation import entry
from lims.web.pages import own_path, remote_address, said, said_refusal

blueprint = Blueprint("accounts", __name__)

entry(N_("Records"), N_("Admin"), "accounts.people", "accounts.manage", "gear", 90)

ROLE_WORDS = {
    "technician": N_("Technician"), "authoriser": N_("Authoriser"), "qa_manager": N_("QA manager"), "coordinator": N_("Round coordinator"),
    "reviewer": N_("Expert reviewer"), "auditor": N_("Auditor"), "administrator": N_("Administrator"),
}  # fmt: skip


@blueprint.route("/login", methods=["GET", "POST"], endpoint="login")
def sign_in() -> Any:
    """The sign-in page; afterwards back to the page that asked for it."""
    form = SignInForm()
    back, typed = own_path(request.values.get("next"), "/"), _typed_before()
    if form.validate_on_submit():
        try:
            signed_in = service.sign_in(form.login.data.lower(), form.password.data, remote_address(), request.user_agent.string)
        except LimsError as error:
            form.show(error)
            return render_template("accounts/login.html", form=form, next=back, kept=typed), error.status
        tongue = session.get("language")
        session.clear()
        if tongue:
            choose_language(tongue)
        enter(signed_in)
        return _with_what_was_typed(typed, back, str(signed_in.actor.user_id))
    with reading() as database:
        if queries.is_empty(database):
            return redirect(url_for("accounts.setup"))
    if typed and "login" not in request.form:
        form = SignInForm(formdata=None)
    return render_template("accounts/login.html", form=form, next=back, kept=typed)


def _typed_before() -> str:
    """A form that arrived here because its sign-in had ended, sealed; the sealed text itself on the way through this page."""
    is_sealed = "path" not in request.args or "kept" in request.form
    return request.form.get("kept", "") if is_sealed else kept.seal(request.args["path"], owner_of_ended())


def _with_what_was_typed(sealed: str, back: str, person: str) -> Any:
    """To the page that was asked for, or first to what this same person typed and did not save."""
    found = kept.opened(sealed) if sealed else None
    if found is None:
        return redirect(back)
    if found.owner != person:
        said(_("A form of another person was not kept for you."), "warn")
        return redirect(back)
    g.pop("csrf_token", None)  # it belonged to the session before the sign-in
    return render_template("accounts/kept.html", path=found.path, fields=found.fields)


@blueprint.post("/logout", endpoint="logout")
@requires("accounts.own")
def sign_out() -> Any:
    """End this login session."""
    leave()
    session.clear()
    return redirect(url_for("accounts.login"))


@blueprint.route("/setup", methods=["GET", "POST"])
def setup() -> Any:
    """The first administrator of an empty installation."""
    with reading() as database:
        if not queries.is_empty(database):
            abort(404)
    form = SetupForm()
    if form.validate_on_submit():
        try:
            _claim(form)
        except LimsError as error:
            form.show(error)
            return render_template("accounts/setup.html", form=form), error.status
        said(_("Your account is ready. Sign in with it."))
        return redirect(url_for("accounts.login"))
    return render_template("accounts/setup.html", form=form)


def _claim(form: SetupForm) -> None:
    organisation = {
        "code": form.organisation_code.data,
        "name_en": form.organisation_en.data,
        "name_zh": form.organisation_zh.data,
        "side": form.side.data,
    }
    laboratory = {"code": form.laboratory_code.data, "name_en": form.laboratory_en.data, "name_zh": form.laboratory_zh.data}
    service.claim_setup_token(form.token.data.strip(), form.login.data, form.name.data, form.password.data, organisation, laboratory)


@blueprint.post("/language")
def language() -> Any:
    """Change the language and stay on the page."""
    wanted = request.form.get("language", "")
    choose_language(wanted)
    if g.actor is not None:
        service.set_language(g.actor, wanted)
    return redirect(own_path(request.form.get("next"), "/"))


@blueprint.get("/account")
@requires("accounts.own")
def account() -> Any:
    """The own account: roles, open sign-ins, password."""
    actor = current_actor()
    with reading() as database:
        sessions = queries.open_sessions(database, actor.user_id or uuid.UUID(int=0), clock.now())
    words = [_(ROLE_WORDS[role]) for role in ROLES if role in actor.roles]
    return render_template("accounts/account.html", sessions=sessions, current=current_sign_in().session_id, role_words=words)


@blueprint.route("/account/password", methods=["GET", "POST"])
@requires("accounts.own")
def password() -> Any:
    """Change the own password; all sign-ins end, this one is renewed."""
    form = PasswordForm()
    if form.validate_on_submit():
        actor = current_actor()
        try:
            service.change_password(actor, form.old.data, form.password.data)
        except LimsError as error:
            form.show(error)
            return render_template("accounts/password.html", form=form), error.status
        session.clear()
        enter(service.sign_in(actor.login, form.password.data, remote_address(), request.user_agent.string))
        said(_("The password is changed. Your other sign-ins have ended."))
        return redirect(url_for("home.index"))
    return render_template("accounts/password.html", form=form, is_first=current_sign_in().must_change_password)


@blueprint.post("/account/sessions/<uuid:session_id>/end")
@requires("accounts.own")
def end_session(session_id: uuid.UUID) -> Any:
    """End one of the own sign-ins."""
    service.end_session(current_actor(), session_id)
    said(_("The sign-in has ended."))
    return redirect(url_for("accounts.account"))


@blueprint.post("/account/laboratory", endpoint="laboratory")
@requires("accounts.own")
def switch_laboratory() -> Any:
    """Go on in another laboratory; no object of the old one stays open."""
    try:
        wanted = uuid.UUID(request.form.get("laboratory", ""))
    except ValueError:
        abort(404)
    signed_in = service.switch_laboratory(current_sign_in(), wanted, remote_address(), request.user_agent.string)
    enter(signed_in)
    return redirect(url_for("home.index"))


@blueprint.get("/admin")
@requires("accounts.manage")
def people() -> Any:
    """Every account with its roles and laboratory."""
    with reading() as database:
        rows = queries.people(database)
        laboratories = {row.id: row.name(current_language()) for row in queries.all_laboratories(database)}
    return render_template("accounts/people.html", rows=rows, laboratories=laboratories, role_words=ROLE_WORDS)


@blueprint.route("/admin/users/new", methods=["GET", "POST"])
@requires("accounts.manage")
def new_user() -> Any:
    """Register a person; the first password is shown once."""
    form = UserForm()
    with reading() as database:
        form.laboratory.choices = options(
            (str(row.id), f"{row.code} {row.name(current_language())}") for row in queries.all_laboratories(database)
        )
    form.roles.choices = options((role, _(ROLE_WORDS[role])) for role in ROLES)
    if form.validate_on_submit():
        first = random_password()
        try:
            service.add_user(current_actor(), form.login.data, form.name.data, uuid.UUID(form.laboratory.data), form.roles.data, first)
        except LimsError as error:
            form.show(error)
            return render_template("accounts/form.html", form=form, heading=_("New user")), error.status
        return render_template("accounts/password_shown.html", login=form.login.data.strip().lower(), password=first)
    return render_template("accounts/form.html", form=form, heading=_("New user"))


@blueprint.post("/admin/users/<uuid:user_id>/reset")
@requires("accounts.manage")
def reset_password(user_id: uuid.UUID) -> Any:
    """A new random password, shown once."""
    fresh = service.reset_password(current_actor(), user_id)
    with reading() as database:
        user = queries.user_by_id(database, user_id)
    return render_template("accounts/password_shown.html", login=user.login if user else "", password=fresh)


@blueprint.post("/admin/users/<uuid:user_id>/disable")
@requires("accounts.manage")
def disable_user(user_id: uuid.UUID) -> Any:
    """Close an account."""
    try:
        service.disable_user(current_actor(), user_id)
        said(_("The account is closed and signed out everywhere."))
    except LimsError as error:
        said_refusal(error)
    return redirect(url_for("accounts.people"))


@blueprint.route("/admin/organisations/new", methods=["GET", "POST"])
@requires("accounts.manage")
def new_organisation() -> Any:
    """Register a partner."""
    form = OrganisationForm()
    if form.validate_on_submit():
        try:
            service.add_organisation(current_actor(), form.code.data, form.name_en.data, form.name_zh.data, form.side.data)
        except LimsError as error:
            form.show(error)
            return render_template("accounts/form.html", form=form, heading=_("New organisation")), error.status
        said(_("The organisation is registered."))
        return redirect(url_for("accounts.people"))
    return render_template("accounts/form.html", form=form, heading=_("New organisation"))


@blueprint.route("/admin/laboratories/new", methods=["GET", "POST"])
@requires("accounts.manage")
def new_laboratory() -> Any:
    """Register a laboratory of a partner."""
    form = LaboratoryForm()
    with reading() as database:
        form.organisation.choices = options((str(row.id), row.name(current_language())) for row in queries.all_organisations(database))
    if form.validate_on_submit():
        try:
            service.add_laboratory(current_actor(), uuid.UUID(form.organisation.data), form.code.data, form.name_en.data, form.name_zh.data)
        except LimsError as error:
            form.show(error)
            return render_template("accounts/form.html", form=form, heading=_("New laboratory")), error.status
        said(_("The laboratory is registered."))
        return redirect(url_for("accounts.people"))
    return render_template("accounts/form.html", form=form, heading=_("New laboratory"))
