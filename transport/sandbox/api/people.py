"""/api/users: what people do and see on their phones."""

from __future__ import annotations

import asyncio

import orjson
from quart import Blueprint, Response, request

from transport.sandbox import entities
from transport.sandbox.api import body as take
from transport.sandbox.api.answer import json
from transport.sandbox.events import Event, EventLog
from transport.sandbox.model import Entity, Json, Refused, User
from transport.sandbox.people import People
from transport.sandbox.world import World

MAX_WAIT = 60.0
READ_TEXT = 100_000
"""Characters that are read at all; what a message may hold is checked after."""
USERNAME_LIMIT = 32


def create_people(world: World, people: People, events: EventLog) -> Blueprint:  # noqa: C901 - one nested function per route
    routes = Blueprint("people", __name__, url_prefix="/api/users")

    @routes.get("")
    async def list_users() -> Response:
        return json([describe(world, user) for user in world.users.values()])

    @routes.post("")
    async def add_user() -> Response:
        body = await take.read_body()
        language = take.name(body, "language", default="en")
        username = take.username(body, required=False)
        user = world.add_user(take.name(body), language=language, username=username)
        return json({"id": user.id}, 201)

    @routes.get("/<int:number>")
    async def show_user(number: int) -> Response:
        return json(describe(world, take.user(world, number)))

    @routes.delete("/<int:number>")
    async def delete_user(number: int) -> Response:
        people.delete_account(take.user(world, number))
        return json({})

    @routes.post("/<int:number>/messages")
    async def say(number: int) -> Response:
        user, body = take.user(world, number), await take.read_body()
        words = take.text(body, "text", limit=READ_TEXT)
        message = people.say(
            user,
            take.bot(world, body.get("bot")),
            words,
            reply_to=take.optional_message(body, "reply_to"),
            formatting=formatting(body, words),
        )
        return json({"message_id": message}, 201)

    @routes.post("/<int:number>/edit")
    async def edit(number: int) -> Response:
        user, body = take.user(world, number), await take.read_body()
        words = take.text(body, "text", limit=READ_TEXT)
        message = take.integer(body, "message_id", low=1, high=1 << 31)
        people.edit(user, take.bot(world, body.get("bot")), message, words, formatting(body, words))
        return json({"message_id": message})

    @routes.post("/<int:number>/press")
    async def press(number: int) -> Response:
        user, body = take.user(world, number), await take.read_body()
        bot, message = take.bot(world, body.get("bot")), take.optional_message(body, "message_id")
        if "data" not in body:
            return json(people.press(user, bot, take.text(body, "button", limit=READ_TEXT), message))
        if message is None:
            raise Refused("message_id", "is missing: data is pressed on a message")
        data = take.text(body, "data", limit=64).encode()
        people.ask(user, bot, people.find(user, bot, message, "message_id"), data)
        return json({})

    @routes.post("/<int:number>/block")
    async def block(number: int) -> Response:
        user, body = take.user(world, number), await take.read_body()
        people.block(user, take.bot(world, body.get("bot")), blocked=True)
        return json({})

    @routes.post("/<int:number>/unblock")
    async def unblock(number: int) -> Response:
        user, body = take.user(world, number), await take.read_body()
        people.block(user, take.bot(world, body.get("bot")), blocked=False)
        return json({})

    @routes.post("/<int:number>/join")
    async def join(number: int) -> Response:
        user, body = take.user(world, number), await take.read_body()
        world.join(take.channel(world, body.get("channel")), user.id)
        return json({})

    @routes.post("/<int:number>/leave")
    async def leave(number: int) -> Response:
        user, body = take.user(world, number), await take.read_body()
        world.leave(take.channel(world, body.get("channel")), user.id)
        return json({})

    @routes.get("/<int:number>/events")
    async def read_events(number: int) -> Response:
        user = take.user(world, number)
        after = take.integer(request.args, "after", default=0)
        wait = take.number(request.args, "wait", default=0, low=0, high=MAX_WAIT)
        found = await wait_for_events(events, user.id, after, wait)
        shown = [with_seq(event) for event in found]
        return json({"events": shown, "next": found[-1].seq if found else after})

    @routes.get("/<int:number>/chats/<bot>/history")
    async def history(number: int, bot: str) -> Response:
        user = take.user(world, number)
        limit = take.integer(request.args, "limit", default=100, low=1, high=1001)
        before = take.integer(request.args, "before", default=(1 << 31) - 1, high=1 << 31)
        return json(people.history(user, take.bot(world, bot), limit, before))

    return routes


def describe(world: World, user: User) -> Json:
    chats = world.chats_of(user.id)
    return {
        "id": user.id,
        "name": user.name,
        "language": user.language,
        "username": user.username,
        "deleted": user.deleted,
        "bots": [chat.bot for chat in chats if chat.started],
        "blocked": [chat.bot for chat in chats if chat.blocked],
        "channels": [channel.id for channel in world.channels.values() if user.id in channel.members],
    }


def formatting(body: Json, words: str) -> list[Entity] | None:
    """None where the request says nothing about it: Telegram then marks links and commands by itself."""
    return entities.from_json(body["entities"], words) if body.get("entities") is not None else None


async def wait_for_events(events: EventLog, user: int, after: int, seconds: float) -> list[Event]:
    found = events.read(user, after)
    if found or not seconds:
        return found
    news = asyncio.Event()
    events.watch(user, news)
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return []
    finally:
        events.unwatch(user, news)
    return events.read(user, after)


def with_seq(event: Event) -> Json:
    body: Json = orjson.loads(event.body)
    return {"seq": event.seq, **body}
