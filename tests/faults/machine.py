"""The machine itself misbehaves: its clock is set, its disk is full."""

from __future__ import annotations

import os
import resource
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).with_name("clock")


class Clock:
    """What processes of the house take for the time of day."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._file.write_bytes(struct.pack("<d", 0.0))

    @property
    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": str(FOLDER), "TEST_CLOCK_OFFSET": str(self._file)}

    def is_off_by(self, seconds: float) -> None:
        with self._file.open("r+b") as file:
            file.write(struct.pack("<d", seconds))


@contextmanager
def disk_full(pid: int) -> Iterator[None]:
    """No file grows, nor is any written, by that process: to a program the same as a disk without room (EFBIG for ENOSPC)."""
    os.kill(pid, 0)
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))
