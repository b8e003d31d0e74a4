"""A demonstration whose loading was killed is loaded anew, and nothing that people made is ever taken away for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lims.accounts import service
from lims.app import open_database
from lims.commands.opening import clear_interrupted
from lims.db import migrate
from lims.db.session import SYSTEM, reading
from lims.demo import interrupted
from lims.demo.people import hire, logins
from lims.errors import Conflict
from lims.samples.models import Sample
from lims.settings import Settings, read_settings
from tests.paths import ROOT


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def half(home: Path) -> Settings:
    """A home in which the loading stopped after the people were made."""
    settings = read_settings({"LIMS_HOME": str(home), "LIMS_SECRET_KEY": "k" * 40})
    database = open_database(settings)
    migrate.upgrade(database)
    with pytest.raises(KeyboardInterrupt), interrupted.marked(settings):
        hire()
        raise KeyboardInterrupt
    database.close()
    return settings


def people(settings: Settings) -> int:
    from sqlalchemy import func, select

    from lims.accounts.models import User

    with reading() as session:
        return session.scalar(select(func.count()).select_from(User)) or 0


def test_the_known_logins_are_those_of_the_cast(half: Settings):
    open_database(half)
    assert people(half) == len(logins())


def test_what_the_interrupted_loading_left_is_taken_away(half: Settings, capsys: pytest.CaptureFixture[str]):
    (half.home / "demo-sign-ins.txt").write_text("old passwords")
    database = clear_interrupted(half, open_database(half))
    assert "what it left is taken away" in capsys.readouterr().err
    assert migrate.current(database) is None
    assert sorted(path.name for path in half.home.iterdir() if not path.name.startswith("lims.db")) == []


@pytest.mark.parametrize("what", ["a sign-in", "another person", "a token"])
def test_what_people_did_since_stays(half: Settings, what: str, capsys: pytest.CaptureFixture[str]):
    open_database(half)
    with reading() as session:
        from lims.accounts import queries

        user = queries.user_by_login(session, "tech1.cusa")
        assert user is not None
    if what == "a sign-in":
        service.sign_in(user.login, service.reset_password(SYSTEM, user.id), "127.0.0.1", "")
    elif what == "another person":
        service.add_user(SYSTEM, "somebody", "Somebody", user.laboratory_id, ["auditor"], "four quiet glass rivers")
    else:
        service.create_token(SYSTEM, user.id, "scales")
    before = people(half)
    clear_interrupted(half, open_database(half))
    assert "it stays incomplete" in capsys.readouterr().err
    assert people(half) == before


def test_while_it_is_being_loaded_a_second_start_waits(half: Settings):
    with interrupted.marked(half), pytest.raises(Conflict, match="Another process"):
        clear_interrupted(half, open_database(half))


def test_a_killed_loading_is_loaded_whole_by_the_next_one(home: Path):
    environment = {**os.environ, "LIMS_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "lims", "demo"]
    first = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (home / "demo-sign-ins.txt").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert (home / "demo-loading").exists(), "killed in the middle"
    second = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert second.returncode == 0, second.stderr
    assert "taken away" in second.stderr and "The demonstration is loaded" in second.stdout
    assert not (home / "demo-loading").exists()
    open_database(read_settings({"LIMS_HOME": str(home)}))
    with reading() as session:
        assert session.query(Sample).count() == 6 * 18 + 2  # and what arrived in a box
