"""Pages over very many samples, end to end: the list, its filters, a page deep in it, one sample, a search.

The floor is a bare Flask page of the same rows; beside it the same page at a thousand samples tells whether the time grows.
"""

from __future__ import annotations

import os
import uuid
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Flask, render_template_string

from benchmarks.house import House, house
from benchmarks.measure import Row, Work
from lims.db.session import reading
from lims.samples import queries

GROUP = "lists"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
#: the most samples of this run; a machine without room takes fewer: ``BENCH_MOST=100000 make bench ONLY=lists``
MOST = int(os.environ.get("BENCH_MOST", SIZES[-1]))
MINIMAL = "{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}"
FLOOR = "a bare Flask page of 50 rows"
#: name of the filter, its address, how many times the bare page it may take
FILTERS: tuple[tuple[str, dict[str, Any], float], ...] = (
    ("one state", {"status": "accepted"}, 10),
    ("two states", {"status": ["accepted", "accepted_deviation"]}, 10),
    ("three states", {"status": ["registered", "in_transit", "received"]}, 10),
    ("a state that nothing has", {"status": "lost"}, 10),
    ("a kind", {"kind": "ENV"}, 10),
    ("a matrix", {"matrix": "FMEAT"}, 10),
    ("kind and state", {"kind": "ENV", "status": "corrected"}, 10),
    ("matrix and state", {"matrix": "FAQUA", "status": "rejected"}, 10),
    ("received in a week", {"from": "2025-01-10", "to": "2025-01-16"}, 10),
    ("received, and a state", {"from": "2025-01-10", "to": "2025-01-16", "status": "rejected"}, 10),
    ("by receipt, oldest first", {"sort": "received", "direction": "ascending"}, 10),
    ("by due date", {"sort": "due"}, 10),
    ("two Chinese characters", {"q": "猪肉"}, 25),
    ("a number's beginning", {"q": "BNCH-26-FOD-00004"}, 25),
    ("a word and a state", {"q": "surface", "status": "corrected"}, 25),
)


def _get(browser: Any, place: House, path: str) -> Work:
    def work() -> None:
        place.use()
        answer = browser.get(path, follow_redirects=True)
        assert answer.status_code == 200, path

    return work


def _bare_page(place: House) -> Work:
    app = Flask("bare")
    with reading() as session:
        rows = [[row.number, row.external_number, row.kind, row.matrix, row.status] for row in _page(place, session).rows]
    app.add_url_rule("/", view_func=lambda: render_template_string(MINIMAL, rows=rows))
    client = app.test_client()
    return lambda: client.get("/")


def _page(place: House, session: Any) -> queries.Page:
    return queries.page(session, place.actor(), queries.Filters())


def _deep(place: House) -> str:
    """The key of a sample in the middle of the list."""
    with reading() as session:
        actor = place.actor()
        row = queries.by_numbers(session, actor, [f"{place.size // 2 * 7 % 10**7:07d}"])
        return next(iter(row.values()))[0].id.hex


def rows() -> list[Row]:
    """The list at each size, then everything else at the largest."""
    places = [house(size) for size in SIZES if size <= MOST]
    browsers = [place.browser() for place in places]
    for place in places:
        place.use()
    bare = _bare_page(places[-1])
    every = [
        Row(GROUP, "list page", f"{place.size:,}", _get(browser, place, "/samples/"), bare, FLOOR, 10, runs=7)
        for place, browser in zip(places, browsers, strict=True)
    ]
    small, large, browser, size = places[0], places[-1], browsers[-1], f"{places[-1].size:,}"
    at = partial(_get, browser, large)
    every.append(
        Row(
            GROUP, "list page, growth", size, at("/samples/"), _get(browsers[0], small, "/samples/"), f"the page at {small.size:,}", 1.5,
            runs=15,
        )
    )  # fmt: skip
    large.use()
    key = _deep(large)
    every.append(Row(GROUP, "page in the middle", size, at(f"/samples/?after={key}"), bare, FLOOR, 10, runs=7))
    every.append(Row(GROUP, "one sample", size, at(f"/samples/{uuid.UUID(key)}"), bare, FLOOR, 15, runs=7))
    every += [
        Row(GROUP, name, size, at(f"/samples/?{urlencode(arguments, doseq=True)}"), bare, FLOOR, limit, runs=7)
        for name, arguments, limit in FILTERS
    ]
    every += [
        Row(GROUP, f"search: {text}", size, at(f"/search?q={text}"), bare, FLOOR, 25, runs=7)
        for text in ("冷冻猪肉", "surface", "0004200", "nothing-of-this-name")
    ]
    every.append(Row(GROUP, "home page", size, at("/"), bare, FLOOR, 15, runs=7))
    return every
