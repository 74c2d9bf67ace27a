"""What commands of operators about people share: the records are opened, and a decision is carried out or refused in words."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from control.cli.answers import NOT_DONE, REFUSED, SOURCE, readable, refuse

if TYPE_CHECKING:
    from control.moderation import Records
    from control.settings.loading import Loaded

T = TypeVar("T")
Read = Callable[[], "Loaded"]

LONGEST_REASON = 500
"""Characters, so that it fits into one message."""


def words_of(option: str, text: str, longest: int) -> str:
    words = readable(option, text.strip())
    if len(words) > longest:
        refuse(f"{option}: {len(words)} characters; at most {longest}")
    return words


def done(read: Read, work: Callable[[Records], Awaitable[T]]) -> T:
    """Ends the program with exit code 2 where there is no such thing or it is refused, 1 where somebody else was first. Raises
    other errors.
    """
    from control.moderation import DecidedBefore, Held, Nothing, opened
    from control.supervisor.lock import make_private

    loaded = read()
    make_private(Path(loaded.settings.data))

    async def carried_out() -> T:
        async with opened(loaded.settings, SOURCE) as records:
            return await work(records)

    try:
        return asyncio.run(carried_out())
    except (Nothing, Held) as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(REFUSED) from error
    except DecidedBefore as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(NOT_DONE) from error
