"""Pools for suites that must pass on Redis and on `memory://`."""

from __future__ import annotations

import pytest

from storage.redis_client import open_redis
from tests.storage.pool.town import Town


@pytest.fixture(params=["memory", "redis"])
def any_redis_url(request):
    """A test with this fixture runs once on each."""
    return "memory://" if request.param == "memory" else request.getfixturevalue("redis_url")


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
