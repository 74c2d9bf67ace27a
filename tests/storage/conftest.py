"""Databases for the suites that must pass on both."""

from __future__ import annotations

import pytest

from storage.sql.database import open_database
from storage.sql.migrate import migrate


@pytest.fixture(params=["sqlite", "postgres"])
def database_uri(request, tmp_path):
    """The URI of an empty database; a test with this fixture runs once on each kind."""
    if request.param == "postgres":
        return request.getfixturevalue("postgres_uri")
    return f"sqlite:{tmp_path}/records.db"


@pytest.fixture
async def database(database_uri):
    """Open, with the newest schema."""
    opened = await open_database(database_uri, pool_size=4)
    await migrate(opened)
    yield opened
    await opened.close()
