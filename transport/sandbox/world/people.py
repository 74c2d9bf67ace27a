"""What people do on their phones: write, edit, delete, press buttons, block. Raises `Refused` for wrong requests."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pyrogram import raw

from transport.sandbox.content import keyboards
from transport.sandbox.content.new_message import NewMessage, check_edit, new_album
from transport.sandbox.content.render import Renderer
from transport.sandbox.content.screen import Screen
from transport.sandbox.mtproto.tl import TL
from transport.sandbox.world.callbacks import Callbacks
from transport.sandbox.world.events import EventLog
from transport.sandbox.world.mailbox import Mailbox
from transport.sandbox.world.model import Bot, Channel, Chat, Entity, Json, Media, Message, Refused, User
from transport.sandbox.world.updates import UpdateLog
from transport.sandbox.world.world import World

SEARCHED = 50
"""How many of the newest messages are searched for a button if the message is not given."""


class People:
    def __init__(
        self,
        *,
        world: World,
        mailbox: Mailbox,
        updates: UpdateLog,
        events: EventLog,
        screen: Screen,
        callbacks: Callbacks,
        renderer: Renderer,
    ) -> None:
        self._world = world
        self._mailbox = mailbox
        self._updates = updates
        self._events = events
        self._screen = screen
        self._callbacks = callbacks
        self._renderer = renderer

    def say(self, user: User, bot: Bot, text: str, *, reply_to: int | None = None, formatting: list[Entity] | None = None) -> int:
        """Send a text. Returns its number on the phone. If `formatting` is None, links and commands are found in the text."""
        (number,) = self.send(user, bot, [NewMessage(text, formatting=formatting)], reply_to=reply_to)
        return number

    def send(self, user: User, bot: Bot, new_messages: Sequence[NewMessage], *, reply_to: int | None = None) -> list[int]:
        """Send one message, or several as an album. Returns their numbers on the phone."""
        self._check_alive(user)
        chat = self._check_unblocked(user, bot)
        for new_message in new_messages:
            new_message.check()
        target = None if reply_to is None else self.find(user, bot, reply_to, "reply_to")
        album = new_album() if len(new_messages) > 1 else None
        if not chat.started:
            chat.started = True
            self._world.save_chat(chat)
        return [self._send_one(user, bot, new_message, target, album) for new_message in new_messages]

    def _send_one(self, user: User, bot: Bot, new_message: NewMessage, target: Message | None, album: int | None) -> int:
        message = self._mailbox.add(
            bot,
            user,
            new_message.text,
            from_bot=False,
            reply_to=target.id if target else None,
            entities=new_message.entities(),
            media=new_message.media,
            preview=new_message.preview,
            album=album,
        )
        self._updates.arrived(bot, message)
        self._screen.show("message", message)
        return message.phone_id

    def edit(self, user: User, bot: Bot, number: int, new_message: NewMessage, *, keep_text: bool = False) -> None:
        """Change text, caption or media. If the new media is None, the old stays. `keep_text` keeps the caption."""
        self._check_alive(user)
        self._check_unblocked(user, bot)
        message = self.find(user, bot, number, "message_id")
        if message.from_bot:
            raise Refused("message_id", f"message {number} is the bot's: only one's own can be edited")
        check_edit(message, new_message)
        if not keep_text:
            message.text, message.entities, message.preview = new_message.text, new_message.entities(), new_message.preview
        message.media = new_message.media or message.media
        message.edited, message.hidden_edit = int(time.time()), False
        self._change(user, bot, message)
        self._screen.show("edit", message)

    def move(self, user: User, bot: Bot, number: int, place: Media) -> None:
        """A live location moves: bots get an edit with a date."""
        message = self.find(user, bot, number, "message_id")
        if message.media is None or message.media["kind"] != "location":
            raise Refused("message_id", f"message {number} is no location")
        message.media, message.edited = place, int(time.time())
        self._change(user, bot, message)

    def stir(self, user: User, bot: Bot, number: int) -> None:
        """What comes to bots as an edit though nobody edited: a reaction, a preview that has loaded."""
        message = self.find(user, bot, number, "message_id")
        message.hidden_edit = True
        self._change(user, bot, message)

    def _change(self, user: User, bot: Bot, message: Message) -> None:
        self._mailbox.save(message)
        self._updates.push(bot, self._updates.changed(bot, message), user.id)

    def delete(self, user: User, bot: Bot, number: int) -> None:
        """Delete a message, one's own or the bot's, for both sides. Bots get no update."""
        self._check_alive(user)
        message = self.find(user, bot, number, "message_id")
        message.deleted = True
        self._mailbox.save(message)
        self._screen.show("delete", message)

    def press(self, user: User, bot: Bot, button: str, number: int | None = None) -> Json:
        """Press a button, which is named by its text or data. Returns {"message_id"} for a button of the reply keyboard,
        {"url"}, {"copy"} or {"pay"} for a button that no bot is told of, otherwise {}.
        """
        chat = self._world.chat(user.id, bot.id)
        if number is None and keyboards.find(chat.keyboard, button):
            return {"message_id": self.say(user, bot, button)}
        message = self._newest_with(user, bot, button) if number is None else self.find(user, bot, number, "message_id")
        pressed = keyboards.find(message.keyboard, button)
        if pressed is None:
            raise Refused("button", f"message {message.phone_id} has no button {button!r}")
        data = keyboards.callback_data(pressed)
        if data is None:
            return {name: pressed[name] for name in ("url", "copy", "pay") if name in pressed}
        self.ask(user, bot, message, data)
        return {}

    def ask(self, user: User, bot: Bot, message: Message, data: bytes) -> None:
        """Send a callback query. `data` need not be that of a button: a forged client may send anything."""
        self._check_alive(user)
        self._check_unblocked(user, bot)
        self._push_query(user, bot, message, data, raw.types.PeerUser(user_id=user.id))

    def press_post(self, user: User, channel: Channel, number: int, button: str) -> None:
        """Press a button of a post. The bot that posted it is told."""
        self._check_alive(user)
        post = self._mailbox.get(channel.id, number)
        pressed = keyboards.find(post.keyboard, button) if post is not None else None
        data = keyboards.callback_data(pressed) if pressed is not None else None
        if post is None or post.author is None or data is None:
            raise Refused("button", f"post {number} has no button {button!r} of which a bot would hear", status=404)
        peer = raw.types.PeerChannel(channel_id=channel.id)
        self._push_query(user, self._world.bots[post.author], post, data, peer)

    def _push_query(self, user: User, bot: Bot, message: Message, data: bytes, peer: TL) -> None:
        query = raw.types.UpdateBotCallbackQuery(
            query_id=self._callbacks.ask(message, user.id),
            user_id=user.id,
            peer=peer,
            msg_id=message.id,
            chat_instance=self._renderer.access_hash(user.id, bot.id),
            data=data,
        )
        self._updates.push(bot, query, user.id)

    def block(self, user: User, bot: Bot, *, blocked: bool) -> None:
        chat = self._world.chat(user.id, bot.id)
        if chat.blocked == blocked:
            return
        chat.blocked = blocked
        self._world.save_chat(chat)
        self._updates.stopped(bot, user.id, stopped=blocked)

    def delete_account(self, user: User) -> None:
        """Bots get no update: their next call to the user is refused."""
        self._world.delete_user(user)
        self._renderer.forget(user)

    def check_may_act(self, user: User, bot: Bot) -> None:
        """Raises `Refused` if the account was deleted or has blocked the bot."""
        self._check_alive(user)
        self._check_unblocked(user, bot)

    def history(self, user: User, bot: Bot, limit: int, before: int) -> Json:
        """The newest messages of a conversation and its reply keyboard, for a page that opens it."""
        messages = self._mailbox.history(user.id, bot.id, limit, before)
        chat = self._world.chat(user.id, bot.id)
        return {
            "messages": [self._screen.draw(message) for message in messages],
            "keyboard": chat.keyboard,
            "blocked": chat.blocked,
            "seq": self._events.last(user.id),
        }

    def find(self, user: User, bot: Bot, number: int, field: str) -> Message:
        message = self._mailbox.on_phone(user.id, number)
        if message is None or message.bot != bot.id:
            raise Refused(field, f"no message {number} on this phone in the chat with @{bot.username}", status=404)
        return message

    def _newest_with(self, user: User, bot: Bot, button: str) -> Message:
        recent = self._mailbox.history(user.id, bot.id, SEARCHED, 1 << 31)
        for message in reversed(recent):
            if message.keyboard and message.keyboard["kind"] == "inline" and keyboards.find(message.keyboard, button):
                return self.find(user, bot, message.phone_id, "button")
        raise Refused("button", f"neither the keyboard nor a recent message of @{bot.username} has a button {button!r}")

    def _check_alive(self, user: User) -> None:
        if user.deleted:
            raise Refused("user", f"the account {user.id} was deleted", status=410)

    def _check_unblocked(self, user: User, bot: Bot) -> Chat:
        chat = self._world.chat(user.id, bot.id)
        if chat.blocked:
            raise Refused("bot", f"this person has blocked @{bot.username}: unblock first", status=409)
        return chat
