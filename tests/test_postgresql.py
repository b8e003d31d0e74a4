"""The throw-away PostgreSQL of the tests."""

import pytest
from sqlalchemy import create_engine, text

from tests import postgresql


@pytest.mark.postgresql
def test_a_new_database_is_empty_and_its_role_is_no_superuser():
    if postgresql.server_url() is None:
        pytest.skip(postgresql.REASON)
    with postgresql.new_database() as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            tables = connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).scalar_one()
            superuser = connection.execute(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).scalar_one()
        engine.dispose()
    assert (tables, superuser) == (0, False)


@pytest.mark.postgresql
@pytest.mark.parametrize("again", range(3))
def test_a_cluster_is_shared_within_a_run(again: int):
    if postgresql.server_url() is None:
        pytest.skip(postgresql.REASON)
    with postgresql.new_database() as one, postgresql.new_database() as other:
        assert one.rpartition("/")[0] == other.rpartition("/")[0]
        assert one != other
