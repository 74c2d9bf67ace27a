"""The search for garbage, kept short in a process with a hundred thousand live sessions ([why](docs/decisions/garbage.md)).

What a full collection finds alive is set aside for good: the next one looks only at what came since. Sessions and their messages
are freed by their reference counts, so that nothing is lost by that. What is set aside and becomes a ring later stays until the
process ends.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OLD_AFTER = 1
"""A full collection comes after more than so many of the middle generation, not ten: it comes sooner and has less to look at."""
OLDEST = 2
"""The generation that a full collection looks at."""


@contextmanager
def kept_short() -> Iterator[None]:
    """Enter it once the process has loaded what it needs: the imports left thousands of types that are never garbage."""
    gc.collect()
    gc.freeze()
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, OLD_AFTER)
    gc.callbacks.append(_set_aside)
    try:
        yield
    finally:
        gc.callbacks.remove(_set_aside)
        gc.set_threshold(young, middle, old)
        gc.unfreeze()


def _set_aside(phase: str, info: dict[str, int]) -> None:
    if phase == "stop" and info["generation"] == OLDEST:
        gc.freeze()
