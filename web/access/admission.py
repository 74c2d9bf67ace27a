"""Who asks, whether they may do that, and whether they have asked too often: the same for pages, API and live streams."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from quart import g

from domain.errors import Unavailable
from domain.panel.rates import DEFAULT
from domain.panel.roles import OPEN, may
from domain.ports.limits import Limits
from web.access import cookies, guard
from web.access.limits import spend
from web.access.proxies import Caller
from web.access.viewer import Signs, Viewer
from web.api.errors import Refused

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a request carries to say who asks."""

    token: str
    cookie: str
    caller: Caller


def credentials() -> Credentials:
    """Of this request. One with a token has no rights by cookie."""
    return Credentials(token=guard.bearer(), cookie=cookies.read(cookies.SESSION), caller=g.caller)


class Admission:
    def __init__(self, signs: Signs, limits: Limits) -> None:
        self._signs = signs
        self._limits = limits

    async def admit(self, act: str, rate: str = DEFAULT, *, active: bool = True) -> Viewer | None:
        """Who makes this request; None for an open act. Raises `Refused` for anybody else. An empty rate is not counted.

        `active`: whether a person does something, which keeps their session from expiring.
        """
        mine = credentials()
        viewer = None if act in OPEN else await self.recognise(mine, active=active)
        if rate:
            await spend(self._limits, rate, who(viewer, mine.caller))
        if act in OPEN:
            return None
        if viewer is None:
            raise Refused("login", "Log in first.", headers={"WWW-Authenticate": "Bearer"})
        if not may(viewer.role, act):
            logger.warning("%s (%s) was refused %s", viewer.name, viewer.role, act)
            raise Refused("forbidden", f"A {viewer.role} may not do that.")
        g.viewer = viewer
        return viewer

    async def welcome(self, mine: Credentials, act: str) -> bool:
        """Whether somebody who was let in still may do that. While the database does not answer they may."""
        try:
            viewer = await self.recognise(mine, active=False)
        except Unavailable:
            return True
        return viewer is not None and may(viewer.role, act)

    async def recognise(self, mine: Credentials, *, active: bool) -> Viewer | None:
        where = {"address": mine.caller.address, "browser": mine.caller.browser}
        if mine.token:
            return await self._signs.by_token(mine.token, **where)
        if mine.cookie:
            return await self._signs.by_cookie(mine.cookie, **where, active=active)
        return None


def who(viewer: Viewer | None, caller: Caller) -> str:
    """Whose requests and streams are counted together."""
    if viewer is None:
        return f"address {caller.network}"
    return f"session {viewer.session}" if viewer.session else f"token {viewer.token}"
