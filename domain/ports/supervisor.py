"""What the panel and the command line ask of a running house."""

from __future__ import annotations

from typing import Protocol

from domain.status import Status


class Supervisor(Protocol):
    """What the panel and the command line ask. Raises `domain.errors.Unavailable` where no supervisor listens."""

    async def status(self) -> Status: ...
