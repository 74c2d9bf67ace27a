"""What commands of operators about people share: the records are opened, and a decision is carried out or refused in words."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from control.cli.answers import NOT_DONE, REFUSED, myself, refuse

if TYPE_CHECKING:
    from control.moderation import Records
    from control.settings.loading import Loaded
    from domain.ports.review import Operator

T = TypeVar("T")
Read = Callable[[], "Loaded"]

LONGEST_REASON = 500
"""Characters, so that it fits into one message."""
SOURCE = "cli"


def words_of(option: str, text: str, longest: int) -> str:
    words = _readable(option, text.strip())
    if len(words) > longest:
        refuse(f"{option}: {len(words)} characters; at most {longest}")
    return words


def _readable(option: str, text: str) -> str:
    """A shell hands on any bytes; what is no UTF-8 could not be stored, nor shown."""
    try:
        text.encode()
    except UnicodeEncodeError:
        refuse(f"{option}: this is not UTF-8; nothing was changed")
    return text


def operator(by: str) -> Operator:
    from domain.ports.review import Operator

    return Operator(name=_readable("--by", by) or myself(), source=SOURCE)


def done(read: Read, work: Callable[[Records], Awaitable[T]]) -> T:
    """Ends the program with exit code 2 where there is no such thing, 1 where somebody else was first. Raises other errors."""
    from control.moderation import DecidedBefore, Nothing, opened
    from control.supervisor.lock import make_private

    loaded = read()
    make_private(Path(loaded.settings.data))

    async def carried_out() -> T:
        async with opened(loaded.settings, SOURCE) as records:
            return await work(records)

    try:
        return asyncio.run(carried_out())
    except Nothing as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(REFUSED) from error
    except DecidedBefore as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(NOT_DONE) from error
