"""The overview: one page, its JSON, and the same JSON as a stream of server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from quart import Blueprint, Response, render_template

from domain.errors import Unavailable
from domain.status import Status
from web.house import House, problems


def blueprint(house: House, refresh_seconds: float, stopping: asyncio.Event) -> Blueprint:
    pages = Blueprint("overview", __name__)

    @pages.get("/admin/dashboard")
    async def dashboard() -> str:
        return await render_template("overview.html")

    @pages.get("/api/overview")
    async def overview() -> dict[str, Any]:
        return as_json(await house.status())

    @pages.get("/api/overview/stream")
    async def stream() -> Response:
        answer = Response(news(house, refresh_seconds, stopping), content_type="text/event-stream")
        answer.headers["X-Accel-Buffering"] = "no"
        answer.timeout = None  # Quart would cut a response after a minute
        return answer

    return pages


def as_json(status: Status) -> dict[str, Any]:
    wrong = problems(status)
    return {**msgspec.to_builtins(status), "problems": wrong, "healthy": status.healthy and not wrong}


async def news(house: House, refresh_seconds: float, stopping: asyncio.Event) -> AsyncIterator[bytes]:
    """`status` events with the overview; `trouble` events with one sentence while the supervisor is away.

    Ends only when the panel stops or the browser leaves; the browser comes back by itself after `retry` milliseconds.
    """
    yield b"retry: 1000\n\n"
    while not stopping.is_set():
        yield await _event(house)
        await _pause(stopping, refresh_seconds)


async def _event(house: House) -> bytes:
    try:
        name, body = "status", as_json(await house.status())
    except Unavailable as error:
        name, body = "trouble", {"error": str(error)}
    return f"event: {name}\ndata: ".encode() + msgspec.json.encode(body) + b"\n\n"


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return
