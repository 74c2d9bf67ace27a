"""The routes /api/users/ID/events and /history: what people see on their phones."""

from __future__ import annotations

import asyncio

import orjson
from quart import Blueprint, Response, request

from transport.sandbox.api import body as take
from transport.sandbox.api.answer import json
from transport.sandbox.world.events import Event, EventLog
from transport.sandbox.world.model import Json
from transport.sandbox.world.people import People
from transport.sandbox.world.world import World

MAX_WAIT = 3600.0
NEWEST = (1 << 31) - 1
"""Greater than every message's number."""


class ScreensApi:
    def __init__(self, world: World, people: People, events: EventLog) -> None:
        self._world = world
        self._people = people
        self._events = events

    def routes(self) -> Blueprint:
        routes = Blueprint("screens", __name__, url_prefix="/api/users/<int:number>")
        routes.get("/events")(self.events)
        routes.get("/chats/<bot>/history")(self.history)
        return routes

    async def events(self, number: int) -> Response:
        user = take.user(self._world, number)
        after = take.integer(request.args, "after", default=0)
        wait = take.number(request.args, "wait", default=0, low=0, high=MAX_WAIT)
        found = self._events.read(user.id, after) or await self._wait(user.id, after, wait)
        return json({"events": [as_json(event) for event in found], "next": found[-1].seq if found else after})

    async def history(self, number: int, bot: str) -> Response:
        user = take.user(self._world, number)
        limit = take.integer(request.args, "limit", default=100, low=1, high=1001)
        before = take.integer(request.args, "before", default=NEWEST, high=NEWEST + 1)
        return json(self._people.history(user, take.bot(self._world, bot), limit, before))

    async def _wait(self, user: int, after: int, seconds: float) -> list[Event]:
        if not seconds:
            return []
        news = asyncio.Event()
        self._events.watch(user, news)
        try:
            async with asyncio.timeout(seconds):
                await news.wait()
        except TimeoutError:
            return []
        finally:
            self._events.unwatch(user, news)
        return self._events.read(user, after)


def as_json(event: Event) -> Json:
    body: Json = orjson.loads(event.body)
    return {"seq": event.seq, **body}
