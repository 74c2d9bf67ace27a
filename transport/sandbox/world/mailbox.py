"""All messages. Each has two numbers: one in the bot's mailbox, one on the phone. The newest are kept in memory too."""

from __future__ import annotations

import time
from typing import Any

import orjson

from transport.sandbox.world.bloom_filter import BloomFilter
from transport.sandbox.world.model import Bot, Channel, Message, User
from transport.sandbox.world.store import Store

RECENT = 20_000
EXTRAS = ("entities", "keyboard", "forward", "media", "preview", "album", "author", "hidden_edit", "service", "protected")
"""Attributes of a message that few messages have."""


class Mailbox:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._recent: dict[tuple[int, int], Message] = {}
        self._on_phone: dict[tuple[int, int], Message] = {}
        self._random_ids: set[tuple[int, int]] = set()
        """(bot, random id) of the messages in memory, of which the newest may not be in SQLite yet."""
        used = store.query("SELECT random_id FROM messages WHERE random_id IS NOT NULL")
        self._used = BloomFilter(number for (number,) in used)

    def add(self, bot: Bot, user: User, text: str, *, from_bot: bool, date: int | None = None, **rest: Any) -> Message:
        """Store a new message with the next number of the bot and of the phone. Its date is now, unless one is given."""
        bot.last_id += 1
        user.last_id = self._last_on_phone(user) + 1
        message = Message(
            bot=bot.id,
            id=bot.last_id,
            user=user.id,
            phone_id=user.last_id,
            from_bot=from_bot,
            date=int(time.time()) if date is None else date,
            text=text,
            **rest,
        )
        self.save(message)
        return message

    def post(self, channel: Channel, text: str, *, author: int, **rest: Any) -> Message:
        channel.last_id += 1
        message = Message(
            bot=channel.id,
            id=channel.last_id,
            user=channel.id,
            phone_id=channel.last_id,
            from_bot=True,
            date=int(time.time()),
            text=text,
            author=author,
            **rest,
        )
        self.save(message)
        return message

    def save(self, message: Message) -> None:
        self._remember(message)
        self._store.put(
            "messages",
            (
                message.bot,
                message.id,
                message.user,
                message.phone_id,
                message.from_bot,
                message.date,
                message.edited,
                message.deleted,
                message.random_id,
                message.reply_to,
                message.text,
                _extras(message),
            ),
        )

    def get(self, bot: int, number: int) -> Message | None:
        """A message by its number in the bot's mailbox; None if it was deleted."""
        message = self._recent.get((bot, number)) or self._find("bot = ? AND id = ?", bot, number)
        return None if message is None or message.deleted else message

    def on_phone(self, user: int, number: int) -> Message | None:
        """A message by its number on the phone; None if it was deleted."""
        message = self._on_phone.get((user, number)) or self._find("user = ? AND phone_id = ?", user, number)
        return None if message is None or message.deleted else message

    def sent_before(self, bot: int, random_id: int) -> bool:
        if (bot, random_id) in self._random_ids:
            return True
        if not self._used.may_contain(random_id):
            return False
        sql = "SELECT 1 FROM messages WHERE bot = ? AND random_id = ?"
        return bool(self._store.query_settled(sql, bot, random_id))

    def history(self, user: int, bot: int, limit: int, before: int) -> list[Message]:
        """The newest `limit` messages of a conversation with a number on the phone below `before`, oldest first."""
        rows = self._store.query(
            "SELECT * FROM messages WHERE user = ? AND phone_id < ? AND bot = ? AND NOT deleted ORDER BY phone_id DESC LIMIT ?",
            user,
            before,
            bot,
            limit,
        )
        return [_read(row) for row in reversed(rows)]

    def _last_on_phone(self, user: User) -> int:
        if user.last_id is None:
            highest = self._store.query("SELECT max(phone_id) FROM messages WHERE user = ?", user.id)
            user.last_id = highest[0][0] or 0
        return user.last_id

    def _find(self, where: str, *parameters: int) -> Message | None:
        rows = self._store.query(f"SELECT * FROM messages WHERE {where}", *parameters)  # noqa: S608 - the conditions are ours
        return _read(rows[0]) if rows else None

    def _remember(self, message: Message) -> None:
        self._recent[message.bot, message.id] = message
        self._on_phone[message.user, message.phone_id] = message
        if message.random_id is not None:
            self._random_ids.add((message.bot, message.random_id))
            self._used.add(message.random_id)
        if len(self._recent) > RECENT:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        oldest = self._recent.pop(next(iter(self._recent)))
        self._on_phone.pop((oldest.user, oldest.phone_id), None)
        if oldest.random_id is not None:
            self._random_ids.discard((oldest.bot, oldest.random_id))


def _extras(message: Message) -> bytes | None:
    extras = {name: value for name in EXTRAS if (value := getattr(message, name))}
    return orjson.dumps(extras) if extras else None


def _read(row: Any) -> Message:
    bot, number, user, phone_id, from_bot, date, edited, deleted, random_id, reply_to, text, extras = row
    return Message(
        bot=bot,
        id=number,
        user=user,
        phone_id=phone_id,
        from_bot=bool(from_bot),
        date=date,
        edited=edited,
        deleted=bool(deleted),
        random_id=random_id,
        reply_to=reply_to,
        text=text,
        **(orjson.loads(extras) if extras else {}),
    )
