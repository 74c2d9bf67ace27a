"""Unhandled: the updates of a bot that nobody takes, counted by kind. A payment among them is a problem for the operator."""

from __future__ import annotations

import logging
from collections import Counter

from domain.model.ids import BotId
from domain.model.inbound import PAYMENT, Ignored, Inbound

logger = logging.getLogger(__name__)


class Unhandled:
    """Counts since the bot's TransportActor was started."""

    def __init__(self, bot: BotId) -> None:
        self._bot = bot
        self._counts: Counter[str] = Counter()

    def count(self, update: Inbound | Ignored) -> None:
        kind = update.kind if isinstance(update, Ignored) else type(update).__name__
        self._counts[kind] += 1
        if kind == PAYMENT:
            logger.error("bot%d: a payment came in that nobody takes: Stars were charged and nothing was given", self._bot)

    @property
    def by_kind(self) -> dict[str, int]:
        return dict(self._counts)

    @property
    def problems(self) -> tuple[str, ...]:
        if not (paid := self._counts[PAYMENT]):
            return ()
        payments = "a payment" if paid == 1 else f"{paid} payments"
        return (f"bot{self._bot}: {payments} came in that nobody takes: Stars were charged and nothing was given; refund them",)
