"""The overview: a page, its JSON, and the same JSON as a stream of server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from quart import Blueprint, Response, render_template

from domain.errors import Unavailable
from domain.status import Status
from web.supervisor_status import SupervisorStatus, problems


def blueprint(supervisor: SupervisorStatus, refresh_seconds: float, stopping: asyncio.Event) -> Blueprint:
    pages = Blueprint("overview", __name__)

    @pages.get("/admin/dashboard")
    async def dashboard() -> str:
        return await render_template("overview.html")

    @pages.get("/api/overview")
    async def overview() -> dict[str, Any]:
        return as_json(await supervisor.status())

    @pages.get("/api/overview/stream")
    async def stream() -> Response:
        answer = Response(news(supervisor, refresh_seconds, stopping), content_type="text/event-stream")
        answer.headers["X-Accel-Buffering"] = "no"
        answer.timeout = None  # Quart's default ends a response after a minute
        return answer

    return pages


def as_json(status: Status) -> dict[str, Any]:
    wrong = problems(status)
    return {**msgspec.to_builtins(status), "problems": wrong, "healthy": status.healthy and not wrong}


async def news(supervisor: SupervisorStatus, refresh_seconds: float, stopping: asyncio.Event) -> AsyncIterator[bytes]:
    """Server-sent events: `status` with the overview, or `trouble` with one sentence if the supervisor is unavailable.

    Ends when the panel stops or the browser disconnects. Browsers reconnect after `retry` milliseconds.
    """
    yield b"retry: 1000\n\n"
    while not stopping.is_set():
        yield await _event(supervisor)
        await _pause(stopping, refresh_seconds)


async def _event(supervisor: SupervisorStatus) -> bytes:
    try:
        name, body = "status", as_json(await supervisor.status())
    except Unavailable as error:
        name, body = "trouble", {"error": str(error)}
    return f"event: {name}\ndata: ".encode() + msgspec.json.encode(body) + b"\n\n"


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return
