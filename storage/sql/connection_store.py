"""One bot's Telegram session in the database (domain.ports.records.ConnectionStore).

*Invariant*: `bot_state` has the highest fencing token that was used for a bot. A write with a lower token raises `Fenced` in the
same transaction. Loading stores the token too, so that a former owner is fenced before the new one has written anything.
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
"""How many saved peers a store remembers, in order not to save them again."""

Values = dict[str, bytes | int | str | None]


async def require_keys(database: Database, secrets: Secrets, bots: Collection[BotId] | None = None) -> None:
    """Raises `SettingsError` where a session was encrypted with a key that we do not have. `bots`: only theirs; None: of all
    bots.
    """
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
        """`checkpoints` is shared by all bots of a worker."""
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
        """Writes only peers that are new or have changed. Fenced like `save`."""
        changed = {user: value for user, value in hashes.items() if self._saved_peers.get(user) != value}
        if not changed:
            return
        text = orjson.dumps(changed, option=orjson.OPT_NON_STR_KEYS).decode()
        async with self._fenced() as connection:
            await self._queries.save_peers(connection, bot=self._lease.bot, hashes=text)
        if len(self._saved_peers) + len(changed) > REMEMBERED:
            self._saved_peers.clear()
        self._saved_peers.update(changed)

    @asynccontextmanager
    async def _fenced(self) -> AsyncIterator[Any]:
        """A transaction that raises `Fenced` for all but the bot's latest owner."""
        async with self._database.transaction() as connection:
            if await self._queries.raise_fence(connection, bot=self._lease.bot, token=self._lease.token) is None:
                raise fenced(self._lease)
            yield connection
