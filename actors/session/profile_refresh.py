"""The reading anew of a profile that changed elsewhere: one at a time in each session, however many changes are heard of."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from dataclasses import replace

from actors.messages import Again, ProfileRead, SessionMessage
from actors.runtime.asking import RETRY_SECONDS
from actors.session.data import SessionData
from domain.errors import Unavailable
from domain.model.events import ProfileChanged
from domain.model.profile import Profile

LONGEST_PAUSE = 30.0
"""Seconds between two attempts while the database is away."""

logger = logging.getLogger(__name__)


class ProfileRefresh:
    """It lasts until `ended`."""

    __slots__ = ("_outdated", "_pause", "ended")

    def __init__(self) -> None:
        self.ended = False
        self._outdated = False
        """Another change was heard of since the attempt began: what it reads may be old."""
        self._pause = RETRY_SECONDS

    def changed_again(self) -> None:
        """The reading that is under way, or waits for the database, reads this change too."""
        self._outdated = True

    def read(self, me: SessionData, changed: ProfileChanged) -> Awaitable[None] | None:
        """Beside the chat, which goes on with what is known, also while the records are away."""
        if me.session is None:
            self.ended = True
            return None
        self._outdated = False
        return me.work(self._read(me, changed, me.session.profile))

    def was_read(self, me: SessionData, read: ProfileRead) -> bool:
        """True where it has to be read once more."""
        self.ended = True
        if me.session is not None and me.session.profile is read.before:
            me.assume(replace(me.session, profile=read.profile))
        return self._outdated

    async def _read(self, me: SessionData, changed: ProfileChanged, before: Profile | None) -> None:
        message: SessionMessage
        try:
            profile = await me.world.profiles.get(me.address.user)
            message, seconds = ProfileRead(before=before, profile=profile), 0.0
        except Unavailable as error:
            message, seconds = Again(what=changed), self._next_pause()
            logger.warning("%s: a changed profile waits %g s for the database: %s", me.address, seconds, error)
        except BaseException:
            self.ended = True
            raise
        if not me.dead:
            me.after(seconds, message)

    def _next_pause(self) -> float:
        """Twice as long each time."""
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)
        return pause
