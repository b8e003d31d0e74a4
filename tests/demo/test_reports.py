"""Every published report and certificate of the demonstration proves itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from lims import blobs, seals
from lims.app import open_database
from lims.db import migrate
from lims.db.session import reading
from lims.demo import load_demonstration
from lims.rounds.models import Report, Round
from lims.rounds.report.checking import check
from lims.settings import read_settings


@pytest.mark.assurance("R8")
def test_the_reports_of_the_demonstration_hold(tmp_path: Path):
    settings = read_settings({"LIMS_HOME": str(tmp_path / "home"), "LIMS_SECRET_KEY": "k" * 40})
    database = open_database(settings)
    migrate.upgrade(database)
    load_demonstration(settings)
    with reading() as session:
        issued = session.execute(select(Round.kind, Report.blob_sha256).join(Round, Round.id == Report.round_id)).all()
    found = {kind: check(blobs.store().get(digest), seals.sealer().public_key) for kind, digest in issued}
    database.close()
    assert set(found) == {"qualitative", "quantitative"}
    assert {(one["state"], one["origin"], len(one["differences"])) for one in found.values()} == {("holds", "proven", 0)}
