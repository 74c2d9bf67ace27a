"""SessionActor: one person's conversation with one bot. A mailbox, a table of what is done with which message, and the state.

`domain/session/` decides, `effects/` carries out. The parts of a session are made when they are first needed.

*Invariant*: the state is assigned in one place (`assume`) once a decision is made; taken back where a store could not keep it.
*Invariant*: an update is confirmed, and an event acknowledged, only when its effects are done (`UnitOfWork`).
*Invariant*: nobody is waited for who may wait for us. While something has to arrive at the partner first (`Later`), the partner's
messages are taken, and the user's own stand aside in their order.

An idle session is passivated: it leaves the directory. Activating it reads the profile, asks the pool where the user stands, and
reads the map of messages.
"""

from __future__ import annotations

import logging
from asyncio import Future
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from actors.messages import (
    Again,
    AlbumOver,
    FindOut,
    FoundOut,
    FromStream,
    GoOnDeleting,
    IdleTimeout,
    NoteStanding,
    ProfileRead,
    Progress,
    SessionMessage,
    Settled,
)
from actors.runtime.actor import Actor
from actors.runtime.asking import patiently
from actors.runtime.timers import Timer
from actors.session import deletion, edits, profile_refresh
from actors.session.albums import Gathering, is_part
from actors.session.arrivals import Arrivals
from actors.session.context import SessionContext
from actors.session.data import SETTLE_SECONDS, Cause, Later, Work
from actors.session.ends import Ends
from actors.session.excuses import apologize, could_not
from actors.session.from_stream import hear
from actors.session.outcomes import failure_of
from actors.session.partner import deliver
from actors.session.profile_refresh import ProfileRefresh
from actors.session.relay import Relaying, not_relayed
from actors.session.search_watch import SearchWatch, tick
from actors.session.standing import activate, keep_map, look, note
from actors.session.suspended import Suspended
from actors.session.unanswered import Unanswered
from actors.session.unit_of_work import UnitOfWork
from actors.session.units import unit_of
from domain.ask import Response, reply
from domain.errors import Unavailable
from domain.model.chat import Chat
from domain.model.events import ProfileChanged, RelayedMessage
from domain.model.ids import Address
from domain.model.inbound import (
    BotBlocked,
    BotUnblocked,
    ButtonPressed,
    CommandReceived,
    FromPerson,
    MessageEdited,
    MessageReceived,
)
from domain.model.outgoing import Outcome, Outgoing, Why
from domain.session.context import Context, Step
from domain.session.effects import Effect, RecordEnd
from domain.session.facts import Fact, NotRelayed
from domain.session.state import Chatting, Elsewhere, Idle, Searching, Session

logger = logging.getLogger(__name__)


