"""Misbehaviour on demand. A fault waits here until it meets the call or the update that it is for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

UPDATES = "updates"
"""In place of a method: the fault strikes the next update pushed to the bot."""
LOGIN = frozenset({"auth", "help", "updates", "users"})
"""Families of methods that a fault without a method leaves alone, so that a bot can still come up."""


class Kind(StrEnum):
    FLOOD_WAIT = "flood_wait"
    DROP = "drop"
    DELAY = "delay"
    ERROR = "error"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    LOSE_ANSWER = "lose_answer"
    FORGET_KEY = "forget_key"
    KEY_DUPLICATED = "key_duplicated"
    EXPIRE_FILES = "expire_files"
    PHANTOM_PLACES = "phantom_places"


OF_UPDATES = frozenset({Kind.DUPLICATE, Kind.REORDER, Kind.PHANTOM_PLACES})


@dataclass(slots=True, kw_only=True)
class Fault:
    kind: Kind
    bot: int | None = None
    """None: whichever bot comes first."""
    method: str = ""
    """Lower case, with or without its family: `messages.sendmessage`, `sendmessage`. Empty: any (see `LOGIN`)."""
    seconds: float = 1.0
    times: int = 1
    code: int = 500
    text: str = "INTERNAL_SERVER_ERROR"

    def strikes(self, bot: int | None, method: str) -> bool:
        if self.bot is not None and self.bot != bot:
            return False
        if not self.method:
            return "." in method and (method.partition(".")[0] not in LOGIN or self.kind is Kind.KEY_DUPLICATED)
        return self.method in (method, method.rpartition(".")[2])


class Faults:
    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, kind: Kind, bot: int | None, method: str) -> Fault | None:
        """The first such fault that strikes here, counted down once."""
        if not self._waiting:
            return None
        for fault in self._waiting:
            if fault.kind is kind and fault.strikes(bot, method.lower()):
                return self._count_down(fault)
        return None

    def take_update(self, kind: Kind, bot: int) -> Fault | None:
        """Like `take`, for an update about to be pushed. Some kinds are about updates whatever their method."""
        for fault in self._waiting:
            fits = fault.kind in OF_UPDATES or fault.method == UPDATES
            if fault.kind is kind and fits and fault.bot in (None, bot):
                return self._count_down(fault)
        return None

    def _count_down(self, fault: Fault) -> Fault:
        fault.times -= 1
        if fault.times <= 0:
            self._waiting.remove(fault)
        return fault
