"""The program of every child process: `python -m control.launch control.worker --name worker-1` runs `control.worker`.

It first starts a thread that ends the process when the supervisor has ended (`control/orphans/watch.py`). The imports of the
module come after that, because they take seconds on a busy machine. Nobody searches for garbage meanwhile, which makes them a
quarter quicker; `control/child.py` begins that search. A child whose event loop runs notices the end by its socket and stops in
good order, or goes on without a supervisor (`control/child.py`). The thread is for a child that hangs or is still importing.
"""

from __future__ import annotations

import gc
import os
import runpy
import sys

from control.orphans.watch import ORPHAN_LIMIT, SPARED_LIMIT, leave_with

SUPERVISOR = "MASQUERADE_SUPERVISOR"
"""The supervisor's process id, in the environment of its children."""
OUTLIVES = "MASQUERADE_OUTLIVES"
"""For how many seconds the process goes on without a supervisor. Not set for a process that leaves with it."""

if __name__ == "__main__":
    leave_with(int(os.environ[SUPERVISOR]), limit=SPARED_LIMIT if OUTLIVES in os.environ else ORPHAN_LIMIT)
    del sys.argv[0]
    gc.disable()
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
