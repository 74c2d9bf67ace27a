"""What LockActor is asked for a user: it sells locks and gives credits back, and this only passes on."""

from __future__ import annotations

from asyncio import Future
from typing import TypeVar

from actors.locks.messages import BuyLock, GiveBack, LockMessage, ReadCredits
from actors.runtime.asking import answer_of
from actors.runtime.handle import Handle
from actors.session.data import SessionData
from actors.session.unit_of_work import UnitOfWork
from domain.ask import Ask
from domain.session import effects as of
from domain.session.facts import LockOffered, LockTried

R = TypeVar("R")


class LockEffects:
    def __init__(self, locks: Handle[LockMessage]) -> None:
        self._locks = locks

    async def offer(self, me: SessionData, _unit: UnitOfWork, effect: of.OfferLock) -> LockOffered:
        return LockOffered(chat=effect.chat, credits=await self._ask(me, ReadCredits(user=me.address.user)))

    async def buy(self, me: SessionData, _unit: UnitOfWork, effect: of.BuyLock) -> LockTried:
        return LockTried(asked=effect, outcome=await self._ask(me, BuyLock(wanted=effect.wanted)))

    async def give_back(self, me: SessionData, _unit: UnitOfWork, effect: of.GiveBack) -> None:
        """The event that it comes from is acknowledged once this is booked."""
        await self._ask(me, GiveBack(broken=effect.broken))

    async def _ask(self, me: SessionData, message: Ask[R]) -> R:
        """Raises `domain.errors.Unavailable`."""
        reply: Future[R] = self._locks.ask(message, timeout=me.world.ask_timeout)
        return await answer_of(reply, "the sale of locks")
