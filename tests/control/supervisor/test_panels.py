"""Several panels on one port, under a supervisor with a tiny worker."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from domain.status import ProcessState
from tests.control.operations import SHARED, names, operation
from tests.control.supervisors import eventually, supervisor
from tests.servers import free_ports


@pytest.fixture
def port() -> int:
    return free_ports(1)[0]


def panels(folder: Path, port: int):
    environ = {**SHARED, "ADMIN_PORT": str(port)}
    return supervisor(folder, "worker-1=works", "panel=the_panel_itself", environ=environ)


class Visitor:
    """Asks again and again, each time by a new connection."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/admin/login"
        self.answers: list[int] = []

    async def visit(self) -> None:
        while True:
            async with httpx.AsyncClient(trust_env=False) as browser:
                self.answers.append((await browser.get(self.url, timeout=20)).status_code)
            await asyncio.sleep(0.3)  # a hundred a minute are allowed


@contextmanager
def visiting(port: int) -> Iterator[Visitor]:
    visitor = Visitor(port)
    task = asyncio.create_task(visitor.visit())
    try:
        yield visitor
    finally:
        if task.done():
            task.result()
        task.cancel()


async def test_panels_are_added_and_removed_on_one_port_and_none_of_it_refuses_anybody(tmp_path: Path, port: int) -> None:
    async with panels(tmp_path, port) as running:
        await running.says("STARTED")
        with visiting(port) as visitor:
            assert (await operation(running, "scale", workers=2, kind="panel"))[-1] == "2 panels now, until the supervisor stops"
            assert await names(running) == ["worker-1", "panel", "panel-2"]
            lines = await operation(running, "restart", name="panel")
            assert lines[-1].startswith("panel is ready after")
            assert (await operation(running, "scale", workers=1, kind="panel"))[-1].startswith("1 panel now")
            before = len(visitor.answers)
            await operation(running, "restart", name="panel")
            await eventually(lambda: len(visitor.answers) > before)
        assert set(visitor.answers) == {200}, "not even while the only panel is restarted"
        assert await running.client.stop()
        assert await running.ends() == 0


async def test_the_other_panel_answers_while_one_is_dead(tmp_path: Path, port: int) -> None:
    async with panels(tmp_path, port) as running:
        await running.says("STARTED")
        await operation(running, "scale", workers=2, kind="panel")
        os.kill((await running.one("panel")).pid, signal.SIGKILL)
        await running.becomes("panel", ProcessState.BACKOFF)
        assert await answers(port) == {200}
        await running.becomes("panel", ProcessState.READY)
        assert await answers(port) == {200}


async def test_requests_are_counted_over_all_panels(tmp_path: Path, port: int) -> None:
    async with panels(tmp_path, port) as running:
        await running.says("STARTED")
        await operation(running, "scale", workers=2, kind="panel")
        codes = [await log_in(port) for _ in range(7)]
        assert codes == ["unavailable"] * 5 + ["slow_down"] * 2, "the tiny workers make no tables"


async def test_the_port_of_a_panel_that_is_down_for_good_is_closed(tmp_path: Path, port: int) -> None:
    async with panels(tmp_path, port) as running:
        await running.says("STARTED")
        (tmp_path / "settings.toml").write_text("nonsense = true\n", encoding="utf-8")
        os.kill((await running.one("panel")).pid, signal.SIGKILL)
        await running.becomes("panel", ProcessState.FATAL)
        with pytest.raises(httpx.ConnectError):
            await answers(port)


async def answers(port: int) -> set[int]:
    async def one() -> int:
        async with httpx.AsyncClient(trust_env=False) as browser:
            return (await browser.get(f"http://127.0.0.1:{port}/admin/login", timeout=10)).status_code

    return set(await asyncio.gather(*(one() for _ in range(8))))


async def log_in(port: int) -> str:
    ours = {"Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(trust_env=False) as browser:
        url = f"http://127.0.0.1:{port}/api/request-login"
        answer = await browser.post(url, json={"telegram_id": 42}, headers=ours, timeout=20)
    return str(answer.json()["error"]["code"])
