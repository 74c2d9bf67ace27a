"""How a session says something on to the partner: after what it is about, by the way that keeps the order, and who hears where it
fails.
"""

from __future__ import annotations

from asyncio import Future
from functools import partial
from typing import Any

from actors.messages import Touch
from actors.session.albums_first import AlbumsFirst
from actors.session.context import SessionContext
from actors.session.relay_tracker import FENCED, NO_COUNTERPART, RelayTracker, failure_of
from actors.session.route import Route
from actors.session.unit_of_work import UnitOfWork
from domain.model.ids import Address, ChatId
from domain.model.outgoing import NotSent, Why
from domain.session.effects import Relay
from domain.session.facts import NotRelayed
from domain.session.state import Session, in_chat

NOTED_IN_A_SILENCE = 20
"""How often a chat's being alive is noted in the time after which it would be idle."""


class Relaying(AlbumsFirst):
    __slots__ = ("_route", "_session", "_tracker")

    def __init__(self, address: Address, world: SessionContext) -> None:
        super().__init__(address, world)
        self._session: Session | None = None
        self._tracker = RelayTracker(world.live)
        self._route = Route()

    def _relay(self, turn: UnitOfWork, relay: Relay) -> None:
        """Now, or once what it is about has arrived. What is said later need not wait for it. A change of what the partner never
        got is nothing to pass on.
        """
        if relay.edit and not self._tracker.knows(relay.message):
            return
        original = self._tracker.original_of(relay, self._patience_for(relay.content))
        if original is None:
            self._send_on(turn, relay)
            self._alive(relay.chat)
        else:
            original.add_done_callback(partial(self._relay_after, turn, relay))
            turn.wait_for(original)

    def _relay_after(self, turn: UnitOfWork, relay: Relay, original: Future[Any]) -> None:
        """Called by the loop, between messages."""
        if self.dead:
            turn.abandon()
        elif self._session is not None and not in_chat(self._session, relay.chat):
            return
        elif relay.edit and not self._tracker.knows(relay.message):
            if failure_of(original) is None:
                self._lost(turn, relay, NO_COUNTERPART)
        else:
            self._relay(turn, relay)

    def _send_on(self, turn: UnitOfWork, relay: Relay) -> None:
        mine, theirs = self._address.bot, relay.to.bot
        together = self._world.directory.together(mine, theirs, streamed=self._route.streamed)
        self._route.take(turn, partial(self._carry, turn, relay), together=together)

    def _carry(self, turn: UnitOfWork, relay: Relay, straight: bool) -> None:  # noqa: FBT001 - `Route` calls it
        """By the stream where the partner has no session in this process. Called by the loop, between messages."""
        carried = self._tracker.addressed(relay, self._address, turn.pts)
        if carried is None or self.dead:
            self._lost(turn, relay, NO_COUNTERPART)
            return
        seconds = self._given_up_after(relay.content)
        partner = self._world.directory.session(relay.to) if straight else None
        if partner is not None:
            outcome = partner.ask(carried, timeout=seconds)
        else:
            outcome = self._carry_away(relay.to.bot, carried, seconds)
            if not self._world.durable_streams and turn.pts is not None:
                turn.wait_for(self._delivery_of(turn.pts))
        self._tracker.sent(relay, outcome, partial(self._lost, turn))
        turn.track(outcome)
        self._route.goes(outcome, straight=partner is not None)

    def _alive(self, chat: ChatId) -> None:
        """Tell the pool now and then that the chat is not idle."""
        now, silence = self.loop.time(), self._world.live.current.chat.idle_minutes * 60
        if now - self._tracker.noted > silence / NOTED_IN_A_SILENCE and self._world.matcher.is_alive():
            self._tracker.noted = now
            self._world.matcher.tell(Touch(chat=chat))

    def _lost(self, turn: UnitOfWork, relay: Relay, failure: NotSent) -> None:
        """Whoever said it hears of it before their update is done. Where the partner's session ended before it took the message,
        the stream brings it to the next.
        """
        if self.dead or failure == FENCED:
            turn.abandon()
        elif failure.why is Why.STALE:
            self._carry(turn, relay, straight=False)
        else:
            turn.wait_for(self._tracker.loses(turn.pts))
            self._is_settled(turn.pts)
            self.actor_ref.tell(NotRelayed(chat=relay.chat, message=relay.message, failure=failure, edit=relay.edit))
