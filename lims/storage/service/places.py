"""Places and moves: a position holds one thing, a place no more than its capacity, and every move is written down."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from lims.marks import N_
from lims.samples import queries as samples
from lims.samples.lifecycle.fields import Refused, check_text
from lims.samples.lifecycle.numbers import clean_code
from lims.samples.lifecycle.states import TERMINAL
from lims.samples.models import Sample
from lims.samples.service.custody import note_step
from lims.storage import queries
from lims.storage.lifecycle import places
from lims.storage.lifecycle.portions import AVAILABLE
from lims.storage.models import Aliquot, StorageMove, StoragePlace, StorageStay


def add_place(
    actor: Actor, level: str, code: str, parent_id: uuid.UUID | None = None, *, name: str = "", temperature: str = "", capacity: int = 20,
    rows: int = 0, columns: int = 0,
) -> StoragePlace:  # fmt: skip
    """Add a room, or something that stands in the place ``parent_id``; of a box the capacity is rows times columns."""
    permit(actor, "storage.move")
    if actor.laboratory_id is None:
        raise Forbidden("storage.no_laboratory", N_("A storage place belongs to a laboratory; open one first."))
    wanted = clean_code(code).upper()
    _check_place(level, wanted, name, temperature, capacity, rows, columns)
    with transaction(actor, reason="added a storage place") as session:
        parent = queries.place(session, actor, parent_id, is_locked=True) if parent_id else None
        if (parent.level if parent else "") != places.STANDS_IN[level]:
            raise Invalid(
                "storage.level", N_("Racks stand in freezers, freezers in rooms, boxes in racks. Choose another level."), field="level"
            )
        if parent is not None and queries.inside_count(session, parent) >= parent.capacity:
            raise RuleViolation(
                "storage.full", N_("%(path)s is full: it has room for %(capacity)s."), path=parent.path, capacity=parent.capacity
            )  # fmt: skip
        path = places.path_of(parent.path if parent else "", wanted)
        if queries.place_by_path(session, actor, path) is not None:
            raise Conflict("storage.known", N_("The place %(path)s exists already."), field="code", path=path)
        is_box = level == places.BOX
        row = StoragePlace(
            laboratory_id=actor.laboratory_id, parent_id=parent_id, level=level, path=path, name=name.strip(),
            temperature=temperature.strip(), capacity=rows * columns if is_box else capacity, box_rows=rows if is_box else 0,
            box_columns=columns if is_box else 0,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row


def put_at(actor: Actor, place_id: uuid.UUID, code: str, position: str = "", note: str = "") -> StorageStay:
    """Put a scanned sample or portion into a box, at ``position`` or at the first free one; it leaves where it lay."""
    permit(actor, "storage.move")
    with transaction(actor, reason="moved a sample in the store") as session:
        box = queries.place(session, actor, place_id, is_locked=True)
        thing = _scanned(session, actor, code)
        lying = {one.position: one for one in queries.stays(session, box)}
        wanted = _free(box, lying, clean_code(position).upper())
        known = queries.stay_of(session, actor, thing.number)
        before = _words(known) if known else ""
        now = clock.now()
        if known is None:
            key = {"sample_id": thing.id} if isinstance(thing, Sample) else {"aliquot_id": thing.id}
            known = StorageStay(laboratory_id=box.laboratory_id, number=thing.number, **key)
            session.add(known)
        known.place_id, known.position, known.path, known.since = box.id, wanted, box.path, now
        _moved(session, actor, thing, before, _words(known), note)
        return known


def take_away(actor: Actor, number: str, note: str) -> bool:
    """Take a thing out of the store, for a test or for its way out; False when it lies nowhere."""
    permit(actor, "storage.move")
    with transaction(actor, reason="took a sample out of the store") as session:
        known = queries.stay_of(session, actor, number)
        if known is None:
            return False
        thing = _scanned(session, actor, number, is_any_state=True)
        before = _words(known)
        session.delete(known)
        _moved(session, actor, thing, before, "", note)
        return True


def _moved(session: Session, actor: Actor, thing: Sample | Aliquot, before: str, after: str, note: str) -> None:
    thing.location = after
    session.add(
        StorageMove(
            laboratory_id=thing.laboratory_id, number=thing.number, from_place=before, to_place=after, at=clock.now(),
            actor_name=actor.name,
            note=note.strip()[:200],
        )
    )  # fmt: skip
    if isinstance(thing, Sample):
        note_step(session, actor, thing, "stored" if after else "taken_out", note=f"{before or '–'} → {after or '–'}")


def _words(row: StorageStay) -> str:
    return f"{row.path} {row.position}"


def _free(box: StoragePlace, lying: dict[str, StorageStay], wanted: str) -> str:
    """The position asked for, or the first free one; refused when it is taken, not there, or the box is full."""
    if box.level != places.BOX:
        raise Invalid("storage.no_box", N_("%(path)s is no box. Scan a box."), path=box.path)
    known = places.positions(box.box_rows, box.box_columns)
    if wanted:
        if wanted not in known:
            raise Invalid(
                "storage.position", N_("%(path)s has no position %(position)s."), field="position", path=box.path, position=wanted
            )
        if wanted in lying:
            raise Conflict(
                "storage.taken", N_("%(number)s lies at %(path)s %(position)s already. Choose another position."), field="position",
                number=lying[wanted].number, path=box.path, position=wanted,
            )  # fmt: skip
        return wanted
    free = next((one for one in known if one not in lying), None)
    if free is None:
        raise RuleViolation("storage.full", N_("%(path)s is full: it has room for %(capacity)s."), path=box.path, capacity=box.capacity)
    return free


def _scanned(session: Session, actor: Actor, code: str, *, is_any_state: bool = False) -> Sample | Aliquot:
    portion = queries.aliquot_by_number(session, actor, code)
    if portion is not None:
        portion = queries.aliquot(session, actor, portion.id, is_locked=True)
        if portion.state != AVAILABLE and not is_any_state:
            raise RuleViolation("storage.gone", N_("%(number)s is not here any more; nothing can be stored."), number=portion.number)
        return portion
    found = samples.by_numbers(session, actor, [code])[code]
    if not found:
        raise NotFound("samples.no_sample", N_("No sample %(number)s"), number=code[:60])
    if len(found) > 1:
        raise Conflict("storage.several", N_("Several samples have the external number %(code)s. Scan the own number."), code=code[:60])
    row = samples.sample(session, actor, found[0].id, is_locked=True)
    if row.status in TERMINAL and not is_any_state:
        raise RuleViolation("storage.gone", N_("%(number)s is not here any more; nothing can be stored."), number=row.number)
    return row


def _check_place(level: str, code: str, name: str, temperature: str, capacity: int, rows: int, columns: int) -> None:
    if level not in places.LEVELS:
        raise Invalid("storage.level_read", N_("Level: read %(read)s. Choose one of the list."), field="level", read=level)
    if not places.CODE.fullmatch(code):
        raise Invalid(
            "storage.code", N_("Code: read %(read)s, expected 1 to 12 letters, digits or hyphens."), field="code", read=code or "–"
        )
    try:
        check_text(name, longest=80)
        check_text(temperature, longest=12)
    except Refused as refused:
        raise Invalid("storage.text", refused.sentence, field="name", **refused.values) from refused
    if level == places.BOX and not (1 <= rows <= places.MOST_ROWS and 1 <= columns <= places.MOST_COLUMNS):
        sentence = N_("A box has 1 to %(rows)s rows and 1 to %(columns)s columns.")
        raise Invalid("storage.grid", sentence, field="rows", rows=places.MOST_ROWS, columns=places.MOST_COLUMNS)
    if level != places.BOX and not 1 <= capacity <= places.MOST_INSIDE:
        raise Invalid("storage.capacity", N_("Capacity: expected 1 to %(most)s."), field="capacity", most=places.MOST_INSIDE)
