"""What crosses processes: events for one bot, news for every process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.cluster.backlog import Backlog
from domain.model.bot import Lease
from domain.model.events import ConfigChanged, Entry, Event, ProfileChanged
from domain.model.ids import BotId


class EventStream(Protocol):
    """The bots' event streams. Each has one reader: the process that has the bot's lease."""

    async def append(self, bot: BotId, event: Event, lease: Lease | None = None) -> None:
        """Durable once this returns. `lease`: of the bot whose user says it. Raises `domain.errors.Unavailable`, and `Fenced`
        where that lease has ended.
        """
        ...

    async def recover(self) -> None:
        """Append again what the store has lost of the last seconds, as it does before the next event in any case. Raises
        `Unavailable`.
        """
        ...

    async def read(self, bots: Sequence[BotId], *, wait: float) -> list[tuple[BotId, Entry]]:
        """What is not acknowledged, from the first entry on where a bot is new in `bots`; then what is new, and now and then
        again what was read long ago. Waits up to `wait` seconds for one.
        """
        ...

    async def acknowledge(self, bot: BotId, ids: Sequence[str]) -> None: ...


class News(Protocol):
    """What every process has to hear. Raises `domain.errors.Unavailable`."""

    async def read(self) -> list[ProfileChanged | ConfigChanged] | None:
        """What was announced since the last call, by whomever; the first only begins. None where some of it cannot be had any
        more, or cannot be read.
        """
        ...


class StreamWatch(Protocol):
    """Sees that no bot's event stream grows for ever."""

    async def tend(self) -> None:
        """Alert where a stream comes near its limits; some time after that, throw away what is beyond them."""
        ...

    async def backlogs(self) -> list[Backlog]:
        """Of every bot that was ever served. Raises `domain.errors.Unavailable`."""
        ...
