"""The running supervisor, as the panel and the command line see it."""

from __future__ import annotations

from typing import Protocol

from domain.status import Status


class Supervisor(Protocol):
    """Raises `domain.errors.Unavailable` where no supervisor runs."""

    async def status(self) -> Status: ...
