"""What a session is connected with: the pool, its bot's transport, the confirmation of updates and events."""

from __future__ import annotations

import logging
import secrets
from asyncio import Future
from dataclasses import replace
from functools import partial
from typing import Any

from actors.messages import (
    Append,
    Deposit,
    Done,
    FromStream,
    MissingChannels,
    Processed,
    SessionMessage,
    Submit,
    TransportMessage,
)
from actors.runtime.actor import Actor
from actors.runtime.asking import answer_of, followed
from actors.runtime.ref import ActorRef
from actors.session.context import SessionContext
from actors.session.unit_of_work import UnitOfWork
from domain.errors import Fenced, MasqueradeError, Unavailable
from domain.matching.requests import Answer, Mark, Request
from domain.model.content import Content, files_of
from domain.model.events import DeliveryReceipt, RelayedMessage
from domain.model.ids import Address, BotId, Pts
from domain.model.inbound import ButtonPressed, CommandReceived, MessageEdited, MessageReceived
from domain.model.outgoing import NotSent, Outgoing, Why
from domain.session.effects import CheckChannels
from domain.session.facts import ChannelsChecked

SENDS = 4
"""A send may wait for its turn, and for Telegram's answer, for `max_park_seconds` each, and be made twice."""

logger = logging.getLogger(__name__)


def nobody_waits() -> None:
    """The end of a turn that confirms nothing."""


class SessionWires(Actor[SessionMessage]):
    __slots__ = ("_address", "_undelivered", "_world")

    def __init__(self, address: Address, world: SessionContext) -> None:
        super().__init__()
        self._address = address
        self._world = world
        self._undelivered: dict[Pts, Future[None]] = {}
        """Updates whose message is in an event stream that dies with this process: done once `DeliveryReceipt` has come back."""

    async def _ask_pool(self, request: Request) -> Answer:
        return await answer_of(self._world.matcher.ask(request, timeout=self._ask_timeout), "the pool")

    async def _check_channels(self, effect: CheckChannels) -> ChannelsChecked:
        transport = self._transport()
        if transport is None:
            raise Unavailable("this bot is being handed over to another worker")
        ask = MissingChannels(user=self._address.user)
        missing = await answer_of(transport.ask(ask, timeout=self._ask_timeout), "Telegram")
        return ChannelsChecked(missing=missing, searching=effect.searching, pressed=effect.pressed)

    @property
    def _ask_timeout(self) -> float:
        return self._world.settings.actors.ask_timeout

    def _mark(self, pts: Pts | None) -> Mark:
        post = self._world.directory.post(self._address.bot)
        if post is None:
            raise Unavailable("this bot is being handed over to another worker")
        return Mark(lease=post.lease, pts=pts)

    def _turn_of(self, message: SessionMessage) -> UnitOfWork:
        match message:
            case MessageReceived() | CommandReceived() | MessageEdited():
                places = (message.places if isinstance(message, MessageReceived) else ()) or (message.pts,)
                mark = None if isinstance(message, MessageEdited) else message.pts
                return UnitOfWork(self._key(f"update {message.pts}"), partial(self._processed, places), mark)
            case ButtonPressed():
                return UnitOfWork(self._key(f"query {message.query}"), nobody_waits)
            case FromStream(id=id_, event=event):
                pts = event.pts if isinstance(event, DeliveryReceipt) else None
                return UnitOfWork(self._key(f"event {id_}"), partial(self._event_done, id_, pts), pts)
            case _:
                return UnitOfWork(self._key(f"{type(message).__name__} {secrets.token_hex(8)}"), nobody_waits)

    def _key(self, what: str) -> str:
        return f"{self._address.bot}:{self._address.user}:{what}"

    def _processed(self, places: tuple[Pts, ...]) -> None:
        transport = self._transport()
        if transport is not None:
            for pts in places:
                transport.tell(Processed(pts=pts))

    def _event_done(self, event: str, delivered: Pts | None) -> None:
        self._is_settled(delivered)
        self._acknowledge(event)

    def _delivery_of(self, pts: Pts) -> Future[None]:
        """Done once it is known what became of what the update said, and its sender has heard of a failure."""
        return self._undelivered.setdefault(pts, self.loop.create_future())

    def _is_settled(self, pts: Pts | None) -> None:
        """Of no effect for an update that waits for no delivery."""
        delivery = self._undelivered.pop(pts, None) if pts is not None else None
        if delivery is not None:
            delivery.set_result(None)

    def _acknowledge(self, event: str) -> None:
        """Where nobody takes it now, the event comes again and changes nothing."""
        if self._world.events.is_alive():
            self._world.events.tell(Done(bot=self._address.bot, id=event))

    def _send(self, outgoing: Outgoing) -> Future[Any]:
        transport = self._transport()
        if transport is None:
            return self._answered(NotSent(why=Why.STALE))
        return transport.ask(Submit(outgoing=outgoing), timeout=None)

    def _patience_for(self, content: Content) -> float:
        """Seconds for which an edit or a reply waits for what it is about."""
        configuration = self._world.live.current
        transfers = configuration.relay.transfer_seconds * len(files_of(content))
        return self._ask_timeout + configuration.pacing.max_park_seconds + transfers

    def _given_up_after(self, content: Content) -> float:
        """Seconds until a message is taken for lost. Whoever sends it gives it up before, and only they know the outcome."""
        return self._patience_for(content) + (SENDS - 1) * self._world.live.current.pacing.max_park_seconds

    def _carry_away(self, bot: BotId, carried: RelayedMessage, seconds: float) -> Future[Any]:
        """By the stream; files of our bot first go where the partner's bot can read them."""
        if bot == self._address.bot or not files_of(carried.content):
            return self._append(bot, carried, seconds)
        transport = self._transport()
        if transport is None:
            return self._fenced()
        deposited = transport.ask(Deposit(content=carried.content), timeout=seconds)
        return followed(deposited, partial(self._carry_deposited, bot, carried, seconds))

    def _carry_deposited(self, bot: BotId, carried: RelayedMessage, seconds: float, deposited: Content | NotSent) -> Future[Any]:
        if isinstance(deposited, NotSent):
            return self._answered(deposited)
        return self._append(bot, replace(carried, content=deposited), seconds)

    def _append(self, bot: BotId, event: RelayedMessage | DeliveryReceipt, seconds: float) -> Future[Any]:
        """Raises Fenced where our bot is not served by the same lease now, Unavailable while the EventsActor is started anew."""
        post = self._world.directory.post(self._address.bot)
        if post is None:
            return self._fenced()
        if not self._world.events.is_alive():
            return self._refused(Unavailable("the event stream is being opened anew"))
        return self._world.events.ask(Append(bot=bot, event=event, lease=post.lease), timeout=seconds)

    def _fenced(self) -> Future[Any]:
        return self._refused(Fenced(f"bot{self._address.bot} is being handed over"))

    def _refused(self, error: MasqueradeError) -> Future[Any]:
        refused: Future[Any] = self.loop.create_future()
        refused.set_exception(error)
        return refused

    def _answered(self, outcome: NotSent) -> Future[Any]:
        known: Future[Any] = self.loop.create_future()
        known.set_result(outcome)
        return known

    def _transport(self) -> ActorRef[TransportMessage] | None:
        post = self._world.directory.post(self._address.bot)
        return post.transport if post is not None and post.transport.is_alive() else None
