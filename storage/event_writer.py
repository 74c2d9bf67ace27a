"""Appends events and acknowledges those that are done. What is asked for while one round trip is under way goes together in the
next one, so that a busy process makes few.

*Invariant*: what is appended to a bot's stream stands there in the order asked, also where the store was away meanwhile. Where
the speaker's bot went elsewhere meanwhile, none of it does: its next server begins again with the first.
"""

from __future__ import annotations

import asyncio
from asyncio import Future, Task, get_running_loop
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.errors import Fenced, Unavailable
from domain.events import Event
from domain.values import BotId, Lease
from storage.event_codec import encode
from storage.keys import written
from storage.scripts import REDIS_TIME, Argument, Call, Scripts, script

MOST_AT_ONCE = 500
PATIENCE = 25.0
"""Seconds for which a store that is away is waited for."""
RETRY_SECONDS = 0.2


@dataclass(slots=True, eq=False)
class Order:
    bot: BotId
    done: Future[None]
    until: float
    """Loop time at which it is given up."""
    appends: tuple[bytes, bytes, bytes, str] | None = None
    """Version, type and JSON of an event, and by which lease it is said."""
    acknowledges: Sequence[str] = ()

    def refuse(self) -> None:
        if not self.done.done():
            self.done.set_exception(Fenced(f"what was said at a bot goes to bot {self.bot} by its next server"))


class EventWriter:
    def __init__(self, scripts: Scripts, owner: str) -> None:
        self._scripts = scripts
        self._owner = owner
        self._orders: list[Order] = []
        self._writing: Task[None] | None = None

    def append(self, bot: BotId, event: Event, lease: Lease | None = None) -> Future[None]:
        """Done once it is durable; raises `Unavailable`, and `Fenced` where the lease has ended."""
        entry = encode(event)
        by = f"{lease.bot} {written(lease)}" if lease is not None else ""
        return self._order(bot, appends=(entry["v"], entry["t"], entry["d"], by))

    def acknowledge(self, bot: BotId, ids: Sequence[str]) -> Future[None]:
        return self._order(bot, acknowledges=ids)

    def _order(
        self, bot: BotId, *, appends: tuple[bytes, bytes, bytes, str] | None = None, acknowledges: Sequence[str] = ()
    ) -> Future[None]:
        loop = get_running_loop()
        order = Order(bot, loop.create_future(), loop.time() + PATIENCE, appends, acknowledges)
        self._orders.append(order)
        if self._writing is None or self._writing.done():
            self._writing = loop.create_task(self._write())
        return order.done

    async def _write(self) -> None:
        while self._orders:
            batch = self._orders[:MOST_AT_ONCE]
            appending = [order for order in batch if order.appends is not None]
            try:
                replies = await self._scripts.run_all([*self._appending(appending), *self._acknowledging(batch)])
            except Unavailable as error:
                self._give_up_the_oldest(error)
                await asyncio.sleep(RETRY_SECONDS)
            except Exception as error:  # noqa: BLE001 - whoever ordered it raises it
                self._settle(len(batch), error)
            else:
                for number in replies[0] if appending else ():
                    appending[number - 1].refuse()
                self._settle(len(batch))

    def _appending(self, batch: Iterable[Order]) -> Iterable[Call]:
        arguments: list[Argument] = [REDIS_TIME]
        for order in batch:
            if order.appends is not None:
                arguments += (order.bot, *order.appends)
        if len(arguments) > 1:
            yield Call(script("events_append"), arguments)

    def _acknowledging(self, batch: Iterable[Order]) -> Iterable[Call]:
        done: dict[BotId, list[str]] = {}
        for order in batch:
            if order.acknowledges:
                done.setdefault(order.bot, []).extend(order.acknowledges)
        for bot, ids in done.items():
            yield Call(script("events_acknowledge"), (REDIS_TIME, bot, self._owner, *ids))

    def _give_up_the_oldest(self, error: Unavailable) -> None:
        now = get_running_loop().time()
        self._settle(sum(order.until <= now for order in self._orders), error)

    def _settle(self, count: int, error: Exception | None = None) -> None:
        """The first ones. Nobody may be waiting any more."""
        settled, self._orders = self._orders[:count], self._orders[count:]
        for order in settled:
            if order.done.done():
                continue
            if error is None:
                order.done.set_result(None)
            else:
                order.done.set_exception(error)
