"""Live streams: so many for each viewer, and none longer than what lets its viewer in."""

from __future__ import annotations

import asyncio
import weakref
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

from web.access.limits import too_many

EACH = 4
ALL = 500
PAUSE_SECONDS = 10.0
"""After which somebody with too many streams may try again."""
CHECK_SECONDS = 3.0
"""How often it is asked whether the viewer is still welcome."""


class Streams:
    """Those that are open in this process."""

    def __init__(self, *, check_seconds: float = CHECK_SECONDS) -> None:
        self._open: Counter[str] = Counter()
        self._check_seconds = check_seconds

    def open(self, source: AsyncIterator[bytes], who: str, welcome: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes]:
        """`source` until it ends, or its viewer is not welcome any more. `who`: whose streams are counted together. Raises
        `Refused`.
        """
        if self._open[who] >= EACH or self._open.total() >= ALL:
            raise too_many("Too many pages with live figures are open. Close one.", PAUSE_SECONDS)
        self._open[who] += 1
        events = while_welcome(source, welcome, self._check_seconds)
        weakref.finalize(events, self._closed, who)  # also where the browser goes before the first event
        return events

    def __len__(self) -> int:
        return self._open.total()

    def _closed(self, who: str) -> None:
        self._open[who] -= 1
        if not self._open[who]:
            del self._open[who]


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
