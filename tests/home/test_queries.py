"""The number of waiting things at the head of every page: bounded, and the length of the list while it is short."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import event

from lims import clock
from lims.db.engine import Database
from lims.db.session import Actor, reading
from lims.home import queries
from lims.samples.service import send_sample
from tests.factories import TwoLaboratories, accepted_sample
from tests.sample_factory import registered


def in_transit(actor: Actor, count: int) -> None:
    for number in range(count):
        send_sample(actor, registered(actor, external_number=f"W-{number}").id)


def counted(actor: Actor) -> str:
    with reading() as session:
        return queries.waiting_count(session, actor)


def test_the_count_is_the_length_of_the_list(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    assert counted(technician) == ""
    accepted_sample(laboratories.a)
    in_transit(technician, 3)
    for role, person in laboratories.a.people.items():
        with reading() as session:
            assert counted(person) == (str(len(queries.waiting_for(session, person)) or "")), role
    assert counted(laboratories.b["technician"]) == ""


def test_beyond_twenty_the_count_says_so_and_asks_no_further(sqlite_database: Database, two_laboratories: TwoLaboratories):
    technician = two_laboratories.a["technician"]
    in_transit(technician, 23)
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(sqlite_database.engine, "before_cursor_execute", note)
    assert counted(technician) == "20+"
    event.remove(sqlite_database.engine, "before_cursor_execute", note)
    asked = [one for one in statements if one.startswith("SELECT")]
    assert len(asked) == 2 and all("count(*)" in one and "LIMIT" in one for one in asked), asked


def shown(actor: Actor) -> str:
    with reading() as session:
        return queries.shown_waiting_count(session, actor)


def test_the_shown_count_is_looked_up_again_after_a_change_and_not_before(sqlite_database: Database, two_laboratories: TwoLaboratories):
    technician = two_laboratories.a["technician"]
    in_transit(technician, 2)
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(sqlite_database.engine, "before_cursor_execute", note)
    assert shown(technician) == "2"
    asked = len(statements)
    assert shown(technician) == "2" and len(statements) == asked
    event.remove(sqlite_database.engine, "before_cursor_execute", note)
    send_sample(technician, registered(technician, external_number="one more").id)
    assert shown(technician) == "3"
    assert shown(two_laboratories.b["technician"]) == ""


def test_the_shown_count_is_looked_up_again_after_ten_seconds(two_laboratories: TwoLaboratories):
    technician = two_laboratories.a["technician"]
    begin = clock.now()
    with clock.frozen(begin):
        in_transit(technician, 1)
        assert shown(technician) == "1"
    known = queries._counted[(technician.user_id, technician.laboratory_id)]
    queries._counted[(technician.user_id, technician.laboratory_id)] = known._replace(shown="another process changed it")
    with clock.frozen(begin + timedelta(seconds=9)):
        assert shown(technician) == "another process changed it"
    with clock.frozen(begin + timedelta(seconds=11)):
        assert shown(technician) == "1"
