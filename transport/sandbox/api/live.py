"""The route /api/live: a web socket on which a page gets the events of any number of phones."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from quart import Blueprint, websocket

from transport.sandbox.world.events import EventLog
from transport.sandbox.world.model import Json
from transport.sandbox.world.world import World


def live_routes(world: World, events: EventLog) -> Blueprint:
    routes = Blueprint("live", __name__, url_prefix="/api")

    @routes.websocket("/live")
    async def live() -> None:
        watch = Watch(world, events)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_listen(watch))
                tasks.create_task(_tell(watch))
        finally:
            watch.close()

    return routes


class Watch:
    """The phones that one socket watches, and up to which event each was sent."""

    def __init__(self, world: World, events: EventLog) -> None:
        self._world = world
        self._events = events
        self._sent: dict[int, int] = {}
        self.news = asyncio.Event()

    def change(self, request: Json) -> str:
        """Apply the request `{"watch": [ids], "after": {id: seq}}`. Returns what is wrong with it, or an empty text."""
        wanted, after = request.get("watch"), request.get("after", {})
        if not isinstance(wanted, list) or not all(type(one) is int and one in self._world.users for one in wanted):
            return "watch: a list of user ids is wanted"
        if not isinstance(after, dict) or not all(type(seq) is int and seq >= 0 for seq in after.values()):
            return "after: an object of user id and seq is wanted"
        for user in set(self._sent) - set(wanted):
            self._events.unwatch(user, self.news)
            del self._sent[user]
        for user in set(wanted) - set(self._sent):
            self._sent[user] = after.get(str(user), self._events.last(user))
            self._events.watch(user, self.news)
        self.news.set()
        return ""

    def take(self) -> list[Json]:
        """The events that were not sent yet, at most a page of each phone."""
        found: list[Json] = []
        for user, sent in self._sent.items():
            for event in self._events.read(user, sent):
                found.append({"user": user, "seq": event.seq, **orjson.loads(event.body)})
                self._sent[user] = event.seq
        return found

    def close(self) -> None:
        for user in self._sent:
            self._events.unwatch(user, self.news)


async def _listen(watch: Watch) -> None:
    while True:
        problem = watch.change(_read(await websocket.receive()))
        if problem:
            await websocket.send(orjson.dumps({"type": "error", "error": problem}).decode())


async def _tell(watch: Watch) -> None:
    while True:
        await watch.news.wait()
        watch.news.clear()
        while found := watch.take():
            for event in found:
                await websocket.send(orjson.dumps(event).decode())


def _read(message: Any) -> Json:
    """A message as a JSON object. Anything else becomes an empty object, which `change` refuses."""
    try:
        request = orjson.loads(message)
    except orjson.JSONDecodeError:
        return {}
    return request if isinstance(request, dict) else {}
