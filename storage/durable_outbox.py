"""What bots have to send and cannot send yet (domain.ports.DurableOutbox): one stream per bot. Every change checks the lease in
the same step, so a former owner keeps nothing and takes nothing away.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import chain
from typing import Any

from domain.errors import Fenced
from domain.events import Event
from domain.outgoing import Kept
from domain.values import BotId
from storage.event_codec import UnknownEntryError, encode
from storage.keys import Keys
from storage.outbox_codec import decode_kept, encode_kept
from storage.redis_client import Client, text_of, translated
from storage.scripts import REDIS_TIME, Scripts

logger = logging.getLogger(__name__)


class RedisDurableOutbox:
    def __init__(self, client: Client, keys: Keys, *, owner: str) -> None:
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys.tag)
        self._owner = owner

    async def put(self, bot: BotId, step: str, kept: Sequence[Kept]) -> list[str]:
        parts = chain.from_iterable(encode_kept(each) for each in kept)
        ids = await self._scripts.run("outbox_put", REDIS_TIME, bot, self._owner, step, *parts)
        if ids is None:
            raise Fenced(f"bot{bot} has another owner")
        return [text_of(id_) for id_ in ids]

    async def all(self, bot: BotId) -> list[tuple[str, Kept]]:
        with translated(self._client):
            entries: Any = await self._client.xrange(self._keys.outbox(bot))
        found: list[tuple[str, Kept]] = []
        for id_, fields in entries:
            try:
                found.append((text_of(id_), decode_kept(fields)))
            except UnknownEntryError as error:
                logger.exception("what bot %s was to send cannot be read and stays where it is", bot, exc_info=error)
        return found

    async def done(self, bot: BotId, id_: str, tell: tuple[BotId, Event] | None) -> None:
        told: tuple[BotId | bytes, ...] = ()
        if tell is not None:
            fields = encode(tell[1])
            told = (tell[0], fields["v"], fields["t"], fields["d"])
        await self._scripts.run("outbox_done", REDIS_TIME, bot, self._owner, id_, *told)
