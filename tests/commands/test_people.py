"""lims user add and token create: a user name is one name however it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from lims.cli import lims
from lims.db.engine import Database
from tests.factories import TwoLaboratories


def test_a_token_is_made_for_the_name_as_it_was_typed(
    laboratories: TwoLaboratories, database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("LIMS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LIMS_DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    added = CliRunner().invoke(lims, ["user", "add", "Bob", "--name", "Bob", "--laboratory", "cusa", "--role", "technician"])
    assert (added.exit_code, added.output.split()[0]) == (0, "bob"), added.output
    for typed in ("Bob", "bob"):
        made = CliRunner().invoke(lims, ["token", "create", "--user", typed])
        assert (made.exit_code, len(made.output.split())) == (0, 1), made.output
