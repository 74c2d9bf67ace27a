"""Makes one outgoing call at Telegram: builds it, retries it, and reports its outcome. `transport/calls/pacing.py` decides when.

What Telegram refuses because of an ornament, such as a reply to a deleted message, is sent again without it
(`transport/calls/ornaments.py`). Nothing else goes to the same recipient meanwhile.

A call whose answer is lost is made again with the same random id, so nobody sees it twice: RANDOM_ID_DUPLICATE is a success.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from pyrogram import raw
from pyrogram.errors import RPCError

from domain.configuration import LiveConfiguration
from domain.errors import Unavailable
from domain.model.content import Album, files_of, with_files
from domain.model.ids import MessageId
from domain.model.outgoing import AnswerPress, Delete, Edit, NotSent, Outcome, Outgoing, Send, Sent, Why
from transport.calls.methods import (
    MESSAGE_GONE,
    UNGROUPED,
    CallContext,
    failure_of,
    own_pts,
    random_id,
    sent_album,
    sent_id,
    sent_ids,
    to_call,
)
from transport.calls.ornaments import without_refused
from transport.calls.pacing import STALE, FloodWait
from transport.calls.peers import Peers
from transport.media.references import References, is_expired_reference
from transport.mtproto.link import Link
from transport.texts.catalogue import Texts
from transport.updates.inbox import Inbox

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.5
"""Pause after each internal error of Telegram: 0.5 s after the first, 1.0 s after the second, and so on."""
MAX_ERRORS = 4


class Outbox:
    def __init__(
        self,
        *,
        link: Link,
        peers: Peers,
        inbox: Inbox,
        texts: Texts,
        secret: bytes,
        live: LiveConfiguration,
        call_timeout: float,
        is_owned: Callable[[], Awaitable[bool]],
    ) -> None:
        self._link = link
        self._peers = peers
        self._inbox = inbox
        self._texts = texts
        self._secret = secret
        self._live = live
        self._call_timeout = call_timeout
        self._is_owned = is_owned
        self._references = References(link)

    async def perform(self, outgoing: Outgoing) -> Outcome | FloodWait:
        """Errors of Telegram and of the store become outcomes; they are never raised."""
        result = await self._attempt(outgoing)
        if isinstance(result, NotSent) and is_expired_reference(result.detail):
            renewed = await self._with_new_references(outgoing)
            result = result if renewed is None else await self._attempt(renewed)
        if isinstance(result, Sent) and result.message is not None:
            return result
        match outgoing:
            case Send(body=Album() as album) if result == Sent() or _is_refused(result, UNGROUPED):
                return await self._part_by_part(outgoing, album)
            case Edit(chat=chat) if chat is not None and _is_refused(result, MESSAGE_GONE):
                return Sent()  # the partner has deleted the message: nothing is left to be changed
        return result

    async def _attempt(self, outgoing: Outgoing) -> Outcome | FloodWait:
        try:
            query = await self._build(outgoing)
        except ValueError as error:
            log.warning("an outgoing %s cannot be expressed: %s", type(outgoing).__name__, error)
            return NotSent(why=Why.REFUSED, detail="INEXPRESSIBLE")
        except Unavailable as error:
            log.warning("a recipient could not be looked up: %s", error)
            return NotSent(why=Why.UNREACHABLE, detail="STORE")
        longest = self._live.current.pacing.max_park_seconds
        seconds = 2 * self._call_timeout if isinstance(outgoing, AnswerPress) else longest
        return await self._make(query, asyncio.get_running_loop().time() + seconds)

    async def _make(self, query: Any, deadline: float) -> Outcome | FloodWait:
        """Makes the call, and makes it again without each ornament that Telegram refuses."""
        while True:
            result = await self._retry(query, deadline)
            if not isinstance(result, NotSent) or result.why is not Why.REFUSED:
                return result
            plainer = without_refused(query, result.detail)
            if plainer is None:
                return result
            log.info("%s refused because of an ornament (%s): made again without it", type(query).__name__, result.detail)
            query = plainer

    async def _retry(self, query: Any, deadline: float) -> Outcome | FloodWait:
        """Retries until `deadline`, a loop time. Only an answer tells whether the message was sent, so giving up early could
        report a sent message as lost.
        """
        errors = 0
        while True:
            result = await self._call(query)
            if not isinstance(result, NotSent) or result.why is not Why.UNREACHABLE:
                return result
            errors += bool(result.detail)
            if errors == MAX_ERRORS or asyncio.get_running_loop().time() >= deadline:
                return result
            await asyncio.sleep(RETRY_SECONDS * errors)

    async def _with_new_references(self, outgoing: Outgoing) -> Send | Edit | None:
        """None if Telegram gives no new references."""
        if isinstance(outgoing, AnswerPress | Delete):
            return None
        try:
            fresh = await self._references.renew(files_of(outgoing.body))
        except (RPCError, OSError) as error:
            log.warning("a file reference could not be renewed: %s", type(error).__name__)
            return None
        if fresh is None:
            return None
        body = with_files(outgoing.body, lambda file: replace(file, reference=fresh[file.unique_id]))
        return replace(outgoing, body=body)

    async def _part_by_part(self, send: Send, album: Album) -> Outcome | FloodWait:
        """Sends the parts one by one, after Telegram refused the album as one or called it a duplicate. Of a duplicate some
        parts were sent before, perhaps not all: Telegram refuses those and takes the rest.
        """
        parts = []
        for key, media in zip(send.keys, album.items, strict=True):
            result = await self.perform(replace(send, key=key, keys=(), body=media))
            if not isinstance(result, Sent):
                return result
            parts.append(result.message)
        known = tuple(part for part in parts if part is not None)
        return Sent(message=parts[0], album=known) if len(known) == len(parts) else Sent()

    async def _call(self, query: Any) -> Outcome | FloodWait:
        """One try. The detail of UNREACHABLE is the name of Telegram's error, or empty if no answer came."""
        try:
            if not self._link.up.is_set():
                await self._reconnected()
            if not await self._is_owned():
                return STALE
            answer = await self._link.call(query)
        except RPCError as error:
            return self._outcome_of(error, query)
        except OSError:
            self._inbox.fall_behind()  # the message may have been sent and have taken a place in the log that we do not know
            self._may_have_sent(query)
            return NotSent(why=Why.UNREACHABLE)
        if (place := own_pts(answer)) is not None:
            self._inbox.own(*place)
        self._inbox.others.sent(sent_ids(answer))
        return Sent(message=sent_id(answer), album=_album(query, answer))

    def _outcome_of(self, error: RPCError, query: Any) -> Outcome | FloodWait:
        outcome = failure_of(error)
        if isinstance(outcome, Sent):
            self._inbox.fall_behind()  # sent by an earlier try, whose place in the log we do not know
            self._may_have_sent(query)
        return outcome

    def _may_have_sent(self, query: Any) -> None:
        """What the call sends is not known to be ours when it is seen."""
        if (user := getattr(getattr(query, "peer", None), "user_id", None)) is not None:
            self._inbox.others.unanswered(user)

    async def _reconnected(self) -> None:
        """Raises TimeoutError."""
        async with asyncio.timeout(self._call_timeout):
            await self._link.up.wait()

    async def _build(self, outgoing: Outgoing) -> Any:
        peer = None if isinstance(outgoing, AnswerPress) else await self._peers.find(outgoing.to)
        keys = (outgoing.keys or (outgoing.key,)) if isinstance(outgoing, Send) else ()
        random_ids = tuple(random_id(self._secret, key) for key in keys)
        protect = self._live.current.chat.protect_content
        return to_call(outgoing, CallContext(texts=self._texts, peer=peer, random_ids=random_ids, protect=protect))


def _album(query: Any, answer: Any) -> tuple[MessageId, ...]:
    if not isinstance(query, raw.functions.messages.SendMultiMedia):
        return ()
    return sent_album(answer, [single.random_id for single in query.multi_media])


def _is_refused(result: Outcome | FloodWait, names: frozenset[str]) -> bool:
    return isinstance(result, NotSent) and result.why is Why.REFUSED and result.detail in names
