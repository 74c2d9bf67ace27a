"""Tries again what a broken connection, an error of Telegram's own or a flood wait has stopped, for as long as it may take."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pyrogram.errors import RPCError

from domain.errors import Unavailable
from domain.model.outgoing import NotSent, Why
from transport.calls.methods import failure_of
from transport.calls.pacing import FloodWait

RETRY_SECONDS = 0.5
MOST_ERRORS = 4
"""Of Telegram's own; a broken connection is waited for to the end."""

log = logging.getLogger(__name__)
T = TypeVar("T")


async def persisting(attempt: Callable[[], Awaitable[T]], until: float) -> T:
    """Raises the last error (RPCError, OSError, Unavailable) at `until`, which is loop time, or earlier where trying again cannot
    help.
    """
    now = asyncio.get_running_loop().time
    errors = 0
    while True:
        try:
            async with asyncio.timeout_at(until):
                return await attempt()
        except RPCError as error:
            errors += 1
            pause = _pause_after(error, errors)
            if pause is None or now() + pause >= until:
                raise
            log.warning("tried again after %.1f s: %s", pause, type(error).__name__)
        except (OSError, Unavailable) as error:
            pause = RETRY_SECONDS
            if now() + pause >= until:
                raise
            log.warning("tried again after %.1f s: %s", pause, type(error).__name__)
        await asyncio.sleep(pause)


def reason_of(error: Exception) -> NotSent:
    """Why it was given up."""
    if not isinstance(error, RPCError):
        return NotSent(why=Why.UNREACHABLE, detail=type(error).__name__)
    failure = failure_of(error)
    if isinstance(failure, FloodWait):
        return NotSent(why=Why.FLOOD, retry_after=failure.seconds)
    return failure if isinstance(failure, NotSent) else NotSent(why=Why.REFUSED)


def is_passing(error: Exception) -> bool:
    """Whether the same may succeed a little later."""
    return reason_of(error).why in {Why.UNREACHABLE, Why.FLOOD}


def _pause_after(error: RPCError, errors: int) -> float | None:
    """Seconds; None where the answer would be the same."""
    reason = reason_of(error)
    if reason.why is Why.FLOOD:
        return max(reason.retry_after, RETRY_SECONDS)
    return RETRY_SECONDS * errors if is_passing(error) and errors < MOST_ERRORS else None
