"""What ModerationActor is told by a user's session: it books, weighs and decides, and this only passes on."""

from __future__ import annotations

from asyncio import Future
from typing import TypeVar

from actors.moderation.messages import FileReport, ModerationMessage, NoteFinding
from actors.runtime.asking import answer_of
from actors.runtime.handle import Handle
from actors.session.data import SessionData
from actors.session.unit_of_work import UnitOfWork
from domain.ask import Ask
from domain.session.effects import TellFinding, TellReport
from domain.session.facts import Reported

R = TypeVar("R")


class ModerationEffects:
    def __init__(self, moderation: Handle[ModerationMessage]) -> None:
        self._moderation = moderation

    async def tell_report(self, me: SessionData, _unit: UnitOfWork, effect: TellReport) -> Reported:
        return Reported(number=await self._ask(me, FileReport(report=effect.report)))

    async def tell_finding(self, me: SessionData, _unit: UnitOfWork, effect: TellFinding) -> None:
        await self._ask(me, NoteFinding(who=me.address, finding=effect.finding))

    async def _ask(self, me: SessionData, message: Ask[R]) -> R:
        """Raises `domain.errors.Unavailable`."""
        reply: Future[R] = self._moderation.ask(message, timeout=me.world.ask_timeout)
        return await answer_of(reply, "the moderation")
