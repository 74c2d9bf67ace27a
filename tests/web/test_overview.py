"""The figures of the panel: the overview as JSON, and as a stream of events."""

from __future__ import annotations

import asyncio
import inspect
import json

import msgspec

from domain.errors import Unavailable
from domain.ports.supervisor import Supervisor
from domain.status import BotStatus, Status
from tests.web.supervisors import RecordingSupervisor, healthy_status
from web.supervisor_status import SupervisorStatus


async def events(client, count: int) -> list[tuple[str, dict]]:
    """The first `count` server-sent events, as (name, data)."""
    heard = []
    async with client.request("/api/overview/stream") as connection:
        await connection.send_complete()
        while len(heard) < count:
            block = (await connection.receive()).decode()
            fields = dict(line.split(": ", 1) for line in block.strip().splitlines())
            if "event" in fields:
                heard.append((fields["event"], json.loads(fields["data"])))
        await connection.disconnect()
    return heard


async def test_the_overview_is_the_status_as_json(client):
    body = await (await client.get("/api/overview")).get_json()
    assert body.pop("healthy") is True
    assert msgspec.convert(body, Status) == healthy_status()


async def test_problems_are_in_the_overview_too(client, supervisor):
    supervisor.answer = healthy_status(bots=(BotStatus(id=77, username="b_bot", state="refused"),))
    body = await (await client.get("/api/overview")).get_json()
    assert body["healthy"] is False
    assert body["problems"] == ["Telegram refuses the bot @b_bot"]


async def test_without_a_supervisor_the_api_says_so_in_json(client, supervisor):
    supervisor.answer = Unavailable("No supervisor listens.")
    answer = await client.get("/api/overview")
    assert answer.status_code == 503
    assert (await answer.get_json())["error"]["message"] == "No supervisor listens."


async def test_the_stream_repeats_the_overview(client):
    heard = await events(client, 3)
    assert [name for name, _ in heard] == ["status"] * 3
    assert heard[0][1]["figures"]["waiting"] == 3.0


async def test_the_stream_is_an_event_stream_that_is_not_cached(client):
    async with client.request("/api/overview/stream") as connection:
        await connection.send_complete()
        await connection.receive()
        assert connection.headers["Content-Type"].startswith("text/event-stream")
        assert connection.headers["Cache-Control"] == "no-store"
        await connection.disconnect()


async def test_the_stream_continues_after_a_restart_of_the_supervisor(client, supervisor):
    async with client.request("/api/overview/stream") as connection:
        await connection.send_complete()
        assert b"retry: " in await connection.receive()
        assert b"event: status" in await connection.receive()
        supervisor.answer = Unavailable("The supervisor is away.")
        while (block := await connection.receive()).startswith(b"event: status"):
            pass
        assert block == b'event: trouble\ndata: {"error":"The supervisor is away."}\n\n'
        supervisor.answer = healthy_status()
        while (block := await connection.receive()).startswith(b"event: trouble"):
            pass
        assert block.startswith(b"event: status")
        await connection.disconnect()


async def test_the_stream_ends_when_the_panel_stops(client, deps):
    async with client.request("/api/overview/stream") as connection:
        await connection.send_complete()
        await connection.receive()
        deps.stopping.set()
        answer = await asyncio.wait_for(connection.as_response(), 5)
    assert answer.status_code == 200


async def test_simultaneous_viewers_share_one_request(supervisor):
    supervisor.gate.clear()
    shared = SupervisorStatus(supervisor)
    waiting = [asyncio.ensure_future(shared.status()) for _ in range(10)]
    await asyncio.wait(waiting, timeout=0)
    supervisor.gate.set()
    assert await asyncio.gather(*waiting) == [healthy_status()] * 10
    assert supervisor.asked == 1


async def test_a_viewer_who_leaves_does_not_cancel_the_request_of_the_others(supervisor):
    supervisor.gate.clear()
    shared = SupervisorStatus(supervisor)
    impatient, patient = (asyncio.ensure_future(shared.status()) for _ in range(2))
    await asyncio.wait([impatient, patient], timeout=0)
    impatient.cancel()
    supervisor.gate.set()
    assert await patient == healthy_status()
    assert impatient.cancelled()


def test_the_supervisor_of_these_tests_has_what_the_port_asks():
    for name, method in inspect.getmembers(Supervisor, inspect.iscoroutinefunction):
        twin = getattr(RecordingSupervisor, name)
        assert inspect.iscoroutinefunction(twin)
        assert inspect.signature(twin).parameters.keys() == inspect.signature(method).parameters.keys()
