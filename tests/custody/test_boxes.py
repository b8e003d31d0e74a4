"""Boxes between two laboratories: packing, gates, the frozen manifest, the receipt, differences; on both engines."""

from __future__ import annotations

import threading

import pytest

from lims.custody import queries, service
from lims.custody.lifecycle import boxes
from lims.custody.lifecycle.boxes import Arrival, Transport
from lims.custody.lifecycle.chain import Step, gaps
from lims.db.session import Actor, reading
from lims.errors import Conflict, Forbidden, Invalid, LimsError, NotFound, RuleViolation
from lims.samples import queries as samples
from tests.custody_factory import all_here, dispatched, hash_of, packed
from tests.factories import PASSWORD, TwoLaboratories
from tests.sample_factory import accepted, registered


def gaps_of(actor: Actor, number: str) -> list[int]:
    with reading() as session:
        row = samples.by_number(session, actor, number)
        way = queries.way_of(session, actor, row)
    return gaps([Step(one.verb, one.status_before, one.status_after, one.recorded_at, one.actor_name) for one in way], row.status)


def test_a_box_is_packed_dispatched_and_received_with_two_signatures(laboratories: TwoLaboratories):
    sender, receiver = laboratories.a["technician"], laboratories.b["technician"]
    rows = [accepted(sender, external_number=f"T-{n}") for n in range(3)]
    box = dispatched(sender, [row.number for row in rows])
    assert box.number.startswith("CUSA-") and "-BOX-000001-" in box.number
    found = {1: (boxes.ARRIVED, ""), 2: (boxes.DAMAGED, "cracked"), 3: (boxes.MISSING, "")}
    receipt = service.receive_box(receiver, box.id, Arrival("3", "4.5", "intact", found, ("X-77",)), PASSWORD)
    with reading() as session:
        found_rows = queries.findings(session, receipt)
        manifest = queries.manifest(session, queries.box(session, sender, box.id))
        assert (manifest.signed_by, receipt.signed_by) == (sender.name, receiver.name)
        assert [one.found for one in found_rows] == [boxes.ARRIVED, boxes.DAMAGED, boxes.MISSING, boxes.SURPLUS]
        assert [samples.by_number(session, sender, row.number).status for row in rows] == ["referred"] * 3
        theirs = [samples.by_number(session, receiver, one.sample_number) for one in found_rows if one.sample_number]
        assert [(one.external_number, one.status, one.condition) for one in theirs] == [
            (rows[0].number, "received", "intact"), (rows[1].number, "received", "damaged"),
        ]  # fmt: skip
        assert str(theirs[0].arrival_temperature) == "4.5"
        assert [one.number for one in session.scalars(queries.unsettled(session, sender))] == [box.number]
    assert [gaps_of(sender, row.number) for row in rows] == [[], [], []]
    assert [gaps_of(receiver, one.sample_number) for one in found_rows if one.sample_number] == [[], []]


def test_what_did_not_arrive_is_settled_once_by_the_sender(laboratories: TwoLaboratories):
    sender, receiver = laboratories.a["technician"], laboratories.b["technician"]
    rows = [accepted(sender) for _ in range(2)]
    box = dispatched(sender, [row.number for row in rows])
    service.receive_box(receiver, box.id, Arrival("0", found={1: (boxes.MISSING, "")}), PASSWORD)
    with pytest.raises(Invalid):
        service.settle_absent(sender, box.id, 1, boxes.LOST, " ")
    with pytest.raises(NotFound):
        service.settle_absent(receiver, box.id, 1, boxes.LOST, "x")
    service.settle_absent(sender, box.id, 1, boxes.LOST, "the carrier found it broken")
    service.settle_absent(sender, box.id, 2, boxes.STAYED, "was in the rack")
    with pytest.raises(RuleViolation):
        service.settle_absent(sender, box.id, 2, boxes.LOST, "again")
    with reading() as session:
        assert [samples.by_number(session, sender, row.number).status for row in rows] == ["lost", "received"]
        assert list(session.scalars(queries.unsettled(session, sender))) == []
    assert [gaps_of(sender, row.number) for row in rows] == [[], []]


def test_a_dispatched_box_is_frozen(laboratories: TwoLaboratories):
    sender = laboratories.a["technician"]
    row, more = accepted(sender), accepted(sender)
    box = dispatched(sender, [row.number])
    for attempt in (
        lambda: service.put_in(sender, box.id, more.number), lambda: service.take_out(sender, box.id, 1),
        lambda: service.write_transport(sender, box.id, Transport()), lambda: service.give_up_box(sender, box.id),
        lambda: service.dispatch_box(sender, box.id, PASSWORD, seen="x"),
    ):  # fmt: skip
        with pytest.raises(RuleViolation, match="frozen"):
            attempt()


