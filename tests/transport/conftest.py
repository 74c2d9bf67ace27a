"""The fixture `town`: a running sandbox for the tests that use MTProto."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.transport.town import Town
from transport.sandbox.server import Sandbox


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.chdir(tmp_path)
    async with Sandbox(tmp_path / "sandbox") as sandbox:
        town = Town(sandbox)
        yield town
        await town.close()
