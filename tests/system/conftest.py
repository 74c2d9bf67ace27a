"""One house for all tests of a module that only talk; tests that break things start their own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.system.house import House
from tests.system.people import Town


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """SQLite and memory://, as `make run` has it."""
    house = House(tmp_path_factory.mktemp("house"))
    try:
        yield await house.start()
    finally:
        await house.close()


@pytest_asyncio.fixture(loop_scope="session")
async def town(house: House) -> AsyncIterator[Town]:
    town = Town(house)
    yield town
    await town.goes_home()
    await house.http.delete("/api/faults")
