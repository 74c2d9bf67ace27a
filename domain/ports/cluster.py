"""The workers of a pool, and the leases that say which of them may do what."""

from __future__ import annotations

from typing import Protocol

from domain.cluster.allocation import Member, RosterSnapshot
from domain.model.bot import Lease
from domain.model.ids import BotId


class HousekeepingLease(Protocol):
    """The worker that holds it does the work that one worker does for all. Raises `domain.errors.Unavailable`."""

    @property
    def held(self) -> bool:
        """Whether this worker holds it, as far as it knows."""
        ...

    async def hold(self) -> bool:
        """Acquire or renew it; whether this worker holds it now. To be called about once a second: it expires after a few
        seconds.
        """
        ...

    async def give_back(self) -> None: ...


class Leases(Protocol):
    """The right to serve a bot, for one process at a time. Raises `domain.errors.Unavailable`."""

    async def acquire(self, bot: BotId) -> Lease | None:
        """None where another owner holds it, or where the pool has lost its memory and live chats are not put back yet."""
        ...

    async def renew(self, lease: Lease) -> bool:
        """Renew it for `cluster.lease_seconds`. False where it was lost."""
        ...

    async def release(self, lease: Lease) -> None: ...

    async def owners(self) -> dict[BotId, str]:
        """Bot → owner, for all valid leases."""
        ...


class Roster(Protocol):
    """All workers of the pool, on all machines. Raises `domain.errors.Unavailable`."""

    async def beat(self, member: Member) -> RosterSnapshot:
        """A heartbeat: write this worker's entry, and read all. An entry expires after `cluster.lease_seconds`."""
        ...

    async def leave(self, owner: str) -> None:
        """Delete its entry."""
        ...
