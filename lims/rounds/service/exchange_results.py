"""Take-over: the own laboratory's results of the items proposed for the form, accepted one by one by the person who saves."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from lims.db.session import Actor, reading
from lims.errors import RuleViolation
from lims.results import queries as results
from lims.rounds.exchange.proposals import Found, Left, Proposal, called, measured
from lims.rounds.models import Submission
from lims.rounds.queries import exchange as forms
from lims.rounds.report.terms import RESULT_CODES
from lims.rounds.service.entries import Entry, ValueEntry, without_blanks
from lims.rounds.service.exchange import OpenForm, open_form
from lims.rounds.service.submission import save_draft
from lims.samples.models import Sample
from lims.words import translate


@dataclass(frozen=True)
class TakeOver:
    """The proposals that differ from the newest version, and what is left to the person."""

    open: OpenForm
    proposals: tuple[Proposal, ...]
    left: tuple[Left, ...]
    samples: int  # own samples that were found for the items

    def before(self, one: Proposal) -> str:
        """What the newest version says there."""
        value = self.open.values[one.item]
        if one.name == "replicates":
            return "; ".join(value.replicates)
        return value.ct.get(one.name[3:], "") if one.name.startswith("ct-") else str(getattr(value, one.name))


def proposals_for(actor: Actor, round_id: uuid.UUID) -> TakeOver:
    """What the own results would fill in; nothing is saved."""
    found = open_form(actor, round_id)
    with reading() as session:
        samples = forms.samples_of_items(session, actor, found.round, found.identity.items)
        by_sample = _results(session, actor, [one for some in samples.values() for one in some])
    proposals: list[Proposal] = []
    left: list[Left] = []
    for code, own in samples.items():
        some = [one for sample in own for one in by_sample.get(sample.id, [])]
        told = (
            called(code, some, found.identity.targets, _words()) if found.round.kind == "qualitative"
            else measured(code, some, found.identity.units)
        )  # fmt: skip
        proposals += told.proposals
        left += told.left
    whole = TakeOver(found, (), tuple(left), sum(map(len, samples.values())))
    return replace(whole, proposals=tuple(one for one in proposals if whole.before(one) != one.text))


def take_over(actor: Actor, round_id: uuid.UUID, chosen: Collection[str], base_version: int) -> Submission:
    """Save the chosen proposals (``item:name``) as a new version of the draft; everything else stays as it is."""
    told = proposals_for(actor, round_id)
    taken = [one for one in told.proposals if f"{one.item}:{one.name}" in chosen]
    if not taken:
        raise RuleViolation("rounds.nothing_chosen", "No proposal was chosen, or the results changed meanwhile. Look again and choose.")
    values = dict(told.open.values)
    for one in taken:
        values[one.item] = _with(values[one.item], one)
    newest = told.open.newest
    head = {name: str(text) for name, text in newest.head.items()} if newest else {}
    entry = Entry(tuple(values.values()), head, is_independent=bool(newest and newest.is_independent), base_version=base_version)
    return save_draft(actor, round_id, without_blanks(entry))


def _with(value: ValueEntry, one: Proposal) -> ValueEntry:
    if one.name.startswith("ct-"):
        return replace(value, ct={**value.ct, one.name[3:]: one.text})
    if one.name == "replicates":
        return replace(value, replicates=tuple(part.strip() for part in one.text.split(";")))
    changed: dict[str, Any] = {one.name: one.text}
    return replace(value, **changed)


def _results(session: Session, actor: Actor, samples: list[Sample]) -> dict[uuid.UUID, list[Found]]:
    rows = results.of_samples(session, actor, [one.id for one in samples])
    reviewed = results.reviews(session, actor, [row.id for row in rows])
    found: dict[uuid.UUID, list[Found]] = {}
    for row in sorted(rows, key=lambda one: (one.target, one.replicate or 0, one.id)):
        source = " · ".join(part for part in (row.sample.number, row.target, row.source or "", row.position or "") if part)
        found.setdefault(row.sample_id, []).append(
            Found(row.target, row.quantity, row.status, row.value_text, row.comparator or "", row.unit or "", source, row.id in reviewed)
        )
    return found


def _words() -> dict[str, str]:
    return {
        name.casefold(): code for code, word in RESULT_CODES.items() for name in (code, translate(word, "en"), translate(word, "zh_CN"))
    }
