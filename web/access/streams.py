"""Live streams: so many for each viewer, and none longer than what lets its viewer in."""

from __future__ import annotations

import asyncio
import itertools
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing

from web.access.limits import too_many

EACH, ALL = 4, 500
"""Streams of one viewer and of all, in all panels together: each panel takes its share."""
PAGE = 2
"""Streams that one page may have: figures, and the log. No share is smaller."""
PAUSE_SECONDS = 10.0
"""After which somebody with too many streams may try again."""
CHECK_SECONDS = 3.0
"""How often it is asked whether the viewer is still welcome."""


class Streams:
    """Those that are open in this process."""

    def __init__(self, *, panels: Callable[[], int] = lambda: 1, check_seconds: float = CHECK_SECONDS) -> None:
        """`panels`: how many processes share the viewers."""
        self._panels = panels
        self._open: dict[int, str] = {}
        """Number of a stream → whose it is."""
        self._numbers = itertools.count()
        self._check_seconds = check_seconds

    def open(self, source: AsyncIterator[bytes], who: str, welcome: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes]:
        """`source` until it ends, or its viewer is not welcome any more. `who`: whose streams are counted together. Raises
        `Refused`.
        """
        count = self._panels()
        if list(self._open.values()).count(who) >= max(PAGE, EACH // count) or len(self._open) >= max(PAGE, ALL // count):
            raise too_many("Too many pages with live figures are open. Close one.", PAUSE_SECONDS)
        number = next(self._numbers)
        self._open[number] = who
        events = self._counted(number, while_welcome(source, welcome, self._check_seconds))
        weakref.finalize(events, self._open.pop, number, None)  # also where the browser goes before the first event
        return events

    def __len__(self) -> int:
        return len(self._open)

    async def _counted(self, number: int, events: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
        try:
            async with aclosing(events):
                async for event in events:
                    yield event
        finally:
            self._open.pop(number, None)


async def while_welcome(
    source: AsyncIterator[bytes], welcome: Callable[[], Awaitable[bool]], check_seconds: float
) -> AsyncGenerator[bytes, None]:
    loop = asyncio.get_running_loop()
    check_at = loop.time() + check_seconds
    coming: asyncio.Future[bytes] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(anext(source))
            await asyncio.wait({coming}, timeout=max(0.0, check_at - loop.time()))
            if loop.time() >= check_at:
                if not await welcome():
                    return
                check_at = loop.time() + check_seconds
            if coming.done():
                event, coming = coming.result(), None
                yield event
    except StopAsyncIteration:
        return
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.wait({coming})
