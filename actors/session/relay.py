"""How a session says something on to the partner: after what it is about, by the way that keeps the order, and who hears where it
fails.
"""

from __future__ import annotations

from asyncio import Future
from functools import partial

from actors.messages import Touch
from actors.session.data import SessionData
from actors.session.outcomes import FENCED, NO_COUNTERPART, failure_of
from actors.session.relay_tracker import OnItsWay, RelayTracker, brings_file, messages_of
from actors.session.route import Route
from actors.session.unit_of_work import UnitOfWork
from actors.session.units import key_of
from domain.configuration import LiveConfiguration
from domain.model.ids import ChatId, Pts
from domain.model.outgoing import NotSent, Why
from domain.session.effects import Relay
from domain.session.facts import NotRelayed
from domain.session.state import in_chat

NOTED_IN_A_SILENCE = 20
"""How often a chat's being alive is noted in the time after which it would be idle."""


class Relaying:
    """A part of a session, made of what is on its way (`tracker`) and of the way that it takes (`route`)."""

    __slots__ = ("_route", "_undelivered", "revising", "tracker")

    def __init__(self, live: LiveConfiguration) -> None:
        self.tracker = RelayTracker(live)
        self.revising: Future[None] | None = None
        """Of the partner's last edit before which the user's copy was to be read: done once the edit is on its way."""
        self._route = Route()
        self._undelivered: dict[Pts, Future[None]] | None = None
        """Updates whose message is in an event stream that dies with this process: done once `DeliveryReceipt` has come back."""

    @property
    def busy(self) -> bool:
        return self.tracker.busy or bool(self._undelivered)

    def pass_on(self, me: SessionData, unit: UnitOfWork, relay: Relay) -> None:
        """Now, or once what it is about has arrived. What is said later need not wait for it."""
        original = self._original_of(me, relay) if relay.edit or relay.reply_to is not None else None
        if original is None:
            self._send_on(me, unit, relay)
            self._alive(me, relay.chat)
        else:
            self.tracker.waits(relay, original, brings_file=True)
            original.add_done_callback(partial(self._pass_on_after, me, unit, relay))
            unit.wait_for(original)

    def is_settled(self, pts: Pts | None) -> None:
        """It is known what became of what that update said. Of no effect for an update that waits for no delivery."""
        delivery = self._undelivered.pop(pts, None) if self._undelivered and pts is not None else None
        if delivery is not None:
            delivery.set_result(None)

    def _original_of(self, me: SessionData, relay: Relay) -> OnItsWay | None:
        return self.tracker.original_of(relay, me.world.patience_for(relay.content))

    def _pass_on_after(self, me: SessionData, unit: UnitOfWork, relay: Relay, original: OnItsWay) -> None:
        """Called by the loop, between messages."""
        self.tracker.waited(relay)
        if me.dead:
            unit.abandon()
        elif me.session is not None and not in_chat(me.session, relay.chat):
            return
        elif relay.edit and not self.tracker.knows(relay.message):
            if failure_of(original) is None:
                self._lost(me, unit, relay, NO_COUNTERPART)
        else:
            self.pass_on(me, unit, relay)

    def _send_on(self, me: SessionData, unit: UnitOfWork, relay: Relay) -> None:
        together = me.world.directory.together(me.address.bot, relay.to.bot, streamed=self._route.streamed)
        straight = self._route.way(together=together)
        if straight is None:
            held = self._route.hold(unit, partial(self._carry, me, unit, relay))
            self.tracker.waits(relay, held, brings_file=brings_file(relay, relay.to.bot))
        else:
            self._carry(me, unit, relay, straight)

    def _carry(self, me: SessionData, unit: UnitOfWork, relay: Relay, straight: bool) -> None:  # noqa: FBT001 - `Route` calls it
        """By the stream where the partner has no session in this process. Called by the loop, between messages."""
        carried = self.tracker.addressed(relay, me.address, unit.pts)
        if carried is None or me.dead:
            self._lost(me, unit, relay, NO_COUNTERPART)
            return
        world = me.world
        seconds = world.given_up_after(relay.content)
        partner = world.directory.session(relay.to) if straight else None
        outcome: OnItsWay
        if partner is not None:
            outcome = partner.ask(carried, timeout=seconds)
        else:
            outcome = world.carry_away(me.address.bot, relay.to.bot, carried, seconds)
            if not world.durable_streams and unit.pts is not None:
                unit.wait_for(self._delivery_of(me, unit.pts))
        self.tracker.sent(relay, outcome, partial(self._lost, me, unit))
        unit.track(outcome)
        self._route.goes(outcome, straight=partner is not None)

    def _delivery_of(self, me: SessionData, pts: Pts) -> Future[None]:
        """Done once it is known what became of what the update said, and its sender has heard of a failure."""
        if self._undelivered is None:
            self._undelivered = {}
        return self._undelivered.setdefault(pts, me.loop.create_future())

    def _alive(self, me: SessionData, chat: ChatId) -> None:
        """Tell the pool now and then that the chat is not idle."""
        now, silence = me.loop.time(), me.world.live.current.chat.idle_minutes * 60
        if now - self.tracker.noted > silence / NOTED_IN_A_SILENCE and me.world.matcher.is_alive():
            self.tracker.noted = now
            me.world.matcher.tell(Touch(chat=chat))

    def _lost(self, me: SessionData, unit: UnitOfWork, relay: Relay, failure: NotSent) -> None:
        """Whoever said it hears of it before their update is done. Where the partner's session ended before it took the message,
        the stream brings it to the next.
        """
        if me.dead or failure == FENCED:
            unit.abandon()
        elif failure.why is Why.STALE:
            self._carry(me, unit, relay, straight=False)
        else:
            if not relay.edit or failure is NO_COUNTERPART:
                self.tracker.gives_up(messages_of(relay))
            unit.wait_for(self.tracker.loses(unit.pts))
            self.is_settled(unit.pts)
            me.actor_ref.tell(NotRelayed(chat=relay.chat, message=relay.message, failure=failure, edit=relay.edit))


async def not_relayed(me: SessionData, fact: NotRelayed) -> None:
    """The unit that said it is done when its sender has heard, also where that fails by a bug of ours."""
    unit = UnitOfWork(key_of(me, f"lost {fact.message}"), *me.relaying.tracker.first_lost())
    if me.session is None:
        unit.close()
        return
    try:
        told = me.carry_out(unit, me.session, fact, me.decide(fact, unit))
        if told is not None:
            await told
    except Exception:
        unit.close()
        raise
