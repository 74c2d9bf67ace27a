"""Thumbs up and down (domain.ports.talk.Ratings). Who gave which thumb is written nowhere: only that they rated a chat."""

from __future__ import annotations

import time
from collections.abc import Callable

from domain.model.ids import ChatId, UserId
from domain.model.profile import DAY
from domain.ports.talk import Rating
from domain.trust.standing import Votes
from storage.sql.chats import to_past
from storage.sql.database import Database
from storage.sql.retention import purge_in_batches

RATED_WITHIN = DAY
"""After the end of a chat. `storage.sql.retention.RATED_KEPT` is longer."""


class SqlRatings:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def rate(self, chat: ChatId, rater: UserId, *, up: bool) -> Rating:
        """In one transaction, so that it is counted once, whatever ends in between."""
        queries, now = self._database.queries, self._clock()
        async with self._database.transaction() as connection:
            row = await queries.find_past_chat(connection, chat=chat)
            past = to_past(row) if row else None
            if past is None or past.ended is None or rater not in past.members or past.ended < now - RATED_WITHIN:
                return Rating.UNKNOWN
            if not await queries.note_rated(connection, chat=chat, rater=rater, now=now):
                return Rating.AGAIN
            rated = past.chat.partner_of(rater).user
            if rated > 0:  # else they had their data deleted, and the rater is not told
                await queries.count_vote(connection, user=rated, up=int(up), down=int(not up))
        return Rating.COUNTED

    async def of(self, user: UserId) -> Votes:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_votes(connection, user=user)
        return Votes(*row) if row else Votes()

    async def purge_before(self, when: float) -> int:
        return await purge_in_batches(self._database, "purge_rated_chats", when)
