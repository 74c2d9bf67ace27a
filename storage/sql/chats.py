"""The record of every chat (domain.ports.records.Chats). Beginning and end may be written repeatedly and in any order."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from math import inf
from typing import Any

import orjson

from domain.model.chat import Chat, ChatEnd, PastChat
from domain.model.ids import Address, BotId, ChatId, UserId
from storage.batches import Batches
from storage.sql.database import Database
from storage.sql.profiles import known
from storage.sql.retention import purge_in_batches

PAGE = 500


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
        """Sorted, so that all processes lock rows in the same order: both members of a chat write its row."""
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

    async def find(self, chat: ChatId) -> Chat | None:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_chat(connection, chat=chat)
        return to_chat(row) if row else None

    async def past(self, chat: ChatId) -> PastChat | None:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_past_chat(connection, chat=chat)
        return to_past(row) if row else None

    async def last(self, user: UserId) -> PastChat | None:
        async with self._database.connection() as connection:
            rows = self._database.queries.last_chats(connection, user=user)
            chats = [to_past(row) async for row in rows]
        return max(chats, key=lambda past: past.chat.started, default=None)

    async def live(self) -> AsyncIterator[Chat]:
        """The newest first. No connection is held between the pages."""
        started, chat = inf, ""
        while True:
            async with self._database.connection() as connection:
                rows = self._database.queries.page_of_live_chats(connection, started=started, chat=chat, count=PAGE)
                page = [to_chat(row) async for row in rows]
            for each in page:
                yield each
            if len(page) < PAGE:
                return
            started, chat = page[-1].started, page[-1].id

    async def over(self, chats: Collection[ChatId]) -> set[ChatId]:
        if not chats:
            return set()
        async with self._database.connection() as connection:
            rows = self._database.queries.ended_chats(connection, chats=orjson.dumps(list(chats)).decode())
            return {ChatId(chat) async for (chat,) in rows}

    async def purge_before(self, when: float) -> int:
        return await purge_in_batches(self._database, "purge_chats", when)


def to_chat(row: Sequence[Any]) -> Chat:
    chat, first_user, first_bot, second_user, second_bot, started = row
    return Chat(
        id=ChatId(chat),
        first=Address(bot=BotId(first_bot), user=UserId(first_user)),
        second=Address(bot=BotId(second_bot), user=UserId(second_user)),
        started=started,
    )


def to_past(row: Sequence[Any]) -> PastChat:
    return PastChat(chat=to_chat(row[:6]), ended=row[6], why=known(ChatEnd, row[7]))
