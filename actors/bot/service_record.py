"""When each bot was last known to be served: by this worker, whose connection hears from Telegram, or by one that says so in the
roster. A lease alone is no evidence: whoever holds it may be cut off from Telegram.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from domain.model.ids import BotId

FRESH_SECONDS = 12.0
"""Telegram answers a ping every 5 seconds. A bot that was heard from within this time is served."""


class ServiceRecord:
    """Times are those of the loop, which is running when this is made."""

    def __init__(self) -> None:
        self._began = _now()
        self._served: dict[BotId, float] = {}

    def note(self, bots: Iterable[BotId], at: float) -> None:
        for bot in bots:
            self._served[bot] = max(at, self._served.get(bot, at))

    def known(self, bot: BotId) -> bool:
        """Whether anybody has served the bot since this worker began."""
        return bot in self._served

    def unserved(self, bot: BotId) -> float:
        """Seconds since the bot was last served; since this worker began, where it was not served since."""
        return _now() - self._served.get(bot, self._began)

    def fresh(self, bots: Iterable[BotId]) -> tuple[BotId, ...]:
        """Those that are served now."""
        return tuple(bot for bot in bots if self.known(bot) and self.unserved(bot) <= FRESH_SECONDS)


def _now() -> float:
    return asyncio.get_running_loop().time()
