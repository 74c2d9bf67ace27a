"""/api/bots, /api/channels, /api/faults, /api/stats: the world around the people."""

from __future__ import annotations

from collections.abc import Callable

from quart import Blueprint, Response

from transport.sandbox.api import body as take
from transport.sandbox.api.answer import json
from transport.sandbox.faults import Fault, Kind
from transport.sandbox.model import Bot, Json, Refused
from transport.sandbox.world import World

MAX_SECONDS = 86_400.0
MAX_TIMES = 1_000_000


def create_house(
    world: World,
    *,
    inflict: Callable[[Fault], None],
    forgive: Callable[[], None],
    revoke: Callable[[Bot], str],
    stats: Callable[[], Json],
) -> Blueprint:
    routes = Blueprint("house", __name__, url_prefix="/api")

    @routes.get("/bots")
    async def list_bots() -> Response:
        return json([{"id": bot.id, "username": bot.username, "name": bot.name} for bot in world.bots.values()])

    @routes.post("/bots")
    async def add_bot() -> Response:
        body = await take.read_body()
        username = take.username(body, required=True)
        if not username.lower().endswith("bot"):
            raise Refused("username", "a bot's username ends in bot")
        bot = world.add_bot(username, take.name(body, default=username))
        return json({"id": bot.id, "username": bot.username, "name": bot.name, "token": bot.token}, 201)

    @routes.post("/bots/<bot>/revoke")
    async def revoke_token(bot: str) -> Response:
        return json({"token": revoke(take.bot(world, bot))})

    @routes.get("/channels")
    async def list_channels() -> Response:
        return json(
            [
                {"id": one.id, "username": one.username, "title": one.title, "admins": one.admins, "members": list(one.members)}
                for one in world.channels.values()
            ]
        )

    @routes.post("/channels")
    async def add_channel() -> Response:
        body = await take.read_body()
        admins = body.get("admins", [])
        if not isinstance(admins, list):
            raise Refused("admins", "a list of bots is wanted")
        numbers = [take.bot(world, one, "admins").id for one in admins]
        channel = world.add_channel(take.username(body, required=False), take.name(body, "title"), numbers)
        return json({"id": channel.id}, 201)

    @routes.post("/faults")
    async def add_fault() -> Response:
        inflict(read_fault(world, await take.read_body()))
        return json({}, 201)

    @routes.delete("/faults")
    async def clear_faults() -> Response:
        forgive()
        return json({})

    @routes.get("/stats")
    async def show_stats() -> Response:
        return json(stats())

    return routes


def read_fault(world: World, body: Json) -> Fault:
    kinds = [kind.value for kind in Kind]
    if body.get("kind") not in kinds:
        raise Refused("kind", f"one of {', '.join(kinds)} is wanted")
    kind = Kind(body["kind"])
    fault = Fault(
        kind=kind,
        bot=None if body.get("bot") is None else take.bot(world, body["bot"]).id,
        method=take.text(body, "method", default="").lower() if body.get("method") is not None else "",
        times=take.integer(body, "times", default=1, low=1, high=MAX_TIMES),
    )
    if body.get("seconds") is not None:
        fault.seconds = take.number(body, "seconds", default=1.0, low=0.0, high=MAX_SECONDS)
    elif kind is Kind.DROP:
        fault.seconds = 0.0
    fault.code = take.integer(body, "code", default=500, low=-999, high=1000)
    fault.text = take.name(body, "text", default=fault.text)
    return fault
