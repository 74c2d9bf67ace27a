"""Notices that somebody else sends as this bot: another installation, or another program, has its token.

Telegram tells a bot of what it sends by other sessions. Such a message is not ours if no call of ours was answered with its id.
These are no evidence: messages to people to whom a call of ours had no answer, which may have been made all the same, and what
came in before this connection's first difference was complete, which an earlier owner in this installation may have sent.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Any

from pyrogram import raw

REMEMBERED = 2000
"""Ids of own messages, and people to whom a call had no answer."""
SETTLED_SECONDS = 15.0
"""After so long the answer to our own call for a message has come, if there is one."""
TOLD_SECONDS = 600.0
"""How long it is a problem after the last foreign message."""
LEAST = 2
"""Foreign messages. One alone may come from the last moment of an earlier owner."""


class OtherSenders:
    def __init__(self) -> None:
        self._own: dict[int, None] = {}
        self._unanswered: dict[int, None] = {}
        self._unsettled: dict[int, tuple[int, float]] = {}
        """By id: to whom, and when it was seen."""
        self._foreign: deque[float] = deque(maxlen=1000)
        """When each foreign message was seen."""

    def sent(self, ids: Iterable[int]) -> None:
        """A call was answered with these ids."""
        for id_ in ids:
            self._unsettled.pop(id_, None)
            _remember(self._own, id_)

    def unanswered(self, user: int) -> None:
        """A call to this user had no answer, or the answer that it had been made before."""
        _remember(self._unanswered, user)

    def look(self, update: Any) -> None:
        """At each numbered update that comes in."""
        message = update.message if isinstance(update, raw.types.UpdateNewMessage) else None
        if not isinstance(message, raw.types.Message) or not message.out or not isinstance(message.peer_id, raw.types.PeerUser):
            return
        self._settle()
        if message.id not in self._own and len(self._unsettled) < REMEMBERED:
            self._unsettled[message.id] = message.peer_id.user_id, _now()

    @property
    def count(self) -> int:
        """Foreign messages within `TOLD_SECONDS`."""
        self._settle()
        while self._foreign and self._foreign[0] < _now() - TOLD_SECONDS:
            self._foreign.popleft()
        return len(self._foreign) if len(self._foreign) >= LEAST else 0

    def _settle(self) -> None:
        while self._unsettled:
            id_, (user, seen) = next(iter(self._unsettled.items()))
            if seen > _now() - SETTLED_SECONDS:
                return
            del self._unsettled[id_]
            if user not in self._unanswered:
                self._foreign.append(seen)


def _remember(kept: dict[int, None], item: int) -> None:
    kept[item] = None
    if len(kept) > REMEMBERED:
        del kept[next(iter(kept))]


def _now() -> float:
    return asyncio.get_running_loop().time()
