"""Retries an operation after a broken connection, an internal error of Telegram or a flood wait, until a deadline."""

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
MAX_ERRORS = 4
"""Internal errors of Telegram after which an operation is given up. Broken connections are retried until the deadline."""

log = logging.getLogger(__name__)
T = TypeVar("T")


async def retry(attempt: Callable[[], Awaitable[T]], until: float) -> T:
    """`until` is loop time. Raises the last error (RPCError, OSError, Unavailable) then, or earlier if a retry cannot help."""
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
            log.warning("trying again in %.1f s: %s", pause, type(error).__name__)
        except (OSError, Unavailable) as error:
            pause = RETRY_SECONDS
            if now() + pause >= until:
                raise
            log.warning("trying again in %.1f s: %s", pause, type(error).__name__)
        await asyncio.sleep(pause)


def reason_of(error: Exception) -> NotSent:
    if not isinstance(error, RPCError):
        return NotSent(why=Why.UNREACHABLE, detail=type(error).__name__)
    failure = failure_of(error)
    if isinstance(failure, FloodWait):
        return NotSent(why=Why.FLOOD, retry_after=failure.seconds)
    return failure if isinstance(failure, NotSent) else NotSent(why=Why.REFUSED)


def is_passing(error: Exception) -> bool:
    return reason_of(error).why in {Why.UNREACHABLE, Why.FLOOD}


def _pause_after(error: RPCError, errors: int) -> float | None:
    """Seconds until the next try; None if the answer would be the same."""
    reason = reason_of(error)
    if reason.why is Why.FLOOD:
        return max(reason.retry_after, RETRY_SECONDS)
    return RETRY_SECONDS * errors if is_passing(error) and errors < MAX_ERRORS else None
