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


class Callbacks:
    def __init__(self) -> None:
        self._waiting: dict[int, Query] = {}

    def ask(self, message: Message) -> int:
        self._expire()
        number = secrets.randbits(62)
        self._waiting[number] = Query(message, time.monotonic())
        return number

    def take(self, bot: int, number: int) -> Message | None:
        """The message whose button was pressed. None if the query is unknown, already taken or too old."""
        self._expire()
        query = self._waiting.get(number)
        if query is None or query.message.bot != bot:
            return None
        del self._waiting[number]
        return query.message

    def _expire(self) -> None:
        oldest = time.monotonic() - ANSWER_WITHIN
        while self._waiting:
            first = next(iter(self._waiting))
            if self._waiting[first].asked > oldest:
                return
            del self._waiting[first]
