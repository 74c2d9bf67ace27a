"""Looks at a store again and again: soon after it is asked to, and every few seconds in case that nobody could ask."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from domain.errors import MasqueradeError

logger = logging.getLogger(__name__)


class Polling:
    def __init__(self, what: str, look: Callable[[], Awaitable[None]], *, seconds: float) -> None:
        """`what` it is, for the log."""
        self._what = what
        self._look = look
        self._seconds = seconds
        self._asked = asyncio.Event()

    def soon(self) -> None:
        """Something may have changed. The caller does not wait."""
        self._asked.set()

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Looks while the block runs."""
        looking = asyncio.create_task(self._go_on(), name=self._what)
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.wait([looking])

    async def _go_on(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), self._seconds)
            self._asked.clear()
            try:
                await self._look()
            except MasqueradeError as error:
                logger.warning("%s could not be read: %s", self._what, error)
            except Exception:
                logger.exception("%s could not be brought into force", self._what)
