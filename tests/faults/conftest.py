"""One testbed for all tests of a module. Each test leaves it as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.faults.testbed import SHORT, Testbed, open_testbed


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def testbed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Testbed]:
    async with open_testbed(tmp_path_factory.mktemp("testbed"), **SHORT) as testbed:
        yield testbed
