"""Every page that a role reaches by clicking, in both languages: no error, no foreign host, no word left in the other language."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from lims.words import catalogue
from tests.browser.running import Desk, Watched
from tests.browser.tour import Visit, address_of, files_of, follow, pages_of

PEOPLE = ("tech1.cusa", "auth.cusa", "qa.cus", "coordinator.cus", "reviewer.cdc", "auditor.cus", "admin.cus")
MOST = 36  # pages for one person and language
PER_SHAPE = 2  # pages of one shape: two samples stand for all
WIDTHS = (1280, 820)
PLACE = re.compile(r"%\(\w+\)[sd]")
#: routes that no visit opens, with the reason
ELSEWHERE = {
    "static": "the files of the pages themselves, loaded with each of them",
    "accounts.setup": "there before the first administrator alone (tests/accounts)",
    "samples_api.Samples": "for programs with a token (tests/samples/test_api.py)",
    "samples_api.OneSample": "for programs with a token (tests/samples/test_api.py)",
    **{
        f"rounds_api.{name}": "for programs with a token (tests/rounds/test_api.py)"
        for name in ("Rounds", "OneRound", "OwnSubmission", "OwnScores", "IssuedReport")
    },
}
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)[A-Z0-9]+(-[A-Z0-9]+)+(?=/|$)|\d+")
LOOK = """() => {
    const texts = () => {
        const found = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
        while (walker.nextNode()) {
            const parent = walker.currentNode.parentElement
            if (!parent.closest("script, style, .mono, code, [lang=en], .entry td") && parent.checkVisibility())
                found.add(walker.currentNode.textContent.replace(/\\s+/g, " ").trim())
        }
        for (const name of ["title", "aria-label", "placeholder"])
            document.querySelectorAll(`[${name}]:not([lang=en])`).forEach(one => found.add(one.getAttribute(name).trim()))
        return [...found]
    }
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
        texts: texts(), text: document.body.innerText,
        links: [...document.querySelectorAll("a[href]")].filter(one => !one.hasAttribute("download")).map(one => one.href),
    }
}"""


@cache
def sentences() -> list[re.Pattern[str]]:
    """What a sentence of several words looks like that is left in English although the catalogue has it in Chinese."""
    words = re.compile("[A-Za-z]{2,}")
    known = [one for one, chinese in catalogue("zh_CN").items() if one != chinese and len(words.findall(PLACE.sub("", one))) > 1]
    return [re.compile(re.sub(r"%\\\((\w+)\\\)[sd]", ".+?", re.escape(one)).replace("%%", "%")) for one in known]


def english(texts: list[str]) -> list[str]:
    """The texts of a Chinese page that are sentences of the catalogue in English."""
    latin = [one for one in texts if re.search("[A-Za-z]{3}", one) and not re.search("[\u4e00-\u9fff]", one)]
    return [f"English: {one}" for one in latin if any(sentence.fullmatch(one) for sentence in sentences())]


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
    if "Traceback" in found["text"]:
        wrong.append("a traceback")
    if language == "zh_CN":
        known = catalogue("zh_CN")
        wrong += english(found["texts"])
        wrong += [f"English: {word}" for word in found["words"] if " " in word and known.get(word, word) != word]
    return wrong


def look_at(watched: Watched, visit: Visit, language: str, pictures: Path) -> list[str]:
    """What is wrong with one page, at the width of a desk and of a tablet; its picture at both."""
    page, wrong = watched.page, []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate(LOOK)
        wrong += [] if width != WIDTHS[0] else faults(language, found)
        wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        wrong += [f"{wide} pixels too wide at {width}"] if wide > 0 else []
        page.screenshot(path=pictures / f"page-{visit.name}-{width}-{language}.png", full_page=True)  # writes styles: after the look
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    return wrong


def endpoints(app: Flask, addresses: set[str]) -> set[str]:
    """The endpoints behind the addresses that were opened."""
    routes = app.url_map.bind("localhost")
    return {str(routes.match(urlsplit(address).path)[0]) for address in addresses}


@pytest.mark.assurance("W2")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_route_shows_its_page_or_gives_its_file(desk: Desk, app: Flask, language: str, pictures: Path):
    pages: dict[str, Watched] = {}
    opened: set[str] = set()
    wrong: dict[str, list[str]] = {}

    def page_of(user: str) -> Watched:
        if user not in pages:
            pages[user] = desk.page_of(user, language) if user else desk.stranger(language)
            pages[user].page.on("request", lambda one: opened.add(one.url) if one.is_navigation_request() and one.method == "GET" else None)
        return pages[user]

    for visit in pages_of(desk.running):
        watched = page_of(visit.user)
        follow(watched.page, visit.steps)
        problems = look_at(watched, visit, language, pictures) + watched.problems
        watched.problems.clear()
        wrong |= {visit.name: problems} if problems else {}
    for visit in files_of(desk.running):
        watched = page_of(visit.user)
        follow(watched.page, visit.steps[:-1])
        answer = watched.page.request.get(address_of(watched.page, visit.steps[-1]))
        opened.add(answer.url)
        wrong |= {visit.name: [f"status {answer.status}"]} if not answer.ok or not answer.body() else {}
    for watched in pages.values():
        watched.page.context.close()
    assert wrong == {}
    routes = {str(rule.endpoint) for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    assert endpoints(app, opened) == routes - set(ELSEWHERE)


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
    watched = desk.stranger(language)
    page = watched.page
    page.goto("/login")
    found = page.evaluate(LOOK)  # before the screenshot, which writes styles into the page
    page.screenshot(path=pictures / f"login-{language}.png")
    page.context.close()
    assert watched.problems + faults(language, found) == []


@pytest.mark.parametrize("user", ["tech1.cusa", "coordinator.cus"])
def test_a_narrow_window_needs_no_sideways_scrolling(desk: Desk, user: str):
    watched = desk.page_of(user, "zh_CN", width=820)
    try:
        wrong = walk(watched, "zh_CN", lambda _language, found: [f"{found['wide']} pixels too wide"] if found["wide"] > 0 else [])
    finally:
        watched.page.context.close()
    assert wrong == {}
