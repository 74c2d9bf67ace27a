"""Fixtures of all tests: real servers, one of each per test process, started when first asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

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
    forget_rows,
)

TESTS = Path(__file__).parent
LONGEST = (
    *("tests/system/test_crashes", "tests/faults/", "tests/system/", "tests/durability/test_crash_points", "tests/browser/"),
    *("tests/durability/", "tests/web/test_every_operation", "tests/control/", "tests/features/"),
)
"""Files that take minutes, then those that take long: begun first, so that no process is left alone with one at the end."""

HOUSES = ("memory and SQLite", "Redis Cluster and PostgreSQL")
"""The houses that many files of `tests/system/` share, by the stores they stand on."""

OWN_HOUSES = ("tests/system/test_bots.py", "tests/system/test_crashes.py", "tests/system/test_live_configuration.py")
"""Files that have a house of their own on each kind of stores."""

ONE_HOUSE = ("tests/system/embedded/", "tests/browser/")
"""Folders whose tests share a house, or a browser."""

# How long one example takes says how busy the machine is.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")


def pytest_collection(session: pytest.Session) -> None:
    """Each process of a whole run imports all files of tests. It begins with a share of its own, so that each file is compiled by
    one of them. A file that cannot be imported is told of when its tests are collected.
    """
    number = re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", ""))
    if not number or session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    files = sorted(TESTS.rglob("test_*.py"))
    begin = len(files) * int(number) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for file in files[begin:] + files[:begin]:
        with suppress(Exception):
            import_module(".".join(file.relative_to(TESTS.parent).with_suffix("").parts))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((place for place, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST)))


class Together(LoadScopeScheduling):
    """One process runs all tests of a group: what shares a house or a browser, so that there is one of each; else a file."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        house = next((kind for kind in HOUSES if kind in nodeid), None)
        if house is not None:
            return f"{file} {house}" if file in OWN_HOUSES else house
        return next((folder for folder in ONE_HOUSE if nodeid.startswith(folder)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together:
    return Together(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """Twice as many as there are processors: houses that start, stop and wait leave much of their time to others."""
    return 2 * (os.cpu_count() or 1)


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


@contextmanager
def spares(postgres: PostgresServer | GivenPostgres) -> Iterator[list[str]]:
    """Databases for the next tests, which are dropped at the end."""
    spare: list[str] = []
    yield spare
    postgres.start()
    for uri in spare:
        drop_database(postgres.uri, urlsplit(uri).path.removeprefix("/"))


@contextmanager
def lent(postgres: PostgresServer | GivenPostgres, spare: list[str], clear: Callable[[str], None]) -> Iterator[str]:
    """A spare database, or a new one. It goes back to the spare ones cleared."""
    postgres.start()
    uri = spare.pop() if spare else postgres.new_database()
    yield uri
    postgres.start()
    clear(uri)
    spare.append(uri)


@pytest.fixture(scope="session")
def empty_databases(postgres: PostgresServer | GivenPostgres) -> Iterator[list[str]]:
    with spares(postgres) as spare:
        yield spare


@pytest.fixture(scope="session")
def migrated_databases(postgres: PostgresServer | GivenPostgres) -> Iterator[list[str]]:
    """With the newest schema and no rows. Whoever gets a new one migrates it."""
    with spares(postgres) as spare:
        yield spare


@pytest.fixture
def postgres_uri(postgres: PostgresServer | GivenPostgres, empty_databases: list[str]) -> Iterator[str]:
    """An empty database, this test's alone."""
    with lent(postgres, empty_databases, empty_database) as uri:
        yield uri


@pytest.fixture
def migrated_postgres_uri(postgres: PostgresServer | GivenPostgres, migrated_databases: list[str]) -> Iterator[str]:
    """A database without rows, this test's alone. The first test that has it migrates it."""
    with lent(postgres, migrated_databases, forget_rows) as uri:
        yield uri


@pytest.fixture
def redis_url(redis_server: RedisServer | GivenRedis) -> str:
    """An empty Redis database, this test's alone."""
    redis_server.start()
    return redis_server.new_database()


@pytest.fixture
def cluster_url(redis_cluster: RedisCluster) -> str:
    """An empty cluster, for a user who may touch the keys of the pool `main` only."""
    return redis_cluster.new_pool()
