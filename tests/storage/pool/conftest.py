"""Pools for suites that must pass on a Redis cluster, under the least rights that suffice, and on `memory://`."""

from __future__ import annotations

import pytest

from storage.redis.client import open_redis
from tests.storage.pool.town import Town

LOOKING = ("+mset", "+pexpireat", "+ttl", "+pttl", "+keys", "+script", "+xgroup", "+xreadgroup", "+xautoclaim")
"""What these tests do to the pool's keys, and a house does not."""


@pytest.fixture(params=["memory", "cluster"])
def any_redis_url(request):
    """A test with this fixture runs once on each."""
    if request.param == "memory":
        return "memory://"
    return request.getfixturevalue("redis_cluster").new_pool("town", *LOOKING)


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
