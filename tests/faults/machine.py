"""Faults of the machine: its clock is set, its disk is full."""

from __future__ import annotations

import os
import resource
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).with_name("clock")


class Clock:
    """The time of day as processes of the house see it."""

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
    """The process can write to no file, as on a full disk (but the error is EFBIG and not ENOSPC)."""
    os.kill(pid, 0)
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))
