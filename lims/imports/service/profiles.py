"""Profiles without code: a draft from an example, a file or a shipped profile; saved under a name and version; withdrawn."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from instruments.contract import ParseError
from instruments.generic_table.profile import flattened, profile_from_json, shipped_profiles, shipped_text
from lims import blobs, clock
from lims.accounts.service import permit
from lims.db.session import Actor, reading, transaction
from lims.errors import Forbidden, Invalid, NotFound, RuleViolation
from lims.imports import profile_queries as queries
from lims.imports.models import InstrumentProfile
from lims.imports.profile_content import is_complete
from lims.imports.service.trying import look_at, read_with
from lims.marks import N_
from lims.words import translate

NAME = re.compile(r"[a-z0-9][a-z0-9_]{1,39}")
MOST_EXAMPLE = 5_000_000
MOST_PROFILE = 200_000
#: what a profile begins with: the texts of the shipped one for any table, none of its headings
BASE = "default"
_CHOSEN = "profile:"


@dataclass(frozen=True)
class Example:
    """A file as it was sent to show how the instrument writes."""

    name: str
    content: bytes = field(repr=False)


def _refused_profile(error: ParseError, actor: Actor) -> Invalid:
    reason = translate(error.message, actor.language, **error.params)
    return Invalid("imports.profile_faulty", N_("The file is no profile: %(reason)s"), field="profile", reason=reason)


def _reason(outcome: dict[str, Any], actor: Actor) -> str:
    """Why the example is not read, in the person's language."""
    return translate(outcome["refused"]["sentence"], actor.language, **outcome["refused"]["values"])


def start_profile(actor: Actor, example: Example) -> InstrumentProfile:
    """A draft from an example file: its headings without meaning yet, the texts of the shipped profile for any table."""
    permit(actor, "imports.profiles")
    content = {**_content(flattened(shipped_text(BASE) or "")), "columns": {"ignore": []}, "wide": None}
    digest, heading = _kept(actor, example)
    return _draft(actor, "own_table", "", content, example.name, digest, heading)


def copy_shipped(actor: Actor, name: str) -> InstrumentProfile:
    """A draft with what a shipped profile says; the shipped one stays as it is."""
    permit(actor, "imports.profiles")
    text = shipped_text(name)
    if text is None:
        raise NotFound("imports.no_shipped_profile", N_("There is no shipped profile of this name."))
    data = flattened(text)
    return _draft(actor, f"{name}_own"[:40], str(data.get("title", "")), _content(data))


