"""Commands as an operator sees them: on a terminal."""

from __future__ import annotations

import asyncio
import os
import pty
import sys
from contextlib import suppress
from pathlib import Path

from tests.control.cli.test_command_line import SUPERVISOR, surroundings
from tests.control.supervisors import clean

SECONDS = 40
ERASED = "\x1b[2K"
"""What a terminal is told to take a line away."""


async def on_terminal(folder: Path, *arguments: str, **environ: str) -> tuple[int, str]:
    """Exit code, and all that was drawn, with the terminal's own codes."""
    screen, keyboard = pty.openpty()
    settings = {**surroundings(folder), "TERM": "xterm-256color", **environ}
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(SUPERVISOR), *arguments, cwd=folder, env=clean(settings), stdout=keyboard, stderr=keyboard
        )
    finally:
        os.close(keyboard)
    drawn = asyncio.create_task(asyncio.to_thread(_all_of, screen))
    try:
        async with asyncio.timeout(SECONDS):
            code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
        seen = await drawn
        os.close(screen)
    return code, seen.decode()


def _all_of(screen: int) -> bytes:
    drawn = b""
    with suppress(OSError):  # how Linux says that nobody writes to it any more
        while more := os.read(screen, 65536):
            drawn += more
    return drawn
