"""Two persons at the same moment: one is served, the other reads what happened; on both engines."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from lims import worker
from lims.app import create_app
from lims.db.engine import Database
from lims.db.session import Actor, reading
from lims.errors import Conflict
from lims.imports import service as imports
from lims.results import queries, service
from lims.results.models import Result
from lims.settings import Settings
from tests.factories import TwoLaboratories, accepted_sample, browser_of, csrf_of


@pytest.fixture
def one(laboratories: TwoLaboratories) -> Result:
    """A result that waits for its review."""
    accepted_sample(laboratories.a, "M-1")
    content = b"Well;Sample;Target;Value;Unit\r\nA1;M-1;Pb;1.10;ug/L\r\n"
    actor = laboratories.a["technician"]
    upload = imports.store_upload(actor, "metals.csv", content, {"parser": "generic_table"}).upload
    while worker.work_once():
        pass
    imports.accept_upload(actor, upload.id)
    with reading() as session:
        return queries.of_upload(session, actor, upload.id)[0]


def both(*acts: Callable[[], object]) -> list[object]:
    """What each act gave or raised, started together."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(run, act) for act in acts]
    return [future.exception() or future.result() for future in futures]


@pytest.mark.parametrize("repeat", range(4))
def test_of_two_corrections_one_is_a_conflict(laboratories: TwoLaboratories, one: Result, repeat: int):
    def correct(actor: Actor) -> Callable[[], object]:
        return lambda: service.amend_result(actor, one.id, "1.20", "misread")

    given = both(correct(laboratories.a["technician2"]), correct(laboratories.a["authoriser"]))
    assert sorted(type(answer).__name__ for answer in given) == ["Conflict", "Result"], given
    with reading() as session:
        assert [row.version for row in queries.versions(session, laboratories.a["technician"], one.line_id)] == [2, 1]


@pytest.mark.parametrize("repeat", range(4))
def test_of_two_reviews_one_is_a_conflict(laboratories: TwoLaboratories, one: Result, repeat: int):
    def review(actor: Actor) -> Callable[[], object]:
        return lambda: service.review_results(actor, [one.id])

    given = both(review(laboratories.a["technician2"]), review(laboratories.a["authoriser"]))
    assert sorted(type(answer).__name__ for answer in given) == ["Conflict", "int"], given


def test_a_correction_and_a_review_leave_no_review_of_an_old_version_behind(laboratories: TwoLaboratories, one: Result):
    second, authoriser = laboratories.a["technician2"], laboratories.a["authoriser"]
    given = both(lambda: service.amend_result(second, one.id, "1.20", "misread"), lambda: service.review_results(authoriser, [one.id]))
    assert isinstance(given[0], Result), given
    assert given[1] == 1 or isinstance(given[1], Conflict), given


def test_the_page_answers_409_with_a_sentence(database: Database, settings: Settings, laboratories: TwoLaboratories, one: Result):
    app = create_app(settings, database)
    second, authoriser = browser_of(app, laboratories.a["technician2"]), browser_of(app, laboratories.a["authoriser"])
    tokens = {second: csrf_of(second), authoriser: csrf_of(authoriser)}

    def post(browser, path: str, **values: str) -> Callable[[], object]:
        return lambda: browser.post(path, data={"csrf_token": tokens[browser], **values})

    given = both(*(post(browser, "/results/review", selected=str(one.id)) for browser in tokens))
    assert sorted(answer.status_code for answer in given) == [302, 409], given  # type: ignore[attr-defined]
    refused = next(answer for answer in given if answer.status_code == 409)  # type: ignore[attr-defined]
    assert "Somebody has reviewed some of these results meanwhile" in refused.text  # type: ignore[attr-defined]
    given = both(*(post(browser, f"/results/{one.id}/amend", value="1.20", reason="misread") for browser in tokens))
    assert sorted(answer.status_code for answer in given) == [302, 409], given  # type: ignore[attr-defined]
    refused = next(answer for answer in given if answer.status_code == 409)  # type: ignore[attr-defined]
    assert "Open its newest version" in refused.text  # type: ignore[attr-defined]
