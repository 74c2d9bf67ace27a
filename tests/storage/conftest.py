"""Databases and pools for the suites that must pass on each kind of store."""

from __future__ import annotations

import pytest

from storage.redis.client import open_redis
from storage.sql.database import open_database
from storage.sql.migrate import migrate
from tests.storage.pool.town import Town

TEST_RIGHTS = ("+mset", "+pexpireat", "+ttl", "+pttl", "+keys", "+script", "+xgroup", "+xreadgroup", "+xautoclaim")
"""Commands that these tests run on the pool's keys, and the product does not."""


@pytest.fixture(params=["sqlite", "postgres"])
def database_uri(request, tmp_path):
    """The URI of an empty database, one of each kind. For a test that has `database` too, it may be migrated already."""
    if request.param == "postgres":
        return request.getfixturevalue("migrated_postgres_uri" if "database" in request.fixturenames else "postgres_uri")
    return f"sqlite:{tmp_path}/records.db"


@pytest.fixture
async def database(database_uri):
    """Open, with the newest schema."""
    opened = await open_database(database_uri, pool_size=4)
    await migrate(opened)
    yield opened
    await opened.close()


@pytest.fixture(params=["memory", "cluster"])
def any_redis_url(request):
    """On `memory://`, and on a Redis cluster with the least rights that suffice. A test with this fixture runs once on each."""
    if request.param == "memory":
        return "memory://"
    return request.getfixturevalue("redis_cluster").new_pool("town", *TEST_RIGHTS)


@pytest.fixture
async def client(any_redis_url):
    opened = open_redis(any_redis_url)
    yield opened
    await opened.aclose()


@pytest.fixture
async def town(client):
    town = Town(client)
    await town.open()
    return town
