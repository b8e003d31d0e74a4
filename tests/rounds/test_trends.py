"""A laboratory's rounds in the order of time: means, runs and sums by stretch of one method; seen by its own people alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import NotFound
from lims.rounds.queries import trends
from lims.rounds.scoring.trend import Stop, trend_of
from tests.factories import browser_of
from tests.round_factory import DEADLINE, QUALITATIVE, QUANTITATIVE, RIGHT, SECOND, START, VALUES, World, at, new_world

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def stop(place: int, z: float | None, verdict: str = "acceptable", method: str = "A") -> Stop:
    return Stop(f"R-{place}", DAY + timedelta(days=place), method, verdict, z, z, None)


def test_means_runs_and_sums_are_those_of_the_printed_rules() -> None:
    trend = trend_of([stop(1, 1.0), stop(2, 0.5), stop(3, None, "not_evaluated"), stop(4, -0.5), stop(5, 3.0, "action")])
    assert [one.mean for one in trend.readings] == [1.0, 0.75, None, pytest.approx(1 / 3), 1.0]
    assert [one.run for one in trend.readings] == [1, 2, 0, -1, 1]
    assert [one.c_plus for one in trend.readings] == [0.5, 0.5, None, 0.0, 2.5]
    assert (trend.n_good, trend.n_scored) == (3, 4)
    assert trend.readings[-1].verdict_z == "action"


def test_a_change_of_method_begins_means_runs_and_sums_anew() -> None:
    trend = trend_of([stop(1, 1.0), stop(2, 2.5), stop(3, 1.0, method="B"), stop(4, 1.0, method="")])
    assert [one.is_break for one in trend.readings] == [False, False, True, False]
    assert [one.run for one in trend.readings] == [1, 2, 1, 2]
    assert [one.mean for one in trend.readings] == [1.0, 1.75, 1.0, 1.0]


def test_nothing_scored_gives_no_rate_and_no_kappa() -> None:
    trend = trend_of([stop(1, None, "no_response")])
    assert (trend.n_scored, trend.kappa) == (0, None)


def test_kappa_is_pooled_over_rounds_of_the_same_categories() -> None:
    trend = trend_of([replace(stop(n, None), table=((2, 1), (0, 2))) for n in (1, 2)])
    assert trend.kappa.kappa == pytest.approx(trend.kappa.tables[0].kappa)
    assert [one.n for one in trend.kappa.tables] == [5, 5]


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> World:
    with at(START):
        made = new_world(tmp_path)
        made.to_testing(replace(QUANTITATIVE, preferred_statistic="z"))
        for lab, answers in VALUES.items():
            made.submit(lab, answers)
    with at(DEADLINE + SECOND):
        made.unblind()
        made.evaluate()
    return made


def test_the_trend_holds_published_rounds_of_laboratories_that_the_reader_may_see(world: World) -> None:
    own, other = world.labs["CDCD"], world.labs["CUSC"]
    with reading() as session:
        assert trends.tracks_of(session, own["technician"], own.id) == []
    with at(DEADLINE + SECOND):
        world.opine()
        world.release()
    with reading() as session:
        track = trends.tracks_of(session, own["technician"], own.id)[0]
        assert (track.stops[0].round_code, track.stops[0].verdict, track.stops[0].method) == (world.row().code, "action", "RT-PCR")
        assert track.stops[0].z == pytest.approx((1.10 + 1.00) / 2 / 0.25)
        assert trends.tracks_of(session, world.qa("cdc"), own.id) == [track]
        for actor in (other["technician"], world.qa("customs"), world.coordinator, world.reviewer("customs")):
            with pytest.raises(NotFound):
                trends.tracks_of(session, actor, own.id)


def test_the_page_shows_the_own_laboratory_and_another_is_not_found(app: Flask, world: World) -> None:
    with at(DEADLINE + SECOND):
        world.opine()
        world.release()
    browser = browser_of(app, world.labs["CDCD"]["technician"])
    page = browser.get("/trends/")
    assert page.status_code == 200 and world.row().code in page.text and "+4.20" in page.text
    assert browser.get("/trends/?laboratory=CUSC").status_code == 404
    assert browser_of(app, world.qa("cdc")).get("/trends/?laboratory=CDCD").status_code == 200


def test_the_page_shows_kappa_pooled_over_qualitative_rounds(app: Flask, sqlite_database: Database, tmp_path: Path) -> None:
    with at(START):
        world = new_world(tmp_path)
        world.to_testing(QUALITATIVE)
        for lab in world.labs:
            world.submit(lab, {**RIGHT, 3: "NEG"} if lab == "CDCD" else RIGHT)
    with at(DEADLINE + SECOND):
        world.unblind()
        world.evaluate()
        world.opine()
        world.release()
    page = browser_of(app, world.labs["CDCD"]["technician"]).get("/trends/").text
    assert "Kappa over rounds" in page and "5 items in 1 rounds" in page
