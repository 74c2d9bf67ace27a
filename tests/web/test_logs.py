"""The log by the API."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from domain.logs import Level, LogChoice, LogRecord, Topic
from tests.web.conftest import browser_of

OURS = {"Sec-Fetch-Site": "same-origin"}
NEW = LogRecord(time="2026-01-02T03:04:06.000Z", level="ERROR", process="worker-1", logger="actors", text="two")


async def test_lines_are_chosen_by_level_topic_process_and_text(client, logs):
    answer = await client.get("/api/logs?level=ERROR&topic=payments&process=worker-1&text=refused&limit=20")
    assert (await answer.get_json())["items"][0]["text"] == "one"
    choice = LogChoice(level=Level.ERROR, topic=Topic.PAYMENTS, process="worker-1", text="refused")
    assert logs.chosen == [(choice, 20)]


async def test_the_lines_around_a_time_are_asked_for_by_it(client, logs):
    answer = await client.get("/api/logs?at=1800000000.25&process=worker-1&limit=20")
    assert (await answer.get_json())["items"][0]["text"] == "one"
    assert (logs.asked_at, logs.chosen) == ([1800000000.25], [(LogChoice(level=Level.INFO, process="worker-1"), 20)])


WRONG = [
    "at=-1",
    "at=noon",
    "at=1e300",
    "level=LOUD",
    "topic=../../etc/passwd",
    "limit=501",
    "process=%2e%2e",
    "who=me",
    "text=" + "x" * 201,
]


@pytest.mark.parametrize("query", WRONG)
async def test_a_choice_that_does_not_exist_is_refused(client, logs, query):
    assert (await client.get(f"/api/logs?{query}")).status_code == 422
    assert logs.chosen == []


async def test_the_stream_begins_with_the_last_lines_and_goes_on_with_new_ones(client, logs, deps):
    async with client.request("/api/logs/stream?level=INFO") as stream:
        await stream.send_complete()
        assert "one" in await until(stream, b"event: last")
        logs.fresh = [NEW, replace(NEW, text="three")]
        news = await until(stream, b"event: lines")
        assert "two" in news
        assert "three" in news
        deps.stopping.set()


async def until(stream, beginning: bytes) -> str:
    async with asyncio.timeout(5):
        while True:
            piece: bytes = await stream.receive()
            if beginning in piece:
                return piece.decode()


async def test_a_person_is_found_by_a_pseudonym_and_that_is_recorded(app, audit):
    client = browser_of(app, "moderator")
    answer = await client.post("/api/logs/person", json={"telegram_id": 42}, headers=OURS)
    assert await answer.get_json() == {"pseudonym": "u0000002a"}
    assert await audit.told() == [("moderator", "find in logs", "user:42")]
    assert (await browser_of(app, "viewer").post("/api/logs/person", json={"telegram_id": 42}, headers=OURS)).status_code == 403
