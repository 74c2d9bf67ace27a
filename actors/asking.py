"""Waiting for another actor's reply where its absence is not the message's fault."""

from __future__ import annotations

from asyncio import Future
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
