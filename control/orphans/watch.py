"""Ends a process by force when its supervisor has ended. A process that goes on without one says for how long.

It needs nothing but the standard library: `control/launch.py` loads it before anything else.
"""

from __future__ import annotations

import os
import threading
import time

LOOK_EVERY = 0.1
ORPHAN_LIMIT = 0.75
"""Seconds from the supervisor's end until the process is ended by force."""
SPARED_LIMIT = 3.0
"""The same for a process that may go on: so long it has to say that it does."""


class _Limit:
    until = 0.0
    """On the monotonic clock."""


def leave_with(supervisor: int, *, limit: float = ORPHAN_LIMIT) -> None:
    """`supervisor`: its process id."""

    def watch() -> None:
        while os.getppid() == supervisor:
            time.sleep(LOOK_EVERY)
        time.sleep(limit)
        while time.monotonic() < _Limit.until:
            time.sleep(LOOK_EVERY)
        os._exit(os.EX_UNAVAILABLE)

    threading.Thread(target=watch, name="orphan watch", daemon=True).start()


def spare(seconds: float) -> None:
    """This process may live on for so many seconds from now."""
    _Limit.until = time.monotonic() + seconds
