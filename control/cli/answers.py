"""What the commands on records share: who asks, how outcomes are printed, exit codes."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterable
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from control.streams import say

if TYPE_CHECKING:
    from domain.ports.review import Operator

SOURCE = "cli"
"""Where the operator acts, for the audit."""
REFUSED = 2
"""The exit code where an argument is refused."""
NOT_DONE = 1
"""The exit code where somebody else was first."""
LARGEST_USER = 2**52 - 1
"""Ids of Telegram have at most 52 bits."""
LARGEST_NUMBER = 2**53 - 1

AsJson = Annotated[bool, typer.Option("--json", help="One JSON value instead of text.")]
By = Annotated[str, typer.Option("--by", help="Who does it, for the records. Left out: the name you are logged in with.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many, the newest first.")]
User = Annotated[
    int, typer.Argument(metavar="ID", min=1, max=LARGEST_USER, help="The person, by Telegram's id.", show_default=False)
]
Number = Annotated[int, typer.Argument(metavar="N", min=1, max=LARGEST_NUMBER, help="As `list` shows it.", show_default=False)]


def myself() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def operator(by: str) -> Operator:
    from domain.ports.review import Operator

    return Operator(name=readable("--by", by) or myself(), source=SOURCE)


def readable(option: str, text: str) -> str:
    """A shell hands on any bytes; what is no UTF-8 could not be stored, nor shown."""
    try:
        text.encode()
    except UnicodeEncodeError:
        refuse(f"{option}: this is not UTF-8; nothing was changed")
    return text


def printed(what: Any, *, json: bool, lines: Iterable[str]) -> None:
    if json:
        import orjson

        sys.stdout.buffer.write(orjson.dumps(what, option=orjson.OPT_APPEND_NEWLINE))
        return
    for line in lines:
        say(line)


def refuse(text: str) -> NoReturn:
    sys.stderr.write(f"{text}\n")
    raise typer.Exit(REFUSED)


def when(at: float) -> str:
    """In this machine's time."""
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def until(at: float) -> str:
    return f"until {when(at)}" if isfinite(at) else "for good"
