"""Processes that have this folder on PYTHONPATH see another time: off by the number of seconds in the file TEST_CLOCK_OFFSET,
eight bytes that a test may change at any moment. Python's own clock only; monotonic ones go on as ever.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
import time

FILE = os.environ.get("TEST_CLOCK_OFFSET")
TRUE_TIME = ("control.sandbox", "transport.sandbox")
"""Telegram's clock is right."""


def _set_off(path: str) -> None:
    with open(path, "r+b") as file:  # noqa: PTH123 - nothing is imported yet that need not be
        offset = mmap.mmap(file.fileno(), 8)
    true_time = time.time
    time.time = lambda: true_time() + struct.unpack_from("<d", offset)[0]


if FILE and not any(module in argument for argument in sys.orig_argv for module in TRUE_TIME):
    _set_off(FILE)
