"""What goes between one user and the partner: which message is which, and what is still on its way."""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, assert_never

from pykka import ActorDeadError

from actors.runtime.asking import NO_REPLY
from actors.session.in_flight import InFlight, RemoteInFlight
from actors.session.message_map import MessageMap
from domain.configuration import LiveConfiguration
from domain.errors import Fenced, Unavailable
from domain.model.content import Album, files_of
from domain.model.events import DeliveryReceipt, RelayedMessage
from domain.model.ids import Address, ChatId, MessageId, Pts
from domain.model.outgoing import Edit, Lane, NotSent, Outcome, Send, Sent, Why
from domain.session.effects import Relay

FENCED = NotSent(why=Why.STALE, detail="FENCED")
"""The bot of whoever said it is served elsewhere by now, or was meanwhile: its next server says it again."""
NO_COUNTERPART = NotSent(why=Why.REFUSED, detail="NO_COUNTERPART")
"""For an edit: it is not known what became of its message at the partner's."""

logger = logging.getLogger(__name__)


class RelayTracker:
    """*Invariant*: `pairs` speaks of the current chat only, also where a word of an earlier one arrives late. What the callbacks
    do is done by the loop, between messages.
    """

    __slots__ = ("_abroad", "_chat", "_live", "_lost", "_on_the_way", "noted", "pairs")

    def __init__(self, live: LiveConfiguration) -> None:
        self.pairs = MessageMap(live)
        self._live = live
        self._chat: ChatId | None = None
        self.noted = float("-inf")
        """Event loop time when the pool was last told that something was said."""
        self._on_the_way: dict[MessageId, InFlight] = {}
        self._abroad: RemoteInFlight | None = None
        """Made once something goes there."""
        self._lost: deque[tuple[Future[None], Pts | None]] = deque()
        """What failed and its sender has not heard of."""

    @property
    def busy(self) -> bool:
        return bool(self._on_the_way)

    async def settled(self, seconds: float) -> None:
        """Until everything said so far has arrived or failed, but no longer than that."""
        now = asyncio.get_running_loop().time
        deadline = now() + seconds
        while self._on_the_way and (left := deadline - now()) > 0:
            await asyncio.wait([each.outcome for each in self._on_the_way.values()], timeout=left)

    def original_of(self, relay: Relay, patience: float) -> Future[Any] | None:
        """What has to arrive first: of an edit its message, of a reply a file that is still being brought. None where it is
        there, or nothing is known of it. `patience`: seconds for what is with another process.
        """
        about = self._about(relay, patience)
        return about.outcome if about is not None and (relay.edit or about.brings_file) else None

    def text_replied_to(self, relay: Relay, patience: float) -> Future[Any] | None:
        """One that has not arrived yet. Texts keep their order, so what is said later waits with the reply."""
        about = None if relay.edit else self._about(relay, patience)
        return about.outcome if about is not None and not about.brings_file else None

    def _about(self, relay: Relay, patience: float) -> InFlight | None:
        message = relay.message if relay.edit else relay.reply_to
        if message is None:
            return None
        under_way = self._on_the_way.get(message)
        if under_way is None and self._abroad is not None and self.pairs.theirs(message) is None:
            under_way = self._abroad.get(message, patience)
        return under_way

    def addressed(self, relay: Relay, source: Address, pts: Pts | None) -> RelayedMessage | None:
        """None for an edit of a message that the partner does not have."""
        edits = self.pairs.theirs(relay.message) if relay.edit else None
        if relay.edit and edits is None:
            return None
        return RelayedMessage(
            user=relay.to.user,
            chat=relay.chat,
            source=source,
            message=relay.message,
            content=relay.content,
            reply_to=self.pairs.theirs(relay.reply_to),
            edits=edits,
            pts=pts,
        )

    def sent(self, relay: Relay, outcome: Future[Any], lost: Callable[[Relay, NotSent], None]) -> None:
        """Watch a message on its way to the partner; `lost` is called where it fails."""
        self._on_the_way |= dict.fromkeys(messages_of(relay), InFlight(outcome, _brings_file(relay)))
        outcome.add_done_callback(partial(self._arrived, relay, lost))

    def knows(self, message: MessageId) -> bool:
        """It went to the partner, or is on its way there."""
        on_its_way = message in self._on_the_way or (self._abroad is not None and message in self._abroad)
        return on_its_way or self.pairs.theirs(message) is not None

    def came_back(self, delivered: DeliveryReceipt) -> None:
        """From another process; before its sender hears of a failure."""
        if not delivered.why and delivered.theirs is not None:
            for mine, theirs in delivered.album or ((delivered.mine, delivered.theirs),):
                self.pairs.pair(mine, theirs)
        if self._abroad is not None:
            self._abroad.back(delivered.mine, failure_in(delivered))

    def turn_to(self, chat: ChatId) -> None:
        """What follows is said in this chat."""
        if chat != self._chat:
            self.forget(self._chat)
            self._chat = chat

    def forget(self, chat: ChatId | None) -> None:
        """It is over. Of no effect where another has begun."""
        if chat != self._chat:
            return
        self._chat = None
        self.pairs.clear()
        if self._abroad is not None:
            self._abroad.clear()

    def loses(self, pts: Pts | None) -> Future[None]:
        """What the update `pts` said is lost; done when its sender has heard of it."""
        heard: Future[None] = asyncio.get_running_loop().create_future()
        self._lost.append((heard, pts))
        return heard

    def first_lost(self) -> tuple[Callable[[], None], Pts | None]:
        """Of those unheard of: what to call once its sender has heard, and the update that said it."""
        heard, pts = self._lost.popleft()
        return partial(heard.set_result, None), pts

    def _arrived(self, relay: Relay, lost: Callable[[Relay, NotSent], None], outcome: Future[Any]) -> None:
        for message in messages_of(relay):
            if (known := self._on_the_way.get(message)) is not None and known.outcome is outcome:
                del self._on_the_way[message]
        failure = failure_of(outcome)
        if failure is not None:
            lost(relay, failure)
            return
        if not relay.edit and relay.chat == self._chat:
            self._keep(relay, outcome.result())

    def _keep(self, relay: Relay, result: Any) -> None:
        """Anything but `Sent`: another process has it, and tells later what it became."""
        if isinstance(result, Sent):
            for mine, theirs in paired(relay, result):
                self.pairs.pair(mine, theirs)
            return
        if self._abroad is None:
            self._abroad = RemoteInFlight(self._live)
        self._abroad.sent(messages_of(relay), brings_file=_brings_file(relay))


