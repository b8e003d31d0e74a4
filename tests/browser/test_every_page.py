"""Every page that a role reaches by clicking, in both languages: no error, no foreign host, no word left in the other language."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lims.words import catalogue
from tests.browser.running import Desk, Watched

PEOPLE = ("tech1.cusa", "auth.cusa", "qa.cus", "coordinator.cus", "reviewer.cdc", "auditor.cus", "admin.cus")
MOST = 36  # pages for one person and language
PER_SHAPE = 2  # pages of one shape: two samples stand for all
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)[A-Z0-9]+(-[A-Z0-9]+)+(?=/|$)|\d+")
LOOK = """() => {
    const ids = [...document.querySelectorAll("[id]")].map(one => one.id)
    const seen = one => one.offsetParent !== null
    const words = [...document.querySelectorAll("h1, h2, h3, button, label, legend, summary, th, dt, nav a, .btn")].filter(seen)
    return {
        title: document.title, lang: document.documentElement.lang,
        twice: [...new Set(ids.filter((id, place) => ids.indexOf(id) !== place))],
        styled: document.querySelectorAll("[style]:not(svg *), style, script:not([src])").length,
        unnamed: [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
            .filter(one => !one.labels.length && !one.ariaLabel && !one.getAttribute("aria-labelledby"))
            .map(one => one.outerHTML.slice(0, 120)),
        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        h1: document.querySelectorAll("h1").length,
        words: words.map(one => one.textContent.replace(/\\s+/g, " ").trim()),
        links: [...document.querySelectorAll("a[href]")].filter(one => !one.hasAttribute("download")).map(one => one.href),
    }
}"""


def shape(address: str) -> str:
    """An address without what differs from one object to the next, and without the values of its query."""
    parts = urlsplit(address)
    names = "&".join(sorted(pair.partition("=")[0] for pair in parts.query.split("&")))
    return ID.sub("*", parts.path) + "?" + names


def walk(watched: Watched, language: str, look: Callable[[str, dict], list[str]]) -> dict[str, list[str]]:
    """Follow links from the home page, breadth first, a few of each shape; what was found wrong by address."""
    page, wrong = watched.page, {}
    waiting, seen, shapes = [page.url], {page.url}, {}
    while waiting and sum(shapes.values()) < MOST:
        address = waiting.pop(0)
        if shapes.get(shape(address), 0) >= PER_SHAPE:
            continue
        shapes[shape(address)] = shapes.get(shape(address), 0) + 1
        before = len(watched.problems)
        answer = page.goto(address)
        found = page.evaluate(LOOK)
        if answer is None or "text/html" not in (answer.headers.get("content-type") or ""):
            continue
        problems = watched.problems[before:] + look(language, found)
        if problems:
            wrong[urlsplit(address).path] = problems
        for link in found["links"]:
            link = link.partition("#")[0]
            if urlsplit(link).netloc == watched.host and link not in seen and not is_file(link):
                seen.add(link)
                waiting.append(link)
    watched.problems.clear()
    return wrong


def is_file(address: str) -> bool:
    """Whether the address gives a file to keep and no page."""
    path = urlsplit(address).path
    return path.endswith((".csv", ".xlsx", ".svg", ".json", ".tsv", "/original", "/workbook", "/report", "/download"))


def faults(language: str, found: dict) -> list[str]:
    """What is wrong with one page."""
    wrong = []
    if not found["title"].strip() or found["title"].startswith("·"):
        wrong.append("no title")
    if found["lang"] != ("zh-CN" if language == "zh_CN" else "en"):
        wrong.append(f"lang is {found['lang']}")
    if found["h1"] != 1:
        wrong.append(f"{found['h1']} first headings")
    wrong += [f"id {one} stands twice" for one in found["twice"]]
    wrong += [f"no name: {one}" for one in found["unnamed"]]
    if found["styled"]:
        wrong.append(f"{found['styled']} inline styles or scripts")
    if language == "zh_CN":
        known = catalogue("zh_CN")
        wrong += [f"English: {word}" for word in found["words"] if " " in word and known.get(word, word) != word]
    return wrong


@pytest.mark.assurance("W2")
@pytest.mark.assurance("S2")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("user", PEOPLE)
def test_no_page_that_a_role_reaches_has_an_error_or_asks_another_host(desk: Desk, user: str, language: str):
    watched = desk.page_of(user, language)
    try:
        assert walk(watched, language, faults) == {}
    finally:
        watched.page.context.close()


@pytest.mark.assurance("W2")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_pages_before_the_sign_in_have_no_error(desk: Desk, language: str, pictures: Path):
    context = desk.browser.new_context(base_url=desk.running.address, locale="zh-CN" if language == "zh_CN" else "en-GB")
    page = context.new_page()
    watched = Watched(page, urlsplit(desk.running.address).netloc)
    watched.listen()
    page.goto("/login")
    found = page.evaluate(LOOK)  # before the screenshot, which writes styles into the page
    page.screenshot(path=pictures / f"login-{language}.png")
    context.close()
    assert watched.problems + faults(language, found) == []


@pytest.mark.parametrize("user", ["tech1.cusa", "coordinator.cus"])
def test_a_narrow_window_needs_no_sideways_scrolling(desk: Desk, user: str):
    watched = desk.page_of(user, "zh_CN", width=820)
    try:
        wrong = walk(watched, "zh_CN", lambda _language, found: [f"{found['wide']} pixels too wide"] if found["wide"] > 0 else [])
    finally:
        watched.page.context.close()
    assert wrong == {}
