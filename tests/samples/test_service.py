"""Registering, receiving, deciding, testing: on real databases of both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError

from lims import clock
from lims.audit.models import AuditEvent
from lims.db.engine import Database
from lims.db.session import reading, transaction
from lims.errors import Conflict, Forbidden, NotFound, RuleViolation
from lims.samples import queries, service
from lims.samples.lifecycle.numbers import is_valid
from lims.samples.models import CustodyEvent, Sample, SampleWord
from lims.samples.service import Decision, Receipt, SampleInvalid
from tests.factories import PASSWORD, TwoLaboratories
from tests.sample_factory import accepted, registered, traveller


def counts() -> list[int]:
    with reading() as session:
        return [session.scalar(select(func.count()).select_from(one)) or 0 for one in (Sample, CustodyEvent, SampleWord, AuditEvent)]


def refused_fields(actor, **changes) -> set[str]:
    with pytest.raises(SampleInvalid) as caught:
        registered(actor, **changes)
    return {problem.field for problem in caught.value.problems}


@pytest.mark.assurance("F9")
def test_a_sample_gets_the_next_number_and_keeps_what_was_typed(laboratories: TwoLaboratories):
    technician, other = laboratories.a["technician"], laboratories.b["technician"]
    with clock.frozen(datetime(2026, 12, 31, 16, 30, tzinfo=UTC)):  # already 2027 in Beijing
        rows = [
            registered(technician, external_number=f" ００{n}", quantity=amount)
            for n, amount in enumerate(("1.10", "1e-7", "123456789012345678"))
        ]
        foreign = registered(other)
    assert [row.number[:-2] for row in rows] == ["CUSA-27-TRV-000001", "CUSA-27-TRV-000002", "CUSA-27-TRV-000003"]
    assert foreign.number.startswith("CDCB-27-TRV-000001-")
    assert all(is_valid(row.number) for row in rows)
    with reading() as session:
        kept = queries.samples(session, technician, [row.id for row in rows])
        assert [row.external_number for row in kept] == ["000", "001", "002"]
        assert [row.quantity_text for row in kept] == ["1.10", "1e-7", "123456789012345678"]
        assert [row.quantity for row in kept] == [Decimal("1.10"), Decimal("1e-7"), Decimal("123456789012345678")]
        steps = queries.custody(session, technician, rows[0].id)
    assert [(step.verb, step.actor_name) for step in steps] == [("registered", technician.name)]


def test_a_refused_sample_leaves_nothing_and_takes_no_number(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    before = counts()
    now = clock.now()
    assert refused_fields(technician, kind="XXX") == {"kind"}
    assert refused_fields(technician, matrix="FMEAT") == {"matrix"}
    assert refused_fields(technician, matrix="") == {"matrix"}
    assert refused_fields(technician, matrix="NOSUCH", analytes=("SARSCOV2", "NOSUCH")) == {"matrix", "analytes"}
    assert refused_fields(technician, quantity="-1") == {"quantity"}
    assert refused_fields(technician, unit="") == {"unit"}
    assert refused_fields(technician, sampled_at=now + timedelta(minutes=1)) == {"sampled_at"}
    assert refused_fields(technician, sampled_at=datetime(2026, 1, 1)) == {"sampled_at"}
    assert refused_fields(technician, remarks="电话 13812345678", sampler="510104199003077812") == {"remarks", "sampler"}
    assert refused_fields(technician, details={"pseudonym": "510104199003077812"}) == {"pseudonym", "category", "conveyance_number"}
    assert refused_fields(technician, purpose="x", priority="x", hazard_class="9") == {"purpose", "priority", "hazard_class"}
    assert counts() == before
    assert registered(technician).number.startswith(f"CUSA-{now:%y}-TRV-000001-")


def test_the_same_idempotency_key_gives_the_same_sample(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    first = service.register_sample(technician, traveller(), "key-1")
    again = service.register_sample(technician, traveller(), "key-1")
    assert first.id == again.id
    with pytest.raises(Conflict):
        service.register_sample(technician, traveller(external_number="other"), "key-1")
    assert service.register_sample(laboratories.b["technician"], traveller(), "key-1").id != first.id


def test_a_deviation_and_a_rejection_wait_for_another_authoriser_who_signs(laboratories: TwoLaboratories):
    technician, authoriser = laboratories.a["technician"], laboratories.a["authoriser"]
    receipt = Receipt(arrival_temperature="−9.60", handed_over_by="Courier 2", decision=Decision("accepted_deviation", "TEMP", "9.6 ℃"))
    row = service.receive_sample(technician, registered(technician).id, receipt)
    assert (row.status, row.proposed_decision, row.arrival_temperature) == ("received", "accepted_deviation", Decimal("-9.60"))
    seen = service.decision_hash(row)
    with pytest.raises(Forbidden):
        service.approve_decision(technician, row.id, PASSWORD, seen=seen)
    with pytest.raises(Forbidden):
        service.approve_decision(authoriser, row.id, "wrong", seen=seen)
    with pytest.raises(NotFound):
        service.approve_decision(laboratories.b["authoriser"], row.id, PASSWORD, seen=seen)
    with pytest.raises(RuleViolation):
        service.decide(technician, row.id, Decision("accepted"))
    row = service.approve_decision(authoriser, row.id, PASSWORD, seen=seen)
    assert (row.status, row.decided_by, row.approver_id) == ("accepted_deviation", authoriser.name, authoriser.user_id)

    mine = service.receive_sample(authoriser, registered(technician).id, Receipt(decision=Decision("rejected", "LEAK")))
    with pytest.raises(RuleViolation):
        service.approve_decision(authoriser, mine.id, PASSWORD, seen=service.decision_hash(mine))
    again = service.withdraw_decision(technician, mine.id, "seen again")
    assert (again.status, again.proposed_decision, again.reason_code) == ("received", "", "")
    assert service.decide(technician, mine.id, Decision("accepted")).status == "accepted"


def test_a_receipt_is_refused_with_its_reasons_and_changes_nothing(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    row = registered(technician)
    now = clock.now()
    before = counts()
    wrong = [
        (Receipt(received_at=now + timedelta(hours=1)), {"received_at"}),
        (Receipt(received_at=now - timedelta(hours=4)), {"received_at"}),
        (
            Receipt(arrival_temperature="warm", condition="x", handed_over_by="13812345678"),
            {"arrival_temperature", "condition", "handed_over_by"},
        ),
        (Receipt(decision=Decision("accepted_deviation")), {"reason_code"}),
        (Receipt(decision=Decision("accepted_deviation", "LEAK")), {"reason_code"}),
        (Receipt(decision=Decision("rejected", "NOSUCH")), {"reason_code"}),
        (Receipt(decision=Decision("maybe")), {"decision"}),
    ]
    for receipt, fields in wrong:
        with pytest.raises(SampleInvalid) as caught:
            service.receive_sample(technician, row.id, receipt)
        assert {problem.field for problem in caught.value.problems} == fields
    assert counts() == before


@pytest.mark.assurance("R6")
def test_results_move_samples_and_what_does_not_fit_is_refused(laboratories: TwoLaboratories):
    technician, authoriser = laboratories.a["technician"], laboratories.a["authoriser"]
    one, two, raw = accepted(technician), accepted(technician), registered(technician)
    with pytest.raises(RuleViolation):
        service.take_results(technician, [one.id, raw.id])
    with reading() as session:
        assert queries.sample(session, technician, one.id).status == "accepted"
    service.take_results(technician, [one.id, two.id], "run 1")
    service.request_retest(technician, [two.id], "upload taken back")
    service.mark_reviewed(authoriser, [one.id])
    assert service.mark_reported(authoriser, [one.id])[0].status == "reported"
    service.take_results(technician, [one.id])
    service.mark_reviewed(authoriser, [one.id])
    assert service.mark_reported(authoriser, [one.id])[0].status == "corrected"
    with pytest.raises(Forbidden):
        service.take_results(laboratories.a["qa_manager"], [two.id])


@pytest.mark.assurance("R6")
def test_the_database_itself_refuses_a_state_that_does_not_exist(database: Database, laboratories: TwoLaboratories):
    row = registered(laboratories.a["technician"])
    with pytest.raises(DatabaseError), database.engine.execution_options(lims_unguarded=True).begin() as connection:
        connection.execute(text("UPDATE sample SET status = 'lost_and_found'"))
    with reading() as session:
        assert queries.sample(session, laboratories.a["technician"], row.id).status == "registered"


@pytest.mark.assurance("R1")
def test_custody_is_append_only_for_orm_core_and_sql(database: Database, laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    row = registered(technician)
    with pytest.raises(DatabaseError), transaction(technician, reason="forge") as session:
        queries.custody(session, technician, row.id)[0].note = "forged"
    with pytest.raises(DatabaseError), transaction(technician, reason="forge") as session:
        session.delete(queries.custody(session, technician, row.id)[0])
    for statement in (update(CustodyEvent).values(note="forged"), text("DELETE FROM custody_event")):
        with pytest.raises(DatabaseError), database.engine.execution_options(lims_unguarded=True).begin() as connection:
            connection.execute(statement)


def test_printing_labels_is_counted_and_noted(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    row = registered(technician)
    service.print_labels(technician, [row.id])
    assert service.print_labels(technician, [row.id])[0].labels_printed == 2
    with reading() as session:
        assert [step.note for step in queries.custody(session, technician, row.id)[:2]] == ["2", "1"]
    with pytest.raises(RuleViolation):
        service.print_labels(technician, [])


@pytest.mark.assurance("A2")
def test_no_verb_touches_another_laboratorys_sample(laboratories: TwoLaboratories):
    row = registered(laboratories.a["technician"])
    stranger = laboratories.b["technician"]
    before = counts()
    for act in (
        lambda: service.receive_sample(stranger, row.id, Receipt()), lambda: service.decide(stranger, row.id, Decision("accepted")),
        lambda: service.withdraw_decision(stranger, row.id, ""), lambda: service.send_sample(stranger, row.id),
        lambda: service.cancel_sample(stranger, row.id, ""), lambda: service.take_results(stranger, [row.id]),
        lambda: service.print_labels(stranger, [row.id]),
        lambda: service.approve_decision(laboratories.b["authoriser"], row.id, PASSWORD, seen=""),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            act()
    assert counts() == before
