"""The store on both engines: places in places, moves by scan, portions that never exceed their source."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lims.db.session import Actor, reading
from lims.errors import Conflict, Invalid, LimsError, NotFound, RuleViolation
from lims.samples import queries as samples
from lims.samples.models import Sample
from lims.storage import queries, service
from lims.storage.lifecycle import portions
from lims.storage.models import Aliquot, StoragePlace
from lims.storage.queries import Filters
from lims.storage.service import Part
from tests.factories import TwoLaboratories
from tests.sample_factory import accepted


def a_box(actor: Actor, rows: int = 2, columns: int = 2) -> StoragePlace:
    room = service.add_place(actor, "room", "r1")
    freezer = service.add_place(actor, "freezer", "F1", room.id, temperature="-80", capacity=1)
    rack = service.add_place(actor, "rack", "A", freezer.id)
    return service.add_place(actor, "box", "B1", rack.id, rows=rows, columns=columns)


def places_of(actor: Actor, number: str) -> list[tuple[str, str]]:
    with reading() as session:
        return [(one.from_place, one.to_place) for one in queries.moves(session, actor, Filters(text=number), None).rows]


def test_a_position_holds_one_thing_and_every_move_is_kept(laboratories: TwoLaboratories):
    actor = laboratories.a["technician"]
    box, first, second = a_box(actor), accepted(actor), accepted(actor)
    assert box.path == "R1/F1/A/B1" and box.capacity == 4
    assert service.put_at(actor, box.id, first.number).position == "A1"
    with pytest.raises(Conflict, match="lies at"):
        service.put_at(actor, box.id, second.number, "A1")
    assert service.put_at(actor, box.id, second.number).position == "A2"
    service.put_at(actor, box.id, first.number, "b2", "room for others")
    assert places_of(actor, first.number) == [("R1/F1/A/B1 A1", "R1/F1/A/B1 B2"), ("", "R1/F1/A/B1 A1")]
    with reading() as session:
        assert samples.by_number(session, actor, first.number).location == "R1/F1/A/B1 B2"
        verbs = [one.verb for one in samples.custody(session, actor, first.id)]
    assert verbs[:2] == ["stored", "stored"]
    assert service.take_away(actor, first.number, "for a test") and not service.take_away(actor, first.number, "again")
    with reading() as session:
        assert [one.number for one in queries.stored(session, actor, Filters(path="R1/F1"), None).rows] == [second.number]
        assert queries.stored(session, laboratories.b["technician"], Filters(), None).rows == []


def test_a_place_takes_what_belongs_into_it_and_no_more_than_its_capacity(laboratories: TwoLaboratories):
    actor = laboratories.a["technician"]
    box = a_box(actor, 1, 1)
    service.put_at(actor, box.id, accepted(actor).number)
    with pytest.raises(RuleViolation, match="full"):
        service.put_at(actor, box.id, accepted(actor).number)
    with reading() as session:
        room = queries.place_by_path(session, actor, "R1")
    with pytest.raises(RuleViolation, match="full"):
        freezer = queries_place(actor, "R1/F1")
        service.add_place(actor, "rack", "B", freezer.id)
    for wrong in (("rack", "X", room.id), ("room", "", None), ("hall", "X", None), ("freezer", "F9", None)):
        with pytest.raises(Invalid):
            service.add_place(actor, *wrong)
    with pytest.raises(Conflict):
        service.add_place(actor, "room", "R1")
    with pytest.raises(Invalid):
        service.put_at(actor, room.id, accepted(actor).number)
    with pytest.raises(Invalid, match="no position"):
        service.put_at(actor, box.id, accepted(actor).number, "Z9")
    with pytest.raises(NotFound):
        service.put_at(laboratories.b["technician"], box.id, "x")


def queries_place(actor: Actor, path: str) -> StoragePlace:
    with reading() as session:
        found = queries.place_by_path(session, actor, path)
    assert found is not None
    return found


def test_portions_have_suffixes_and_a_family(laboratories: TwoLaboratories):
    actor = laboratories.a["technician"]
    row, other = accepted(actor, quantity="1.0"), accepted(actor, quantity="0.5")
    first, second = service.divide(actor, row.number, "0.3", 2)
    child = service.divide(actor, first.number, "0.1")[0]
    assert [first.number, second.number, child.number] == [f"{row.number}.01", f"{row.number}.02", f"{row.number}.01.01"]
    assert service.divide(actor, row.number, "0.4")[0].number == f"{row.number}.03"
    with pytest.raises(RuleViolation, match="0.0 mL are left"):
        service.divide(actor, row.number, "0.1")
    mixed = service.pool(actor, [Part(second.number, "0.3"), Part(other.number, "0.2")])
    assert (mixed.is_pool, mixed.volume, mixed.unit) == (True, Decimal("0.5"), "mL") and "-POL-" in mixed.number
    assert service.thaw(actor, mixed.id).thaws == 1
    assert service.divide(actor, mixed.number, "0.1")[0].thaws == 1
    with pytest.raises(RuleViolation):
        service.use(actor, mixed.id, "0.41")
    assert service.use(actor, mixed.id, "0.4", "PCR").state == portions.USED_UP
    with reading() as session:
        assert queries.aliquot(session, actor, second.id).state == portions.USED_UP
        assert {one.source_number for one in queries.sources_of(session, mixed)} == {second.number, other.number}
        assert [one.number for one in queries.portions_of(session, samples.by_number(session, actor, row.number))][:1] == [first.number]
        with pytest.raises(NotFound):
            queries.aliquot(session, laboratories.b["technician"], first.id)


def test_two_persons_never_take_the_same_drop(laboratories: TwoLaboratories):
    first, second = laboratories.a["technician"], laboratories.a["technician2"]
    row = accepted(first, quantity="1.0")
    start, outcomes = threading.Barrier(2), []

    def take(actor: Actor) -> None:
        start.wait()
        try:
            outcomes.append(service.divide(actor, row.number, "0.6")[0].volume)
        except LimsError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=take, args=(actor,)) for actor in (first, second)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(map(str, outcomes)) == ["0.6", "storage.too_much"]


AMOUNTS = st.decimals("0.001", "0.9", places=3)
ACTS = st.lists(st.tuples(st.sampled_from(["divide", "use", "pool", "thaw", "lose"]), st.integers(0, 30), AMOUNTS), max_size=14)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None)
@given(quantities=st.tuples(AMOUNTS, AMOUNTS), acts=ACTS)
def test_whatever_is_done_portions_never_exceed_their_source(laboratories: TwoLaboratories, quantities, acts):
    actor = laboratories.a["technician"]
    roots = [accepted(actor, quantity=f"{one:f}") for one in quantities]
    made: list[Aliquot] = []
    for verb, place, amount in acts:
        numbers = [one.number for one in (*roots, *made)]
        try:
            if verb == "divide":
                made += service.divide(actor, numbers[place % len(numbers)], f"{amount:f}", 1 + place % 3)
            elif verb == "pool":
                one, other = numbers[place % len(numbers)], numbers[(place + 1) % len(numbers)]
                made.append(service.pool(actor, [Part(one, f"{amount:f}"), Part(other, f"{amount:f}")]))
            elif made:
                row = made[place % len(made)]
                act = {"use": lambda row=row, amount=amount: service.use(actor, row.id, f"{amount:f}"),
                       "thaw": lambda row=row: service.thaw(actor, row.id),
                       "lose": lambda row=row: service.end_aliquot(actor, row.id, portions.LOST, "fell")}  # fmt: skip
                act[verb]()
        except RuleViolation:
            continue
    _balances(actor, roots, made)


def _balances(actor: Actor, roots: list[Sample], made: list[Aliquot]) -> None:
    """An independent count: of nothing was more taken than it held, and each portion's rest is its volume less all takings."""
    with reading() as session:
        for root in roots:
            assert sum(queries.taken_of(session, root), Decimal(0)) <= root.quantity
        for one in made:
            row = queries.aliquot(session, actor, one.id)
            assert row.volume == sum(source.amount for source in queries.sources_of(session, row))
            steps = queries.steps_of(session, row)
            used = sum((step.amount for step in steps if step.verb in (portions.TAKEN, portions.DIVIDED)), Decimal(0))
            assert row.left == row.volume - used and row.left >= 0
            assert sum(queries.taken_of(session, row), Decimal(0)) <= row.volume
            assert [step.left for step in steps] == sorted(step.left for step in steps)
