"""Recognises who asks by their session or token, as the records have it (`web.access.viewer.Signs`).

From one address only so many sessions and tokens are looked up that this process has not met before: whoever tries many does not
reach the database. Those that are known go on, also from that address.

*Invariant*: what was read is believed for `CACHED` seconds at most, and for `BELIEVED` where the database does not answer. A
session that is ended here is forgotten at once.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from domain.errors import Unavailable
from domain.panel.rates import RATES, UNKNOWN, Allowances
from domain.panel.sessions import BELIEVED, CACHED, NOTED_EVERY
from domain.panel.tokens import PREFIX, digest
from domain.ports.panel import ApiTokens, PanelSessions
from web.access.limits import too_many
from web.access.proxies import network_of
from web.access.viewer import Viewer

T = TypeVar("T")

REMEMBERED = 1000
LONGEST = 200
"""Characters of a secret; ours are shorter."""


class Recognition:
    def __init__(self, sessions: PanelSessions, tokens: ApiTokens, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._sessions = sessions
        self._tokens = tokens
        self._clock = clock
        self._known: OrderedDict[str, tuple[Viewer, float]] = OrderedDict()
        """Kind and hash of a secret → whom it belongs to, and when that was read."""
        self._noted: OrderedDict[str, float] = OrderedDict()
        """Session → when it was last noted that its person is active."""
        self._strangers = Allowances()
        """What each network may still try."""

    async def by_cookie(self, secret: str, /, *, address: str, browser: str, active: bool) -> Viewer | None:
        viewer = await self._recognised("cookie", secret, address, self._session)
        if viewer is None:
            return None
        if active:
            await self._note(viewer.session)
        return replace(viewer, address=address, browser=browser)

    async def by_token(self, secret: str, /, *, address: str, browser: str) -> Viewer | None:
        if not secret.startswith(PREFIX):
            return None
        viewer = await self._recognised("token", secret, address, self._token)
        return replace(viewer, address=address, browser=browser) if viewer is not None else None

    def forget(self) -> None:
        for key, (viewer, _) in self._known.items():
            self._known[key] = (viewer, -math.inf)

    async def _recognised(
        self, kind: str, secret: str, address: str, read: Callable[[str], Awaitable[Viewer | None]]
    ) -> Viewer | None:
        """Raises `Refused` where too many have been tried from there."""
        if not 0 < len(secret) <= LONGEST:
            return None
        key, now = f"{kind} {digest(secret)}", self._clock()
        known, at = self._known.get(key, (None, 0.0))
        if known is not None and now - at < CACHED:
            return known
        if known is None:
            self._try(address, now)
        try:
            viewer = await read(secret)
        except Unavailable:
            if known is None or now - at > BELIEVED:
                raise
            return known
        self._known.pop(key, None)
        if viewer is not None:
            _put(self._known, key, (viewer, now))
        return viewer

    def _try(self, address: str, now: float) -> None:
        wait = self._strangers.take(network_of(address), RATES[UNKNOWN], now)
        if wait > 0:
            raise too_many("Too many sessions and tokens were tried from your address.", wait)

    async def _session(self, secret: str) -> Viewer | None:
        found = await self._sessions.find(secret)
        return Viewer(role=found.role, name=found.name, user=found.user, session=found.reference) if found else None

    async def _token(self, secret: str) -> Viewer | None:
        found = await self._tokens.find(secret)
        return Viewer(role=found.role, name=f"token {found.name}", token=found.name) if found else None

    async def _note(self, session: str) -> None:
        now = self._clock()
        if now - self._noted.get(session, -NOTED_EVERY) >= NOTED_EVERY:
            _put(self._noted, session, now)
            with suppress(Unavailable):  # the session is as long as it was
                await self._sessions.note(session)


def _put(memory: OrderedDict[str, T], key: str, value: T) -> None:
    memory.pop(key, None)
    memory[key] = value
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)
