"""The panel's own process under a supervisor with tiny workers."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import httpx
import pytest

from domain.status import ProcessState
from tests.control.supervisors import supervisor


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


async def asked(port: int, path: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as browser:
        return await browser.get(f"http://127.0.0.1:{port}{path}", timeout=10)


async def test_health_is_ok_while_all_runs_and_the_panel_leaves_in_good_order(tmp_path: Path, port: int) -> None:
    async with supervisor(tmp_path, "worker-1=works", "panel=the_panel_itself", environ={"ADMIN_PORT": str(port)}) as running:
        await running.says("STARTED")
        answer = await asked(port, "/health")
        assert (answer.status_code, answer.json()["status"]) == (200, "ok")
        await running.client.stop()
        assert await running.ends() == 0
    assert running.log("error") == ""


async def test_health_tells_what_is_wrong(tmp_path: Path, port: int) -> None:
    async with supervisor(tmp_path, "worker-1=refuses", "panel=the_panel_itself", environ={"ADMIN_PORT": str(port)}) as running:
        await running.says("STARTED")
        answer = await asked(port, "/health")
    assert answer.status_code == 503
    assert any("BOT_TOKENS is wrong; mend it" in problem for problem in answer.json()["problems"])


async def test_a_port_taken_meanwhile_is_waited_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        async with supervisor(tmp_path, "panel=the_panel_itself", environ={"ADMIN_PORT": str(port)}) as running:
            panel = await running.becomes("panel", ProcessState.BACKOFF)
            assert f"127.0.0.1:{port} cannot be listened on (Address already in use)" in panel.last_error
            other.close()
            await running.becomes("panel", ProcessState.READY)
            assert (await asked(port, "/")).status_code in {200, 302}


async def test_without_the_records_they_are_unavailable_the_rest_goes_on_and_log_ins_are_counted(
    tmp_path: Path, port: int
) -> None:
    """The tiny workers make no tables."""
    async with supervisor(tmp_path, "worker-1=works", "panel=the_panel_itself", environ={"ADMIN_PORT": str(port)}) as running:
        await running.says("STARTED")
        assert (await asked(port, "/health")).status_code == 200
        assert (await asked(port, "/admin/login")).status_code == 200
        ours = {"Sec-Fetch-Site": "same-origin"}
        async with httpx.AsyncClient(trust_env=False, base_url=f"http://127.0.0.1:{port}") as browser:
            asks = [browser.post("/api/request-login", json={"telegram_id": 42}, headers=ours, timeout=20) for _ in range(20)]
            answers = await asyncio.gather(*asks)
            stats = await browser.get("/api/stats", headers={"Authorization": f"Bearer mq_{'x' * 43}"})
        codes = sorted(answer.json()["error"]["code"] for answer in answers)
        assert codes == ["slow_down"] * 15 + ["unavailable"] * 5
        assert (stats.status_code, stats.json()["error"]["code"]) == (503, "unavailable")
        assert str(tmp_path) not in stats.text