class SessionActor(Actor[SessionMessage]):
    SURVIVES = True

    __slots__ = (
        "_album",
        "_arrivals",
        "_ends",
        "_relaying",
        "_seen",
        "_suspended",
        "_unanswered",
        "address",
        "note_later",
        "over_untold",
        "refresh",
        "session",
        "watch",
        "world",
    )

    def __init__(self, address: Address, world: SessionContext) -> None:
        super().__init__()
        self.address = address
        self.world = world
        self.session: Session | None = None
        self.watch: SearchWatch | None = None
        self.over_untold: Chat | None = None
        self.refresh: ProfileRefresh | None = None
        self.note_later: Timer[SessionMessage] | None = None
        self._seen = self.loop.time()
        self._suspended: Suspended | None = None
        self._album: Gathering | None = None
        self._relaying: Relaying | None = None
        self._arrivals: Arrivals | None = None
        self._ends: Ends | None = None
        self._unanswered: Unanswered | None = None

    def label(self) -> str:
        return f"SessionActor bot{self.address.bot}"

    # --- its parts

    @property
    def relaying(self) -> Relaying:
        if self._relaying is None:
            self._relaying = Relaying(self.world.live)
        return self._relaying

    @property
    def arrivals(self) -> Arrivals:
        if self._arrivals is None:
            self._arrivals = Arrivals()
        return self._arrivals

    @property
    def ends(self) -> Ends:
        if self._ends is None:
            self._ends = Ends()
        return self._ends

    @property
    def unanswered(self) -> Unanswered:
        if self._unanswered is None:
            self._unanswered = Unanswered()
        return self._unanswered

    # --- what comes in

    def on_receive(self, message: SessionMessage) -> Response:
        if self._suspended is not None and self._suspended.sets_aside(self, message):
            return None
        return self.HANDLERS[type(message)](self, message)

    def _update(self, update: FromPerson) -> Response:
        """Whatever is no part of the album that is being sent ends it, and is handled after it. An edit that changes nothing does
        nothing, and costs nothing of the flood limit.
        """
        self._seen = self.loop.time()
        if isinstance(update, MessageEdited) and self._changes_nothing(update):
            unit_of(self, update).close()
            return None
        if self._album is not None and not self._album.continues(update):
            self._handle_first(self._take_album(self._album), update)
            return None
        if not is_part(update):
            return self._one_update(update)
        self._part(update)
        return None

    def _changes_nothing(self, edited: MessageEdited) -> bool:
        if self.session is None or (self._album is not None and self._album.has(edited.message)):
            return False
        return not edits.is_change(self, edited)

    def _part(self, part: MessageReceived) -> None:
        album = self._album = self._album or Gathering()
        seconds = self.world.live.current.chat.album_seconds
        album.add(part, self.after(seconds, AlbumOver(parts=len(album) + 1)))
        if album.full:
            self._handle_first(self._take_album(album))

    def _album_over(self, over: AlbumOver) -> None:
        if self._album is not None and len(self._album) == over.parts:
            self._handle_first(self._take_album(self._album))

    def _take_album(self, album: Gathering) -> MessageReceived:
        self._album = None
        return album.take()

    def _one_update(self, update: FromPerson) -> Awaitable[None] | None:
        """What is refused, and a message in a chat, need no store: they are answered here and now, without a task."""
        session, unit = self.session, unit_of(self, update)
        if session is None:
            return self._answer_activated(unit, update)
        admitted, refusal = self.world.machine.admit(self.world.context(session), update)
        self.assume(admitted)
        if refusal is not None:
            return self.carry_out(unit, session, update, refusal)
        if isinstance(update, MessageEdited):
            edits.take(self, update)
        if isinstance(admitted.place, Idle | Elsewhere):
            return self._answer_afresh(unit, admitted, update)
        return self.carry_out(unit, session, update, self._proceed(update, unit))

    async def _answer_activated(self, unit: UnitOfWork, update: FromPerson) -> None:
        """Once it is known who writes, and where they stand."""
        read = partial(activate, self)
        try:
            session = await (patiently(read) if isinstance(update, MessageReceived) else read())
        except Unavailable as error:
            could_not(self, unit, update, error)
            return
        if isinstance(update, MessageEdited):
            if not edits.is_change(self, update):
                unit.close()
                return
            edits.take(self, update)
        await _end_of(self.carry_out(unit, session, update, self.decide(update, unit)))

    async def _answer_afresh(self, unit: UnitOfWork, session: Session, update: FromPerson) -> None:
        """Outside a chat: first see where the user stands, for it may be at another bot."""
        try:
            session = await look(self, session)
        except Unavailable as error:
            could_not(self, unit, update, error)
        else:
            await _end_of(self.carry_out(unit, session, update, self._proceed(update, unit)))

    def _relayed(self, carried: RelayedMessage) -> Response:
        """The reply is the outcome."""
        self._seen = self.loop.time()
        return reply(carried, deliver(self, carried))

    def _from_stream(self, message: FromStream) -> Awaitable[None] | None:
        unit = unit_of(self, message)
        if not isinstance(message.event, RelayedMessage):
            return hear(self, unit, message)
        self._seen = self.loop.time()
        return self.arrivals.bring(self, unit, message, message.event)

    def _again(self, again: Again) -> Awaitable[None] | None:
        match again.what:
            case FindOut() as find_out:
                return self.unanswered.find_out(self, find_out)
            case RecordEnd() as end:
                return self.ends.record_late(self, end)
            case FromStream() as message:
                return self._from_stream(message)
            case ProfileChanged() as changed:
                return profile_refresh.read_again(self, changed)

    def _found_out(self, found: FoundOut) -> Awaitable[None] | None:
        return self.unanswered.found_out(self, found)

    # --- deciding and doing

    def assume(self, session: Session | None) -> None:
        """A search is watched for as long as it lasts. How long it was is counted where it has found somebody."""
        before, self.session = self.session, session
        if session is not None and isinstance(session.place, Chatting):
            self.relaying.tracker.turn_to(session.place.chat.id)
            if before is not None and not isinstance(before.place, Chatting):
                self.world.crowd.matched(self.world.clock() - before.place.since if isinstance(before.place, Searching) else 0.0)
        searching = session is not None and isinstance(session.place, Searching)
        if searching and self.watch is None:
            timer = self.after(self.world.live.current.matching.progress_seconds, Progress())
            self.watch = SearchWatch(self.loop.time(), timer)
            self.world.crowd.wanted = True
        elif not searching and self.watch is not None:
            self.watch.timer.cancel()
            self.watch = None

    def decide(self, fact: Fact, unit: UnitOfWork) -> list[Effect]:
        assert self.session is not None
        return self._moved(fact, unit, self.world.machine.step)

    def _proceed(self, update: FromPerson, unit: UnitOfWork) -> list[Effect]:
        """Of an update that was admitted."""
        return self._moved(update, unit, self.world.machine.proceed)

    def _moved(self, fact: Fact, unit: UnitOfWork, step: Callable[[Context, Fact], Step]) -> list[Effect]:
        session = self.session
        assert session is not None
        decided, effects = step(self.world.context(session), fact)
        self.assume(decided)
        if type(decided.place) is not type(session.place):
            names = type(session.place).__name__, type(fact).__name__, type(decided.place).__name__
            logger.info("%s %s --%s--> %s (%s)", self.address, *names, unit.name)
        return effects

    def carry_out(self, unit: UnitOfWork, before: Session, cause: Cause, effects: list[Effect]) -> Awaitable[None] | None:
        return self.world.effects.carry_out(self, Work(unit, before, cause, effects[::-1]))

    def submit(self, unit: UnitOfWork, outgoing: Outgoing) -> None:
        outcome = self.world.send(self.address.bot, outgoing)
        outcome.add_done_callback(self._noticed)
        unit.wait_for(outcome)

    def _noticed(self, outcome: Future[Outcome]) -> None:
        """Whoever cannot be told anything is gone, also where the update that says so was missed. Called between messages."""
        failure = failure_of(outcome)
        busy = self.session is not None and isinstance(self.session.place, Chatting | Searching)
        if failure is not None and failure.why is Why.GONE and busy and not self.dead:
            self.actor_ref.tell(BotBlocked(user=self.address.user))

    # --- waiting for what was said before

    def suspend(self, work: Work, later: Later) -> None:
        assert self._suspended is None
        self._suspended = Suspended(self, work, later)

    def _settled(self, settled: Settled) -> Awaitable[None] | None:
        """What stood aside is handled after it, ahead of what came later."""
        suspended = settled.of
        if suspended is not self._suspended:
            return None
        self._suspended = None
        self._handle_first(*suspended.end())
        return self.world.effects.carry_out(self, suspended.work, partial(suspended.go_on, self))

    def _handle_first(self, *messages: SessionMessage) -> None:
        for message in messages:
            self.actor_inbox.put_first((message, None))

    # --- its life

    def _idle(self, _timeout: IdleTimeout) -> None:
        """Asked now and then by the directory."""
        idle_for = self.loop.time() - self._seen
        if idle_for >= self.world.settings.actors.idle_seconds and not self._busy():
            self.world.directory.forget(self.address, self.actor_ref)
            self.actor_ref.stop(now=True)

    def _busy(self) -> bool:
        under_way = self._relaying is not None and self._relaying.busy
        arriving = self._arrivals is not None and self._arrivals.busy
        waits = self._suspended is not None or bool(self._timers or self._work)
        return under_way or arriving or waits or not self.actor_inbox.empty()

    async def on_message_failed(self, message: SessionMessage, _error: BaseException) -> None:
        """What it was about is lost, and the user is told; the state is read anew with the next message."""
        apologize(self, message)
        self.assume(None)

    async def on_stop(self) -> None:  # type: ignore[override]  # may be async here
        if self._arrivals is not None:
            self._arrivals.leave_to_the_next()
            await self._arrivals.all_done(SETTLE_SECONDS)
        await keep_map(self)

    HANDLERS: ClassVar[Mapping[type[SessionMessage], Callable[[SessionActor, Any], Response]]] = {
        MessageReceived: _update,
        CommandReceived: _update,
        MessageEdited: _update,
        ButtonPressed: _update,
        BotBlocked: _update,
        BotUnblocked: _update,
        RelayedMessage: _relayed,
        FromStream: _from_stream,
        NotRelayed: not_relayed,
        AlbumOver: _album_over,
        Settled: _settled,
        Progress: tick,
        Again: _again,
        FoundOut: _found_out,
        ProfileChanged: profile_refresh.changed,
        ProfileRead: profile_refresh.was_read,
        NoteStanding: note,
        IdleTimeout: _idle,
        GoOnDeleting: deletion.go_on,
    }
    """What is done with which message."""


async def _end_of(work: Awaitable[None] | None) -> None:
    if work is not None:
        await work
