"""Sets off the time of day of Python processes that have this folder on PYTHONPATH. The offset in seconds is in the file
TEST_CLOCK_OFFSET: a double that a test may change at any time. Monotonic clocks stay right.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
import time

FILE = os.environ.get("TEST_CLOCK_OFFSET")
TRUE_TIME = ("control.sandbox", "transport.sandbox")
"""Modules of Telegram's process: its clock stays right."""


def _set_off(path: str) -> None:
    with open(path, "r+b") as file:  # noqa: PTH123 - avoids an import at the start
        offset = mmap.mmap(file.fileno(), 8)
    true_time = time.time
    time.time = lambda: true_time() + struct.unpack_from("<d", offset)[0]


if FILE and not any(module in argument for argument in sys.orig_argv for module in TRUE_TIME):
    _set_off(FILE)
