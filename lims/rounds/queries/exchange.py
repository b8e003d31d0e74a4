"""What the result form is made of: the own part of a round, the methods it offers, the targets it asks for, the files taken over."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims.catalogue import queries as catalogue
from lims.db.session import Actor
from lims.rounds.exchange.proposals import NO_TARGET
from lims.rounds.models import FormUpload, ItemCode, Participant, RememberedAnswer, ReportedValue, Round, Submission
from lims.rounds.queries import records
from lims.rounds.queries.visible import round_by_id
from lims.samples import queries as samples
from lims.samples.lifecycle.states import CANCELLED, REJECTED
from lims.samples.models import Sample


def own_part(session: Session, actor: Actor, round_id: uuid.UUID) -> tuple[Round, Participant]:
    """A visible round and the own laboratory's part in it; NotFound for a laboratory that takes no part."""
    row = round_by_id(session, actor, round_id)
    return row, records.participant_of(session, row, actor.laboratory_id)


def method_names(session: Session, actor: Actor, used: str) -> dict[str, str]:
    """The methods of the catalogue by code with both names, and the one that is used already."""
    offered = [one.code for one in catalogue.choices(session, actor, "methods")]
    found = catalogue.find_many(session, actor, ("methods",), offered)
    names = {code: f"{found[code].name_zh} / {found[code].name_en}" for code in offered}
    return names if not used or used in names else {used: used, **names}


def asked_targets(session: Session, actor: Actor, row: Round, values: Iterable[ReportedValue]) -> tuple[str, ...]:
    """The targets whose cycles are asked for: those of the measurand and those that were reported; "target" where none is known."""
    found = catalogue.measurands(session, actor, [row.measurand_code]).get(row.measurand_code)
    usual = [one.strip() for one in str(found.columns.get("common_targets", "")).split(";")] if found else []
    reported = sorted({target for value in values for target in value.ct})
    return tuple(dict.fromkeys([*(one for one in usual if one), *reported])) or (NO_TARGET,)


def version_of_file(session: Session, actor: Actor, participant_id: uuid.UUID, sha256: str) -> int:
    """The version that this very file became before; 0 when it became none."""
    query = (
        select(Submission.version).join(FormUpload, FormUpload.submission_id == Submission.id)
        .where(FormUpload.laboratory_id == actor.laboratory_id, FormUpload.participant_id == participant_id,
               FormUpload.file_sha256 == sha256)
        .order_by(Submission.version.desc()).limit(1)
    )  # fmt: skip
    return session.scalar(query) or 0


def remembered(session: Session, actor: Actor, key: str) -> RememberedAnswer | None:
    """The answer that the laboratory got for this key before."""
    query = select(RememberedAnswer).where(RememberedAnswer.laboratory_id == actor.laboratory_id, RememberedAnswer.key == key)
    return session.scalar(query)


def own_parts(session: Session, actor: Actor, rounds: Iterable[Round]) -> dict[uuid.UUID, Participant]:
    """The own laboratory's parts in these rounds, by round."""
    wanted = [row.id for row in rounds]
    query = select(Participant).where(Participant.round_id.in_(wanted), Participant.laboratory_id == actor.laboratory_id)
    return {one.round_id: one for one in session.scalars(query)}


def codes_by_number(session: Session, row: Round, codes: Iterable[ItemCode]) -> dict[int, str]:
    """The own item codes by item number; for the time after publication only, since a number tells which items are the same."""
    numbers = {item.id: item.number for item in records.items_of(session, row)}
    return {numbers[one.item_id]: one.code for one in codes}


def samples_of_items(session: Session, actor: Actor, row: Round, codes: Iterable[str]) -> dict[str, list[Sample]]:
    """The own samples that were registered for these item codes: as comparison items of this round, or under the code as their number."""
    wanted = list(codes)
    found = samples.by_numbers(session, actor, wanted)
    tagged = select(Sample).where(
        Sample.laboratory_id == actor.laboratory_id, Sample.kind == "PTI", Sample.details["item_code"].as_string().in_(wanted)
    )
    for one in session.scalars(tagged.order_by(Sample.id)):
        code = str(one.details["item_code"])
        if one not in found[code]:
            found[code].append(one)
    return {code: [one for one in some if _counts(one, row)] for code, some in found.items()}


def _counts(one: Sample, row: Round) -> bool:
    """Whether the sample is in use and, where it names a round, belongs to this one."""
    is_of_round = one.kind != "PTI" or str(one.details.get("round_code", row.code)).strip().upper() == row.code
    return is_of_round and one.status not in (CANCELLED, REJECTED)
