"""The record of every chat. What is written may be written again, and in any order: a chat whose end was recorded is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from domain.values import Address, BotId, Chat, ChatEnd, ChatId, UserId
from storage.database import Database

PURGE_AT_ONCE = 1000


class SqlChats:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def opened(self, chat: Chat) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.open_chat(
                connection,
                chat=chat.id,
                first_user=chat.first.user,
                first_bot=chat.first.bot,
                second_user=chat.second.user,
                second_bot=chat.second.bot,
                started=chat.started,
            )

    async def ended(self, chat: ChatId, why: ChatEnd) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.end_chat(connection, chat=chat, why=why, now=self._clock())

    async def live(self) -> list[Chat]:
        async with self._database.connection() as connection:
            return [to_chat(row) async for row in self._database.queries.live_chats(connection)]

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
