"""Where a session's user stands: asked of the pool, changed by it, and remembered."""

from __future__ import annotations

import asyncio
import logging
import secrets
from asyncio import Future
from dataclasses import replace
from typing import get_args

from actors.asking import RETRY_SECONDS
from actors.relaying import Relaying
from actors.search_watch import SearchWatch
from actors.surroundings import Surroundings
from actors.turn import Turn
from domain import seeking
from domain.doubt import Decision
from domain.effects import Effect, LeaveChat, Search
from domain.errors import Unavailable
from domain.facts import Fact, Left, Searched, Stands, Widened
from domain.messages import Again, Doubt, Progress, Seen, SessionMessage
from domain.pool import Find, GetStatus, Leave, Seeker, UpdateSearch
from domain.session import step
from domain.session_state import Chatting, Place, Searching, Session, in_chat
from domain.values import Address, Chat, ChatId, MessageId, Wishes

SETTLE_SECONDS = 3.0
"""How long /stop waits for what was said before it."""
LOOKS = 2
"""After a decision whose answer never came. A server that hangs may look before it decides, though it was asked the other way."""

logger = logging.getLogger(__name__)


class Standing(Relaying):
    __slots__ = ("_doubts", "_watch")

    def __init__(self, address: Address, world: Surroundings) -> None:
        super().__init__(address, world)
        self._watch: SearchWatch | None = None
        self._doubts: frozenset[Decision] = frozenset()
        """What was asked of the pool, and whose answer never came."""

    def _stand(self, session: Session | None) -> None:
        """The one place where the state is assigned. A search is watched for as long as it lasts."""
        self._session = session
        if session is not None and isinstance(session.place, Chatting):
            self._letters.turn_to(session.place.chat.id)
        searching = session is not None and isinstance(session.place, Searching)
        if searching and self._watch is None:
            timer = self.every(self._world.settings.matching.progress_seconds, Progress())
            self._watch = SearchWatch(self.loop.time(), timer)
        elif not searching and self._watch is not None:
            self._watch.timer.cancel()
            self._watch = None

    async def _search(self, turn: Turn, search: Search) -> Fact:
        await self._letters.settled(SETTLE_SECONDS)
        session = self._session
        assert session is not None
        find = Find(
            seeker=self._seeker(session),
            chat=ChatId(secrets.token_hex(8)),
            mark=self._mark(turn.pts),
            leaving=search.leaving,
            priority=search.priority,
        )
        return Searched(answer=await self._decision(turn, find), left=search.leaving)

    async def _widen(self, turn: Turn) -> Fact:
        session = self._session
        assert session is not None
        request = UpdateSearch(
            seeker=replace(self._seeker(session), wishes=Wishes()),
            chat=ChatId(secrets.token_hex(8)),
            mark=self._mark(turn.pts),
        )
        return Widened(answer=await self._decision(turn, request))

    def _seeker(self, session: Session) -> Seeker:
        assert session.profile is not None
        cross_bot = self._world.settings.features.cross_bot_matching
        return seeking.seeker(session.profile, self._address, now=self._world.clock(), cross_bot=cross_bot)

    async def _leave(self, turn: Turn, effect: LeaveChat) -> Fact:
        """Out of a chat that they are not in here, the pool shall let them also where it knows their update already."""
        await self._letters.settled(SETTLE_SECONDS)
        here = self._session is not None and in_chat(self._session, effect.chat)
        mark = self._mark(turn.pts if here else None)
        request = Leave(address=self._address, chat=effect.chat, why=effect.why, mark=mark)
        answer = await self._decision(turn, request)
        return Left(chat=effect.chat, why=effect.why, answer=answer, silent=effect.silent)

    async def _wake(self) -> Session:
        user = self._address.user
        profile, answer = await asyncio.gather(self._world.profiles.get(user), self._ask_pool(GetStatus(user=user)))
        asleep = Session(address=self._address, profile=profile)
        woken, _ = step(asleep, Stands(answer=answer), self._world.clock(), self._world.rules)
        if isinstance(woken.place, Chatting):
            self._letters.turn_to(woken.place.chat.id)
            self._letters.pairs.load(await self._mapped(woken.place.chat))
        self._stand(woken)
        return woken

    async def _mapped(self, chat: Chat) -> list[tuple[MessageId, MessageId]]:
        """Which of our messages were which of theirs when a session of ours was last awake."""
        pairs = await self._world.maps.load(chat.id)
        return pairs if self._is_first(chat) else [(mine, theirs) for theirs, mine in pairs]

    def _is_first(self, chat: Chat) -> bool:
        return chat.first.user == self._address.user

    async def _look(self, session: Session) -> Session:
        answer = await self._ask_pool(GetStatus(user=self._address.user))
        looked, _ = step(session, Stands(answer=answer), self._world.clock(), self._world.rules)
        self._stand(looked)
        return looked

    def _doubt(self, effect: Effect) -> None:
        """It could not be carried out, as far as is known here."""
        if isinstance(effect, get_args(Decision)) and effect not in self._doubts:
            self._doubts |= {effect}
            self.after(RETRY_SECONDS, Again(what=Doubt(decision=effect, looks=LOOKS)))

    def _look_whether_made(self, doubt: Doubt) -> Future[None] | None:
        """Beside the chat, which goes on with what is known, also while the pool is away. A session that wakes will know."""
        if self._session is None:
            self._doubts -= {doubt.decision}
            return None
        return asyncio.ensure_future(self._see(doubt, self._session.place))

    async def _see(self, doubt: Doubt, place: Place) -> None:
        message: SessionMessage = Again(what=doubt)
        seconds = RETRY_SECONDS
        try:
            message, seconds = (
                Seen(doubt=doubt, place=place, answer=await self._ask_pool(GetStatus(user=self._address.user))),
                0.0,
            )
        except Unavailable as error:
            logger.warning("%s: whether the pool did what it was asked waits for it: %s", self._address, error)
        if not self.dead:
            self.after(seconds, message)

    def _look_once_more(self, doubt: Doubt) -> None:
        if doubt.looks > 1:
            self.after(SETTLE_SECONDS, Again(what=replace(doubt, looks=doubt.looks - 1)))
        else:
            self._doubts -= {doubt.decision}
