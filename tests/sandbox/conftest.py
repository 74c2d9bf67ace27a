"""A sandbox on free ports, the people on its HTTP side, and stock Kurigram bots on its other side."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sandbox.town import Town
from transport.sandbox.mtproto.keypair import load_keypair
from transport.sandbox.server import Sandbox


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a data centre's keys in it: making them is the slowest part of a new sandbox."""
    folder = tmp_path_factory.mktemp("keys")
    load_keypair(folder)
    return folder


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stock Kurigram writes errors that it does not know into the working directory."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def sandbox(tmp_path: Path, keys: Path) -> AsyncIterator[Sandbox]:
    shutil.copytree(keys, tmp_path / "sandbox")
    async with Sandbox(tmp_path / "sandbox") as running:
        yield running


@pytest.fixture
async def town(sandbox: Sandbox) -> AsyncIterator[Town]:
    async with Town(sandbox.http_port, sandbox.port, sandbox.public_key, sandbox.tokens) as town:
        yield town
