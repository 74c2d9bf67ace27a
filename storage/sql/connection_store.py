"""One bot's Telegram session in the database.

*Invariant*: `bot_state` holds the highest lease token that was seen for a bot; every write raises it or is refused with
`Fenced` in the same transaction. Loading raises it too, so that a former owner is fenced before the new one has written.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import orjson

from domain.model.bot import Lease
from domain.model.ids import BotId, UserId
from storage.secrets import Sealed, Secrets
from storage.sql.checkpoints import Checkpoints, fenced
from storage.sql.database import Database

REMEMBERED = 20_000
"""How many saved peers a store remembers, so as not to save them again."""

Values = dict[str, bytes | int | str | None]


async def require_keys(database: Database, secrets: Secrets, bots: Collection[BotId] | None = None) -> None:
    """Raises `SettingsError` where the session of one of them, or of any, was sealed with a key that is none of ours."""
    async with database.connection() as connection:
        keys = {BotId(bot): key async for bot, key in database.queries.session_keys(connection)}
    for bot in keys if bots is None else keys.keys() & set(bots):
        secrets.require(keys[bot], f"the session of bot {bot} in the database")


class SqlConnectionStore:
    def __init__(
        self,
        database: Database,
        secrets: Secrets,
        lease: Lease,
        *,
        checkpoints: Checkpoints | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`checkpoints` is the worker's, where it serves other bots too."""
        self._database = database
        self._queries = database.queries
        self._secrets = secrets
        self._lease = lease
        self._checkpoints = checkpoints or Checkpoints(database)
        self._clock = clock
        self._context = f"the session of bot {lease.bot}"
        self._saved_peers: dict[UserId, int] = {}

    async def load(self) -> Values:
        async with self._fenced() as connection:
            row = await self._queries.find_session(connection, bot=self._lease.bot)
        if row is None:
            return {}
        plain = self._secrets.open(Sealed(key_id=row[0], blob=bytes(row[1])), context=self._context)
        values: Values = msgspec.msgpack.decode(plain)
        return values

    async def save(self, values: Values) -> None:
        sealed = self._secrets.seal(msgspec.msgpack.encode(values), context=self._context)
        async with self._fenced() as connection:
            await self._queries.save_session(
                connection, bot=self._lease.bot, key_id=sealed.key_id, sealed=sealed.blob, now=self._clock()
            )

    async def load_state(self) -> tuple[int, int, int, int] | None:
        async with self._fenced() as connection:
            row = await self._queries.find_state(connection, bot=self._lease.bot)
        return None if row is None else tuple(row)

    async def save_state(self, pts: int, qts: int, date: int, seq: int) -> None:
        await self._checkpoints.save(self._lease, (pts, qts, date, seq))

    async def peers(self, users: Sequence[UserId]) -> dict[UserId, int]:
        async with self._database.connection() as connection:
            rows = self._queries.find_peers(connection, bot=self._lease.bot, users=orjson.dumps(users).decode())
            return {UserId(user): access_hash async for user, access_hash in rows}

    async def save_peers(self, hashes: dict[UserId, int]) -> None:
        """Cheap to call with peers that were saved before: only news reach the database. Fenced like `save`."""
        news = {user: value for user, value in hashes.items() if self._saved_peers.get(user) != value}
        if not news:
            return
        text = orjson.dumps(news, option=orjson.OPT_NON_STR_KEYS).decode()
        async with self._fenced() as connection:
            await self._queries.save_peers(connection, bot=self._lease.bot, hashes=text)
        if len(self._saved_peers) + len(news) > REMEMBERED:
            self._saved_peers.clear()
        self._saved_peers.update(news)

    @asynccontextmanager
    async def _fenced(self) -> AsyncIterator[Any]:
        """A transaction that only the bot's latest owner gets."""
        async with self._database.transaction() as connection:
            if await self._queries.raise_fence(connection, bot=self._lease.bot, token=self._lease.token) is None:
                raise fenced(self._lease)
            yield connection
