"""The routes /api/bots, /api/channels, /api/faults and /api/stats."""

from __future__ import annotations

from typing import Protocol

from quart import Blueprint, Response, request

from transport.sandbox.api import body as take
from transport.sandbox.api.answer import json
from transport.sandbox.faults import Fault, Kind
from transport.sandbox.world.model import Bot, Channel, Json, Refused
from transport.sandbox.world.world import World

MAX_SECONDS = 86_400.0
MAX_TIMES = 1_000_000
NEWEST = (1 << 31) - 1
"""Greater than every post's number."""


class Controls(Protocol):
    """Actions on the data centre itself. `transport/sandbox/server.py` implements them."""

    def inflict(self, fault: Fault) -> None: ...

    def forgive(self) -> None: ...

    def revoke(self, bot: Bot) -> str: ...

    def posts(self, channel: Channel, limit: int, before: int) -> list[Json]: ...

    def stats(self) -> Json: ...


class WorldApi:
    def __init__(self, world: World, controls: Controls) -> None:
        self._world = world
        self._controls = controls

    def routes(self) -> Blueprint:
        routes = Blueprint("world", __name__, url_prefix="/api")
        routes.get("/bots")(self.list_bots)
        routes.post("/bots")(self.add_bot)
        routes.post("/bots/<bot>/revoke")(self.revoke_token)
        routes.get("/channels")(self.list_channels)
        routes.post("/channels")(self.add_channel)
        routes.get("/channels/<channel>/posts")(self.list_posts)
        routes.post("/faults")(self.add_fault)
        routes.delete("/faults")(self.clear_faults)
        routes.get("/stats")(self.show_stats)
        return routes

    async def list_bots(self) -> Response:
        bots = self._world.bots.values()
        return json([{"id": bot.id, "username": bot.username, "name": bot.name} for bot in bots])

    async def add_bot(self) -> Response:
        body = await take.read_body()
        username = take.username(body, required=True)
        if not username.lower().endswith("bot"):
            raise Refused("username", "a bot's username ends in bot")
        bot = self._world.add_bot(username, take.name(body, default=username))
        return json({"id": bot.id, "username": bot.username, "name": bot.name, "token": bot.token})

    async def revoke_token(self, bot: str) -> Response:
        return json({"token": self._controls.revoke(take.bot(self._world, bot))})

    async def list_channels(self) -> Response:
        channels = self._world.channels.values()
        return json(
            [
                {"id": one.id, "username": one.username, "title": one.title, "admins": one.admins, "members": list(one.members)}
                for one in channels
            ]
        )

    async def add_channel(self) -> Response:
        body = await take.read_body()
        admins = body.get("admins", [])
        if not isinstance(admins, list):
            raise Refused("admins", "a list of bots is wanted")
        numbers = [take.bot(self._world, one, "admins").id for one in admins]
        channel = self._world.add_channel(take.username(body, required=False), take.name(body, "title"), numbers)
        return json({"id": channel.id})

    async def list_posts(self, channel: str) -> Response:
        limit = take.integer(request.args, "limit", default=100, low=1, high=1001)
        before = take.integer(request.args, "before", default=NEWEST, high=NEWEST + 1)
        return json({"posts": self._controls.posts(take.channel(self._world, channel), limit, before)})

    async def add_fault(self) -> Response:
        self._controls.inflict(read_fault(self._world, await take.read_body()))
        return json({})

    async def clear_faults(self) -> Response:
        self._controls.forgive()
        return json({})

    async def show_stats(self) -> Response:
        return json(self._controls.stats())


def read_fault(world: World, body: Json) -> Fault:
    kinds = [kind.value for kind in Kind]
    if body.get("kind") not in kinds:
        raise Refused("kind", f"one of {', '.join(kinds)} is wanted")
    kind = Kind(body["kind"])
    usual = 0.0 if kind is Kind.DROP else 1.0
    given = {name: value for name, value in body.items() if value is not None}
    return Fault(
        kind=kind,
        bot=take.bot(world, given["bot"]).id if "bot" in given else None,
        method=take.text(given, "method", default="").lower(),
        seconds=take.number(given, "seconds", default=usual, low=0.0, high=MAX_SECONDS),
        times=take.integer(given, "times", default=1, low=1, high=MAX_TIMES),
        code=take.integer(given, "code", default=500, low=-999, high=1000),
        text=take.name(given, "text", default="INTERNAL_SERVER_ERROR"),
    )
