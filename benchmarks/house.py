"""An installation with many samples: laboratories and people by their services, the mass of rows by the driver.

The database of a size is made once and kept in a folder of the machine's temporary ones; making a million samples takes minutes.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lims import clock
from lims.accounts import service as accounts
from lims.accounts.models import Laboratory
from lims.app import create_app, open_database
from lims.catalogue.service import load_shipped
from lims.db import migrate
from lims.db.base import new_key
from lims.db.engine import Database
from lims.db.session import SYSTEM, Actor, bind, reading
from lims.paths import shared_path
from lims.samples.service import Decision, NewSample, Receipt, receive_sample, register_sample
from lims.settings import Settings, read_settings

PASSWORD = "four quiet glass rivers"
LOGIN = "technician.bench"
CHUNK = 20_000
#: of a hundred samples: most are done; the newest ones are at work
STATUSES = ("reported",) * 70 + ("retained",) * 12 + ("rejected",) * 3 + ("corrected",) * 2 + ("tested",) * 5 + ("accepted",) * 4 + (
    "under_test",) * 3 + ("accepted_deviation",)  # fmt: skip
KINDS = (("TRV", "NPS"), ("FOD", "FMEAT"), ("FOD", "FAQUA"), ("ENV", "SURF"))
FIRST = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class House:
    """An installation of ``size`` samples, open in this process when ``use`` was called last."""

    size: int
    settings: Settings
    database: Database

    def use(self) -> None:
        bind(self.database)

    def actor(self) -> Actor:
        self.use()
        from lims.accounts import queries

        with reading() as session:
            user = queries.user_by_login(session, LOGIN)
            assert user is not None
            return queries.actor_for(session, user, user.laboratory_id, clock.now())

    def browser(self) -> Any:
        """A signed-in browser of a technician."""
        client = create_app(self.settings, self.database).test_client()
        for path, typed in (("/login", {"login": LOGIN, "password": PASSWORD}), ("/language", {"language": "en"})):
            page = client.get("/login" if path == "/login" else "/account").text
            found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
            assert found is not None
            client.post(path, data={"csrf_token": found[1], **typed})
        return client


def house(size: int) -> House:
    """The installation of this size; made when it is not there."""
    home = Path(tempfile.gettempdir()) / f"lims-bench-{os.getuid()}" / f"{_schema()}-{size}"
    settings = read_settings({"LIMS_HOME": str(home), "LIMS_SECRET_KEY": "b" * 40})
    database = open_database(settings)
    made = home / "complete"
    if not made.exists():
        print(f"making {size} samples in {home} ...", flush=True)
        _make(database, size)
        made.touch()
    return House(size, settings, database)


def _schema() -> str:
    """A short hash over the migrations: another schema is another installation."""
    files = sorted((shared_path("migrations") / "versions").glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _make(database: Database, size: int) -> None:
    migrate.upgrade(database)
    load_shipped(SYSTEM)
    organisation = accounts.add_organisation(SYSTEM, "BENCH", "Organisation", "机构", "customs")
    place = accounts.add_laboratory(SYSTEM, organisation.id, "BNCH", "Bench Laboratory", "测试实验室")
    accounts.add_user(SYSTEM, LOGIN, "Technician 1", place.id, ["technician"], PASSWORD, must_change_password=False)
    house = House(size, read_settings({"LIMS_SECRET_KEY": "b" * 40}), database)
    draft = NewSample(kind="ENV", matrix="SURF", external_number="0000000", details={"surface": "outer_box"}, sampling_point="Bay 1")
    row = register_sample(house.actor(), draft)
    receive_sample(house.actor(), row.id, Receipt(decision=Decision("accepted")))
    _multiply(database, place, row.id.hex, size - 1)


def _multiply(database: Database, place: Laboratory, key: str, count: int) -> None:
    """Copies of the one registered sample with numbers, states, kinds, instants and words of their own."""
    connection = database.engine.raw_connection()
    cursor = connection.cursor()
    names = [one[1] for one in cursor.execute("PRAGMA table_info(sample)")]
    sample = dict(zip(names, cursor.execute("SELECT * FROM sample WHERE id = ?", (key,)).fetchone(), strict=True))
    steps = [one[1] for one in cursor.execute("PRAGMA table_info(custody_event)")]
    step = dict(zip(steps, cursor.execute("SELECT * FROM custody_event WHERE sample_id = ? LIMIT 1", (key,)).fetchone(), strict=True))
    statements = {
        "sample": f"INSERT INTO sample VALUES ({', '.join('?' * len(names))})",
        "custody": f"INSERT INTO custody_event VALUES ({', '.join('?' * len(steps))})",
        "word": "INSERT INTO sample_word VALUES (?, ?, ?)",
    }
    for start in range(0, count, CHUNK):
        rows = list(_copies(sample, start, min(CHUNK, count - start)))
        cursor.execute("BEGIN IMMEDIATE")
        cursor.executemany(statements["sample"], [tuple(one[name] for name in names) for one in rows])
        events = ({**step, "id": new_key().hex, "sample_id": one["id"]} for one in rows)
        cursor.executemany(statements["custody"], [tuple(one[name] for name in steps) for one in events])
        cursor.executemany(statements["word"], [(place.id.hex, word, one["id"]) for one in rows for word in _words(one)])
        cursor.execute("COMMIT")
    cursor.execute("ANALYZE")
    connection.close()


def _copies(sample: dict[str, Any], start: int, count: int) -> Iterator[dict[str, Any]]:
    for serial in range(start + 2, start + 2 + count):
        at = (FIRST + timedelta(seconds=30 * serial)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        kind, matrix = KINDS[serial % len(KINDS)]
        yield {
            **sample, "id": new_key().hex, "number": f"BNCH-26-{kind}-{serial:07d}-X", "external_number": f"{serial * 7 % 10**7:07d}",
            "kind": kind, "matrix": matrix, "status": STATUSES[serial * 37 % 100], "registered_at": at, "received_at": at,
            "status_since": at,
            "due_at": at if serial % 5 == 0 else None,
        }  # fmt: skip


def _words(row: dict[str, Any]) -> list[str]:
    serial = row["number"].split("-")[3]
    common = ["冷冻", "冻猪", "猪肉"] if row["matrix"] == "FMEAT" else ["surface"] if row["kind"] == "ENV" else ["鼻咽", "咽拭", "拭子"]
    return list(dict.fromkeys([row["number"].lower(), serial, serial.lstrip("0"), row["external_number"], "bay", *common]))
