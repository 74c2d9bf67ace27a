"""Which workers there are, and which of them may do what."""

from __future__ import annotations

from typing import Protocol

from domain.cluster.allocation import Member, RosterSnapshot
from domain.model.bot import Lease
from domain.model.ids import BotId


class HousekeepingLease(Protocol):
    """One worker of all does what is done once for all. Raises `domain.errors.Unavailable`."""

    @property
    def held(self) -> bool:
        """Whether that is us, as far as is known here."""
        ...

    async def hold(self) -> bool:
        """Take it, or hold it on; to be called about once a second. Whoever does not is taken for dead after a few seconds."""
        ...

    async def give_back(self) -> None: ...


class Leases(Protocol):
    async def acquire(self, bot: BotId) -> Lease | None:
        """None where another owner holds it, and where the pool has lost its memory."""
        ...

    async def renew(self, lease: Lease) -> bool:
        """False where it was lost. Good for `cluster.lease_seconds`."""
        ...

    async def release(self, lease: Lease) -> None: ...

    async def owners(self) -> dict[BotId, str]: ...


class Roster(Protocol):
    """Which workers there are, on all machines."""

    async def beat(self, member: Member) -> RosterSnapshot:
        """Show ourselves, and see everybody. Whoever does not do so for `cluster.lease_seconds` is forgotten."""
        ...

    async def leave(self, owner: str) -> None:
        """Forget it at once."""
        ...
