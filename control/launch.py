"""The program of every child process: `python -m control.launch control.worker --name worker-1` runs `control.worker`.

It first starts a thread that ends the process when the supervisor has ended. The imports of the module come after that, because
they take seconds on a busy machine. Nobody searches for garbage meanwhile, which makes them a quarter quicker; `control/child.py`
begins that search. A child whose event loop runs notices the end by its socket and stops in good order (`control/child.py`). The
thread is for a child that hangs or is still importing.
"""

from __future__ import annotations

import gc
import os
import runpy
import sys
import threading
import time

SUPERVISOR = "MASQUERADE_SUPERVISOR"
"""The supervisor's process id, in the environment of its children."""

LOOK_EVERY = 0.1
ORPHAN_LIMIT = 0.75
"""Seconds from the supervisor's end until the child is ended by force."""


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
    gc.disable()
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