def _brings_file(relay: Relay) -> bool:
    return any(file.bot != relay.to.bot for file in files_of(relay.content))


def messages_of(sent: Relay | RelayedMessage) -> tuple[MessageId, ...]:
    """In the sender's numbering: one, or each of an album's parts."""
    if not isinstance(sent.content, Album):
        return (sent.message,)
    return tuple(item.file.message or sent.message for item in sent.content.items)


def paired(sent: Relay | RelayedMessage, result: Sent) -> list[tuple[MessageId, MessageId]]:
    """Which message of the sender's became which of the partner's, as far as Telegram told."""
    became = result.album or (() if result.message is None else (result.message,))
    return list(zip(messages_of(sent), became, strict=False))


def outgoing(carried: RelayedMessage, address: Address) -> Send | Edit:
    """How the partner's message is shown to the user at `address`."""
    if carried.edits is not None:
        return Edit(to=address.user, message=carried.edits, body=carried.content, lane=Lane.RELAY, chat=carried.chat)
    keys = tuple(f"relay:{carried.source.bot}:{carried.source.user}:{message}" for message in messages_of(carried))
    return Send(
        to=address.user,
        key=keys[0],
        keys=keys if len(keys) > 1 else (),
        body=carried.content,
        lane=Lane.RELAY,
        reply_to=carried.reply_to,
        chat=carried.chat,
    )


def way_back(carried: RelayedMessage, outcome: Outcome) -> DeliveryReceipt:
    """What the sender's process is told."""
    edit = carried.edits is not None
    back = DeliveryReceipt(
        user=carried.source.user, chat=carried.chat, mine=carried.message, theirs=None, edit=edit, pts=carried.pts
    )
    match outcome:
        case NotSent(why=why, detail=detail, retry_after=seconds):
            return replace(back, why=str(why), detail=detail, retry_after=seconds)
        case Sent(message=message, album=album):
            return replace(back, theirs=message, album=tuple(paired(carried, outcome)) if album else ())
    assert_never(outcome)


def failure_in(delivered: DeliveryReceipt) -> NotSent | None:
    if not delivered.why:
        return None
    return NotSent(why=Why(delivered.why), detail=delivered.detail, retry_after=delivered.retry_after)


def failure_of(outcome: Future[Any]) -> NotSent | None:
    """None where the message arrived, or will: it is durable on its way to another process."""
    if outcome.cancelled():
        return NotSent(why=Why.STALE)
    error = outcome.exception()
    if error is None:
        result = outcome.result()
        return result if isinstance(result, NotSent) else None
    if isinstance(error, ActorDeadError):
        return NotSent(why=Why.STALE)
    if isinstance(error, Fenced):
        return FENCED
    if not isinstance(error, (*NO_REPLY, Unavailable)):
        logger.error("a relay failed: %s", type(error).__name__, exc_info=error)
    return NotSent(why=Why.UNREACHABLE, detail=type(error).__name__)
