"""Waiting for another actor's reply where its absence is not the message's fault."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Callable
from typing import Any

from pykka import ActorDeadError, Timeout

from actors.mailbox import MailboxFull
from domain.errors import Unavailable

NO_REPLY = (ActorDeadError, MailboxFull, Timeout)
"""The asked one is being started again, has too much to do, or waits too long for its store."""


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
