"""Looking up samples: narrow, keyed, indexed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from lims import clock
from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import Invalid, NotFound
from lims.samples import queries, service
from lims.samples.queries import Filters, listing
from lims.samples.service import Decision, Receipt
from tests.factories import TwoLaboratories
from tests.sample_factory import accepted, registered


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def numbers(page) -> list[str]:
    return [row.number for row in page.rows]


def test_pages_by_every_order_show_each_sample_once_and_lead_back(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    due = clock.now() + timedelta(hours=1)
    for n in range(7):
        accepted(technician, due_at=due + timedelta(minutes=n % 3))
    registered(laboratories.b["technician"])
    with reading() as session:
        for sort in queries.SORTS:
            for is_ascending in (False, True):
                filters = Filters(sort=sort, is_ascending=is_ascending)
                page = queries.page(session, technician, filters, limit=3)
                seen, pages = numbers(page), [page]
                while page.later:
                    page = queries.page(session, technician, filters, after=page.later, limit=3)
                    seen, pages = seen + numbers(page), [*pages, page]
                assert len(seen) == len(set(seen)) == 7, sort
                assert pages[0].earlier is None
                back = queries.page(session, technician, filters, before=pages[2].earlier, limit=3)
                assert numbers(back) == numbers(pages[1])
        with pytest.raises(Invalid):
            queries.page(session, technician, Filters(), after="nonsense")


def test_filters_narrow_and_never_widen_to_another_laboratory(laboratories: TwoLaboratories):
    technician, stranger = laboratories.a["technician"], laboratories.b["technician"]
    swab, serum = accepted(technician, external_number="AB-17"), registered(technician, matrix="SER", external_number="AB-18")
    food = service.register_sample(
        technician, service.NewSample(kind="FOD", matrix="FAQUA", details={"product": "冷冻猪肉 frozen pork", "lot": "26-0412"})
    )
    today = Filters(received_from=clock.now() - timedelta(hours=1), received_to=clock.now() + timedelta(hours=1))
    expected = {
        Filters(statuses=("accepted",)): [swab], Filters(kind="FOD"): [food], Filters(matrix="SER"): [serum], today: [swab],
        Filters(text="猪肉"): [food], Filters(text="冷冻 PORK"): [food], Filters(text="26-04"): [food], Filters(text="血清"): [serum],
        Filters(text="AB-1"): [serum, swab], Filters(text="AB-1 血清"): [serum],
        Filters(text=swab.number): [swab], Filters(text="nosuch"): [],
        Filters(text="新型冠状病毒"): [serum, swab], Filters(text="%"): [food, serum, swab],
    }  # fmt: skip
    with reading() as session:
        for filters, rows in expected.items():
            assert numbers(queries.page(session, technician, filters)) == [row.number for row in rows], filters
            assert queries.page(session, stranger, filters).rows == []


def test_codes_of_tubes_are_matched_exactly_and_only_at_home(laboratories: TwoLaboratories):
    technician, stranger = laboratories.a["technician"], laboratories.b["technician"]
    one = registered(technician, external_number="0041829")
    first, second = registered(technician, external_number="DOUBLE"), registered(technician, external_number="DOUBLE")
    registered(stranger, external_number="FOREIGN")
    asked = [one.number, "００４１８２９", "41829", "DOUBLE", "double", "FOREIGN", "", *(f"X{n}" for n in range(900))]
    with reading() as session:
        found = queries.by_numbers(session, technician, asked)
    assert set(found) == set(asked)
    assert [row.id for row in found[one.number]] == [row.id for row in found["００４１８２９"]] == [one.id]
    assert [row.id for row in found["DOUBLE"]] == [second.id, first.id]
    assert found["41829"] == found["double"] == found["FOREIGN"] == found[""] == []


@pytest.mark.assurance("A4")
def test_a_foreign_sample_is_not_found(laboratories: TwoLaboratories):
    row = registered(laboratories.a["technician"])
    stranger = laboratories.b["technician"]
    with reading() as session:
        for look in (
            lambda: queries.sample(session, stranger, row.id), lambda: queries.samples(session, stranger, [row.id]),
            lambda: queries.by_number(session, stranger, row.number),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                look()
        assert queries.custody(session, stranger, row.id) == []
        assert queries.search(session, stranger, row.number) == []
        assert queries.search(session, laboratories.a["coordinator"], row.number) == []
        assert [hit.is_exact for hit in queries.search(session, laboratories.a["technician"], row.number)] == [True]


def test_the_technician_checks_and_the_other_authoriser_signs(laboratories: TwoLaboratories):
    technician, authoriser = laboratories.a["technician"], laboratories.a["authoriser"]
    row = service.receive_sample(technician, registered(technician).id, Receipt())

    def waits(actor) -> list[str]:
        with reading() as session:
            return [one.title % one.values for one in queries.waiting_for(session, actor)]

    assert waits(technician) == [f"Check {row.number} and decide"]
    service.decide(authoriser, row.id, Decision("rejected", "LEAK"))
    assert waits(technician) == waits(authoriser) == []
    service.withdraw_decision(authoriser, row.id, "")
    service.decide(technician, row.id, Decision("rejected", "LEAK"))
    assert waits(authoriser) == [f"Sign the decision on {row.number}"]
    assert waits(laboratories.b["authoriser"]) == waits(laboratories.a["auditor"]) == []


@pytest.mark.assurance("D10")
def test_a_page_takes_as_many_queries_for_many_samples_as_for_few(database: Database, laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    filters = Filters(statuses=("registered",), text="鼻咽")
    taken = []
    for more in (3, 60):
        for _n in range(more):
            registered(technician)
        with statements(database) as seen, reading() as session:
            queries.page(session, technician, filters)
        taken.append(len(seen))
    assert taken[0] == taken[1]


@pytest.mark.assurance("D10")
def test_every_filter_and_order_uses_an_index(sqlite_database: Database, two_laboratories: TwoLaboratories):
    technician = two_laboratories.a["technician"]
    now = clock.now()
    offered = [
        Filters(), Filters(statuses=("accepted",)), Filters(kind="TRV"), Filters(matrix="NPS"),
        Filters(received_from=now), Filters(text="鼻咽"),
        Filters(sort="received"), Filters(sort="due"), Filters(statuses=("accepted",), sort="received", is_ascending=True),
    ]  # fmt: skip
    with reading() as session:
        for filters in offered:
            statement = listing._listing(session, technician, filters, "").limit(50)
            compiled = statement.compile(sqlite_database.engine, compile_kwargs={"literal_binds": True})
            plan = " | ".join(row[-1] for row in session.execute(text(f"EXPLAIN QUERY PLAN {str(compiled).replace(':', chr(92) + ':')}")))
            assert "SEARCH sample USING INDEX ix_sample" in plan, plan
            assert "SCAN" not in plan, plan
