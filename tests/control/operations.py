"""An operator at the command line of a supervisor with tiny processes."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from control.cli import commands
from domain.errors import MasqueradeError
from tests.control.cli.test_command_line import command
from tests.control.supervisors import Running, supervisor

SHARED = {"REDIS_URL": "redis://127.0.0.1:1", "MASQUERADE_SUPERVISOR__DRAIN_SECONDS": "1"}
"""Of no server: the tiny workers do not ask it."""


async def operator(running: Running, *arguments: str) -> tuple[int, list[str]]:
    """`supervisor.py …` in a terminal of its own: exit code, and the lines that were said."""
    code, text = await command(running.folder, *arguments, **SHARED)
    return code, text.splitlines()


async def operation(running: Running, what: str, **arguments: Any) -> list[str]:
    """What the terminal would say of it, the refusal or failure last."""
    lines: list[str] = []
    try:
        await commands.carried_out(running.folder / "var", what, say=lines.append, **arguments)
    except MasqueradeError as error:
        lines.append(f"refused: {error}")
    return lines


async def names(running: Running) -> list[str]:
    return [process.name for process in (await running.status()).processes]


def tiny(folder: Path, *children: str, **more: str) -> AbstractAsyncContextManager[Running]:
    return supervisor(folder, *children, environ={**SHARED, **more})
