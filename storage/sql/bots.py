"""Bots that were added at run time, and which bots take no new people. Each change is in the audit, in the same transaction."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from domain.model.bot import BotState, masked
from domain.model.ids import BotId, UserId, bot_of
from domain.ports.review import Act, Operator
from storage.secrets import Sealed, Secrets
from storage.sql.database import Database
from storage.sql.payments.posting import Posting
from storage.sql.review.audit import write
from storage.sql.sealing import CONTEXTS


@dataclass(frozen=True, slots=True, kw_only=True)
class BotRow:
    bot: BotId
    state: BotState
    token: str = field(repr=False)
    """Empty for bots of BOT_TOKENS, and for removed ones."""
    username: str
    version: int
    added_at: float
    """Unix seconds."""
    added_by: str
    changed_at: float
    """Unix seconds."""


class SqlBots:
    def __init__(self, database: Database, secrets: Secrets, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._queries = database.queries
        self._secrets = secrets
        self._clock = clock

    async def rows(self) -> dict[BotId, BotRow]:
        """In the order in which they were added. Raises `SettingsError` where no key of ours opens a token."""
        async with self._database.connection() as connection:
            rows = [row async for row in self._queries.all_bots(connection)]
        return {row.bot: row for row in map(self._read, rows)}

    async def version(self) -> int:
        async with self._database.connection() as connection:
            return int(await self._queries.bots_version(connection))

    async def people(self, bot: BotId) -> list[UserId]:
        """Who searches or chats there, as the records know it."""
        async with self._database.connection() as connection:
            return [UserId(user) async for (user,) in self._queries.people_at_bot(connection, bot=bot)]

    async def counts(self) -> dict[BotId, tuple[int, int]]:
        """Bot → (chats, searches), where there are any."""
        async with self._database.connection() as connection:
            chats = {bot: count async for bot, count in self._queries.chats_by_bot(connection)}
            searches = {bot: count async for bot, count in self._queries.searches_by_bot(connection)}
        return {BotId(bot): (chats.get(bot, 0), searches.get(bot, 0)) for bot in chats.keys() | searches.keys()}

    async def add(
        self, token: str, username: str, operator: Operator, *, place: tuple[int, int, int, int] | None = None
    ) -> int | None:
        """The version; None where the bot is there already. `place`: where its updates stand (pts, qts, date, seq): what is
        written to a new bot from then on is answered, also before it is connected.
        """
        bot = bot_of(token)
        async with self._change() as change:
            sealed = self._sealed(token)
            added = await change.one("add_bot", bot=bot, state=BotState.ACTIVE, username=username, by=operator.name, **sealed)
            if added is None:
                return None
            if place is not None:
                pts, qts, date, seq = place
                await change.look("begin_bot_state", bot=bot, pts=pts, qts=qts, date=date, seq=seq)
            after = {"token": masked(token), "username": username}
            await change.audit(Act(operator=operator, name="add bot", target=_target(bot), after=after))
            return change.version

    async def rotate(self, before: BotRow, token: str, username: str, operator: Operator) -> int | None:
        """The version; None where it was not added here, or is being removed."""
        bot = before.bot
        async with self._change() as change:
            if await change.one("rotate_bot", bot=bot, username=username, **self._sealed(token)) is None:
                return None
            was, now = {"token": masked(before.token)}, {"token": masked(token)}
            await change.audit(Act(operator=operator, name="rotate bot", target=_target(bot), before=was, after=now))
            return change.version

    async def move(self, bot: BotId, before: BotState, after: BotState, name: str, operator: Operator) -> int | None:
        """From one state to another; None where it is in yet another. A bot without a row is active. `name`: of the act."""
        async with self._change() as change:
            moved = await change.one("move_bot", bot=bot, before=before, state=after)
            if moved is None and before is BotState.ACTIVE:
                row = {"key_id": None, "sealed": None, "username": "", "by": operator.name}
                found = await change.look("find_bot", bot=bot)
                moved = None if found else await change.one("add_bot", bot=bot, state=after, **row)
            if moved is None:
                return None
            await change.audit(
                Act(operator=operator, name=name, target=_target(bot), before={"state": before}, after={"state": after})
            )
            return change.version

    async def forget(self, bot: BotId) -> int | None:
        """The removal is done: the token goes. None where it is not being removed."""
        async with self._change() as change:
            if await change.one("forget_bot_token", bot=bot) is None:
                return None
            await change.look("forget_bot_session", bot=bot)
            return change.version

    async def forget_session(self, bot: BotId) -> None:
        async with self._database.transaction() as connection:
            await self._queries.forget_bot_session(connection, bot=bot)

    @asynccontextmanager
    async def _change(self) -> AsyncIterator[_Change]:
        async with self._database.transaction() as connection:
            version = int(await self._queries.bots_version(connection)) + 1
            yield _Change(Posting(self._queries, connection, self._clock()), version)

    def _sealed(self, token: str) -> dict[str, Any]:
        sealed = self._secrets.seal(token.encode(), context=CONTEXTS["bots"](bot_of(token)))
        return {"key_id": sealed.key_id, "sealed": sealed.blob}

    def _read(self, row: Any) -> BotRow:
        bot, state, key, blob, username, version, added_at, added_by, changed_at = row
        token = ""
        if blob is not None:
            token = self._secrets.open(Sealed(key_id=key, blob=bytes(blob)), context=CONTEXTS["bots"](bot)).decode()
        return BotRow(
            bot=BotId(bot),
            state=BotState(state),
            token=token,
            username=username,
            version=version,
            added_at=added_at,
            added_by=added_by,
            changed_at=changed_at,
        )


@dataclass(frozen=True, slots=True)
class _Change:
    """One transaction, which makes one version."""

    posting: Posting
    version: int

    async def one(self, query: str, **arguments: Any) -> Any:
        return await self.look(query, version=self.version, now=self.posting.now, **arguments)

    async def look(self, query: str, **arguments: Any) -> Any:
        return await getattr(self.posting.queries, query)(self.posting.connection, **arguments)

    async def audit(self, act: Act) -> None:
        await write(self.posting, act)


def _target(bot: BotId) -> str:
    return f"bot:{bot}"
