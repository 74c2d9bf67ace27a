"""Pre-checkout queries: a bot has ten seconds to answer one. In memory only; no difference has them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from pyrogram import raw

from transport.sandbox.faults import Fault, Faults, Kind
from transport.sandbox.stars.clock import Clock, Timer
from transport.sandbox.stars.model import Invoice
from transport.sandbox.world.updates import UpdateLog
from transport.sandbox.world.world import World

ANSWER_WITHIN = 10.0
ANSWERING = "messages.setbotprecheckoutresults"


class Verdict(StrEnum):
    APPROVED = "approved"
    REFUSED = "refused"
    TIMEOUT = "timeout"


Settle = Callable[[Verdict, str], None]
"""Called with the verdict and the bot's text."""


@dataclass(frozen=True, slots=True)
class Query:
    bot: int
    settle: Settle
    timer: Timer


class Queries:
    def __init__(self, *, world: World, updates: UpdateLog, clock: Clock, faults: Faults) -> None:
        self._world = world
        self._updates = updates
        self._clock = clock
        self._faults = faults
        self._waiting: dict[int, Query] = {}

    def ask(self, user: int, invoice: Invoice, settle: Settle) -> None:
        """Ask the bot, if it is connected. `settle` is called once, whatever happens."""
        number = secrets.randbits(62)
        timer = self._clock.after(ANSWER_WITHIN, partial(self._expire, number))
        self._waiting[number] = Query(invoice.bot, settle, timer)
        update = raw.types.UpdateBotPrecheckoutQuery(
            query_id=number, user_id=user, payload=invoice.payload, currency="XTR", total_amount=invoice.stars
        )
        self._updates.push(self._world.bots[invoice.bot], update, user, date=self._clock.now())

    def answer(self, bot: int, number: int, verdict: Verdict, text: str = "") -> bool:
        """Take the bot's answer; the charge comes behind it. False if the query is unknown, answered or too old."""
        query = self._waiting.get(number)
        if query is None or query.bot != bot:
            return False
        del self._waiting[number]
        query.timer.cancel()
        if self._faults.take_of_stars(Kind.PRECHECKOUT_LATE, bot):
            verdict, text = Verdict.TIMEOUT, ""
            self._faults.add(Fault(kind=Kind.LOSE_ANSWER, bot=bot, method=ANSWERING))
        asyncio.get_running_loop().call_soon(query.settle, verdict, text)
        return True

    def _expire(self, number: int) -> None:
        query = self._waiting.pop(number, None)
        if query is not None:
            query.settle(Verdict.TIMEOUT, "")
