"""What the records say of chats that are over and of blocks, and what is written there."""

from __future__ import annotations

from actors.session.data import SessionData
from actors.session.unit_of_work import UnitOfWork
from domain.ports.records import Chats, Restrictions
from domain.session.effects import FindBlock, ForgetBlock, ListBlocks, RecallChat, RecordSeparation
from domain.session.facts import BlockFound, BlocksListed, ChatRecalled

BLOCKS_SHOWN = 100
"""The newest."""


class Partings:
    def __init__(self, chats: Chats, restrictions: Restrictions) -> None:
        self._chats = chats
        self._restrictions = restrictions

    async def recall(self, me: SessionData, _unit: UnitOfWork, effect: RecallChat) -> ChatRecalled:
        read = self._chats.last(me.address.user) if effect.chat is None else self._chats.past(effect.chat)
        return ChatRecalled(asked=effect, past=await read)

    async def record(self, _me: SessionData, _unit: UnitOfWork, effect: RecordSeparation) -> None:
        await self._restrictions.separate(effect.separation)

    async def list_blocks(self, me: SessionData, _unit: UnitOfWork, effect: ListBlocks) -> BlocksListed:
        blocks = await self._restrictions.blocks_of(me.address.user, limit=BLOCKS_SHOWN)
        return BlocksListed(asked=effect, blocks=tuple(blocks))

    async def find_block(self, me: SessionData, _unit: UnitOfWork, effect: FindBlock) -> BlockFound:
        return BlockFound(asked=effect, other=await self._restrictions.blocked(me.address.user, effect.block))

    async def forget_block(self, me: SessionData, _unit: UnitOfWork, effect: ForgetBlock) -> None:
        await self._restrictions.lift_block(me.address.user, effect.other)
