"""Where a session's user stands: asked of the pool, changed by it, and remembered."""

from __future__ import annotations

import asyncio
import logging
import secrets
from asyncio import Future
from typing import Any

from actors.messages import Again, FindOut, FoundOut, Progress
from actors.runtime.asking import RETRY_SECONDS
from actors.session.context import SessionContext
from actors.session.relay import Relaying
from actors.session.search_watch import SearchWatch
from actors.session.unit_of_work import UnitOfWork
from domain.errors import Unavailable
from domain.matching.requests import Decision, Fenced, GetStatus
from domain.matching.requests import Standing as PoolStanding
from domain.model.chat import Chat
from domain.model.ids import Address, ChatId, MessageId, Pts
from domain.session.facts import Decided, Stands
from domain.session.state import Chatting, Place, Searching, Session

SETTLE_SECONDS = 3.0
"""How long /stop waits for what was said before it."""
LOOKS = 2
"""After a decision whose answer never came. A server that hangs may look before it decides, though it was asked the other way."""

logger = logging.getLogger(__name__)


class Standing(Relaying):
    __slots__ = ("_unanswered", "_watch")

    def __init__(self, address: Address, world: SessionContext) -> None:
        super().__init__(address, world)
        self._watch: SearchWatch | None = None
        self._unanswered: dict[Pts | None, Decision] = {}
        """What was asked of the pool and whose answer never came, by its place in the log. A later answer supersedes it."""

    def _stand(self, session: Session | None) -> None:
        """The one place where the state is assigned. A search is watched for as long as it lasts."""
        self._session = session
        if session is not None and isinstance(session.place, Chatting):
            self._tracker.turn_to(session.place.chat.id)
        searching = session is not None and isinstance(session.place, Searching)
        if searching and self._watch is None:
            timer = self.after(self._world.live.current.matching.progress_seconds, Progress())
            self._watch = SearchWatch(self.loop.time(), timer)
        elif not searching and self._watch is not None:
            self._watch.timer.cancel()
            self._watch = None

    async def _decided(self, turn: UnitOfWork, request: Decision) -> Decided[Any]:
        """Raises Unavailable where no answer came; what became of it is found out later. What a former owner asked for was not
        done: the update is left to the next one.
        """
        if request.SETTLES_FIRST:
            await self._tracker.settled(SETTLE_SECONDS)
        stamped = self._stamped(request, turn.pts)
        try:
            answer = await self._ask_pool(stamped)
        except Unavailable:
            self._remember(stamped)
            raise
        self._unanswered.clear()
        if isinstance(answer, Fenced):
            turn.abandon()
        return Decided(request=request, answer=answer)

    def _stamped(self, request: Decision, pts: Pts | None) -> Decision:
        return request.stamped(self._mark(pts), ChatId(secrets.token_hex(8)))

    async def _activate(self) -> Session:
        user = self._address.user
        profile, answer = await asyncio.gather(self._world.profiles.get(user), self._ask_pool(GetStatus(user=user)))
        asleep = Session(address=self._address, profile=profile)
        activated, _ = self._world.machine.step(self._world.context(asleep), Stands(answer=answer))
        if isinstance(activated.place, Chatting):
            self._tracker.turn_to(activated.place.chat.id)
            self._tracker.pairs.load(await self._mapped(activated.place.chat))
        self._stand(activated)
        return activated

    async def _mapped(self, chat: Chat) -> list[tuple[MessageId, MessageId]]:
        """Which of our messages were which of theirs when a session of ours was last awake."""
        pairs = await self._world.maps.load(chat.id)
        return pairs if self._is_first(chat) else [(mine, theirs) for theirs, mine in pairs]

    def _is_first(self, chat: Chat) -> bool:
        return chat.first.user == self._address.user

    async def _look(self, session: Session) -> Session:
        answer = await self._ask_pool(GetStatus(user=self._address.user))
        looked, _ = self._world.machine.step(self._world.context(session), Stands(answer=answer))
        self._stand(looked)
        return looked

    # --- decisions whose answers never came

    def _remember(self, unanswered: Decision) -> None:
        if not self._unanswered:
            self.after(RETRY_SECONDS, Again(what=FindOut(looks=LOOKS)))
        self._unanswered[unanswered.mark.pts] = unanswered

    def _find_out(self, message: FindOut) -> Future[None] | None:
        """Beside the chat, which goes on with what is known, also while the pool is away. A session that wakes will know."""
        if self._session is None:
            self._unanswered.clear()
        if self._session is None or not self._unanswered:
            return None
        return asyncio.ensure_future(self._ask_what_became(message, self._session.place))

    async def _ask_what_became(self, message: FindOut, place: Place) -> None:
        """What has no place in the log leaves no mark, and is asked once more: it does no harm, made already or made late."""
        unmarked = self._unanswered.get(None)
        try:
            again = None if unmarked is None else self._stamped(unmarked, None)
            answer = await self._ask_pool(again or GetStatus(user=self._address.user))
        except Unavailable as error:
            logger.warning("%s: whether the pool did what it was asked waits for it: %s", self._address, error)
            if not self.dead:
                self.after(RETRY_SECONDS, Again(what=message))
        else:
            if not self.dead:
                self.after(0.0, FoundOut(asked=again, answer=answer, place=place, looks=message.looks))

    def _made(self, found: FoundOut) -> Decision | None:
        """The decision of which that is the answer. The mark says which of our updates the pool heard last: what was asked before
        is superseded, and what was asked after it has not been done.
        """
        if found.asked is not None:
            return found.asked
        last = found.answer.marks.get(self._address.bot) if isinstance(found.answer, PoolStanding) else None
        return None if last is None else self._unanswered.get(last)

    def _look_once_more(self, found: FoundOut) -> None:
        if found.looks > 1:
            self.after(SETTLE_SECONDS, Again(what=FindOut(looks=found.looks - 1)))
        else:
            self._unanswered.clear()
