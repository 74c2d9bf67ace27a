"""What of a lock's price comes back where its chat ends early. docs/locks.md has the same as a table."""

from __future__ import annotations

from domain.model.chat import ChatEnd
from domain.model.ids import UserId


def gives_back(why: ChatEnd, owner: UserId, by: UserId | None) -> bool:
    """Whether unused minutes come back. `by`: who left, blocked or reported, or is gone or banned; None where nobody is, or where
    that is not known. Whoever reports their partner has not caused the end.
    """
    match why:
        case ChatEnd.REPORTED | ChatEnd.LOST | ChatEnd.OPERATOR:
            return True
        case ChatEnd.IDLE:
            return False
        case ChatEnd.STOPPED | ChatEnd.NEXT | ChatEnd.GONE | ChatEnd.BANNED | ChatEnd.BLOCKED:
            return by != owner


def credits_back(price: int, minutes: int, unused: int) -> int:
    """Of the price of so many minutes, in whole credits, rounded down."""
    return price * unused // minutes
