"""One house for all tests of a module that only talk; tests that break things start their own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.system.house import House
from tests.system.people import Town


@pytest.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """SQLite and memory://, as `make run` has it."""
    house = House(tmp_path_factory.mktemp("house"))
    try:
        yield await house.start()
    finally:
        await house.close()


@pytest.fixture
async def town(house: House) -> AsyncIterator[Town]:
    yield Town(house)
    await house.http.delete("/api/faults")
