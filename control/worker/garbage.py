"""The search for garbage, kept short in a process with a hundred thousand live sessions ([why](docs/decisions/garbage.md)).

What a full collection finds alive is set aside for good: the next one looks only at what came since. Sessions and their messages
are freed by their reference counts, so that nothing is lost by that. What is set aside and becomes a ring later stays until the
process ends.
"""

from __future__ import annotations

import gc

OLD_AFTER = 3
"""Collections of the middle generation between two full ones, instead of ten: a full one comes sooner and has less to look at."""
OLDEST = 2
"""The generation that a full collection looks at."""


def settle() -> None:
    """Call this once the process has loaded what it needs: the imports left thousands of types that are never garbage."""
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, OLD_AFTER)
    gc.callbacks.append(_set_aside)


def _set_aside(phase: str, info: dict[str, int]) -> None:
    if phase == "stop" and info["generation"] == OLDEST:
        gc.freeze()
