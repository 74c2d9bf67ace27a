"""Appends events and acknowledges those that are done. What is asked for while one round trip is under way goes together in the
next one, so that a busy process makes few.

*Invariant*: what is appended to a bot's stream stands there in the order asked, also where the store was away meanwhile. Where
the speaker's bot went elsewhere meanwhile, none of it does: its next server begins again with the first.

Each event has a sequence number of its writer, and the store knows the last one, as with an idempotent producer (Kafka, KIP-98).
So a batch whose answer was lost goes again and nothing stands there twice; and a store that lost its last moment, or all its
memory, knows a smaller number than it told: what it lost of the last seconds is appended again, before anything else.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from asyncio import Future, Task, get_running_loop
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from domain.errors import Fenced, Unavailable
from domain.model.bot import Lease
from domain.model.events import Event
from domain.model.ids import BotId
from storage.redis.client import text_of
from storage.redis.keys import written
from storage.redis.scripts import REDIS_TIME, Call, Scripts, milliseconds, script
from storage.redis.streams.recent_events import Kept, MessageReceived

MOST_AT_ONCE = 500
PATIENCE = 25.0
"""Seconds for which a store that is away is waited for."""
RETRY_SECONDS = 0.2
NUMBERED_SECONDS = 3600.0
"""How long the store knows the last number of a writer that says nothing."""

logger = logging.getLogger(__name__)


def _awaited() -> Future[None]:
    return get_running_loop().create_future()


def _nobody_waits() -> Future[None]:
    done = _awaited()
    done.cancel()
    return done


@dataclass(slots=True, eq=False)
class Order:
    """To append, to acknowledge, or neither: then only to ask whether all that was appended still stands."""

    until: float
    """Loop time at which it is given up."""
    said: MessageReceived | None = None
    acknowledges: tuple[BotId, Sequence[str]] | None = None
    done: Future[None] = field(default_factory=_awaited)

    def settle(self, error: Exception | None = None) -> None:
        """Nobody may be waiting any more."""
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


class EventWriter:
    def __init__(self, scripts: Scripts, owner: str) -> None:
        self._scripts = scripts
        self._owner = owner
        self.name = secrets.token_hex(8)
        self._numbered = 0
        self._stands = 0
        """The last number that the store told."""
        self._kept = Kept()
        self._orders: list[Order] = []
        self._writing: Task[None] | None = None

    def append(self, bot: BotId, event: Event, lease: Lease | None = None) -> Future[None]:
        """Done once it is durable; raises `Unavailable`, and `Fenced` where the lease has ended."""
        by = f"{lease.bot} {written(lease)}" if lease is not None else ""
        self._numbered += 1
        return self._take(Order(_patiently(), said=MessageReceived(self._numbered, bot, event, by)))

    def acknowledge(self, bot: BotId, ids: Sequence[str]) -> Future[None]:
        return self._take(Order(_patiently(), acknowledges=(bot, ids)))

    async def recover(self) -> None:
        """Append again what the store has lost of the last seconds. Raises `Unavailable` at once."""
        if self._kept:
            await self._take(Order(get_running_loop().time()))

    def _take(self, order: Order) -> Future[None]:
        self._orders.append(order)
        if self._writing is None or self._writing.done():
            self._writing = get_running_loop().create_task(self._write())
        return order.done

    async def _write(self) -> None:
        while self._orders:
            try:
                await self._write_batch(self._orders[:MOST_AT_ONCE])
            except Unavailable as error:
                self._give_up_the_oldest(error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _write_batch(self, batch: Sequence[Order]) -> None:
        """Whoever ordered what cannot be done hears it; all others are not concerned."""
        said, done = [order for order in batch if order.acknowledges is None], _acknowledged(batch)
        try:
            replies = await self._scripts.outcomes([*self._appending(said), *self._acknowledging(done)])
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - whoever ordered it raises it
            self._settle(batch, error)
            return
        for away in replies:
            if isinstance(away, Unavailable):
                raise away
        appended = replies.pop(0) if said else (self._stands, (), ())
        if isinstance(appended, Exception):
            self._settle(said, appended)
        elif appended[0] < self._stands:
            self._say_again(appended[0])
            return
        else:
            self._note(said, frozenset(appended[1]), self._errors(appended[2]))
        self._settle_acknowledged(batch, dict(zip(done, replies, strict=True)))
        self._settle(said)

    def _appending(self, orders: Sequence[Order]) -> Iterable[Call]:
        if orders:
            said = (order.said.arguments() for order in orders if order.said is not None)
            known = (self.name, self._stands, milliseconds(NUMBERED_SECONDS))
            yield Call(script("streams/append"), (REDIS_TIME, *known, *chain.from_iterable(said)))

    def _acknowledging(self, done: Mapping[BotId, Sequence[str]]) -> Iterable[Call]:
        for bot, ids in done.items():
            yield Call(script("streams/acknowledge"), (REDIS_TIME, bot, self._owner, *ids))

    def _errors(self, failed: Sequence[Any]) -> dict[int, Exception]:
        return {number: self._scripts.error(text_of(error)) for number, error in zip(failed[::2], failed[1::2], strict=True)}

    def _settle_acknowledged(self, batch: Iterable[Order], replies: Mapping[BotId, Any]) -> None:
        for order in batch:
            if order.acknowledges is not None:
                reply = replies[order.acknowledges[0]]
                self._settle([order], reply if isinstance(reply, Exception) else None)

    def _say_again(self, stands: int) -> None:
        lost = self._kept.take_after(stands)
        if lost:
            logger.warning("%d events that the store had lost are appended again", len(lost))
        orders = [Order(float("inf"), said=said.again(), done=_nobody_waits()) for said in lost]
        self._orders = [*orders, *self._orders]
        self._stands = stands

    def _note(self, orders: Iterable[Order], refused: frozenset[int], failed: Mapping[int, Exception]) -> None:
        """What the store told of them."""
        kept = []
        for order in orders:
            if order.said is None:
                continue
            self._stands = order.said.number
            if self._stands in refused:
                order.settle(Fenced(f"what was said at a bot goes to bot {order.said.bot} by its next server"))
            elif self._stands in failed:
                order.settle(failed[self._stands])
            else:
                kept.append(order.said)
        self._kept.keep(kept, get_running_loop().time())

    def _give_up_the_oldest(self, error: Unavailable) -> None:
        now = get_running_loop().time()
        self._settle([order for order in self._orders if order.until <= now], error)

    def _settle(self, orders: Sequence[Order], error: Exception | None = None) -> None:
        settled = frozenset(orders)
        self._orders = [order for order in self._orders if order not in settled]
        for order in orders:
            order.settle(error)


def _acknowledged(batch: Iterable[Order]) -> dict[BotId, list[str]]:
    done: dict[BotId, list[str]] = {}
    for order in batch:
        if order.acknowledges is not None:
            bot, ids = order.acknowledges
            done.setdefault(bot, []).extend(ids)
    return done


def _patiently() -> float:
    return get_running_loop().time() + PATIENCE
