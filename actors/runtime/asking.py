"""Waiting for another actor's reply where its absence is not the message's fault."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pykka import ActorDeadError, Timeout

from actors.runtime.mailbox import MailboxFull
from domain.errors import Unavailable

NO_REPLY = (ActorDeadError, MailboxFull, Timeout)
"""The asked one is being started again, has too much to do, or waits too long for its store."""

TRIES = 10
RETRY_SECONDS = 1.0

T = TypeVar("T")


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


async def answer_of(reply: Future[Any], whom: str) -> Any:
    """Raises Unavailable where there is no reply; what the handler raised is raised as it is."""
    try:
        return await reply
    except NO_REPLY as error:
        raise Unavailable(f"{whom} does not answer ({type(error).__name__})") from error


def followed(first: Future[Any], then: Callable[[Any], Future[Any]]) -> Future[Any]:
    """What `then` makes of the first's result; where the first fails, so does this."""
    whole: Future[Any] = first.get_loop().create_future()

    def end(last: Future[Any]) -> None:
        if whole.done():
            return
        if last.cancelled():
            whole.cancel()
        elif (error := last.exception()) is not None:
            whole.set_exception(error)
        else:
            whole.set_result(last.result())

    def go_on(done: Future[Any]) -> None:
        failed = done.cancelled() or done.exception() is not None
        end(done) if failed else then(done.result()).add_done_callback(end)

    first.add_done_callback(go_on)
    return whole
