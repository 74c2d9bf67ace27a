"""What the panel needs of the house, as tests want it: who is known, what is counted, what the records say."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from domain.errors import Unavailable
from domain.panel.history import Slot
from domain.panel.rates import Allowances, Rate
from domain.panel.roles import Role
from domain.ports.figures import Totals
from web.access.viewer import Viewer

TOTALS = Totals(users=1204, users_today=7, users_week=81, vips=33, chats=12, stars=45_000, stars_today=250)


class KnownPeople:
    """`Signs`: a cookie or a token is the role's name, so that "owner" is an owner."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        """Secrets that have ended."""
        self.away = False
        """Whether the database does not answer."""
        self.asked: list[tuple[str, str, str, bool]] = []
        """(secret, address, browser, active)"""

    async def by_cookie(self, secret: str, /, *, address: str, browser: str, active: bool) -> Viewer | None:
        known = self._known(secret, address, browser, active=active)
        return replace(known, user=42, session=f"of {secret}") if known else None

    async def by_token(self, secret: str, /, *, address: str, browser: str) -> Viewer | None:
        known = self._known(secret, address, browser, active=True)
        return replace(known, token=f"of {secret}") if known else None

    def forget(self) -> None:
        """Nothing is remembered here."""

    def _known(self, secret: str, address: str, browser: str, *, active: bool) -> Viewer | None:
        self.asked.append((secret, address, browser, active))
        if self.away:
            raise Unavailable("PostgreSQL at 10.0.0.1 cannot serve now")
        role = secret.partition(" ")[0]
        if role not in set(Role) or secret in self.gone:
            return None
        return Viewer(role=Role(role), name=secret, address=address, browser=browser)


class CountingLimits:
    """`Limits`, with a clock that a test turns. Nothing is refused until `on`."""

    def __init__(self) -> None:
        self.on = False
        self.now = 0.0
        self.away = False
        self.keys: list[str] = []
        self._allowances = Allowances()

    async def take(self, key: str, rate: Rate) -> float:
        self.keys.append(key)
        if self.away:
            raise Unavailable("no supervisor runs in /srv/secret")
        return self._allowances.take(key, rate, self.now) if self.on else 0.0


class FixedFigures:
    def __init__(self) -> None:
        self.away = self.hangs = False

    async def totals(self) -> Totals:
        if self.hangs:
            await asyncio.Event().wait()
        if self.away:
            raise Unavailable("PostgreSQL at 10.0.0.1 cannot serve now")
        return TOTALS

    async def people_by_bot(self) -> dict[int, int]:
        if self.away:
            raise Unavailable("PostgreSQL at 10.0.0.1 cannot serve now")
        return {7_100_000_001: 321}

    async def met(self) -> bool:
        if self.away:
            raise Unavailable("PostgreSQL at 10.0.0.1 cannot serve now")
        return True


class KeptInMemory:
    """`KeptHistory`: one for several panels, one after the other."""

    def __init__(self) -> None:
        self.away = False
        self.slots: dict[tuple[int, int], Slot] = {}

    async def load(self, now: float) -> list[Slot]:
        self._here()
        return list(self.slots.values())

    async def keep(self, slots: Sequence[Slot]) -> None:
        self._here()
        for slot in slots:
            self.slots.setdefault((slot.step, slot.at), slot)

    def _here(self) -> None:
        if self.away:
            raise Unavailable("PostgreSQL at 10.0.0.1 cannot serve now")
