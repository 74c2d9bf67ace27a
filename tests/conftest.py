"""Fixtures of all tests: real servers, one of each per test process, started when first asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import hypothesis
import pytest

from tests.redis_servers import RedisCluster
from tests.servers import (
    GivenPostgres,
    GivenRedis,
    PostgresServer,
    RedisServer,
    drop_database,
    empty_database,
    find_postgres,
    find_redis,
)

LONGEST = ("tests/system/test_crashes", "tests/faults/", "tests/system/", "tests/durability/", "tests/browser/")
"""Files that take minutes: begun first, so that no process is left alone with one at the end."""

# How long one example takes says how busy the machine is.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((place for place, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST)))
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_together(item)))


def _together(item: pytest.Item) -> str:
    """One process runs all tests of one group: what shares a house or a browser, so that there is one of each; else a file."""
    callspec = getattr(item, "callspec", None)
    if callspec is not None and "shared_stores" in callspec.params:
        return f"house on {callspec.params['shared_stores']}"
    if "embedded_house" in getattr(item, "fixturenames", ()):
        return "embedded house"
    path = item.nodeid.partition("::")[0]
    return "browser" if path.startswith("tests/browser/") else path


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: houses that start, stop and wait leave some of their time to others."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer | GivenPostgres]:
    """A test that stops, kills or pauses it need not start it again: `postgres_uri` does."""
    server = find_postgres()
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer | GivenRedis]:
    """A test that stops, kills or pauses it need not start it again: `redis_url` does."""
    server = find_redis()
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def redis_cluster() -> Iterator[RedisCluster]:
    """Three masters."""
    cluster = RedisCluster()
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session")
def spare_databases(postgres: PostgresServer | GivenPostgres) -> Iterator[list[str]]:
    """Empty ones, for the next tests."""
    spare: list[str] = []
    yield spare
    postgres.start()
    for uri in spare:
        drop_database(postgres.uri, urlsplit(uri).path.removeprefix("/"))


@pytest.fixture
def postgres_uri(postgres: PostgresServer | GivenPostgres, spare_databases: list[str]) -> Iterator[str]:
    """An empty database, this test's alone."""
    postgres.start()
    uri = spare_databases.pop() if spare_databases else postgres.new_database()
    yield uri
    postgres.start()
    empty_database(uri)
    spare_databases.append(uri)


@pytest.fixture
def redis_url(redis_server: RedisServer | GivenRedis) -> str:
    """An empty Redis database, this test's alone."""
    redis_server.start()
    return redis_server.new_database()


@pytest.fixture
def cluster_url(redis_cluster: RedisCluster) -> str:
    """An empty cluster, for a user who may touch the keys of the pool `main` only."""
    return redis_cluster.new_pool()
