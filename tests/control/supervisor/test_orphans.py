"""Panels whose supervisor was killed: they go on with the records, hand their port to the next run, and never stay for ever."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

import httpx
import pytest

from control.cli.diagnosis import ports
from control.orphans.door import Door, door_of, doors
from control.orphans.found import dismiss
from control.settings import loading
from domain.status import ProcessState
from tests.control.cli.test_command_line import command
from tests.control.operations import SHARED, operation
from tests.control.supervisor.test_panels import answers, visiting
from tests.control.supervisors import Running, alive, eventually, supervisor
from tests.servers import free_ports


@pytest.fixture
def port() -> int:
    return free_ports(1)[0]


@asynccontextmanager
async def house(folder: Path, port: int, *, outlives: float = 60) -> AsyncIterator[Running]:
    environ = {**SHARED, "ADMIN_PORT": str(port), "PANEL_OUTLIVES": str(outlives)}
    try:
        async with supervisor(folder, "worker-1=works", "panel=the_panel_itself", environ=environ) as running:
            yield running
    finally:
        await dismiss(folder / "var", within=5)


async def killed(running: Running) -> int:
    """The process id of the panel that is left, once it can be found."""
    panel = (await running.one("panel")).pid
    running.process.send_signal(signal.SIGKILL)
    await running.process.wait()
    await eventually(lambda: panel in left_in(running.folder))
    return panel


def left_in(folder: Path) -> set[int]:
    return {pid for _, _, pid in doors(folder / "var")}


class Watched(socket.socket):
    """Notes whether its name was there before it listened."""

    folder = Path()
    early: ClassVar[list[Path]] = []

    def listen(self, backlog: int = 0, /) -> None:
        self.early.extend(path for path, _, _ in doors(self.folder))
        super().listen(backlog)


async def test_a_panel_that_is_just_left_is_not_taken_for_one_that_has_ended(tmp_path: Path, monkeypatch) -> None:
    """Two panels are left in one moment, and each looks for others."""
    monkeypatch.setattr(Watched, "folder", tmp_path)
    monkeypatch.setattr("control.orphans.door.socket.socket", Watched)
    door = Door(door_of(tmp_path, 1, os.getpid()), port=lambda: None, seconds=lambda: 1.0, leave=lambda: None)
    door.open()
    assert Watched.early == []
    assert [pid for _, _, pid in doors(tmp_path)] == [os.getpid()]
    door.close()


async def health(port: int) -> tuple[int, str]:
    async with httpx.AsyncClient(trust_env=False) as browser:
        answer = await browser.get(f"http://127.0.0.1:{port}/health", timeout=10)
    return answer.status_code, answer.text


async def test_the_next_run_takes_the_port_over_and_nobody_is_refused(tmp_path: Path, port: int) -> None:
    async with house(tmp_path, port) as first:
        await first.says("STARTED")
        await operation(first, "scale", workers=2, kind="panel")
        worker = (await first.one("worker-1")).pid
        with visiting(port) as visitor:
            panel = await killed(first)
            await eventually(lambda: len(left_in(tmp_path)) == 2 and not alive(worker))
            code, text = await health(port)
            assert code == 503
            assert "The supervisor does not answer: it is gone, and nobody is served." in text
            async with house(tmp_path, port) as second:
                await second.says("STARTED")
                await eventually(lambda: not alive(panel) and not left_in(tmp_path))
                assert (await health(port))[0] == 200
                before = len(visitor.answers)
                await eventually(lambda: len(visitor.answers) > before + 2)
        assert set(visitor.answers) == {200}
    log = first.log()
    assert "the supervisor is gone; what is in the records is shown" in log, "it writes its log itself"
    assert "leaving: the next run has a panel" in log


async def test_the_commands_know_a_panel_that_is_left(tmp_path: Path, port: int) -> None:
    async with house(tmp_path, port) as running:
        await running.says("STARTED")
        panel = await killed(running)
        code, text = await command(tmp_path, "status")
        assert code == 3
        assert "no supervisor runs" in text
        assert f"A panel is left (process {panel}) and shows what is in the records, for another 1 min at most" in text
        environ = {"MASQUERADE_FOLDER": str(tmp_path), "ADMIN_PORT": str(port)}
        [found] = await ports(loading.read(tmp_path, environ))
        assert f"a panel of an earlier run (process {panel}) serves the panel's" in found.text
        with socket.create_server(("127.0.0.1", 0)) as foreign:
            taken = foreign.getsockname()[1]
            code, text = await command(tmp_path, "run", ADMIN_PORT=str(taken))
        assert code == os.EX_CONFIG
        assert f"ADMIN_PORT: 127.0.0.1:{taken} cannot be used (address already in use)" in text
        assert alive(panel)
        code, text = await command(tmp_path, "stop")
        said = f"The supervisor was not running; a panel was left (process {panel}) and is stopped now."
        assert (code, text.splitlines()) == (0, [said, "Stopped."])
        assert not alive(panel)
        code, _ = await command(tmp_path, "stop")
        assert code == 3


async def test_the_panel_of_a_second_crash_takes_the_place_of_the_first_and_leaves_with_its_folder(
    tmp_path: Path, port: int
) -> None:
    async with house(tmp_path, port) as first:
        await first.says("STARTED")
        one = await killed(first)
        async with house(tmp_path, port) as second:
            await second.becomes("worker-1", ProcessState.READY)
            os.kill(one, signal.SIGSTOP)  # it does not see that it has a successor
            await second.says("STARTED")
            two = (await second.one("panel")).pid
            second.process.send_signal(signal.SIGKILL)
            await second.process.wait()
            os.kill(one, signal.SIGCONT)
            await eventually(lambda: left_in(tmp_path) == {two} and not alive(one))
            assert await answers(port) == {200}
            (tmp_path / "var").rename(tmp_path / "elsewhere")
            await eventually(lambda: not alive(two))
            assert "leaving: the data folder is gone" in second.log()


async def test_one_that_hangs_does_not_keep_the_next_run_from_its_port_and_none_stays_for_ever(tmp_path: Path, port: int) -> None:
    async with house(tmp_path, port) as first:
        await first.says("STARTED")
        one = await killed(first)
        os.kill(one, signal.SIGSTOP)
        async with house(tmp_path, port, outlives=1) as second:
            await second.says("STARTED")
            assert not alive(one)
            assert await answers(port) == {200}
            two = await killed(second)
            await eventually(lambda: not alive(two))
            assert "leaving: no supervisor came back" in second.log()
            assert not left_in(tmp_path)


async def test_a_planned_end_of_the_next_run_ends_it_too(tmp_path: Path, port: int) -> None:
    async with house(tmp_path, port) as first:
        await first.says("STARTED")
        panel = await killed(first)
        async with supervisor(tmp_path, "worker-1=never_ready", environ={**SHARED, "ADMIN_PORT": str(port)}) as second:
            await second.becomes("worker-1", ProcessState.STARTING)
            assert alive(panel)
            second.process.send_signal(signal.SIGTERM)
            assert await second.ends() == 0
            assert not alive(panel)
