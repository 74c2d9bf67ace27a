"""Callback queries: presses of inline buttons that wait for the bot's answer. In memory only, because they expire soon."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from transport.sandbox.world.model import Message

ANSWER_WITHIN = 60.0
"""Seconds; later answers get QUERY_ID_INVALID."""


@dataclass(frozen=True, slots=True)
class Query:
    message: Message
    asked: float
    user: int
    """Who pressed."""

    @property
    def bot(self) -> int:
        return self.message.author or self.message.bot


class Callbacks:
    def __init__(self) -> None:
        self._waiting: dict[int, Query] = {}

    def ask(self, message: Message, user: int) -> int:
        self._expire()
        number = secrets.randbits(62)
        self._waiting[number] = Query(message, time.monotonic(), user)
        return number

    def take(self, bot: int, number: int) -> Query | None:
        """Whose button was pressed, and by whom. None if the query is unknown, already taken or too old."""
        self._expire()
        query = self._waiting.get(number)
        if query is None or query.bot != bot:
            return None
        del self._waiting[number]
        return query

    def _expire(self) -> None:
        oldest = time.monotonic() - ANSWER_WITHIN
        while self._waiting:
            first = next(iter(self._waiting))
            if self._waiting[first].asked > oldest:
                return
            del self._waiting[first]
