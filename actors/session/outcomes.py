"""What became of a message on its way to the partner, read from the future that tells it."""

from __future__ import annotations

import logging
from asyncio import Future, get_running_loop
from typing import TypeVar

from pykka import ActorDeadError

from actors.runtime.asking import NO_REPLY
from domain.errors import Fenced, Unavailable
from domain.model.events import DeliveryReceipt
from domain.model.outgoing import NotSent, Outcome, Why

FENCED = NotSent(why=Why.STALE, detail="FENCED")
"""The bot of whoever said it is served elsewhere by now, or was meanwhile: its next server says it again."""
NO_COUNTERPART = NotSent(why=Why.REFUSED, detail="NO_COUNTERPART")
"""For an edit: it is not known what became of its message at the partner's."""

T = TypeVar("T")

logger = logging.getLogger(__name__)


def known(outcome: T) -> Future[T]:
    done: Future[T] = get_running_loop().create_future()
    done.set_result(outcome)
    return done


def failure_of(outcome: Future[Outcome] | Future[None]) -> NotSent | None:
    """None where the message arrived, or will: it is durable on its way to another process."""
    if outcome.cancelled():
        return NotSent(why=Why.STALE)
    error = outcome.exception()
    if error is None:
        result = outcome.result()
        return result if isinstance(result, NotSent) else None
    if isinstance(error, ActorDeadError):
        return NotSent(why=Why.STALE)
    if isinstance(error, Fenced):
        return FENCED
    if not isinstance(error, (*NO_REPLY, Unavailable)):
        logger.error("a relay failed: %s", type(error).__name__, exc_info=error)
    return NotSent(why=Why.UNREACHABLE, detail=type(error).__name__)


def failure_in(delivered: DeliveryReceipt) -> NotSent | None:
    if not delivered.why:
        return None
    return NotSent(why=Why(delivered.why), detail=delivered.detail, retry_after=delivered.retry_after)
