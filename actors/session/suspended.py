"""Work that goes on once something has arrived at the partner. The session takes messages meanwhile: what the partner says is
shown, and what the user does stands aside in its order. Two who wait for each other would wait for nothing otherwise.
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import Coroutine
from dataclasses import fields, replace
from functools import partial

from actors.messages import FromStream, IdleTimeout, NoteStanding, SessionMessage, Settled
from actors.session.data import SETTLE_SECONDS, Later, Result, SessionData, Work
from actors.session.standing import activate
from domain.model.events import DeliveryReceipt, RelayedMessage
from domain.model.outgoing import Outcome, Why
from domain.session.facts import Fact, NotRelayed
from domain.session.state import Session, in_chat


class Suspended:
    """The session is told `Settled` when it is time to go on: once it has arrived, after `SETTLE_SECONDS`, or where more stands
    aside than fits into a mailbox.
    """

    __slots__ = ("_aside", "_ended", "_later", "_left", "_timer", "work")

    def __init__(self, me: SessionData, work: Work, later: Later) -> None:
        self.work = work
        self._later = later
        self._left = me.session
        """The state as the work left it."""
        self._aside: list[SessionMessage] = []
        self._ended = False
        self._timer = me.after(SETTLE_SECONDS, Settled(of=self))
        later.arrives.add_done_callback(partial(self._arrived, me))

    def sets_aside(self, me: SessionData, message: SessionMessage) -> bool:
        """Whether it stands aside, as all does but what the partner says, what became of our messages, and our own affairs."""
        if not _stands_aside(me, message):
            return False
        self._aside.append(message)
        if len(self._aside) >= me.actor_ref.actor_inbox.limit:
            me.actor_ref.tell(Settled(of=self))
        return True

    def end(self) -> list[SessionMessage]:
        """What stood aside, oldest first."""
        self._ended = True
        self._timer.cancel()
        del self._timer  # it refers to us
        return self._aside

    def go_on(self, me: SessionData) -> Result:
        """Where a message broke the session meanwhile, its state is read first."""
        if me.session is None:
            return self._go_on_activated(me)
        if me.session is not self._left:
            self.work.before = _without(self.work.before, self._left, me.session)
        return self._later.then()

    async def _go_on_activated(self, me: SessionData) -> Fact | Later | None:
        self.work.before = await activate(me)
        result = self._later.then()
        return await result if isinstance(result, Coroutine) else result

    def _arrived(self, me: SessionData, _outcome: Future[Outcome] | Future[None]) -> None:
        """Called by the loop, between messages."""
        if not (self._ended or me.dead):
            me.actor_ref.tell(Settled(of=self))


def _without(before: Session, left: Session | None, now: Session) -> Session:
    """The state of now, but for what the work itself had changed: that is as before."""
    changed = [each.name for each in fields(Session) if left and getattr(left, each.name) != getattr(before, each.name)]
    return replace(now, **{name: getattr(before, name) for name in changed})


def _stands_aside(me: SessionData, message: SessionMessage) -> bool:
    if isinstance(message, NotRelayed):
        return message.failure.why is Why.GONE  # that ends the chat, as the suspended work may
    if isinstance(message, FromStream):
        event, session = message.event, me.session
        if isinstance(event, DeliveryReceipt):
            return event.why == Why.GONE  # as above
        return not (isinstance(event, RelayedMessage) and session is not None and in_chat(session, event.chat))
    return not isinstance(message, RelayedMessage | Settled | NoteStanding | IdleTimeout)
