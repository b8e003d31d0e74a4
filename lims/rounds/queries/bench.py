"""The own laboratory's part in a round: its codes, its versions, what hinders the signature. Nobody else's."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims import clock
from lims.db.session import Actor
from lims.errors import NotFound
from lims.rounds.lifecycle.participants import SubmissionCheck, check_submission
from lims.rounds.models import Dispatch, ItemCode, Participant, ReportedValue, Round, RoundMove, Submission
from lims.rounds.queries import records
from lims.rounds.queries.visible import round_by_id, viewer_of, visible


@dataclass(frozen=True)
class Bench:
    """What the result form shows. ``check`` tells whether anything is taken now, and why not."""

    round: Round
    participant: Participant
    codes: list[ItemCode]
    newest: Submission | None
    values: dict[str, ReportedValue]  # by item code, of the newest version
    versions: list[Submission]
    check: SubmissionCheck
    knows_map: bool
    turned_back: RoundMove | None = None  # the last move back, of which every participant is told

    @property
    def counted(self) -> Submission | None:
        """The version that counts at the lock: the last signed one."""
        return next((one for one in self.versions if one.status == "signed" and one.batch == self.round.batch), None)


def own_bench(session: Session, actor: Actor, round_id: uuid.UUID) -> Bench:
    """The own part of a visible round; NotFound for a laboratory that takes no part, and for other roles."""
    row = round_by_id(session, actor, round_id)
    viewer = viewer_of(session, actor, row)
    if viewer.participant_id is None:
        raise NotFound()
    own = records.participant_of(session, row, actor.laboratory_id)
    versions = records.versions_of(session, own)
    newest = next((one for one in versions if one.batch == row.batch), None)
    values = {value.code: value for value in records.values_of(session, newest)} if newest else {}
    check = check_submission(row.state, row.late_policy, clock.now(), row.deadline)  # type: ignore[arg-type]
    knows = viewer.is_coordinator or actor.user_id in records.people_who_know(session, row)
    codes, turned = records.item_codes_of(session, own), records.last_turn_back(session, row)
    return Bench(row, own, codes, newest, values, versions, check, knows, turned if own.enrolled_at else None)


def own_version(session: Session, actor: Actor, round_id: uuid.UUID, version: int) -> tuple[Submission, list[ReportedValue]]:
    """One version of the own laboratory with its values; earlier versions stay readable."""
    bench = own_bench(session, actor, round_id)
    found = next((one for one in bench.versions if one.version == version), None)
    if found is None:
        raise NotFound()
    return found, records.values_of(session, found)


def distribution(session: Session, actor: Actor, round_id: uuid.UUID) -> list[tuple[Participant, list[ItemCode], list[Dispatch]]]:
    """Participant, item codes and boxes for packing and labels; the coordinator's map, NotFound for all others."""
    row = round_by_id(session, actor, round_id)
    if not viewer_of(session, actor, row).sees_map:
        raise NotFound()
    parts = records.participants_of(session, row)
    return [(one, records.item_codes_of(session, one), records.boxes_for(session, one)) for one in parts if one.code]


def round_of_item_code(session: Session, actor: Actor, code: str) -> tuple[Round, ItemCode]:
    """The round in which the own laboratory got an item with this code; another laboratory's code is NotFound."""
    found = session.execute(
        select(Round, ItemCode).join(ItemCode, ItemCode.round_id == Round.id)
        .where(ItemCode.code == code.strip().upper(), ItemCode.laboratory_id == actor.laboratory_id, visible(actor))
        .order_by(Round.id.desc())
    ).first()  # fmt: skip
    if found is None:
        raise NotFound()
    return found[0], found[1]
