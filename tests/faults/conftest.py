"""One rig for all tests of a module. Each test leaves it as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.faults.rig import SHORT, Rig, open_rig


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    async with open_rig(tmp_path_factory.mktemp("rig"), **SHORT) as rig:
        yield rig
        assert rig.crowd.lockers.were_kept, "nobody locked a chat, or nobody tried to leave one"
