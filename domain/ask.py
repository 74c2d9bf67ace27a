"""A message that is asked says the type of its reply.

`ref.ask(message)` gives a future of that type, and the handler gives `reply(message, value)`: a type checker holds both ends to
the same type. Requests to the pool are such messages too (`domain/matching/requests.py`).
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import Awaitable
from typing import Generic, NewType, TypeAlias, TypeVar, cast

R = TypeVar("R")

Reply = NewType("Reply", object)
"""What `reply` makes of a value. Only the actor that hands it to the asker looks inside."""

Response: TypeAlias = Reply | Awaitable[None] | None
"""What a handler returns: a reply, or for a message that is told nothing, at once or when it is done."""


class Ask(Generic[R]):
    """A message with a reply of type R."""

    __slots__ = ()


def reply(message: Ask[R], value: R | Awaitable[R | Future[R]]) -> Reply:  # noqa: ARG001 - its type says what the value must be
    """The value, or what will give it: a coroutine holds up the actor's next message, a future does not, also one that a
    coroutine gives.
    """
    return cast("Reply", value)
