"""The first thing that every child runs: `python -m control.launch control.worker.composition --name worker-1`.

Before a module's imports, which take seconds on a busy machine, a thread starts to watch for the supervisor's death. The end of
the socket tells a running loop of it, which then stops in good order (`control/child.py`); the thread sees to one that hangs or
does not run yet.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
import time

SUPERVISOR = "MASQUERADE_SUPERVISOR"
"""The supervisor's process id, in the environment of its children."""

LOOK_EVERY = 0.1
ORPHAN_LIMIT = 0.75
"""Seconds after which an orphan is gone whatever it does."""


def leave_with(supervisor: int) -> None:
    def watch() -> None:
        while os.getppid() == supervisor:
            time.sleep(LOOK_EVERY)
        time.sleep(ORPHAN_LIMIT)
        os._exit(os.EX_UNAVAILABLE)

    threading.Thread(target=watch, name="orphan watch", daemon=True).start()


if __name__ == "__main__":
    leave_with(int(os.environ[SUPERVISOR]))
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
