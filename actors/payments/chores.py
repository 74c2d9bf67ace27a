"""What is due for each bot of this worker: notices, refunds that were asked for, cancellations, the comparison."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from actors.payments import alerts, cancellations, control_chat, deletions, notices, reconciliation, refunds
from actors.payments.context import PaymentContext
from domain.errors import Unavailable
from domain.model.ids import BotId

COMPARE_SECONDS = 3600.0
CANCEL_SECONDS = 10.0
REMIND_SECONDS = 20.0
LOOK_SECONDS = 2.0
"""For what other processes may have written."""
ALERT_SECONDS = 5.0
AGAIN_SECONDS = 5.0
"""After one that could not be done."""
BUG_SECONDS = 60.0
"""After one that failed by a bug of ours: the others go on."""

logger = logging.getLogger(__name__)

Chore = Callable[[PaymentContext, BotId], Awaitable[float | None]]
"""Returns the seconds until it is to be done again; None where its period is right."""
PERIODS: dict[Chore, float] = {
    notices.send_due: LOOK_SECONDS,
    notices.remind: REMIND_SECONDS,
    refunds.carry_out: LOOK_SECONDS,
    cancellations.carry_out: CANCEL_SECONDS,
    deletions.carry_out: LOOK_SECONDS,
    reconciliation.compare: COMPARE_SECONDS,
    alerts.look: ALERT_SECONDS,
    control_chat.send_due: LOOK_SECONDS,
}
"""Chore → seconds between two times. A bot that is new here has each done at once, but for reminders: what was paid meanwhile is
booked first.
"""
AS_NEEDED: frozenset[Chore] = frozenset({notices.send_due, refunds.carry_out, deletions.carry_out})
"""Done where `Outbox.bots_with_work` names the bot: one question for all bots, instead of one for each."""


@dataclass(slots=True)
class Chores:
    world: PaymentContext
    _due: dict[tuple[BotId, Chore], float] = field(default_factory=dict)
    """Loop time of the next time."""
    _busy: set[tuple[BotId, Chore]] = field(default_factory=set)

    async def look(self) -> None:
        """Does what is due. A chore that is still under way is not begun again, and holds up no other."""
        now = asyncio.get_running_loop().time()
        here = self.world.directory.bots
        self._due = {key: at for key, at in self._due.items() if key[0] in here}
        for bot in here:
            self._due.setdefault((bot, notices.remind), now + REMIND_SECONDS)
        due = [(bot, chore) for bot in here for chore in PERIODS if self._due.get((bot, chore), now) <= now]
        needed = await self._needed([key for key in due if key not in self._busy])
        await asyncio.gather(*(self._do(bot, chore) for bot, chore in needed if (bot, chore) not in self._busy))

    async def _needed(self, due: list[tuple[BotId, Chore]]) -> list[tuple[BotId, Chore]]:
        """Those with something to do; the others are due again after their period."""
        if AS_NEEDED.isdisjoint(chore for _, chore in due):
            return due
        try:
            waiting = await self.world.outbox.bots_with_work(self.world.clock())
        except Exception as error:  # noqa: BLE001 - each of them meets the same error, and says so
            logger.debug("which bots have work could not be read: %s", error)
            return due
        idle = {(bot, chore) for bot, chore in due if chore in AS_NEEDED and bot not in waiting}
        now = asyncio.get_running_loop().time()
        self._due |= {(bot, chore): now + PERIODS[chore] for bot, chore in idle}
        return [key for key in due if key not in idle]

    async def tell(self, bot: BotId) -> None:
        """Send this bot's notices at once: something was booked."""
        if (bot, notices.send_due) not in self._busy:
            await self._do(bot, notices.send_due)

    async def _do(self, bot: BotId, chore: Chore) -> None:
        loop, key = asyncio.get_running_loop(), (bot, chore)
        self._busy.add(key)
        try:
            again = await chore(self.world, bot)
            self._due[key] = loop.time() + (PERIODS[chore] if again is None else again)
        except Unavailable as error:
            logger.warning("bot%d: %s is tried again: %s", bot, chore.__module__.rpartition(".")[2], error)
            self._due[key] = loop.time() + AGAIN_SECONDS
        except Exception:
            logger.exception("bot%d: %s failed because of a bug", bot, chore.__module__)
            self._due[key] = loop.time() + BUG_SECONDS
        finally:
            self._busy.discard(key)
