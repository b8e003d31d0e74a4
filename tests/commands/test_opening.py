"""The demonstration goes into an empty LIMS_HOME only, and a command that reads makes nothing where there is no installation."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lims import seals
from lims.app import open_database
from lims.commands import opening
from lims.commands.serving import _prepare
from lims.db.session import reading
from lims.demo import interrupted
from lims.errors import Conflict
from lims.samples.models import Sample
from lims.settings import read_settings
from tests.paths import ROOT


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("LIMS_") and not name.startswith("LIMS_TEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LIMS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def lims(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-m", "lims", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_the_demonstration_is_refused_in_an_installation_made_by_init(home: Path):
    assert lims("init").returncode == 0
    before = {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()}
    answer = lims("demo")
    assert answer.returncode == 1
    assert "holds an installation already; nothing was changed" in answer.stderr
    assert {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()} == before


def test_the_first_start_does_not_load_it_into_an_installation_made_by_init(home: Path):
    assert lims("init").returncode == 0
    settings = read_settings()
    _prepare(settings)
    database = open_database(settings)
    with reading() as session:
        assert session.query(Sample).count() == 0
    database.close()
    assert not (home / interrupted.SIGN_INS).exists()


@pytest.mark.parametrize("name", ["report-signing.key", "report-signing.pub", "secret.key", "files/ab/abcd"])
def test_the_demonstration_is_refused_where_a_file_of_an_installation_lies(home: Path, name: str):
    (home / name).parent.mkdir(parents=True)
    (home / name).write_text("kept")
    with pytest.raises(Conflict, match="holds an installation already"), opening.open_for_demonstration():
        pass
    assert [path for path in home.rglob("*") if path.is_file()] == [home / name]


def test_a_start_that_is_killed_from_the_first_table_on_is_begun_anew(home: Path):
    with pytest.raises(KeyboardInterrupt), opening.open_for_demonstration():
        raise KeyboardInterrupt
    first = (home / seals.KEY_FILE).read_bytes()
    with opening.open_for_demonstration() as settings:
        assert (settings.home / interrupted.MARKER).exists()
    assert not (home / interrupted.MARKER).exists()
    assert (home / seals.KEY_FILE).read_bytes() != first


def test_the_first_start_loads_the_demonstration_into_an_empty_home(home: Path):
    settings = read_settings()
    _prepare(settings)
    database = open_database(settings)
    with reading() as session:
        assert session.query(Sample).count() > 0
    database.close()
    assert (home / interrupted.SIGN_INS).exists()
    assert not (home / interrupted.MARKER).exists()


@pytest.mark.parametrize(
    "command",
    [
        ("db", "verify"),
        ("db", "backup", "never"),
        ("round", "list", "--json"),
        ("user", "add", "bob", "--name", "Bob", "--laboratory", "A", "--role", "auditor"),
        ("token", "create", "--user", "bob"),
        ("samples", "template", "TRV"),
    ],
    ids=" ".join,
)
def test_where_no_installation_is_a_command_says_so_and_makes_nothing(home: Path, command: tuple[str, ...]):
    answer = lims(*command)
    assert answer.returncode == 1
    assert "holds no installation" in answer.stderr
    assert "lims init" in answer.stderr and "lims demo" in answer.stderr
    assert not home.exists()


def test_an_empty_database_is_no_installation(home: Path):
    open_database(read_settings()).close()
    with pytest.raises(Conflict, match="holds no installation"), opening.open_installation():
        pass
