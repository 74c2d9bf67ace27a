"""Events that this release cannot read. They are moved to a stream of their own, `parked`, instead of being dropped.

Each process that begins to serve the bot looks at them again, because it may be of a release that can read them. They come back
at the end of the bot's event stream.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from domain.model.ids import BotId
from storage.redis.client import Client, translated
from storage.redis.keys import Keys
from storage.redis.scripts import REDIS_TIME, Scripts
from storage.redis.streams.event_codec import UnknownEntryError, decode

PAGE = 500

logger = logging.getLogger(__name__)

RawEntry = tuple[bytes, list[bytes]]
"""Id, and [field, value, field, value, …]."""


class ParkedEvents:
    def __init__(self, client: Client, keys: Keys, scripts: Scripts, owner: str) -> None:
        self._client = client
        self._keys = keys
        self._scripts = scripts
        self._owner = owner

    async def park(self, bot: BotId, id_: bytes, flat: Sequence[bytes], why: UnknownEntryError) -> None:
        logger.error("event %s of bot %s cannot be read and is put aside: %s", id_.decode(), bot, why)
        await self._scripts.run("streams/park", REDIS_TIME, bot, self._owner, id_, *flat)

    async def unpark(self, bot: BotId) -> None:
        """Move those that this release can read back into the bot's stream."""
        after, moved = "-", 0
        while page := await self._page(bot, after):
            readable = [id_ for id_, fields in page if _is_readable(fields)]
            if readable:
                moved += int(await self._scripts.run("streams/unpark", REDIS_TIME, bot, self._owner, *readable))
            after = f"({page[-1][0].decode()}"
        if moved:
            logger.info("%d events of bot %s that were put aside can be read now", moved, bot)

    async def _page(self, bot: BotId, after: str) -> list[tuple[bytes, dict[bytes, bytes]]]:
        with translated(self._client):
            page: Any = await self._client.xrange(self._keys.parked(bot), after, "+", PAGE)
        return list(page)


def _is_readable(fields: dict[bytes, bytes]) -> bool:
    try:
        decode(fields)
    except UnknownEntryError:
        return False
    return True
