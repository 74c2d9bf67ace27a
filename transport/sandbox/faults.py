"""Faults of Telegram on demand. A fault waits here for the call or the update that it applies to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

UPDATES = "updates"
"""As the method of a fault: it applies to the next update pushed to the bot."""
LOGIN = frozenset({"auth", "help", "updates", "users"})
"""Namespaces of methods to which a fault without a method does not apply, so that bots can still log in."""


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
    PRECHECKOUT_LATE = "precheckout_late"
    CHARGE_ANYWAY = "charge_anyway"
    UNANNOUNCED = "unannounced"
    LIST_LAG = "list_lag"
    ALREADY_REFUNDED = "already_refunded"
    REFUND_INCOMING = "refund_incoming"
    RENEWAL_QUERY = "renewal_query"
    RENEWAL_AFTER_CANCEL = "renewal_after_cancel"


OF_UPDATES = frozenset({Kind.DUPLICATE, Kind.REORDER, Kind.PHANTOM_PLACES})


@dataclass(slots=True, kw_only=True)
class Fault:
    kind: Kind
    bot: int | None = None
    """None: the first bot it applies to."""
    method: str = ""
    """Lower case, with or without namespace: `messages.sendmessage`, `sendmessage`. Empty: any method (but see `LOGIN`)."""
    seconds: float = 1.0
    times: int = 1
    code: int = 500
    text: str = "INTERNAL_SERVER_ERROR"

    def applies_to(self, bot: int | None, method: str) -> bool:
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
        """The first fault of this kind that applies to the call, or None. Uses it up once."""
        if not self._waiting:
            return None
        for fault in self._waiting:
            if fault.kind is kind and fault.applies_to(bot, method.lower()):
                return self._count_down(fault)
        return None

    def take_update(self, kind: Kind, bot: int) -> Fault | None:
        """Like `take`, for an update that is about to be pushed. Kinds in `OF_UPDATES` apply to updates only."""
        for fault in self._waiting:
            fits = fault.kind in OF_UPDATES or fault.method == UPDATES
            if fault.kind is kind and fits and fault.bot in (None, bot):
                return self._count_down(fault)
        return None

    def take_of_stars(self, kind: Kind, bot: int) -> Fault | None:
        """The first fault of this kind for the bot, for kinds that name what they apply to: those of Stars."""
        for fault in self._waiting:
            if fault.kind is kind and fault.bot in (None, bot):
                return self._count_down(fault)
        return None

    def _count_down(self, fault: Fault) -> Fault:
        fault.times -= 1
        if fault.times <= 0:
            self._waiting.remove(fault)
        return fault
