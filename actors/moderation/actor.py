"""ModerationActor: books reports and what rules find, and brings the pool in line with the records. One per worker.

*Invariant*: a ban or a hold that is recorded reaches the pool and the sessions, whichever process dies in between.

Its work runs beside the mailbox, so that a report never waits behind another.
"""

from __future__ import annotations

import logging
from typing import assert_never

from actors.moderation.context import ModerationContext
from actors.moderation.messages import FileReport, ModerationMessage, NoteFinding, SettleChanges
from actors.runtime.actor import Actor
from domain.ask import Response, reply
from domain.errors import Unavailable
from domain.model.ids import Address
from domain.ports.moderation import Change
from domain.trust.findings import Finding
from domain.trust.reports import Report

SETTLE_SECONDS = 1.0
"""How often it is looked for changes that the pool was not told of. What this process records is told at once."""

logger = logging.getLogger(__name__)


class ModerationActor(Actor[ModerationMessage]):
    MAILBOX_LIMIT = 10_000

    __slots__ = ("_settling", "_world")

    def __init__(self, world: ModerationContext) -> None:
        super().__init__()
        self._world = world
        self._settling = False

    def label(self) -> str:
        return "ModerationActor"

    def on_start(self) -> None:
        self.every(SETTLE_SECONDS, SettleChanges())

    def on_receive(self, message: ModerationMessage) -> Response:
        match message:
            case FileReport(report=report):
                return reply(message, self.work(self._file(report)))
            case NoteFinding(who=who, finding=finding):
                return reply(message, self.work(self._note(who, finding)))
            case SettleChanges():
                if not self._settling:
                    self.work(self._settle(), vital=True)
                return None
        assert_never(message)

    async def _file(self, report: Report) -> int:
        number = await self._world.moderation.file(report)
        self.actor_ref.tell(SettleChanges())
        return number

    async def _note(self, who: Address, finding: Finding) -> None:
        await self._world.moderation.note(who, finding)
        self.actor_ref.tell(SettleChanges())

    async def _settle(self) -> None:
        self._settling = True
        try:
            for change in await self._world.moderation.changes():
                await self._bring_about(change)
        except Unavailable as error:
            logger.warning("bans and holds reach the pool later: %s", error)
        finally:
            self._settling = False

    async def _bring_about(self, change: Change) -> None:
        """The pool first. Whatever changes meanwhile has another version, and is looked at again."""
        await self._world.pool.ban(change.user, change.banned_until)
        self._world.profile_changed(change.user)
        await self._world.moderation.settled(change)
