"""Waiting for another actor's reply where its absence is not the message's fault."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pykka import ActorDeadError, Timeout

from actors.runtime.mailbox import MailboxFull
from domain.errors import Unavailable

NO_REPLY = (ActorDeadError, MailboxFull, Timeout)
"""The asked one is being started again, has too much to do, or waits too long for its store."""

TRIES = 10
RETRY_SECONDS = 1.0

T = TypeVar("T")
U = TypeVar("U")


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Again and again where a store is away for a moment: what somebody said is worth a wait, and what they say next must not
    overtake it.
    """
    for _ in range(TRIES - 1):
        try:
            return await work()
        except Unavailable:
            await asyncio.sleep(RETRY_SECONDS)
    return await work()


async def answer_of(reply: Future[T], whom: str) -> T:
    """Raises Unavailable where there is no reply; what the handler raised is raised as it is."""
    try:
        return await reply
    except NO_REPLY as error:
        raise Unavailable(f"{whom} does not answer ({type(error).__name__})") from error


def followed(first: Future[T], then: Callable[[T], Future[U]]) -> Future[U]:
    """What `then` makes of the first's result; where the first fails, so does this."""
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
    """Whether it failed; then the other fails alike, where it is still open."""
    if one.cancelled():
        other.cancel()
    elif (error := one.exception()) is None:
        return False
    elif not other.done():
        other.set_exception(error)
    return True