def import_profile(actor: Actor, text: bytes) -> InstrumentProfile:
    """A draft from a profile's file; its faults are named."""
    permit(actor, "imports.profiles")
    if len(text) > MOST_PROFILE:
        raise Invalid("imports.profile_too_large", N_("The file is larger than a profile can be (200 kB)."), field="profile")
    try:
        data = flattened(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid("imports.profile_not_text", N_("The file is no profile: it is not UTF-8 text."), field="profile") from error
    except ParseError as error:
        raise _refused_profile(error, actor) from error
    name, taken = str(data["name"]), {one.name for one in shipped_profiles()}
    own = name if NAME.fullmatch(name) and name not in taken else "own_table"
    return _draft(actor, own, str(data.get("title", ""))[:120], _content(data))


def next_version(actor: Actor, profile_id: uuid.UUID) -> InstrumentProfile:
    """A draft with what a saved profile says, to be saved as its next version."""
    permit(actor, "imports.profiles")
    with reading() as session:
        row = queries.profile(session, actor, profile_id)
    return _draft(actor, row.name, row.title, dict(row.content), row.example_name, row.example_sha256, row.heading_row)


def change_profile(
    actor: Actor, profile_id: uuid.UUID, name: str, title: str, content: dict[str, Any], heading_row: int, example: Example | None = None
) -> InstrumentProfile:
    """Keep a draft as it stands on its page. Raises RuleViolation when it is saved already, Invalid for a faulty field."""
    permit(actor, "imports.profiles")
    kept = _kept(actor, example) if example is not None else None
    with transaction(actor, "changed a draft profile") as session:
        row = _open(queries.profile(session, actor, profile_id, is_locked=True))
        row.name, row.title, row.content, row.heading_row = _name(name), title.strip()[:120], content, heading_row
        if example is not None and kept is not None:
            row.example_name, row.example_sha256, row.heading_row = example.name, *kept
        _check(row, actor)
        return row


def save_profile(actor: Actor, profile_id: uuid.UUID) -> InstrumentProfile:
    """Give a draft its version: from now on it does not change and can be chosen at an upload. Its example must be readable with it."""
    permit(actor, "imports.profiles")
    with reading() as session:
        row = queries.profile(session, actor, profile_id)
    if not is_complete(row.content):
        raise Invalid("imports.profile_incomplete", N_("The profile gives no column for the sample or none for a result."), field="name")
    if row.example_sha256 is not None and "refused" in (outcome := read_with(row, row.content)):
        sentence = N_("The example cannot be read with this profile: %(reason)s")
        raise RuleViolation("imports.profile_example", sentence, reason=_reason(outcome, actor))
    with transaction(actor, "saved a profile") as session:
        row = _open(queries.profile(session, actor, profile_id, is_locked=True))
        _check(row, actor)
        row.version, row.state = queries.last_version(session, actor, row.name) + 1, "saved"
        row.made_by, row.made_at = actor.name, clock.now()
        return row


def withdraw_profile(actor: Actor, profile_id: uuid.UUID) -> InstrumentProfile:
    """Take a profile out of the choice at uploads; what was read with it stays. A draft is given up."""
    permit(actor, "imports.profiles")
    with transaction(actor, "withdrew a profile") as session:
        row = queries.profile(session, actor, profile_id, is_locked=True)
        row.state = "withdrawn"
        return row


def with_profile(actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
    """A person's answers with the laboratory's own profile put in where one was chosen; another laboratory's does not exist."""
    chosen = str(options.get("parser", ""))
    if not chosen.startswith(_CHOSEN):
        return options
    try:
        key = uuid.UUID(chosen.removeprefix(_CHOSEN))
    except ValueError as error:
        raise NotFound("imports.no_profile", N_("No such profile in this laboratory.")) from error
    with reading() as session:
        row = queries.profile(session, actor, key)
        if row.state != "saved":
            raise RuleViolation("imports.profile_not_saved", N_("The profile %(name)s is not saved or was withdrawn."), name=row.name)
        return {**options, "parser": "generic_table", "profile": queries.text_of(row), "profile_id": str(row.id)}


def _content(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in ("name", "version", "title", "maturity")}


def _draft(
    actor: Actor, name: str, title: str, content: dict[str, Any], example: str | None = None, digest: str | None = None, heading: int = 0
) -> InstrumentProfile:
    if actor.laboratory_id is None:
        raise Forbidden("imports.nobody", N_("Only a person of a laboratory can upload files."))
    with transaction(actor, "began a profile") as session:
        row = InstrumentProfile(
            laboratory_id=actor.laboratory_id, name=name, version=None, state="draft", title=title, content=content,
            example_name=example, example_sha256=digest, heading_row=heading, made_by=actor.name, made_at=clock.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row


def _kept(actor: Actor, example: Example) -> tuple[str, int]:
    """The example is kept like an upload, after a look that it is a table at all; the row that looks like its heading."""
    if not example.content or len(example.content) > MOST_EXAMPLE:
        raise Invalid("imports.example_size", N_("The example must be a file of at most 5 MB that is not empty."), field="example")
    looked = look_at(example.name, example.content)
    if "refused" in looked:
        raise Invalid(
            "imports.example_unreadable", N_("The example cannot be read: %(reason)s"), field="example", reason=_reason(looked, actor)
        )
    blobs.store().put(example.content)
    return hashlib.sha256(example.content).hexdigest(), int(looked["heading"])


def _open(row: InstrumentProfile) -> InstrumentProfile:
    if row.state != "draft":
        sentence = N_("The profile %(name)s is saved; make a new version of it to change it.")
        raise RuleViolation("imports.profile_closed", sentence, name=row.name)
    return row


def _name(name: str) -> str:
    plain = name.strip()
    if not NAME.fullmatch(plain):
        sentence = N_("Name: read %(read)s; expected 2 to 40 small letters, digits or _, such as icp_water.")
        raise Invalid("imports.profile_name", sentence, field="name", read=plain or "–")
    if plain in {one.name for one in shipped_profiles()}:
        raise Invalid("imports.profile_shipped", N_("Name: %(read)s is a shipped profile. Choose another name."), field="name", read=plain)
    return plain


def _check(row: InstrumentProfile, actor: Actor) -> None:
    """The parser's own check of the whole profile."""
    try:
        profile_from_json(json.dumps({**row.content, "name": row.name, "version": "1"}), is_given=True)
    except ParseError as error:
        raise _refused_profile(error, actor) from error
