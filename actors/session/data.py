"""What the handlers of effects and the parts of a session see of it. `SessionActor` is the only one."""

from __future__ import annotations

from asyncio import AbstractEventLoop, Future
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from actors.messages import SessionMessage
from actors.runtime.ref import ActorRef
from actors.runtime.timers import Timer
from actors.session.unit_of_work import UnitOfWork
from domain.model.chat import Chat
from domain.model.ids import Address
from domain.model.outgoing import Outcome, Outgoing
from domain.session.effects import Effect
from domain.session.facts import Fact
from domain.session.state import Session

if TYPE_CHECKING:
    from actors.session.arrivals import Arrivals
    from actors.session.context import SessionContext
    from actors.session.ends import Ends
    from actors.session.profile_refresh import ProfileRefresh
    from actors.session.relay import Relaying
    from actors.session.search_watch import SearchWatch
    from actors.session.unanswered import Unanswered

SETTLE_SECONDS = 3.0
"""How long /stop waits for what was said before it, and a reply for the text that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What a handler answers where something has to arrive at the partner first: go on with `then` once `arrives` is done, or
    after `SETTLE_SECONDS`. The session takes messages meanwhile, so that two who wait for each other do not.
    """

    arrives: Future[Outcome] | Future[None]
    then: Callable[[], Result]


Result: TypeAlias = "Fact | Later | Coroutine[object, object, Fact | Later | None] | None"
"""What a handler of an effect answers: nothing, the fact that comes back, or how to get it."""
Cause: TypeAlias = "SessionMessage | Fact"
"""What a unit of work is about: the update or event, or what the session found out by itself."""


@dataclass(slots=True)
class Work:
    """The effects of a unit of work that are still to be carried out."""

    unit: UnitOfWork
    before: Session
    """The state to take it back to where a store cannot keep the next one: without what the work has changed."""
    cause: Cause
    ahead: list[Effect]
    """The last first."""


class SessionData(Protocol):
    """Parts are made when they are first needed: most sessions need few of them."""

    @property
    def address(self) -> Address: ...

    @property
    def world(self) -> SessionContext: ...

    @property
    def session(self) -> Session | None:
        """The state; None until it was read. Only `assume` changes it."""
        ...

    @property
    def relaying(self) -> Relaying: ...

    @property
    def arrivals(self) -> Arrivals: ...

    @property
    def ends(self) -> Ends: ...

    @property
    def unanswered(self) -> Unanswered: ...

    @property
    def watch(self) -> SearchWatch | None:
        """Of the search that goes on."""
        ...

    over_untold: Chat | None
    """A chat that was over before the user was told of it: they are told with its end."""
    refresh: ProfileRefresh | None
    """Of the profile, which was changed elsewhere."""
    note_later: Timer[SessionMessage] | None
    """Rings when the note of a search is tried again."""

    @property
    def loop(self) -> AbstractEventLoop: ...

    @property
    def dead(self) -> bool: ...

    @property
    def actor_ref(self) -> ActorRef[SessionMessage]: ...

    def after(self, seconds: float, message: SessionMessage) -> Timer[SessionMessage]: ...

    def work(self, job: Coroutine[object, object, None]) -> Awaitable[None]: ...

    def assume(self, session: Session | None) -> None:
        """From now on this is the state."""
        ...

    def decide(self, fact: Fact, unit: UnitOfWork) -> list[Effect]:
        """What follows from the fact; the state is the next one."""
        ...

    def carry_out(self, unit: UnitOfWork, before: Session, cause: Cause, effects: list[Effect]) -> Awaitable[None] | None:
        """See `EffectTable.carry_out`."""
        ...

    def suspend(self, work: Work, later: Later) -> None:
        """Go on with it later."""
        ...

    def submit(self, unit: UnitOfWork, outgoing: Outgoing) -> None:
        """To the user; the unit waits for the outcome."""
        ...
