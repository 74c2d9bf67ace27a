"""Appends events and acknowledges those that are done. Whatever is requested during a round trip goes together in the next one.

*Invariant*: events of one bot's stream stand there in the order requested, also where the store was away meanwhile. Events are
refused where the sender's bot has moved to another process: that process handles their updates again, from the first on.

Each event has a sequence number of its writer, and the store keeps the last one, as with an idempotent producer (Kafka, KIP-98).
So a batch whose answer was lost is sent again, and nothing stands there twice. A store that lost its last moment, or all its
memory, knows a smaller number than it confirmed before. What it lost of the last seconds is then appended again, before anything
new.
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
from storage.redis.streams.recent_appends import NumberedEvent, RecentAppends

MOST_AT_ONCE = 500
PATIENCE = 25.0
"""Seconds for which a request waits while the store is away."""
RETRY_SECONDS = 0.2
NUMBER_KEPT_SECONDS = 3600.0
"""How long the store keeps the last number of a writer that appends nothing."""

logger = logging.getLogger(__name__)


def _new_future() -> Future[None]:
    return get_running_loop().create_future()


def _cancelled_future() -> Future[None]:
    """For a request that nobody awaits."""
    future = _new_future()
    future.cancel()
    return future


@dataclass(slots=True, eq=False)
class WriteRequest:
    """Appends `event`, or acknowledges. With neither it only asks whether the store has lost anything."""

    until: float
    """When it is given up, by the event loop's clock."""
    event: NumberedEvent | None = None
    acknowledges: tuple[BotId, Sequence[str]] | None = None
    done: Future[None] = field(default_factory=_new_future)

    def settle(self, error: Exception | None = None) -> None:
        """Nothing where the caller has cancelled."""
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
        self._last_number = 0
        self._confirmed = 0
        """The last number that the store has confirmed."""
        self._recent = RecentAppends()
        self._requests: list[WriteRequest] = []
        self._writing: Task[None] | None = None

    def append(self, bot: BotId, event: Event, lease: Lease | None = None) -> Future[None]:
        """Done once it is durable. Raises `Unavailable`, and `Fenced` where the lease has ended."""
        sender_lease = f"{lease.bot} {written(lease)}" if lease is not None else ""
        self._last_number += 1
        numbered = NumberedEvent(self._last_number, bot, event, sender_lease)
        return self._enqueue(WriteRequest(_deadline(), event=numbered))

    def acknowledge(self, bot: BotId, ids: Sequence[str]) -> Future[None]:
        return self._enqueue(WriteRequest(_deadline(), acknowledges=(bot, ids)))

    async def recover(self) -> None:
        """Append again what the store has lost of the last seconds. Raises `Unavailable` at once."""
        if self._recent:
            await self._enqueue(WriteRequest(get_running_loop().time()))

    def _enqueue(self, request: WriteRequest) -> Future[None]:
        self._requests.append(request)
        if self._writing is None or self._writing.done():
            self._writing = get_running_loop().create_task(self._write())
        return request.done

    async def _write(self) -> None:
        while self._requests:
            try:
                await self._write_batch(self._requests[:MOST_AT_ONCE])
            except Unavailable as error:
                self._give_up_the_oldest(error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _write_batch(self, batch: Sequence[WriteRequest]) -> None:
        """A request that fails does not fail the others of its batch."""
        appends, ids = [request for request in batch if request.acknowledges is None], _ids_to_acknowledge(batch)
        try:
            replies = await self._scripts.outcomes([*self._append_calls(appends), *self._acknowledge_calls(ids)])
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - whoever made the request raises it
            self._settle(batch, error)
            return
        for reply in replies:
            if isinstance(reply, Unavailable):
                raise reply
        appended = replies.pop(0) if appends else (self._confirmed, (), ())
        if isinstance(appended, Exception):
            self._settle(appends, appended)
        elif appended[0] < self._confirmed:
            self._append_lost_again(appended[0])
            return
        else:
            self._note_appended(appends, frozenset(appended[1]), self._errors(appended[2]))
        self._settle_acknowledged(batch, dict(zip(ids, replies, strict=True)))
        self._settle(appends)

    def _append_calls(self, requests: Sequence[WriteRequest]) -> Iterable[Call]:
        if requests:
            events = (request.event.arguments() for request in requests if request.event is not None)
            writer = (self.name, self._confirmed, milliseconds(NUMBER_KEPT_SECONDS))
            yield Call(script("streams/append"), (REDIS_TIME, *writer, *chain.from_iterable(events)))

    def _acknowledge_calls(self, ids: Mapping[BotId, Sequence[str]]) -> Iterable[Call]:
        for bot, of_bot in ids.items():
            yield Call(script("streams/acknowledge"), (REDIS_TIME, bot, self._owner, *of_bot))

    def _errors(self, failed: Sequence[Any]) -> dict[int, Exception]:
        """`failed` is [number, error text, number, error text, …]."""
        return {number: self._scripts.error(text_of(error)) for number, error in zip(failed[::2], failed[1::2], strict=True)}

    def _settle_acknowledged(self, batch: Iterable[WriteRequest], replies: Mapping[BotId, Any]) -> None:
        """All that were acknowledged at once: each `_settle` looks through all requests that wait."""
        failed: dict[BotId, Exception] = {bot: reply for bot, reply in replies.items() if isinstance(reply, Exception)}
        acknowledgements = [(request, request.acknowledges[0]) for request in batch if request.acknowledges is not None]
        for bot, error in failed.items():
            self._settle([request for request, of_bot in acknowledgements if of_bot == bot], error)
        self._settle([request for request, of_bot in acknowledgements if of_bot not in failed])

    def _append_lost_again(self, last_known: int) -> None:
        """The store knows no number above `last_known`."""
        lost = self._recent.take_after(last_known)
        if lost:
            logger.warning("%d events that the store had lost are appended again", len(lost))
        again = [WriteRequest(float("inf"), event=event.without_lease(), done=_cancelled_future()) for event in lost]
        self._requests = [*again, *self._requests]
        self._confirmed = last_known

    def _note_appended(self, requests: Iterable[WriteRequest], refused: frozenset[int], failed: Mapping[int, Exception]) -> None:
        """Settles those that were refused or failed, and keeps the others as recent."""
        appended = []
        for request in requests:
            if request.event is None:
                continue
            self._confirmed = request.event.number
            if self._confirmed in refused:
                request.settle(Fenced(f"the sender's bot is served elsewhere; an event for bot {request.event.bot} is refused"))
            elif self._confirmed in failed:
                request.settle(failed[self._confirmed])
            else:
                appended.append(request.event)
        self._recent.add(appended, get_running_loop().time())

    def _give_up_the_oldest(self, error: Unavailable) -> None:
        now = get_running_loop().time()
        self._settle([request for request in self._requests if request.until <= now], error)

    def _settle(self, requests: Sequence[WriteRequest], error: Exception | None = None) -> None:
        settled = frozenset(requests)
        self._requests = [request for request in self._requests if request not in settled]
        for request in requests:
            request.settle(error)


def _ids_to_acknowledge(batch: Iterable[WriteRequest]) -> dict[BotId, list[str]]:
    ids: dict[BotId, list[str]] = {}
    for request in batch:
        if request.acknowledges is not None:
            bot, of_bot = request.acknowledges
            ids.setdefault(bot, []).extend(of_bot)
    return ids


def _deadline() -> float:
    return get_running_loop().time() + PATIENCE
