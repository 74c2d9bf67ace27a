"""What the supervisor sees of a child from outside: the lines that it prints and the memory that it uses."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

LINE_LIMIT = 64 * 1024
MEGABYTE = 1024 * 1024


async def lines_of(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Lines without line ends. A line longer than the reader's limit comes in pieces."""
    while True:
        try:
            line = await reader.readuntil(b"\n")
        except asyncio.IncompleteReadError as end:
            if end.partial:
                yield end.partial
            return
        except asyncio.LimitOverrunError as overrun:
            line = await reader.readexactly(overrun.consumed)
        if stripped := line.rstrip(b"\r\n"):
            yield stripped


def memory_mb(pid: int) -> float:
    """Resident memory; 0 if the system does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE
