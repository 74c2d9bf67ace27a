"""What a session is connected with: the pool, its bot's transport, the confirmation of updates and events."""

from __future__ import annotations

import secrets
from asyncio import Future
from functools import partial
from typing import Any

from actors.asking import answer_of
from actors.loop_actor import LoopActor
from actors.loop_ref import LoopRef
from actors.surroundings import Surroundings
from actors.turn import Turn
from domain.errors import Unavailable
from domain.inbound import Commanded, Edited, Pressed, Said
from domain.messages import Done, FromStream, MatcherMessage, Processed, SessionMessage, Submit, TransportMessage
from domain.outgoing import NotSent, Outgoing, Why
from domain.pool import Mark
from domain.values import Address, Pts


def nobody_waits() -> None:
    """The end of a turn that confirms nothing."""


class SessionWires(LoopActor[SessionMessage]):
    __slots__ = ("_address", "_world")

    def __init__(self, address: Address, world: Surroundings) -> None:
        super().__init__()
        self._address = address
        self._world = world

    async def _ask_pool(self, request: MatcherMessage) -> Any:
        return await answer_of(self._world.matcher.ask(request, timeout=self._ask_timeout), "the pool")

    @property
    def _ask_timeout(self) -> float:
        return self._world.settings.actors.ask_timeout

    def _mark(self, pts: Pts | None) -> Mark:
        post = self._world.directory.post(self._address.bot)
        if post is None:
            raise Unavailable("this bot is being handed over to another worker")
        return Mark(lease=post.lease, pts=pts)

    def _turn_of(self, message: SessionMessage) -> Turn:
        match message:
            case Said() | Commanded() | Edited():
                places = (message.places if isinstance(message, Said) else ()) or (message.pts,)
                return Turn(self._key(f"update {message.pts}"), partial(self._processed, places), message.pts)
            case Pressed():
                return Turn(self._key(f"query {message.query}"), nobody_waits)
            case FromStream(id=id_):
                return Turn(self._key(f"event {id_}"), partial(self._acknowledge, id_))
            case _:
                return Turn(self._key(f"{type(message).__name__} {secrets.token_hex(8)}"), nobody_waits)

    def _key(self, what: str) -> str:
        return f"{self._address.bot}:{self._address.user}:{what}"

    def _processed(self, places: tuple[Pts, ...]) -> None:
        transport = self._transport()
        if transport is not None:
            for pts in places:
                transport.tell(Processed(pts=pts))

    def _acknowledge(self, event: str) -> None:
        """Where nobody takes it now, the event comes again and changes nothing."""
        if self._world.events.is_alive():
            self._world.events.tell(Done(bot=self._address.bot, id=event))

    def _send(self, outgoing: Outgoing) -> Future[Any]:
        transport = self._transport()
        if transport is None:
            gone: Future[Any] = self.loop.create_future()
            gone.set_result(NotSent(why=Why.STALE))
            return gone
        return transport.ask(Submit(outgoing=outgoing), timeout=None)

    def _transport(self) -> LoopRef[TransportMessage] | None:
        post = self._world.directory.post(self._address.bot)
        return post.transport if post is not None and post.transport.is_alive() else None
