"""Dead letters: messages that no actor will handle. They were in the mailbox of an actor that ended, or sent to it afterwards.

They are counted and logged, and the last hundred are kept: by type, never with their content.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import time

from actors.runtime.metrics import Throttle

KEPT = 100

_throttle = Throttle(logging.getLogger(__name__), lines=10, seconds=10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    actor: str
    message: str
    why: str
    at: float = field(default=0.0, compare=False)
    """Unix seconds."""


def _log(letter: DeadLetter) -> None:
    _throttle.warning("dead letter: %s for %s (%s)", letter.message, letter.actor, letter.why)


class DeadLetters:
    def __init__(self, sink: Callable[[DeadLetter], None] = _log) -> None:
        self.count = 0
        self.recent: deque[DeadLetter] = deque(maxlen=KEPT)
        self.sink = sink

    def add(self, actor_class: type, message: object, why: str) -> None:
        letter = DeadLetter(actor=actor_class.__name__, message=type(message).__name__, why=why, at=time())
        self.count += 1
        self.recent.append(letter)
        self.sink(letter)


dead_letters = DeadLetters()
