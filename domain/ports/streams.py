"""What goes from one process to another: events for one bot, and news for every process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.cluster.backlog import Backlog
from domain.model.bot import Lease
from domain.model.events import ConfigChanged, Entry, Event, ProfileChanged
from domain.model.ids import BotId


class EventStream(Protocol):
    """The bots' event streams. Each has one reader, the process that has the bot's lease. Raises `domain.errors.Unavailable`."""

    async def append(self, bot: BotId, event: Event, lease: Lease | None = None) -> None:
        """Returns once the event is durable. `lease` is that of the sender's bot: raises `domain.errors.Fenced` where it has
        ended.
        """
        ...

    async def recover(self) -> None:
        """Append again what the store has lost of the last seconds. This also happens before the next event is appended."""
        ...

    async def read(self, bots: Sequence[BotId], *, wait: float) -> list[tuple[BotId, Entry]]:
        """Entries that are not acknowledged. For a bot that was not in the last call, it begins with the first entry, then goes
        on with new ones. An entry that stays unacknowledged for long is read again. Waits up to `wait` seconds for a new entry.
        """
        ...

    async def acknowledge(self, bot: BotId, ids: Sequence[str]) -> None: ...


class News(Protocol):
    """News for every process. Raises `domain.errors.Unavailable`."""

    async def read(self) -> list[ProfileChanged | ConfigChanged] | None:
        """All that was announced since the last call, by any process; the first call returns nothing. None where some of it is
        gone or cannot be read.
        """
        ...


class StreamWatch(Protocol):
    """Keeps the bots' event streams within their limits. Raises `domain.errors.Unavailable`."""

    async def tend(self) -> None:
        """Alert where a stream is near its limits; some time later, throw away what is beyond them."""
        ...

    async def backlogs(self) -> list[Backlog]:
        """One for each bot that is or was served lately."""
        ...
