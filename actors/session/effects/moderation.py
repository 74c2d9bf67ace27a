"""What ModerationActor is told by a user's session: it books, weighs and decides, and this only passes on."""

from __future__ import annotations

import logging
from asyncio import Future
from typing import TypeVar

from actors.moderation.messages import FileReport, ModerationMessage, NoteFinding
from actors.runtime.asking import answer_of
from actors.runtime.handle import Handle
from actors.session.data import SessionData
from actors.session.unit_of_work import UnitOfWork
from domain.ask import Ask
from domain.errors import Unavailable
from domain.model.ids import Address
from domain.ports.records import Profiles
from domain.ports.spam import HIT, Noted, SpamNotes
from domain.session.effects import ReviewMarked, TellFinding, TellReport
from domain.session.facts import MarkReviewed, Reported
from domain.trust.findings import MARKED, Finding
from domain.trust.spam.rules import REPORTED_WITHIN, Rule, doubled

logger = logging.getLogger(__name__)
R = TypeVar("R")


class ModerationEffects:
    def __init__(self, moderation: Handle[ModerationMessage], notes: SpamNotes, profiles: Profiles) -> None:
        self._moderation = moderation
        self._notes = notes
        self._profiles = profiles

    async def tell_report(self, me: SessionData, _unit: UnitOfWork, effect: TellReport) -> Reported:
        number = await self._ask(me, FileReport(report=effect.report))
        await self._double_hit(me, effect.report.reported)
        return Reported(number=number)

    async def tell_finding(self, me: SessionData, _unit: UnitOfWork, effect: TellFinding) -> None:
        """A finding is told as far as it can be: what the user did is done all the same."""
        try:
            await self._ask(me, NoteFinding(who=me.address, finding=effect.finding))
        except Unavailable as error:
            logger.error("%s: a finding of %s is lost: %s", me.address, effect.finding.rule, error)

    async def review_marked(self, me: SessionData, _unit: UnitOfWork, effect: ReviewMarked) -> MarkReviewed:
        """Raises Unavailable: then the search does not begin."""
        finding = Finding(rule=MARKED, detail=effect.command.marked, hold=True, once=True)
        await self._ask(me, NoteFinding(who=me.address, finding=finding))
        return MarkReviewed(profile=await self._profiles.read_anew(me.address.user), command=effect.command)

    async def _double_hit(self, me: SessionData, reported: Address) -> None:
        """Where a rule against spam has hit the reported person right before, its step is doubled, once."""
        try:
            hours = await self._notes.change(HIT, reported.user, _taken)
            if hours is not None:
                finding = Finding(rule=Rule.REPORTED_HIT, ban_hours=doubled(hours))
                await self._ask(me, NoteFinding(who=reported, finding=finding))
        except Unavailable as error:
            logger.error("%s: a hit is not doubled by a report: %s", me.address, error)

    async def _ask(self, me: SessionData, message: Ask[R]) -> R:
        """Raises `domain.errors.Unavailable`."""
        reply: Future[R] = self._moderation.ask(message, timeout=me.world.ask_timeout)
        return await answer_of(reply, "the moderation")


def _taken(hours: float) -> Noted[float, float | None]:
    """The hit, which counts once; None where there is none."""
    return Noted(HIT.empty, REPORTED_WITHIN, hours if hours >= 0 else None)
