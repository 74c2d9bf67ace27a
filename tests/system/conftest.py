"""Houses shared by tests that break nothing. Other tests start their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conftest import HOUSES
from tests.redis_servers import RedisCluster
from tests.servers import PostgresServer
from tests.system.house import House
from tests.system.people import Town


@asynccontextmanager
async def shared_house(folder: Path, **environment: str) -> AsyncIterator[House]:
    """Everybody in it is a newcomer, and may send links all the same."""
    house = House(folder, **environment)
    try:
        yield await house.start()
    finally:
        await house.close()


@pytest.fixture(scope="package", params=HOUSES)
def shared_stores(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The stores of `make run`; then PostgreSQL and a cluster of three masters, whose Redis user may use the pool's keys only.
    These servers belong to this house alone, since other tests break theirs.
    """
    if request.param == HOUSES[0]:
        yield {}
        return
    with ExitStack() as servers:
        cluster, postgres = RedisCluster(), PostgresServer()
        for server in (cluster, postgres):
            server.start()
            servers.callback(server.remove)
        yield {"REDIS_URL": cluster.new_pool(), "POSTGRES_URI": postgres.new_database()}


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory, shared_stores: dict[str, str]) -> AsyncIterator[House]:
    async with shared_house(tmp_path_factory.mktemp("house"), **shared_stores) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def town(house: House) -> AsyncIterator[Town]:
    town = Town(house)
    yield town
    await town.goes_home()
    await house.http.delete("/api/faults")
