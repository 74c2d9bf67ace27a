"""One house on the stores of `make run`, for tests of what does not depend on the stores."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.system.conftest import shared_house
from tests.system.house import House


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Whoever has parted may meet again at once."""
    async with shared_house(tmp_path_factory.mktemp("house"), MASQUERADE_MATCHING__RECENT_MINUTES="0") as house:
        yield house
