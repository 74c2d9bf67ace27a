"""Reads back what was said in a chat that is reported: Telegram has it, by the numbers of the chat's message map. Nothing is kept
of a chat that nobody reports, but what its edited messages said before, sealed.
"""

from __future__ import annotations

import asyncio
import logging

from actors.messages import ReadBack
from actors.runtime.asking import answer_of
from actors.session.data import SessionData
from actors.session.standing import is_first
from actors.session.unit_of_work import UnitOfWork
from domain.errors import SettingsError, Unavailable
from domain.model.chat import Chat
from domain.model.ids import MessageId
from domain.ports.records import Chats
from domain.ports.relay import EarlierForms, MessageMaps
from domain.session.effects import ReadEvidence
from domain.session.facts import EvidenceRead
from domain.trust.evidence import evidence_of, partner_spoke, to_read

READ_SECONDS = 3.0
"""Seconds. The chat is over by then; the reporter's next message waits for it."""

logger = logging.getLogger(__name__)


class Evidence:
    def __init__(self, chats: Chats, maps: MessageMaps, earlier: EarlierForms) -> None:
        self._chats = chats
        self._maps = maps
        self._earlier = earlier

    async def read(self, me: SessionData, _unit: UnitOfWork, effect: ReadEvidence) -> EvidenceRead:
        """A report counts also without evidence. Raises Unavailable where the records are away: then no report can be booked."""
        past = await self._chats.past(effect.of.chat)
        nothing = EvidenceRead(of=effect.of, evidence=(), answered=True)
        if past is None:
            return nothing
        try:
            async with asyncio.timeout(READ_SECONDS):
                return await self._read(me, effect, past.chat)
        except (TimeoutError, Unavailable, SettingsError) as error:
            logger.warning("%s: chat %s is reported without evidence: %s", me.address, past.chat.id, type(error).__name__)
            return nothing

    async def _read(self, me: SessionData, effect: ReadEvidence, chat: Chat) -> EvidenceRead:
        event, user = effect.of, me.address.user
        pairs = [(pair[0], pair[1]) if is_first(me, chat) else (pair[1], pair[0]) for pair in await self._maps.load(chat.id)]
        numbers = to_read([mine for mine, _ in pairs], event.marked)
        transport = me.world.transport(me.address.bot)
        if transport is None:
            raise Unavailable("the bot is being handed over")
        asked = transport.ask(ReadBack(user=user, messages=numbers), timeout=READ_SECONDS)
        copies = await answer_of(asked, "the bot")
        sealed = await self._earlier.load(chat.id)
        earlier: dict[MessageId, tuple[str, ...]] = {}
        for mine, theirs in pairs:
            earlier[mine] = sealed.get((user, mine)) or sealed.get((event.partner.user, theirs), ())
        return EvidenceRead(
            of=event,
            evidence=evidence_of(copies, earlier, event.marked),
            answered=partner_spoke([mine for mine, _ in pairs], copies),
        )
