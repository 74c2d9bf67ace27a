"""A sandbox on free ports, the people on its HTTP side, and stock Kurigram bots on its other side."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sandbox.town import Town
from transport.sandbox.server import Sandbox


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with Sandbox(tmp_path / "sandbox") as running:
        yield running


@pytest.fixture
async def town(sandbox: Sandbox) -> AsyncIterator[Town]:
    async with Town(sandbox.http_port, sandbox.port, sandbox.public_key, sandbox.tokens) as town:
        yield town
