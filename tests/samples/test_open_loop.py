"""The open-loop list: a sample that stays too long in a step shows there until it moves on, whatever its history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lims import clock
from lims.db.session import reading, transaction
from lims.errors import Invalid
from lims.samples import queries, service
from lims.samples.lifecycle import states
from lims.samples.lifecycle.open_loop import STEPS, bounds, hours_of, step_of
from lims.samples.service import Decision, Receipt
from lims.samples.service.custody import move
from tests.factories import TwoLaboratories, browser_of
from tests.sample_factory import registered

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def late(actor, step: str, now: datetime) -> list[str]:
    with reading() as session:
        return [row.number for row in queries.late(session, actor, step, bounds(hours_of(""), now)[step]).rows]


def test_every_state_is_an_end_or_waits_for_one_step():
    for state in states.STATES:
        found = [code for code, step in STEPS.items() if state in step.statuses]
        assert len(found) == (0 if state in states.TERMINAL else 1), state
        assert (step_of(state) is None) == (state in states.TERMINAL)


@given(st.lists(st.integers(0, 18), max_size=25))
def test_whatever_its_way_a_sample_ends_or_waits_for_a_step(choices: list[int]):
    state, reported = states.REGISTERED, False
    for one in choices:
        following = states.moves(state, reported)
        if following:
            state = following[one % len(following)]
            reported = reported or state in (states.REPORTED, states.CORRECTED)
    assert state in states.TERMINAL or step_of(state) is not None


def test_a_sample_is_late_from_its_limit_on_until_it_moves(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    with clock.frozen(NOW):
        row = registered(technician, sampled_at=None)
        registered(laboratories.b["technician"], sampled_at=None)
    assert late(technician, "receipt", NOW + timedelta(hours=48)) == []
    assert late(technician, "receipt", NOW + timedelta(hours=48, seconds=1)) == [row.number]
    with clock.frozen(NOW + timedelta(hours=50)):
        service.receive_sample(technician, row.id, Receipt())
    assert late(technician, "receipt", NOW + timedelta(hours=80)) == []
    assert late(technician, "decision", NOW + timedelta(hours=75)) == [row.number]
    with clock.frozen(NOW + timedelta(hours=80)):
        service.decide(technician, row.id, Decision("accepted"))
    assert late(technician, "decision", NOW + timedelta(hours=999)) == []
    assert late(technician, "test", NOW + timedelta(hours=999)) == [row.number]


def test_the_list_goes_on_page_by_page_over_its_states_the_longest_waiting_first(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    numbers = []
    for n in range(7):
        with clock.frozen(NOW + timedelta(minutes=n)):
            row = registered(technician, external_number=f"{n}", sampled_at=None)
            numbers.append(row.number)
            if n % 2:
                service.send_sample(technician, row.id)
    seen: list[str] = []
    after = ""
    with reading() as session:
        while True:
            page = queries.late(session, technician, "receipt", NOW + timedelta(days=9), after, limit=3)
            seen += [row.number for row in page.rows]
            if page.later is None:
                break
            after = page.later
    assert seen == numbers
    with reading() as session, pytest.raises(Invalid):
        queries.late(session, technician, "receipt", NOW, "made-up")


def test_an_end_leaves_the_loop(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    with clock.frozen(NOW):
        row = registered(technician, sampled_at=None)
        with transaction(technician, reason="a tube broke") as session:
            move(session, technician, queries.sample(session, technician, row.id), states.IN_TRANSIT)
            move(session, technician, queries.sample(session, technician, row.id), states.LOST, note="a tube broke")
    assert [late(technician, step, NOW + timedelta(days=999)) for step in STEPS] == [[]] * len(STEPS)


def test_a_setting_changes_single_limits_and_a_wrong_one_is_refused():
    assert hours_of("decision=8 review=12") == {**hours_of(""), "decision": 8, "review": 12}
    for wrong in ("decision", "decision=0", "decision=-3", "sleep=4", "decision=8,review=2"):
        with pytest.raises(Invalid, match="OPEN_LOOP_HOURS"):
            hours_of(wrong)


def test_page_home_and_file_show_the_late_sample(app: Flask, two_laboratories: TwoLaboratories):
    technician = two_laboratories.a["technician"]
    now = clock.now()  # roles begin today
    with clock.frozen(now):
        row = registered(technician, external_number="0041977", sampled_at=None)
    with clock.frozen(now + timedelta(hours=60)):
        browser = browser_of(app, technician)
        page = browser.get("/samples/open-loop").text
        assert f"/samples/{row.id}" in page and "0041977" in page and "late after 48 h" in page and ">12<" in page
        home = browser.get("/").text
        assert "Late: 1 sample" in home and "/samples/open-loop?step=receipt" in home
        file = browser.get("/samples/open-loop.csv?step=receipt").data.decode("utf-8-sig")
        assert f"{row.number},0041977" in file and ",12\r\n" in file
        assert "No sample is late here" in browser.get("/samples/open-loop?step=review").text
        stranger = browser_of(app, two_laboratories.b["technician"])
        assert "0041977" not in stranger.get("/samples/open-loop").text
