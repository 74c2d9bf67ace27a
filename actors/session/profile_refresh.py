"""The reading anew of a profile that changed elsewhere: one at a time in each session, however many changes are heard of."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable

from actors.messages import Again, ProfileRead, SessionMessage
from actors.runtime.asking import RETRY_SECONDS
from actors.session.data import SessionData
from actors.session.unit_of_work import UnitOfWork, nobody_waits
from actors.session.units import key_of
from domain.errors import Unavailable
from domain.model.events import ProfileChanged
from domain.model.profile import Profile
from domain.session.facts import ProfileRefreshed

LONGEST_PAUSE = 30.0
"""Seconds between two attempts while the database is away."""

logger = logging.getLogger(__name__)


class ProfileRefresh:
    """A reading that is under way, or waits for the database."""

    __slots__ = ("outdated", "pause")

    def __init__(self) -> None:
        self.outdated = False
        """Another change was heard of since the attempt began: what it reads may be old."""
        self.pause = RETRY_SECONDS
        """Until the next attempt; twice as long each time."""


def changed(me: SessionData, change: ProfileChanged) -> Awaitable[None] | None:
    """A reading that is under way, or waits, reads this change too."""
    if me.refresh is not None:
        me.refresh.outdated = True
        return None
    me.refresh = ProfileRefresh()
    return read_again(me, change)


def read_again(me: SessionData, change: ProfileChanged) -> Awaitable[None] | None:
    """Beside the chat, which goes on with what is known, also while the records are away."""
    if me.session is None or me.refresh is None:
        me.refresh = None
        return None
    me.refresh.outdated = False
    return me.work(_read(me, me.refresh, change, me.session.profile))


def was_read(me: SessionData, read: ProfileRead) -> Awaitable[None] | None:
    refresh, me.refresh = me.refresh, None
    if refresh is not None and refresh.outdated:
        return changed(me, ProfileChanged(user=me.address.user))
    session = me.session
    if session is None or session.profile is not read.before:
        return None
    unit, fact = UnitOfWork(key_of(me, f"profile {secrets.token_hex(8)}"), nobody_waits), ProfileRefreshed(profile=read.profile)
    return me.carry_out(unit, session, fact, me.decide(fact, unit))


async def _read(me: SessionData, refresh: ProfileRefresh, change: ProfileChanged, before: Profile | None) -> None:
    message: SessionMessage
    try:
        profile = await me.world.profiles.get(me.address.user)
        message, seconds = ProfileRead(before=before, profile=profile), 0.0
    except Unavailable as error:
        message, seconds = Again(what=change), refresh.pause
        refresh.pause = min(2 * refresh.pause, LONGEST_PAUSE)
        logger.warning("%s: a changed profile waits %g s for the database: %s", me.address, seconds, error)
    except BaseException:
        me.refresh = None
        raise
    if not me.dead:
        me.after(seconds, message)
