"""SessionActor: one person's conversation with one bot. `domain/session/` decides; this carries the effects out, in order.

*Invariant*: the state is assigned once a decision is made, and taken back where a store could not keep it.
*Invariant*: earlier messages are settled before a decision of the pool is asked for, so that what was said before /stop arrives
before the end of the chat.
*Invariant*: an update is confirmed, and an event acknowledged, only when its effects are done (`UnitOfWork`).

A session sleeps by leaving the directory; waking it reads the profile, the pool's word on where the user stands, and the map of
messages that `actors/upkeep/scribe.py` has kept.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from asyncio import Future
from collections.abc import Awaitable
from dataclasses import replace
from functools import partial
from typing import Any, assert_never

from actors.messages import (
    Again,
    AlbumOver,
    Discard,
    FindOut,
    FoundOut,
    FromStream,
    IdleTimeout,
    NoteStanding,
    ProfileRead,
    Progress,
    SessionMessage,
)
from actors.runtime.asking import RETRY_SECONDS, patiently
from actors.runtime.timers import Timer
from actors.session.context import SessionContext
from actors.session.listening import Listening
from actors.session.profile_refresh import ProfileRefresh
from actors.session.relay_tracker import failure_in, failure_of
from actors.session.standing import SETTLE_SECONDS
from actors.session.unit_of_work import UnitOfWork
from actors.session.wires import nobody_waits
from domain.errors import Unavailable
from domain.model.chat import Chat
from domain.model.events import ChatEnded, DeliveryReceipt, Expelled, Matched, ProfileChanged, RelayedMessage, SearchEnded
from domain.model.ids import Address, ChatId
from domain.model.inbound import BotBlocked, BotUnblocked, ButtonPressed, CommandReceived, Inbound, MessageEdited, MessageReceived
from domain.model.outgoing import AnswerPress, Edit, Lane, Notice, NotSent, Outgoing, Send, Why
from domain.model.profile import Profile
from domain.session import notices, seeking
from domain.session.context import Step
from domain.session.effects import (
    Amend,
    Answer,
    ChangeProfile,
    CheckChannels,
    Decide,
    DropRelays,
    Effect,
    Introduce,
    NoteSearch,
    RecordChat,
    RecordEnd,
    RefuseEdit,
    Relay,
    Say,
    ShowProgress,
)
from domain.session.facts import Decided, Fact, NotRelayed, SearchTick
from domain.session.state import Chatting, Elsewhere, Idle, Searching, Session, in_chat

INTRODUCED_SECONDS = 600.0
"""After the beginning of a chat: whose card came later than that, knew of the chat by an event only."""

logger = logging.getLogger(__name__)


class SessionActor(Listening):
    SURVIVES = True

    __slots__ = ("_ends", "_note_later", "_over_untold", "_refresh", "_seen")

    def __init__(self, address: Address, world: SessionContext) -> None:
        super().__init__(address, world)
        self._ends: dict[ChatId, Future[None]] = {}
        """Ends of chats that the records do not know yet."""
        self._over_untold: Chat | None = None
        """Over before they were told of it: they are once there is more to tell, what was said in it or its end."""
        self._refresh: ProfileRefresh | None = None
        self._note_later: Timer[SessionMessage] | None = None
        self._seen = self.loop.time()
        self._arm_idle_timeout()

    def label(self) -> str:
        return f"SessionActor bot{self._address.bot}"

    def on_receive(self, message: SessionMessage) -> Any:
        match message:
            case RelayedMessage():
                self._seen = self.loop.time()
                return self._deliver(message)
            case FromStream():
                return self._hear_from_afar(message)
            case NotRelayed():
                return self._heard(message)
            case Again(what=what):
                return self._once_more(what)
            case ProfileChanged():
                return self._profile_changed(message)
            case ProfileRead():
                return self._profile_read(message)
            case FoundOut():
                return self._found_out(message)
            case IdleTimeout():
                return self._on_idle_timeout()
            case Progress():
                return self._tick()
            case NoteStanding():
                return self._note_standing()
            case MessageReceived() | CommandReceived() | MessageEdited() | ButtonPressed() | BotBlocked() | BotUnblocked():
                self._seen = self.loop.time()
                return self._hear(message)
            case AlbumOver(parts=parts):
                return self._album_done(self._album.take()) if len(self._album) == parts else None
        assert_never(message)

    async def on_stop(self) -> None:  # type: ignore[override]  # may be async here
        self._leave_to_the_next()
        await self._all_are_home(SETTLE_SECONDS)
        await self._keep_map()

    async def on_message_failed(self, message: SessionMessage, _error: BaseException) -> None:
        """The message is lost; the state is read anew with the next one, and the user is told."""
        self._stand(None)
        self._ends.clear()
        language = getattr(message, "language", "en")
        turn = self._turn_of(message)
        self._submit(
            turn,
            Send(to=self._address.user, key=f"{turn.key}/apology", body=notices.plain("apology", language), lane=Lane.ANSWER),
        )
        turn.close()

    # --- what comes in

    def _inbound(self, update: Inbound) -> Any:
        """What is refused, and a message in a chat, need no store: they are answered here and now, without a task."""
        session = self._session
        if session is None:
            return self._answer_awake(update)
        turn = self._turn_of(update)
        admitted, refusal = self._world.machine.admit(self._world.context(session), update)
        self._stand(admitted)
        if refusal is None and isinstance(admitted.place, Idle | Elsewhere):
            return self._answer_afresh(turn, admitted, update)
        effects = self._proceed(admitted, update, turn) if refusal is None else refusal
        if all(map(self._can_be_done_at_once, effects)):
            for effect in effects:
                self._at_once(turn, effect)
            turn.close()
            return None
        return self._carry_out(turn, session, effects, update)

    async def _answer_awake(self, update: Inbound) -> None:
        """Once it is known who writes, and where they stand."""
        turn = self._turn_of(update)
        try:
            session = await (patiently(self._activate) if isinstance(update, MessageReceived) else self._activate())
        except Unavailable as error:
            self._excuse(turn, update, error)
            turn.close()
            return
        await self._carry_out(turn, session, self._decide(session, update, turn), update)

    async def _answer_afresh(self, turn: UnitOfWork, session: Session, update: Inbound) -> None:
        """Outside a chat: first see where the user stands, for it may be at another bot."""
        try:
            session = await self._look(session)
        except Unavailable as error:
            self._excuse(turn, update, error)
            turn.close()
            return
        await self._carry_out(turn, session, self._proceed(session, update, turn), update)

    async def _heard(self, fact: NotRelayed) -> None:
        turn = UnitOfWork(self._key(f"lost {fact.message}"), *self._tracker.first_lost())
        session = self._session
        try:
            if session is not None:
                await self._carry_out(turn, session, self._decide(session, fact, turn), fact)
        finally:
            turn.close()

    def _hear_from_afar(self, message: FromStream) -> Any:
        if not isinstance(message.event, RelayedMessage):
            return self._from_stream(message)
        self._seen = self.loop.time()
        return self._brought(message, message.event)

    async def _from_stream(self, message: FromStream) -> None:
        event = message.event
        turn = self._turn_of(message)
        try:
            session = await patiently(self._activate) if self._session is None else self._session
            match event:
                case DeliveryReceipt():
                    await self._came_back(turn, session, event)
                case Matched():
                    await self._match(turn, session, event)
                case ChatEnded(chat=chat):
                    await self._introduce_late(turn, chat)
                    await self._hear_out(chat)
                    await self._try(turn, session, self._decide(session, event, turn))
                case Expelled(chat=expelled_from):
                    await self._hear_out(expelled_from)
                    await self._try(turn, session, self._decide(session, event, turn))
                case SearchEnded():
                    session = await self._look(session)
                    await self._try(turn, session, [*self._decide(session, event, turn), NoteSearch(searching=False)])
        except Unavailable as error:
            self._put_off(message, error)
        else:
            turn.close()

    async def _match(self, turn: UnitOfWork, session: Session, event: Matched) -> None:
        """An event may be old news: only the pool knows whether that chat still is."""
        if not in_chat(session, event.chat.id):
            session = await self._look(session)
        if in_chat(session, event.chat.id):
            await self._try(turn, session, self._decide(session, event, turn))
        else:
            self._over_untold = event.chat
            await self._world.chats.opened(event.chat)

    def _once_more(self, what: RecordEnd | FromStream | ProfileChanged | FindOut) -> Any:
        match what:
            case FindOut():
                return self._find_out(what)
            case RecordEnd():
                return self._record_late(what)
            case FromStream():
                return self._hear_from_afar(what)
            case ProfileChanged():
                return self._read_profile_again(what)

    def _profile_changed(self, changed: ProfileChanged) -> Future[None] | None:
        """A reading that is under way, or waits for the database, reads this change too."""
        if self._refresh is not None:
            self._refresh.outdated = True
            return None
        self._refresh = ProfileRefresh()
        return self._read_profile_again(changed)

    def _read_profile_again(self, changed: ProfileChanged) -> Future[None] | None:
        """Beside the chat, which goes on with what is known, also while the records are away."""
        if self._session is None or self._refresh is None:
            self._refresh = None
            return None
        return asyncio.ensure_future(self._profile_from_records(changed, self._session.profile, self._refresh))

    async def _profile_from_records(self, changed: ProfileChanged, before: Profile | None, refresh: ProfileRefresh) -> None:
        message: SessionMessage
        refresh.begins()
        try:
            profile = await self._world.profiles.get(self._address.user)
            message, seconds = ProfileRead(before=before, profile=profile), 0.0
        except Unavailable as error:
            message, seconds = Again(what=changed), refresh.pause()
            logger.warning("%s: a changed profile waits %g s for the database: %s", self._address, seconds, error)
        except BaseException:
            self._refresh = None
            raise
        if not self.dead:
            self.after(seconds, message)

    def _profile_read(self, read: ProfileRead) -> Future[None] | None:
        refresh, self._refresh = self._refresh, None
        if self._session is not None and self._session.profile is read.before:
            self._stand(replace(self._session, profile=read.profile))
        if refresh is not None and refresh.outdated:
            return self._profile_changed(ProfileChanged(user=self._address.user))
        return None

    # --- deciding and doing

    def _decide(self, session: Session, fact: Fact, turn: UnitOfWork) -> list[Effect]:
        return self._moved(session, fact, self._world.machine.step(self._world.context(session), fact), turn)

    def _proceed(self, session: Session, update: Inbound, turn: UnitOfWork) -> list[Effect]:
        """Of an update that was admitted."""
        return self._moved(session, update, self._world.machine.proceed(self._world.context(session), update), turn)

    def _moved(self, session: Session, fact: Fact, decision: Step, turn: UnitOfWork) -> list[Effect]:
        decided, effects = decision
        self._stand(decided)
        if type(decided.place) is not type(session.place):
            names = type(session.place).__name__, type(fact).__name__, type(decided.place).__name__
            logger.info("%s %s --%s--> %s (%s)", self._address, *names, turn.name)
        return effects

    async def _carry_out(self, turn: UnitOfWork, before: Session, effects: list[Effect], fact: Fact) -> None:
        try:
            await self._try(turn, before, effects)
        except Unavailable as error:
            self._excuse(turn, fact, error)
        turn.close()

    async def _try(self, turn: UnitOfWork, before: Session, effects: list[Effect]) -> None:
        """Raises Unavailable, with the state as it was before: a decision that was made all the same is found out later."""
        ahead = effects[::-1]
        try:
            while ahead:
                effect = ahead.pop()
                fact = await self._do(turn, effect)
                if fact is not None:
                    assert self._session is not None
                    ahead += self._decide(self._session, fact, turn)[::-1]
        except Unavailable:
            self._stand(before)
            raise

    async def _do(self, turn: UnitOfWork, effect: Effect) -> Fact | None:
        """The fact that comes back, if any."""
        match effect:
            case Say() | Amend() | Answer() | RefuseEdit() | DropRelays() | ShowProgress():
                self._at_once(turn, effect)
            case Relay():
                text = self._tracker.text_replied_to(effect, SETTLE_SECONDS)
                if text is not None:
                    await asyncio.wait([text], timeout=SETTLE_SECONDS)
                self._relay(turn, effect)
            case ChangeProfile(change=change):
                await self._world.profiles.change(self._address.user, change)
            case RecordChat(chat=chat):
                await self._world.chats.opened(chat)
            case RecordEnd():
                await self._record_end(turn, effect)
            case NoteSearch():
                await self._note(turn, effect)
            case Introduce():
                await self._introduce(turn, effect)
            case CheckChannels():
                return await self._check_channels(effect)
            case Decide(request=request):
                return await self._decided(turn, request)
            case _:
                assert_never(effect)
        return None

    def _can_be_done_at_once(self, effect: Effect) -> bool:
        if isinstance(effect, Relay):
            return self._tracker.text_replied_to(effect, SETTLE_SECONDS) is None
        return type(effect) in _IMMEDIATE

    def _at_once(self, turn: UnitOfWork, effect: Effect) -> None:
        match effect:
            case Say(notice=notice, key=key):
                send = Send(to=self._address.user, key=key or turn.next_key(), body=notice, lane=Lane.ANSWER)
                self._submit(turn, send)
            case Amend(message=message, notice=notice):
                self._submit(turn, Edit(to=self._address.user, message=message, body=notice, lane=Lane.ANSWER))
            case Answer(press=press):
                self._submit(turn, press)
            case RefuseEdit(message=message, notice=notice):
                if self._tracker.knows(message):
                    self._at_once(turn, Say(notice=notice))
            case ShowProgress(notice=notice):
                self._show_progress(turn, notice)
            case Relay():
                self._relay(turn, effect)
            case DropRelays(chat=chat):
                self._tracker.forget(chat)
                self._world.maps.forget(chat)
                transport = self._transport()
                if transport is not None:
                    transport.tell(Discard(chat=chat))

    def _found_out(self, found: FoundOut) -> Any:
        """A decision whose answer never came is handled as if it came now."""
        session = self._session
        if session is None or not self._unanswered:
            return None
        if session.place is not found.place:
            return self._find_out(FindOut(looks=found.looks))
        made = self._made(found)
        if made is None:
            return self._look_once_more(found)
        self._unanswered.clear()
        turn = UnitOfWork(self._key(f"late answer {secrets.token_hex(8)}"), nobody_waits)
        fact = Decided(request=made, answer=found.answer)
        return self._carry_out(turn, session, self._decide(session, fact, turn), fact)

    # --- what became of it, and from the partner

    async def _came_back(self, turn: UnitOfWork, session: Session, delivered: DeliveryReceipt) -> None:
        """What became of a message that went to another process."""
        if in_chat(session, delivered.chat):
            self._tracker.came_back(delivered)
        failure = failure_in(delivered)
        if failure is None:
            return
        lost = NotRelayed(chat=delivered.chat, message=delivered.mine, failure=failure, edit=delivered.edit)
        await self._try(turn, session, self._decide(session, lost, turn))

    def _deliver(self, carried: RelayedMessage, *, from_afar: bool = False) -> Any:
        """The reply is the Outcome. No task where the chat is known."""
        session = self._session
        if session is not None and in_chat(session, carried.chat) and not self._may_be_unintroduced(session):
            return self._hand_over(carried)
        return self._deliver_late(carried, from_afar=from_afar)

    def _may_be_unintroduced(self, session: Session) -> bool:
        """A session that woke does not know; of an older chat the second card might be seen."""
        place = session.place
        if not isinstance(place, Chatting) or place.introduced:
            return False
        return self._world.clock() - place.chat.started < INTRODUCED_SECONDS

    async def _deliver_late(self, carried: RelayedMessage, *, from_afar: bool) -> Future[Any]:
        """The sender heard of the chat before we did, or we have left it. What the event stream brings ahead of the end was said
        before it, though the pool knows that end already.
        """
        session = self._session
        try:
            if session is None or not in_chat(session, carried.chat):
                session = await patiently(self._activate if session is None else partial(self._look, session))
        except Unavailable as error:
            return self._answered(NotSent(why=Why.UNREACHABLE, detail=str(error)))
        if not in_chat(session, carried.chat):
            may_be_in_time = from_afar and self._does_not_know_the_end_of(carried.chat)
            return self._hold(carried) if may_be_in_time else self._answered(NotSent(why=Why.DISCARDED))
        if self._may_be_unintroduced(session):
            await self._introduce_if_possible(session)
        return self._hand_over(carried)

    async def _introduce_if_possible(self, session: Session) -> None:
        """The words do not wait for the records."""
        assert isinstance(session.place, Chatting)
        turn = UnitOfWork(self._key(f"met {session.place.chat.id}"), nobody_waits)
        matched = Matched(user=self._address.user, chat=session.place.chat)
        try:
            await self._try(turn, session, self._decide(session, matched, turn))
        except Unavailable as error:
            logger.warning("%s: a partner is introduced later: %s", self._address, error)
        turn.close()

    def _brought(self, message: FromStream, carried: RelayedMessage) -> Any:
        """By the event stream. What follows does not wait until it is sent. It may be handed out again meanwhile."""
        if message.id in self._from_afar:
            return None
        turn = self._turn_of(message)
        delivery = self._deliver(carried, from_afar=True)
        if isinstance(delivery, Future):
            return self._see_home(turn, message, carried, delivery)
        return self._brought_late(turn, message, carried, delivery)

    async def _brought_late(
        self, turn: UnitOfWork, message: FromStream, carried: RelayedMessage, delivery: Awaitable[Future[Any]]
    ) -> None:
        try:
            self._see_home(turn, message, carried, await delivery)
        except Unavailable as error:
            self._put_off(message, error)

    async def _introduce_late(self, turn: UnitOfWork, chat: ChatId) -> None:
        if self._over_untold is not None and self._over_untold.id == chat and self._does_not_know_the_end_of(chat):
            await self._introduce(turn, Introduce(chat=self._over_untold))
            self._over_untold = None

    # --- small deeds

    async def _introduce(self, turn: UnitOfWork, effect: Introduce) -> None:
        partner = await self._world.profiles.get(effect.chat.partner_of(self._address.user).user)
        assert self._session is not None
        if partner is None or not partner.complete:
            logger.error("%s: the partner of chat %s has no profile", self._address, effect.chat.id)
            return
        notice = notices.partner_found(seeking.card(partner, now=self._world.clock()), self._session.language)
        key = f"chat:{effect.chat.id}:{self._address.user}:found"
        self._submit(turn, Send(to=self._address.user, key=key, body=notice, lane=Lane.ANSWER))

    async def _record_end(self, turn: UnitOfWork, effect: RecordEnd) -> None:
        """The pool has ended the chat already, so nothing that is said next waits for the record. The update or event that ended
        it does: it is done once the record is made, and comes again where this process stops before that.
        """
        waiting = self._ends.get(effect.chat)
        if waiting is None and not await self._recorded(effect):
            waiting = self._ends[effect.chat] = self.loop.create_future()
        if waiting is not None:
            turn.track(waiting)

    async def _record_late(self, effect: RecordEnd) -> None:
        if await self._recorded(effect) and effect.chat in self._ends:
            self._ends.pop(effect.chat).set_result(None)

    async def _recorded(self, effect: RecordEnd) -> bool:
        """Tried again later where the database is away."""
        try:
            await self._world.chats.ended(effect.chat, effect.why)
        except Unavailable as error:
            logger.warning("%s: the end of chat %s waits for the database: %s", self._address, effect.chat, error)
            self.after(RETRY_SECONDS, Again(what=effect))
            return False
        return True

    def _excuse(self, turn: UnitOfWork, fact: Fact, error: Unavailable) -> None:
        logger.warning("%s: %s could not be done: %s", self._address, type(fact).__name__, error)
        language = self._session.language if self._session else getattr(fact, "language", "en")
        notice = notices.plain("stores-down", language)
        if isinstance(fact, ButtonPressed):
            press = AnswerPress(query=fact.query, text="stores-down", language=language, alert=True)
            self._submit(turn, press)
        elif isinstance(fact, MessageReceived | CommandReceived):
            self._submit(turn, Send(to=self._address.user, key=turn.next_key(), body=notice, lane=Lane.ANSWER))

    # --- the wait

    def _tick(self) -> Any:
        session, watch = self._session, self._watch
        if session is None or watch is None:
            return None
        watch.timer = self.after(self._world.live.current.matching.progress_seconds, Progress())
        turn = UnitOfWork(self._key(f"wait {secrets.token_hex(8)}"), nobody_waits)
        fact = SearchTick(waited=self.loop.time() - watch.began)
        return self._carry_out(turn, session, self._decide(session, fact, turn), fact)

    def _show_progress(self, turn: UnitOfWork, notice: Notice) -> None:
        watch = self._watch
        call = watch.next_call(self._address.user, turn.next_key(), notice) if watch is not None else None
        if watch is not None and call is not None:
            outcome = self._send(call)
            outcome.add_done_callback(watch.made)
            turn.wait_for(outcome)

    async def _note(self, turn: UnitOfWork, effect: NoteSearch) -> None:
        if effect.searching:
            await self._note_standing()
        else:
            turn.end_with(lambda: self.actor_ref.ask(NoteStanding(), timeout=None))

    async def _note_standing(self) -> None:
        """Only a note: the search itself stands in the pool. Where the records are away it is made when they are back."""
        try:
            session = self._session if self._session is not None else await self._activate()
            if isinstance(session.place, Searching):
                await self._world.searches.begun(self._address)
            elif not isinstance(session.place, Elsewhere) or session.place.chatting:
                await self._world.searches.over(self._address.user)
        except Unavailable as error:
            logger.warning("%s: a search waits to be noted: %s", self._address, error)
            if self._note_later is None or not self._note_later.active:
                self._note_later = self.after(RETRY_SECONDS, NoteStanding())

    # --- asleep and awake

    def _arm_idle_timeout(self) -> None:
        self.after(self._world.settings.actors.idle_seconds, IdleTimeout())

    def _on_idle_timeout(self) -> None:
        idle_for = self.loop.time() - self._seen
        busy = self._tracker.busy or bool(self._from_afar or self._undelivered or self._timers) or not self.actor_inbox.empty()
        if idle_for < self._world.settings.actors.idle_seconds or busy:
            self._arm_idle_timeout()
        else:
            self._world.directory.forget(self._address, self.actor_ref)
            self.actor_ref.stop(now=True)

    async def _keep_map(self) -> None:
        """The bot's next owner may be another process."""
        session = self._session
        if session is None or not isinstance(session.place, Chatting):
            return
        try:
            await self._world.maps.flush(session.place.chat.id)
        except Unavailable as error:
            logger.warning("%s: replies to the last messages are forgotten: %s", self._address, error)

    def _submit(self, turn: UnitOfWork, outgoing: Outgoing) -> None:
        outcome = self._send(outgoing)
        outcome.add_done_callback(self._noticed)
        turn.wait_for(outcome)

    def _noticed(self, outcome: Future[Any]) -> None:
        """Whoever cannot be told anything is gone, also where Telegram's word of it was missed. Called between messages."""
        failure = failure_of(outcome)
        busy = self._session is not None and isinstance(self._session.place, Chatting | Searching)
        if failure is not None and failure.why is Why.GONE and busy and not self.dead:
            self.actor_ref.tell(BotBlocked(user=self._address.user))


_IMMEDIATE = frozenset({Say, Amend, Answer, RefuseEdit, DropRelays})
