"""One outgoing call, made at Telegram: what it is there, the tries, how it ended. `transport/pacing.py` says when.

A try whose answer is lost is made again with the same random id, so it cannot be seen twice: RANDOM_ID_DUPLICATE is success.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from pyrogram.errors import RPCError

from domain.errors import Unavailable
from domain.outgoing import AnswerPress, NotSent, Outcome, Outgoing, Send, Sent, Why
from domain.settings import Settings
from transport.calls import failure_of, own_pts, random_id, sent_id, to_call
from transport.inbox import Inbox
from transport.link import Link
from transport.pacing import STALE, FloodWait
from transport.peers import Peers
from transport.texts import Texts

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.5
"""After an internal error of Telegram's; longer by as much each time."""
MOST_ERRORS = 4


class Outbox:
    def __init__(
        self,
        *,
        link: Link,
        peers: Peers,
        inbox: Inbox,
        texts: Texts,
        secret: bytes,
        settings: Settings,
        may_send: Callable[[], bool],
    ) -> None:
        self._link = link
        self._peers = peers
        self._inbox = inbox
        self._texts = texts
        self._secret = secret
        self._protect = settings.chat.protect_content
        self._call_timeout = settings.telegram.call_timeout
        self._patience = settings.pacing.max_park_seconds
        self._may_send = may_send

    async def perform(self, outgoing: Outgoing) -> Outcome | FloodWait:
        """Never raises a Telegram error nor one of the store's."""
        try:
            query = await self._query(outgoing)
        except ValueError as error:
            log.warning("an outgoing %s cannot be expressed: %s", type(outgoing).__name__, error)
            return NotSent(why=Why.REFUSED, detail="INEXPRESSIBLE")
        except Unavailable as error:
            log.warning("a recipient could not be looked up: %s", error)
            return NotSent(why=Why.UNREACHABLE, detail="STORE")
        return await self._persist(query, 2 * self._call_timeout if isinstance(outgoing, AnswerPress) else self._patience)

    async def _persist(self, query: Any, seconds: float) -> Outcome | FloodWait:
        """Giving up early would call a message lost that may have been sent: only an answer tells."""
        now = asyncio.get_running_loop().time
        deadline, errors = now() + seconds, 0
        while True:
            result = await self._try(query)
            if not isinstance(result, NotSent) or result.why is not Why.UNREACHABLE:
                return result
            errors += bool(result.detail)
            if errors == MOST_ERRORS or now() >= deadline:
                return result
            await asyncio.sleep(RETRY_SECONDS * errors)

    async def _try(self, query: Any) -> Outcome | FloodWait:
        """UNREACHABLE has the name of Telegram's error as detail where there was an answer."""
        try:
            if not self._link.up.is_set():
                await self._reconnected()
            if not self._may_send():
                return STALE
            answer = await self._link.call(query)
        except RPCError as error:
            return self._failed(error)
        except OSError:
            self._inbox.fall_behind()  # it may have been sent: its place in the log is not known
            return NotSent(why=Why.UNREACHABLE)
        if (place := own_pts(answer)) is not None:
            self._inbox.own(*place)
        return Sent(message=sent_id(answer))

    def _failed(self, error: RPCError) -> Outcome | FloodWait:
        outcome = failure_of(error)
        if isinstance(outcome, Sent):
            self._inbox.fall_behind()  # as above
        return outcome

    async def _reconnected(self) -> None:
        """Raises TimeoutError."""
        async with asyncio.timeout(self._call_timeout):
            await self._link.up.wait()

    async def _query(self, outgoing: Outgoing) -> Any:
        peer = None if isinstance(outgoing, AnswerPress) else await self._peers.find(outgoing.to)
        unique = random_id(self._secret, outgoing.key) if isinstance(outgoing, Send) else 0
        return to_call(outgoing, peer, random_id=unique, texts=self._texts, protect=self._protect)
