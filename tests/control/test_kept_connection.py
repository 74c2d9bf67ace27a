"""Many questions to the supervisor over one connection, and the requests of all panels counted there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from control.client import NotRunning
from control.kept_connection import KeptConnection, SupervisorLimits
from control.wire import REQUESTS_AT_ONCE
from domain.errors import Unavailable
from domain.panel.rates import RATES, Rate
from tests.control.supervisors import supervisor

LOGIN = RATES["request-login"]


async def test_two_panels_share_what_is_left(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        connections = KeptConnection(tmp_path / "var"), KeptConnection(tmp_path / "var")
        one, other = map(SupervisorLimits, connections)
        waits = [
            await panel.take("request-login address 203.0.113.9", LOGIN) for panel in (one, other, one, other, one, other, one)
        ]
        assert waits[:5] == [0.0] * 5
        assert all(0 < wait <= 180 for wait in waits[5:])
        assert await one.take("request-login address 203.0.113.10", LOGIN) == 0
        for connection in connections:
            await connection.close()


async def test_more_questions_at_once_than_the_supervisor_takes_wait_and_no_more_pass_than_may(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        connection = KeptConnection(tmp_path / "var")
        limits = SupervisorLimits(connection)
        waits = await asyncio.gather(*(limits.take("a", LOGIN) for _ in range(REQUESTS_AT_ONCE * 4)))
        assert sum(wait == 0 for wait in waits) == 5
        await connection.close()


async def test_the_next_supervisor_is_found_and_until_then_nobody_counts(tmp_path: Path) -> None:
    connection = KeptConnection(tmp_path / "var")
    limits = SupervisorLimits(connection)
    with pytest.raises(NotRunning):
        await limits.take("a", LOGIN)
    for _ in range(2):
        async with supervisor(tmp_path, "worker-1=works") as running:
            await running.says("STARTED")
            assert await limits.take("a", Rate(1, 3600)) == 0, "what was counted ended with the one before"
            await running.client.stop()
            assert await running.ends() == 0
        with pytest.raises(Unavailable):
            await limits.take("a", LOGIN)
    await connection.close()


async def test_what_is_no_rate_is_refused(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        connection = KeptConnection(tmp_path / "var")
        for wrong in (
            {},
            {"key": "a", "count": 0, "seconds": 1},
            {"key": "a", "count": 1, "seconds": 0},
            {"key": "x" * 400, "count": 1, "seconds": 1},
        ):
            with pytest.raises(Unavailable, match="cannot be read"):
                await connection.ask("take", **wrong)
        assert await connection.ask("take", key="a", count=1, seconds=1.0) == 0
        await connection.close()
