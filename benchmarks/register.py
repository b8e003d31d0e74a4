"""Registering one sample with its audit entry beside one raw insert, and recording the results of a large upload beside the driver."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from benchmarks.house import House, house
from benchmarks.measure import Row
from lims.db.base import new_key
from lims.db.session import transaction
from lims.results.service import NewResult, Origin, record_results
from lims.samples import queries
from lims.samples.service import NewSample, register_sample

GROUP = "register"
MASS = 100_000


def rows() -> list[Row]:
    place = house(1000)
    place.use()
    return [
        Row(
            GROUP, "register a sample", "1", lambda: _register(place), lambda: _raw_sample(place),
            f"raw SQLite, {'WAL' if place.database.is_wal else 'DELETE'}", 20, runs=25,
        ),
        Row(
            GROUP, "results of an upload", f"{MASS:,}", lambda: _record(place), lambda: _raw_results(place), "executemany of the driver", 2,
            runs=3,
        ),
    ]  # fmt: skip


_serial = itertools.count(1)


def _register(place: House) -> None:
    draft = NewSample(kind="ENV", matrix="SURF", external_number=f"R-{next(_serial)}", details={"surface": "outer_box"})
    register_sample(place.actor(), draft)


def _raw_sample(place: House) -> None:
    connection = place.database.engine.raw_connection()
    cursor = connection.cursor()
    names = [one[1] for one in cursor.execute("PRAGMA table_info(sample)")]
    values = dict(zip(names, cursor.execute("SELECT * FROM sample LIMIT 1").fetchone(), strict=True))
    values.update(id=new_key().hex, number=f"RAW-{next(_serial)}-{new_key().hex[-8:]}", idempotency_key=None)
    cursor.execute("BEGIN IMMEDIATE")
    cursor.execute(f"INSERT INTO sample VALUES ({', '.join('?' * len(names))})", [values[name] for name in names])
    cursor.execute("COMMIT")
    connection.close()


def _record(place: House) -> None:
    actor = place.actor()
    with transaction(actor, "measured") as session:
        keys = [row.id for row in queries.page(session, actor, queries.Filters(), limit=200).rows]
        found = [
            NewResult(keys[number % len(keys)], f"T{number // len(keys)}-{new_key().hex[-8:]}", "ct", "value", "24.50", "24.50")
            for number in range(MASS)
        ]
        record_results(session, actor, found, Origin(new_key(), "0" * 64, "bench", "1"))


def _raw_results(place: House) -> None:
    actor = place.actor()
    connection = place.database.engine.raw_connection()
    cursor = connection.cursor()
    names = [one[1] for one in cursor.execute("PRAGMA table_info(result)")]
    sample_id = cursor.execute("SELECT id FROM sample LIMIT 1").fetchone()[0]
    shared: dict[str, Any] = {
        "version": 1, "reason": "", "sample_id": sample_id, "target": "N", "quantity": "ct", "status": "value", "value_text": "24.50",
        "value": "24.50", "flags": "[]", "file_sha256": "0" * 64, "parser": "bench", "parser_version": "1",
        "recorded_at": "2026-01-01T00:00:00.000000Z", "recorded_by": _hex(actor.user_id), "laboratory_id": _hex(actor.laboratory_id),
        "upload_id": new_key().hex,
    }  # fmt: skip
    keys = [new_key().hex for _number in range(MASS)]
    cursor.execute("BEGIN IMMEDIATE")
    values = [[key if name in ("id", "line_id") else shared.get(name) for name in names] for key in keys]
    cursor.executemany(f"INSERT INTO result VALUES ({', '.join('?' * len(names))})", values)
    cursor.execute("COMMIT")
    connection.close()


def _hex(key: uuid.UUID | None) -> str:
    assert key is not None
    return key.hex
