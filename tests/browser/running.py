"""The demonstration as it runs for people: a LIMS_HOME, a server, a worker, and pages of a browser that tell on themselves."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.paths import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, Response

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic", "--no-first-run", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
PATIENCE = 60_000  # milliseconds; the machine may be busy
TELL_ON_POLICY = """addEventListener("securitypolicyviolation",
    event => console.error("policy: " + event.violatedDirective + " " + event.blockedURI + " " + event.sample))"""


@dataclass
class Running:
    """A running demonstration: its address, the passwords of its people, the codes of its rounds by what they are."""

    address: str
    home: Path
    passwords: dict[str, str]
    roles: dict[str, str]
    codes: dict[str, str] = field(default_factory=dict)


@dataclass
class Watched:
    """A page with what it said and asked for while it was open."""

    page: Page
    host: str
    problems: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.host:
            self.problems.append(f"foreign host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"status {response.status}: {response.url}")


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        number: int = door.getsockname()[1]
        return number


@contextlib.contextmanager
def demonstration(home: Path) -> Iterator[Running]:
    """Load the demonstration into ``home``, unless it is there already, and serve it with a worker beside it."""
    port = free_port()
    environment = _environment(home, port)
    kept = sign_ins(home)
    if not kept.exists():
        kept.write_text(_run("lims", "demo", "--json", environment=environment), "utf-8")
    people = json.loads(kept.read_text("utf-8"))["sign_ins"]
    codes = _codes(json.loads(_run("lims", "round", "list", "--json", environment=environment)))
    passwords, roles = {one["user"]: one["password"] for one in people}, {one["user"]: one["roles"][0] for one in people}
    running = Running(f"http://127.0.0.1:{port}", home, passwords, roles, codes)
    with (home.parent / "serve.log").open("w") as log:
        processes = [subprocess.Popen([sys.executable, "-m", "lims", verb], env=environment, cwd=ROOT, stdout=log, stderr=log)
                     for verb in ("serve", "worker")]  # fmt: skip
        try:
            _wait_for(running.address + "/healthz")
            yield running
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=30)


def prepare(running: Running) -> None:
    """Make the rounds of ``tests.browser.prepared`` beside those of the demonstration."""
    environment = _environment(running.home, urlsplit(running.address).port or 0)
    made = _run("tests.browser.prepared", str(sign_ins(running.home)), environment=environment)
    running.codes.update(json.loads(made))


def sign_ins(home: Path) -> Path:
    """Where the sign-ins of a demonstration are kept, beside its home."""
    return home.parent / (home.name + ".json")


def _environment(home: Path, port: int) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("LIMS_")}
    return {**own, "LIMS_HOME": str(home), "LIMS_PORT": str(port), "PYTHONPATH": str(ROOT)}


def _codes(rounds: list[dict[str, str]]) -> dict[str, str]:
    """The rounds of the demonstration: the published ones by their kind, and the one that is under test."""
    shown = [one for one in rounds if one["state"] in ("published", "testing")]
    return {"open" if one["state"] == "testing" else one["kind"]: one["code"] for one in shown}


def _run(module: str, *words: str, environment: dict[str, str]) -> str:
    done = subprocess.run([sys.executable, "-m", module, *words], env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _wait_for(address: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.3)


def start_chromium(playwright: Playwright) -> Browser:
    """The browser of the machine, without a sandbox where we are root."""
    return playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS, timeout=PATIENCE)


class Desk:
    """Signs people in and hands out pages in which they are, in a language and a width."""

    def __init__(self, browser: Browser, running: Running) -> None:
        self.browser, self.running = browser, running
        self._signed_in: dict[str, Any] = {}

    def stranger(self, language: str, width: int = 1280, height: int = 900, known: Any = None) -> Watched:
        """A new page of nobody, in a browser that asks for this language; ``known`` is what the browser kept of a sign-in."""
        context = self.browser.new_context(
            base_url=self.running.address, viewport={"width": width, "height": height}, storage_state=known,
            locale="zh-CN" if language == "zh_CN" else "en-GB", timezone_id="Asia/Shanghai", reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(PATIENCE)
        context.add_init_script(TELL_ON_POLICY)
        watched = Watched(context.new_page(), urlsplit(self.running.address).netloc)
        watched.listen()
        return watched

    def page_of(self, user: str, language: str = "en", width: int = 1280, height: int = 900) -> Watched:
        """A new page on the home page of ``user``; who was signed in before need not do it again."""
        watched = self.stranger(language, width, height, self._signed_in.get(user))
        page, context = watched.page, watched.page.context
        if user not in self._signed_in:
            self._sign_in(page, user)
            self._signed_in[user] = context.storage_state()
        else:
            page.goto("/")
        self.speak(page, language)
        return watched

    def _sign_in(self, page: Page, user: str) -> None:
        page.goto("/login")
        page.locator("[name=login]").fill(user)
        page.locator("[name=password]").fill(self.running.passwords[user])
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(self.running.address + "/")

    def speak(self, page: Page, language: str) -> None:
        """Choose the language by the switch of the page."""
        switch = page.locator(f"form[data-language] button[value={language}]")
        if switch.count():
            with page.expect_navigation():
                switch.click()
