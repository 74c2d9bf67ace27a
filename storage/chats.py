"""The record of every chat. What is written may be written again, and in any order: a chat whose end was recorded is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from domain.values import Address, BotId, Chat, ChatEnd, ChatId, UserId
from storage.batches import Batches
from storage.database import Database

PURGE_AT_ONCE = 1000


class SqlChats:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._opened: Batches[Chat, None] = Batches(self._write_opened)
        self._ended: Batches[tuple[ChatId, ChatEnd], None] = Batches(self._write_ended)

    async def opened(self, chat: Chat) -> None:
        await self._opened.ask(chat)

    async def ended(self, chat: ChatId, why: ChatEnd) -> None:
        await self._ended.ask((chat, why))

    async def _write_opened(self, chats: Sequence[Chat]) -> list[None]:
        """Rows are locked in one order by all: each of the two sides may be writing them."""
        rows = [
            {
                "chat": chat.id,
                "first_user": chat.first.user,
                "first_bot": chat.first.bot,
                "second_user": chat.second.user,
                "second_bot": chat.second.bot,
                "started": chat.started,
            }
            for chat in sorted(chats, key=lambda chat: chat.id)
        ]
        async with self._database.connection() as connection:
            await self._database.queries.open_chats(connection, rows)
        return [None] * len(chats)

    async def _write_ended(self, ends: Sequence[tuple[ChatId, ChatEnd]]) -> list[None]:
        rows = [{"chat": chat, "why": why, "now": self._clock()} for chat, why in sorted(ends)]
        async with self._database.connection() as connection:
            await self._database.queries.end_chats(connection, rows)
        return [None] * len(ends)

    async def live(self) -> list[Chat]:
        async with self._database.connection() as connection:
            return [to_chat(row) async for row in self._database.queries.live_chats(connection)]

    async def ended_since(self, when: float) -> list[ChatId]:
        async with self._database.connection() as connection:
            return [ChatId(chat) async for (chat,) in self._database.queries.chats_ended_since(connection, when=when)]

    async def purge_before(self, when: float) -> int:
        purged = 0
        while True:
            async with self._database.connection() as connection:
                count: int = await self._database.queries.purge_chats(connection, before=when, count=PURGE_AT_ONCE)
            purged += count
            if count < PURGE_AT_ONCE:
                return purged


def to_chat(row: Sequence[Any]) -> Chat:
    chat, first_user, first_bot, second_user, second_bot, started = row
    return Chat(
        id=ChatId(chat),
        first=Address(bot=BotId(first_bot), user=UserId(first_user)),
        second=Address(bot=BotId(second_bot), user=UserId(second_user)),
        started=started,
    )
