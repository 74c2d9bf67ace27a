"""A terminal that follows a long command, and a supervisor that does not always answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from control.cli.commands import carried_out
from control.supervisor.job_runner import Refused
from control.supervisor.lock import RUNNING
from control.supervisor.socket import ControlSocket, socket_path
from domain.errors import Unavailable
from domain.processes import JobProgress


async def followed(data: Path, *, late: int) -> list[str]:
    """What the terminal says. The supervisor misses the first `late` questions about the command."""
    said: list[str] = []
    missed = 0

    async def restart(_: Mapping[str, Any]) -> int:
        return 7

    async def news(request: Mapping[str, Any]) -> JobProgress:
        nonlocal missed
        assert (request["number"], request["known"]) == (7, 0)
        if missed < late:
            missed += 1
            raise Unavailable("no answer to news within 5 s")
        return JobProgress(lines=("worker-1 is ready",), over=True)

    control = ControlSocket(socket_path(data), {"restart": restart, "news": news})
    await control.open()
    (data / RUNNING).write_bytes(orjson.dumps({"pid": 1, "socket": str(control.path)}))
    try:
        await carried_out(data, "restart", say=said.append)
    finally:
        await control.close()
    return said


async def test_a_supervisor_that_answers_late_is_asked_again(tmp_path: Path) -> None:
    assert await followed(tmp_path, late=2) == ["worker-1 is ready"]


async def test_of_one_that_stays_silent_it_is_said_that_the_command_goes_on(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"no answer to news within 5 s; the command goes on; .*supervisor\.py status$"):
        await followed(tmp_path, late=3)
