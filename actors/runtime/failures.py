"""What an actor can fail with, and how failures are logged: type and place, never the text of an error. That text may quote what
somebody wrote.
"""

from __future__ import annotations

import traceback
from asyncio import CancelledError

from domain.errors import MasqueradeError

FAILURES = (Exception, SystemExit, CancelledError)
"""What a handler may raise with an effect on its own actor only. KeyboardInterrupt ends the process."""


class HandlerCancelled(MasqueradeError):  # noqa: N818 - names what happened
    """Something that a handler awaited was cancelled by others. Not a CancelledError: whoever asked was not cancelled."""


def normalized(error: BaseException) -> BaseException:
    """HandlerCancelled for a CancelledError, otherwise `error`."""
    if isinstance(error, CancelledError):
        cancelled = HandlerCancelled("what the handler awaited was cancelled")
        cancelled.__cause__ = error
        return cancelled
    return error


def where(error: BaseException) -> str:
    """The error and its causes as text for the log: types and stack frames only."""
    told: list[BaseException] = []
    lines: list[str] = []
    cause: BaseException | None = error
    while cause is not None and cause not in told:
        told.append(cause)
        lines += [f"{type(cause).__qualname__} at:\n", *traceback.format_tb(cause.__traceback__), "caused by "]
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "".join(lines[:-1]).rstrip()
