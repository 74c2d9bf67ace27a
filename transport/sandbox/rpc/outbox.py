"""The two places a bot can send to: its chat with a person, and a channel of which it is an admin."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from pyrogram import raw

from transport.sandbox.mtproto.tl import TL
from transport.sandbox.rpc.call import Call
from transport.sandbox.world.model import Channel, Message, RpcError, User

types = raw.types
CHANNEL_PEERS = (types.InputPeerChannel, types.InputChannel)


class Outbox(Protocol):
    def check_random_id(self, random_id: int) -> None:
        """Raises RpcError if the bot has used it before."""
        ...

    def find(self, number: int) -> Message | None: ...

    def own(self, number: int) -> Message:
        """A message that the bot may edit. Raises RpcError."""
        ...

    def add(self, text: str, **rest: Any) -> Message: ...

    def deliver(self, message: Message) -> int:
        """Show a new message on the phone and push it to the bot's other sessions. Returns its pts."""
        ...

    def added(self, message: Message, pts: int) -> TL: ...

    def change(self, message: Message) -> TL: ...

    def answer(self, updates: list[TL]) -> TL: ...


def outbox(call: Call, peer: TL) -> Outbox:
    """Raises RpcError if the bot may not write there now."""
    return ChannelPosts(call, call.own_channel(peer)) if isinstance(peer, CHANNEL_PEERS) else Dialog(call, call.recipient(peer))


class Dialog:
    def __init__(self, call: Call, user: User) -> None:
        self._call = call
        self._services = call.services
        self._user = user

    def check_random_id(self, random_id: int) -> None:
        if self._services.mailbox.sent_before(self._call.bot.id, random_id):
            raise RpcError(500, "RANDOM_ID_DUPLICATE")

    def find(self, number: int) -> Message | None:
        message = self._services.mailbox.get(self._call.bot.id, number)
        return message if message is not None and message.user == self._user.id else None

    def own(self, number: int) -> Message:
        message = self.find(number)
        if message is None or message.service is not None:
            raise RpcError(400, "MESSAGE_ID_INVALID")
        if not message.from_bot:
            raise RpcError(403, "MESSAGE_AUTHOR_REQUIRED")
        return message

    def add(self, text: str, **rest: Any) -> Message:
        return self._services.mailbox.add(self._call.bot, self._user, text, from_bot=True, **rest)

    def deliver(self, message: Message) -> int:
        keyboard = message.keyboard
        if keyboard is not None and keyboard["kind"] == "reply":
            chat = self._services.world.chat(message.user, message.bot)
            chat.keyboard = keyboard if keyboard["rows"] else None
            self._services.world.save_chat(chat)
        self._services.screen.show("message", message)
        pts = self._services.updates.number(self._call.bot, "new", message.id)
        self._echo(lambda: self.added(message, pts))
        return pts

    def added(self, message: Message, pts: int) -> TL:
        return types.UpdateNewMessage(message=self._services.renderer.message(message), pts=pts, pts_count=1)

    def change(self, message: Message) -> TL:
        self._services.screen.show("edit", message)
        update = self._services.updates.changed(self._call.bot, message)
        self._echo(lambda: update)
        return update

    def answer(self, updates: list[TL]) -> TL:
        renderer, bot = self._services.renderer, self._call.bot
        users = [renderer.user(bot.id, self._user), renderer.bot(bot.id, bot)]
        return types.Updates(updates=updates, users=users, chats=[], date=int(time.time()), seq=0)

    def _echo(self, make: Callable[[], TL]) -> None:
        self._services.updates.echo(self._call.bot, self._call.session, make, self._user)


class ChannelPosts:
    """The posts of a channel. All its admin bots get updates about them, and each may edit all of them."""

    def __init__(self, call: Call, channel: Channel) -> None:
        self._call = call
        self._services = call.services
        self._channel = channel

    def check_random_id(self, random_id: int) -> None:
        if self._services.mailbox.sent_before(self._channel.id, random_id):
            raise RpcError(500, "RANDOM_ID_DUPLICATE")

    def find(self, number: int) -> Message | None:
        return self._services.mailbox.get(self._channel.id, number)

    def own(self, number: int) -> Message:
        post = self.find(number)
        if post is None:
            raise RpcError(400, "MESSAGE_ID_INVALID")
        return post

    def add(self, text: str, **rest: Any) -> Message:
        return self._services.mailbox.post(self._channel, text, author=self._call.bot.id, **rest)

    def deliver(self, message: Message) -> int:
        pts = self._services.updates.number(self._channel, "new", message.id)
        self._tell(lambda viewer: self._services.updates.posted(viewer, "new", message, pts))
        return pts

    def added(self, message: Message, pts: int) -> TL:
        return self._services.updates.posted(self._call.bot.id, "new", message, pts)

    def change(self, message: Message) -> TL:
        pts = self._services.updates.number(self._channel, "edit", message.id)
        self._tell(lambda viewer: self._services.updates.posted(viewer, "edit", message, pts))
        return self._services.updates.posted(self._call.bot.id, "edit", message, pts)

    def delete(self, numbers: list[int]) -> TL:
        """Unknown and deleted ids are ignored."""
        posts = [post for number in numbers if (post := self.find(number)) is not None]
        for post in posts:
            post.deleted = True
            self._services.mailbox.save(post)
            pts = self._services.updates.number(self._channel, "delete", post.id)
            update = types.UpdateDeleteChannelMessages(channel_id=self._channel.id, messages=[post.id], pts=pts, pts_count=1)
            self._tell(partial(_same, update))
        return types.messages.AffectedMessages(pts=self._channel.pts, pts_count=len(posts))

    def answer(self, updates: list[TL]) -> TL:
        renderer, bot = self._services.renderer, self._call.bot
        chats, users = [renderer.channel(bot.id, self._channel)], [renderer.bot(bot.id, bot)]
        return types.Updates(updates=updates, users=users, chats=chats, date=int(time.time()), seq=0)

    def _tell(self, make: Callable[[int], TL]) -> None:
        self._services.updates.push_post(self._channel, self._call.session, make)


def _same(update: TL, _: int) -> TL:
    return update
