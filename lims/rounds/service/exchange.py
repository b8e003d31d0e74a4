"""The result form filled without a network: given out, read back, shown with its differences, taken over as one version.

Nothing is saved before the person accepts; what is accepted goes through ``save_draft`` with its checks. A form with
another identity is refused whole; a row with a problem is left as the draft has it and comes back in an error workbook.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lims import blobs, clock, seals
from lims.accounts.service import permit
from lims.catalogue import queries as catalogue
from lims.db.session import Actor, reading, transaction
from lims.errors import Invalid, RuleViolation
from lims.rounds.exchange.cells import Rules
from lims.rounds.exchange.filled import Filled, Row, judged, sealed_identity
from lims.rounds.exchange.form import Content, form_bytes
from lims.rounds.exchange.identity import Identity
from lims.rounds.exchange.layout import STATEMENT
from lims.rounds.lifecycle.units import unit_text
from lims.rounds.models import FormUpload, ReportedValue, Round, Submission
from lims.rounds.queries import exchange as forms
from lims.rounds.queries import records
from lims.rounds.report.terms import RESULT_CODES
from lims.rounds.service.common import person, refuse_who_knows
from lims.rounds.service.entries import HEAD, Entry, ValueEntry, entered_value, without_blanks
from lims.rounds.service.lock import close_if_due
from lims.rounds.service.submission import accepted_now, save_draft
from lims.sheets.form import sheets_of
from lims.words import translate

MOST_BYTES = 5_000_000
FIELDS = (*HEAD, STATEMENT)
YES = "是 yes"


@dataclass(frozen=True)
class OpenForm:
    """The own part of a round that takes results now: its identity, the newest version, and its values by item code."""

    round: Round
    participant_id: uuid.UUID
    identity: Identity
    newest: Submission | None
    values: dict[str, ValueEntry]
    methods: dict[str, str]

    @property
    def version(self) -> int:
        return self.newest.version if self.newest else 0

    @property
    def head(self) -> dict[str, str]:
        """The head of the newest version, the statement among its fields."""
        if self.newest is None:
            return {}
        return {**{name: str(text) for name, text in self.newest.head.items()}, STATEMENT: "yes" if self.newest.is_independent else ""}


@dataclass(frozen=True)
class Difference:
    """A cell in which the form differs from the newest version; ``row`` is an item code, or empty for the head."""

    row: str
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Judged:
    """A filled form beside the newest version: what would be saved, and in what it differs."""

    open: OpenForm
    filled: Filled
    file_name: str
    file_sha256: str
    entry: Entry
    differences: tuple[Difference, ...]
    known_version: int = 0  # the version that this very file became before

    @property
    def is_same(self) -> bool:
        """Whether the newest version says what the form says already."""
        return not self.differences


def offline_form(actor: Actor, round_id: uuid.UUID) -> tuple[str, bytes]:
    """Name and bytes of the own form, filled with the newest version; only while the round takes results from this person."""
    found = open_form(actor, round_id)
    head = {**found.head, STATEMENT: YES if found.head.get(STATEMENT) else ""}
    items = {code: plain_item(value, found.identity) for code, value in found.values.items()}
    return f"{found.round.code}-{found.identity.participant}.xlsx", _bytes(actor, found, found.identity, Content(head, items))


def open_form(actor: Actor, round_id: uuid.UUID) -> OpenForm:
    """The own part, where results are taken now; the sentence of the refusal says why not."""
    permit(actor, "rounds.submit")
    close_if_due(round_id)
    with reading() as session:
        row, own = forms.own_part(session, actor, round_id)
        refuse_who_knows(session, actor, row)
        accepted_now(row, own, actor, clock.now())
        newest = records.newest_version(session, row, own)
        kept = {one.code: one for one in records.values_of(session, newest)} if newest else {}
        codes = [one.code for one in records.item_codes_of(session, own)]
        methods = forms.method_names(session, actor, str(newest.head.get("method_code", "")) if newest else "")
        identity = Identity(
            round=row.code, round_id=str(row.id), participant=own.code or "", participant_id=str(own.id), batch=row.batch,
            protocol_version=row.protocol_version, kind=row.kind, measurand=_measurand(session, actor, row), unit=row.unit,
            units=row.units if row.kind == "quantitative" else (), targets=_targets(session, actor, row, kept),
            methods=tuple(methods), deadline=_deadline(row), fields=FIELDS, items=tuple(codes),
        )  # fmt: skip
        return OpenForm(row, own.id, identity, newest, {code: entered_value(code, kept.get(code)) for code in codes}, methods)


def judge_form(actor: Actor, round_id: uuid.UUID, name: str, content: bytes) -> Judged:
    """Read a filled form and show what would become of every row; nothing is saved. Invalid when it is not the own form."""
    found = open_form(actor, round_id)
    if len(content) > MOST_BYTES:
        raise Invalid(
            "rounds.form_large", "The file has %(size)s bytes; a result form has at most %(limit)s. Choose the form you downloaded.",
            field="file", size=len(content), limit=MOST_BYTES,
        )  # fmt: skip
    sheets = sheets_of(name, content)
    identity = sealed_identity(sheets, _proves)
    _refuse_foreign(identity, found)
    filled = judged(sheets, identity, _rules(found))
    entry, sha256 = _merged(found, filled), hashlib.sha256(content).hexdigest()
    with reading() as session:
        known = forms.version_of_file(session, actor, found.participant_id, sha256)
    return Judged(found, filled, name, sha256, entry, tuple(_differences(found, entry)), known)


def accept_form(actor: Actor, round_id: uuid.UUID, name: str, content: bytes, base_version: int) -> tuple[Judged, Submission | None]:
    """Take the good rows over as one new version; None beside what was judged when the newest version says the same already."""
    told = judge_form(actor, round_id, name, content)
    if told.is_same:
        return told, None
    if not [row for row in (*told.filled.fields, *told.filled.items) if not row.problems]:
        raise RuleViolation("rounds.form_nothing", "No row of the form can be taken over. Correct the rows first.")
    blobs.store().put(content)
    with transaction(actor, "took over a filled result form") as session:
        saved = save_draft(actor, round_id, replace(told.entry, base_version=base_version))
        session.add(
            FormUpload(
                laboratory_id=saved.laboratory_id, round_id=saved.round_id, participant_id=saved.participant_id, submission_id=saved.id,
                file_name=name[-200:], file_sha256=told.file_sha256, refused_rows=len(told.filled.refused), accepted_at=clock.now(),
                accepted_by_id=person(actor), accepted_by_name=actor.name,
            )
        )  # fmt: skip
        session.flush()
    return told, saved


def error_form(actor: Actor, round_id: uuid.UUID, name: str, content: bytes) -> bytes:
    """The refused rows as they were with their reasons, as a form that is corrected and uploaded like the first."""
    told = judge_form(actor, round_id, name, content)
    refused = {row.name: row for row in told.filled.refused}
    identity = told.filled.identity
    fields, items = (tuple(one for one in names if one in refused) for names in (identity.fields, identity.items))
    part = replace(identity, fields=fields, items=items, is_part=True)
    reasons = {row.name: "\n".join(one.say(actor.language) for one in row.problems) for row in refused.values()}
    head = {one: refused[one].texts.get(one, "") for one in part.fields}
    return _bytes(actor, told.open, part, Content(head, {one: refused[one].texts for one in part.items}, reasons))


def plain_item(value: ValueEntry, identity: Identity) -> dict[str, str]:
    """One item as the cells of the form hold it."""
    cells = {name: str(getattr(value, name)) for name in ("result_code", "value", "expanded_u", "k", "internal_control", "could_not_test",
                                                           "remark")}  # fmt: skip
    unit = unit_text(value.unit or identity.unit) or "1"
    cells |= {"relation": value.relation if value.value else "", "unit": unit, "replicates": "; ".join(value.replicates)}
    return {**cells, **{f"ct-{target}": text for target, text in value.ct.items()}}


def _bytes(actor: Actor, found: OpenForm, identity: Identity, content: Content) -> bytes:
    words = replace(content, language=actor.language, codes=RESULT_CODES, methods=found.methods)
    return form_bytes(identity, words, lambda text: seals.sealer().seal(text, seals.FORM_DOMAIN), clock.now())


def _proves(text: str, seal: str) -> bool:
    return bool(seal) and seals.is_sealed_by(seals.sealer().public_key, text, seal, seals.FORM_DOMAIN)


def _refuse_foreign(identity: Identity, found: OpenForm) -> None:
    """Another round, another laboratory, another version of the protocol or another batch of codes: nothing is read."""
    if identity.round_id != found.identity.round_id:
        raise Invalid(
            "rounds.form_other_round", "The form belongs to round %(read)s, this is round %(expected)s. Nothing was read. Upload it there, "
            "or choose the form of this round.", field="file", read=identity.round, expected=found.round.code,
        )  # fmt: skip
    if identity.participant_id != found.identity.participant_id:
        raise Invalid(
            "rounds.form_other_participant", "The form was made for another laboratory than yours. Nothing was read. Choose the form "
            "that you downloaded from this page.", field="file",
        )  # fmt: skip
    now = (found.identity.protocol_version, found.identity.batch)
    if (identity.protocol_version, identity.batch) != now:
        raise Invalid(
            "rounds.form_old", "The form follows version %(read)s of the protocol and the codes of batch %(batch)s; version %(expected)s "
            "and batch %(now)s hold now. Nothing was read. Download the form again.", field="file", read=identity.protocol_version,
            batch=identity.batch, expected=now[0], now=now[1],
        )  # fmt: skip


def _rules(found: OpenForm) -> Rules:
    words = {translate(word, tongue).lower(): code for code, word in RESULT_CODES.items() for tongue in ("en", "zh_CN")}
    methods = {part.strip().lower(): code for code, names in found.methods.items() for part in names.split(" / ")}
    return Rules(clock.now().astimezone(ZoneInfo(found.round.zone)).date(), words, methods)


def _merged(found: OpenForm, filled: Filled) -> Entry:
    """The newest version with every good row of the form in its place."""
    good: dict[str, Row] = {row.name: row for row in (*filled.fields, *filled.items) if not row.problems}
    head = {name: good[name].kept if name in good else found.head.get(name, "") for name in FIELDS}
    values = [ValueEntry(code, **good[code].kept) if code in good else value for code, value in found.values.items()]
    statement = head.pop(STATEMENT)
    kept = Entry(tuple(values), {name: text for name, text in head.items() if text}, is_independent=statement == "yes")
    return without_blanks(kept)


def _differences(found: OpenForm, entry: Entry) -> list[Difference]:
    head = {**entry.head, STATEMENT: "yes" if entry.is_independent else ""}
    told = [Difference("", name, found.head.get(name, ""), head.get(name, "")) for name in FIELDS]
    after = {value.code: value for value in entry.values}
    for code, value in found.values.items():
        old, new = _said(value), _said(after.get(code, ValueEntry(code)))
        told += [Difference(code, name, old.get(name, ""), new.get(name, "")) for name in dict.fromkeys([*old, *new])]
    return [one for one in told if one.before != one.after]


def _said(value: ValueEntry) -> Mapping[str, str]:
    """The parts of one item that say something, by column."""
    plain: dict[str, Any] = {name: getattr(value, name) for name in ("result_code", "value", "expanded_u", "k", "internal_control",
                                                                      "could_not_test", "remark")}  # fmt: skip
    if value.value:
        plain |= {"relation": value.relation, "unit": unit_text(value.unit)}
    plain |= {"replicates": "; ".join(value.replicates), **{f"ct-{target}": text for target, text in value.ct.items()}}
    return {name: str(text) for name, text in plain.items() if text}


def _measurand(session: Session, actor: Actor, row: Round) -> str:
    entry = catalogue.measurands(session, actor, [row.measurand_code]).get(row.measurand_code)
    return f"{entry.name_zh} {entry.name_en}" if entry else row.measurand_code


def _targets(session: Session, actor: Actor, row: Round, kept: Mapping[str, ReportedValue]) -> tuple[str, ...]:
    return forms.asked_targets(session, actor, row, kept.values()) if row.kind == "qualitative" else ()


def _deadline(row: Round) -> str:
    local = row.deadline.astimezone(ZoneInfo(row.zone))
    offset = f"{local:%z}"
    return f"{local:%Y-%m-%d %H:%M} {row.zone} (UTC{offset[:3]}:{offset[3:]})"
