"""ModerationActor: books reports and what rules find, and brings the pool in line with the records. One per worker.

*Invariant*: a ban or a hold that is recorded reaches the pool and the sessions, whichever process dies in between.

Its work runs beside the mailbox, so that a report never waits behind another.
"""

from __future__ import annotations

import logging
from math import inf
from typing import assert_never

from actors.moderation.context import ModerationContext
from actors.moderation.messages import FileReport, ModerationMessage, NoteFinding, RenewBans, SettleChanges
from actors.runtime.actor import Actor
from domain.ask import Response, reply
from domain.errors import Unavailable
from domain.model.chat import ChatEnd
from domain.model.dates import day_and_time
from domain.model.ids import Address
from domain.ports.moderation import Change
from domain.trust.findings import Finding
from domain.trust.reports import Report

SETTLE_SECONDS = 1.0
"""How often it is looked for changes that the pool was not told of. What this process records is told at once."""
RENEW_SECONDS = 60.0

logger = logging.getLogger(__name__)
admin_log = logging.getLogger("actors.admin.bans")


class ModerationActor(Actor[ModerationMessage]):
    MAILBOX_LIMIT = 10_000

    __slots__ = ("_changed", "_settling", "_world")

    def __init__(self, world: ModerationContext) -> None:
        super().__init__()
        self._world = world
        self._settling = False
        self._changed = False
        """Whether something changed since the changes that are being settled were read."""

    def label(self) -> str:
        return "ModerationActor"

    def on_start(self) -> None:
        self.every(SETTLE_SECONDS, SettleChanges())
        self.every(RENEW_SECONDS, RenewBans())

    def on_receive(self, message: ModerationMessage) -> Response:
        match message:
            case FileReport(report=report):
                return reply(message, self.work(self._file(report)))
            case NoteFinding(who=who, finding=finding):
                return reply(message, self.work(self._note(who, finding)))
            case SettleChanges():
                self._look()
                return None
            case RenewBans():
                self.work(self._renew(), vital=True)
                return None
        assert_never(message)

    async def _file(self, report: Report) -> int:
        number = await self._world.moderation.file(report)
        self._look()
        return number

    async def _note(self, who: Address, finding: Finding) -> None:
        await self._world.moderation.note(who, finding)
        self._look()

    def _look(self) -> None:
        self._changed = True
        if not self._settling:
            self.work(self._settle(), vital=True)

    async def _settle(self) -> None:
        self._settling = True
        try:
            while self._changed:
                self._changed = False
                for change in await self._world.moderation.changes():
                    await self._bring_about(change)
        except Unavailable as error:
            logger.warning("bans and holds reach the pool later: %s", error)
        finally:
            self._settling = False

    async def _bring_about(self, change: Change) -> None:
        """The pool first. Whatever changes meanwhile is told after it."""
        await self._world.pool.ban(change.user, change.banned_until)
        if change.separations:
            await self._world.put_blocks_back(change.separations)
        if change.ended is not None and await self._world.end_chats((change.ended,), ChatEnd.OPERATOR):
            admin_log.info("user=%d --Chat ended by an operator--> %s", change.user, "both are told")
        self._world.profile_changed(change.user)
        if change.banned_until:
            end = "for good" if change.banned_until == inf else f"until {day_and_time(change.banned_until)}"
            admin_log.info("user=%d --Banned--> %s", change.user, end)
        else:
            admin_log.info("user=%d --Held--> %s" if change.held else "user=%d --Free--> %s", change.user, "the pool knows")
        await self._world.moderation.settled(change)

    async def _renew(self) -> None:
        try:
            await self._world.moderation.renew()
        except Unavailable as error:
            logger.warning("bans that nobody has reviewed are renewed later: %s", error)
