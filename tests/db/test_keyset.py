"""Pages by key: every row once, in order, both ways, however many there are."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lims.accounts.models import Organisation
from lims.db.engine import Database
from lims.db.keyset import page_of
from lims.db.session import SYSTEM, reading, transaction
from lims.errors import Invalid

KEYS = [Organisation.name_en, Organisation.code]


@pytest.fixture
def many(database: Database) -> list[str]:
    with transaction(SYSTEM, "many") as session:
        session.add_all(Organisation(code=f"O{n:03d}", name_en=f"N{n % 7}", name_zh="机构", side="other") for n in range(53))
    return sorted((f"O{n:03d}" for n in range(53)), key=lambda code: (f"N{int(code[1:]) % 7}", code), reverse=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None)
@given(size=st.integers(1, 60))
def test_walking_there_and_back_shows_every_row_once(many: list[str], size: int):
    with reading() as session:
        cursor, seen = None, []
        while True:
            page = page_of(session, select(Organisation), KEYS, cursor, size)
            seen += [row.code for row in page.rows]
            if page.later is None:
                break
            cursor = page.later
        assert seen == many
        back = [row.code for row in page.rows]
        while page.earlier:
            page = page_of(session, select(Organisation), KEYS, page.earlier, size)
            back = [row.code for row in page.rows] + back
        assert back == many


@pytest.mark.parametrize("cursor", ["x", "W10", "W2ZhbHNlLCBbMV1d", "🙂"])
def test_an_invented_page_address_is_refused_with_a_sentence(database: Database, cursor: str):
    with reading() as session, pytest.raises(Invalid):
        page_of(session, select(Organisation), KEYS, cursor)
