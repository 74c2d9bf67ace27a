"""What goes between one user and the partner: which message is which, and what is still on its way."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeAlias

from actors.session.in_flight import InFlight, RemoteInFlight
from actors.session.message_map import MessageMap
from actors.session.outcomes import failure_in, failure_of
from domain.configuration import LiveConfiguration
from domain.model.content import Album, has_to_be_brought
from domain.model.digest import UNKNOWN
from domain.model.events import DeliveryReceipt, RelayedMessage
from domain.model.ids import Address, BotId, ChatId, MessageId, Pts
from domain.model.outgoing import NotSent, Outcome, Sent
from domain.session.effects import Relay

OnItsWay: TypeAlias = Future[Outcome] | Future[None]
"""Straight to the partner's session, or to the stream of their bot."""


class RelayTracker:
    """*Invariant*: `pairs` speaks of the current chat only, also where a message of an earlier one arrives late. What the
    callbacks do is done by the loop, between messages.
    """

    __slots__ = (
        "_before",
        "_chat",
        "_live",
        "_lost",
        "_on_the_way",
        "_remote",
        "_said",
        "_settled",
        "_showing",
        "arrived",
        "noted",
        "pairs",
        "shown",
    )

    def __init__(self, live: LiveConfiguration) -> None:
        self.pairs = MessageMap()
        self._live = live
        self._chat: ChatId | None = None
        self.arrived = 0
        """Messages of ours in this chat, and `shown` of the partner's: since the session was activated."""
        self.shown = 0
        self._before: tuple[ChatId, int, int] | None = None
        """The last chat, and its `arrived` and `shown`."""
        self.noted = float("-inf")
        """Event loop time when the pool was last told that something was said."""
        self._on_the_way: dict[MessageId, InFlight] | None = None
        """None where nothing is."""
        self._settled: Future[None] | None = None
        self._showing: list[InFlight] | None = None
        """The partner's messages that Telegram has not answered for, the oldest first. None where there are none."""
        self._remote: RemoteInFlight | None = None
        """Made once something goes there."""
        self._said: dict[MessageId, int] | None = None
        """The digest of what each message says that is not in `pairs` yet. None where there is none."""
        self._lost: list[tuple[Future[None], Pts | None]] | None = None
        """What failed and its sender has not heard of."""

    @property
    def busy(self) -> bool:
        return self._on_the_way is not None

    def settled(self) -> Future[None] | None:
        """Done once everything said so far has arrived or failed. None where it has."""
        if self._on_the_way is None:
            return None
        if self._settled is None:
            self._settled = asyncio.get_running_loop().create_future()
        return self._settled

    def original_of(self, relay: Relay, patience: float) -> OnItsWay | None:
        """What has to arrive first: of an edit its message, of a reply a file that is still being brought. None where it is
        there, or nothing is known of it. `patience`: seconds for what is with another process.
        """
        about = self._about(relay, patience)
        return about.outcome if about is not None and (relay.edit or about.brings_file) else None

    def text_replied_to(self, relay: Relay, patience: float) -> OnItsWay | None:
        """One that has not arrived yet. Texts keep their order, so what is said later waits with the reply."""
        if relay.edit:
            return None
        about = self._about(relay, patience)
        return None if about is None or about.brings_file else about.outcome

    def shows(self, carried: RelayedMessage, outcome: Future[Outcome], bot: BotId) -> None:
        """The user of `bot` may see a message of the partner's, and reply to it, before Telegram has told us its number."""
        self._showing = [*(self._showing or ()), InFlight(outcome, brings_file(carried, bot))]
        outcome.add_done_callback(self._is_shown)

    def _is_shown(self, outcome: Future[Outcome]) -> None:
        self._showing = [each for each in self._showing or () if each.outcome is not outcome] or None

    def shown_and_replied_to(self, relay: Relay) -> OnItsWay | None:
        """What tells the number of a message that nobody knows: the oldest under way, since Telegram gets a user's messages
        one at a time. A text goes ahead of the files that are being brought.
        """
        message = relay.reply_to
        if relay.edit or message is None or self._showing is None or self.pairs.theirs(message) is not None:
            return None
        return min(self._showing, key=lambda each: each.brings_file).outcome

    def _about(self, relay: Relay, patience: float) -> InFlight | None:
        message = relay.message if relay.edit else relay.reply_to
        if message is None:
            return None
        under_way = self._on_the_way.get(message) if self._on_the_way is not None else None
        if under_way is None and self._remote is not None and self.pairs.theirs(message) is None:
            under_way = self._remote.get(message, patience)
        return under_way

    def takes(self, relay: Relay) -> None:
        """It is said, though it may have to wait for something."""
        said = self._said = (self._said or {}) | dict(zip(messages_of(relay), relay.digests, strict=True))
        while len(said) > self._live.current.chat.mapped_messages:
            del said[next(iter(said))]

    def gives_up(self, messages: Iterable[MessageId]) -> None:
        """The partner does not get them: nothing is known of them any more."""
        gone = set(messages)
        self._said = {each: digest for each, digest in (self._said or {}).items() if each not in gone} or None

    def is_change(self, message: MessageId, digest: int) -> bool:
        """Whether this edit changes what was last said by a message that the partner has or will get."""
        said = self._said.get(message) if self._said is not None else None
        if said is None:
            said = self.pairs.digest(message)
        return said != digest and self.knows(message)

    def says(self, message: MessageId, digest: int) -> None:
        """From now on, by an edit."""
        if self._said is not None and message in self._said:
            self._said[message] = digest
        else:
            self.pairs.says(message, digest)

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
            digests=relay.digests,
            late=relay.late,
            protected=relay.protected,
        )

    def waits(self, relay: Relay, original: OnItsWay, *, brings_file: bool) -> None:
        """A message that is not sent yet: what is about it waits for the same. Edits are no such message."""
        if not relay.edit:
            on_the_way = dict.fromkeys(messages_of(relay), InFlight(original, brings_file))
            self._on_the_way = (self._on_the_way or {}) | on_the_way

    def waited(self, relay: Relay) -> None:
        """It is sent now, or never."""
        if not relay.edit:
            gone = set(messages_of(relay))
            self._on_the_way = {each: other for each, other in (self._on_the_way or {}).items() if each not in gone} or None
            asyncio.get_running_loop().call_soon(self._may_be_settled)

    def sent(self, relay: Relay, outcome: OnItsWay, lost: Callable[[Relay, NotSent], None]) -> None:
        """Watch a message on its way to the partner; `lost` is called where it fails."""
        if self._on_the_way is None:
            self._on_the_way = {}
        self._on_the_way |= dict.fromkeys(messages_of(relay), InFlight(outcome, brings_file(relay, relay.to.bot)))
        outcome.add_done_callback(partial(self._arrived, relay, lost))

    def knows(self, message: MessageId) -> bool:
        """It went to the partner, or will."""
        said = self._said is not None and message in self._said
        on_its_way = self._on_the_way is not None and message in self._on_the_way
        remote = self._remote is not None and message in self._remote
        return said or on_its_way or remote or self.pairs.theirs(message) is not None

    def came_back(self, delivered: DeliveryReceipt) -> None:
        """From another process; before its sender hears of a failure."""
        if not delivered.why and delivered.theirs is not None:
            for mine, theirs in delivered.album or ((delivered.mine, delivered.theirs),):
                if self.pairs.theirs(mine) is None:  # else it was read from the stored map, with its digest
                    self.pair(mine, theirs)
        together = self._remote.back(delivered.mine, failure_in(delivered)) if self._remote is not None else ()
        if delivered.why and not delivered.edit:
            self.gives_up((delivered.mine, *together))

    def turn_to(self, chat: ChatId) -> None:
        """What follows is said in this chat."""
        if chat != self._chat:
            self.forget(self._chat)
            self._chat = chat

    def exchanged(self, chat: ChatId) -> tuple[int, int]:
        """How many messages of ours, and of the partner's, were in this chat or the last one."""
        if chat == self._chat:
            return self.arrived, self.shown
        return self._before[1:] if self._before is not None and self._before[0] == chat else (0, 0)

    def forget(self, chat: ChatId | None) -> None:
        """It is over. Of no effect where another has begun."""
        if chat != self._chat:
            return
        if chat is not None:
            self._before = (chat, self.arrived, self.shown)
        self.arrived = self.shown = 0
        self._chat = None
        self._said = None
        self.pairs.clear()
        if self._remote is not None:
            self._remote.clear()

    def loses(self, pts: Pts | None) -> Future[None]:
        """What the update `pts` said is lost; done when its sender has heard of it."""
        heard: Future[None] = asyncio.get_running_loop().create_future()
        self._lost = [*(self._lost or ()), (heard, pts)]
        return heard

    def first_lost(self) -> tuple[Callable[[], None], Pts | None]:
        """Of those unheard of: what to call once its sender has heard, and the update that said it."""
        assert self._lost is not None
        heard, pts = self._lost.pop(0)
        self._lost = self._lost or None
        return partial(heard.set_result, None), pts

    def pair(self, mine: MessageId, theirs: MessageId) -> None:
        digest = UNKNOWN
        if self._said is not None:
            digest = self._said.pop(mine, UNKNOWN)
            self._said = self._said or None
        self.pairs.pair(mine, theirs, self._live.current.chat.mapped_messages, digest)

    def _arrived(self, relay: Relay, lost: Callable[[Relay, NotSent], None], outcome: OnItsWay) -> None:
        on_the_way = self._on_the_way or {}
        for message in messages_of(relay):
            if (known := on_the_way.get(message)) is not None and known.outcome is outcome:
                del on_the_way[message]
        self._on_the_way = on_the_way or None
        failure = failure_of(outcome)
        if failure is not None:
            lost(relay, failure)
        elif not relay.edit and relay.chat == self._chat:
            self.arrived += len(messages_of(relay))
            self._keep(relay, outcome.result())
        if self._settled is not None:
            outcome.get_loop().call_soon(self._may_be_settled)

    def _may_be_settled(self) -> None:
        """After everybody else who waited for that message, for an edit of it may follow."""
        if self._on_the_way is None and self._settled is not None:
            settled, self._settled = self._settled, None
            settled.set_result(None)

    def _keep(self, relay: Relay, result: Outcome | None) -> None:
        """Anything but `Sent`: another process has it, and tells later what it became."""
        if isinstance(result, Sent):
            for mine, theirs in paired(relay, result):
                self.pair(mine, theirs)
            return
        if self._remote is None:
            self._remote = RemoteInFlight()
        limit = self._live.current.chat.mapped_messages
        self._remote.sent(messages_of(relay), brings_file=brings_file(relay, relay.to.bot), limit=limit)


def brings_file(sent: Relay | RelayedMessage, to: BotId) -> bool:
    return has_to_be_brought(sent.content, to)


def messages_of(sent: Relay | RelayedMessage) -> tuple[MessageId, ...]:
    """In the sender's numbering: one, or each of an album's parts."""
    if not isinstance(sent.content, Album):
        return (sent.message,)
    return tuple(item.file.message or sent.message for item in sent.content.items)


def paired(sent: Relay | RelayedMessage, result: Sent) -> list[tuple[MessageId, MessageId]]:
    """Which message of the sender's became which of the partner's, as far as Telegram told."""
    became = result.album or (() if result.message is None else (result.message,))
    return list(zip(messages_of(sent), became, strict=False))
