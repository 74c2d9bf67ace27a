"""Asking other actors: what to do when a reply does not come, and how to chain replies without a coroutine."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pykka import ActorDeadError, Timeout

from actors.runtime.mailbox import MailboxFull
from domain.errors import Unavailable

NO_REPLY = (ActorDeadError, MailboxFull, Timeout)
"""The actor that was asked is being restarted, has a full mailbox, or did not answer in time."""

TRIES = 10
RETRY_SECONDS = 1.0

T = TypeVar("T")
U = TypeVar("U")


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """The result of `work`, tried up to `TRIES` times while a store is unavailable. Raises Unavailable after the last try.

    The caller handles nothing else meanwhile, so no later message overtakes the one that waits.
    """
    for _ in range(TRIES - 1):
        try:
            return await work()
        except Unavailable:
            await asyncio.sleep(RETRY_SECONDS)
    return await work()


async def answer_of(reply: Future[T], whom: str) -> T:
    """The reply. Raises Unavailable if none came, and what the handler raised as it is. `whom` names the actor in the error."""
    try:
        return await reply
    except NO_REPLY as error:
        raise Unavailable(f"{whom} does not answer ({type(error).__name__})") from error


def followed(first: Future[T], then: Callable[[T], Future[U]]) -> Future[U]:
    """The result of `then(result of first)`. If either fails, so does this."""
    whole: Future[U] = first.get_loop().create_future()

    def end(last: Future[U]) -> None:
        if not (_fails_with(last, whole) or whole.done()):
            whole.set_result(last.result())

    def go_on(done: Future[T]) -> None:
        if not _fails_with(done, whole):
            then(done.result()).add_done_callback(end)

    first.add_done_callback(go_on)
    return whole


def _fails_with(one: Future[T], other: Future[U]) -> bool:
    """Whether `one` failed. If so, `other` gets the same failure, unless it is done."""
    if one.cancelled():
        other.cancel()
    elif (error := one.exception()) is None:
        return False
    elif not other.done():
        other.set_exception(error)
    return True
