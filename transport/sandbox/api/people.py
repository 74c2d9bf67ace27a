"""The routes /api/users: creates people and lets them act on their phones."""

from __future__ import annotations

from quart import Blueprint, Response

from transport.sandbox.api import body as take
from transport.sandbox.api.answer import json
from transport.sandbox.api.media import MediaReader, formatting, preview
from transport.sandbox.content import keyboards
from transport.sandbox.content.new_message import MAX_TEXT, NewMessage
from transport.sandbox.world.model import Json, Refused, User
from transport.sandbox.world.people import People
from transport.sandbox.world.world import World


class PeopleApi:
    def __init__(self, world: World, people: People, media: MediaReader) -> None:
        self._world = world
        self._people = people
        self._media = media

    def routes(self) -> Blueprint:
        routes = Blueprint("people", __name__, url_prefix="/api/users")
        routes.get("")(self.list)
        routes.post("")(self.add)
        routes.get("/<int:number>")(self.show)
        routes.delete("/<int:number>")(self.delete_account)
        routes.post("/<int:number>/messages")(self.say)
        routes.post("/<int:number>/edit")(self.edit)
        routes.post("/<int:number>/delete")(self.delete)
        routes.post("/<int:number>/press")(self.press)
        routes.post("/<int:number>/block")(self.block)
        routes.post("/<int:number>/unblock")(self.unblock)
        routes.post("/<int:number>/join")(self.join)
        routes.post("/<int:number>/leave")(self.leave)
        return routes

    async def list(self) -> Response:
        return json([self._describe(user) for user in self._world.users.values()])

    async def add(self) -> Response:
        body = await take.read_body()
        language = "" if body.get("language") == "" else take.name(body, "language", default="en")
        username, photo = take.username(body, required=False), body.get("photo") is not False
        mark = body.get("mark") or ""
        if mark not in {"", "scam", "fake"}:
            raise Refused("mark", "scam or fake is wanted")
        user = self._world.add_user(take.name(body), language=language, username=username, photo=photo, mark=mark)
        return json({"id": user.id})

    async def show(self, number: int) -> Response:
        return json(self._describe(take.user(self._world, number)))

    async def delete_account(self, number: int) -> Response:
        self._people.delete_account(take.user(self._world, number))
        return json({})

    async def say(self, number: int) -> Response:
        user, body = await self._request(number)
        bot, reply_to = take.bot(self._world, body.get("bot")), take.optional_message(body, "reply_to")
        new_messages = self._media.new_messages(body)
        numbers = self._people.send(user, bot, new_messages, reply_to=reply_to)
        return json({"message_ids": numbers} if len(numbers) > 1 else {"message_id": numbers[0]})

    async def edit(self, number: int) -> Response:
        user, body = await self._request(number)
        bot, message = take.bot(self._world, body.get("bot")), take.message(body, "message_id")
        if body.get("location") is not None:
            self._people.move(user, bot, message, self._media.new_messages({"location": body["location"]})[0].media or {})
            return json({"message_id": message})
        if body.get("hidden"):
            self._people.stir(user, bot, message)
            return json({"message_id": message})
        if body.get("media") is not None:
            new_message = self._media.new_message(body["media"], "media")
            keep_text = "caption" not in body["media"]
        else:
            written = take.text(body, "caption" if "caption" in body else "text", limit=MAX_TEXT)
            new_message, keep_text = NewMessage(written, formatting=formatting(body, written), preview=preview(body)), False
        self._people.edit(user, bot, message, new_message, keep_text=keep_text)
        return json({"message_id": message})

    async def delete(self, number: int) -> Response:
        user, body = await self._request(number)
        bot, message = take.bot(self._world, body.get("bot")), take.message(body, "message_id")
        self._people.delete(user, bot, message)
        return json({})

    async def press(self, number: int) -> Response:
        user, body = await self._request(number)
        if "channel" in body:
            button = take.text(body, "button", limit=MAX_TEXT)
            channel = take.channel(self._world, body["channel"])
            self._people.press_post(user, channel, take.message(body, "message_id"), button)
            return json({})
        bot, message = take.bot(self._world, body.get("bot")), take.optional_message(body, "message_id")
        if "data" not in body:
            return json(self._people.press(user, bot, take.text(body, "button", limit=MAX_TEXT), message))
        data = take.text(body, "data", limit=keyboards.MAX_DATA).encode()
        if not 1 <= len(data) <= keyboards.MAX_DATA:
            raise Refused("data", f"1 to {keyboards.MAX_DATA} bytes are wanted")
        self._people.ask(user, bot, self._people.find(user, bot, take.message(body, "message_id"), "message_id"), data)
        return json({})

    async def block(self, number: int) -> Response:
        user, body = await self._request(number)
        self._people.block(user, take.bot(self._world, body.get("bot")), blocked=True)
        return json({})

    async def unblock(self, number: int) -> Response:
        user, body = await self._request(number)
        self._people.block(user, take.bot(self._world, body.get("bot")), blocked=False)
        return json({})

    async def join(self, number: int) -> Response:
        user, body = await self._request(number)
        self._world.join(take.channel(self._world, body.get("channel")), user.id)
        return json({})

    async def leave(self, number: int) -> Response:
        user, body = await self._request(number)
        self._world.leave(take.channel(self._world, body.get("channel")), user.id)
        return json({})

    async def _request(self, number: int) -> tuple[User, Json]:
        return take.user(self._world, number), await take.read_body()

    def _describe(self, user: User) -> Json:
        chats = self._world.chats_of(user.id)
        return {
            "id": user.id,
            "name": user.name,
            "language": user.language,
            "username": user.username,
            "photo": user.photo,
            "mark": user.mark,
            "deleted": user.deleted,
            "bots": [chat.bot for chat in chats if chat.started],
            "blocked": [chat.bot for chat in chats if chat.blocked],
            "channels": [channel.id for channel in self._world.channels.values() if user.id in channel.members],
        }