def test_a_sample_lies_in_one_box_and_only_in_a_state_in_which_it_may_travel(laboratories: TwoLaboratories):
    sender = laboratories.a["technician"]
    row = accepted(sender)
    box = packed(sender, [row.number])
    other = service.open_box(sender, "CDCB", boxes.REFERRAL)
    with pytest.raises(Conflict, match="lies in box"):
        service.put_in(sender, other.id, row.number)
    with pytest.raises(RuleViolation, match="may travel"):
        service.put_in(sender, other.id, registered(sender).number)
    with pytest.raises(NotFound):
        service.put_in(sender, other.id, "NOSUCH")
    service.give_up_box(sender, box.id)
    assert service.put_in(sender, other.id, row.number).place == 1
    service.take_out(sender, other.id, 1)
    for wrong in (("CUSA", boxes.REFERRAL), ("NOPE", boxes.REFERRAL), ("CDCB", "gift")):
        with pytest.raises(Invalid):
            service.open_box(sender, *wrong)


def test_the_gates_block_the_dispatch_with_their_sentences(laboratories: TwoLaboratories):
    sender = laboratories.a["technician"]
    live = accepted(sender, hazard_class="2", transport_category="CAT_A_H")
    box = packed(sender, [live.number])
    with pytest.raises(RuleViolation) as caught:
        service.dispatch_box(sender, box.id, PASSWORD, seen=hash_of(sender, box))
    for words in ("needs CAT_A_H", "transport permit", "two different persons"):
        assert words in str(caught.value)
    enough = Transport("CAT_A_H", "P620", "dry_ice", "P-1", "Escort 1", "Escort 2", "2.5", True)
    service.write_transport(sender, box.id, enough)
    with pytest.raises(Conflict, match="changed while"):
        service.dispatch_box(sender, box.id, PASSWORD, seen="0" * 64)
    with pytest.raises(Forbidden):
        service.dispatch_box(sender, box.id, "wrong", seen=hash_of(sender, box))
    assert service.dispatch_box(sender, box.id, PASSWORD, seen=hash_of(sender, box)).state == boxes.DISPATCHED


def test_the_count_must_fit_the_marks(laboratories: TwoLaboratories):
    sender, receiver = laboratories.a["technician"], laboratories.b["technician"]
    box = dispatched(sender, [accepted(sender).number, accepted(sender).number])
    for wrong in (
        Arrival("3", found=all_here(2)), Arrival("", found=all_here(2)), Arrival("2", "warm", found=all_here(2)),
        Arrival("2", found={9: (boxes.ARRIVED, "")}), Arrival("2", found=all_here(2), note="call 13812345678"),
        Arrival("2", condition="?", found=all_here(2)),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            service.receive_box(receiver, box.id, wrong, PASSWORD)
    assert service.receive_box(receiver, box.id, Arrival("2", found=all_here(2)), PASSWORD).counted == 2


def test_a_box_is_seen_by_its_receiver_once_it_is_dispatched_and_by_nobody_else(laboratories: TwoLaboratories):
    sender, receiver = laboratories.a["technician"], laboratories.b["technician"]
    box = packed(sender, [accepted(sender).number])
    with reading() as session, pytest.raises(NotFound):
        queries.box(session, receiver, box.id)
    service.dispatch_box(sender, box.id, PASSWORD, seen=hash_of(sender, box))
    with reading() as session:
        assert queries.box(session, receiver, box.id).number == box.number
        assert [one.number for one in queries.waiting_for(session, receiver)] == [box.number]
        assert queries.waiting_for(session, sender) == []
    with pytest.raises(NotFound):
        service.receive_box(sender, box.id, Arrival("1", found=all_here(1)), PASSWORD)


def test_two_persons_receive_the_same_box_at_once_and_one_wins(laboratories: TwoLaboratories):
    sender, first, second = laboratories.a["technician"], laboratories.b["technician"], laboratories.b["technician2"]
    box = dispatched(sender, [accepted(sender).number, accepted(sender).number])
    missing = {1: (boxes.ARRIVED, ""), 2: (boxes.MISSING, "")}
    start, done, refused = threading.Barrier(2), [], []

    def receive(actor: Actor, arrival: Arrival) -> None:
        start.wait()
        try:
            done.append(service.receive_box(actor, box.id, arrival, PASSWORD).signed_by)
        except LimsError as error:
            refused.append(error)

    threads = [
        threading.Thread(target=receive, args=one)
        for one in ((first, Arrival("2", found=all_here(2))), (second, Arrival("1", found=missing)))
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(done) == 1 and len(refused) == 1
    assert isinstance(refused[0], service.AlreadyReceived)
    assert done[0] in str(refused[0])
    with reading() as session:
        second_item = queries.items(session, queries.box(session, sender, box.id))[1]
        receipt = queries.receipt(session, queries.box(session, sender, box.id))
        stored = [one.found for one in queries.findings(session, receipt)][1]
        mine = boxes.MISSING if stored == boxes.ARRIVED else boxes.ARRIVED
        assert refused[0].differences == ((second_item.number, stored, mine),)
        assert len(samples.by_numbers(session, first, [second_item.number])[second_item.number]) == int(stored == boxes.ARRIVED)
