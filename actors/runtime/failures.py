"""What an actor can die of, and how that is written down: by type and place, never with the text of an error, which may quote
what somebody wrote.
"""

from __future__ import annotations

import traceback
from asyncio import CancelledError

from domain.errors import MasqueradeError

FAILURES = (Exception, SystemExit, CancelledError)
"""What a handler may raise and be the only one to suffer. KeyboardInterrupt is for the process."""


class HandlerCancelled(MasqueradeError):  # noqa: N818 - names what happened
    """What a handler awaited was cancelled by others. Not a CancelledError: the asker itself was not cancelled."""


def normalized(error: BaseException) -> BaseException:
    if isinstance(error, CancelledError):
        cancelled = HandlerCancelled("what the handler awaited was cancelled")
        cancelled.__cause__ = error
        return cancelled
    return error


def where(error: BaseException) -> str:
    """The error and its causes: types and frames."""
    told: list[BaseException] = []
    lines: list[str] = []
    cause: BaseException | None = error
    while cause is not None and cause not in told:
        told.append(cause)
        lines += [f"{type(cause).__qualname__} at:\n", *traceback.format_tb(cause.__traceback__), "caused by "]
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "".join(lines[:-1]).rstrip()
