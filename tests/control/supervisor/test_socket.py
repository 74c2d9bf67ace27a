"""The control socket: owner-only, and not hurt by anything that is sent to it."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from control.client import NotRunning, SupervisorClient
from control.supervisor.lock import RUNNING
from control.supervisor.socket import PATH_LIMIT, ControlSocket, socket_path
from control.wire import LINE_LIMIT, REQUESTS_AT_ONCE
from domain.errors import Unavailable
from tests.control.supervisors import supervisor


@pytest.fixture
async def control(tmp_path: Path) -> AsyncIterator[ControlSocket]:
    async def echo(request: Any) -> Any:
        return request.get("say")

    async def fails(_: Any) -> Any:
        raise ValueError("a secret inside")

    async def refuses(_: Any) -> Any:
        raise Unavailable("not now")

    async def never(_: Any) -> Any:
        await asyncio.Event().wait()

    handlers = {"echo": echo, "fails": fails, "refuses": refuses, "never": never}
    control = ControlSocket(socket_path(tmp_path / "var"), handlers)
    await control.open()
    yield control
    await control.close()


class Line:
    """A client that says exactly what it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, control: ControlSocket) -> Line:
        return cls(*await asyncio.open_unix_connection(control.path, limit=LINE_LIMIT))

    async def says(self, raw: bytes) -> Any:
        self.writer.write(raw + b"\n")
        return await self.hears()

    async def hears(self) -> Any:
        return orjson.loads(await asyncio.wait_for(self.reader.readline(), 10))

    async def hangs_up(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


async def test_only_the_owner_may_reach_it(control: ControlSocket) -> None:
    assert stat.S_IMODE(control.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(control.path.parent.stat().st_mode) == 0o700


GARBAGE = [b"", b"hello", b"[1,2]", b"\xff\xfe\x00", b'{"id":1', b"null", b'{"op":7}', b'{"op":"echo"', b'{"id":{},"ok":1}']


async def test_garbage_is_answered_with_an_error_and_hurts_nobody(control: ControlSocket) -> None:
    line = await Line.to(control)
    for garbage in GARBAGE[:-1]:
        assert "error" in await line.says(garbage)
    line.writer.write(GARBAGE[-1] + b"\n")
    assert await line.says(b'{"id":5,"op":"echo","say":"still here"}') == {"id": 5, "ok": "still here"}
    await line.hangs_up()


async def test_an_unknown_operation_a_failure_and_a_refusal_are_told_apart(control: ControlSocket) -> None:
    line = await Line.to(control)
    assert "no operation 'fly'" in (await line.says(b'{"id":1,"op":"fly"}'))["error"]
    assert await line.says(b'{"id":2,"op":"fails"}') == {"id": 2, "error": "fails failed: ValueError"}
    assert await line.says(b'{"id":3,"op":"refuses"}') == {"id": 3, "error": "not now"}
    await line.hangs_up()


async def test_an_endless_line_closes_this_connection_only(control: ControlSocket) -> None:
    line, other = await Line.to(control), await Line.to(control)
    line.writer.write(b"x" * (LINE_LIMIT + 70_000))
    assert "longer than" in (await line.hears())["error"]
    assert await other.says(b'{"id":1,"op":"echo","say":1}') == {"id": 1, "ok": 1}
    await line.hangs_up()
    await other.hangs_up()


async def test_a_flood_of_requests_is_bounded(control: ControlSocket) -> None:
    line = await Line.to(control)
    for number in range(REQUESTS_AT_ONCE):
        line.writer.write(b'{"id":%d,"op":"never"}\n' % number)
    assert await line.says(b'{"id":99,"op":"echo"}') == {"id": 99, "error": "too many requests at once"}
    await line.hangs_up()


async def test_a_socket_left_by_a_dead_supervisor_is_replaced(control: ControlSocket) -> None:
    second = ControlSocket(control.path, {})
    await second.open()
    line = await Line.to(second)
    assert "no operation" in (await line.says(b'{"id":1,"op":"echo"}'))["error"]
    await line.hangs_up()
    await second.close()
    assert not control.path.exists()


async def test_a_data_folder_with_a_long_path_is_served_too(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    assert len(os.fsencode(socket_path(folder / "var"))) <= PATH_LIMIT
    async with supervisor(folder, "worker-1=works") as running:
        await running.says("STARTED")
        assert (await running.status()).healthy
        await running.client.stop()
        assert await running.ends() == 0


async def test_nobody_running_is_told_with_the_mend(tmp_path: Path) -> None:
    client = SupervisorClient(tmp_path)
    with pytest.raises(NotRunning, match=r"supervisor\.py run"):
        await client.status()
    (tmp_path / RUNNING).write_text('{"pid": 1, "socket": "/nowhere/control.sock"}', encoding="utf-8")
    with pytest.raises(NotRunning):
        await client.status()
    for torn in ("[torn", "[1]", "null", '{"pid": 1}'):
        (tmp_path / RUNNING).write_text(torn, encoding="utf-8")
        with pytest.raises(NotRunning):
            await client.stop()


async def test_the_client_tells_a_refusal_as_unavailable(control: ControlSocket, tmp_path: Path) -> None:
    (tmp_path / RUNNING).write_bytes(orjson.dumps({"pid": 1, "socket": str(control.path)}))
    with pytest.raises(Unavailable, match="no operation 'status'"):
        await SupervisorClient(tmp_path).status()
